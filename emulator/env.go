package emulator

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/authority"
)

// Env returns what makes real clients of all vendors call this world: NAME=VALUE pairs, sorted, for the environment of
// a process. At says where the world answers: what its Listen gave, or Start's listeners with the default world. Bundle is the
// path of a file with TrustBundle in it, at which the variables for trust then point; "" leaves them out.
//
// Each call mints credentials, which may do everything and lead to this world on ports that worlds share:
//
//   - Auth0: AUTH0_DOMAIN; an access token in AUTH0_API_TOKEN; a client in AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET.
//   - Atlas: MONGODB_ATLAS_BASE_URL and MONGODB_ATLAS_OPS_MANAGER_URL; an API key in MONGODB_ATLAS_PUBLIC_API_KEY and
//     MONGODB_ATLAS_PRIVATE_API_KEY; a service account in MONGODB_ATLAS_CLIENT_ID and MONGODB_ATLAS_CLIENT_SECRET. The older
//     names of the same, MONGODB_ATLAS_PUBLIC_KEY and MCLI_PUBLIC_API_KEY among them, agree.
//   - DevRev: DEVREV_ENDPOINT, and an admin's personal access token in DEVREV_TOKEN. Its SDKs read no URL: hand them that.
//   - Qovery: QOVERY_API_URL and TEST_QOVERY_HOST; an owner's API token in QOVERY_CLI_ACCESS_TOKEN, Q_CLI_ACCESS_TOKEN and
//     QOVERY_API_TOKEN.
//
// Beside them: UNDERSTUDY_URL, UNDERSTUDY_HTTPS_URL, UNDERSTUDY_CA and UNDERSTUDY_WORLD; UNDERSTUDY_AUTH0_URL and its like
// for each vendor; NO_PROXY and no_proxy, this process's own with the listeners' hosts added. A variable that is empty
// would lead a client elsewhere if it had the value of another environment. Go heeds the variables for trust on neither
// macOS nor Windows. Errors: listeners without HTTPS, on which Auth0's clients insist; what Mint says, such as of a fixture
// without a DevRev admin.
func (w *World) Env(at Listeners, bundle string) ([]string, error) {
	if at.HTTPS == "" {
		return nil, errors.New("env: there is no HTTPS listener, and Auth0's clients insist on one")
	}
	vars := map[string]string{"UNDERSTUDY_URL": cmp.Or(at.HTTP, at.HTTPS), "UNDERSTUDY_HTTPS_URL": at.HTTPS, "UNDERSTUDY_WORLD": w.Name()}
	if at.CA != "" {
		vars["UNDERSTUDY_CA"] = at.CA
	}
	for _, c := range clients {
		values, err := w.valuesOf(c, at)
		if err != nil {
			return nil, fmt.Errorf("env: %w", err)
		}
		for name, template := range c.reads {
			vars[name] = os.Expand(template, func(value string) string { return values[value] })
		}
		vars["UNDERSTUDY_"+strings.ToUpper(c.vendor)+"_URL"] = values["url"]
	}
	if bundle != "" {
		for _, name := range authority.TrustVariables() {
			vars[name] = bundle
		}
	}
	vars["NO_PROXY"] = unproxied(at)
	vars["no_proxy"] = vars["NO_PROXY"]
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		pairs = append(pairs, name+"="+vars[name])
	}
	return pairs, nil
}

// TrustBundle is the text of a file of roots for processes that are to trust this certificate beside what they trusted
// before: the roots of this machine, those that the variables for trust name in this process's environment, and the
// certificate. A machine without a file of roots, as Windows is, has the last two alone.
func TrustBundle(certPEM []byte) []byte { return authority.Bundle(certPEM, os.Getenv) }

// clientsOf are the programs and libraries of one vendor: which credentials they are given and what they read.
type clientsOf struct {
	vendor string
	https  bool // they take no plain URL
	given  []Credential
	reads  map[string]string // variable -> value, with ${url}, ${host} and members of the credentials
}

// longLived outlasts every run, by the machine's clock too where the world's is behind it: some clients read when a token ends.
const longLived = 10 * 365 * 24 * time.Hour

var clients = []clientsOf{
	{
		vendor: "auth0", https: true, given: []Credential{{Kind: "token", TTL: longLived}, {Kind: "client"}},
		reads: map[string]string{
			// terraform-provider-auth0, and what it hands on to go-auth0; both put https:// before the domain
			"AUTH0_DOMAIN": "${host}", "AUTH0_API_TOKEN": "${access_token}",
			"AUTH0_CLIENT_ID": "${client_id}", "AUTH0_CLIENT_SECRET": "${client_secret}",
			"AUTH0_AUDIENCE": "", // of another tenant, it would be refused
		},
	},
	{
		vendor: "atlas", given: []Credential{{Kind: "api_key"}, {Kind: "service_account"}},
		reads: map[string]string{
			// terraform-provider-mongodbatlas, the first hit of each line; the keys are the Atlas CLI's too
			"MONGODB_ATLAS_BASE_URL": "${url}", "MCLI_OPS_MANAGER_URL": "${url}/",
			"MONGODB_ATLAS_PUBLIC_API_KEY": "${publicKey}", "MONGODB_ATLAS_PUBLIC_KEY": "${publicKey}", "MCLI_PUBLIC_API_KEY": "${publicKey}",
			"MONGODB_ATLAS_PRIVATE_API_KEY": "${privateKey}", "MONGODB_ATLAS_PRIVATE_KEY": "${privateKey}", "MCLI_PRIVATE_API_KEY": "${privateKey}",
			"MONGODB_ATLAS_CLIENT_ID": "${clientId}", "MONGODB_ATLAS_CLIENT_SECRET": "${clientSecret}",
			"MONGODB_ATLAS_ACCESS_TOKEN": "", // it would win over both
			// the Atlas CLI, which wants the slash
			"MONGODB_ATLAS_OPS_MANAGER_URL": "${url}/",
		},
	},
	{
		vendor: "devrev", given: []Credential{{TTL: longLived}},
		reads: map[string]string{
			"DEVREV_TOKEN":    "${access_token}", // @devrev/api, and by convention the TypeScript SDK's users
			"DEVREV_ENDPOINT": "${url}",          // no SDK; named after what the TypeScript SDK's setup takes, for programs such as examples/provision
		},
	},
	{
		vendor: "qovery", given: []Credential{{}},
		reads: map[string]string{
			// the Qovery CLI, which also reports its use to a third party unless told otherwise
			"QOVERY_API_URL": "${url}", "QOVERY_CLI_ACCESS_TOKEN": "${access_token}", "Q_CLI_ACCESS_TOKEN": "${access_token}", "QOVERY_TELEMETRY": "false",
			// terraform-provider-qovery
			"TEST_QOVERY_HOST": "${url}", "QOVERY_API_TOKEN": "${access_token}",
		},
	},
}

func insistsOnHTTPS(vendor string) bool {
	return slices.ContainsFunc(clients, func(c clientsOf) bool { return c.vendor == vendor && c.https })
}

// valuesOf mints what the clients are given, and adds where they find the vendor.
func (w *World) valuesOf(c clientsOf, at Listeners) (map[string]string, error) {
	base := at.of(c.vendor)
	_, host, _ := strings.Cut(base, "://")
	values := map[string]string{"url": base, "host": host}
	for _, want := range c.given {
		minted, err := w.Mint(c.vendor, want)
		if err != nil {
			return nil, err
		}
		var fields map[string]any
		if err := json.Unmarshal([]byte(minted), &fields); err != nil {
			return nil, err
		}
		for name, value := range fields {
			values[name] = fmt.Sprint(value)
		}
	}
	return values, nil
}

// of is where a vendor's clients find it: at its own listener if they take that, else at one that vendors share.
func (l Listeners) of(vendor string) string {
	insists := insistsOnHTTPS(vendor)
	switch own := l.Vendors[vendor]; {
	case own != "" && (!insists || strings.HasPrefix(own, "https://")):
		return own
	case insists || l.HTTP == "":
		return l.HTTPS
	}
	return l.HTTP
}

// unproxied is what no proxy is asked for: what this process's environment says, and the hosts of the listeners.
func unproxied(at Listeners) string {
	hosts := []string{"localhost", "127.0.0.1", "::1"}
	for _, listener := range append(slices.Collect(maps.Values(at.Vendors)), at.HTTP, at.HTTPS) {
		if u, err := url.Parse(listener); err == nil && u.Hostname() != "" {
			hosts = append(hosts, u.Hostname())
		}
	}
	var all []string
	for _, host := range slices.Concat(strings.Split(os.Getenv("NO_PROXY"), ","), strings.Split(os.Getenv("no_proxy"), ","), hosts) {
		if host = strings.TrimSpace(host); host == "*" {
			return host // all of them already, and some clients know it alone only
		} else if host != "" && !slices.Contains(all, host) {
			all = append(all, host)
		}
	}
	return strings.Join(all, ",")
}
