package container_test

import (
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/auth0/go-auth0/management"
	"github.com/testcontainers/testcontainers-go"
	"github.com/tidwall/sjson"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/testkit/container"
)

const acme = "org_Acme000000000001"

// TestContainer builds the image and drives containers of it. It is one test, because the image goes with it.
func TestContainer(t *testing.T) {
	build(t)
	c := container.Start(t, image)
	client := must(c.Client(t.Context()))

	t.Run("HTTP", func(t *testing.T) {
		api := sdk(t, must(c.URL(t.Context())), client, management.WithInsecure())
		rename(t, api, "Acme over HTTP")
	})
	t.Run("HTTPS", func(t *testing.T) {
		api := sdk(t, must(c.HTTPSURL(t.Context())), client, management.WithStaticToken("any"))
		if got := displayName(t, api); got != "Acme over HTTP" {
			t.Errorf("display name %q", got)
		}
		rename(t, api, "Acme")
	})
	t.Run("a client without its certificate", func(t *testing.T) {
		if response, err := http.Get(must(c.HTTPSURL(t.Context())) + "/_understudy/health"); err == nil {
			response.Body.Close()
			t.Error("it got through")
		}
	})
	t.Run("HTTPS by go-auth0 v2", func(t *testing.T) { testV2(t, c) })
	t.Run("worlds", func(t *testing.T) { testWorlds(t, c) })
	t.Run("scenarios", func(t *testing.T) { testScenarios(t, c) })
	t.Run("reports", func(t *testing.T) { testReports(t, c) })
	t.Run("await", func(t *testing.T) { testAwait(t, c) })
	t.Run("credentials", testCredentials)
	t.Run("an engine at another address", func(t *testing.T) {
		if host := must(c.Host(t.Context())); host != "localhost" || runtime.GOOS != "linux" {
			t.Skipf("the engine is at %s; on this system it has no second address that is known to work", host)
		}
		t.Setenv(hostOverride, "127.0.0.2")
		c := container.Start(t, image)
		if got := get(t, must(c.Client(t.Context())), must(c.HTTPSURL(t.Context()))); got.status != 200 {
			t.Errorf("%+v", got)
		}
	})
	t.Run("options", testOptions)
	t.Run("refused", testRefused)
	t.Run("a test whose container does not come up", testStart)
	t.Run("compose", func(t *testing.T) { testCompose(t, c) })
	t.Run("the job of the examples", testProvision)
	t.Run("examples", testExamples)
	t.Run("ended", func(t *testing.T) {
		ended := container.Start(t, image)
		if err := testcontainers.TerminateContainer(ended); err != nil {
			t.Fatal(err)
		}
		if _, err := ended.Client(t.Context()); err == nil {
			t.Error("a container that ended has a client")
		}
		if w, err := ended.World(t.Context(), "late"); err == nil {
			t.Errorf("a container that ended makes %v", w)
		}
	})
}

func testWorlds(t *testing.T, c *container.Container) {
	ctx := t.Context()
	t.Run("in parallel", func(t *testing.T) {
		for _, name := range []string{"blue", "green"} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := must(c.World(t.Context(), name))
				api := sdk(t, must(c.HTTPSURL(t.Context())), must(w.Client(t.Context())), management.WithStaticToken("any"))
				for range 20 {
					if got := displayName(t, api); got != "Acme" && got != name {
						t.Fatalf("it sees %q", got)
					}
					rename(t, api, name)
				}
			})
		}
	})

	client := must(c.Client(ctx))
	for prefix, want := range map[string]string{"": "Acme", "/w/blue": "blue", "/w/green": "green"} {
		if got := get(t, client, must(c.URL(ctx))+prefix); !strings.Contains(got.body, `"display_name":"`+want+`"`) {
			t.Errorf("%q: %+v", prefix, got)
		}
	}
	w := must(c.World(ctx, "red", "empty"))
	for _, client := range []*http.Client{client, must(w.Client(ctx))} {
		if got := get(t, client, must(w.URL(ctx))); got.status != 404 || !strings.Contains(got.body, "No organization found") {
			t.Errorf("an empty world answers %+v", got)
		}
	}

	for _, bad := range []struct{ name, fixture, want string }{
		{"default", "", "409 already_exists"},
		{"a/b", "", "400 bad_name"},
		{"", "", "400 bad_name"},
		{"yellow", "acne", `404 unknown_fixture: unknown fixture: no fixture "acne": did you mean "acme"?`},
	} {
		if w, err := c.World(ctx, bad.name, bad.fixture); w != nil || err == nil || !strings.Contains(err.Error(), bad.want) {
			t.Errorf("%+v: %v, %v", bad, w, err)
		}
	}
	if w, err := c.World(ctx, "both", "acme", "empty"); w != nil || err == nil || !strings.Contains(err.Error(), `one fixture, not from ["acme" "empty"]`) {
		t.Errorf("%v, %v", w, err)
	}
}

func testOptions(t *testing.T) {
	text := must(sjson.SetBytes(must(fixtures.Load("acme")).FormatJSON(), "auth0.organizations.0.display_name", "Acme of a file"))
	file := filepath.Join(t.TempDir(), "company.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	c := container.Start(t, image, container.WithFixture(file), container.WithLimits("auth0=free"))
	got := get(t, must(c.Client(t.Context())), must(c.URL(t.Context())))
	if got.status != 200 || !strings.Contains(got.body, `"display_name":"Acme of a file"`) || got.header.Get("X-Ratelimit-Limit") != "2" {
		t.Errorf("%+v", got)
	}

	c = container.Start(t, image, container.WithAuth("strict"))
	got = get(t, must(c.Client(t.Context())), must(c.URL(t.Context())))
	if got.status != 400 || !strings.Contains(got.body, "Bad HTTP authentication header format") {
		t.Errorf("%+v", got)
	}
}

func testRefused(t *testing.T) {
	for _, test := range []struct {
		option testcontainers.CustomizeRequestOption
		want   string
	}{
		{container.WithFixture("nobody.yaml"), "open nobody.yaml"},
		{container.WithFixture("acne"), `no fixture "acne": did you mean "acme"?`},
		{container.WithLimits("auth0=gold"), "gold"},
		{container.WithAuth("lax"), `"lax" is neither lenient nor strict`},
	} {
		c, err := container.Run(t.Context(), image, test.option)
		testcontainers.CleanupContainer(t, c)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v, not %s", err, test.want)
		}
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	c, err := container.Run(canceled, image)
	testcontainers.CleanupContainer(t, c)
	if err == nil {
		t.Error("it runs in a canceled context")
	}
}

func testExamples(t *testing.T) {
	for _, test := range []struct {
		name, want string
		run        func()
	}{
		{"Run", acme + " Acme\n", ExampleRun},
		{"CA", "{\"status\":\"ok\"}\n", ExampleContainer_CA},
		{"World", "acme 2\nempty 0\n", ExampleContainer_World},
		{"Start", "false\n", ExampleStart},
		{"World.URL", "2 0 understudy: GET verdicts?world=mine: 404 no_scenario: No scenario is armed.\n", ExampleWorld_URL},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := exec.LookPath("curl"); err != nil && test.name == "CA" {
				t.Skip("this example calls curl, which this machine lacks")
			}
			if got := printed(t, test.run); got != test.want {
				t.Errorf("it prints %s", got)
			}
		})
	}
}

// printed is what an example writes to the standard output.
func printed(t *testing.T, example func()) string {
	t.Helper()
	file := must(os.Create(filepath.Join(t.TempDir(), "stdout")))
	defer file.Close()
	before := os.Stdout
	os.Stdout = file
	defer func() { os.Stdout = before }()
	example()
	return string(must(os.ReadFile(file.Name())))
}

func sdk(t *testing.T, url string, client *http.Client, opts ...management.Option) *management.Management {
	t.Helper()
	api, err := management.New(url, append(opts, management.WithClient(client))...)
	if err != nil {
		t.Fatal(err)
	}
	return api
}

func rename(t *testing.T, api *management.Management, to string) {
	t.Helper()
	if err := api.Organization.Update(t.Context(), acme, &management.Organization{DisplayName: &to}); err != nil {
		t.Fatal(err)
	}
	if got := displayName(t, api); got != to {
		t.Errorf("renamed to %s, it is %s", to, got)
	}
}

func displayName(t *testing.T, api *management.Management) string {
	t.Helper()
	organization, err := api.Organization.Read(t.Context(), acme)
	if err != nil {
		t.Fatal(err)
	}
	return organization.GetDisplayName()
}

type answer struct {
	status int
	header http.Header
	body   string
}

// get reads the organization acme under a base URL.
func get(t *testing.T, client *http.Client, base string) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/api/v2/organizations/"+acme, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer any")
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(body)}
}
