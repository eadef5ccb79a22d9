package container_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/auth0/go-auth0/management"
	"github.com/testcontainers/testcontainers-go"
	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/testkit/container"
)

// The examples need a Docker engine, so that TestContainer runs them and holds what they print.

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

// standIn is a *testing.T of no test.
type standIn struct{ failing }

func (t *standIn) Context() context.Context { return context.Background() }
func (t *standIn) Name() string             { return "TestProvision" }

// Auth0's own SDK against a container.
func ExampleRun() {
	ctx := context.Background()
	c, err := container.Run(ctx, image, container.WithFixture("acme"), container.WithLimits("auth0=b2b"), container.WithAuth("lenient"))
	defer func() { check(testcontainers.TerminateContainer(c)) }()
	check(err)

	api := must(management.New(must(c.HTTPSURL(ctx)), management.WithStaticToken("any"), management.WithClient(must(c.Client(ctx)))))
	organization := must(api.Organization.ReadByName(ctx, "acme"))
	fmt.Println(organization.GetID(), organization.GetDisplayName())
	// Prints:
	// org_Acme000000000001 Acme
}

// A client in another process is given the URL and the certificate.
func ExampleContainer_CA() {
	ctx := context.Background()
	c, err := container.Run(ctx, image)
	defer func() { check(testcontainers.TerminateContainer(c)) }()
	check(err)

	folder := must(os.MkdirTemp("", "understudy"))
	defer os.RemoveAll(folder)
	ca := filepath.Join(folder, "ca.pem")
	check(os.WriteFile(ca, must(c.CA(ctx)), 0o600))
	answer := must(exec.Command("curl", "--silent", "--cacert", ca, must(c.HTTPSURL(ctx))+"/_understudy/health").Output())
	fmt.Print(string(answer))
	// Prints:
	// {"status":"ok"}
}

// Tests that run in parallel share one container, and take a world each.
func ExampleContainer_World() {
	ctx := context.Background()
	c, err := container.Run(ctx, image)
	defer func() { check(testcontainers.TerminateContainer(c)) }()
	check(err)

	for _, fixture := range []string{"acme", "empty"} {
		w := must(c.World(ctx, "test-of-"+fixture, fixture))
		api := must(management.New(must(c.HTTPSURL(ctx)), management.WithStaticToken("any"), management.WithClient(must(w.Client(ctx)))))
		fmt.Println(fixture, len(must(api.Organization.List(ctx)).Organizations))
	}
	// Prints:
	// acme 2
	// empty 0
}

// In a test, which has a t of its own: it ends as those of testkit do.
func ExampleStart() {
	t := &standIn{}
	defer t.end()
	c := container.Start(t, image)
	w := must(c.World(t.Context(), "test-provision"))
	w.Play(t, scenarios.On("auth0.organizations.get").Name("busy").Calls(1, 1).Fail("too_many_requests").RetryAfter(time.Second))

	api := must(management.New(must(c.HTTPSURL(t.Context())), management.WithStaticToken("any"), management.WithClient(must(w.Client(t.Context())))))
	must(api.Organization.Read(t.Context(), acme)) // go-auth0 comes again by itself

	w.Saw(t, "auth0.organizations.get", 429, 200)
	w.Passed(t)
	fmt.Println(t.failed)
	// Prints:
	// false
}

// A client in another process has a URL and a credential that lead to a world; what it does there can be awaited and judged.
func ExampleWorld_URL() {
	ctx := context.Background()
	c, err := container.Run(ctx, image, container.WithAuth("strict"))
	defer func() { check(testcontainers.TerminateContainer(c)) }()
	check(err)

	w := must(c.World(ctx, "mine"))
	token := must(w.Mint(ctx, "auth0", emulator.Credential{Scopes: []string{"read:organizations"}}))
	for _, url := range []string{must(w.URL(ctx)), must(c.URL(ctx))} { // the token leads to its world by itself
		request := must(http.NewRequest("GET", url+"/api/v2/organizations/"+acme, nil))
		request.Header.Set("Authorization", "Bearer "+gjson.Get(token, "access_token").String())
		response := must(http.DefaultClient.Do(request))
		response.Body.Close()
	}

	came := must(w.Await(ctx, emulator.Filter{Operation: "auth0.organizations.get"}, 2))
	refused := must(w.Requests(ctx, emulator.Filter{Status: 401}))
	_, err = w.Verdicts(ctx)
	fmt.Println(len(came), len(refused), err)
	check(w.Delete(ctx))
	// Prints:
	// 2 0 understudy: GET verdicts?world=mine: 404 no_scenario: No scenario is armed.
}
