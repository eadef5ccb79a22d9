package job_test

import (
	"os"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/examples/provision/job"
)

func TestParse(t *testing.T) {
	text, err := os.ReadFile("../sso.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want, err := job.Parse(text, func(name string) string { return "value of " + name })
	if err != nil {
		t.Fatal(err)
	}
	if got := want.DevRev.Connections[1]; got.Secrets["client_secret"] != "value of ACME_OKTA_SECRET" || got.Options["domain"] != "acme.okta.com" || !got.Enabled {
		t.Errorf("%+v", got)
	}
	if got := want.Qovery.Connections[0].GroupMappings["Auditors"]; len(got) != 1 || got[0] != "Finance" {
		t.Errorf("%q", got)
	}
	if got, err := job.Parse([]byte("qovery: {organization: acme}"), os.Getenv); err != nil || got.Auth0 != nil || got.Qovery.Organization != "acme" {
		t.Errorf("%+v, %v", got, err)
	}

	for _, test := range []struct{ text, says string }{
		{"", "it names no vendor"},
		{"{}", "it names no vendor"},
		{"auth0: [", "[1:"},
		{"auth0:\n  organisation: acme", `unknown field "organisation"`},
		{"auth0:\n  connections:\n    - {name: a, assign_membership_on_login: perhaps}", "[3:"},
		{"auth0: {organization: acme}", "auth0.display_name is missing"},
		{"auth0: {display_name: Acme}", "auth0.organization is missing"},
		{"auth0: {organization: acme, display_name: Acme, connections: [{name: a}, {name: a}]}", `auth0.connections has "a" twice`},
		{"atlas: {organization: a}", "atlas.identity_provider is missing"},
		{"atlas: {organization: a, identity_provider: b, role_mappings: [{group: admins}]}", "the first of the roles of admins is missing"},
		{"devrev: {connections: [{type: oidc}]}", "a name in devrev.connections is missing"},
		{"devrev: {connections: [{display_name: a}]}", "the type of a is missing"},
		{"devrev: {connections: [{display_name: a, type: oidc, secrets: {client_secret: NOBODY_SETS_THIS}}]}", "the environment's NOBODY_SETS_THIS is missing"},
		{"qovery: {connections: [{name: a}]}", "qovery.organization is missing\nthe default_role of a is missing"},
	} {
		if _, err := job.Parse([]byte(test.text), os.Getenv); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%q: %v, want %s", test.text, err, test.says)
		}
	}
}

func TestFromEnvironment(t *testing.T) {
	none := job.FromEnvironment(func(string) string { return "" })
	if none.Auth0 != (job.Access{}) || none.Atlas.URL != "https://cloud.mongodb.com" || none.DevRev.URL != "https://api.devrev.ai" || none.Qovery.URL != "https://api.qovery.com" {
		t.Errorf("%+v", none)
	}
	set := map[string]string{
		"AUTH0_DOMAIN": "acme.eu.auth0.com", "AUTH0_CLIENT_ID": "id", "AUTH0_CLIENT_SECRET": "secret",
		"MONGODB_ATLAS_BASE_URL": "http://localhost:4010/", "MONGODB_ATLAS_ACCESS_TOKEN": "token", "QOVERY_CLI_ACCESS_TOKEN": "qov",
	}
	got := job.FromEnvironment(func(name string) string { return set[name] })
	if got.Auth0 != (job.Access{URL: "https://acme.eu.auth0.com", ClientID: "id", ClientSecret: "secret"}) {
		t.Errorf("%+v", got.Auth0)
	}
	if got.Atlas != (job.Access{URL: "http://localhost:4010", Token: "token"}) || got.Qovery.Token != "qov" {
		t.Errorf("%+v", got)
	}
	set["AUTH0_DOMAIN"] = "http://localhost:4010"
	if got := job.FromEnvironment(func(name string) string { return set[name] }).Auth0.URL; got != "http://localhost:4010" {
		t.Errorf("%s", got)
	}
}
