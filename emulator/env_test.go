package emulator_test

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/fixtures"
)

// variables are the pairs of an environment by name.
func variables(t *testing.T, pairs []string) map[string]string {
	t.Helper()
	vars := map[string]string{}
	for _, pair := range pairs {
		name, value, found := strings.Cut(pair, "=")
		if _, twice := vars[name]; twice || !found {
			t.Errorf("%q among the pairs", pair)
		}
		vars[name] = value
	}
	if !slices.IsSorted(pairs) {
		t.Errorf("not sorted: %q", pairs)
	}
	return vars
}

// sendWith is one request of a client that follows an environment; it returns status and body.
func sendWith(t *testing.T, c *http.Client, method, target, authorization, form string) (int, string) {
	t.Helper()
	r := must(http.NewRequest(method, target, strings.NewReader(form)))
	if form != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	answer, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	return answer.StatusCode, string(must(io.ReadAll(answer.Body)))
}

// TestEnv goes by the variables alone, in a strict world that is not the default one.
func TestEnv(t *testing.T) {
	e := must(emulator.New(emulator.WithAuth("strict")))
	w := must(e.CreateWorld("mine", ""))
	ports := opened(t, w)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: trust(ports)}}
	defer client.CloseIdleConnections()
	vars := variables(t, must(w.Env(ports.Listeners, "bundle.pem")))

	auth0 := "https://" + vars["AUTH0_DOMAIN"]
	status, body := sendWith(t, client, "POST", auth0+"/oauth/token", "", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {vars["AUTH0_CLIENT_ID"]}, "client_secret": {vars["AUTH0_CLIENT_SECRET"]},
		"audience": {auth0 + "/api/v2/"},
	}.Encode())
	if status != 200 {
		t.Fatalf("a token for the client: %d %s", status, body)
	}
	fromClient := gjson.Get(body, "access_token").String()
	fromAccount := gjson.Get(second(sendWith(t, client, "POST", vars["MONGODB_ATLAS_BASE_URL"]+"/api/oauth/token", basic(vars["MONGODB_ATLAS_CLIENT_ID"], vars["MONGODB_ATLAS_CLIENT_SECRET"]), "grant_type=client_credentials")), "access_token").String()
	for _, c := range []struct{ url, authorization string }{
		{auth0 + "/api/v2/organizations", "Bearer " + vars["AUTH0_API_TOKEN"]},
		{auth0 + "/api/v2/organizations", "Bearer " + fromClient},
		{vars["MONGODB_ATLAS_OPS_MANAGER_URL"] + "api/atlas/v1.0/orgs", "Bearer " + fromAccount},
		{vars["DEVREV_ENDPOINT"] + "/dev-users.self", vars["DEVREV_TOKEN"]},
		{vars["QOVERY_API_URL"] + "/organization", "Token " + vars["QOVERY_CLI_ACCESS_TOKEN"]},
		{vars["TEST_QOVERY_HOST"] + "/organization", "Token " + vars["QOVERY_API_TOKEN"]},
		{vars["UNDERSTUDY_HTTPS_URL"] + "/_understudy/ca.pem", ""},
		{vars["UNDERSTUDY_URL"] + "/_understudy/worlds/" + vars["UNDERSTUDY_WORLD"], ""},
	} {
		if status, body := sendWith(t, client, "GET", c.url, c.authorization, ""); status != 200 {
			t.Errorf("%s: %d %s", c.url, status, body)
		}
	}
	for _, vendor := range emulator.Vendors() {
		if got := vars["UNDERSTUDY_"+strings.ToUpper(vendor)+"_URL"]; got == "" || got != ports.Vendors[vendor] {
			t.Errorf("%s is at %q", vendor, got)
		}
	}
	for _, name := range []string{"SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"} {
		if vars[name] != "bundle.pem" {
			t.Errorf("%s=%s", name, vars[name])
		}
	}
	if len(vars["MONGODB_ATLAS_PRIVATE_API_KEY"]) != 36 || vars["MONGODB_ATLAS_PUBLIC_API_KEY"] == "" {
		t.Error("no API key for Atlas")
	}
}

// TestEnvOfSharedPorts: where worlds share ports, the credentials lead to the world.
func TestEnvOfSharedPorts(t *testing.T) {
	e := must(emulator.New(emulator.WithHTTP("127.0.0.1:0"), emulator.WithHTTPS("127.0.0.1:0"), emulator.WithVendorListener("auth0", "127.0.0.1:0")))
	check(e.Start())
	t.Cleanup(func() { check(e.Close()) })
	w := must(e.CreateWorld("mine", "empty"))
	vars := variables(t, must(w.Env(e.Listeners(), "")))
	if _, there := vars["SSL_CERT_FILE"]; there || vars["UNDERSTUDY_CA"] != "" || "https://"+vars["AUTH0_DOMAIN"] != e.Listeners().HTTPS || vars["QOVERY_API_URL"] != e.Listeners().HTTP {
		t.Errorf("%v", vars)
	}
	status, body := sendWith(t, http.DefaultClient, "GET", vars["QOVERY_API_URL"]+"/organization", "Token "+vars["QOVERY_API_TOKEN"], "")
	if status != 200 || len(w.Journal(emulator.Filter{})) != 1 {
		t.Errorf("%d %s, and the world saw %d calls", status, body, len(w.Journal(emulator.Filter{})))
	}
}

func TestEnvRefuses(t *testing.T) {
	bare := must(fixtures.Parse("bare.yaml", []byte("understudy: 1\n")))
	for want, c := range map[string]struct {
		at      emulator.Listeners
		options []emulator.Option
	}{
		"env: there is no HTTPS listener, and Auth0's clients insist on one":              {at: emulator.Listeners{HTTP: "http://127.0.0.1:1"}},
		"env: devrev: the world has no dev org; its fixture must name one under dev_orgs": {at: emulator.Listeners{HTTPS: "https://127.0.0.1:1"}, options: []emulator.Option{emulator.WithFixture(bare)}},
	} {
		if pairs, err := must(emulator.New(c.options...)).Default().Env(c.at, ""); err == nil || err.Error() != want || pairs != nil {
			t.Errorf("%q, %v; want %s", pairs, err, want)
		}
	}
}

func TestEnvKeepsWhatNoProxyIsAskedFor(t *testing.T) {
	w := must(emulator.New()).Default()
	at := emulator.Listeners{HTTPS: "https://understudy:4443", HTTP: "http://[::1]:4010", Vendors: map[string]string{"auth0": "http://127.0.0.1:1"}}
	for _, c := range []struct{ upper, lower, want string }{
		{"", "", "localhost,127.0.0.1,::1,understudy"},
		{"internal.example, localhost", "", "internal.example,localhost,127.0.0.1,::1,understudy"},
		{"a.example", "b.example,a.example", "a.example,b.example,localhost,127.0.0.1,::1,understudy"},
		{"*", "a.example", "*"},
	} {
		t.Setenv("NO_PROXY", c.upper)
		t.Setenv("no_proxy", c.lower)
		vars := variables(t, must(w.Env(at, "")))
		if vars["NO_PROXY"] != c.want || vars["no_proxy"] != c.want {
			t.Errorf("%q and %q became %q and %q", c.upper, c.lower, vars["NO_PROXY"], vars["no_proxy"])
		}
	}
}

func second[A, B any](_ A, b B) B { return b }

func basic(name, secret string) string {
	r := must(http.NewRequest("GET", "/", nil))
	r.SetBasicAuth(name, secret)
	return r.Header.Get("Authorization")
}
