package serve

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/clock"
	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
	"github.com/understudy-dev/understudy/scenarios"
)

// armed is a scenario as a world carries it out: its rules by the row that they are about. What changes stands in the
// world's notes, so that a snapshot rewinds it; only calls that wait are kept here.
type armed struct {
	scenario *scenarios.Scenario
	notes    string // prefix of its notes, unlike that of every other arming
	seed     uint64
	at       time.Time
	seq      uint64 // of the journal
	rules    []*rule
	rows     map[*spec.Operation][]*rule
	timed    []*rule
	rates    map[*spec.Bucket]spec.Rate
	floor    atomic.Pointer[state.Snapshot] // what lag never goes behind

	settling sync.Mutex // what is due is done, or not begun, when a call goes on

	mu      sync.Mutex
	over    bool
	idle    map[string]string                       // by rule, why its effect did not take place the last time
	waiting map[string]map[*context.CancelFunc]bool // calls that are held, by what lets them go; "" is the scenario's end alone
}

// rule is a rule of the scenario with what it takes to ask it.
type rule struct {
	*scenarios.Rule
	label   string
	phase   scenarios.Phase
	parts   []part
	tallies string // prefix of its notes
	effect  bool   // beside a delay
}

func (r *rule) selects(o scenarios.Operation) bool {
	return len(scenarios.Select(r.On, r.Intent, []scenarios.Operation{o})) > 0
}

// part is a condition, ready to be held.
type part struct {
	source string   // path, query, header, body, caller, family, response.status, response.body
	path   []string // in it
	test   test
}

type test struct {
	scenarios.Test
	pattern *regexp.Regexp
	not     *test
}

// Arm makes a world play a scenario, in place of the one before. The scenario has been checked against the tables. Error: a
// listener that a rule is about can't fail so; then no scenario is armed.
func (s *Server) Arm(w *World, sc *scenarios.Scenario, seed uint64) error {
	a := &armed{
		scenario: sc, seed: sc.Seed, at: w.Clock.Now(), seq: w.Journal.last(),
		notes: "armed/" + strconv.FormatUint(s.armings.Add(1), 10) + "/",
		rows:  map[*spec.Operation][]*rule{}, rates: map[*spec.Bucket]spec.Rate{}, idle: map[string]string{}, waiting: map[string]map[*context.CancelFunc]bool{},
	}
	if a.seed == 0 {
		a.seed = seed
	}
	floor := w.Store.Snapshot()
	a.floor.Store(&floor)
	for i := range sc.Rules {
		a.add(compile(&sc.Rules[i], i, a.notes), s.rows, w.Limits)
	}
	for name, limit := range sc.Limits {
		if vendor, bucket, _ := strings.Cut(name, "."); vendorNamed(s.vendors, vendor) != nil {
			a.rates[vendorNamed(s.vendors, vendor).Bucket(bucket)] = spec.Rate{Burst: limit.Burst, Refill: limit.Refill.Tokens, Per: limit.Refill.Per}
		}
	}
	w.Disarm()
	_ = w.Store.Update(engine, a.at, func(tx *state.Tx) error { // a note is always taken
		tx.DropNotes("armed/")
		return nil
	})
	w.armed.Store(a)
	if err := w.failListeners(a); err != nil {
		w.Disarm()
		return err
	}
	return nil
}

// failListeners begins the faults of connections themselves: they strike before any call is known.
func (w *World) failListeners(a *armed) error {
	for i, r := range a.rules {
		if r.Listener == "" {
			continue
		}
		err := error(nil)
		if r.Network.Fault == scenarios.Refuse {
			err = w.Doors.Refuse(r.Listener, r.Network.For)
		} else {
			err = w.Doors.Spoil(r.Listener, r.Network.TLS, func() { w.fired(a, r) })
		}
		if err != nil {
			return fmt.Errorf("rules[%d] (%s): %w", i, r.label, err)
		}
	}
	return nil
}

// Refused notes that a connection to a vendor was refused, or on a port, where that can't be seen, that it would be.
func (w *World) Refused(vendor string) {
	a := w.armed.Load()
	if a == nil {
		return
	}
	for _, r := range a.rules {
		if r.Listener == vendor && r.Network.Fault == scenarios.Refuse {
			w.fired(a, r)
			return
		}
	}
}

// fired notes that a rule which is about no calls took place.
func (w *World) fired(a *armed, r *rule) {
	now := w.Clock.Now()
	_ = w.Store.Update(engine, now, func(tx *state.Tx) error { // notes are always taken
		t := r.tally(tx)
		t.matched++
		r.keep(tx, t)
		r.fire(tx, now)
		return nil
	})
	w.release(a, r.label)
}

// mendListeners ends them.
func (w *World) mendListeners(a *armed) {
	for _, r := range a.rules {
		switch {
		case r.Listener == "":
		case r.Network.Fault == scenarios.Refuse:
			_ = w.Doors.Refuse(r.Listener, 0) // those that are gone refuse nobody
		default:
			_ = w.Doors.Spoil(r.Listener, "", nil)
		}
	}
}

// engine is the tenant of the notes that rules keep.
const engine = "scenario"

func compile(r *scenarios.Rule, i int, notes string) *rule {
	c := &rule{Rule: r, label: r.Label(i), phase: r.StrikesAt(), effect: r.Effect() != ""}
	c.tallies = notes + c.label
	for _, condition := range r.When {
		p := part{source: condition.Part, test: compileTest(condition.Test)}
		for _, source := range []string{"path", "query", "header", "body", "response.body"} {
			if rest, ok := strings.CutPrefix(condition.Part, source+"."); ok {
				p.source, p.path = source, []string{rest}
				if strings.HasSuffix(source, "body") {
					p.path = scenarios.SplitPath(rest)
				}
			}
		}
		c.parts = append(c.parts, p)
	}
	return c
}

func compileTest(t scenarios.Test) test {
	c := test{Test: t}
	if t.Matches != "" {
		c.pattern = regexp.MustCompile(t.Matches) // checked when it was read
	}
	if t.Not != nil {
		not := compileTest(*t.Not)
		c.not = &not
	}
	return c
}

// add files a rule under every row that it is about.
func (a *armed) add(r *rule, rows []row, limits map[string]string) {
	a.rules = append(a.rules, r)
	switch {
	case r.Listener != "":
	case r.At != nil:
		a.timed = append(a.timed, r)
	default:
		for _, row := range rows {
			if !r.selects(row.Operation) {
				continue
			}
			a.rows[row.op] = append(a.rows[row.op], r)
			if r.RateLimit != nil {
				a.switchOn(row.vendor, r.RateLimit.Bucket, limits[row.vendor.Name])
			}
		}
	}
}

// switchOn gives a bucket that is to be drained its usual size, unless the world's preset has one.
func (a *armed) switchOn(v *spec.Vendor, bucket, preset string) {
	b := v.Bucket(bucket)
	if b == nil || len(v.Presets) == 0 {
		return
	}
	if _, on := b.Rates[preset]; on && preset != "" {
		return
	}
	for _, name := range v.Presets {
		if rate, sized := b.Rates[name]; sized {
			a.rates[b] = rate
			return
		}
	}
}

// Disarm ends the scenario: calls that it keeps go on, clocks that it put apart come together again.
func (w *World) Disarm() {
	a := w.armed.Swap(nil)
	if a == nil {
		return
	}
	a.end()
	w.mendListeners(a)
	if skew := a.noteSkew(w, 0); skew != 0 {
		w.Clock.Skew(-skew)
	}
}

// noteSkew adds to how far clock rules have put the world's clock, and returns it. It is a note, so that a restore of the
// clock rewinds it too.
func (a *armed) noteSkew(w *World, d time.Duration) (skew time.Duration) {
	_ = w.Store.Update(engine, w.Clock.Now(), func(tx *state.Tx) error { // notes are always taken
		skew = time.Duration(number(tx, a.notes+"/skew")) + d
		if d != 0 {
			tx.SetNote(a.notes+"/skew", strconv.FormatInt(int64(skew), 10))
		}
		return nil
	})
	return skew
}

// ClockState is the world's clock as it would be without a scenario, for forks and snapshots.
func (w *World) ClockState() clock.State {
	state := w.Clock.State()
	if a := w.armed.Load(); a != nil {
		if skew := a.noteSkew(w, 0); state.Frozen {
			state.At = state.At.Add(-skew)
		} else {
			state.Offset -= skew
		}
	}
	return state
}

// RestoreClock puts the clock where a snapshot has it, and apart again as far as the scenario that is armed had put it then.
func (w *World) RestoreClock(state clock.State) {
	w.Clock.Restore(state)
	if a := w.armed.Load(); a != nil {
		if skew := a.noteSkew(w, 0); skew != 0 {
			w.Clock.Skew(skew)
		}
	}
}

// excuse notes why a rule's effect did not take place.
func (a *armed) excuse(r *rule, why string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.idle[r.label] = why
}

func (a *armed) excuses() map[string]string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.idle)
}

// ended tells whether another scenario, or none, has taken this one's place.
func (a *armed) ended() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.over
}

func (a *armed) end() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.over = true
	for _, calls := range a.waiting {
		for cancel := range calls {
			(*cancel)()
		}
	}
	a.waiting = nil
}
