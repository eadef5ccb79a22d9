package vendortest

import (
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
				r.wantUnchanged(t, q, func() { r.strike(t, q, scenarios.Plan{Fail: row.Code, Phase: phase}, row) })
			}
			r.world.Restore(r.start)
			r.strike(t, q, scenarios.Plan{Fail: row.Code, Phase: scenarios.AfterCommit}, row)
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
			row := s.vendor.ErrorOf(q.op, class)
			if row == nil {
				if s.needed(q.op, class) {
					t.Errorf("no row of %s is of class %s", q.op.Name(), class)
				}
				continue
			}
			known[class] = true
			plan := scenarios.Plan{Fail: string(class), RetryAfter: 7 * time.Second}
			r.wantUnchanged(t, q, func() { r.strike(t, q, plan, *row) })
		}
	})
	for _, class := range spec.Classes {
		if !known[class] {
			t.Errorf("%s has no row of class %s", s.vendor.Name, class)
		}
	}
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

// strike sends a request while a plan is armed and wants the row's answer with its sample's words.
func (r *rig) strike(t *testing.T, q request, plan scenarios.Plan, row spec.Error) {
	t.Helper()
	plan.Rule = "rule"
	r.world.Play(func(scenarios.Call) scenarios.Plan { return plan })
	defer r.world.Play(nil)
	got := r.send(q, r.owner)
	r.wantRow(t, q, got, &row, spec.Fill(row.Message, row.Sample...))
	if got.Entry.Rule != plan.Rule {
		t.Errorf("%s: the journal names the rule %q", q, got.Entry.Rule)
	}
	if plan.RetryAfter > 0 {
		if told, tells := toldWait(got.Header, r.world.Now()); row.Class == spec.Throttled && (!tells || told < plan.RetryAfter || told > plan.RetryAfter+time.Second) {
			t.Errorf("%s: told to wait %s, not %s", q, told, plan.RetryAfter)
		}
	}
}
