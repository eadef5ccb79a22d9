package scenarios_test

import (
	"testing"

	"github.com/understudy-dev/understudy/scenarios"
)

func TestEveryEffectHasAnExampleThatChecks(t *testing.T) {
	c := catalogue()
	for _, e := range scenarios.Effects() {
		s, err := scenarios.Parse(e.Name(), []byte("understudy: 1\nrules:\n  - "+e.Example))
		if err != nil {
			t.Error(err)
			continue
		}
		r := &s.Rules[0]
		if e.Key != "delay" && r.Effect() != e.Key || e.Fault != "" && r.Network.Fault != e.Fault {
			t.Errorf("%s: the example has %q", e.Name(), r.Effect())
		}
		if r.Phase == "" && r.StrikesAt() != e.Default {
			t.Errorf("%s strikes at %s, not %s", e.Name(), r.StrikesAt(), e.Default)
		}
		if err := s.Check(c); err != nil {
			t.Errorf("%s: %v", e.Name(), err)
		}
	}
}
