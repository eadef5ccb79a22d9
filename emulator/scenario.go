package emulator

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/serve"
	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/scenarios"
)

// Catalogue is what scenarios are checked against: the operations, codes, buckets and kinds of every vendor, and the
// shipped fixtures. It is shared: change nothing in it.
func Catalogue() scenarios.Catalogue { return offered() }

// offered is made once: the tables never change.
var offered = sync.OnceValue(func() scenarios.Catalogue {
	c := serve.Catalogue(catalogue())
	c.Fixtures, _ = (*fixtures.Dir)(nil).Names() // the shipped ones are always readable
	return c
})

// Report says how a world's scenario stands.
type Report struct {
	Scenario *scenarios.Scenario    `json:"scenario"`
	Armed    time.Time              `json:"armed"` // when, by the world's clock
	Rules    []scenarios.RuleReport `json:"rules"`
}

// Play arms a scenario, in place of the one before. Errors: *scenarios.Problem where it can't be carried out, with line
// and column where it came from a text, and nothing is changed then; a rule about a listener that this world has not or
// shares, and no scenario is armed then.
func (w *World) Play(from scenarios.Source) error {
	s, err := from.Scenario()
	if err != nil {
		return err
	}
	c := Catalogue()
	if c.Fixtures, err = w.emulator.options.dir.Names(); err != nil {
		return err
	}
	if err := s.Check(c); err != nil {
		return err
	}
	return w.emulator.server.Arm(w.inner, s, w.emulator.options.seed)
}

// Disarm ends the scenario: calls that it keeps go on, and nothing more happens to later ones. What it changed stays.
func (w *World) Disarm() { w.inner.Disarm() }

// Scenario tells how the scenario stands; nil where none is armed.
func (w *World) Scenario() *Report {
	r := w.inner.Scenario()
	if r == nil {
		return nil
	}
	return &Report{Scenario: r.Scenario, Armed: r.Since, Rules: r.Rules}
}

// Release lets go the calls that a rule holds until this name is released, and tells how many they were. Later calls are
// not held. Error: ErrNotFound where no rule of the armed scenario holds until then.
func (w *World) Release(name string) (int, error) {
	n, ok := w.inner.Release(name)
	if !ok {
		return 0, fmt.Errorf("%w: no rule holds calls until %q is released", ErrNotFound, name)
	}
	return n, nil
}

// Verdicts answers what the armed scenario expects of the client, by what the world saw since it was armed; nil where
// none is armed.
func (w *World) Verdicts() []scenarios.Verdict {
	r := w.inner.Scenario()
	if r == nil {
		return nil
	}
	return r.Scenario.Verdicts(w.Trace())
}

// Trace is what the world saw since the scenario was armed, by which verdicts go, secrets included; empty where none
// is armed.
func (w *World) Trace() scenarios.Trace {
	r := w.inner.Scenario()
	if r == nil {
		return scenarios.Trace{}
	}
	return w.inner.Trace(r.Scenario.Kinds()...)
}

// admin carries out a change of a scenario as another admin would: through the kinds' own rules.
func admin(tx *state.Tx, v *spec.Vendor, c *scenarios.Change, targets []*state.Object, now time.Time) (changed []string, err error) {
	p := planter{vendor: v, now: now}
	_, name, _ := strings.Cut(c.Kind(), ".")
	kind := v.Kind(name)
	if kind != nil {
		targets = slices.Collect(found(tx, kind, c.Where))
	}
	if c.Create != "" {
		id, err := p.put(tx, kind, object(c.Set))
		return []string{"created " + v.Name + "." + name + " " + id}, err
	}
	for _, o := range targets {
		of := v.Kind(o.Kind)
		did := "updated "
		if c.Delete != "" {
			did, err = "deleted ", of.Delete(tx, o)
		} else {
			err = p.change(tx, of, o, object(c.Set))
		}
		if err != nil {
			return nil, err
		}
		changed = append(changed, did+v.Name+"."+of.Name+" "+o.ID)
	}
	return changed, nil
}

// found lists the objects of a kind with these members; "id" is the id.
func found(tx *state.Tx, kind *spec.Kind, where map[string]scenarios.JSON) iter.Seq[*state.Object] {
	return func(yield func(*state.Object) bool) {
		for o := range tx.All(kind.Name) {
			if fits(o, where) && !yield(o) {
				return
			}
		}
	}
}

func fits(o *state.Object, where map[string]scenarios.JSON) bool {
	for path, want := range where {
		have := o.Doc.Get(scenarios.SplitPath(path)...)
		if path == "id" && string(want) == state.Quote(o.ID) {
			continue
		}
		normal, err := state.Parse([]byte(want))
		if err != nil || !have.Exists() || have.Raw != string(normal) {
			return false
		}
	}
	return true
}

func object(members map[string]scenarios.JSON) state.Doc {
	b := state.NewBuilder()
	for _, name := range sortedKeys(members) {
		b.Raw(name, string(members[name]))
	}
	return b.Doc()
}
