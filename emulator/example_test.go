package emulator_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/scenarios"
)

// call sends a request with a credential that lenient worlds take, and prints status and body.
func call(client *http.Client, method, url, body string) {
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		fmt.Println(err)
		return
	}
	request.Header.Set("Authorization", "Bearer any")
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	fmt.Println(response.StatusCode, string(text))
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// An emulator on real ports.
func ExampleEmulator_Start() {
	dir := must(os.MkdirTemp("", "understudy"))
	defer os.RemoveAll(dir)
	e := must(emulator.New(
		emulator.WithHTTP("127.0.0.1:0"), emulator.WithHTTPS("127.0.0.1:0"), emulator.WithCA(dir), emulator.WithHosts("sso.test"),
		emulator.WithVendorListener("auth0", "127.0.0.1:0"), emulator.WithControlToken("secret"),
		emulator.WithLog(func(entry emulator.Entry, _ time.Duration) { fmt.Println(entry.Operation, entry.Status) }),
	))
	check(e.Start())
	defer e.Close()

	call(http.DefaultClient, "GET", e.Listeners().HTTP+"/api/v2/organizations/none", "")
	// Output:
	// auth0.organizations.get 404
	// 404 {"statusCode":404,"error":"Not Found","message":"No organization found by that id or name"}
}

// A world without any port: its handler, and what it remembers.
func ExampleEmulator_Handler() {
	e := must(emulator.New(emulator.WithAuth("strict"), emulator.WithLimits("on"), emulator.WithSeed(7), emulator.WithCheckedReplies()))
	recorder := newRecorder()
	request := must(http.NewRequest("GET", "/api/v2/organizations", nil))

	e.Handler().ServeHTTP(recorder, request)

	entry := e.Default().Journal(emulator.Filter{Limit: 1})[0]
	fmt.Println(entry.Operation, entry.Status, entry.Code, "answered by", entry.Stage)
	e.Default().ClearJournal()
	fmt.Println(len(e.Default().Journal(emulator.Filter{})))
	// Output:
	// auth0.organizations.list 401 missing_authentication answered by authenticate
	// 0
}

// An in-memory network: https URLs cost no handshake, whatever host they name.
func ExampleWorld_Open() {
	e := must(emulator.New())
	endpoint := must(e.Default().Open(false))
	defer endpoint.Close()
	transport := endpoint.Transport()
	defer transport.CloseIdleConnections()

	call(&http.Client{Transport: transport}, "GET", "https://tenant.example/api/v2/organizations/name/none", "")
	conn := must(endpoint.Dial(context.Background(), "tcp", "tenant.example:80"))
	fmt.Println(conn.Close())
	// Output:
	// 404 {"statusCode":404,"error":"Not Found","message":"No organization found by that id or name"}
	// <nil>
}

// All that there is, by kinds and natural keys.
func ExampleWorld_Objects() {
	w := must(emulator.New()).Default()
	for _, o := range w.Objects()["auth0.organizations"] {
		fmt.Println(o.ID, o.Key)
	}
	// Output:
	// org_Acme000000000001 acme
	// org_Brightforge00001 brightforge
}

// Real ports for one world.
func ExampleWorld_Listen() {
	e := must(emulator.New())
	world := must(e.CreateWorld("mine", "empty"))
	ports := must(world.Listen("127.0.0.1:0", "127.0.0.1:0"))
	defer ports.Close()

	call(http.DefaultClient, "GET", ports.HTTP+"/api/v2/organizations", "")
	// Output: 200 []
}

// What a process is given that shall reach a world.
func ExampleWorld_Env() {
	w := must(emulator.New()).Default()
	ports := must(w.Listen("127.0.0.1:0", "127.0.0.1:0"))
	defer ports.Close()
	bundle := filepath.Join(os.TempDir(), "understudy-example.pem")
	check(os.WriteFile(bundle, emulator.TrustBundle(ports.CertPEM), 0o600))
	defer os.Remove(bundle)

	for _, pair := range must(w.Env(ports.Listeners, bundle)) {
		if name, value, _ := strings.Cut(pair, "="); name == "AUTH0_DOMAIN" || name == "CURL_CA_BUNDLE" {
			fmt.Println(name, "https://"+value == ports.Vendors["auth0"], value == bundle)
		}
	}
	// Output:
	// AUTH0_DOMAIN true false
	// CURL_CA_BUNDLE false true
}

// Worlds are isolated copies.
func ExampleEmulator_CreateWorld() {
	e := must(emulator.New(emulator.WithFixture(must(fixtures.Load("empty"))), emulator.WithFixtures(nil)))
	one := must(e.CreateWorld("one", ""))
	must(one.Put("auth0", "organizations", `{"name":"acme"}`))
	two := must(one.Fork("two"))

	check(one.Reset(""))

	for _, name := range e.Worlds() {
		w := e.World(name)
		fmt.Println(w.Name(), "from", w.Fixture(), "changed", w.Version() > one.Version())
	}
	check(e.DeleteWorld("one"))
	fmt.Println(e.DeleteWorld("one"), two.Frozen())
	// Output:
	// default from empty changed false
	// one from empty changed false
	// two from empty changed true
	// not found: a world "one" false
}

// Objects by the second door, past the wire.
func ExampleWorld_Put() {
	w := must(emulator.New()).Default()
	id := must(w.Put("auth0", "organizations", `{"id":"org_0123456789abcdef","name":"initech"}`))
	fmt.Println(must(w.Get("auth0", "organizations", id)) != "")
	check(w.Delete("auth0", "organizations", id))
	_, err := w.Get("auth0", "organizations", id)
	fmt.Println(err)
	// Output:
	// true
	// not found: auth0 organizations "org_0123456789abcdef"
}

// A snapshot holds everything that an answer may depend on.
func ExampleWorld_Snapshot() {
	w := must(emulator.New()).Default()
	before := w.Snapshot()
	must(w.Put("auth0", "organizations", `{"name":"initech"}`))
	changed := w.Version()
	w.Restore(before)
	fmt.Println(w.Version() < changed)
	// Output: true
}

// An export is a fixture: another emulator can start from it.
func ExampleWorld_Export() {
	w := must(emulator.New()).Default()
	f := w.Export()
	check(emulator.CheckFixture(f))
	check(w.Import(f))
	fmt.Println(f.Name, string(w.Export().Format()) == string(f.Format()))
	// Output: acme true
}

// The default world goes on from an export; others start from the fixture.
func ExampleWithImport() {
	w := must(emulator.New()).Default()
	must(w.Put("auth0", "organizations", `{"id":"org_0123456789abcdef","name":"initech"}`))

	e := must(emulator.New(emulator.WithImport(w.Export())))
	check(e.Default().Reset(""))
	fmt.Println(must(e.Default().Get("auth0", "organizations", "org_0123456789abcdef")) != "")
	// Output: true
}

// Time stands still until it is moved.
func ExampleWorld_Advance() {
	w := must(emulator.New()).Default()
	w.Freeze()
	began := w.Now()
	check(w.Advance(90 * time.Second))
	fmt.Println(w.Now().Sub(began), w.Frozen())
	w.Resume()
	fmt.Println(w.Frozen(), emulator.InBubble())
	// Output:
	// 1m30s true
	// false false
}

func ExampleWorld_Play() {
	e := must(emulator.New())
	busy := scenarios.On("auth0.organizations.*").Name("busy").Fail("throttled").RetryAfter(2 * time.Second)
	if err := e.Default().Play(scenarios.New("busy").Rule(busy).Expect(scenarios.Waited("busy"))); err != nil {
		fmt.Println(err)
	}
	endpoint := must(e.Default().Open(false))
	defer endpoint.Close()
	transport := endpoint.Transport()
	defer transport.CloseIdleConnections()
	call(&http.Client{Transport: transport}, "GET", "http://auth0.localhost/api/v2/organizations", "")
	// Output: 429 {"statusCode":429,"error":"Too Many Requests","message":"Global limit has been reached","errorCode":"too_many_requests"}
}

func ExampleCatalogue() {
	lists := scenarios.Select([]string{"auth0.organizations.*"}, scenarios.Lists, emulator.Catalogue().Operations)
	fmt.Println(lists[0].ID, lists[0].Intents)
	// Output: auth0.organizations.list [reads lists]
}

func ExampleWithoutMarkers() {
	e := must(emulator.New(emulator.WithoutMarkers()))
	if err := e.Default().Play(scenarios.On("auth0.organizations.list").Name("down").Fail("unavailable")); err != nil {
		fmt.Println(err)
	}
	answer := newRecorder()
	request, _ := http.NewRequest("GET", "http://auth0.localhost/api/v2/organizations", nil)
	request.Header.Set("Authorization", "Bearer any")
	e.Handler().ServeHTTP(answer, request)
	fmt.Printf("%q %s\n", answer.Header().Get("X-Understudy-Rule"), e.Default().Journal(emulator.Filter{})[0].Rule)
	// Output: "" down
}

func ExampleWorld_Release() {
	w := must(emulator.New()).Default()
	if err := w.Play(scenarios.By(scenarios.Creates).Hold(scenarios.Hold{Release: "go"})); err != nil {
		fmt.Println(err)
	}
	fmt.Println(w.Release("go")) // no call is held yet, and none will be
	// Output: 0 <nil>
}

// What goes on in another goroutine is waited for, and not slept for.
func ExampleWorld_Await() {
	e := must(emulator.New())
	go func() {
		request, _ := http.NewRequest("GET", "http://auth0.localhost/api/v2/organizations", nil)
		e.Handler().ServeHTTP(newRecorder(), request)
	}()
	came, err := e.Default().Await(context.Background(), emulator.Filter{Operation: "auth0.organizations.list"}, 1)
	fmt.Println(len(came), came[0].Status, err)
	// Output: 1 401 <nil>
}

func ExampleWorld_Verdicts() {
	w := must(emulator.New()).Default()
	cut := scenarios.By(scenarios.Reads).Name("cut").Calls(1, 1).Phase(scenarios.MidBody).Network(scenarios.Network{Fault: scenarios.Reset})
	if err := w.Play(scenarios.New("reset-mid-body").Rule(cut).Expect(scenarios.Reconciled("cut"))); err != nil {
		fmt.Println(err)
	}
	for _, v := range w.Verdicts() {
		fmt.Print(v)
	}
	// Output: UNPROVEN  reconciled: cut — the rule cut never fired: no call was one that it is about
}

func ExampleWorld_Trace() {
	e := must(emulator.New())
	w := e.Default()
	if err := w.Play(scenarios.On("auth0.organizations.get").Name("none").Fail("not_found")); err != nil {
		fmt.Println(err)
	}
	request, _ := http.NewRequest("GET", "http://auth0.localhost/api/v2/organizations/acme", nil)
	request.Header.Set("Authorization", "Bearer any")
	e.Handler().ServeHTTP(newRecorder(), request)
	for _, c := range w.Trace().Calls {
		fmt.Println(c.Operation, c.Status, c.Rules)
	}
	// Output: auth0.organizations.get 404 [none]
}

func ExampleWorld_Scenario() {
	w := must(emulator.New()).Default()
	fmt.Println(w.Scenario())
	if err := w.Play(scenarios.On("auth0.organizations.list").Delay(time.Second)); err != nil {
		fmt.Println(err)
	}
	rule := w.Scenario().Rules[0]
	fmt.Println(rule.Name, rule.Matched, rule.Fired)
	w.Disarm()
	fmt.Println(w.Scenario())
	// Output:
	// <nil>
	// rule-1 0 0
	// <nil>
}

func ExampleVendors() {
	fmt.Println(emulator.Vendors())
	// Output: [auth0 atlas devrev qovery]
}

type recorder struct {
	http.ResponseWriter
	header http.Header
}

func newRecorder() *recorder                        { return &recorder{header: http.Header{}} }
func (r *recorder) Header() http.Header             { return r.header }
func (r *recorder) WriteHeader(int)                 {}
func (r *recorder) Write(p []byte) (n int, _ error) { return len(p), nil }
