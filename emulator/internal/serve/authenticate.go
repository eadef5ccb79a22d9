package serve

import (
	"strings"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// authenticate lets the vendor say who calls, and the table whether they may, unless the vendor asks that last.
func (x *exchange) authenticate() bool {
	if x.op.Public {
		return false
	}
	if err := x.identify(); err != nil {
		return x.fail(err)
	}
	return !x.vendor.PermitLast && x.forbidden()
}

// permit asks the table where the vendor asks last.
func (x *exchange) permit() bool {
	return x.vendor.PermitLast && !x.op.Public && x.forbidden()
}

// forbidden answers a caller who may not call the operation.
func (x *exchange) forbidden() bool {
	if x.call.Caller.May(x.op.Needs) {
		return false
	}
	row := x.vendor.ErrorOf(x.op, spec.Forbidden)
	return x.failWith(row, spec.Fill(row.Message, "scopes", strings.Join(x.op.Needs, ",")))
}

// identify lets the vendor say who calls, unless a scenario has ended the credential. Where the vendor writes notes they
// stay, whatever it says.
func (x *exchange) identify() error {
	ask := func(tx *state.Tx) error {
		x.call.Tx = tx
		if err := checkEnded(&x.call, x.body); err != nil {
			return err
		}
		return x.vendor.Authenticate(&x.call)
	}
	if !x.vendor.Challenges {
		return x.world.Store.View(x.vendor.Name, ask)
	}
	var refused error
	_ = x.world.Store.Update(x.vendor.Name, x.now, func(tx *state.Tx) error { // notes are always taken
		refused = ask(tx)
		return nil
	})
	return refused
}
