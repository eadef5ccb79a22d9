package testkit_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/mongodb-forks/digest"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/testkit"
)

// test runs what a test function holds, and prints what it says if it fails.
func test(run func(t testing.TB)) {
	t := &standIn{}
	t.ctx, t.cancel = context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		run(t)
	}()
	<-done
	t.cancel()
	t.end()
	fmt.Print(t.all())
}

type standIn struct {
	failing
	ctx    context.Context
	cancel context.CancelFunc
}

func (t *standIn) Context() context.Context { return t.ctx }
func (t *standIn) Name() string             { return "Test" }
func (t *standIn) TempDir() string {
	folder, err := os.MkdirTemp("", "testkit")
	if err != nil {
		panic(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	return folder
}

func (t *standIn) Setenv(name, value string) {
	before, had := os.LookupEnv(name)
	os.Setenv(name, value)
	t.Cleanup(func() {
		if os.Unsetenv(name); had {
			os.Setenv(name, before)
		}
	})
}

// send sends a request and prints the status.
func send(client *http.Client, r *http.Request) {
	response, err := client.Do(r)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	fmt.Println(r.Method, r.URL.Path, response.StatusCode, err)
}

func ExampleStart() {
	test(func(t testing.TB) {
		w := testkit.Start(t, testkit.Fixture("acme"), testkit.Limits("auth0=b2b"), testkit.Strict(), testkit.Seed(7), testkit.TLS())

		send(w.Client(), w.Auth0().Request(t, "GET", path, ""))

		w.Saw(t, "auth0.organizations.get", 200)
	})
	// Output:
	// GET /api/v2/organizations/org_Acme000000000001 200 <nil>
}

// A client that does not come back after a refusal fails its test.
func ExampleWorld_Play() {
	test(func(t testing.TB) {
		w := testkit.Start(t)
		w.Play(t, scenarios.YAML(`
understudy: 1
rules: [{name: busy, on: auth0.organizations.update, calls: 1, fail: too_many_requests}]
expect: [{calls: {on: [auth0.organizations.update], at_least: 2}}]
`))
		rename := func() { send(w.Client(), w.Auth0().Request(t, "PATCH", path, `{"display_name":"Acme"}`)) }
		rename()
		fmt.Println(w.Verdicts()[0].Outcome, w.Scenario().Rules[0].Fired)
		rename()
		w.Passed(t)
		w.Disarm() // from here on nothing more happens to calls
	})
	// Output:
	// PATCH /api/v2/organizations/org_Acme000000000001 429 <nil>
	// fail 1
	// PATCH /api/v2/organizations/org_Acme000000000001 200 <nil>
}

// Two calls wait until the test lets them go.
func ExampleWorld_Release() {
	test(func(t testing.TB) {
		w := testkit.Start(t)
		w.Play(t, scenarios.By(scenarios.Creates).Hold(scenarios.Hold{Release: "go"}))
		statuses := make(chan int)
		for range 2 {
			go func() {
				response, err := w.Client().Do(w.Auth0().Request(t, "POST", "/api/v2/organizations", `{"name":"initech"}`))
				if err != nil {
					t.Errorf("%v", err)
					return
				}
				response.Body.Close()
				statuses <- response.StatusCode
			}()
		}
		for w.Scenario().Rules[0].Matched < 2 {
			time.Sleep(time.Millisecond)
		}
		fmt.Println("released", w.Release("go"))
		fmt.Println(<-statuses+<-statuses == 201+409)
	})
	// Output:
	// released 2
	// true
}

func ExampleWorld_Await() {
	test(func(t testing.TB) {
		w := testkit.Start(t)
		done := make(chan struct{})
		go func() { // what the test started in the background
			defer close(done)
			send(w.Client(), w.Auth0().Request(t, "GET", path, ""))
		}()

		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		came := w.Await(ctx, testkit.Filter{Vendor: "auth0"}, 1)

		fmt.Println(came[0].Operation, len(w.Requests(testkit.Filter{Status: 404})))
		<-done
	})
	// Unordered output:
	// GET /api/v2/organizations/org_Acme000000000001 200 <nil>
	// auth0.organizations.get 0
}

// State by the second door, past the wire.
func ExampleWorld_Put() {
	test(func(t testing.TB) {
		w := testkit.Start(t)
		id := w.Put("auth0", "organizations", `{"name":"initech"}`)
		send(w.Client(), w.Auth0().Request(t, "GET", "/api/v2/organizations/name/initech", ""))
		fmt.Println(strings.Contains(w.Get("auth0", "organizations", id), `"display_name":"initech"`))
		w.Delete("auth0", "organizations", id)
		send(w.Client(), w.Auth0().Request(t, "GET", "/api/v2/organizations/name/initech", ""))
	})
	// Output:
	// GET /api/v2/organizations/name/initech 200 <nil>
	// true
	// GET /api/v2/organizations/name/initech 404 <nil>
}

func ExampleWorld_Fork() {
	test(func(t testing.TB) {
		w := testkit.Start(t, testkit.Fixture("empty"))
		before := w.Snapshot()
		w.Put("auth0", "organizations", `{"name":"initech"}`)
		fork := w.Fork(t)
		w.Restore(before)
		for _, world := range []*testkit.World{w, fork} {
			fmt.Println(strings.Contains(string(world.Export().Format()), "name: initech"))
		}
	})
	// Output:
	// false
	// true
}

// Outside a bubble tests freeze and advance; inside one a world's time is the bubble's.
func ExampleWorld_Advance() {
	test(func(t testing.TB) {
		w := testkit.Start(t, testkit.Strict())
		w.Freeze()
		began := w.Now()
		token := w.Auth0().Token("read:organizations")
		w.Advance(25 * time.Hour) // a token's day is over
		fmt.Println(w.Now().Sub(began))

		r := w.Auth0().Request(t, "GET", path, "")
		r.Header.Set("Authorization", "Bearer "+token)
		send(w.Client(), r)
	})
	// Output:
	// 25h0m0s
	// GET /api/v2/organizations/org_Acme000000000001 401 <nil>
}

// A program in another process finds the world by its environment.
func ExampleWorld_Env() {
	test(func(t testing.TB) {
		w := testkit.Start(t)
		ports := w.Listen(t)
		child := exec.Command(os.Args[0], "-test.run=^$") // the program under test
		child.Env = append(os.Environ(), w.Env()...)
		fmt.Println(child.Run())

		w.Setenv(t) // for what this process starts from here on, or reads
		fmt.Println("https://"+os.Getenv("AUTH0_DOMAIN") == ports.Vendors["auth0"], os.Getenv("DEVREV_ENDPOINT") == ports.Vendors["devrev"])
	})
	// Output:
	// <nil>
	// true true
}

// SDKs that take a domain and an *http.Client, or a transport, get the world's.
func ExampleWorld_Auth0() {
	test(func(t testing.TB) {
		w := testkit.Start(t, testkit.Strict())
		for _, url := range []string{"https://" + w.Auth0().Domain(), w.Auth0().URL(), w.URL("auth0")} {
			r, err := http.NewRequestWithContext(t.Context(), "GET", url+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+w.Auth0().Token("read:organizations"))
			send(&http.Client{Transport: w.Transport()}, r)
		}
	})
	// Output:
	// GET /api/v2/organizations/org_Acme000000000001 200 <nil>
	// GET /api/v2/organizations/org_Acme000000000001 200 <nil>
	// GET /api/v2/organizations/org_Acme000000000001 200 <nil>
}

// An API key, by digest, and a service account, whose library fetches its tokens through the context's client.
func ExampleWorld_Atlas() {
	test(func(t testing.TB) {
		w := testkit.Start(t, testkit.Strict())
		public, private := w.Atlas().APIKey()
		id, secret := w.Atlas().ServiceAccount()
		account := clientcredentials.Config{ClientID: id, ClientSecret: secret, TokenURL: w.Atlas().URL() + "/api/oauth/token"}
		for _, client := range []*http.Client{
			{Transport: digest.NewTransportWithHTTPRoundTripper(public, private, w.Transport())},
			account.Client(w.Context(t.Context())),
		} {
			r, err := http.NewRequestWithContext(t.Context(), "GET", w.Atlas().URL()+"/api/atlas/v2/orgs", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Accept", "application/vnd.atlas.2025-03-12+json")
			send(client, r)
		}
	})
	// Output:
	// GET /api/atlas/v2/orgs 200 <nil>
	// GET /api/atlas/v2/orgs 200 <nil>
}

// DevRev and Qovery take tokens that act for a role.
func ExampleWorld_DevRev() {
	test(func(t testing.TB) {
		w := testkit.Start(t, testkit.Strict())
		for url, authorization := range map[string]string{
			w.DevRev().URL() + "/dev-users.self": w.DevRev().Token("member"),
			w.Qovery().URL() + "/organization":   "Token " + w.Qovery().Token("viewer"),
		} {
			r, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", authorization)
			send(w.Client(), r)
		}
	})
	// Unordered output:
	// GET /dev-users.self 200 <nil>
	// GET /organization 200 <nil>
}
