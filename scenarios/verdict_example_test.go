package scenarios_test

import (
	"fmt"
	"net/http"
	"time"

	"github.com/understudy-dev/understudy/scenarios"
)

func ExampleScenario_Verdicts() {
	s := scenarios.Scenario{Expect: []scenarios.Expectation{{Waited: "throttle"}}}
	start := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	update := func(after time.Duration, status int, told string, rules ...string) scenarios.Call {
		return scenarios.Call{
			Time: start.Add(after), Answered: start.Add(after), Caller: "m2m", Operation: "auth0.organizations.update",
			Method: "PATCH", Path: "/api/v2/organizations/org_1", Status: status, Header: http.Header{"Retry-After": {told}}, Rules: rules,
		}
	}
	for _, v := range s.Verdicts(scenarios.Trace{
		Calls: []scenarios.Call{update(0, 429, "60", "throttle"), update(10*time.Second, 200, "")},
		Rules: []scenarios.RuleReport{{Name: "throttle", Matched: 2, Fired: 1, Spent: true}},
	}) {
		fmt.Print(v)
	}
	// Output:
	// FAIL  waited: throttle — told to wait 60s, the client called auth0.organizations.update again after 10s; waits too short: 1 of 1
	//   time  operation                   answer  told  waited  rule, note
	//   +0s   auth0.organizations.update  429     60s           throttle; told by Retry-After
	//   +10s  auth0.organizations.update  200           10s     50s too soon
}

// Whether a run converged is told by whoever compares it with one without faults.
func ExampleVerdict_Undecided() {
	s := scenarios.Scenario{Expect: []scenarios.Expectation{scenarios.Converged()}}
	v := s.Verdicts(scenarios.Trace{})[0]
	fmt.Println(v.Outcome, v.Undecided())
	v = s.Verdicts(scenarios.Trace{End: &scenarios.End{Converged: true, Why: "it ended well, and as without faults"}})[0]
	fmt.Println(v.Outcome, v.Undecided())
	// Output:
	// unproven true
	// pass false
}

// What is worth telling of a run, and how it reads.
func ExampleTrace_Notable() {
	start := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	trace := scenarios.Trace{Calls: []scenarios.Call{
		{Time: start, Operation: "auth0.organizations.list", Method: "GET", Intents: []scenarios.Intent{scenarios.Reads}, Status: 200},
		{Time: start.Add(time.Second), Operation: "auth0.organizations.create", Method: "POST", Intents: []scenarios.Intent{scenarios.Creates, scenarios.Writes}, Status: 503, Code: "unavailable", Rules: []string{"away"}},
	}}
	fmt.Print(scenarios.Timeline(trace.Notable()))
	// Output:
	//   time  operation                   answer           told  waited  rule, note
	//   +0s   auth0.organizations.create  503 unavailable                away
}
