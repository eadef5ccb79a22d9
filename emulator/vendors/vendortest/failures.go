package vendortest

import (
	"strings"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/scenarios"
)

// failures raises every error row of every operation as a scenario does: before anything is checked, before the change
// and after it. The answer is the row's; only a failure after the change leaves one.
func (s *suite) failures(t *testing.T) {
	r := newRig(t, s.vendor)
	s.each(t, func(t *testing.T, q request) {
		for _, row := range s.vendor.ErrorsOf(q.op) {
			for _, phase := range []scenarios.Phase{scenarios.BeforeAuth, scenarios.BeforeCommit} {
				r.wantUnchanged(t, q, func() { r.strike(t, q, scenarios.Rule{Fail: row.Code, Phase: phase}, row) })
			}
			r.world.Restore(r.start)
			after := scenarios.AfterCommit
			if q.op.Reads() {
				after = scenarios.AfterAnswer // they commit nothing
			}
			r.strike(t, q, scenarios.Rule{Fail: row.Code, Phase: after}, row)
		}
	})
}

// classes raises each portable class. The stages' classes have a row for every operation, not_found for every path that
// names an object, and all of them for some operation.
func (s *suite) classes(t *testing.T) {
	r := newRig(t, s.vendor)
	known := map[spec.Class]bool{}
	s.each(t, func(t *testing.T, q request) {
		for _, class := range spec.Classes {
			row := s.rowOf(q.op, class)
			if row == nil {
				if s.needed(q.op, class) {
					t.Errorf("no row of %s is of class %s", q.op.Name(), class)
				}
				continue
			}
			known[class] = true
			rule := scenarios.Rule{Fail: string(class)}
			if class == spec.Throttled {
				rule.RetryAfter = 7 * time.Second
			}
			r.wantUnchanged(t, q, func() { r.strike(t, q, rule, *row) })
		}
	})
	for _, class := range spec.Classes {
		if !known[class] {
			t.Errorf("%s has no row of class %s", s.vendor.Name, class)
		}
	}
}

// rowOf is the row of a class that an operation can answer with, or nil.
func (s *suite) rowOf(op *spec.Operation, class spec.Class) *spec.Error {
	for _, row := range s.vendor.ErrorsOf(op) {
		if row.Class == class {
			return &row
		}
	}
	return nil
}

func (s *suite) needed(op *spec.Operation, class spec.Class) bool {
	switch class {
	case spec.Conflict:
		return false
	case spec.NotFound:
		return false
	case spec.Unauthenticated, spec.Forbidden:
		return !op.Public
	}
	return true
}

// strike sends a request while a rule about its operation is armed and wants the row's answer, with its sample's words.
func (r *rig) strike(t *testing.T, q request, rule scenarios.Rule, row spec.Error) {
	t.Helper()
	rule.Name, rule.On = "rule", []string{r.vendor.Name + "." + q.op.ID}
	rule.When = []scenarios.Condition{{Part: "family", Test: scenarios.Test{Equals: scenarios.Value(q.op.Family)}}}
	if err := r.world.Play(&scenarios.Scenario{Rules: []scenarios.Rule{rule}}); err != nil {
		t.Errorf("%s: %v", q, err)
		return
	}
	defer r.world.Disarm()
	got := r.send(q, r.owner)
	words := row.Sample
	if len(q.op.Needs) > 0 { // it names what this operation needs
		words = append([]string{"scopes", strings.Join(q.op.Needs, ",")}, row.Sample...)
	}
	r.wantRow(t, q, got, &row, spec.Fill(row.Message, words...), words...)
	if got.Entry.Rule != rule.Name {
		t.Errorf("%s: the journal names the rule %q", q, got.Entry.Rule)
	}
	if rule.RetryAfter > 0 {
		if told, tells := toldWait(got.Header, r.world.Now()); row.Class == spec.Throttled && (!tells || told < rule.RetryAfter || told > rule.RetryAfter+time.Second) {
			t.Errorf("%s: told to wait %s, not %s", q, told, rule.RetryAfter)
		}
	}
}
