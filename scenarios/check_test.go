package scenarios_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/scenarios"
)

func TestCheckKnowsTheTables(t *testing.T) {
	c := catalogue()
	for _, text := range []string{
		rule(`{on: "*", fail: unavailable}`), rule(`{on: auth0.organizations.create, fail: organization_conflict}`), rule(`{intent: lists, fail: throttled}`),
		rule(`{on: auth0.connections.list, when: {family: legacy}, fail: too_deep}`), rule(`{on: "auth0.*", revoke: true}`),
		rule(`{on: "auth0.*", intent: reads, lag: 1s}`), rule(`{on: "auth0.*", change: {delete: target}}`),
		rule(`{on: "auth0.*", change: {update: auth0.organizations, where: {id: org_1}, set: {name: a}}}`),
		rule(`{on: auth0.organizations.list, change: {delete: atlas.groups, where: {anything: 1}}}`),
		"understudy: 1\nfixture: acme\nlimits: {atlas.global: {burst: 1, refill: 1/s}}",
	} {
		s, err := scenarios.Parse("a.yaml", []byte(text))
		if err == nil {
			err = s.Check(c)
		}
		if err != nil {
			t.Error(err)
		}
	}
}

func TestCheckSaysWhere(t *testing.T) {
	c := catalogue()
	for _, k := range []struct{ text, place, want string }{
		{"understudy: 1\nfixture: acmee", "2:10", `no fixture "acmee"; did you mean "acme"?`},
		{"understudy: 1\nfixture: big", "2:10", `no fixture "big"; there are acme, empty`},
		{"understudy: 1\nlimits: {auth0.organizations.writes: {burst: 1, refill: 1/s}}", "2:38", `no bucket "auth0.organizations.writes"; did you mean "auth0.organizations.write"?`},
		{rule("{on: auth0.organisations.create, fail: x}"), "3:10", `no operation "auth0.organisations.create"; did you mean "auth0.organizations.create"?`},
		{rule("{on: okta.users, fail: x}"), "3:10", `no operation "okta.users"; it begins with a vendor: auth0, atlas, qovery`},
		{rule(`{on: "auth0.users.*", fail: x}`), "3:10", `no operation "auth0.users.*"; * stands for any characters`},
		{rule("{on: [auth0.organizations.get, auth0.users], fail: throttled}"), "3:10", `no operation "auth0.users"`},
		{rule(`{on: "qovery.*", intent: creates, fail: throttled}`), "3:30", "no operation of qovery.* creates"},
		{rule("{on: auth0.connections.list, when: {family: old}, fail: throttled}"), "3:49", `none of the operations has the family "old"`},
		{rule("{listener: auth, network: {refuse: 1s}}"), "3:16", `no vendor "auth"; did you mean "auth0"?`},
		{rule("{on: auth0.organizations.get, fail: not_fond}"), "3:41", `auth0.organizations.get has no error "not_fond"; did you mean "not_found"?`},
		{rule("{on: auth0.organizations.get, fail: teapot}"), "3:41", `auth0.organizations.get has no error "teapot"; it has not_found, too_many_requests, internal_error`},
		{rule("{intent: creates, fail: organization_conflict}"), "3:29", `atlas.groups.create has no error "organization_conflict"`},
		{rule("{intent: creates, fail: conflict}"), "3:29", `atlas.groups.create has no error of the class "conflict"; of classes it has throttled, unauthenticated`},
		{rule("{on: auth0.connections.list, fail: too_deep}"), "3:40", `auth0.connections.list has no error "too_deep"`},
		{rule("{on: auth0.organizations.get, rate_limit: {bucket: organizations.lost}}"), "3:56", `no bucket of auth0 "organizations.lost"; did you mean "organizations.list"?`},
		{rule("{intent: reads, rate_limit: {bucket: organizations.list}}"), "3:42", `no bucket of atlas "organizations.list"; there are global`},
		{rule("{on: auth0.organizations.get, when: {path.ID: a}, fail: throttled}"), "3:51", `the path of auth0.organizations.get has no "ID"; did you mean "id"?; it has id`},
		{rule("{on: auth0.organizations.list, when: {query.pages: a}, fail: throttled}"), "3:56", `none of these operations has the query parameter "pages"; did you mean "page"?`},
		{rule("{intent: reads, phase: after_commit, fail: throttled}"), "3:28", "no call of these operations gets to after_commit: they change nothing"},
		{rule("{intent: writes, lag: 1s}"), "3:27", "none of these operations reads, and only reads can lag"},
		{rule("{intent: reads, change: {delete: target}}"), "3:29", "none of these operations writes, so there is no target"},
		{rule("{intent: reads, change: {delete: auth0.users, where: {id: 1}}}"), "3:29", `no kind "auth0.users"; there are auth0.organizations, atlas.groups`},
		{rule("{intent: reads, change: {delete: auth0.organizations, where: {nam: 1}}}"), "3:72", `auth0.organizations has no "nam"; did you mean "name"?`},
		{rule("{intent: reads, change: {create: auth0.organizations, set: {displayname: 1}}}"), "3:78", `auth0.organizations has no "displayname"; did you mean "display_name"?`},
		{rule(`{on: "*", expire: true}`), "3:23", "the callers of atlas.groups.list have credentials that don't expire; what they can suffer: revoke"},
		{rule("{on: auth0.tokens.create, revoke: true}"), "3:39", "nobody is asked who calls these operations"},
		{expect("{calls: {on: auth0.organisations.get, at_most: 1}}"), "3:18", `no operation "auth0.organisations.get"; did you mean "auth0.organizations.get"?`},
		{expect("{order: [auth0.organizations.get, auth0.users]}"), "3:39", `no operation "auth0.users"`},
		{expect("{paged_to_the_end: {on: auth0.organizations.get}}"), "3:24", "none of the operations lists"},
		{expect("{no_blind_repeat: {intent: reads}}"), "3:23", "none of the operations writes, and reads may be repeated"},
		{expect("{state: {auth0.orgs: {count: 1}}}"), "3:26", `no kind "auth0.orgs"; there are auth0.organizations, atlas.groups`},
		{expect("{state: {auth0.organizations: {where: {nme: 1}}}}"), "3:49", `auth0.organizations has no "nme"; did you mean "name"?`},
	} {
		s, err := scenarios.Parse("a.yaml", []byte(k.text))
		if err != nil {
			t.Error(err)
			continue
		}
		problems := scenarios.Problems(s.Check(c))
		if len(problems) != 1 {
			t.Errorf("%q: %v", k.text, s.Check(c))
			continue
		}
		p := problems[0]
		if got := fmt.Sprintf("%d:%d", p.Line, p.Column); got != k.place || p.Text != k.want && (len(p.Text) < len(k.want) || p.Text[:len(k.want)] != k.want) {
			t.Errorf("%q\n at %s, %s\nwant %s, %s", k.text, got, p.Text, k.place, k.want)
		}
	}
}

func TestNotesSayWhatProvesLess(t *testing.T) {
	c := catalogue()
	c.HTTP1Only = map[scenarios.Fault]string{scenarios.Garbage: "it has frames"}
	for text, want := range map[string]string{
		"intent: reads, network: garbage":          "rules[0] (r): garbage is for HTTP/1.1: it has frames. A call over HTTP/2 goes through",
		"intent: reads, calls: 1, network: reset":  "rules[0] (r): Go's HTTP client repeats a GET by itself",
		"intent: writes, calls: 1, network: reset": "", "intent: reads, network: reset": "", "intent: reads, network: hang": "",
		"intent: reads, calls: 1, phase: mid_body, network: reset": "",
	} {
		s, err := scenarios.YAML(rule("{name: r, " + text + "}")).Scenario()
		if err != nil {
			t.Error(err)
			continue
		}
		notes := s.Notes(c)
		if (want == "") != (len(notes) == 0) || want != "" && (len(notes) != 1 || !strings.HasPrefix(notes[0], want) || !strings.Contains(s.Explain(c), "Go's HTTP client") == strings.Contains(want, "Go's")) {
			t.Errorf("%s: %q", text, notes)
		}
	}
}

// TestUnreachable: of two rules, the second can or can't be reached.
func TestUnreachable(t *testing.T) {
	c := catalogue()
	for _, k := range []struct {
		first, second string
		hidden        bool
	}{
		{"on: \"auth0.*\", fail: throttled", "on: auth0.organizations.get, fail: throttled", true},
		{"on: auth0.organizations.get, fail: throttled", "on: \"auth0.*\", fail: throttled", false},
		{"on: \"auth0.*\", fail: throttled", "on: auth0.organizations.get, calls: 3, when: {path.id: a}, during: 1s..2s, lag: 1s", true},
		{"on: \"auth0.*\", fail: throttled, chance: 50%", "on: auth0.organizations.get, fail: throttled", false},
		{"on: \"auth0.*\", fail: throttled, when: {caller: a}", "on: auth0.organizations.get, fail: throttled", false},
		{"on: \"auth0.*\", delay: 1s", "on: auth0.organizations.get, fail: throttled", false},
		{"on: \"auth0.*\", fail: throttled", "on: auth0.organizations.get, delay: 1s", false},
		{"intent: writes, fail: throttled", "intent: creates, network: reset", true},
		{"intent: writes, fail: throttled", "intent: creates, network: reset, phase: before_auth", false},
		{"intent: writes, fail: throttled, phase: before_auth", "intent: creates, network: reset", true},
		{"intent: writes, fail: throttled, phase: before_auth", "intent: creates, network: reset, phase: after_answer", true},
		{"intent: writes, clock: {skew: 1s}, phase: before_auth", "intent: creates, network: reset", false},
		{"intent: writes, clock: {skew: 1s}, phase: before_auth", "intent: creates, network: reset, phase: before_auth", true},
		{"intent: writes, fail: throttled, calls: 1..3", "intent: writes, fail: internal, calls: 2", true},
		{"intent: writes, fail: throttled, calls: 1..3", "intent: writes, fail: internal, calls: 2..4", false},
		{"intent: writes, fail: throttled, calls: 1..3", "intent: writes, fail: internal, calls: 2, per: caller", false},
		{"intent: writes, fail: throttled, calls: 1..3", "intent: writes, fail: internal, calls: 2, when: {caller: a}", false},
		{"intent: writes, fail: throttled, calls: 1..3", "intent: creates, fail: internal, calls: 2", false},
		{"intent: writes, fail: throttled, calls: 2..", "intent: writes, fail: internal, calls: every 3", true},
		{"intent: writes, fail: throttled, calls: every 2", "intent: writes, fail: internal, calls: every 4", true},
		{"intent: writes, fail: throttled, calls: every 4", "intent: writes, fail: internal, calls: every 2", false},
		{"intent: writes, fail: throttled, calls: every 2", "intent: writes, fail: internal, calls: 6", true},
		{"intent: writes, fail: throttled, calls: every 2", "intent: writes, fail: internal", false},
		{"intent: writes, fail: throttled, during: 1s..5s", "intent: writes, fail: internal, during: 2s..5s", true},
		{"intent: writes, fail: throttled, during: 1s..5s", "intent: writes, fail: internal, during: 2s..6s", false},
		{"intent: writes, fail: throttled, during: 1s..5s", "intent: writes, fail: internal, during: 2s..5s, since: armed", false},
		{"intent: writes, fail: throttled, during: 1s..", "intent: writes, fail: internal, during: 2s..5s, since: first_call", true},
		{"intent: writes, fail: throttled", "intent: writes, phase: after_commit, network: reset", true},
		{"intent: writes, fail: throttled", "intent: writes, phase: mid_body, network: reset", false}, // it counts, and strikes where the first does not take place
		{"intent: writes, network: reset", "intent: writes, phase: mid_body, network: reset", true},
		{"intent: writes, change: {delete: target}", "intent: writes, fail: internal", false},
		{"intent: writes, hold: {until: release a}", "intent: writes, fail: internal", false},
	} {
		s, err := scenarios.Parse("a.yaml", []byte("understudy: 1\nrules:\n  - {name: first, "+k.first+"}\n  - {"+k.second+"}"))
		if err != nil {
			t.Error(err)
			continue
		}
		problems := scenarios.Problems(s.Check(c))
		hidden := len(problems) == 1 && problems[0].Text == "never reached: first, above, strikes all its calls" && problems[0].Line == 4
		if hidden != k.hidden || len(problems) > 1 || !hidden && len(problems) > 0 {
			t.Errorf("{%s} {%s}: %v", k.first, k.second, s.Check(c))
		}
	}
}

func TestCheckOfManyRules(t *testing.T) {
	s := &scenarios.Scenario{}
	for i := range 5000 {
		s.Rules = append(s.Rules, scenarios.Rule{
			Intent: scenarios.Writes, Calls: scenarios.Calls{From: i + 1, To: i + 1}, Fail: "throttled",
			Since: scenarios.AfterRule(fmt.Sprintf("rule-%d", max(1, i))), During: scenarios.Span{To: time.Second},
		})
	}
	s.Rules[0].Since = ""
	if err := s.Check(catalogue()); err != nil {
		t.Error(err)
	}
	s.Rules = make([]scenarios.Rule, scenarios.MaxRules+1)
	if problems := scenarios.Problems(s.Check(catalogue())); len(problems) == 0 || problems[0].Text != "20001 rules: a scenario has at most 20000" {
		t.Error(problems)
	}
}

func TestBuiltScenariosHaveNoLines(t *testing.T) {
	err := (&scenarios.Scenario{Name: "storm", Rules: []scenarios.Rule{{On: []string{"auth0.organisations.get"}, Fail: "x"}}}).Check(catalogue())
	if err == nil || err.Error() != `scenario storm: rules[0].on: no operation "auth0.organisations.get"; did you mean "auth0.organizations.get"?` {
		t.Error(err)
	}
	for _, r := range []scenarios.Rule{
		{On: []string{"a"}, Fail: "x", Calls: scenarios.Calls{From: -1}}, {On: []string{"a"}, Fail: "x", Calls: scenarios.Calls{To: 2}},
		{On: []string{"a"}, Fail: "x", Calls: scenarios.Calls{From: 1, To: 2, Every: 3}}, {On: []string{"a"}, Fail: "x", Chance: 101},
		{On: []string{"a"}, Fail: "x", During: scenarios.Span{From: 2, To: 1}}, {On: []string{"a"}, Fail: "x", Per: "user"}, {On: []string{"a"}, Lag: -1},
		{On: []string{"a"}, Delay: scenarios.Delay{Fixed: 1, Normal: &scenarios.Normal{Mean: 1}}}, {On: []string{"a"}, Network: &scenarios.Network{Fault: "rest"}},
		{On: []string{"a"}, Network: &scenarios.Network{Fault: scenarios.Reset, TLS: "expired"}}, {On: []string{"a"}, Network: &scenarios.Network{Fault: scenarios.Drip, Bytes: 1}},
		{On: []string{"a"}, Patch: &scenarios.Patch{Set: map[string]scenarios.JSON{"a": "{"}}}, {On: []string{"a"}, Patch: &scenarios.Patch{Remove: []string{"a..b"}}},
		{On: []string{"a"}, Hold: &scenarios.Hold{}}, {On: []string{"a"}, Hold: &scenarios.Hold{Calls: 2, Release: "a"}}, {On: []string{"a"}, RateLimit: &scenarios.RateLimit{}},
		{On: []string{"a"}, Fail: "x", When: []scenarios.Condition{{Part: "caller", Test: scenarios.Test{Equals: "{"}}}},
		{On: []string{"a"}, Fail: "x", When: []scenarios.Condition{{Part: "caller", Test: scenarios.Test{In: []scenarios.JSON{}}}}},
		{On: []string{"a"}, Fail: "x", When: []scenarios.Condition{{Part: "caller", Test: scenarios.Test{Equals: "1"}}, {Part: "caller", Test: scenarios.Test{Equals: "2"}}}},
	} {
		if _, err := (&scenarios.Scenario{Rules: []scenarios.Rule{r}}).Scenario(); len(scenarios.Problems(err)) != 1 {
			t.Errorf("%+v: %v", r, err)
		}
	}
}
