package testkit_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/testkit"
)

// library says which expectations of each shipped scenario the careless job fails. The careful one passes all.
var library = map[string][]string{
	"brown-out":                    {"no_blind_repeat: {intent: writes}", "converged: true"},
	"clock-skew":                   {"waited: busy"},
	"concurrent-edit":              {"gave_up: {intent: updates, calls: 2}"},
	"credential-revoked":           {`gave_up: {on: "*", calls: 2}`},
	"duplicate-appears":            {"gave_up: {intent: creates, calls: 1}", "converged: true"},
	"flapping-503":                 {"backed_off: flap"},
	"gateway-html-502":             {"no_blind_repeat: {intent: writes}", "converged: true"},
	"hang-until-timeout":           {"no_blind_repeat: {intent: writes}"},
	"keep-alive-closed":            {"no_blind_repeat: {intent: writes}"},
	"lost-answer-on-create":        {"no_blind_repeat: {intent: creates}", "converged: true"},
	"lost-answer-on-delete":        {"reconciled: lost"},
	"lost-answer-on-update":        {"no_blind_repeat: {intent: updates}"},
	"maintenance-window":           {"waited: closed", "converged: true"},
	"one-vendor-down":              {"backed_off: first"},
	"page-shifts-while-listing":    {"converged: true"},
	"permission-lost":              {"gave_up: {intent: writes, calls: 2}"},
	"quota-drained-then-recovers":  {"waited: limits", "converged: true"},
	"racing-creates":               {"converged: true"},
	"rate-limit-burst":             {"waited: short", "waited: long"},
	"rate-limit-with-http-date":    {"waited: dated"},
	"rate-limit-without-header":    {"backed_off: untold"},
	"refused-connections":          {`calls: {on: "*", at_least: 1}`, "converged: true"},
	"reset-mid-body":               {"reconciled: cut", "converged: true"},
	"resource-deleted-behind-back": {"gave_up: {intent: writes, calls: 2}"},
	"stale-reads-after-write":      {"reconciled: behind", "converged: true"},
	"tls-certificate-expired":      {`calls: {on: "*", at_most: 0}`},
	"token-expires-mid-run":        {"renewed_token: end"},
	"truncated-json":               {"reconciled: cut", "converged: true"},
	"unknown-and-null-fields":      {"converged: true"},
	"unknown-enum-value":           {"converged: true"},
}

// jobs are those that scenarios are played to in the place of a customer's first day, which deletes nothing.
var jobs = map[string]wanted{"lost-answer-on-delete": leaver}

func jobOf(scenario string) wanted {
	if job, is := jobs[scenario]; is {
		return job
	}
	return newcomer
}

// hopeless are the scenarios in which the careful job must end with an error; without the fault a later run does its work.
var hopeless = []string{"credential-revoked", "one-vendor-down", "permission-lost", "tls-certificate-expired"}

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

// work is one run of a job under a scenario: most provision a newcomer, which is what some would not show.
func work(ctx context.Context, w *testkit.World, scenario string, start func(*http.Client, string) provisioner) error {
	worker := func() provisioner { return start(w.Client(), w.URL("auth0")) }
	switch scenario {
	case "page-shifts-while-listing": // two organizations, one a page
		names, err := worker().names(ctx)
		slices.Sort(names)
		if missed := !slices.Contains(names, "acme") || !slices.Contains(names, "brightforge"); missed || len(slices.Compact(names)) < len(names) {
			return errors.Join(err, fmt.Errorf("it saw %v", names))
		}
		return err
	case "racing-creates": // two workers, and the same to do
		errs := make([]error, 2)
		var both sync.WaitGroup
		for i := range errs {
			both.Go(func() { errs[i] = worker().provision(ctx, newcomer) })
		}
		both.Wait()
		return errors.Join(errs...)
	}
	return worker().provision(ctx, jobOf(scenario))
}

// left is what is wrong with what a run has left, nil where all is as wanted.
func left(t *testing.T, w *testkit.World, scenario string) error {
	if scenario == "page-shifts-while-listing" { // which writes nothing
		return nil
	}
	want := jobOf(scenario)
	if got := connectionsOf(t, w, want.organization); !slices.Equal(got, want.connections) {
		return fmt.Errorf("it left %v, want %v", got, want.connections)
	}
	return nil
}

// endsWell plays a scenario to the careful job, which passes and leaves the world as it wants it.
func endsWell(t *testing.T, scenario string) {
	w := testkit.Start(t)
	w.Play(t, scenarios.Shipped(scenario))
	err := work(t.Context(), w, scenario, provisioners["careful"])
	if mustEnd := slices.Contains(hopeless, scenario); mustEnd != (err != nil) {
		t.Errorf("it ended with: %v", err)
	}
	w.Passed(t)
	struck := false
	for _, r := range w.Scenario().Rules {
		if struck = struck || r.Fired > 0; r.Fired == 0 && !r.Optional {
			t.Errorf("the rule %s never fired", r.Name)
		}
	}
	if !struck {
		t.Error("no rule fired")
	}
	w.Disarm()
	if slices.Contains(hopeless, scenario) {
		if err := work(t.Context(), w, scenario, provisioners["careful"]); err != nil {
			t.Errorf("a later run does not finish it: %v", err)
		}
	}
	if err := left(t, w, scenario); err != nil {
		t.Error(err)
	}
}

// isFound plays a scenario to the careless job, which fails what the library table says, and nothing else.
func isFound(t *testing.T, scenario string) {
	w := testkit.Start(t)
	w.Play(t, scenarios.Shipped(scenario))
	ended := work(t.Context(), w, scenario, provisioners["careless"]) // it may well think that all is done
	verdicts := w.Verdicts()
	w.Disarm()
	failed := 0
	for _, v := range verdicts {
		outcome := scenarios.Pass
		if slices.Contains(library[scenario], v.Expectation) {
			outcome, failed = scenarios.Fail, failed+1
		}
		if v.Undecided() { // here, as in a gauntlet, the end tells
			if v.Outcome = scenarios.Pass; ended != nil || left(t, w, scenario) != nil {
				v.Outcome = scenarios.Fail
			}
		}
		if v.Outcome != outcome {
			t.Errorf("want %s, the job having ended with %v:\n%s", outcome, ended, v)
		}
	}
	if failed == 0 || failed != len(library[scenario]) {
		t.Errorf("the scenario has %d of the expectations %q", failed, library[scenario])
	}
}

// TestEachSurpriseIsFound plays single rules of scenarios that have several to the careless job: each is one too many for it.
func TestEachSurpriseIsFound(t *testing.T) {
	for scenario, rules := range map[string][]string{
		"unknown-and-null-fields": {"auth0-null-in-list", "unknown-in-array"},
		"unknown-enum-value":      {"auth0-strategies"},
	} {
		for _, rule := range rules {
			t.Run(scenario+"/"+rule, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := testkit.Start(t)
					s, err := scenarios.Shipped(scenario).Scenario()
					if err != nil {
						t.Fatal(err)
					}
					alone := *s
					alone.Rules = slices.DeleteFunc(slices.Clone(s.Rules), func(r scenarios.Rule) bool { return r.Name != rule })
					w.Play(t, &alone)
					if err := work(t.Context(), w, scenario, provisioners["careless"]); err == nil {
						t.Error("it did not notice")
					}
				})
			})
		}
	}
}

// TestADeleteThatIsDoneAlready has somebody delete first what a client is about to: it hears 404, and need not ask again.
func TestADeleteThatIsDoneAlready(t *testing.T) {
	for asks, want := range map[int]scenarios.Outcome{1: scenarios.Pass, 3: scenarios.Fail} {
		synctest.Test(t, func(t *testing.T) {
			w := testkit.Start(t)
			w.Play(t, scenarios.Shipped("resource-deleted-behind-back"))
			for range asks {
				if status, body := do(t, w, "DELETE", organizationsPath+"/org_Acme000000000001", ""); status != 404 {
					t.Errorf("%d %s", status, body)
				}
			}
			if v := w.Verdicts()[0]; v.Outcome != want {
				t.Errorf("asked %d times, want %s:\n%s", asks, want, v)
			}
		})
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
