package serve

import (
	"strconv"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
	"github.com/understudy-dev/understudy/scenarios"
)

// handle runs the operation in one transaction: it commits, or leaves no trace.
func (x *exchange) handle() bool {
	if x.strike(scenarios.BeforeCommit) {
		return true
	}
	run := func(tx *state.Tx) error {
		x.call.Tx = tx
		reply, err := x.op.Handle(&x.call)
		if err != nil {
			return err
		}
		if reply.Status == 0 {
			reply.Status = x.op.Status
		}
		x.reply = reply
		return x.undeclaredReply()
	}
	var err error
	if x.op.Reads() {
		err = x.world.Store.View(x.vendor.Name, run)
	} else {
		err = x.world.Store.Update(x.vendor.Name, x.now, run)
	}
	if err != nil {
		return x.fail(err)
	}
	x.server.Bind(x.world.Name, x.reply.Bind...)
	x.strike(scenarios.AfterCommit)
	return true
}

type undeclaredError string

func (e undeclaredError) Error() string { return string(e) }

// undeclaredReply says how a reply breaks the table; the transaction aborts with it.
func (x *exchange) undeclaredReply() error {
	if !declared(x.op, x.reply.Status) {
		return undeclaredError("status " + strconv.Itoa(x.reply.Status) + " is not declared")
	}
	if !x.server.CheckReplies || x.op.Reply == nil {
		return nil
	}
	if v := x.op.Reply.Check(spec.InBody, x.reply.Body); v != nil {
		return undeclaredError("the reply breaks " + string(v.Rule) + " at " + v.Path + " " + v.Text)
	}
	return nil
}
