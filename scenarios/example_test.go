package scenarios_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/understudy-dev/understudy/scenarios"
)

// shop is what an emulator offers; emulator.Catalogue is that of understudy.
var shop = scenarios.Catalogue{
	Vendors: []string{"shop"},
	Operations: []scenarios.Operation{
		{ID: "shop.things.list", Vendor: "shop", Reads: true, Intents: []scenarios.Intent{scenarios.Reads, scenarios.Lists}, Classes: []string{"throttled"}},
		{ID: "shop.things.create", Vendor: "shop", Intents: []scenarios.Intent{scenarios.Writes, scenarios.Creates}, Classes: []string{"throttled"}},
	},
}

func Example() {
	s, err := scenarios.New("busy").
		About("The vendor throttles two creates; later one is carried out, but its answer never arrives.").
		Rule(
			scenarios.On("shop.things.create").Name("throttle").Calls(1, 2).Fail("throttled").RetryAfter(2*time.Second),
			scenarios.By(scenarios.Creates).Name("lost").Calls(3, 3).Phase(scenarios.AfterCommit).Network(scenarios.Network{Fault: scenarios.Reset}),
		).
		Expect(scenarios.Waited("throttle"), scenarios.Reconciled("lost"), scenarios.AtMost(5, "shop.things.create")).
		Scenario()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s", s.Format())
	// Output:
	// understudy: 1
	// scenario: busy
	// about: The vendor throttles two creates; later one is carried out, but its answer never arrives.
	// rules:
	//   - {name: throttle, on: shop.things.create, calls: 1..2, fail: throttled, retry_after: 2s}
	//   - {name: lost, intent: creates, calls: 3, phase: after_commit, network: reset}
	// expect:
	//   - waited: throttle
	//   - reconciled: lost
	//   - calls: {on: shop.things.create, at_most: 5}
}

func ExampleParse() {
	s, err := scenarios.Parse("storm.yaml", []byte("understudy: 1\nrules:\n  - {on: shop.things.create, calls: 1..2, fail: throttled}\n"))
	fmt.Println(len(s.Rules), s.Rules[0].Calls, err)
	// Output: 1 1..2 <nil>
}

func ExampleProblems() {
	_, err := scenarios.Parse("storm.yaml", []byte("understudy: 1\nrules:\n  - {on: shop.things.create, fial: throttled}\n"))
	for _, p := range scenarios.Problems(err) {
		fmt.Println(p.Line, p.Column, p.Text)
	}
	fmt.Println(err)
	// Output:
	// 3 30 no key "fial" here; did you mean "fail"?
	// storm.yaml:3:30: no key "fial" here; did you mean "fail"?
	//     - {on: shop.things.create, fial: throttled}
	//                                ^
}

func ExampleScenario_Check() {
	s, err := scenarios.On("shop.thing.create").Fail("throttled").Scenario()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.Check(shop))
	// Output: scenario: rules[0].on: no operation "shop.thing.create"; did you mean "shop.things.create"?
}

func ExampleScenario_Notes() {
	s, err := scenarios.YAML("understudy: 1\nrules: [{name: bad, intent: reads, network: garbage}]").Scenario()
	if err != nil {
		fmt.Println(err)
		return
	}
	catalogue := scenarios.Catalogue{HTTP1Only: map[scenarios.Fault]string{scenarios.Garbage: "HTTP/2 has frames"}}
	fmt.Println(s.Notes(catalogue)[0])
	// Output: rules[0] (bad): garbage is for HTTP/1.1: HTTP/2 has frames. A call over HTTP/2 goes through; its journal entry says so, and the rule does not fire.
}

func ExampleScenario_Explain() {
	s, err := scenarios.By(scenarios.Writes).Name("busy").Calls(1, 2).Fail("throttled").RetryAfter(2 * time.Second).Scenario()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(s.Explain(shop))
	// Output:
	// busy
	//
	// 1. busy: calls 1 to 2 of operations that write, once it is found valid and before anything changes (before_commit): it fails with the vendor's error for throttled, which tells a wait of 2s.
	//    Operations (1): shop.things.create.
}

func ExampleScenario_For() {
	s, err := scenarios.By(scenarios.Writes).Fail("throttled").Scenario()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.For("shop").Rules[0].On)
	// Output: [shop.*]
}

func ExampleReformat() {
	text, err := scenarios.Reformat("storm.yaml", []byte("understudy:   1 # the version\nrules:\n- fail:   throttled # at once\n  on: [shop.things.create]\n"))
	fmt.Printf("%s%v\n", text, err)
	// Output:
	// understudy: 1 # the version
	// rules:
	//   - {on: shop.things.create, fail: throttled} # at once
	// <nil>
}

func ExampleScenario_MarshalJSON() {
	s, err := scenarios.On("shop.things.create").Fail("throttled").Scenario()
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := s.MarshalJSON()
	var back scenarios.Scenario
	fmt.Printf("%s %v %v\n", text, err, back.UnmarshalJSON(text))
	// Output: {"understudy":1,"rules":[{"on":"shop.things.create","fail":"throttled"}]} <nil> <nil>
}

func ExampleRuleBuilder() {
	rules := []scenarios.RuleBuilder{
		scenarios.On("auth0.*").Intent(scenarios.Lists).Delay(time.Second),
		scenarios.On("auth0.*").DelayBy(scenarios.Delay{Lognormal: &scenarios.Lognormal{Median: 80 * time.Millisecond, P99: 2 * time.Second}}),
		scenarios.On("auth0.organizations.get").When("path.id", "org_1").When("query.fields", scenarios.Test{Matches: "name"}).Fail("not_found"),
		scenarios.On("auth0.organizations.*").Every(5, 2).Per(scenarios.PerOperation).RateLimit("organizations.write", 0),
		scenarios.On("auth0.*").Chance(30).During(0, 30*time.Second).Since(scenarios.Armed).Answer(scenarios.Answer{Status: 502, Body: "<h1>Bad Gateway</h1>"}),
		scenarios.On("auth0.*").Since(scenarios.AfterRule("rule-1")).Patch(scenarios.Patch{Set: map[string]scenarios.JSON{"name": scenarios.Value(nil)}}).Optional(),
		scenarios.On("auth0.*").During(0, time.Minute).Lag(5 * time.Second),
		scenarios.At(5 * time.Second).Change(scenarios.Change{Delete: "auth0.organizations", Where: map[string]scenarios.JSON{"name": scenarios.Value("acme")}}),
		scenarios.On("auth0.*").Calls(3, 3).Phase(scenarios.BeforeAuth).Revoke(),
		scenarios.On("auth0.*").Calls(4, 4).Expire(),
		scenarios.On("auth0.*").Calls(5, 5).Skew(-90 * time.Second),
		scenarios.By(scenarios.Creates).Hold(scenarios.Hold{Calls: 2}),
		scenarios.Listener("auth0").Network(scenarios.Network{Fault: scenarios.Refuse, For: 10 * time.Second}),
	}
	s, err := scenarios.New("all").Rule(rules...).Scenario()
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := range s.Rules {
		r := &s.Rules[i]
		fmt.Printf("%s %q %q\n", r.Label(i), r.Effect(), r.StrikesAt())
	}
	first, err := rules[0].Rule()
	fmt.Println(first.Delay.Fixed, err)
	// Output:
	// rule-1 "" "before_commit"
	// rule-2 "" "before_commit"
	// rule-3 "fail" "before_commit"
	// rule-4 "rate_limit" "before_commit"
	// rule-5 "answer" "before_commit"
	// rule-6 "patch" "after_answer"
	// rule-7 "lag" "before_commit"
	// rule-8 "change" ""
	// rule-9 "revoke" "before_auth"
	// rule-10 "expire" "before_commit"
	// rule-11 "clock" "before_commit"
	// rule-12 "hold" "before_commit"
	// rule-13 "network" ""
	// 1s <nil>
}

func ExampleBuilder() {
	one := 1
	s, err := scenarios.New("held").Seed(7).Fixture("acme").
		Limits(map[string]scenarios.Limit{"auth0.organizations.write": {Burst: 5, Refill: scenarios.Refill{Tokens: 25, Per: time.Minute}}}).
		Rule(scenarios.By(scenarios.Writes).Name("flaky").Calls(1, 4).Fail("unavailable"), scenarios.By(scenarios.Writes).Name("ended").Expire()).
		Expect(
			scenarios.Waited(scenarios.Limits), scenarios.BackedOff("flaky"), scenarios.RenewedToken("ended"),
			scenarios.AtLeast(1, "auth0.organizations.create"), scenarios.Exactly(2, "auth0.organizations.get"),
			scenarios.InOrder("auth0.organizations.list", "auth0.organizations.create"),
			scenarios.NoBlindRepeat(scenarios.Scope{Intent: scenarios.Writes}), scenarios.PagedToTheEnd(scenarios.Scope{On: []string{"*.list"}}),
			scenarios.GivesUp(2, time.Minute, "auth0.*"), scenarios.State("auth0.organizations", scenarios.StateCheck{Count: &one}), scenarios.Converged(),
		).Scenario()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s%s\n", s.Format(), s.Kinds())
	// Output:
	// understudy: 1
	// scenario: held
	// seed: 7
	// fixture: acme
	// limits:
	//   auth0.organizations.write: {burst: 5, refill: 25/min}
	// rules:
	//   - {name: flaky, intent: writes, calls: 1..4, fail: unavailable}
	//   - {name: ended, intent: writes, expire: true}
	// expect:
	//   - waited: limits
	//   - backed_off: flaky
	//   - renewed_token: ended
	//   - calls: {on: auth0.organizations.create, at_least: 1}
	//   - calls: {on: auth0.organizations.get, exactly: 2}
	//   - order: [auth0.organizations.list, auth0.organizations.create]
	//   - no_blind_repeat: {intent: writes}
	//   - paged_to_the_end: {on: "*.list"}
	//   - gave_up: {on: "auth0.*", within: 1m, calls: 2}
	//   - state: {auth0.organizations: {count: 1}}
	//   - converged: true
	// [auth0.organizations]
}

func ExampleSource() {
	file := filepath.Join(os.TempDir(), "no such scenario.yaml")
	for _, source := range []scenarios.Source{
		scenarios.Shipped("rate-limit-burst"),
		scenarios.YAML("understudy: 1\nscenario: mine\nrules: [{intent: writes, fail: throttled}]"),
		scenarios.On("shop.*").Name("slow").Delay(time.Second),
		scenarios.File(file),
	} {
		s, err := source.Scenario()
		if errors.Is(err, fs.ErrNotExist) {
			fmt.Println("there is no such file")
			continue
		}
		fmt.Println(s.Name, err)
	}
	_, err := scenarios.ReadFile(file)
	fmt.Println(errors.Is(err, fs.ErrNotExist))
	// Output:
	// rate-limit-burst <nil>
	// mine <nil>
	// slow <nil>
	// there is no such file
	// true
}

func ExampleLibrary() {
	text, err := scenarios.ShippedText("rate-limit-burst")
	fmt.Println(len(scenarios.Library()) == len(scenarios.ShippedNames()), len(text) > 0, err)
	// Output: true true <nil>
}

func ExampleSelect() {
	for _, o := range scenarios.Select([]string{"shop.*"}, scenarios.Creates, shop.Operations) {
		fmt.Println(o.ID)
	}
	// Output: shop.things.create
}

func ExampleCalls_Has() {
	every := scenarios.Calls{Every: 5, From: 2}
	fmt.Println(every, every.Has(2), every.Has(5), every.Has(7))
	// Output: every 5 from 2 true false true
}

func ExampleEffects() {
	i := slices.IndexFunc(scenarios.Effects(), func(e scenarios.Effect) bool { return e.Fault == scenarios.Truncate })
	e := scenarios.Effects()[i]
	fmt.Println(e.Name(), e.Phases, e.Default)
	// Output: network: truncate [after_answer mid_body] after_answer
}

func ExampleSince_Rule() {
	fmt.Println(scenarios.AfterRule("outage").Rule())
	// Output: outage true
}

func ExampleSchema() {
	fmt.Println(json.Valid(scenarios.Schema()))
	// Output: true
}

func ExampleSplitPath() {
	fmt.Printf("%q\n", scenarios.SplitPath(`metadata.acme\.com.0`))
	// Output: ["metadata" "acme.com" "0"]
}

func ExampleChange_Kind() {
	change := scenarios.Change{Delete: "auth0.organizations"}
	fmt.Println(change.Kind())
	// Output: auth0.organizations
}
