package container_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/auth0/go-auth0/management"
	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/testkit/container"
)

const read = "auth0.organizations.get"

// busy refuses the first n reads, and expects three of them.
func busy(n int) scenarios.Source {
	return scenarios.YAML(fmt.Sprintf(`
understudy: 1
rules: [{name: busy, on: %s, calls: 1..%d, fail: throttled, retry_after: 1s}]
expect: [{calls: {on: [%s], exactly: 3}}]
`, read, n, read))
}

// testScenarios plays another one in each of two worlds at once: neither sees the other's.
func testScenarios(t *testing.T, c *container.Container) {
	t.Run("in parallel", func(t *testing.T) {
		for name, statuses := range map[string][]int{"north": {429, 200, 200}, "south": {429, 429, 200}} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := must(c.World(t.Context(), name))
				t.Cleanup(func() { testDelete(t, w) }) // after Play's own
				client, refused := must(w.Client(t.Context())), strings.Count(fmt.Sprint(statuses), "429")
				get(t, client, must(c.HTTPSURL(t.Context()))) // before the scenario, which counts from its beginning
				w.Play(t, busy(refused))
				for range 3 {
					get(t, client, must(c.HTTPSURL(t.Context())))
				}

				w.Passed(t)
				w.Saw(t, read, append([]int{200}, statuses...)...)
				told := must(w.Requests(t.Context(), emulator.Filter{Vendor: "auth0", Operation: read, Status: 429, Since: 1, Limit: 9}))
				if len(told) != refused || told[0].Rule != "busy" || told[0].Wait != time.Second || told[0].World != name || told[0].Time.IsZero() {
					t.Errorf("%+v", told)
				}
				if v := must(w.Verdicts(t.Context())); len(v) != 1 || v[0].Outcome != scenarios.Pass || len(v[0].Timeline) != 3 {
					t.Errorf("%v", v)
				}
			})
		}
	})

	w := must(c.World(t.Context(), "scenarios"))
	for _, test := range []struct {
		name, want string
		run        func(f *failing)
	}{
		{"a scenario that can't be carried out", `400 invalid_scenario`, func(f *failing) { w.Play(f, scenarios.On("auth0.organizations.gett").Fail("throttled")) }},
		{"a scenario that can't be read", "did you mean", func(f *failing) { w.Play(f, scenarios.YAML("understudy: 1\nruels: []\n")) }},
		{"no scenario", "404 no_scenario", func(f *failing) { w.Passed(f) }},
		{"a rule that never fired", "never fired: busy: no call came of " + read, func(f *failing) { w.Play(f, busy(1)) }},
		{"a verdict", "FAIL  calls: {on: auth0.organizations.get, exactly: 3} — 0 calls came", func(f *failing) { w.Passed(f) }},
		{"other answers", read + " answered [], want [200]", func(f *failing) { w.Saw(f, read, 200) }},
		{"an unknown operation", "400 unknown_operation", func(f *failing) { w.Saw(f, "auth0.organizations.gett", 200) }},
	} {
		f := &failing{TB: t}
		f.run(test.run)
		if !strings.Contains(f.said, test.want) || !f.failed {
			t.Errorf("%s: said %q", test.name, f.said)
		}
	}
}

// testReports: a test ends as one of testkit's does.
func testReports(t *testing.T, c *container.Container) {
	base := must(c.URL(t.Context()))
	world := func(name string) (*container.World, *http.Client) {
		w := must(c.World(t.Context(), name))
		return w, must(w.Client(t.Context()))
	}
	for _, test := range []struct {
		name  string
		run   func(f *failing)
		parts []string // of what it says, in this order
	}{
		{"how it went", func(f *failing) {
			w, client := world("hurry")
			get(t, client, base) // before the scenario: no near miss
			w.Play(f, scenarios.YAML(`
understudy: 1
rules:
  - {name: busy, on: auth0.organizations.get, calls: 1, fail: throttled, retry_after: 60s}
  - {name: other, on: auth0.organizations.get, when: {path.id: org_other}, fail: throttled}
  - {name: maybe, intent: deletes, fail: throttled, optional: true}
`))
			for range 30 {
				get(t, client, base)
			}
			w.Saw(f, "auth0.organizations.update", 200)
		}, []string{
			"auth0.organizations.update answered [], want [200]", "container: rules of the scenario never fired",
			"world hurry, the last 21 of 31 exchanges:", read, " 200\n",
			"never fired: other: 30 calls came that it is about, and none where path.id is org_other; the last was GET /api/v2/organizations/" + acme,
			"again: go test -count=1 -run '^TestContainer$/^reports$' ", "github.com/understudy-dev/understudy/testkit/container",
		}},
		{"told and got", func(f *failing) {
			w, client := world("told")
			w.Play(f, busy(1))
			get(t, client, base)
			get(t, client, base)
			w.Passed(f)
		}, []string{"FAIL  calls", "the last 2 of 2 exchanges:", "429 too_many_requests by rule busy, told to wait 1s, came again after "}},
		{"a path that is not emulated", func(f *failing) {
			w, client := world("unknown")
			w.Saw(f, read)
			response := must(client.Get(base + "/api/v2/branding"))
			response.Body.Close()
		}, []string{"container: GET /api/v2/branding was answered 501", "exchanges:", "again: "}},
		{"a world that is gone", func(f *failing) {
			w, _ := world("gone")
			w.Saw(f, read)
			check(w.Delete(t.Context()))
		}, []string{"its world has to outlive it: understudy: GET journal", "404 unknown_world"}},
		{"a test that passes", func(f *failing) {
			w, client := world("good")
			get(t, client, base)
			w.Saw(f, read, 200)
			w.Saw(f, read, 200)
		}, nil},
	} {
		f := &failing{TB: t}
		f.run(test.run)
		if lines := strings.Count(f.said, "\n"); lines > 25+1 || (test.parts == nil) != (f.said == "") { // one more: Saw's own, or Passed's
			t.Errorf("%s: said %d lines:\n%s", test.name, lines, f.said)
		}
		rest := f.said
		for _, part := range test.parts {
			_, after, found := strings.Cut(rest, part)
			if !found {
				t.Errorf("%s: no %q here or after what comes before it:\n%s", test.name, part, f.said)
				break
			}
			rest = after
		}
	}
}

func testAwait(t *testing.T, c *container.Container) {
	w := must(c.World(t.Context(), "awaited"))
	client, base := must(w.Client(t.Context())), must(c.URL(t.Context()))
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 3 {
			if response, err := client.Get(base + "/api/v2/organizations"); err == nil { // without a credential
				response.Body.Close()
			}
		}
	}()
	f := emulator.Filter{Vendor: "auth0", Limit: 1}
	if came, err := w.Await(t.Context(), f, 3); err != nil || len(came) != 3 || came[2].Status != 401 {
		t.Errorf("%v %+v", err, came)
	}
	<-done
	impatient, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if came, err := w.Await(impatient, f, 4); !errors.Is(err, context.DeadlineExceeded) || len(came) != 3 || !strings.Contains(err.Error(), "3 of 4 exchanges came") {
		t.Errorf("%v %+v", err, came)
	}
	if _, err := w.Await(t.Context(), emulator.Filter{Vendor: "auth1"}, 1); err == nil || !strings.Contains(err.Error(), "400 unknown_vendor") {
		t.Error(err)
	}
}

func testDelete(t *testing.T, w *container.World) {
	ctx := context.WithoutCancel(t.Context())
	if err := w.Delete(ctx); err != nil {
		t.Error(err)
	}
	if err := w.Delete(ctx); err == nil || !strings.Contains(err.Error(), `404 not_found`) && !strings.Contains(err.Error(), "404 unknown_world") {
		t.Errorf("deleted twice: %v", err)
	}
}

// testCredentials: those of one world are the others' strangers.
func testCredentials(t *testing.T) {
	c := container.Start(t, image, container.WithAuth("strict"))
	base := must(c.HTTPSURL(t.Context()))
	mine, other := must(c.World(t.Context(), "mine")), must(c.World(t.Context(), "other"))
	token := gjson.Get(must(mine.Mint(t.Context(), "auth0", emulator.Credential{Scopes: []string{"read:organizations"}, TTL: time.Hour})), "access_token").String()
	for _, test := range []struct {
		client *container.World
		says   string
	}{{nil, ""}, {mine, ""}, {other, "401 Unauthorized"}} {
		client := must(c.Client(t.Context()))
		if test.client != nil {
			client = must(test.client.Client(t.Context()))
		}
		_, err := sdk(t, base, client, management.WithStaticToken(token)).Organization.Read(t.Context(), acme)
		if (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
			t.Errorf("%v: %v, want %q", test.client, err, test.says)
		}
	}
	mine.Saw(t, read, 200, 200) // the token leads to its world
	for vendor, says := range map[string]string{"auth1": "auth1", "devrev": "nobody"} {
		if fields, err := mine.Mint(t.Context(), vendor, emulator.Credential{Role: "nobody"}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s minted %s, %v", vendor, fields, err)
		}
	}
}

// failing is a test that may fail without failing the one that watches it.
type failing struct {
	testing.TB
	cleanups []func()
	said     string
	failed   bool
}

func (f *failing) Helper()             {}
func (f *failing) Cleanup(fn func())   { f.cleanups = append(f.cleanups, fn) }
func (f *failing) Failed() bool        { return f.failed }
func (f *failing) Log(args ...any)     { f.said += fmt.Sprintln(args...) }
func (f *failing) Logf(string, ...any) {}
func (f *failing) Errorf(format string, args ...any) {
	f.failed = true
	f.said += fmt.Sprintf(format, args...) + "\n"
}
func (f *failing) Fatalf(format string, args ...any) {
	f.Errorf(format, args...)
	runtime.Goexit()
}

// run runs what may end its goroutine, and its cleanups.
func (f *failing) run(what func(*failing)) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		what(f)
	}()
	<-done
	f.end()
}

func (f *failing) end() {
	for i := len(f.cleanups) - 1; i >= 0; i-- {
		f.cleanups[i]()
	}
}
