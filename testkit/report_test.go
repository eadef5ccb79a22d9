package testkit_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/testkit"
)

// said is what a test says that fails after some calls, without the names of its world and its package.
func said(t *testing.T, run func(f *failing, w *testkit.World)) string {
	t.Helper()
	f := &failing{TB: t}
	w := testkit.Start(f)
	run(f, w)
	f.end()
	if lines := strings.Count(f.all(), "\n") + 1; lines > 25 {
		t.Errorf("it said %d lines:\n%s", lines, f.all())
	}
	return f.all()
}

// want holds a text to parts of it, in this order.
func want(t *testing.T, text string, parts ...string) {
	t.Helper()
	rest := text
	for _, part := range parts {
		_, after, found := strings.Cut(rest, part)
		if !found {
			t.Fatalf("no %q here or after what comes before it:\n%s", part, text)
		}
		rest = after
	}
}

func TestAFailedTestTellsHowItWent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		text := said(t, func(f *failing, w *testkit.World) {
			w.Play(t, scenarios.On("auth0.organizations.update").Name("busy").Calls(1, 2).Fail("throttled").RetryAfter(time.Minute))
			rename(t, w, 0.5)
			f.Errorf("it was in a hurry")
		})
		want(t, text, "it was in a hurry", "world default, the last 3 of 3 exchanges:",
			"00:00:00.000 auth0.organizations.update", "429 too_many_requests by rule busy, told to wait 1m0s, came again after 30s",
			"00:00:30.000", "told to wait 1m0s, came again after 30s", "200\n",
			"again: go test -count=1 -run '^TestAFailedTestTellsHowItWent$'", "github.com/understudy-dev/understudy/testkit")
	})
}

func TestAFailedTestTellsWhatRulesWaitedFor(t *testing.T) {
	text := said(t, func(f *failing, w *testkit.World) {
		do(t, w, "PATCH", path, `{"display_name":"Acme"}`) // before the scenario: no near miss
		w.Play(t, scenarios.YAML(`
understudy: 1
rules:
  - {name: other, on: auth0.organizations.update, when: {path.id: org_other, body.display_name: {matches: "^Glo"}}, fail: throttled}
  - {name: late, on: auth0.organizations.update, calls: 3..4, fail: throttled}
  - {name: unasked, intent: deletes, fail: throttled}
  - {name: maybe, intent: creates, fail: throttled, optional: true}
`))
		for range 2 {
			do(t, w, "PATCH", path, `{"display_name":"Acme"}`)
		}
	})
	want(t, text, "rules of the scenario never fired", "exchanges:",
		`never fired: other: 2 calls came that it is about, and none where path.id is org_other and body.display_name is {matches: "^Glo"}; the last was PATCH `+path,
		"never fired: late: 2 calls came that it is about, but not at a time when it strikes: calls 3..4",
		"never fired: unasked: no call came of deletes")
	if strings.Contains(text, "maybe") {
		t.Errorf("it asks for an optional rule:\n%s", text)
	}

	text = said(t, func(f *failing, w *testkit.World) {
		w.Play(t, scenarios.YAML(`
understudy: 1
rules:
  - {name: door, listener: auth0, network: {tls: expired}}
  - {name: meddler, at: 20s, change: {update: auth0.organizations, where: {name: acme}, set: {display_name: Renamed}}}
  - {name: a, intent: deletes, fail: throttled}
  - {name: b, intent: creates, fail: throttled}
  - {name: c, intent: lists, fail: throttled}
`))
	})
	want(t, text, "door: no connection came to what it is about, auth0", "meddler: its moment never came", "never fired: a", "… and 2 more of this kind")
}

// TestAFailedTestIsBrief: whatever goes wrong at once, 25 lines say it.
func TestAFailedTestIsBrief(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		text := said(t, func(f *failing, w *testkit.World) {
			w.Play(t, scenarios.By(scenarios.Deletes).Name("unasked").Fail("throttled"))
			for i := range 40 {
				do(t, w, "GET", fmt.Sprintf("/api/v2/branding/%d", i), "")
				if _, err := w.Client().Do(w.Auth0().Request(t, "GET", path+"?n="+fmt.Sprint(i), "")); err != nil {
					t.Fatal(err)
				}
			}
		})
		want(t, text, "the body of GET "+path+" was never closed", "… and 37 more", "GET /api/v2/branding/0 was answered", "… and 37 more",
			"rules of the scenario never fired", "of 80 exchanges", "never fired: unasked", "again: ")
		if lines := strings.Count(text, "\n") + 1; lines != 25 {
			t.Errorf("it uses %d of 25 lines:\n%s", lines, text)
		}
	})
}

func TestATestThatPassesSaysNothing(t *testing.T) {
	if text := said(t, func(_ *failing, w *testkit.World) { do(t, w, "GET", path, "") }); text != "" {
		t.Errorf("it said %s", text)
	}
}

// TestLeaks runs tests that leave something behind in a process of their own: synctest panics there.
func TestLeaks(t *testing.T) {
	if os.Getenv("UNDERSTUDY_LEAK") != "" {
		synctest.Test(t, func(t *testing.T) { leaks[os.Getenv("UNDERSTUDY_LEAK")].run(t, testkit.Start(t)) })
		return
	}
	for name, leak := range leaks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			output := t.TempDir()
			again := exec.Command(os.Args[0], "-test.run=^TestLeaks$", "-test.timeout=1m", "-test.outputdir="+output)
			if artifacts {
				again.Args = append(again.Args, "-test.artifacts")
			}
			again.Env = append(os.Environ(), "UNDERSTUDY_LEAK="+name)
			text, err := again.CombinedOutput()
			if err == nil {
				t.Errorf("it passed:\n%s", text)
			}
			want(t, string(text), leak.says...)
			if artifacts {
				holdJournal(t, output)
			}
		})
	}
}

// holdJournal holds the artifact to the one exchange that each leak has had.
func holdJournal(t *testing.T, folder string) {
	t.Helper()
	var text []byte
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasPrefix(d.Name(), "journal-default-") && text == nil {
			text, err = os.ReadFile(path)
		}
		return err
	})
	if err != nil || text == nil {
		t.Fatalf("no journal: %v", err)
	}
	var entry struct{ Operation, Body string }
	if err := json.Unmarshal(text, &entry); err != nil || bytes.Count(text, []byte("\n")) != 1 || entry.Operation != "auth0.organizations.get" || entry.Body == "" {
		t.Errorf("%v: %s", err, text)
	}
}

var leaks = map[string]struct {
	says []string
	run  func(t *testing.T, w *testkit.World)
}{
	"a body": {[]string{"the body of GET " + path + " was never closed", "exchanges", "again: go test", "FAIL"}, func(t *testing.T, w *testkit.World) {
		if _, err := w.Client().Do(w.Auth0().Request(t, "GET", path, "")); err != nil {
			t.Fatal(err)
		}
	}},
	"a sleeper": {[]string{
		"auth0.organizations.get", "goroutine left behind: sleep in github.com/understudy-dev/understudy/testkit_test.poll, ", "report_test.go:", "started at ", "report_test.go:", "again: go test", "blocked goroutines remain",
	}, func(t *testing.T, w *testkit.World) {
		do(t, w, "GET", path, "")
		go poll()
	}},
	"a crowd": {[]string{"goroutine left behind: chan receive in ", "… and 7 more of this kind", "blocked goroutines remain"}, func(t *testing.T, w *testkit.World) {
		do(t, w, "GET", path, "")
		for range 10 {
			go func() { <-make(chan bool) }()
		}
	}},
}

func poll() {
	for {
		time.Sleep(time.Hour)
	}
}

// TestNobodyIsBlamedWhoEnds: what the test's context, a cleanup or a second world ends is no leak.
func TestNobodyIsBlamedWhoEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &failing{TB: t}
		ctx, cancel := context.WithCancel(t.Context())
		other := testkit.Start(t)
		do(t, other, "GET", path, "")
		w := testkit.Start(f)
		go func() {
			<-ctx.Done()
			do(f, w, "GET", path, "")
		}()
		cancel()
		w.Await(t.Context(), testkit.Filter{}, 1)
		f.end()
		if f.said != nil {
			t.Errorf("it said %s", f.all())
		}
	})
}

func TestAwait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := testkit.Start(t)
		began := time.Now()
		go func() {
			for range 3 {
				time.Sleep(time.Minute)
				do(t, w, "GET", path, "")
			}
		}()
		if came := w.Await(t.Context(), testkit.Filter{Operation: "auth0.organizations.get", Limit: 1}, 3); len(came) != 3 || time.Since(began) != 3*time.Minute {
			t.Errorf("%d came after %v", len(came), time.Since(began))
		}

		f := &failing{TB: t}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		impatient := testkit.Start(f)
		f.run(func() { impatient.Await(ctx, testkit.Filter{Status: http.StatusOK}, 1) })
		want(t, f.all(), "testkit: waiting for calls answered 200: 0 of 1 exchanges came: context deadline exceeded")
		if waited := time.Since(began); waited != 3*time.Minute+time.Hour {
			t.Errorf("it waited %v", waited)
		}
		f.run(func() {
			impatient.Await(ctx, testkit.Filter{Vendor: "auth0", Operation: "auth0.organizations.get", Since: 3, Undeclared: true}, 2)
		})
		want(t, f.all(), "waiting for calls of auth0.organizations.get after entry 3 that no table declares: 0 of 2 exchanges came")
		f.end()
	})
}

func TestFiltersThatNothingPasses(t *testing.T) {
	for _, c := range []struct {
		filter testkit.Filter
		want   string
	}{
		{testkit.Filter{Vendor: "auth"}, `testkit: no vendor "auth"; did you mean "auth0"?`},
		{testkit.Filter{Operation: "auth0.organizations.lsit"}, `testkit: no operation "auth0.organizations.lsit"; did you mean "auth0.organizations.list"?`},
	} {
		f, g := &failing{TB: t}, &failing{TB: t}
		f.run(func() { testkit.Start(f).Requests(c.filter) })
		want(t, f.all(), c.want)
		f.end()
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		g.run(func() { testkit.Start(g).Await(ended, c.filter, 1) }) // and does not wait
		want(t, g.all(), c.want)
		g.end()
	}
}

func TestWhatABubbleRefuses(t *testing.T) {
	f := &failing{TB: t}
	outside := testkit.Start(f)
	synctest.Test(t, func(t *testing.T) {
		f.run(func() { outside.Await(t.Context(), testkit.Filter{}, 1) })
		want(t, f.all(), "Await inside a synctest bubble of a world that is outside")
		_, err := outside.Client().Do(outside.Auth0().Request(t, "POST", "/api/v2/organizations", "{}"))
		if err == nil || !strings.Contains(err.Error(), "testkit: a call inside a synctest bubble to a world that is outside, or the reverse") {
			t.Errorf("a call ends with %v", err)
		}
		g := &failing{TB: t}
		f.run(func() { testkit.Start(t).Listen(g) })
		want(t, g.all(), "Listen inside a synctest bubble: a waiting socket stops virtual time; use Client, or call it outside")
	})
	f.end()

	inner := &failing{TB: t} // hides the deadline, and ends outside
	timed := &failing{TB: t}
	synctest.Test(t, func(t *testing.T) {
		testkit.Start(inner)
		timed.run(func() { testkit.Start(withDeadline{timed}) })
		want(t, timed.all(), "the world was started inside a synctest bubble with a t from outside")
		do(t, testkit.Start(t), "GET", path, "") // its own t
	})
	inner.end()
	want(t, inner.all(), "the world was started inside a synctest bubble with a t from outside, or the reverse: give Start and Fork the t of the bubble")
}

// withDeadline is a test outside of bubbles, which has one unless -timeout is 0.
type withDeadline struct{ *failing }

func (withDeadline) Deadline() (time.Time, bool) { return time.Now().Add(time.Minute), true }
