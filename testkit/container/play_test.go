package container_test

import (
	"context"
	"fmt"
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
				w := must(c.World(t.Context(), name, ""))
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

	w := must(c.World(t.Context(), "scenarios", ""))
	for _, test := range []struct {
		name, want string
		run        func(f *failing)
	}{
		{"a scenario that can't be carried out", `400 invalid_scenario`, func(f *failing) { w.Play(f, scenarios.On("auth0.organizations.gett").Fail("throttled")) }},
		{"a scenario that can't be read", "did you mean", func(f *failing) { w.Play(f, scenarios.YAML("understudy: 1\nruels: []\n")) }},
		{"no scenario", "404 no_scenario", func(f *failing) { w.Passed(f) }},
		{"a rule that never fired", "the rule busy never fired, on 0 calls", func(f *failing) { w.Play(f, busy(1)) }},
		{"a verdict", "FAIL  calls: {on: auth0.organizations.get, exactly: 3} — 0 calls came", func(f *failing) { w.Passed(f) }},
		{"other answers", read + " answered [], want [200]", func(f *failing) { w.Saw(f, read, 200) }},
		{"an unknown operation", "400 unknown_operation", func(f *failing) { w.Saw(f, "auth0.organizations.gett", 200) }},
	} {
		f := &failing{TB: t}
		f.run(test.run)
		if !strings.Contains(f.said, test.want) {
			t.Errorf("%s: said %q", test.name, f.said)
		}
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
	mine, other := must(c.World(t.Context(), "mine", "")), must(c.World(t.Context(), "other", ""))
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

func (f *failing) Helper()           {}
func (f *failing) Cleanup(fn func()) { f.cleanups = append(f.cleanups, fn) }
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
	for i := len(f.cleanups) - 1; i >= 0; i-- {
		f.cleanups[i]()
	}
}
