package testkit_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/testkit"
)

// library says which expectations of each shipped scenario the careless job fails. The careful one passes all.
var library = map[string][]string{
	"brown-out":                   {"no_blind_repeat: {intent: writes}"},
	"concurrent-edit":             {"gave_up: {intent: updates, calls: 2}"},
	"flapping-503":                {"backed_off: flap"},
	"gateway-html-502":            {"no_blind_repeat: {intent: writes}"},
	"hang-until-timeout":          {"no_blind_repeat: {intent: writes}"},
	"keep-alive-closed":           {"no_blind_repeat: {intent: writes}"},
	"lost-answer-on-create":       {"no_blind_repeat: {intent: creates}"},
	"lost-answer-on-delete":       {"reconciled: lost"},
	"lost-answer-on-update":       {"no_blind_repeat: {intent: updates}"},
	"maintenance-window":          {"waited: closed"},
	"quota-drained-then-recovers": {"waited: limits"},
	"rate-limit-burst":            {"waited: short", "waited: long"},
	"rate-limit-with-http-date":   {"waited: dated"},
	"rate-limit-without-header":   {"backed_off: untold"},
	"reset-mid-body":              {"reconciled: cut"},
	"stale-reads-after-write":     {"reconciled: behind"},
	"token-expires-mid-run":       {"renewed_token: end"},
	"truncated-json":              {"reconciled: cut"},
}

// jobs are those that scenarios are played to in the place of a customer's first day, which deletes nothing.
var jobs = map[string]wanted{"lost-answer-on-delete": leaver}

func jobOf(scenario string) wanted {
	if job, is := jobs[scenario]; is {
		return job
	}
	return newcomer
}

func TestTheLibraryTellsCarefulFromCareless(t *testing.T) {
	if want := scenarios.ShippedNames(); !slices.Equal(slices.Sorted(maps.Keys(library)), want) {
		t.Errorf("the table must have a line for each of %v", want)
	}
	for _, name := range scenarios.ShippedNames() {
		t.Run(name, func(t *testing.T) {
			t.Run("careful", func(t *testing.T) { synctest.Test(t, func(t *testing.T) { endsWell(t, name) }) })
			t.Run("careless", func(t *testing.T) { synctest.Test(t, func(t *testing.T) { isFound(t, name) }) })
		})
	}
}

// endsWell plays a scenario to the careful job, which passes and leaves the world as it wants it.
func endsWell(t *testing.T, scenario string) {
	w, want := testkit.Start(t), jobOf(scenario)
	w.Play(t, scenarios.Shipped(scenario))
	if err := provisioners["careful"](w.Client(), w.URL("auth0")).provision(t.Context(), want); err != nil {
		t.Errorf("it ended with: %v", err)
	}
	w.Passed(t)
	for _, r := range w.Scenario().Rules {
		if r.Fired == 0 && !r.Optional {
			t.Errorf("the rule %s never fired", r.Name)
		}
	}
	w.Disarm()
	if got := connectionsOf(t, w, want.organization); !slices.Equal(got, want.connections) {
		t.Errorf("it left %v, want %v", got, want.connections)
	}
}

// isFound plays a scenario to the careless job, which fails what the library table says, and nothing else.
func isFound(t *testing.T, scenario string) {
	w := testkit.Start(t)
	w.Play(t, scenarios.Shipped(scenario))
	_ = provisioners["careless"](w.Client(), w.URL("auth0")).provision(t.Context(), jobOf(scenario)) // it may well think that all is done
	failed := 0
	for _, v := range w.Verdicts() {
		outcome := scenarios.Pass
		if slices.Contains(library[scenario], v.Expectation) {
			outcome, failed = scenarios.Fail, failed+1
		}
		if v.Outcome != outcome && !v.Undecided() {
			t.Errorf("want %s:\n%s", outcome, v)
		}
	}
	if failed == 0 || failed != len(library[scenario]) {
		t.Errorf("the scenario has %d of the expectations %q", failed, library[scenario])
	}
}

// connectionsOf lists an organization's connections.
func connectionsOf(t *testing.T, w *testkit.World, name string) (list []connection) {
	t.Helper()
	time.Sleep(time.Minute) // whatever was behind has caught up
	var org organization
	_, body := do(t, w, "GET", organizationsPath+"/name/"+name, "")
	if err := json.Unmarshal([]byte(body), &org); err != nil {
		t.Fatal(err)
	}
	_, body = do(t, w, "GET", organizationsPath+"/"+org.ID+"/connections", "")
	if err := json.Unmarshal([]byte(body), &list); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return list
}
