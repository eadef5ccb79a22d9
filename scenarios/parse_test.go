package scenarios_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/scenarios"
)

func TestParse(t *testing.T) {
	s, err := scenarios.Parse("storm.yaml", []byte(`# a comment
understudy: 1
scenario: storm
about: Two updates are throttled, and a create is lost.
seed: 18446744073709551615
limits: {auth0.organizations.write: {burst: 5, refill: 1/10s}}
rules:
  - name: throttle
    on: auth0.organization_connections.update
    when: {path.id: org_1, body.name: {matches: "^a", not: {in: [ab, 3, null]}}, response.status: 200}
    calls: 1..2
    chance: 12.5%
    during: 0s..1m30s
    since: armed
    phase: after_commit
    fail: throttled
    retry_after: 2s
  - {on: [a, b], delay: {lognormal: {median: 80ms, p99: 2s}}, answer: {status: 502, headers: {A: "1"}, body: {a: [1, null]}}}
  - {listener: auth0, network: {refuse: 10s}}
expect: [{waited: throttle}, {calls: {on: a, at_most: 0}}]
`))
	if err != nil {
		t.Fatal(err)
	}
	r := s.Rules[0]
	switch {
	case s.Seed != 1<<64-1, s.Limits["auth0.organizations.write"] != scenarios.Limit{Burst: 5, Refill: scenarios.Refill{Tokens: 1, Per: 10 * time.Second}}:
		t.Errorf("%+v", s)
	case r.Calls != scenarios.Calls{From: 1, To: 2}, r.Chance != 12.5, r.During != scenarios.Span{To: 90 * time.Second}, r.Since != scenarios.Armed,
		r.Phase != scenarios.AfterCommit, r.Fail != "throttled", r.RetryAfter != 2*time.Second:
		t.Errorf("%+v", r)
	case len(r.When) != 3 || r.When[0].Part != "path.id" || r.When[0].Equals != `"org_1"`, r.When[1].Not.In[2] != "null", r.When[2].Equals != "200":
		t.Errorf("%+v", r.When)
	case len(s.Rules[1].On) != 2, s.Rules[1].Answer.Body != `{"a":[1,null]}`, s.Rules[1].Delay.Lognormal.P99 != 2*time.Second:
		t.Errorf("%+v", s.Rules[1])
	case *s.Rules[2].Network != scenarios.Network{Fault: scenarios.Refuse, For: 10 * time.Second}, *s.Expect[1].Calls.AtMost != 0:
		t.Errorf("%+v", s.Rules[2])
	}
}

func TestParseReadsJSONWithTabs(t *testing.T) {
	s, err := scenarios.Parse("storm.json", []byte("\ufeff{\n\t\"rules\": [\n\t\t{\"on\": \"a\", \"fail\": \"x\", \"calls\": \"2..\"}\n\t],\n\t\"understudy\": 1\n}\n"))
	if err != nil || len(s.Rules) != 1 || s.Rules[0].Calls != (scenarios.Calls{From: 2}) {
		t.Errorf("%+v, %v", s, err)
	}
}

// TestParseSaysWhere: each text has one problem, at line:column.
func TestParseSaysWhere(t *testing.T) {
	for _, c := range []struct{ text, place, want string }{
		{"", "1:1", "a scenario begins with understudy: 1"},
		{"# nothing", "1:1", "a scenario begins with understudy: 1"},
		{"scenario: a\nunderstudy: 1", "1:1", "a scenario begins with understudy: 1"},
		{"understudy: 2\nfuture: true", "1:13", "understudy: 2 is a newer format than this understudy reads (1); upgrade it"},
		{`{"understudy": 7}`, "1:16", "understudy: 7 is a newer format than this understudy reads (1); upgrade it"},
		{"understudy: one", "1:13", "understudy must be the version of the format: 1"},
		{"[1]", "1:1", "a scenario begins with understudy: 1"},
		{"understudy: 1\nrulez: []", "2:1", `no key "rulez" here; did you mean "rules"?`},
		{"understudy: 1\nscenario: 3", "2:11", "scenario: must be a text: put it in quotes"},
		{"understudy: 1\nscenario: a b", "2:11", `"a b" is no name: letters, digits, '-' and '_', at most 100`},
		{"understudy: 1\nseed: -1", "2:7", "seed: must be a whole number from 0 to 18446744073709551615"},
		{"understudy: 1\nrules: {}", "2:8", "rules: must be a list"},
		{"understudy: 1\nrules: [x]", "2:9", "rules[0]: must be a map of keys to values, not a text"},
		{"understudy: 1\nseed: 1\nseed: 2", "3:1", `"seed" is set twice; first at line 2`},
		{"understudy: 1\nlimits: {a.b: {burst: 0, refill: 1/s}}", "2:15", "burst: a full bucket lets 1 call or more through"},
		{"understudy: 1\nlimits: {a.b: {burst: 1, refill: 1/day}}", "2:34", `refill: "day" is no time: write it as 2s, 1m30s or 500ms`},
		{rule("{on: a, fial: x}"), "3:13", `no key "fial" here; did you mean "fail"?`},
		{rule("{on: a, fail:}"), "3:18", "fail has no value: leave it out"},
		{rule("{on: a, fail: ''}"), "3:19", "fail says nothing: leave it out"},
		{rule("{on: a, fail: x, calls: 2..1}"), "3:29", "calls: must be calls such as 3, 1..2, 4.., every 5, or every 5 from 2, counted from 1"},
		{rule("{on: a, fail: x, calls: every}"), "3:29", "calls: must be calls such as 3, 1..2, 4.., every 5, or every 5 from 2, counted from 1"},
		{rule("{on: a, fail: x, chance: 0%}"), "3:30", "chance: must be a probability from above 0% to 100%, such as 30%"},
		{rule("{on: a, fail: x, chance: NaN%}"), "3:30", "chance: must be a probability from above 0% to 100%, such as 30%"},
		{rule("{on: a, fail: x, during: 5s}"), "3:30", "during: must be a window such as 0s..30s, or 5s.."},
		{rule("{on: a, fail: x, during: 5s..5s}"), "3:30", "during: a window ends after it begins, and begins at 0s or later"},
		{rule("{on: a, fail: x, per: user}"), "3:27", `no "user" here; there are rule, operation, resource, caller`},
		{rule("{on: a, fail: x, phase: befor_auth}"), "3:29", `no "befor_auth" here; did you mean "before_auth"?`},
		{rule("{intent: creat, fail: x}"), "3:14", `no "creat" here; did you mean "creates"?`},
		{rule("{on: a, fail: x, since: later}"), "3:29", `"later": since is first_call, armed, or rule NAME`},
		{rule("{on: a, fail: x, since: rule b}"), "3:29", `no rule "b"`},
		{rule("{on: a, fail: x, since: rule rule-1}"), "3:29", "the rule waits for its own firing"},
		{rule("{on: a, fail: x, retry_after: 1500ms}"), "3:35", "1.5s: vendors tell waits in whole seconds"},
		{rule("{on: a, retry_after: 1s, delay: 1s}"), "3:26", "the wait is what fail or answer tells: give one"},
		{rule("{on: a, answer: {status: 429, headers: {retry-after: '3'}}, retry_after: 1s}"), "3:78", "the answer's headers tell a wait already: leave out one"},
		{rule("{on: a, delay: 200000h}"), "3:20", "delay: 200000h is longer than ten years"},
		{rule("{on: a, delay: {uniform: {from: 2s, to: 1s}}}"), "3:20", "uniform: to must be above from"},
		{rule("{on: a, delay: {uniform: {to: 1s}, normal: {mean: 1s}}}"), "3:20", "delay: must have one key, of uniform, normal, lognormal"},
		{rule("{on: a}"), "3:5", "the rule has no effect and no delay"},
		{rule("{fail: x}"), "3:5", "the rule says of no call that it is about it: give on, intent, listener or at"},
		{rule("{on: a, fail: x, lag: 1s}"), "3:27", "a rule has one effect, and this one has fail and lag: make it 2 rules"},
		{rule("{on: a, fail: x, phase: mid_body}"), "3:29", "fail strikes before_auth, before_commit, after_commit or after_answer, not mid_body"},
		{rule("{on: a, patch: {remove: a}, phase: before_commit}"), "3:40", "patch strikes after_answer, not before_commit"},
		{rule("{on: a, fail: x, per: caller, phase: before_auth}"), "3:27", "who calls is not known at before_auth"},
		{rule("{on: a, fail: x, when: {caller: me}, phase: before_auth}"), "3:37", "who calls is not known at before_auth"},
		{rule("{on: a, fail: x, when: {response.status: 200}}"), "3:46", "there is no answer yet at before_commit: give phase: after_answer"},
		{rule("{on: a, fail: x, when: {paths.id: 1}}"), "3:39", `no part "paths.id" of a call; did you mean "path.id"?`},
		{rule("{on: a, fail: x, when: {body.a..b: 1}}"), "3:40", `"body.a..b" is no part of a call: body.NAME`},
		{rule("{on: a, fail: x, when: {path.id: {}}}"), "3:38", "held to nothing: give a value, equals, matches, in, gte, lte, exists or not"},
		{rule("{on: a, fail: x, when: {path.id: {matches: '('}}}"), "3:38", "matches: error parsing regexp: missing closing ): `(`"},
		{rule("{on: a, fail: x, when: {path.id: {gte: 2, lte: 1}}}"), "3:38", "no number is at least 2 and at most 1"},
		{rule("{on: a, fail: x, when: [a]}"), "3:28", "when: must be a map of a call's parts, such as path.id, to what they must be"},
		{rule("{on: a, network: rest}"), "3:22", `no fault "rest"; did you mean "reset"?`},
		{rule("{on: a, network: truncate}"), "3:22", "write network: {truncate: …}"},
		{rule("{on: a, network: {garbage: 1}}"), "3:23", "write network: garbage"},
		{rule("{on: a, network: {reset: 5}}"), "3:22", "5 bytes of the body are sent only with phase: mid_body"},
		{rule("{on: a, network: {refuse: 5s}}"), "3:22", "refuse strikes before any request is read: give listener in place of on or intent"},
		{rule("{listener: a, network: reset}"), "3:28", "with listener, only refuse and tls: reset strikes a call"},
		{rule("{listener: a, calls: 1, network: {tls: expired}}"), "3:26", "calls is about calls, and this rule is about none"},
		{rule("{listener: a, network: {tls: old}}"), "3:28", `no "old" here; there are expired, untrusted, handshake_failure`},
		{rule("{at: 1s, fail: x}"), "3:10", "only a change happens by itself"},
		{rule("{at: 1s, on: a, change: {create: a, set: {b: 1}}}"), "3:10", "what happens at a moment happens with no call: leave out on and intent"},
		{rule("{on: a, answer: {status: 99}}"), "3:21", "status: 99: an answer has one from 200 to 599"},
		{rule("{on: a, answer: {status: 200, headers: {Content-Length: '3'}}}"), "3:61", "Content-Length is the server's to set; network has bad_length, bad_chunk and close_keepalive"},
		{rule("{on: a, answer: {status: 200, headers: {A: \"a\\nb\"}}}"), "3:48", "a header's value has no line breaks or other control characters"},
		{rule("{on: a, answer: {status: 204, body: a}}"), "3:21", "body: an answer of status 204 has none"},
		{rule("{on: a, patch: {}}"), "3:20", "give set or remove"},
		{rule("{on: a, patch: {set: {a: 1}, remove: a}}"), "3:42", "a is set and removed"},
		{rule("{on: a, change: {delete: a}}"), "3:21", "where: which objects?"},
		{rule("{on: a, change: {delete: a, create: b}}"), "3:21", "give one of delete, update and create"},
		{rule("{on: a, change: {delete: target}, phase: after_commit}"), "3:21", "what a call is about to write is known at before_commit only"},
		{rule("{on: a, clock: {}}"), "3:20", "skew: 0s: not 0s, and at most ten years"},
		{rule("{on: a, hold: {until: calls 1}}"), "3:19", "until: calls 1: from 2 to 1000 are held for one another"},
		{rule("{on: a, hold: {until: later}}"), "3:27", "hold: must be until: release NAME, or until: calls N"},
		{rule("{on: a, hold: {til: release b}}"), "3:20", `no key "til" here`},
		{rule("{name: limits, on: a, fail: x}"), "3:12", `"limits" stands for the rate limits in expectations: name the rule otherwise`},
		{rule("{name: rule-2, on: a, fail: x}\n  - {on: b, fail: x}"), "4:5", `"rule-2" is the name of rules[0] already`},
		{rule("{name: a, on: a, fail: x, since: rule b}\n  - {name: b, on: a, fail: x, since: rule a}"), "3:38", "the rule waits for its own firing"},
		{expect("{}"), "3:5", "an expectation has one key, of waited, backed_off, calls, order, no_blind_repeat, reconciled, gave_up, paged_to_the_end, renewed_token, state, converged"},
		{expect("{waited: x}"), "3:14", `no rule "x"`},
		{expect("{calls: {on: a}}"), "3:13", "how many? Give at_least, at_most or exactly"},
		{expect("{calls: {at_most: 1}}"), "3:13", "of which operations? Give on or intent"},
		{expect("{calls: {on: a, at_least: 2, at_most: 1}}"), "3:13", "no number is at least 2 and at most 1"},
		{expect("{no_blind_repeat: {intent: deletes}}"), "3:23", "to delete again harms nobody"},
		{expect("{gave_up: {on: a}}"), "3:15", "calls: how many may come in all, the first included? From 1"},
		{expect("{order: [a]}"), "3:13", "1 operations: an order has from 2 to 1000"},
		{expect("{state: {a.b: {}}}"), "3:19", "give count, where, or both"},
		{rule("{name: a, on: a, fail: x}\nexpect: [{waited: a}]"), "4:19", "rule a tells no wait: give it fail with retry_after, rate_limit, or an answer with Retry-After"},
		{rule("{name: a, on: a, fail: x, calls: 1}\nexpect: [{backed_off: a}]"), "4:23", "rule a does not answer or lose two calls or more"},
		{rule("{name: a, on: a, fail: x}\nexpect: [{renewed_token: a}]"), "4:26", "rule a ends no credential: give it revoke or expire"},
		{"understudy: 1\na: &b c", "2:4", "anchors, aliases and merge keys are not read: write the value out"},
		{"understudy: 1\na: !!str c", "2:4", "tags are not read: write the value plainly"},
		{"%YAML 1.2\n---\nunderstudy: 1", "1:1", "directives are not read"},
		{"understudy: 1\n---\nunderstudy: 1", "2:1", "a scenario is one document"},
		{"understudy: 1\n? a\n: b", "2:1", "write a key as key: value"},
		{"understudy: 1\nscenario: \"a", "2:11", "could not find end character of double-quoted text"},
		{"understudy: 1\nseed: 0x1F", "2:7", "0x1F is not a number as JSON writes it: put it in quotes, or in decimal"},
		{"{\"understudy\": 1,\n \"rules\": [", "2:12", "the text ends within a value"},
		{"{\"understudy\": 1,\n x}", "2:2", "invalid character 'x'"},
		{"{", "1:2", "the text ends within a value"},
		{"{understudy: 1, rulez: 1}", "1:17", `no key "rulez" here; did you mean "rules"?`},
		{"{\"understudy\": 1} 2", "1:19", "only white space may follow the closing brace"},
		{"understudy: 1\nabout: \xff", "2:8", "not UTF-8"},
	} {
		_, err := scenarios.Parse("a.yaml", []byte(c.text))
		problems := scenarios.Problems(err)
		if len(problems) != 1 {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		p := problems[0]
		if got := fmt.Sprintf("%d:%d", p.Line, p.Column); got != c.place || !strings.HasPrefix(p.Text, c.want) {
			t.Errorf("%q\n at %s, %s\nwant %s, %s", c.text, got, p.Text, c.place, c.want)
		}
	}
}

func TestParseReportsAllProblems(t *testing.T) {
	_, err := scenarios.Parse("a.yaml", []byte("understudy: 1\nrulez: 1\nrules:\n\t- x"))
	if len(scenarios.Problems(err)) != 1 { // YAML that can't be read ends there
		t.Error(err)
	}
	_, err = scenarios.Parse("a.yaml", []byte("understudy: 1\nrulez: 1\nrules:\n  - {on: a, fial: x, calls: 0}\n  - {intent: [a]}\n"))
	want := `a.yaml:2:1: no key "rulez" here; did you mean "rules"?
  rulez: 1
  ^
a.yaml:4:13: no key "fial" here; did you mean "fail"?
    - {on: a, fial: x, calls: 0}
              ^
a.yaml:4:29: calls: must be calls such as 3, 1..2, 4.., every 5, or every 5 from 2, counted from 1
    - {on: a, fial: x, calls: 0}
                              ^
a.yaml:5:14: intent: must be a text: put it in quotes
    - {intent: [a]}
               ^`
	if err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
	_, err = scenarios.Parse("a.yaml", []byte("understudy: 1\nrules:\n"+strings.Repeat("  - {on: a}\n", 50)))
	if n := len(scenarios.Problems(err)); n != 20 {
		t.Errorf("%d problems", n)
	}
}

func TestExcerptsOfOddLines(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"{\"understudy\": 1,\n\t\"rulez\": 1}", "  \t\"rulez\": 1}\n  \t^"},
		{"understudy: 1\r\nrulez: 1\r\n", "  rulez: 1\n  ^"},
		{"{\"understudy\": 1, \"about\": \"é漢\", \"rulez\": 1}", "  {\"understudy\": 1, \"about\": \"é漢\", \"rulez\": 1}\n" + strings.Repeat(" ", 2+33) + "^"},
		{"{\"understudy\": 1, \"about\": \"" + strings.Repeat("x", 500) + "\", \"rulez\": 1}", "  " + strings.Repeat("x", 67) + "\", \"rulez\": 1}\n" + strings.Repeat(" ", 72) + "^"},
	} {
		_, err := scenarios.Parse("a", []byte(c.text))
		p := scenarios.Problems(err)
		if len(p) != 1 || p[0].Excerpt != c.want {
			t.Errorf("%.60q:\n%v", c.text, err)
		}
	}
}

// TestBounds: what is too large or too deep is refused, and at once; YAML costs the square of its size.
func TestBounds(t *testing.T) {
	const most = scenarios.MaxSize
	fill := func(head, unit, tail string) string {
		return head + strings.Repeat(unit, (most-len(head)-len(tail))/len(unit)) + tail
	}
	keys := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "a%d: 1\n", i)
		}
		return b.String()
	}
	for name, c := range map[string]struct{ text, want string }{
		"size":           {strings.Repeat(" ", most+1), "262145 bytes: a scenario has at most 262144"},
		"tokens":         {fill("understudy: 1\nrules: [", "a,", "]"), "more than 32000 words and signs"},
		"keys":           {"understudy: 1\n" + keys(5000), "more than 1000 keys in a map: write the map in braces"},
		"flow lists":     {fill("understudy: 1\nrules: ", "[", ""), "nested deeper than 32 levels"},
		"flow maps":      {fill("understudy: 1\nrules: ", "{a: ", ""), "nested deeper than 32 levels"},
		"block lists":    {fill("", "- ", "a"), "nested deeper than 32 levels"},
		"lists below":    {"understudy: 1\nrules:\n" + strings.Repeat("  - - - - -\n", 500), "must be a map"},
		"JSON":           {fill(`{"understudy":1,"rules":`, "[", ""), "nested deeper than 32 levels"},
		"JSON objects":   {fill(`{"understudy":1,"rules":`, `{"a":`, ""), "nested deeper than 32 levels"},
		"values":         {rule("{on: a, patch: {set: {a: " + strings.Repeat("[", 30) + strings.Repeat("]", 30) + "}}}"), "nested deeper than 32 levels"},
		"empty lines":    {fill("understudy: 1\nabout: |\n", "\n", ""), "more than 100 empty lines"},
		"runs of lines":  {fill("understudy: 1\nabout: |\n", "  x\n"+strings.Repeat("\n", 99), ""), "about"},
		"left out":       {"understudy: 1\n" + strings.Repeat("- a:\n", 3900), ""},
		"indented":       {nested(700), "nested deeper than 32 levels"},
		"comments":       {fill("understudy: 1\n", "#\n", ""), "more than 32000 words and signs"},
		"half an escape": {"understudy: 1\nabout: \"\\", ""},
		"long name":      {"understudy: 1\nscenario: " + strings.Repeat("a", 101), "is no name"},
		"long about":     {"understudy: 1\nabout: " + strings.Repeat("a", 1001), "1001 bytes: at most 1000"},
		"long regexp":    {rule("{on: a, fail: x, when: {caller: {matches: " + strings.Repeat("a", 1001) + "}}}"), "1001 bytes: at most 1000"},
		"many places":    {rule("{on: [" + strings.Repeat("a,", 1001) + "], fail: x}"), "1001 operations: at most 1000"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := scenarios.Parse("a.yaml", []byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%.300v", err)
			}
		})
	}
}

func nested(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}
