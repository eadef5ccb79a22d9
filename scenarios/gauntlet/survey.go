package gauntlet

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/scenarios"
)

// Client runs the client under test once against a world, from its start to its end. Its error says that the client did
// not do its work; *Stopped that it had to be ended, *Crashed that it did not end by itself otherwise. It is to end soon
// after its context does.
type Client func(ctx context.Context, w *emulator.World) error

// Stopped is a client that did not end in the time or with the calls that it was given.
type Stopped struct{ Why string }

// Error is why the client was stopped.
func (s *Stopped) Error() string { return s.Why }

// Crashed is a client that ended without an answer: by a panic or a signal.
type Crashed struct{ How string }

// Error is how the client ended.
func (c *Crashed) Error() string { return c.How }

// Run is what one run without faults leaves, and what it calls.
type Run struct {
	Err   error         // of the client
	Calls int           // that it made
	Took  time.Duration // of the world's time

	begin *beginning
	end   state
	calls []scenarios.Call
}

// faultless watches a client and does nothing to it.
var faultless = &scenarios.Scenario{Name: "without-faults"}

// Observe runs the client without faults. Errors: what World.Play says; ctx ended.
func Observe(ctx context.Context, w *emulator.World, client Client) (*Run, error) {
	r := &Run{begin: beginningOf(w)}
	start := w.Now()
	if err := w.Play(faultless); err != nil {
		return nil, err
	}
	r.Err = client(ctx, w)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	r.calls = w.Trace().Calls
	r.Took, r.Calls, r.end = w.Now().Sub(start), len(r.calls), r.begin.end(w)
	w.Disarm()
	return r, nil
}

// Check tells whether other runs can be measured by this one. Errors: the client failed; no call came.
func (r *Run) Check() error {
	switch {
	case r.Err != nil:
		return fmt.Errorf("without any fault, the client ends with: %w", r.Err)
	case r.Calls == 0:
		return errors.New("the client calls nothing: does it go to the emulator?")
	}
	return nil
}

// Survey is what a client does without faults: the measure of all other runs.
type Survey struct {
	Calls      int           // that it makes without faults
	Took       time.Duration // of the world's time
	Operations []string      // that it calls, sorted

	begin    *beginning
	end      state
	touched  map[scenarios.Key]bool // what it writes
	volatile map[place]bool
	renews   map[string]bool // vendors at which it fetches tokens
}

// NewSurvey compares two runs without faults, of worlds that began alike and have other seeds and times. What differs between
// them by itself, such as generated values, is not compared later. Errors: what Run.Check says; the two runs leave different
// objects, so that nobody could tell what a fault does.
func NewSurvey(first, second *Run) (*Survey, error) {
	for _, r := range []*Run{first, second} {
		if err := r.Check(); err != nil {
			return nil, err
		}
	}
	s := &Survey{
		Calls: first.Calls, Took: first.Took, begin: first.begin, end: first.end,
		touched: map[scenarios.Key]bool{}, volatile: map[place]bool{}, renews: map[string]bool{},
	}
	for _, c := range slices.Concat(first.calls, second.calls) {
		s.note(c)
	}
	counts := s.judged(nil)
	if lines := (comparison{counts: counts, members: func(scenarios.Key, string) bool { return false }}).differences(first.end, second.end); lines != nil {
		return nil, fmt.Errorf("two runs without any fault end differently, so that no run can be judged by them:\n  %s", strings.Join(lines, "\n  "))
	}
	for key, docs := range first.end {
		if !counts(key) {
			continue
		}
		for _, doc := range slices.Concat(docs, second.end[key]) {
			for path := range *doc {
				if first.end.values(key, path) != second.end.values(key, path) {
					s.volatile[place{key.Kind, path}] = true
				}
			}
		}
	}
	return s, nil
}

func (s *Survey) note(c scenarios.Call) {
	if c.Operation != "" && !slices.Contains(s.Operations, c.Operation) {
		s.Operations = append(s.Operations, c.Operation)
		slices.Sort(s.Operations)
	}
	if slices.Contains(c.Intents, scenarios.Tokens) {
		s.renews[vendorOf(c.Operation)] = true
	}
	for _, key := range c.Keys {
		s.touched[key] = true
	}
}

// judged are the objects that a comparison is about: what was there before, and what the client writes, without faults or
// in these calls. What came otherwise, such as credentials that were made for the client, is not.
func (s *Survey) judged(calls []scenarios.Call) func(scenarios.Key) bool {
	written := maps.Clone(s.touched)
	for _, c := range calls {
		for _, key := range c.Keys {
			written[key] = true
		}
	}
	return func(key scenarios.Key) bool { return written[key] || s.begin.state[key] != nil }
}

// Vendors are those that the client calls, sorted.
func (s *Survey) Vendors() (all []string) {
	for _, operation := range s.Operations {
		if v := vendorOf(operation); !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	return all
}

func vendorOf(operation string) string {
	vendor, _, _ := strings.Cut(operation, ".")
	return vendor
}

// Trial is one scenario at one vendor.
type Trial struct {
	Name     string // scenario@vendor
	Vendor   string
	Scenario *scenarios.Scenario // narrowed to the vendor
}

// Trials are the scenarios that touch what the client calls, each once for each vendor at which it does. A scenario needs a
// name. Where it has dice of its own, the seed, from 1, chooses others: 1 leaves them.
func (s *Survey) Trials(seed uint64, all []*scenarios.Scenario) (trials []Trial) {
	for _, scenario := range all {
		for _, vendor := range s.Vendors() {
			if narrowed := scenario.For(vendor); s.touches(narrowed, vendor) {
				if narrowed.Seed > 0 {
					narrowed.Seed += max(seed, 1) - 1
				}
				trials = append(trials, Trial{scenario.Name + "@" + vendor, vendor, narrowed})
			}
		}
	}
	return trials
}

// touches tells whether a rule of the scenario is about what the client calls at a vendor.
func (s *Survey) touches(scenario *scenarios.Scenario, vendor string) bool {
	return slices.ContainsFunc(scenario.Rules, func(r scenarios.Rule) bool {
		if r.Listener != "" {
			return r.Listener == vendor
		}
		return slices.ContainsFunc(scenarios.Select(r.On, r.Intent, emulator.Catalogue().Operations), func(o scenarios.Operation) bool {
			return o.Vendor == vendor && slices.Contains(s.Operations, o.ID)
		})
	})
}
