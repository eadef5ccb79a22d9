package serve

import (
	"cmp"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
	"github.com/understudy-dev/understudy/scenarios"
)

// scenario finds the rules that are about the call and lets those strike that come before anything is checked. Later
// stages let the others strike, each at its phase.
func (x *exchange) scenario() bool {
	x.armed = x.world.armed.Load()
	if x.armed == nil {
		return false
	}
	x.world.begin(x.armed, x.now)
	x.rules = x.armed.rows[x.op]
	return x.strike(scenarios.BeforeAuth)
}

// strike lets the rules of a phase strike; true where one of them ends the call's way. The delays of all active rules
// add up. Of other effects a call suffers one: that of the first rule that is active for it.
func (x *exchange) strike(phase scenarios.Phase) bool {
	if len(x.rules) == 0 || x.armed.ended() { // a call may be kept past the end of its scenario
		return false
	}
	active := x.meet(phase)
	var delay time.Duration
	for _, m := range active {
		delay += m.delay
		if !m.effect {
			x.fired = append(x.fired, m.label)
		}
	}
	if delay > 0 {
		x.wait(delay)
	}
	if x.armed.ended() {
		return false
	}
	for _, m := range active {
		if !m.effect || x.struck != nil {
			continue
		}
		x.struck = m.rule
		took, ends := x.suffer(m.rule)
		if !took {
			x.struck = nil
		}
		if ends {
			return true
		}
	}
	return false
}

// pause goes on after a wait: the call is treated as if it had come now. A client that has left ends it.
func (x *exchange) pause(err error) {
	x.lookAtClock()
	if err == nil {
		x.world.Settle() // what came due meanwhile came before this call
		return
	}
	x.left, x.stage = true, "scenario"
	entry := x.entry()
	x.world.Journal.add(&entry)
	panic(http.ErrAbortHandler)
}

func (x *exchange) lookAtClock() {
	x.clock = x.world.Clock.Read()
	x.now, x.call.Now = x.clock.Now, x.clock.Now
}

// suffer carries out a rule's effect. Took is false where nothing happened by it, and another rule may strike; ends is true
// where it decides the answer.
func (x *exchange) suffer(r *rule) (took, ends bool) {
	took = true
	switch {
	case r.Fail != "":
		ends = x.failAs(r.Fail, r.RetryAfter)
	case r.Answer != nil:
		ends = x.answerRaw(r.Answer, r.RetryAfter)
	case r.Network != nil:
		ends, took = x.breakNetwork(r)
	case r.Patch != nil:
		if took = x.edit(r.Patch); !took {
			x.armed.excuse(r, "the answer was the same without it")
		}
	case r.Lag > 0:
		x.lag = r.Lag
		return true, false // it fires where the answer is another one than the present's
	case r.RateLimit != nil:
		b := x.vendor.Bucket(r.RateLimit.Bucket)
		if b == nil {
			x.armed.excuse(r, x.vendor.Name+" has no such bucket")
			return false, false
		}
		if x.draining = r; b.Key == nil || x.through {
			x.drain()
		}
		return true, false // where each caller has a bucket, it fires once the caller is known
	case r.Change != nil:
		took = x.meddle(r)
	case r.Revoke, r.Expire:
		took = x.endCredential(r)
	case r.Clock != nil:
		if took = x.skew(r); !took {
			x.armed.excuse(r, "the clocks are apart already")
		}
	}
	if took {
		x.fire(r)
	}
	if r.Hold != nil {
		x.hold(r)
	}
	return took, ends
}

// failAs answers with the row of a code or of a portable class, as the vendor's own failure would look.
func (x *exchange) failAs(name string, wait time.Duration) bool {
	row := x.vendor.Error(x.op, name)
	if row == nil {
		row = x.vendor.ErrorOf(x.op, spec.Class(name))
	}
	if row == nil {
		return x.bug(x.op.ID + " has no error " + name)
	}
	if row.Class == spec.Throttled {
		told := spec.Quota{Limit: x.quota.Limit, Wait: wait, Reset: x.now.Add(wait), Refused: "scenario"}
		if main := x.vendor.MainBucket(x.op); main != nil {
			told.Rate = x.sized(main)
			told.Limit = cmp.Or(told.Limit, told.Rate.Burst)
		}
		x.quota = told
	} else if wait > 0 {
		x.w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	}
	x.call.Args = row.Sample
	if len(x.op.Needs) > 0 {
		x.call.Args = append([]string{"scopes", strings.Join(x.op.Needs, ",")}, row.Sample...)
	}
	if row.Fresh != nil {
		_ = x.world.Store.Update(x.vendor.Name, x.now, func(tx *state.Tx) error { // notes are always taken
			x.call.Tx = tx
			x.call.Args = slices.Concat(row.Fresh(&x.call), x.call.Args)
			return nil
		})
	}
	return x.raise(row, spec.Fill(row.Message, x.call.Args...)) // what is injected claims nothing of the vendor
}

// answerRaw answers with what no table attests. A wait is told by a date in whole seconds, which are over when it is.
func (x *exchange) answerRaw(a *scenarios.Answer, wait time.Duration) bool {
	x.reply = spec.Reply{Status: a.Status, Body: state.Doc(a.Body), Header: a.Headers}
	if wait > 0 {
		x.reply.Header = maps.Clone(a.Headers)
		if x.reply.Header == nil {
			x.reply.Header = map[string]string{}
		}
		x.reply.Header["Retry-After"] = x.now.Add(wait + time.Second - 1).UTC().Format(http.TimeFormat)
	}
	x.code, x.unattested = "answer", true
	return true
}

// edit changes the body of the answer that is about to be sent; false where it has none of the members, and is no JSON.
func (x *exchange) edit(p *scenarios.Patch) bool {
	body := x.reply.Body
	for _, path := range slices.Sorted(maps.Keys(p.Set)) {
		body = body.SetAt(string(p.Set[path]), scenarios.SplitPath(path)...)
	}
	for _, path := range p.Remove {
		body = body.DropAt(scenarios.SplitPath(path)...)
	}
	edited := body != x.reply.Body
	x.reply.Body = body
	x.unattested = x.unattested || edited
	return edited
}

// drain leaves so many calls in the bucket of the rule that strikes.
func (x *exchange) drain() {
	d := x.draining.RateLimit
	_ = x.world.Store.Update(x.vendor.Name, x.now, func(tx *state.Tx) error { // notes are always taken
		x.call.Tx = tx
		setLevel(tx, x.noteOf(x.vendor.Bucket(d.Bucket)), float64(d.Left), x.now)
		return nil
	})
	x.fire(x.draining)
	x.draining = nil
}

// skew puts the world's clock apart from the client's, until the scenario ends; false where the rule has done so already.
func (x *exchange) skew(r *rule) bool {
	done := false
	_ = x.world.Store.View(engine, func(tx *state.Tx) error { // reading notes can't fail
		done = r.tally(tx).fired > 0
		return nil
	})
	if done {
		return false
	}
	x.world.Clock.Skew(r.Clock.Skew)
	x.armed.noteSkew(x.world, r.Clock.Skew)
	x.lookAtClock()
	x.changed = append(x.changed, "the clock by "+r.Clock.Skew.String())
	return true
}
