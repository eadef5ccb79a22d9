package gauntlet_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/scenarios/gauntlet"
)

// A client of one call that takes any answer for a success, under one scenario.
func Example() {
	ctx := context.Background()
	served := map[*emulator.World]http.Handler{}
	newWorld := func(seed uint64) *emulator.World {
		e, err := emulator.New(emulator.WithSeed(seed))
		if err != nil {
			panic(err)
		}
		served[e.Default()] = e.Handler()
		return e.Default()
	}
	client := func(_ context.Context, w *emulator.World) error {
		r := httptest.NewRequest("POST", "http://auth0.localhost/api/v2/organizations", strings.NewReader(`{"name":"globex"}`))
		r.Header.Set("Authorization", "Bearer any")
		r.Header.Set("Content-Type", "application/json")
		served[w].ServeHTTP(httptest.NewRecorder(), r)
		return nil
	}
	away := &scenarios.Scenario{Name: "away", Rules: []scenarios.Rule{{Name: "away", Intent: scenarios.Creates, Fail: "unavailable"}}}

	first, err := gauntlet.Observe(ctx, newWorld(1), client)
	if err != nil || first.Check() != nil {
		panic("it can't be judged")
	}
	second, err := gauntlet.Observe(ctx, newWorld(2), client)
	if err != nil {
		panic(err)
	}
	survey, err := gauntlet.NewSurvey(first, second)
	if err != nil {
		panic(err)
	}
	fmt.Println(survey.Operations, survey.Vendors())

	wanted := []*scenarios.Scenario{away}
	trials := survey.Trials(1, wanted)
	report := survey.Report(1, wanted, trials)
	for _, trial := range trials {
		result, err := survey.Try(ctx, newWorld(1), trial, client)
		if err != nil {
			panic(err)
		}
		result.Took = 0 // which differs from run to run, as this client is in no bubble
		report.Add(result)
	}
	_, _ = report.WriteTo(os.Stdout)
	for _, result := range report.Failed() {
		fmt.Println(result.Trial, result.Failed(), result.End)
	}
	fmt.Println(report.Summary())
	// Output:
	// [auth0.organizations.create] [auth0]
	// FAIL  away@auth0 — it ended well, and yet auth0.organizations "globex" is missing
	//   auth0.organizations "globex" is missing
	//   time  operation                   answer                   told  waited  rule, note
	//   +0s   auth0.organizations.create  503 service_unavailable                away
	//
	//       trial       end      verdicts  calls  virtual  real
	// FAIL  away@auth0  differs            1      0s       0s
	// 1 of 1 trials: 0 passed, 1 failed, 0 unproven. Seed 1.
	// away@auth0 true differs
	// 1 of 1 trials: 0 passed, 1 failed, 0 unproven. Seed 1.
}

// The report for build servers, in which what is known to fail is skipped, and for programs.
func ExampleReport_JUnit() {
	report := &gauntlet.Report{Seed: 1, Trials: 1}
	report.Add(gauntlet.Result{Trial: "away@auth0", Scenario: "away", Vendor: "auth0", Outcome: scenarios.Fail, End: gauntlet.Differs, Why: "something is missing", Known: true})
	suites, err := report.JUnit()
	fmt.Println(string(suites[len("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"):]), err)
	text, err := report.JSON()
	fmt.Println(strings.Contains(string(text), `"known_failure": true`), err)
	// Output:
	// <testsuites>
	//   <testsuite name="understudy.away" tests="1" failures="0" skipped="1">
	//     <testcase classname="understudy.away" name="auth0" time="0.000">
	//       <skipped message="something is missing">FAIL  away@auth0 — something is missing&#xA;</skipped>
	//     </testcase>
	//   </testsuite>
	// </testsuites>
	//  <nil>
	// true <nil>
}
