package testkit_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/testkit"
)

// elsewhere runs a shell's command with the environment of a world, and returns what it printed.
func elsewhere(t *testing.T, env []string, script string) (string, error) {
	t.Helper()
	for _, needed := range []string{"sh", "curl"} {
		if _, err := exec.LookPath(needed); err != nil {
			t.Skip("no", needed, "on this machine")
		}
	}
	command := exec.CommandContext(t.Context(), "sh", "-c", script)
	command.Env = append(os.Environ(), env...)
	out, err := command.Output()
	return string(out), err
}

const (
	readAuth0 = `curl -s --fail -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $AUTH0_API_TOKEN" "https://$AUTH0_DOMAIN` + path + `"`
	readAtlas = `curl -s --fail -o /dev/null -w '%{http_code}' --digest --user "$MONGODB_ATLAS_PUBLIC_API_KEY:$MONGODB_ATLAS_PRIVATE_API_KEY" -H 'Accept: application/vnd.atlas.2025-03-12+json' "$MONGODB_ATLAS_BASE_URL/api/atlas/v2/orgs"`
)

// A client in another process, of any language, goes by its environment alone: it trusts the certificate and has credentials.
func TestEnvLeadsAnotherProcessToTheWorld(t *testing.T) {
	w := testkit.Start(t, testkit.Strict())
	w.Listen(t)

	for _, script := range []string{readAuth0, readAtlas} {
		if got, err := elsewhere(t, w.Env(), script); err != nil || got != "200" {
			t.Errorf("%s: %q %v", script, got, err)
		}
	}
	w.Saw(t, "auth0.organizations.get", 200)
	w.Saw(t, "atlas.orgs.list", 401, 200) // the digest's challenge
}

// Each vendor has a port of its own, so that a fault of the connection strikes it alone.
func TestEnvAimsFaultsOfTheConnection(t *testing.T) {
	w := testkit.Start(t)
	w.Listen(t)
	env := w.Env()
	w.Play(t, scenarios.YAML("understudy: 1\nrules: [{name: away, listener: auth0, network: {refuse: 1h}}]"))

	if got, err := elsewhere(t, env, readAuth0+`; [ $? = 7 ]`); err != nil || got != "000" { // 7: could not connect
		t.Errorf("the client of the port that refuses saw %q: %v", got, err)
	}
	if got, err := elsewhere(t, env, readAtlas); err != nil || got != "200" {
		t.Errorf("a client of another vendor saw %q: %v", got, err)
	}
}

func TestSetenv(t *testing.T) {
	w := testkit.Start(t)
	ports := w.Listen(t)
	t.Run("while a test runs", func(t *testing.T) {
		w.Setenv(t)
		if got := "https://" + os.Getenv("AUTH0_DOMAIN"); got != ports.Vendors["auth0"] || os.Getenv("UNDERSTUDY_CA") != ports.CA || os.Getenv("SSL_CERT_FILE") != ports.Bundle {
			t.Errorf("AUTH0_DOMAIN leads to %s", got)
		}
	})
	if os.Getenv("UNDERSTUDY_CA") != "" {
		t.Error("the variables outlive their test")
	}
}

func TestEnvNeedsPorts(t *testing.T) {
	f := &failing{TB: t}
	w := testkit.Start(f)
	t.Run("that are gone", func(t *testing.T) { w.Listen(t) })
	f.run(func() { w.Env() })
	f.end()
	if said := f.all(); !f.failed || !strings.Contains(said, "Env before Listen") {
		t.Errorf("it said %q", said)
	}
}
