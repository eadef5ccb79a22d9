package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/testkit"
)

// environment reaches all four vendors under one URL.
func environment(url string) func(string) string {
	set := map[string]string{
		"AUTH0_DOMAIN": url, "AUTH0_CLIENT_ID": "any", "AUTH0_CLIENT_SECRET": "any",
		"MONGODB_ATLAS_BASE_URL": url, "MONGODB_ATLAS_CLIENT_ID": "mdb_sa_id_ac0000000000000000000061",
		"MONGODB_ATLAS_CLIENT_SECRET": "mdb_sa_sk_acme-provisioning",
		"DEVREV_ENDPOINT":             url, "DEVREV_TOKEN": "any", "QOVERY_API_URL": url, "QOVERY_CLI_ACCESS_TOKEN": "any",
		"ACME_OIDC_SECRET": "any", "ACME_OKTA_SECRET": "any",
	}
	return func(name string) string { return set[name] }
}

// provisions runs the command twice: the first time it changes what the README shows, the second time nothing.
func provisions(t *testing.T, url string) {
	t.Helper()
	for _, want := range []struct {
		lines int
		first string
	}{{13, "auth0: update organization acme"}, {1, "nothing to change"}} {
		var out, problems bytes.Buffer
		if code := run(t.Context(), []string{"sso.yaml"}, environment(url), &out, &problems); code != 0 || problems.Len() > 0 {
			t.Fatalf("it ended with %d: %s", code, problems.String())
		}
		if lines := strings.Split(strings.TrimSpace(out.String()), "\n"); len(lines) != want.lines || lines[0] != want.first {
			t.Errorf("it printed\n%s", out.String())
		}
	}
}

func TestRun(t *testing.T) {
	w := testkit.Start(t)
	ports := w.Listen(t)
	provisions(t, ports.HTTP)

	var said, failed bytes.Buffer
	if code := run(t.Context(), []string{"-naive", "sso.yaml"}, environment(ports.HTTP), &said, &failed); code != 0 || !strings.Contains(said.String(), "devrev: set connection Acme (Okta)\n") {
		t.Errorf("the naive client ended with %d: %s%s", code, said.String(), failed.String())
	}

	folder := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, test := range []struct {
		args []string
		env  func(string) string
		code int
		says string
	}{
		{[]string{"-naive"}, environment(ports.HTTP), 2, "usage: provision [-naive] FILE\n"},
		{[]string{"-naive", file("nobody.yaml", "qovery: {organization: nobody}")}, environment(ports.HTTP), 1, "provision: qovery: there is no organization nobody\n"},
		{nil, environment(ports.HTTP), 2, "usage: provision [-naive] FILE\n"},
		{[]string{"sso.yaml", "more"}, environment(ports.HTTP), 2, "usage: provision [-naive] FILE\n"},
		{[]string{"nobody.yaml"}, environment(ports.HTTP), 2, "open nobody.yaml"},
		{[]string{file("bad.yaml", "auth0: {organization: acme}")}, environment(ports.HTTP), 2, "bad.yaml: auth0.display_name is missing"},
		{[]string{file("qovery.yaml", "qovery: {organization: nobody}")}, environment(ports.HTTP), 1, "provision: qovery: there is no organization nobody\n"},
		{[]string{file("auth0.yaml", "auth0: {organization: acme, display_name: Acme}")}, func(string) string { return "" }, 1,
			"provision: auth0: no base URL or no credential in the environment\n"},
	} {
		var out, problems bytes.Buffer
		if code := run(t.Context(), test.args, test.env, &out, &problems); code != test.code || !strings.Contains(problems.String(), test.says) || out.Len() > 0 {
			t.Errorf("%q ended with %d: %s%s", test.args, code, problems.String(), out.String())
		}
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, problems bytes.Buffer
	if code := run(ctx, []string{"sso.yaml"}, environment(ports.HTTP), &out, &problems); code != 1 || !strings.Contains(problems.String(), "context canceled") {
		t.Errorf("cancelled, it ended with %d: %s", code, problems.String())
	}
}
