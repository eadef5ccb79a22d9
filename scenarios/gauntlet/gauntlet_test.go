package gauntlet_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/scenarios/gauntlet"
)

// job is a client that makes an organization and names it, through a world's handler.
type job struct {
	name   string // of the organization
	tries  int    // of each call
	ignore bool   // failures
}

func (j job) run(_ context.Context, w *emulator.World) error {
	for _, c := range []struct{ method, path, body string }{
		{"POST", "/api/v2/organizations", `{"name":"` + j.name + `"}`},
		{"PATCH", "/api/v2/organizations/org_Acme000000000001", `{"display_name":"Acme, Inc."}`},
	} {
		status := 0
		for range max(1, j.tries) {
			if status = call(w, c.method, c.path, c.body); status < 400 {
				break
			}
		}
		if status >= 400 && !j.ignore {
			return fmt.Errorf("%s %s: %d", c.method, c.path, status)
		}
	}
	return nil
}

var emulators = map[*emulator.World]*emulator.Emulator{}

func world(t *testing.T, seed uint64) *emulator.World {
	t.Helper()
	e, err := emulator.New(emulator.WithSeed(seed))
	if err != nil {
		t.Fatal(err)
	}
	emulators[e.Default()] = e
	t.Cleanup(func() { delete(emulators, e.Default()) })
	return e.Default()
}

func call(w *emulator.World, method, path, body string) int {
	r := httptest.NewRequest(method, "http://auth0.localhost"+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer any")
	r.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	emulators[w].Handler().ServeHTTP(answer, r)
	_, _ = io.Copy(io.Discard, answer.Body)
	return answer.Code
}

func survey(t *testing.T, client gauntlet.Client) (*gauntlet.Survey, error) {
	t.Helper()
	var runs []*gauntlet.Run
	for seed := range uint64(2) {
		w := world(t, seed+1)
		run, err := gauntlet.Observe(t.Context(), w, client)
		if err != nil {
			t.Fatal(err)
		}
		runs = append(runs, run)
		if err := w.Advance(0); err != nil {
			t.Fatal(err)
		}
	}
	return gauntlet.NewSurvey(runs[0], runs[1])
}

func TestSurvey(t *testing.T) {
	s, err := survey(t, job{name: "newco"}.run)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"auth0.organizations.create", "auth0.organizations.update"}; s.Calls != 2 || !slices.Equal(s.Operations, want) || !slices.Equal(s.Vendors(), []string{"auth0"}) {
		t.Errorf("%d calls of %v at %v", s.Calls, s.Operations, s.Vendors())
	}
	all := []*scenarios.Scenario{
		{Name: "creates", Rules: []scenarios.Rule{{Intent: scenarios.Creates, Fail: "throttled"}}},
		{Name: "reads", Rules: []scenarios.Rule{{Intent: scenarios.Reads, Fail: "throttled"}}},
		{Name: "other", Rules: []scenarios.Rule{{On: []string{"atlas.*"}, Fail: "throttled"}}},
		{Name: "door", Rules: []scenarios.Rule{{Listener: "auth0", Network: &scenarios.Network{Fault: scenarios.Refuse, For: time.Second}}}},
	}
	var names []string
	trials := s.Trials(1, all)
	for _, trial := range trials {
		names = append(names, trial.Name)
	}
	if !slices.Equal(names, []string{"creates@auth0", "door@auth0"}) {
		t.Errorf("the trials are %v", names)
	}
	loaded := []*scenarios.Scenario{{Name: "dice", Seed: 7, Rules: []scenarios.Rule{{Intent: scenarios.Creates, Chance: 50, Fail: "throttled"}}}}
	if s.Trials(1, loaded)[0].Scenario.Seed != 7 || s.Trials(3, loaded)[0].Scenario.Seed != 9 || loaded[0].Seed != 7 {
		t.Error("the seed does not choose the dice")
	}
	if r := s.Report(1, all, trials); !slices.Equal(r.Untouched, []string{"reads", "other"}) {
		t.Errorf("untouched are %v", r.Untouched)
	}

	n := 0
	for name, bad := range map[string]struct {
		client gauntlet.Client
		says   string
	}{
		"it fails":         {job{name: "acme"}.run, "without any fault, the client ends with: POST /api/v2/organizations: 409"},
		"it calls nothing": {func(context.Context, *emulator.World) error { return nil }, "the client calls nothing: does it go to the emulator?"},
		"its names are its own": {func(ctx context.Context, w *emulator.World) error {
			n++
			return job{name: fmt.Sprint("run-", n)}.run(ctx, w)
		}, `" is missing`},
		"it does something else": {func(ctx context.Context, w *emulator.World) error {
			n++
			return job{name: "newco", tries: n}.run(ctx, w)
		}, ""},
	} {
		n = 0
		if _, err := survey(t, bad.client); (err == nil) != (bad.says == "") || err != nil && !strings.Contains(err.Error(), bad.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTry(t *testing.T) {
	throttled := scenarios.New("throttled").Rule(scenarios.By(scenarios.Updates).Name("busy").Calls(1, 1).Fail("throttled").RetryAfter(time.Minute))
	lost := scenarios.New("lost").Rule(scenarios.By(scenarios.Creates).Name("lost").Calls(1, 1).Phase(scenarios.AfterCommit).Fail("internal"))
	revoked := scenarios.New("revoked").Rule(scenarios.By(scenarios.Updates).Name("end").Calls(1, 1).Phase(scenarios.BeforeAuth).Revoke())
	taken := scenarios.New("taken").Rule(scenarios.By(scenarios.Updates).Name("meddler").Calls(1, 1).Change(scenarios.Change{Delete: "target"}))
	late := scenarios.YAML("{understudy: 1, scenario: late, rules: [{at: 1h, since: armed, change: {delete: auth0.organizations, where: {name: acme}}}]}")
	for name, test := range map[string]struct {
		scenario scenarios.Source
		client   gauntlet.Client
		end      gauntlet.End
		outcome  scenarios.Outcome
		why      string
	}{
		"it insists":               {throttled, job{name: "newco", tries: 2}.run, gauntlet.Converged, scenarios.Pass, "all is as without faults"},
		"it is to converge":        {throttled.Expect(scenarios.Converged()), job{name: "newco", tries: 2}.run, gauntlet.Converged, scenarios.Pass, "all is as without faults"},
		"it takes no for yes":      {throttled, job{name: "newco", ignore: true}.run, gauntlet.Differs, scenarios.Fail, `it ended well, and yet auth0.organizations "acme": display_name is "Acme", not "Acme, Inc."`},
		"half of it is done":       {throttled, job{name: "newco"}.run, gauntlet.HalfDone, scenarios.Fail, "then a run without faults does so too: POST /api/v2/organizations: 409"},
		"it stumbles over its own": {lost, strict, gauntlet.HalfDone, scenarios.Fail, "then a run without faults does so too: POST"},
		"it fails cleanly":         {throttled, adopting, gauntlet.FailedCleanly, scenarios.Pass, "a run without faults mends all"},
		"its credential ends":      {revoked, adopting, gauntlet.FailedCleanly, scenarios.Pass, "a run without faults mends all"},
		"nothing is proven": {
			throttled.Expect(scenarios.Waited("busy")), adopting, gauntlet.FailedCleanly, scenarios.Unproven, "a run without faults mends all",
		},
		"it is not to fail":     {throttled.Expect(scenarios.Converged()), adopting, gauntlet.FailedCleanly, scenarios.Fail, "a run without faults mends all"},
		"somebody took it away": {taken, adopting, gauntlet.Blocked, scenarios.Pass, "what another admin has done stands in the way"},
		"nothing strikes":       {scenarios.New("late").Rule(scenarios.By(scenarios.Creates).Calls(9, 9).Fail("throttled")), job{name: "newco"}.run, gauntlet.Converged, scenarios.Unproven, "all is as without faults"},
		"a verdict fails of nothing": {
			scenarios.New("late").Rule(scenarios.By(scenarios.Creates).Calls(9, 9).Fail("throttled")).Expect(scenarios.AtMost(0, "auth0.*")), job{name: "newco"}.run,
			gauntlet.Converged, scenarios.Unproven, "all is as without faults",
		},
		"somebody is late":             {late, job{name: "newco"}.run, gauntlet.Converged, scenarios.Unproven, "all is as without faults"},
		"it notes the time":            {throttled, noting, gauntlet.Converged, scenarios.Pass, "all is as without faults"},
		"a verdict fails":              {lost.Expect(scenarios.NoBlindRepeat(scenarios.Scope{Intent: scenarios.Creates})), job{name: "newco", tries: 2, ignore: true}.run, gauntlet.Converged, scenarios.Fail, "all is as without faults"},
		"it does not end":              {throttled, under(&gauntlet.Stopped{Why: "it was still at work after 6h"}), gauntlet.DidNotEnd, scenarios.Fail, "it did not end: it was still at work after 6h"},
		"it crashes, and so on":        {throttled, under(&gauntlet.Crashed{How: "panic: no\nat line 1"}), gauntlet.Crash, scenarios.Fail, "it crashed: panic: no"},
		"what it left crashes it":      {throttled, inTurn(errors.New("no"), &gauntlet.Crashed{How: "panic: what is this?"}), gauntlet.Crash, scenarios.Fail, "in a run without faults after that it crashed: panic: what is this?"},
		"it makes anew what was there": {throttled, remaking, gauntlet.Differs, scenarios.Fail, `auth0.roles "Billing" is another one: it was deleted and made anew`},
		"what it makes is twice":       {throttled, doubling, gauntlet.Differs, scenarios.Fail, `auth0.organizations "newco-2" is there, and should not be`},
	} {
		t.Run(name, func(t *testing.T) {
			calm := test.client
			if name == "what it makes is twice" || strings.HasPrefix(name, "it does not") || strings.HasPrefix(name, "it crashes") || strings.HasPrefix(name, "what it left") {
				calm = job{name: "newco"}.run
			}
			s, err := survey(t, calm)
			if err != nil {
				t.Fatal(err)
			}
			scenario, err := test.scenario.Scenario()
			if err != nil {
				t.Fatal(err)
			}
			trial := gauntlet.Trial{Name: scenario.Name + "@auth0", Vendor: "auth0", Scenario: scenario}
			result, err := s.Try(t.Context(), world(t, 1), trial, test.client)
			if err != nil {
				t.Fatal(err)
			}
			if result.End != test.end || result.Outcome != test.outcome || !strings.Contains(result.String(), test.why) {
				t.Errorf("%s, %s\n%s", result.End, result.Outcome, &result)
			}
			bad := slices.Contains([]gauntlet.End{gauntlet.Differs, gauntlet.HalfDone, gauntlet.DidNotEnd, gauntlet.Crash}, result.End)
			if bad = bad || name == "it is not to fail"; bad != (result.Timeline != nil) && result.Calls > 0 {
				t.Errorf("its timeline is %v", result.Timeline)
			}
		})
	}
}

// adopting makes what is not there yet, and ends at the first failure.
func adopting(_ context.Context, w *emulator.World) error {
	if call(w, "GET", "/api/v2/organizations/name/newco", "") == http.StatusNotFound {
		call(w, "POST", "/api/v2/organizations", `{"name":"newco"}`)
	}
	if status := call(w, "PATCH", "/api/v2/organizations/org_Acme000000000001", `{"display_name":"Acme, Inc."}`); status != http.StatusOK {
		return errors.New("no")
	}
	return nil
}

// noting writes when it was there, and in which run.
func noting(_ context.Context, w *emulator.World) error {
	body := fmt.Sprintf(`{"metadata":{"synced_at":%q,"synced_run":"%d"}}`, time.Now().Format(time.RFC3339Nano), time.Now().UnixNano())
	for call(w, "PATCH", "/api/v2/organizations/org_Acme000000000001", body) != http.StatusOK {
	}
	return nil
}

// doubling makes something else as well.
func doubling(ctx context.Context, w *emulator.World) error {
	call(w, "POST", "/api/v2/organizations", `{"name":"newco-2"}`)
	return job{name: "newco", tries: 2}.run(ctx, w)
}

// strict takes what is there already for a failure.
func strict(_ context.Context, w *emulator.World) error {
	call(w, "PATCH", "/api/v2/organizations/org_Acme000000000001", `{"display_name":"Acme, Inc."}`)
	if status := call(w, "POST", "/api/v2/organizations", `{"name":"newco"}`); status != http.StatusCreated {
		return fmt.Errorf("POST: %d", status)
	}
	return nil
}

// remaking has one answer to a failure: away with it, and a new one.
func remaking(_ context.Context, w *emulator.World) error {
	if call(w, "PATCH", "/api/v2/roles/rol_Billing000000001", `{"description":"Pays"}`) != http.StatusOK {
		call(w, "DELETE", "/api/v2/roles/rol_Billing000000001", "")
		call(w, "POST", "/api/v2/roles", `{"name":"Billing","description":"Pays"}`)
	}
	return nil
}

func under(end error) gauntlet.Client {
	return func(ctx context.Context, w *emulator.World) error {
		_ = job{name: "newco"}.run(ctx, w)
		return end
	}
}

// inTurn works, and says one after another.
func inTurn(ends ...error) gauntlet.Client {
	return func(_ context.Context, w *emulator.World) error {
		_ = job{name: "newco"}.run(context.Background(), w)
		end := ends[0]
		ends = ends[1:]
		return end
	}
}

// TestObjectsOfOneName are told apart by what they are, though what is generated for them is other in each run.
func TestObjectsOfOneName(t *testing.T) {
	portals := func(kinds ...string) gauntlet.Client {
		return func(_ context.Context, w *emulator.World) error {
			for _, kind := range kinds {
				for call(w, "POST", "/api/v2/clients", `{"name":"portal","app_type":"`+kind+`"}`) >= 400 {
				}
			}
			return nil
		}
	}
	s, err := survey(t, portals("spa", "native", "regular_web"))
	if err != nil {
		t.Fatal(err)
	}
	throttled, err := scenarios.New("throttled").Rule(scenarios.By(scenarios.Creates).Calls(2, 2).Fail("throttled")).Scenario()
	if err != nil {
		t.Fatal(err)
	}
	const name = `auth0.clients "portal" (one of 3)`
	for _, test := range []struct {
		kinds []string
		says  string
	}{
		{[]string{"spa", "native", "regular_web"}, ""},
		{[]string{"regular_web", "spa", "native"}, ""},
		{[]string{"spa", "regular_web", "spa"}, name + `: app_type is "spa", not "native"`},
		{[]string{"spa", "native"}, name + " is missing"},
		{[]string{"spa", "native", "regular_web", "native"}, `auth0.clients "portal" (one of 4) is there, and should not be`},
	} {
		for seed := range uint64(5) {
			result, err := s.Try(t.Context(), world(t, seed+1), gauntlet.Trial{Name: "throttled@auth0", Vendor: "auth0", Scenario: throttled}, portals(test.kinds...))
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(result.Differences, "\n"); got != test.says {
				t.Errorf("%q, seed %d: %s", test.kinds, seed+1, got)
			}
		}
	}
}
