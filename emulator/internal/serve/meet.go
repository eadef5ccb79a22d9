package serve

import (
	"fmt"
	"strconv"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/state"
	"github.com/understudy-dev/understudy/scenarios"
)

// maxCounted is how many operations, resources or callers one rule counts apart; the calls of all others it counts as one.
const maxCounted = 10_000

// tally is the account of a rule: how many calls it counted and struck, and when it first did; 0 for never.
type tally struct {
	matched, fired int
	met, struck    int64 // nanoseconds since 1970
}

func (r *rule) tally(tx *state.Tx) (t tally) {
	_, _ = fmt.Sscan(tx.Note(r.tallies), &t.matched, &t.fired, &t.met, &t.struck)
	return t
}

func (r *rule) keep(tx *state.Tx, t tally) {
	tx.SetNote(r.tallies, fmt.Sprint(t.matched, t.fired, t.met, t.struck))
}

// met is a rule that is active for a call.
type met struct {
	*rule
	delay time.Duration
}

// meet counts the call for every rule whose conditions hold at a phase, and returns those that are active, in order.
func (x *exchange) meet(phase scenarios.Phase) (active []met) {
	var counted []*rule
	for _, r := range x.rules {
		if r.phase == phase && x.holds(r) {
			counted = append(counted, r)
		}
	}
	if counted == nil {
		return nil
	}
	now := x.world.Clock.Now()
	_ = x.world.Store.Update(engine, now, func(tx *state.Tx) error { // notes are always taken
		for _, r := range counted {
			if m, ok := x.count(tx, r, now); ok {
				active = append(active, m)
			}
		}
		return nil
	})
	return active
}

// count adds the call to a rule's account and tells whether the rule is active for it.
func (x *exchange) count(tx *state.Tx, r *rule, now time.Time) (met, bool) {
	t := r.tally(tx)
	t.matched++
	if t.met == 0 {
		t.met = now.UnixNano()
	}
	n, by := t.matched, ""
	if by = x.countedBy(r); by != "" {
		n = r.countApart(tx, by)
	}
	active := x.armed.inWindow(tx, r, t, now) && r.Calls.Has(n) && x.armed.falls(r, by, n)
	m := met{rule: r}
	if active {
		m.delay = x.armed.drawDelay(r, by, n)
	}
	if active && !r.effect {
		t.fired++
		if t.struck == 0 {
			t.struck = now.UnixNano()
		}
	}
	r.keep(tx, t)
	return m, active
}

// countedBy is what the rule counts a call under; "" counts all as one.
func (x *exchange) countedBy(r *rule) string {
	switch r.Per {
	case scenarios.PerOperation:
		return x.name
	case scenarios.PerResource:
		return x.r.URL.Path
	case scenarios.PerCaller:
		return x.call.Caller.Name
	}
	return ""
}

// countApart counts a call under what the rule counts by.
func (r *rule) countApart(tx *state.Tx, by string) int {
	key := r.tallies + "|by|" + by
	n := number(tx, key)
	if known := number(tx, r.tallies+"|known"); n == 0 && known < maxCounted {
		tx.SetNote(r.tallies+"|known", strconv.Itoa(known+1))
	} else if n == 0 {
		key = r.tallies + "|others"
		n = number(tx, key)
	}
	tx.SetNote(key, strconv.Itoa(n+1))
	return n + 1
}

func number(tx *state.Tx, note string) int {
	n, _ := strconv.Atoi(tx.Note(note)) // no note is 0
	return n
}

// inWindow tells whether a moment lies in the rule's window.
func (a *armed) inWindow(tx *state.Tx, r *rule, own tally, now time.Time) bool {
	if _, after := r.Since.Rule(); !after && r.During == (scenarios.Span{}) {
		return true
	}
	origin, known := a.origin(tx, r, own)
	if !known {
		return false
	}
	since := now.Sub(origin)
	return since >= r.During.From && (r.During.To == 0 || since < r.During.To)
}

// origin is the moment from which a rule's window and its At count; false while it has not come.
func (a *armed) origin(tx *state.Tx, r *rule, own tally) (time.Time, bool) {
	nanos := own.met
	if name, after := r.Since.Rule(); after {
		nanos = 0
		for _, other := range a.rules {
			if other.label == name {
				nanos = other.tally(tx).struck
			}
		}
	} else if r.Since == scenarios.Armed {
		return a.at, true
	} else if r.At != nil {
		nanos = int64(number(tx, a.notes+"/first"))
	}
	return time.Unix(0, nanos).UTC(), nanos != 0
}

// fire notes that a rule's effect took place.
func (x *exchange) fire(r *rule) {
	x.fired = append(x.fired, r.label)
	now := x.world.Clock.Now()
	_ = x.world.Store.Update(engine, now, func(tx *state.Tx) error {
		r.fire(tx, now)
		return nil
	})
	x.world.release(x.armed, r.label)
}

func (r *rule) fire(tx *state.Tx, now time.Time) {
	t := r.tally(tx)
	t.fired++
	if t.struck == 0 {
		t.struck = now.UnixNano()
	}
	r.keep(tx, t)
}
