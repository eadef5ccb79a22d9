package serve

import (
	"strings"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// authenticate lets the vendor say who calls, and the table whether they may.
func (x *exchange) authenticate() bool {
	if x.op.Public {
		return false
	}
	err := x.world.Store.View(x.vendor.Name, func(tx *state.Tx) error {
		x.call.Tx = tx
		if err := checkEnded(&x.call, x.body); err != nil {
			return err
		}
		return x.vendor.Authenticate(&x.call)
	})
	if err != nil {
		return x.fail(err)
	}
	if !x.call.Caller.May(x.op.Needs) {
		row := x.vendor.ErrorOf(x.op, spec.Forbidden)
		return x.failWith(row, spec.Fill(row.Message, "scopes", strings.Join(x.op.Needs, ",")))
	}
	return false
}
