package serve

import (
	"strconv"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
	"github.com/understudy-dev/understudy/scenarios"
)

// handle runs the operation in one transaction: it commits, or leaves no trace.
func (x *exchange) handle() bool {
	x.through = true
	if x.strike(scenarios.BeforeCommit) {
		return true
	}
	var err error
	switch {
	case x.op.Reads() && x.lag > 0:
		err = x.look()
	case x.op.Reads():
		err = x.world.Store.View(x.vendor.Name, x.run)
	default:
		err = x.world.Store.Update(x.vendor.Name, x.now, x.run)
	}
	if err != nil {
		return x.fail(err)
	}
	x.committed = true
	if x.vendor.Shape != nil {
		x.vendor.Shape(&x.call, &x.reply)
	}
	x.server.Bind(x.world.Name, x.reply.Bind...)
	x.strike(scenarios.AfterCommit)
	return true
}

// run is the operation in its transaction.
func (x *exchange) run(tx *state.Tx) error {
	x.call.Tx = tx
	watched := x.armed != nil && !x.op.Reads()
	if watched {
		tx.OnWrite(x.record(&x.writes))
	}
	reply, err := x.op.Handle(&x.call)
	if err != nil {
		return err
	}
	if reply.Status == 0 {
		reply.Status = x.op.Status
	}
	if known := x.op.Known(&x.call); !x.server.holds(known) {
		return &unproven{x.name, known}
	}
	x.reply = reply
	if watched {
		x.keys = keysOf(x.vendor, tx, x.writes)
	}
	return x.undeclaredReply()
}

// look reads the world as it was, never from before the scenario was armed. Where the answer is that of the present, the
// lag has shown nothing.
func (x *exchange) look() error {
	now := x.world.Store.View(x.vendor.Name, x.run)
	present := x.reply
	store := x.armed.floor.Load().Store()
	if then := x.now.Add(-x.lag); !then.Before(x.armed.at) {
		store = x.world.Store.AsOf(then).Store()
	}
	x.reply = spec.Reply{}
	err := store.View(x.vendor.Name, x.run)
	x.stale = x.reply.Body != present.Body || x.reply.Status != present.Status || (err == nil) != (now == nil)
	if x.stale {
		x.fire(x.struck)
	} else {
		x.armed.excuse(x.struck, "the answer of then was that of now")
		x.struck = nil
	}
	return err
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
