package serve

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
	"github.com/understudy-dev/understudy/scenarios"
)

// Restore puts a snapshot in the place of the world's state. Lag goes no further back than that.
func (w *World) Restore(s state.Snapshot) {
	w.Store.Restore(s)
	if a := w.armed.Load(); a != nil {
		a.floor.Store(&s)
	}
}

// witness adds to an entry what a scenario did to the call, and what verdicts need.
func (x *exchange) witness(e *Entry) {
	if len(x.fired) > 0 {
		e.Rule = x.fired[0]
	}
	if x.struck != nil && slices.Contains(x.fired, x.struck.label) {
		e.Rule = x.struck.label
	}
	e.Stale, e.Committed, e.Changed = x.stale, x.committed && !x.op.Reads(), x.changed
	switch {
	case x.left:
		e.Status, e.Body, e.Header, e.Lost, e.Fault = 0, "", nil, true, "the client left"
	case x.broken != nil:
		x.describeFault(e)
	case x.unshown != "":
		e.Fault = "none: " + x.unshown
	}
	e.seen = seen{armed: x.armed, clock: x.clock, vendor: x.vendor, op: x.op, fired: x.fired, keys: x.keys, stranger: x.call.Caller.Stranger}
	if len(x.body) > MaxCaptured {
		e.seen.rest = fingerprintOf(string(x.body))
	}
}

// keysOf are the natural keys of what was written, as the transaction that wrote it knows them.
func keysOf(v *spec.Vendor, tx *state.Tx, writes []written) (keys []scenarios.Key) {
	for _, w := range writes {
		o := w.after
		if o == nil {
			o = w.before
		}
		if k := v.Kind(o.Kind); k.Key != nil {
			keys = append(keys, scenarios.Key{Kind: v.Name + "." + k.Name, Name: k.Key(tx, o)})
		}
	}
	return keys
}

// Report is how a scenario stands.
type Report struct {
	Scenario *scenarios.Scenario
	Since    time.Time // when it was armed
	Rules    []scenarios.RuleReport
}

// Scenario is how the world's scenario stands; nil for none.
func (w *World) Scenario() *Report {
	a := w.armed.Load()
	if a == nil {
		return nil
	}
	w.Settle()
	return &Report{Scenario: a.scenario, Since: a.at, Rules: w.accounts(a)}
}

func (w *World) accounts(a *armed) (reports []scenarios.RuleReport) {
	now := w.Clock.Now()
	reports = []scenarios.RuleReport{}
	idle := a.excuses()
	_ = w.Store.View(engine, func(tx *state.Tx) error { // reading notes can't fail
		for _, r := range a.rules {
			t := r.tally(tx)
			reports = append(reports, scenarios.RuleReport{
				Name: r.label, Matched: t.matched, Fired: t.fired, Optional: r.Optional, Spent: a.spent(tx, r, t, now), Idle: idle[r.label],
			})
		}
		return nil
	})
	return reports
}

// spent tells whether a rule will not fire again.
func (a *armed) spent(tx *state.Tx, r *rule, t tally, now time.Time) bool {
	if r.At != nil {
		return t.matched > 0
	}
	if r.Calls.To > 0 && t.matched >= r.Calls.To && (r.Per == "" || r.Per == scenarios.PerRule) {
		return true
	}
	origin, known := a.origin(tx, r, t)
	return r.During.To > 0 && known && now.Sub(origin) >= r.During.To
}

// Trace is what the world saw since the scenario was armed, with all objects of the kinds that were written or that are
// asked for.
func (w *World) Trace(kinds ...string) scenarios.Trace {
	a := w.armed.Load()
	if a == nil {
		return scenarios.Trace{}
	}
	w.Settle()
	entries, gone := w.Journal.since(a.seq)
	t := scenarios.Trace{Rules: w.accounts(a), Gone: gone, Objects: map[string][]scenarios.Object{}}
	for i := range entries {
		if entries[i].seen.armed != a {
			continue // a change that no call made, or a call that began under another scenario
		}
		c := callOf(&entries[i])
		for _, key := range c.Keys {
			kinds = append(kinds, key.Kind)
		}
		t.Calls = append(t.Calls, c)
	}
	for _, kind := range kinds {
		if t.Objects[kind] == nil {
			t.Objects[kind] = w.objects(kind)
		}
	}
	return t
}

func callOf(e *Entry) scenarios.Call {
	c := scenarios.Call{
		Seq: e.Seq, Time: e.Time, Answered: e.seen.clock.Now, Caller: e.Caller, Credential: e.credential(),
		Operation: e.Operation, Family: e.Family, Method: e.Method, Path: e.Path, Body: sameBody(e),
		Status: e.Status, Code: e.Code, Header: e.Header, Answer: e.Body, Rules: e.seen.fired, Fault: e.Fault, Lost: e.Lost, Stale: e.Stale, Committed: e.Committed,
		Keys: e.seen.keys, Epoch: e.seen.clock.Epoch, Frozen: e.seen.clock.Frozen,
	}
	if e.seen.op != nil {
		c.Intents = intents(e.seen.op)
	}
	if e.seen.stranger {
		c.Caller = "" // its credential says who it is, as far as anybody knows
	}
	return c
}

// sameBody is a body in a form that is the same for equal ones: JSON without white space, and one that is not kept whole
// with its fingerprint.
func sameBody(e *Entry) string {
	if doc, err := state.Parse([]byte(e.RequestBody)); err == nil {
		return string(doc)
	}
	return e.RequestBody + e.seen.rest
}

// credential is the fingerprint of what the request calls itself by.
func (e *Entry) credential() string {
	u, err := url.Parse(e.Path)
	if err != nil || e.seen.vendor == nil {
		return ""
	}
	r := &http.Request{Method: e.Method, URL: u, Header: e.RequestHeader}
	return fingerprintOf(e.seen.vendor.Credential(r, []byte(e.RequestBody)))
}

// Objects lists all objects that a comparison of worlds is about, by their kinds, with secrets masked.
func (w *World) Objects() map[string][]scenarios.Object {
	all := map[string][]scenarios.Object{}
	m := masker{secrets: w.Journal.secrets, known: map[string]bool{}}
	for _, v := range w.vendors {
		for i := range v.Kinds {
			name := v.Name + "." + v.Kinds[i].Name
			if v.Kinds[i].Internal {
				continue
			}
			all[name] = w.objects(name)
			for n := range all[name] {
				all[name][n].Doc = m.body(all[name][n].Doc, false)
			}
		}
	}
	return all
}

// objects lists a kind, named with its vendor; never nil.
func (w *World) objects(kind string) []scenarios.Object {
	all := []scenarios.Object{}
	vendor, name, _ := strings.Cut(kind, ".")
	v := vendorNamed(w.vendors, vendor)
	if v == nil || v.Kind(name) == nil {
		return all
	}
	k := v.Kind(name)
	_ = w.Store.View(v.Name, func(tx *state.Tx) error { // reading can't fail
		for o := range tx.All(k.Name) {
			object := scenarios.Object{ID: o.ID, Key: o.ID, Doc: string(o.Doc)}
			if k.Key != nil {
				object.Key = k.Key(tx, o)
			}
			all = append(all, object)
		}
		return nil
	})
	return all
}
