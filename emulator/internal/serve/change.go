package serve

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
	"github.com/understudy-dev/understudy/scenarios"
)

// Admin does what another admin does: it carries out a change past the wire, in a transaction of the change's vendor, and
// says what it changed. Targets stand for the change's kind where that is "target".
type Admin func(tx *state.Tx, v *spec.Vendor, c *scenarios.Change, targets []*state.Object, now time.Time) (changed []string, err error)

// meddle carries out a rule's change; false where it changed nothing.
func (x *exchange) meddle(r *rule) bool {
	vendor := x.vendor
	var targets []*state.Object
	if kind := r.Change.Kind(); kind == scenarios.Target {
		for _, w := range x.try() {
			if w.before != nil {
				targets = append(targets, w.before)
			}
		}
	} else {
		name, _, _ := strings.Cut(kind, ".")
		vendor = vendorNamed(x.server.vendors, name)
	}
	changed := x.world.meddle(x.armed, r, vendor, targets, x.now)
	x.changed = append(x.changed, changed...)
	return len(changed) > 0
}

func (w *World) meddle(a *armed, r *rule, v *spec.Vendor, targets []*state.Object, now time.Time) (changed []string) {
	err := w.Store.Update(v.Name, now, func(tx *state.Tx) (err error) {
		changed, err = w.Admin(tx, v, r.Change, targets, now)
		return err
	})
	switch {
	case err != nil:
		a.excuse(r, "the change is refused: "+err.Error())
		return nil
	case len(changed) == 0:
		a.excuse(r, "there is nothing to change")
	}
	return changed
}

// written is one write of an object: before is nil for a new one, after for one that is gone.
type written struct{ before, after *state.Object }

var errGivenUp = errors.New("given up")

// try runs the operation in a transaction that is given up, and returns what it would have written.
func (x *exchange) try() (writes []written) {
	_ = x.world.Store.Update(x.vendor.Name, x.now, func(tx *state.Tx) error {
		x.call.Tx = tx
		tx.OnWrite(x.record(&writes))
		if _, err := x.op.Handle(&x.call); err != nil {
			return err
		}
		return errGivenUp
	})
	return writes
}

// record collects writes of what a world's comparison is about.
func (x *exchange) record(writes *[]written) func(before, after *state.Object) {
	return func(before, after *state.Object) {
		o := after
		if o == nil {
			o = before
		}
		if k := x.vendor.Kind(o.Kind); k != nil && !k.Internal {
			*writes = append(*writes, written{before, after})
		}
	}
}

// begin notes the first call since arming and lets happen what is due by now.
func (w *World) begin(a *armed, now time.Time) {
	if len(a.timed) == 0 {
		return
	}
	_ = w.Store.Update(engine, now, func(tx *state.Tx) error { // notes are always taken
		if tx.Note(a.notes+"/first") == "" {
			tx.SetNote(a.notes+"/first", strconv.FormatInt(now.UnixNano(), 10))
		}
		return nil
	})
	w.settle(a, now)
}

// Settle lets happen what the scenario has for moments up to now. Whoever looks at the state calls it first.
func (w *World) Settle() {
	if a := w.armed.Load(); a != nil {
		w.settle(a, w.Clock.Now())
	}
}

// settle carries out the changes that are due, in the order of their moments, each at most once.
func (w *World) settle(a *armed, now time.Time) {
	type due struct {
		*rule
		at time.Time
	}
	if len(a.timed) == 0 {
		return
	}
	a.settling.Lock()
	defer a.settling.Unlock()
	var all []due
	_ = w.Store.Update(engine, now, func(tx *state.Tx) error { // notes are always taken
		for _, r := range a.timed {
			t := r.tally(tx)
			origin, known := a.origin(tx, r, t)
			if at := origin.Add(*r.At); known && t.matched == 0 && !now.Before(at) {
				t.matched++
				r.keep(tx, t)
				all = append(all, due{r, at})
			}
		}
		return nil
	})
	slices.SortStableFunc(all, func(x, y due) int { return x.at.Compare(y.at) })
	for _, d := range all {
		name, _, _ := strings.Cut(d.Change.Kind(), ".")
		changed := w.meddle(a, d.rule, vendorNamed(w.vendors, name), nil, d.at)
		if len(changed) == 0 {
			continue
		}
		_ = w.Store.Update(engine, d.at, func(tx *state.Tx) error { d.fire(tx, d.at); return nil })
		w.Journal.add(&Entry{Time: d.at, World: w.Name, Vendor: name, Stage: "scenario", Rule: d.label, Changed: changed})
		w.release(a, d.label)
	}
}

// triedKeys are the natural keys of what the operation would have written.
func (x *exchange) triedKeys() (keys []scenarios.Key) {
	writes := x.try()
	_ = x.world.Store.View(x.vendor.Name, func(tx *state.Tx) error { // reading can't fail
		keys = keysOf(x.vendor, tx, writes)
		return nil
	})
	return keys
}
