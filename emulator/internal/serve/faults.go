package serve

import (
	"context"

	"github.com/understudy-dev/understudy/emulator/internal/wire"
	"github.com/understudy-dev/understudy/scenarios"
)

// breakNetwork has the connection or the answer broken when it comes to sending. Ends is true where no answer is decided
// any more; took is false where the fault can't be shown on this call.
func (x *exchange) breakNetwork(r *rule) (ends, took bool) {
	x.broken = r.Network
	if err := x.fault().Fits(x.spoiled(x.r.Context())); err != nil {
		x.broken, x.unshown = nil, err.Error()
		x.armed.excuse(r, err.Error())
		return false, false
	}
	if r.phase == scenarios.BeforeCommit && !x.op.Reads() {
		x.keys = x.triedKeys()
	}
	return r.phase == scenarios.BeforeAuth || r.phase == scenarios.BeforeCommit, true
}

// fault is what happens to the answer, as package wire has it.
func (x *exchange) fault() wire.Fault {
	n := x.broken
	return wire.Fault{Name: string(n.Fault), Bytes: n.Bytes, Every: n.Every, MidBody: x.struck.phase == scenarios.MidBody}
}

// spoiled is the answer about to be sent. A fault that leaves the client without an answer has none.
func (x *exchange) spoiled(ctx context.Context) *wire.Answer {
	return &wire.Answer{
		W: x.w, R: x.r, Clock: x.world.Clock, Disarmed: ctx.Done(), Shared: x.shared, Status: x.reply.Status, Body: string(x.reply.Body),
	}
}

// silent tells whether the fault leaves the client without any answer.
func (x *exchange) silent() bool {
	switch x.broken.Fault {
	case scenarios.Reset, scenarios.Close, scenarios.Hang, scenarios.Garbage:
		return x.struck.phase != scenarios.MidBody
	}
	return false
}

// describeFault says in an entry what becomes of the answer.
func (x *exchange) describeFault(e *Entry) {
	e.Fault = string(x.broken.Fault)
	if x.struck.phase == scenarios.MidBody {
		e.Fault += " in mid_body"
	}
	switch x.broken.Fault {
	case scenarios.Drip, scenarios.SlowHeaders, scenarios.CloseKeepalive:
	default:
		e.Lost = true
	}
	if x.silent() {
		e.Status, e.Body, e.Header = 0, "", nil
	}
}

// sendBroken sends what the fault leaves of the answer.
func (x *exchange) sendBroken() error {
	ctx, cancel := context.WithCancel(x.r.Context())
	defer cancel()
	if x.armed.keep("", &cancel, 0, false) {
		defer x.armed.let("", &cancel)
	} else {
		cancel()
	}
	return x.fault().Strike(x.spoiled(ctx))
}
