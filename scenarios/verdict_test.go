package scenarios_test

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/understudy-dev/understudy/scenarios"
)

// judge gives the verdict on one expectation, where each rule that a call names fired.
func judge(e scenarios.Expectation, calls ...scenarios.Call) scenarios.Verdict {
	trace := scenarios.Trace{Calls: calls}
	for _, c := range calls {
		for _, rule := range c.Rules {
			trace.Rules = append(trace.Rules, scenarios.RuleReport{Name: rule, Matched: 1, Fired: 1})
		}
	}
	s := scenarios.Scenario{Expect: []scenarios.Expectation{e}}
	return s.Verdicts(trace)[0]
}

// at is a call that is read so long after nine and answered at once.
func at(after time.Duration, c scenarios.Call) scenarios.Call {
	c.Time = nine.Add(after)
	if c.Answered.IsZero() {
		c.Answered = c.Time
	}
	if c.Operation == "" {
		c.Operation = "v.things.update"
	}
	return c
}

func retryAfter(seconds string) http.Header { return http.Header{"Retry-After": {seconds}} }

// TestEdges holds the formulas to what their documentation says of the cases between.
func TestEdges(t *testing.T) {
	const ms = time.Millisecond
	waited, repeat := scenarios.Expectation{Waited: "limits"}, scenarios.Expectation{NoBlindRepeat: &scenarios.Scope{}}
	told := scenarios.Call{Method: "PUT", Status: 429, Header: retryAfter("2"), Caller: "a"}
	put := scenarios.Call{Method: "PUT", Status: 200, Caller: "a"}
	read := scenarios.Call{Method: "GET", Status: 200, Caller: "a", Operation: "v.things.get"}
	with := func(c scenarios.Call, change func(*scenarios.Call)) scenarios.Call { change(&c); return c }
	status := func(status int) func(*scenarios.Call) { return func(c *scenarios.Call) { c.Status = status } }
	for name, c := range map[string]struct {
		expect scenarios.Expectation
		calls  []scenarios.Call
		want   scenarios.Outcome
	}{
		"waited: 50 ms less": {waited, []scenarios.Call{at(0, told), at(1950*ms, put)}, scenarios.Pass},
		"waited: 51 ms less": {waited, []scenarios.Call{at(0, told), at(1949*ms, put)}, scenarios.Fail},
		"waited: from the answer on": {waited, []scenarios.Call{
			at(0, with(told, func(c *scenarios.Call) { c.Answered = nine.Add(1000 * ms) })), at(2500*ms, put)}, scenarios.Fail},
		"waited: a call that was under way knows nothing": {waited, []scenarios.Call{
			at(0, with(told, func(c *scenarios.Call) { c.Answered = nine.Add(1000 * ms) })),
			at(900*ms, with(put, func(c *scenarios.Call) { c.Answered = nine.Add(1100 * ms) })), at(3000*ms, put)}, scenarios.Pass},
		"waited: another caller's call": {waited, []scenarios.Call{
			at(0, told), at(100*ms, with(put, func(c *scenarios.Call) { c.Caller = "b" })), at(2000*ms, put)}, scenarios.Pass},
		"waited: a caller known by the credential": {waited, []scenarios.Call{
			at(0, with(told, func(c *scenarios.Call) { c.Caller, c.Credential = "", "x" })),
			at(100*ms, with(put, func(c *scenarios.Call) { c.Credential = "x" }))}, scenarios.Fail},
		"waited: the world's clock stood": {waited, []scenarios.Call{
			at(0, with(told, func(c *scenarios.Call) { c.Frozen = true })), at(0, put)}, scenarios.Unproven},
		"waited: too soon once is too soon, whatever the clock did later": {waited, []scenarios.Call{
			at(0, told), at(0, told), at(0, with(put, func(c *scenarios.Call) { c.Epoch = 1 }))}, scenarios.Fail},
		"waited: half a digest exchange is no call": {waited, []scenarios.Call{
			at(0, told), at(100*ms, scenarios.Call{Status: 401, Method: "PUT", Caller: "a", Header: http.Header{"Www-Authenticate": {"Digest realm=x"}}}), at(2000*ms, put)}, scenarios.Pass},

		"waited: the first call that follows counts, whatever it is": {waited, []scenarios.Call{
			at(0, told), at(1000*ms, with(put, func(c *scenarios.Call) { c.Body = "{}" })), at(3000*ms, put)}, scenarios.Fail},
		"waited: nobody is nobody's client": {waited, []scenarios.Call{
			at(0, told), at(100*ms, with(put, func(c *scenarios.Call) { c.Caller = "" })), at(2000*ms, put)}, scenarios.Pass},

		"no_blind_repeat: after a 500":                       {repeat, []scenarios.Call{at(0, with(put, status(500))), at(1, put)}, scenarios.Fail},
		"no_blind_repeat: after a 501":                       {repeat, []scenarios.Call{at(0, with(put, status(501))), at(1, put)}, scenarios.Unproven},
		"no_blind_repeat: after a 503":                       {repeat, []scenarios.Call{at(0, with(put, status(503))), at(1, put)}, scenarios.Fail},
		"no_blind_repeat: after a 503 that asks for it":      {repeat, []scenarios.Call{at(0, with(told, status(503))), at(1, put)}, scenarios.Unproven},
		"no_blind_repeat: after a 408":                       {repeat, []scenarios.Call{at(0, with(put, status(408))), at(1, put)}, scenarios.Unproven},
		"no_blind_repeat: of a read":                         {repeat, []scenarios.Call{at(0, with(read, status(500))), at(1, read)}, scenarios.Unproven},
		"no_blind_repeat: of a read by POST":                 {repeat, []scenarios.Call{at(0, scenarios.Call{Method: "POST", Status: 500, Intents: []scenarios.Intent{scenarios.Reads}}), at(1, put)}, scenarios.Unproven},
		"no_blind_repeat: of a token's request":              {repeat, []scenarios.Call{at(0, scenarios.Call{Method: "POST", Status: 500, Intents: []scenarios.Intent{scenarios.Tokens}}), at(1, put)}, scenarios.Unproven},
		"no_blind_repeat: with another body":                 {repeat, []scenarios.Call{at(0, with(put, status(500))), at(1, with(put, func(c *scenarios.Call) { c.Body = "{}" }))}, scenarios.Pass},
		"no_blind_repeat: after a read of another kind":      {repeat, []scenarios.Call{at(0, with(put, status(500))), at(1, with(read, func(c *scenarios.Call) { c.Operation = "v.others.get" })), at(2, put)}, scenarios.Fail},
		"no_blind_repeat: after a read of the kind it wrote": {repeat, []scenarios.Call{at(0, with(put, func(c *scenarios.Call) { c.Status, c.Keys = 500, []scenarios.Key{{Kind: "v.others"}} })), at(1, with(read, func(c *scenarios.Call) { c.Operation = "v.others.get" })), at(2, put)}, scenarios.Pass},
		"no_blind_repeat: after a read that found nothing":   {repeat, []scenarios.Call{at(0, with(put, status(500))), at(1, with(read, status(404))), at(2, put)}, scenarios.Pass},
		"no_blind_repeat: after a read that was lost":        {repeat, []scenarios.Call{at(0, with(put, status(500))), at(1, with(read, func(c *scenarios.Call) { c.Lost = true })), at(2, put)}, scenarios.Fail},
		"no_blind_repeat: after another's read":              {repeat, []scenarios.Call{at(0, with(put, status(500))), at(1, with(read, func(c *scenarios.Call) { c.Caller = "b" })), at(2, put)}, scenarios.Fail},
		"no_blind_repeat: after a read begun before": {repeat, []scenarios.Call{
			at(0, with(put, func(c *scenarios.Call) { c.Status, c.Answered = 500, nine.Add(10*ms) })),
			at(5*ms, with(read, func(c *scenarios.Call) { c.Answered = nine.Add(20 * ms) })), at(30*ms, put)}, scenarios.Fail},
		"no_blind_repeat: before the read is answered": {repeat, []scenarios.Call{
			at(0, with(put, status(500))), at(10*ms, with(read, func(c *scenarios.Call) { c.Answered = nine.Add(30 * ms) })),
			at(20*ms, with(put, func(c *scenarios.Call) { c.Answered = nine.Add(40 * ms) }))}, scenarios.Fail},
		"no_blind_repeat: side by side": {repeat, []scenarios.Call{
			at(0, with(put, func(c *scenarios.Call) { c.Status, c.Answered = 500, nine.Add(10*ms) })),
			at(5*ms, with(put, func(c *scenarios.Call) { c.Answered = nine.Add(20 * ms) }))}, scenarios.Pass},

		"no_blind_repeat: after one of two reads": {repeat, []scenarios.Call{
			at(0, with(put, func(c *scenarios.Call) { c.Status, c.Answered = 500, nine.Add(10*ms) })),
			at(20*ms, with(read, func(c *scenarios.Call) { c.Answered = nine.Add(25 * ms) })),
			at(5*ms, with(read, func(c *scenarios.Call) { c.Answered = nine.Add(30 * ms) })), at(40*ms, put)}, scenarios.Pass},
		"no_blind_repeat: once one side by side has told": {repeat, []scenarios.Call{
			at(0, with(put, func(c *scenarios.Call) { c.Status, c.Answered = 500, nine.Add(10*ms) })),
			at(5*ms, with(put, func(c *scenarios.Call) { c.Answered = nine.Add(20 * ms) })), at(30*ms, put)}, scenarios.Pass},

		"backed_off: the median of an odd number leaves the middle out": {scenarios.Expectation{BackedOff: "down"}, []scenarios.Call{
			at(0, down), at(time.Second, down), at(61*time.Second, down), at(62500*ms, put)}, scenarios.Pass},
		"backed_off: chance may hide growth": {scenarios.Expectation{BackedOff: "down"}, []scenarios.Call{
			at(0, down), at(1200*time.Millisecond, down), at(2200*time.Millisecond, down), at(3700*time.Millisecond, put)}, scenarios.Unproven},
		"backed_off: it stops growing at a bound": {scenarios.Expectation{BackedOff: "down"}, []scenarios.Call{
			at(0, down), at(time.Second, down), at(3*time.Second, down), at(7*time.Second, down), at(11*time.Second, down), at(15*time.Second, down), at(19*time.Second, put)}, scenarios.Pass},
		"backed_off: two that are nearly alike": {scenarios.Expectation{BackedOff: "down"}, []scenarios.Call{
			at(0, down), at(1000*time.Millisecond, down), at(2004*time.Millisecond, put)}, scenarios.Fail},
		"no_blind_repeat: to delete twice harms nobody": {scenarios.Expectation{NoBlindRepeat: &scenarios.Scope{Intent: scenarios.Writes}}, []scenarios.Call{
			at(0, scenarios.Call{Method: "DELETE", Status: 500, Caller: "a", Intents: []scenarios.Intent{scenarios.Writes, scenarios.Deletes}}),
			at(time.Second, scenarios.Call{Method: "DELETE", Status: 404, Caller: "a", Intents: []scenarios.Intent{scenarios.Writes, scenarios.Deletes}})}, scenarios.Unproven},
		"backed_off: pauses of none do not grow":            {scenarios.Expectation{BackedOff: "down"}, []scenarios.Call{at(0, down), at(0, down), at(0, put)}, scenarios.Fail},
		"backed_off: a success ends the run":                {scenarios.Expectation{BackedOff: "down"}, []scenarios.Call{at(0, down), at(time.Second, put), at(2*time.Second, down), at(3*time.Second, put)}, scenarios.Unproven},
		"backed_off: exactly half as long again":            {scenarios.Expectation{BackedOff: "down"}, []scenarios.Call{at(0, down), at(2*time.Second, down), at(5*time.Second, put)}, scenarios.Pass},
		"gave_up: a 401 ends with its credential":           {scenarios.Expectation{GaveUp: &scenarios.GaveUp{Calls: 1}}, []scenarios.Call{at(0, with(read, func(c *scenarios.Call) { c.Status, c.Credential = 401, "x" })), at(1, with(read, func(c *scenarios.Call) { c.Credential = "y" }))}, scenarios.Pass},
		"gave_up: a 403 is of the operation":                {scenarios.Expectation{GaveUp: &scenarios.GaveUp{Calls: 1}}, []scenarios.Call{at(0, with(read, status(403))), at(time.Second, with(read, func(c *scenarios.Call) { c.Path = "/other" }))}, scenarios.Fail},
		"gave_up: what was under way does not count":        {scenarios.Expectation{GaveUp: &scenarios.GaveUp{Calls: 1}}, []scenarios.Call{at(0, with(read, status(403))), at(49*time.Millisecond, with(read, func(c *scenarios.Call) { c.Path = "/other" }))}, scenarios.Pass},
		"gave_up: the same at once is a repeat":             {scenarios.Expectation{GaveUp: &scenarios.GaveUp{Calls: 1}}, []scenarios.Call{at(0, with(read, status(403))), at(0, with(read, status(403)))}, scenarios.Fail},
		"gave_up: a 404 is of the request":                  {scenarios.Expectation{GaveUp: &scenarios.GaveUp{Calls: 1}}, []scenarios.Call{at(0, with(read, status(404))), at(1, with(read, func(c *scenarios.Call) { c.Path = "/other" }))}, scenarios.Pass},
		"gave_up: an answer that was lost says nothing":     {scenarios.Expectation{GaveUp: &scenarios.GaveUp{Calls: 1}}, []scenarios.Call{at(0, with(read, func(c *scenarios.Call) { c.Status, c.Lost = 404, true }))}, scenarios.Unproven},
		"order: side by side counts by when they were read": {scenarios.Expectation{Order: []string{"v.things.get", "v.things.update"}}, []scenarios.Call{at(1, put), at(0, with(read, func(c *scenarios.Call) { c.Answered = nine.Add(2) }))}, scenarios.Pass},
		"gave_up: side by side": {scenarios.Expectation{GaveUp: &scenarios.GaveUp{Calls: 1}}, []scenarios.Call{
			at(0, with(read, func(c *scenarios.Call) { c.Status, c.Answered = 404, nine.Add(10*ms) })),
			at(5*ms, with(read, func(c *scenarios.Call) { c.Status, c.Answered = 404, nine.Add(20*ms) }))}, scenarios.Pass},
		"order: the world's clock was set back":    {scenarios.Expectation{Order: []string{"v.things.get", "v.things.update"}}, []scenarios.Call{at(1000*ms, read), at(0, with(put, func(c *scenarios.Call) { c.Epoch = 1 }))}, scenarios.Pass},
		"order: what should come first never came": {scenarios.Expectation{Order: []string{"v.things.get", "v.things.update"}}, []scenarios.Call{at(0, put)}, scenarios.Fail},
		"order: the same again":                    {scenarios.Expectation{Order: []string{"v.things.get", "v.things.update", "v.things.get"}}, []scenarios.Call{at(0, read), at(1, put), at(2, read)}, scenarios.Pass},
		"order: the same again, missing":           {scenarios.Expectation{Order: []string{"v.things.get", "v.things.update", "v.things.get"}}, []scenarios.Call{at(0, read), at(1, put)}, scenarios.Unproven},
		"calls: a glob and an intent":              {scenarios.Expectation{Calls: &scenarios.CallCount{On: []string{"v.*.get"}, Intent: scenarios.Lists, Exactly: new(int)}}, []scenarios.Call{at(0, read)}, scenarios.Pass},
		"nothing is expected":                      {scenarios.Expectation{}, []scenarios.Call{at(0, read)}, scenarios.Unproven},
		"the rule is unknown":                      {scenarios.Expectation{BackedOff: "down"}, []scenarios.Call{at(0, read)}, scenarios.Unproven},
	} {
		t.Run(name, func(t *testing.T) {
			if v := judge(c.expect, c.calls...); v.Outcome != c.want {
				t.Errorf("want %s: %s", c.want, v)
			}
		})
	}
}

var down = scenarios.Call{Method: "PUT", Status: 503, Caller: "a", Rules: []string{"down"}}

// TestTimesAreShort: no more than three digits behind the point are shown, whatever a float makes of them.
func TestTimesAreShort(t *testing.T) {
	told := scenarios.Call{Method: "PUT", Status: 429, Header: retryAfter("60"), Caller: "a"}
	got := judge(scenarios.Expectation{Waited: "limits"}, at(0, told), at(1640*time.Millisecond+7, scenarios.Call{Method: "PUT", Status: 200, Caller: "a"})).String()
	if !strings.Contains(got, " +1.64s ") || strings.Contains(got, "1.640") {
		t.Errorf("1.64s is written otherwise:\n%s", got)
	}
}

func TestGlobs(t *testing.T) {
	for pattern, fits := range map[string][2]string{
		"v.a.get": {"v.a.get", "v.a.gets"}, "v.*": {"v.a.b.get", "w.a"}, "*.get": {"v.get", "v.get.x"}, "v.*.g*t": {"v.a.get", "v.get"},
		"*": {"", ""}, "a*a": {"aa", "a"}, "": {"", "x"},
	} {
		for i, operation := range fits {
			v := judge(scenarios.Expectation{Calls: &scenarios.CallCount{On: []string{pattern}}}, scenarios.Call{Operation: operation})
			if want := i == 0 || pattern == "*"; (len(v.Timeline) == 1) != want {
				t.Errorf("%q fits %q: %v", pattern, operation, !want)
			}
		}
	}
}

// TestStateComparesValues: members in any order, numbers by their worth, and the id by its own name.
func TestStateComparesValues(t *testing.T) {
	doc := `{"n": 1.0, "big": 9007199254740993, "o": {"a": [1, {}], "b": null}, "s": "x"}`
	trace := scenarios.Trace{Objects: map[string][]scenarios.Object{"v.things": {{ID: "t1", Doc: doc}, {ID: "t2", Doc: "no JSON"}}}}
	for _, c := range []struct {
		member string
		value  scenarios.JSON
		want   scenarios.Outcome
	}{
		{"n", "1", scenarios.Pass}, {"n", `"1"`, scenarios.Fail}, {"big", "9007199254740992", scenarios.Fail}, {"s", `"x"`, scenarios.Pass},
		{"o", `{"b":null,"a":[1,{}]}`, scenarios.Pass}, {"o", `{"b":null,"a":[1]}`, scenarios.Fail}, {"o", `{"b":null}`, scenarios.Fail},
		{"id", `"t1"`, scenarios.Pass}, {"missing", "null", scenarios.Fail}, {"s", "{", scenarios.Fail}, {"n", "1e999999999", scenarios.Fail},
	} {
		s := scenarios.Scenario{Expect: []scenarios.Expectation{{State: map[string]scenarios.StateCheck{"v.things": {Where: map[string]scenarios.JSON{c.member: c.value}}}}}}
		if v := s.Verdicts(trace)[0]; v.Outcome != c.want {
			t.Errorf("want %s: %s", c.want, v)
		}
		trace.Gone = true
		if v := s.Verdicts(trace)[0]; v.Outcome != c.want {
			t.Errorf("the state goes by no calls; want %s: %s", c.want, v)
		}
		trace.Gone = false
	}
}

// TestVerdictsOfManyCalls: a journal full of calls, all of which matter to every formula, is judged in no time.
func TestVerdictsOfManyCalls(t *testing.T) {
	var calls []scenarios.Call
	for i := range 10_000 {
		c := at(time.Duration(i/100)*time.Second, scenarios.Call{
			Caller: "a", Credential: "x", Method: "POST", Path: "/things", Body: fmt.Sprint(i % 5000), Status: 429, Header: retryAfter("5"), Rules: []string{"r"},
			Keys: []scenarios.Key{{Kind: "v.things", Name: fmt.Sprint(i)}}, Answer: `{"start":0,"total":9,"items":[1]}`,
		})
		c.Status = []int{429, 500, 200, 401, 409}[i%5]
		calls = append(calls, c)
	}
	trace := scenarios.Trace{Calls: calls, Rules: []scenarios.RuleReport{{Name: "r", Matched: 1, Fired: 1}}, Objects: map[string][]scenarios.Object{"v.things": {}}}
	all := scenarios.Scope{}
	for name, e := range map[string]scenarios.Expectation{
		"waited": {Waited: "r"}, "backed_off": {BackedOff: "r"}, "calls": {Calls: &scenarios.CallCount{}}, "order": {Order: []string{"v.*", "w.*"}},
		"no_blind_repeat": {NoBlindRepeat: &all}, "reconciled": {Reconciled: "r"}, "gave_up": {GaveUp: &scenarios.GaveUp{}},
		"paged_to_the_end": {PagedToTheEnd: &all}, "renewed_token": {RenewedToken: "r"}, "state": {State: map[string]scenarios.StateCheck{"v.things": {}}},
	} {
		s := scenarios.Scenario{Expect: []scenarios.Expectation{e}}
		begun := time.Now()
		v := s.Verdicts(trace)[0]
		if took := time.Since(begun); took > time.Second { // some 20 ms; the rest is for slow machines under the race detector
			t.Errorf("%s took %v", name, took)
		}
		if len(v.Timeline) > 50 {
			t.Errorf("%s: a timeline of %d", name, len(v.Timeline))
		}
	}
}

// secret stands in everything that a verdict must not show.
const secret = "s3cr3t"

func anyCall(t *rapid.T) scenarios.Call {
	pick := func(of ...string) string { return rapid.SampledFrom(of).Draw(t, "text") }
	moment := func() time.Time {
		return nine.Add(time.Duration(rapid.IntRange(0, 12).Draw(t, "half seconds")) * time.Second / 2)
	}
	c := scenarios.Call{
		Time: moment(), Answered: moment(), Caller: pick("", "a", "b"), Credential: pick("", secret+"1", secret+"2"),
		Operation: pick("v.things.create", "v.things.list", "v.things.delete", "v.others.get", ""), Method: pick("GET", "POST", "DELETE", ""),
		Path: pick("/a?page="+secret, "/a?page=1", "/a?cursor="+secret, "/%zz?%zz", ""), Body: pick("", secret, `{"cursor":"`+secret+`"}`),
		Status: rapid.SampledFrom([]int{0, 200, 201, 204, 401, 403, 404, 409, 429, 500, 501, 503, -1}).Draw(t, "status"), Code: pick("", "conflict"),
		Answer: pick("", secret, "{", `{"next":"`+secret+`"}`, `{"next_cursor":"`+secret+`"}`, `{"start":0,"total":3,"items":["`+secret+`"]}`,
			`{"links":[{"rel":"next","href":"http://h/?pageNum=`+secret+`"}]}`, `{"retry_after":1}`),
		Lost: rapid.Bool().Draw(t, "lost"), Committed: rapid.Bool().Draw(t, "committed"), Epoch: uint64(rapid.IntRange(0, 1).Draw(t, "epoch")), Frozen: rapid.IntRange(0, 9).Draw(t, "frozen") == 0,
		Intents: rapid.SampledFrom([][]scenarios.Intent{nil, {scenarios.Reads, scenarios.Lists}, {scenarios.Tokens}, {scenarios.Writes, scenarios.Deletes}}).Draw(t, "intents"),
		Rules:   rapid.SampledFrom([][]string{nil, {"r"}, {"r", "q"}}).Draw(t, "rules"),
		Header:  rapid.SampledFrom([]http.Header{nil, {"X-Secret": {secret}}, retryAfter("1"), retryAfter(secret), {"Www-Authenticate": {"Digest"}}}).Draw(t, "header"),
		Keys:    rapid.SampledFrom([][]scenarios.Key{nil, {{Kind: "v.things", Name: "x"}}}).Draw(t, "keys"),
	}
	return c
}

func anyTrace(t *rapid.T) scenarios.Trace {
	trace := scenarios.Trace{
		Calls: rapid.SliceOfN(rapid.Custom(anyCall), 0, 12).Draw(t, "calls"), Gone: rapid.IntRange(0, 9).Draw(t, "gone") == 0,
		Rules:   rapid.SampledFrom([][]scenarios.RuleReport{nil, {{Name: "r", Matched: 2, Fired: 1}}, {{Name: "r"}}}).Draw(t, "rules"),
		Objects: rapid.SampledFrom([]map[string][]scenarios.Object{nil, {"v.things": nil}, {"v.things": {{ID: "1", Key: "x", Doc: secret}}}}).Draw(t, "objects"),
	}
	if rapid.Bool().Draw(t, "in order") {
		slices.SortFunc(trace.Calls, func(a, b scenarios.Call) int { return a.Answered.Compare(b.Answered) })
	}
	return trace
}

// everything expects all that can be expected; those of rules come last.
func everything() []scenarios.Expectation {
	two := 2
	all := scenarios.Scope{}
	return []scenarios.Expectation{
		{Calls: &scenarios.CallCount{On: []string{"v.*"}, AtLeast: &two, AtMost: &two}}, {Order: []string{"v.things.list", "v.things.create", "v.things.list"}},
		{NoBlindRepeat: &all}, {GaveUp: &scenarios.GaveUp{Within: time.Second, Calls: 2}}, {PagedToTheEnd: &all}, {Waited: "limits"},
		{State: map[string]scenarios.StateCheck{"v.things": {Count: &two}}},
		{Waited: "r"}, {BackedOff: "r"}, {Reconciled: "r"}, {RenewedToken: "r"},
	}
}

func TestVerdictsOfAnyTrace(t *testing.T) {
	s := scenarios.Scenario{Expect: everything()}
	rapid.Check(t, func(t *rapid.T) {
		trace := anyTrace(t)
		verdicts := s.Verdicts(trace)
		if len(verdicts) != len(s.Expect) {
			t.Fatalf("%d verdicts of %d", len(verdicts), len(s.Expect))
		}
		for i, v := range verdicts {
			alone := scenarios.Scenario{Expect: s.Expect[i : i+1]}
			if again := alone.Verdicts(trace)[0]; !reflect.DeepEqual(v, again) {
				t.Fatalf("in its place %s\nalone %s", v, again)
			}
			if text := v.String(); strings.Contains(text, secret) || len(v.Timeline) > 50 || v.Why == "" || v.Expectation == "" || strings.Contains(v.Why, "\n") {
				t.Fatalf("%s", text)
			}
		}
		unfired := trace
		unfired.Rules = []scenarios.RuleReport{{Name: "r", Matched: 2}}
		for i, v := range s.Verdicts(unfired) {
			if v.Outcome == scenarios.Pass && verdicts[i].Outcome == scenarios.Fail {
				t.Fatalf("with the rule unfired %s\nwith it fired %s", v, verdicts[i])
			}
			if i >= 7 && v.Outcome != scenarios.Unproven {
				t.Fatalf("%s", v)
			}
		}
		trace.Gone = true
		for i, v := range s.Verdicts(trace) {
			if v.Outcome == scenarios.Pass && s.Expect[i].State == nil {
				t.Fatalf("%s", v)
			}
		}
	})
}
