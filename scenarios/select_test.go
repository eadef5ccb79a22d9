package scenarios_test

import (
	"slices"
	"testing"

	"github.com/understudy-dev/understudy/scenarios"
)

func TestSelect(t *testing.T) {
	ops := catalogue().Operations
	for _, c := range []struct {
		on     []string
		intent scenarios.Intent
		want   int
	}{
		{[]string{"auth0.organizations.get"}, "", 1}, {[]string{"auth0.organizations.*"}, "", 4}, {[]string{"*.list"}, "", 4}, {[]string{"*"}, "", len(ops)},
		{[]string{"a*z*t"}, "", 2}, {[]string{"*"}, scenarios.Tokens, 1}, {nil, scenarios.Creates, 2}, {[]string{"auth0.*"}, scenarios.Creates, 1},
		{[]string{"qovery.*"}, scenarios.Creates, 0}, {nil, "", 0}, {[]string{"auth0"}, "", 0}, {[]string{"auth0.organizations.g*t*"}, "", 1},
		{[]string{"auth0.organizations.get*get"}, "", 0}, {[]string{"**"}, "", len(ops)}, {[]string{""}, "", 0}, {[]string{"auth0.organizations.list", "*.organizations.*"}, "", 4},
	} {
		if got := scenarios.Select(c.on, c.intent, ops); len(got) != c.want {
			t.Errorf("%q %q: %d operations, not %d", c.on, c.intent, len(got), c.want)
		}
	}
}

func TestForNarrowsWhatGoesByIntentAlone(t *testing.T) {
	s, err := scenarios.YAML(`understudy: 1
rules:
  - {name: c, listener: auth0, network: {refuse: 1s}}
  - {name: a, intent: creates, fail: throttled, retry_after: 1s}
  - {name: b, on: auth0.organizations.get, fail: throttled}
  - {name: d, listener: atlas, network: {refuse: 1s}}
expect:
  - waited: a
  - calls: {intent: creates, at_most: 3}
  - no_blind_repeat: {intent: writes}
  - paged_to_the_end: {intent: lists}
  - gave_up: {intent: writes, calls: 2}
  - gave_up: {on: auth0.organizations.get, calls: 2}
`).Scenario()
	if err != nil {
		t.Fatal(err)
	}
	before := string(s.Format())
	n := s.For("atlas")
	only := []string{"atlas.*"}
	e := n.Expect
	if !slices.Equal(n.Rules[0].On, only) || !slices.Equal(e[1].Calls.On, only) || !slices.Equal(e[2].NoBlindRepeat.On, only) ||
		!slices.Equal(e[3].PagedToTheEnd.On, only) || !slices.Equal(e[4].GaveUp.On, only) {
		t.Errorf("%s", n.Format())
	}
	if n.Rules[1].On[0] != "auth0.organizations.get" || e[5].GaveUp.On[0] != "auth0.organizations.get" {
		t.Errorf("%s", n.Format())
	}
	if len(n.Rules) != 3 || n.Rules[2].Listener != "atlas" || n.Rules[2].On != nil {
		t.Errorf("%s", n.Format())
	}
	if string(s.Format()) != before {
		t.Errorf("the scenario itself changed:\n%s", s.Format())
	}
	if err := s.For("qovery").Check(catalogue()); err == nil || len(scenarios.Problems(err)) != 5 || scenarios.Problems(err)[0].Line != 4 {
		t.Errorf("qovery creates nothing: %v", err)
	}
}
