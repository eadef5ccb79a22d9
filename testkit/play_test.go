package testkit_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/testkit"
)

// rename changes an organization's name, as long as it is told to come back: after the wait that it is told, times so much.
func rename(t *testing.T, w *testkit.World, patience float64) int {
	t.Helper()
	for {
		response, err := w.Client().Do(w.Auth0().Request(t, "PATCH", path, `{"display_name":"Acme"}`))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		reset, _ := strconv.ParseInt(response.Header.Get("X-Ratelimit-Reset"), 10, 64)
		if response.StatusCode != http.StatusTooManyRequests {
			return response.StatusCode
		}
		time.Sleep(time.Duration(patience * float64(time.Until(time.Unix(reset, 0)))))
	}
}

const throttled = `
understudy: 1
rules: [{name: busy, on: auth0.organizations.update, calls: 1..2, fail: throttled, retry_after: 60s}]
expect: [{waited: busy}]
`

func TestAClientThatWaitsPasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := testkit.Start(t)
		w.Play(t, scenarios.YAML(throttled))
		began := time.Now()

		if status := rename(t, w, 1); status != 200 {
			t.Errorf("answered %d", status)
		}

		w.Saw(t, "auth0.organizations.update", 429, 429, 200)
		w.Passed(t)
		if waited := time.Since(began); waited != 2*time.Minute {
			t.Errorf("waited %s", waited)
		}
		if v := w.Verdicts(); len(v) != 1 || v[0].Outcome != scenarios.Pass {
			t.Errorf("%v", v)
		}
	})
}

func TestAClientInAHurryFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := testkit.Start(t)
		w.Play(t, scenarios.YAML(throttled))
		rename(t, w, 0.5)

		f := &failing{TB: t}
		w.Passed(f)
		if !f.failed || !strings.Contains(f.all(), "waited: busy") || !strings.Contains(f.all(), "429 too_many_requests") {
			t.Errorf("said %q", f.all())
		}
	})
}

func TestScenariosComeFromAnywhere(t *testing.T) {
	file := filepath.Join(t.TempDir(), "busy.yaml")
	if err := os.WriteFile(file, []byte(throttled), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, source := range map[string]scenarios.Source{
		"a builder": scenarios.On("auth0.organizations.update").Calls(1, 1).Fail("too_many_requests").RetryAfter(20 * time.Second),
		"a text":    scenarios.YAML(throttled), "a file": scenarios.File(file), "the library": scenarios.Shipped("rate-limit-burst"),
	} {
		w := testkit.Start(t)
		w.Play(t, source)
		if status, _ := do(t, w, "PATCH", path, `{"display_name":"Acme"}`); status != 429 {
			t.Errorf("%s: answered %d", name, status)
		}
		w.Disarm()
		if status, _ := do(t, w, "PATCH", path, `{"display_name":"Acme"}`); status != 200 || w.Scenario() != nil {
			t.Errorf("%s: after disarming answered %d", name, status)
		}
	}
}

func TestBadScenariosFailTheTest(t *testing.T) {
	for text, says := range map[string]string{
		strings.Replace(throttled, "throttled", "throtled", 1): "did you mean", "understudy: 7": "newer",
		strings.Replace(throttled, "update", "upd", 1): "auth0.organizations.upd",
	} {
		w := testkit.Start(t)
		f := &failing{TB: t}
		f.run(func() { w.Play(f, scenarios.YAML(text)) })
		if !f.failed || !strings.Contains(f.all(), says) {
			t.Errorf("%q: said %q", text, f.all())
		}
	}
}

func TestARuleThatNeverFiredFailsTheTest(t *testing.T) {
	for optional, fails := range map[string]bool{"": true, ", optional: true": false} {
		f := &failing{TB: t}
		w := testkit.Start(f)
		w.Play(t, scenarios.YAML(strings.Replace(throttled, "retry_after: 60s", "retry_after: 60s"+optional, 1)))
		f.end()
		if f.failed != fails || fails && !strings.Contains(f.all(), "never fired: busy") {
			t.Errorf("%q: said %q", optional, f.all())
		}
	}
}

func TestCallsRace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := testkit.Start(t)
		w.Play(t, scenarios.By(scenarios.Creates).Hold(scenarios.Hold{Release: "go"}))
		statuses := make(chan int, 2)
		for range 2 {
			go func() {
				status, _ := do(t, w, "POST", "/api/v2/organizations", newOrganization)
				statuses <- status
			}()
		}
		synctest.Wait()
		if n := w.Release("go"); n != 2 {
			t.Errorf("released %d calls", n)
		}
		if got := <-statuses + <-statuses; got != 201+409 {
			t.Errorf("two creates of one name were answered %d in sum", got)
		}
		if rules := w.Scenario().Rules; rules[0].Matched != 2 || rules[0].Fired != 2 {
			t.Errorf("%+v", rules)
		}
	})
}
