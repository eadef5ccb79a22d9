package testkit_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2/clientcredentials"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/testkit"
)

const newOrganization = `{"name":"initech"}`

func TestForkSharesNothing(t *testing.T) {
	w := testkit.Start(t, testkit.Fixture("empty"), testkit.Seed(7))
	fork := w.Fork(t)

	do(t, fork, "POST", "/api/v2/organizations", newOrganization)

	if at := strings.Index(string(fork.Export().Format()), "name: initech"); at < 0 || strings.Contains(string(w.Export().Format()), "name: initech") {
		t.Errorf("the exports have it at %d of the fork, and in the world", at)
	}
	if _, body := do(t, w, "GET", "/api/v2/organizations", ""); body != "[]" {
		t.Errorf("the world sees its fork's organization: %s", body)
	}
	if _, body := do(t, fork, "GET", "/api/v2/organizations/name/initech", ""); !strings.Contains(body, "initech") {
		t.Errorf("the fork does not see its own: %s", body)
	}
	if n := len(w.Requests(testkit.Filter{Operation: "auth0.organizations.create"})); n != 0 {
		t.Errorf("the world's journal has %d calls of its fork", n)
	}
}

func TestForksAreGoneWithTheirTest(t *testing.T) {
	w := testkit.Start(t)
	for range emulator.MaxWorlds + 1 {
		f := &failing{TB: t}
		w.Fork(f)
		f.end()
		if f.failed {
			t.Fatal(f.said)
		}
	}
}

func TestRequestIsTakenEverywhere(t *testing.T) {
	w := testkit.Start(t, testkit.Strict())
	before := w.Snapshot()
	ask := func(w *testkit.World) {
		t.Helper()
		response, err := w.Client().Do(w.Auth0().Request(t, "GET", path, ""))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != 200 {
			t.Errorf("answered %d", response.StatusCode)
		}
	}
	ask(w)
	w.Advance(1000 * time.Hour)
	ask(w)
	ask(w.Fork(t).Fork(t))
	w.Restore(before)
	ask(w)
}

func TestRestoreGoesBack(t *testing.T) {
	w := testkit.Start(t)
	w.Freeze()
	before, began := w.Snapshot(), w.Now()
	do(t, w, "DELETE", path, "")
	w.Advance(time.Hour)

	w.Restore(before)

	if status, _ := do(t, w, "GET", path, ""); status != 200 {
		t.Errorf("the organization is still gone: %d", status)
	}
	if !w.Now().Equal(began) {
		t.Errorf("the clock says %v, want %v", w.Now(), began)
	}
}

func TestStateByTheSecondDoor(t *testing.T) {
	w := testkit.Start(t)
	id := w.Put("auth0", "organizations", newOrganization)
	if doc := w.Get("auth0", "organizations", id); !strings.Contains(doc, `"display_name":"initech"`) {
		t.Errorf("put %s", doc)
	}
	w.Delete("auth0", "organizations", id)
	if status, _ := do(t, w, "GET", "/api/v2/organizations/"+id, ""); status != 404 {
		t.Errorf("after Delete: %d", status)
	}
}

func TestTokensAreHeldToTheirScopes(t *testing.T) {
	w := testkit.Start(t, testkit.Strict())
	for token, want := range map[string]int{
		w.Auth0().Token():                       200,
		w.Auth0().Token("read:organizations"):   200,
		w.Auth0().Token("create:organizations"): 403,
		"a.stranger":                            400,
	} {
		request := w.Auth0().Request(t, "GET", path, "")
		request.Header.Set("Authorization", "Bearer "+token)
		response, err := (&http.Client{Transport: w.Transport()}).Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("a token answered %d, want %d", response.StatusCode, want)
		}
	}
}

// TestOAuthFindsTheClient: a library that fetches tokens by itself must not dial the real network.
func TestOAuthFindsTheClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := testkit.Start(t)
		c := clientcredentials.Config{ClientID: "any", ClientSecret: "secret", TokenURL: w.URL("auth0") + "/oauth/token",
			EndpointParams: map[string][]string{"audience": {"https://" + w.Auth0().Domain() + "/api/v2/"}}}
		client := c.Client(w.Context(t.Context()))
		response, err := client.Get(w.URL("auth0") + path)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != 200 {
			t.Errorf("with a fetched token: %d", response.StatusCode)
		}
		time.Sleep(25 * time.Hour) // the library fetches another one when this has expired
		if response, err = client.Get(w.URL("auth0") + path); err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		w.Saw(t, "auth0.oauth.token", 200, 200)
	})
}

func TestListenOpensRealPorts(t *testing.T) {
	w := testkit.Start(t)
	ports := w.Listen(t)
	response, err := http.Get(ports.HTTP + path)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != 401 {
		t.Errorf("with no credential: %d", response.StatusCode)
	}
	if pem, err := os.ReadFile(ports.CA); err != nil || !strings.Contains(string(pem), "BEGIN CERTIFICATE") || !strings.HasPrefix(ports.HTTPS, "https://") {
		t.Errorf("%+v: %v", ports, err)
	}
}

// TestTheClientNeverReadsAhead: status and first bytes arrive before the connection is reset in the middle of the body.
func TestTheClientNeverReadsAhead(t *testing.T) {
	for name, opts := range map[string][]testkit.Option{"plain": nil, "TLS and HTTP/2": {testkit.TLS()}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := testkit.Start(t, opts...)
				w.Play(t, scenarios.On("auth0.organizations.get").Phase(scenarios.MidBody).Network(scenarios.Network{Fault: scenarios.Reset}))
				response, err := w.Client().Do(w.Auth0().Request(t, "GET", path, ""))
				if err != nil || response.StatusCode != 200 {
					t.Fatalf("%v, %v", response, err)
				}
				defer response.Body.Close()
				if text, err := io.ReadAll(response.Body); err == nil || !strings.HasPrefix(string(text), `{"id":"`) {
					t.Errorf("read %q, %v", text, err)
				}
			})
		})
	}
}

// failing is a test that may fail without failing the one that watches it.
type failing struct {
	testing.TB
	cleanups []func()
	said     []string
	failed   bool
}

func (f *failing) Helper()                  {}
func (f *failing) Cleanup(fn func())        { f.cleanups = append(f.cleanups, fn) }
func (f *failing) Failed() bool             { return f.failed }
func (f *failing) Log(args ...any)          { f.said = append(f.said, args[0].(string)) }
func (f *failing) Context() context.Context { return f.TB.Context() }
func (f *failing) Errorf(format string, args ...any) {
	f.failed = true
	f.said = append(f.said, fmt.Sprintf(format, args...))
}
func (f *failing) Fatalf(format string, args ...any) {
	f.Errorf(format, args...)
	runtime.Goexit()
}

// run runs what may end its goroutine.
func (f *failing) run(what func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		what()
	}()
	<-done
}

// all is everything that was said.
func (f *failing) all() string { return strings.Join(f.said, "\n") }

func (f *failing) end() {
	for i := len(f.cleanups) - 1; i >= 0; i-- {
		f.cleanups[i]()
	}
}

func TestWhatFailsATest(t *testing.T) {
	for _, c := range []struct {
		name, want string
		run        func(f *failing, w *testkit.World)
	}{
		{"a forgotten body", "the body of GET /api/v2/connections was never closed", func(f *failing, w *testkit.World) {
			if _, err := w.Client().Do(w.Auth0().Request(f, "GET", "/api/v2/connections", "")); err != nil {
				t.Fatal(err)
			}
		}},
		{"one of a path that would break the line", "the body of GET /api/v2/connections/a%0ab was never closed", func(f *failing, w *testkit.World) {
			if _, err := w.Client().Do(w.Auth0().Request(f, "GET", "/api/v2/connections/a%0ab", "")); err != nil {
				t.Fatal(err)
			}
		}},
		{"a path that is not emulated", "GET /api/v2/branding was answered 501 not_emulated", func(f *failing, w *testkit.World) { do(f, w, "GET", "/api/v2/branding", "") }},
		{"one of which the vendor's own word is known", "GET /dev-orgs.nope was answered 404 route_not_found, for it is not emulated: {", func(f *failing, w *testkit.World) {
			visit(t, w, w.URL("devrev")+"/dev-orgs.nope", "Authorization", "any")
		}},
		{"the same of a caller who is not known", "GET /works.list was answered 401 ", func(f *failing, w *testkit.World) { visit(t, w, w.URL("devrev")+"/works.list") }},
		{"a path of no vendor", "GET /a/b was answered 404 unknown_path", func(f *failing, w *testkit.World) { visit(t, w, "https://nosuch.example/a/b") }},
		{"a world that there is not", "GET /w/typo/api/v2/connections was answered 404 unknown_world", func(f *failing, w *testkit.World) {
			visit(t, w, w.URL("auth0")+"/w/typo/api/v2/connections")
		}},
		{"other answers than it says", "answered [], want [200]", func(f *failing, w *testkit.World) { w.Saw(f, "auth0.organizations.get", 200) }},
		{"an unknown operation", `no operation "auth0.organization.get"`, func(f *failing, w *testkit.World) { w.Saw(f, "auth0.organization.get") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := &failing{TB: t}
			w := testkit.Start(f)
			c.run(f, w)
			f.end()
			if said := f.all(); !f.failed || !strings.Contains(said, c.want) {
				t.Errorf("failed: %v, said:\n%s", f.failed, said)
			} else if lines := strings.Count(said, "\n"); lines > 25 {
				t.Errorf("it said %d lines", lines)
			}
		})
	}
}

// visit gets a URL with these headers, and forgets the answer.
func visit(t *testing.T, w *testkit.World, url string, headers ...string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := w.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		t.Error(err)
	}
}

func TestAThousandWorldsAtOnce(t *testing.T) {
	for range 1000 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := testkit.Start(t)
				w.Play(t, scenarios.YAML(throttled))
				do(t, w, "POST", "/api/v2/organizations", newOrganization)
				rename(t, w, 1)
				do(t, w, "POST", "/api/v2/organizations", newOrganization)
				w.Saw(t, "auth0.organizations.create", 201, 409)
				w.Saw(t, "auth0.organizations.update", 429, 429, 200)
				w.Passed(t)
			})
		})
	}
}

func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		f := &failing{TB: b}
		testkit.Start(f)
		f.end()
	}
}

// BenchmarkStartAndCall is a whole test: a world, one call, its end.
func BenchmarkStartAndCall(b *testing.B) {
	for b.Loop() {
		f := &failing{TB: b}
		do(f, testkit.Start(f), "GET", path, "")
		f.end()
	}
}
