package testkit_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/scenarios/gauntlet"
	"github.com/understudy-dev/understudy/testkit"
)

// named says of each fault which trial names it: how the client ends there, and which formula it fails ("" where how it
// ends says it all). It fails the others too.
var named = map[fault]struct {
	scenario string
	end      gauntlet.End
	formula  string
	others   []string
}{
	noRetry: {"flapping-503", gauntlet.FailedCleanly, "converged", []string{
		"brown-out", "clock-skew", "gateway-html-502", "hang-until-timeout", "keep-alive-closed", "lost-answer-on-create", "maintenance-window",
		"quota-drained-then-recovers", "rate-limit-burst", "rate-limit-with-http-date", "rate-limit-without-header", "refused-connections",
		"reset-mid-body", "stale-reads-after-write", "truncated-json",
	}},
	retryWithoutWait: {"flapping-503", gauntlet.Converged, "backed_off", []string{
		"clock-skew", "maintenance-window", "one-vendor-down", "quota-drained-then-recovers", "rate-limit-burst", "rate-limit-with-http-date",
		"rate-limit-without-header", "refused-connections", "stale-reads-after-write",
	}},
	blindRepeat: {"lost-answer-on-create", gauntlet.Converged, "no_blind_repeat", []string{
		"brown-out", "gateway-html-502", "hang-until-timeout", "keep-alive-closed", "truncated-json",
	}},
	ignoresRetryAfter: {"rate-limit-burst", gauntlet.Converged, "waited", []string{
		"clock-skew", "maintenance-window", "quota-drained-then-recovers", "rate-limit-with-http-date",
	}},
	insistsWhenForbidden: {"permission-lost", gauntlet.DidNotEnd, "gave_up", nil},
	firstPageOnly:        {"page-shifts-while-listing", gauntlet.Blocked, "converged", nil},
	tokenForEver:         {"token-expires-mid-run", gauntlet.FailedCleanly, "renewed_token", nil},
	conflictIsFailure: {"lost-answer-on-create", gauntlet.FailedCleanly, "converged", []string{
		"brown-out", "duplicate-appears", "gateway-html-502", "hang-until-timeout", "keep-alive-closed", "truncated-json",
	}},
	crashesOnUnknown: {"unknown-and-null-fields", gauntlet.Crash, "converged", nil},
	leavesHalf: {"permission-lost", gauntlet.HalfDone, "", []string{
		"brown-out", "credential-revoked", "gateway-html-502", "lost-answer-on-create", "truncated-json",
	}},
}

func TestAClientWithoutFaultsPasses(t *testing.T) { testkit.Gauntlet(t, provisions(none)) }

func TestEachFaultIsFoundByTheScenarioThatNamesIt(t *testing.T) {
	for f, want := range named {
		t.Run(string(f), func(t *testing.T) {
			trial := want.scenario + "@auth0"
			known := []string{trial}
			for _, other := range want.others {
				if slices.Contains(scenarios.ShippedNames(), other) {
					known = append(known, other+"@auth0")
				}
			}
			report := testkit.Gauntlet(t, provisions(f), testkit.KnownFailures(known...))
			i := slices.IndexFunc(report.Results, func(r gauntlet.Result) bool { return r.Trial == trial })
			if i < 0 {
				t.Fatalf("there is no %s", trial)
			}
			if got := report.Results[i]; got.End != want.end || want.formula != "" && !fails(got, want.formula) {
				t.Errorf("it %s, and was to be found by %q:\n%s", got.End, want.formula, &got)
			}
		})
	}
}

// fails tells whether a trial's verdict on an expectation of this formula is that the client does not hold it.
func fails(r gauntlet.Result, formula string) bool {
	return slices.ContainsFunc(r.Verdicts, func(v scenarios.Verdict) bool {
		return strings.HasPrefix(v.Expectation, formula+": ") && v.Outcome == scenarios.Fail
	})
}

// TestWorkersPass has a client whose calls are side by side.
func TestWorkersPass(t *testing.T) {
	testkit.Gauntlet(t, func(ctx context.Context, w *testkit.World) error {
		c := newFaulty(w, none)
		names := []string{"globex-eu", "globex-us"}
		failed := make([]error, len(names))
		var all sync.WaitGroup
		for i, name := range names {
			all.Go(func() {
				_, failed[i] = c.ensure(ctx, "/api/v2/organizations/name/"+name, &struct{}{}, "/api/v2/organizations", `{"name":"`+name+`"}`)
			})
		}
		all.Wait()
		return errors.Join(failed...)
	})
}

// teapot is what rude clients can't take, and no scenario of the library has.
var teapot = scenarios.New("teapot").Rule(scenarios.On("auth0.organizations.get_by_name").Name("short-and-stout").Answer(scenarios.Answer{Status: http.StatusTeapot, Body: "tip me over"}))

// rude is a client that looks for an organization, and does something else where it meets a teapot.
func rude(does func(ctx context.Context, c *http.Client, again *http.Request) error) func(context.Context, *testkit.World) error {
	const path = "/api/v2/organizations/name/nobody"
	return func(ctx context.Context, w *testkit.World) error {
		c := newFaulty(w, none)
		_, err := c.read(ctx, path, nil)
		if err == nil || !strings.HasSuffix(err.Error(), ": 418") {
			return err
		}
		r, err := http.NewRequest("GET", c.base+path, nil)
		if err != nil {
			return err
		}
		r.Header.Set("Authorization", "Bearer "+c.token)
		return does(ctx, c.http, r)
	}
}

func repeat(c *http.Client, r *http.Request) {
	if answer, err := c.Do(r); err == nil {
		answer.Body.Close()
	}
}

// TestRudeClientsAreEnded has clients that would not end by themselves, or not well.
func TestRudeClientsAreEnded(t *testing.T) {
	for name, test := range map[string]struct {
		end  gauntlet.End
		says string
		does func(ctx context.Context, c *http.Client, again *http.Request) error
	}{
		"it panics": {gauntlet.Crash, "it crashed: panic: what now?", func(context.Context, *http.Client, *http.Request) error { panic("what now?") }},
		"it ends its goroutine": {gauntlet.Crash, "as t.FailNow and runtime.Goexit do", func(context.Context, *http.Client, *http.Request) error {
			runtime.Goexit()
			return nil
		}},
		"it sleeps past all time": {gauntlet.DidNotEnd, "still at work after 6h", func(context.Context, *http.Client, *http.Request) error {
			time.Sleep(30 * time.Hour)
			return nil
		}},
		"it hammers": {gauntlet.DidNotEnd, "more than 1040 calls", func(_ context.Context, c *http.Client, r *http.Request) error {
			for {
				repeat(c, r)
			}
		}},
		"it tries for ever": {gauntlet.DidNotEnd, "still at work after 6h", func(_ context.Context, c *http.Client, r *http.Request) error {
			for {
				time.Sleep(time.Minute)
				repeat(c, r)
			}
		}},
		"it seldom tries for ever": {gauntlet.DidNotEnd, "still at work after 6h", func(_ context.Context, c *http.Client, r *http.Request) error {
			for {
				time.Sleep(5 * time.Hour)
				repeat(c, r)
			}
		}},
		"its workers hammer": {gauntlet.DidNotEnd, "more than 1040 calls", func(_ context.Context, c *http.Client, r *http.Request) error {
			var all sync.WaitGroup
			for range 8 {
				all.Go(func() {
					for {
						repeat(c, r)
					}
				})
			}
			all.Wait()
			return nil
		}},
		"it heeds its context": {gauntlet.DidNotEnd, "still at work after 6h", func(ctx context.Context, c *http.Client, r *http.Request) error {
			<-ctx.Done()
			return ctx.Err()
		}},
	} {
		t.Run(name, func(t *testing.T) {
			report := testkit.Gauntlet(t, rude(test.does), testkit.Scenarios(teapot), testkit.KnownFailures("teapot@auth0"))
			i := slices.IndexFunc(report.Results, func(r gauntlet.Result) bool { return r.Trial == "teapot@auth0" })
			if got := report.Results[i]; got.End != test.end || !strings.Contains(got.Why, test.says) {
				t.Errorf("it %s, %s", got.End, got.Why)
			}
		})
	}
}

// TestGauntletsThatFail runs each in a process of its own.
func TestGauntletsThatFail(t *testing.T) {
	if name := os.Getenv("UNDERSTUDY_GAUNTLET"); name != "" {
		testkit.Gauntlet(t, gauntletsThatFail[name].client, append(gauntletsThatFail[name].options, testkit.Scenarios(teapot))...)
		return
	}
	for name, test := range gauntletsThatFail {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			again := exec.Command(os.Args[0], "-test.run=^TestGauntletsThatFail$", "-test.timeout=1m")
			again.Env = append(os.Environ(), "UNDERSTUDY_GAUNTLET="+name)
			text, err := again.CombinedOutput()
			if err == nil {
				t.Errorf("it passed:\n%s", text)
			}
			want(t, string(text), test.says...)
			if !strings.Contains(strings.Join(test.says, ""), "blocked goroutines remain") && strings.Contains(string(text), "panic: deadlock") {
				t.Errorf("it panicked:\n%s", text)
			}
		})
	}
}

var gauntletsThatFail = map[string]struct {
	client  func(context.Context, *testkit.World) error
	options []testkit.Option
	says    []string
}{
	"a client that does not even work without faults": {
		func(context.Context, *testkit.World) error { return errors.New("no such file") }, nil,
		[]string{"without any fault, the client ends with: no such file"},
	},
	"a client that panics": {
		func(context.Context, *testkit.World) error { panic("no") }, nil,
		[]string{"without any fault, the client ends with: panic: no", "gauntlet_test.go:"},
	},
	"a client that never has enough": {
		func(_ context.Context, w *testkit.World) error {
			r, err := http.NewRequest("GET", w.URL("auth0")+"/api/v2/organizations", nil)
			for err == nil {
				repeat(w.Client(), r)
			}
			return err
		}, nil, []string{"without any fault, the client ends with: it made more than 10000 calls"},
	},
	"a failure that is not known": {provisions(tokenForEver), nil, []string{
		"--- FAIL: TestGauntletsThatFail/trials/token-expires-mid-run@auth0", "renewed_token: end", "again: go test -count=1 -run '^TestGauntletsThatFail$/^trials$/^token-expires-mid-run@auth0$'",
	}},
	"a failure that is known and is none": {provisions(none), []testkit.Option{testkit.KnownFailures("flapping-503@auth0", "flapping-503@nobody")}, []string{
		"it is known to fail, and is pass now: take it off the known failures", "there is no trial flapping-503@nobody to fail",
	}},
	"a body that is left open": {
		rude(func(_ context.Context, c *http.Client, r *http.Request) error {
			_, err := c.Do(r)
			return err
		}), nil,
		[]string{"--- FAIL: TestGauntletsThatFail/trials/teapot@auth0", "the body of GET /api/v2/organizations/name/nobody was never closed"},
	},
	"a goroutine that is left behind": {
		rude(func(_ context.Context, c *http.Client, r *http.Request) error {
			go poll()
			return errors.New("it goes on in the background")
		}), nil,
		[]string{"goroutine left behind: sleep in github.com/understudy-dev/understudy/testkit_test.poll", "blocked goroutines remain"},
	},
	"a wait that never ends": {
		rude(func(_ context.Context, c *http.Client, r *http.Request) error {
			<-make(chan bool)
			return nil
		}), nil,
		[]string{"48h0m0s after its context ended the client is still there", "goroutine left behind: chan receive in ", "blocked goroutines remain"},
	},
}
