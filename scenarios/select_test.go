package scenarios_test

import (
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

func TestForIsAboutOneVendor(t *testing.T) {
	s, err := scenarios.YAML(`understudy: 1
limits:
  auth0.organizations.write: {burst: 1, refill: 1/s}
  atlas.user: {burst: 1, refill: 1/s}
rules:
  - {name: c, listener: auth0, network: {refuse: 1s}}
  - {name: a, intent: creates, fail: throttled, retry_after: 1s}
  - {name: b, on: auth0.organizations.get, fail: throttled, retry_after: 1s}
  - {name: d, listener: atlas, network: {refuse: 1s}}
  - {name: e, intent: creates, since: rule b, delay: 1s}
  - {on: [auth0.organizations.list, "*.get", "a*.list"], delay: 1s}
  - {name: f, at: 1s, change: {delete: auth0.organizations, where: {name: a}}}
  - {name: g, at: 1s, change: {delete: atlas.groups, where: {name: a}}}
expect:
  - waited: b
  - waited: a
  - calls: {intent: creates, at_most: 3}
  - no_blind_repeat: {intent: writes}
  - paged_to_the_end: {intent: lists}
  - gave_up: {on: auth0.organizations.get, calls: 2}
  - gave_up: {intent: writes, calls: 2}
  - order: [auth0.organizations.get, "*.list"]
  - order: [atlas.groups.get, "*.list", auth0.organizations.list]
  - state: {auth0.organizations: {count: 1}}
  - state: {auth0.organizations: {count: 1}, atlas.groups: {count: 2}}
  - converged: true
`).Scenario()
	if err != nil {
		t.Fatal(err)
	}
	before := string(s.Format())
	want := `understudy: 1
limits:
  atlas.user: {burst: 1, refill: 1/s}
rules:
  - {name: a, on: "atlas.*", intent: creates, fail: throttled, retry_after: 1s}
  - {name: d, listener: atlas, network: {refuse: 1s}}
  - {name: rule-6, on: ["atlas.*.get", "a*.list"], delay: 1s}
  - {name: g, at: 1s, change: {delete: atlas.groups, where: {name: a}}}
expect:
  - waited: a
  - calls: {on: "atlas.*", intent: creates, at_most: 3}
  - no_blind_repeat: {on: "atlas.*", intent: writes}
  - paged_to_the_end: {on: "atlas.*", intent: lists}
  - gave_up: {on: "atlas.*", intent: writes, calls: 2}
  - order: [atlas.groups.get, "atlas.*.list"]
  - state: {atlas.groups: {count: 2}}
  - converged: true
`
	if n := s.For("atlas"); string(n.Format()) != want {
		t.Errorf("%s", n.Format())
	}
	if string(s.Format()) != before {
		t.Errorf("the scenario itself changed:\n%s", s.Format())
	}
	err = s.For("qovery").Check(catalogue())
	if all := scenarios.Problems(err); len(all) == 0 || all[0].Line != 7 || all[len(all)-1].Line < 17 {
		t.Errorf("qovery creates nothing: %v", err)
	}
}
