package devrev_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/emulator"
)

const (
	create = "POST /dev-orgs.auth-connections.create "
	update = "POST /dev-orgs.auth-connections.update "
	toggle = "POST /dev-orgs.auth-connections.toggle "
	remove = "POST /dev-orgs.auth-connections.delete "
	get    = "GET /dev-orgs.auth-connections.get?id="
	list   = "GET /dev-orgs.auth-connections.list"

	google = "con_AcmeDevGoogle001"
	code   = "con_AcmeDevCode00001"
	oidc   = "con_AcmeDevOidc00001"
	saml   = "con_AcmeDevSaml00001"
)

const one = `{"id":"%s"}`

func TestConnectionIsCreatedReadChangedAndDeleted(t *testing.T) {
	o := newOrg(t)
	made := o.ok(201, create+`{"type":"oidc","display_name":"Staff","client_id":"c","client_secret":"s","issuer":"https://login.example"}`)
	id := made.Get("auth_connection.id").Str
	if len(id) != 20 || !strings.HasPrefix(id, "con_") {
		t.Errorf("the id is %s", id)
	}
	shown := `{"auth_connection":{"type":"oidc","display_name":"%s","enabled":%s,"id":"` + id + `","client_id":"c","issuer":"%s"}}`
	fresh := fmt.Sprintf(shown, "Staff", "false", "https://login.example")
	if made.Raw != fresh {
		t.Errorf("created %s\nwant    %s", made.Raw, fresh)
	}
	o.want(200, fresh, get+id)
	o.want(200, fresh, "POST /dev-orgs.auth-connections.get "+fmt.Sprintf(one, id))
	o.want(201, fresh, update+fmt.Sprintf(one, id))
	o.want(201, fresh, update+`{"id":"`+id+`","type":"none"}`)
	before := o.Default().Version()
	for _, kind := range []string{`"type":"none",`, `"type":"oidc",`, ""} {
		o.want(201, fresh, update+`{`+kind+`"value":{},"id":"`+id+`"}`) // as the older client writes it
	}
	if o.Default().Version() != before {
		t.Error("a value that means nothing was kept")
	}
	o.want(201, fmt.Sprintf(shown, "", "false", "https://new.example"), update+`{"id":"`+id+`","type":"oidc","display_name":"","issuer":"https://new.example"}`)
	o.want(200, `{}`, toggle+`{"id":"`+id+`","toggle":"enable"}`)
	o.want(200, fmt.Sprintf(shown, "", "true", "https://new.example"), get+id)
	o.refuses(400, "bad_request", detail("an enabled auth connection cannot be deleted"), remove+fmt.Sprintf(one, id))
	o.want(200, `{}`, toggle+`{"id":"`+id+`","toggle":"disable"}`)
	o.want(200, `{}`, remove+fmt.Sprintf(one, id))
	for _, call := range []string{get + id, remove + fmt.Sprintf(one, id), update + fmt.Sprintf(one, id), toggle + fmt.Sprintf(one, id), get + "don:core:x:y/1", get} {
		o.refuses(404, "not_found", "", call)
	}
}

func TestEachTypeShowsItsOptionsAndNoSecrets(t *testing.T) {
	for _, c := range []struct{ body, shown string }{
		{`{"type":"google_apps","client_id":"c","client_secret":"SECRET","tenant_domain":"d"}`, `"google_apps","display_name":"google_apps","enabled":false,"id":"ID","client_id":"c","tenant_domain":"d"`},
		{`{"type":"okta","client_id":"c","client_secret":"SECRET","domain":"d"}`, `"okta","display_name":"okta","enabled":false,"id":"ID","client_id":"c","domain":"d"`},
		{`{"type":"waad","client_id":"c","client_secret":"SECRET","domain":""}`, `"waad","display_name":"waad","enabled":false,"id":"ID","client_id":"c","domain":""`},
		{`{"type":"oidc","client_id":"c","client_secret":"SECRET","issuer":"i"}`, `"oidc","display_name":"oidc","enabled":false,"id":"ID","client_id":"c","issuer":"i"`},
		{`{"type":"samlp","sign_in_endpoint":"e","signing_cert":"SECRET"}`, `"samlp","display_name":"samlp","enabled":false,"id":"ID","sign_in_endpoint":"e","fields_map":{}`},
		{`{"type":"samlp","sign_in_endpoint":"e","signing_cert":"SECRET","connection_name":"DEV-1-x","fields_map":{"email":"mail"}}`,
			`"samlp","display_name":"DEV-1-x","enabled":false,"id":"ID","sign_in_endpoint":"e","fields_map":{"email":"mail"},"connection_name":"DEV-1-x"`},
	} {
		o := newOrg(t)
		made := o.ok(201, create+c.body)
		want := `{"auth_connection":{"type":` + strings.Replace(c.shown, "ID", made.Get("auth_connection.id").Str, 1) + `}}`
		if made.Raw != want {
			t.Errorf("%s\ncreated %s\nwant    %s", c.body, made.Raw, want)
		}
		if all := o.ok(200, list).Raw; strings.Contains(all, "SECRET") || !strings.Contains(all, made.Get("auth_connection").Raw) {
			t.Errorf("%s\nis listed in %s", c.body, all)
		}
	}
}

func TestOptionsNeedTheirType(t *testing.T) {
	o := newOrg(t)
	for _, c := range []struct{ kind, members, call string }{
		{"missing_required_field", field("type"), create + `{}`},
		{"missing_required_field", field("type"), create + `{"client_id":"c"}`},
		{"missing_required_field", field("issuer"), create + `{"type":"oidc","client_id":"c","client_secret":"s"}`},
		{"invalid_field", field("domain"), create + `{"type":"oidc","client_id":"c","client_secret":"s","issuer":"i","domain":"d"}`},
		{"invalid_field", field("value"), create + `{"type":"oidc","client_id":"c","client_secret":"s","issuer":"i","value":{}}`},
		{"invalid_field", field("further"), create + `{"type":"saml","signing_cert":"c","further":1}`}, // before the type
		{"invalid_field", field("further"), create + `{"client_id":"c","further":1}`},
		{"unexpected_json_type", `"actual":"array","expected":"object","field_name":"value"`, update + `{"id":"` + oidc + `","value":[]}`},
		{"invalid_enum_value", `"allowed_values":["google_apps","oidc","okta","samlp","waad"],"field_name":"type","value":"social"`, create + `{"type":"social"}`},
		{"invalid_enum_value", `"allowed_values":["google_apps","oidc","okta","samlp","waad"],"field_name":"type","value":"saml"`, create + `{"type":"saml","signing_cert":"c"}`},
		{"value_not_permitted", field("signing_cert") + `,"reason":"must have at least 1 characters"`, create + `{"type":"samlp","sign_in_endpoint":"e","signing_cert":""}`},
		{"invalid_field", field("issuer"), update + `{"id":"` + oidc + `","issuer":"i"}`},
		{"invalid_field", field("issuer"), update + `{"id":"` + oidc + `","type":"none","issuer":"i"}`},
		{"invalid_field", field("domain"), update + `{"id":"` + oidc + `","type":"oidc","domain":"d"}`},
		{"invalid_field", field("connection_name"), update + `{"id":"` + saml + `","type":"samlp","connection_name":"DEV-2"}`},
		{"invalid_field", field("fields_map.name"), update + `{"id":"` + saml + `","type":"samlp","fields_map":{"name":"n"}}`},
		{"unexpected_json_type", `"actual":"array","expected":"object","field_name":"fields_map"`, update + `{"id":"` + saml + `","type":"samlp","fields_map":[]}`},
		{"unexpected_json_type", `"actual":"null","expected":"string","field_name":"type"`, update + `{"id":"` + oidc + `","type":null}`},
		{"bad_request", detail("the type is not that of the auth connection"), update + `{"id":"` + oidc + `","type":"okta","domain":"d"}`},
		{"bad_request", detail("a default auth connection cannot be updated"), update + `{"id":"` + google + `","display_name":"x"}`},
		{"bad_request", detail("a default auth connection cannot be deleted"), remove + fmt.Sprintf(one, code)},
		{"invalid_enum_value", `"allowed_values":["disable","enable"],"field_name":"toggle","value":"on"`, toggle + `{"id":"` + oidc + `","toggle":"on"}`},
		{"missing_required_field", field("id"), toggle + `{"toggle":"enable"}`},
		{"invalid_field", field("limit"), "POST /dev-orgs.auth-connections.list " + `{"limit":10,"cursor":"x"}`},
		{"invalid_field", field("limit"), list + "?limit=10"},
		{"missing_required_field", field("id"), "GET /dev-orgs.auth-connections.get"},
	} {
		o.refuses(400, c.kind, c.members, c.call)
	}
	o.ok(200, get+oidc+"&further=1") // only the list refuses what it does not know
	o.ok(200, `POST /dev-orgs.auth-connections.list?further=1 {}`)
}

func TestConnectionNames(t *testing.T) {
	o := newOrg(t)
	body := `{"type":"samlp","sign_in_endpoint":"e","signing_cert":"c","connection_name":"%s"}`
	for _, name := range []string{"a", "DEV-Acme0001-x", "A-1-b", strings.Repeat("a", 128)} {
		made := o.ok(201, create+fmt.Sprintf(body, name)).Get("auth_connection.id").Str
		o.refuses(400, "bad_request", detail("another auth connection has this connection_name"), create+fmt.Sprintf(body, name))
		o.ok(200, remove+fmt.Sprintf(one, made))
	}
	const pattern = `,"reason":"must match the pattern","pattern":"^[a-zA-Z0-9](-[a-zA-Z0-9]|[a-zA-Z0-9])*$"`
	for _, name := range []string{"-a", "a-", "a--b", "a_b", "a b", "é"} {
		o.refuses(400, "value_not_permitted", field("connection_name")+pattern, create+fmt.Sprintf(body, name))
	}
	o.refuses(400, "value_not_permitted", field("connection_name")+`,"reason":"must have at least 1 characters"`, create+fmt.Sprintf(body, ""))
	o.refuses(400, "value_not_permitted", field("connection_name")+`,"reason":"must have at most 128 characters"`, create+fmt.Sprintf(body, strings.Repeat("a", 129)))
}

func TestAtMostFiveAreCreated(t *testing.T) {
	o := newOrg(t)
	body := create + `{"type":"okta","client_id":"c","client_secret":"s","domain":"d"}`
	var last string
	for range 3 { // beside the two of acme; its social ones do not count
		last = o.ok(201, body).Get("auth_connection.id").Str
	}
	o.refuses(400, "bad_request", detail("an organization can create at most 5 auth connections"), body)
	o.ok(200, remove+fmt.Sprintf(one, last))
	o.ok(201, body)
}

// enabled lists the types of the connections that are enabled.
func (o *org) enabled() string {
	o.Helper()
	var all []string
	for _, c := range o.ok(200, list).Get(`auth_connections.#(enabled==true)#.id`).Array() {
		all = append(all, c.Str)
	}
	return strings.Join(all, " ")
}

func TestAtLeastOneStaysEnabled(t *testing.T) {
	o := newOrg(t)
	turn := func(id, to string) string { return toggle + `{"id":"` + id + `","toggle":"` + to + `"}` }
	for _, step := range []struct{ call, enabled string }{
		{turn(saml, "enable"), google + " " + oidc + " " + saml},
		{turn(saml, "enable"), google + " " + oidc + " " + saml}, // again
		{turn(google, "disable"), oidc + " " + saml},
		{turn(google, "disable"), oidc + " " + saml},
		{toggle + fmt.Sprintf(one, oidc), saml},
		{toggle + fmt.Sprintf(one, oidc), oidc + " " + saml}, // without a word it flips
		{turn(saml, "disable"), oidc},
	} {
		o.want(200, `{}`, step.call)
		if got := o.enabled(); got != step.enabled {
			t.Errorf("%s\nenabled are %s\nwant        %s", step.call, got, step.enabled)
		}
	}
	o.refuses(400, "bad_request", detail("at least one auth connection must be enabled"), turn(oidc, "disable"))
	o.refuses(400, "bad_request", detail("at least one auth connection must be enabled"), toggle+fmt.Sprintf(one, oidc))
}

const exclusive = `  dev_orgs: [{display_name: Old, toggle: exclusive}]
  dev_users: [{email: a@old.example, role: admin}]
  auth_connections:
    - {id: con_1, type: social}
    - {id: con_2, type: okta, client_id: c, client_secret: s, domain: d}
`

func TestExclusiveOrganizationsEnableOneAlone(t *testing.T) {
	o := newOrg(t, of(t, exclusive))
	o.want(200, `{}`, toggle+`{"id":"con_2"}`)
	if got := o.enabled(); got != "con_2" {
		t.Errorf("enabled are %s", got)
	}
	o.refuses(400, "bad_request", detail("at least one auth connection must be enabled"), toggle+`{"id":"con_2","toggle":"disable"}`)
}

func TestFixturesAreHeldToTheTypes(t *testing.T) {
	org := "  dev_orgs: [{display_name: A}]\n  auth_connections:\n    - "
	for section, want := range map[string]string{
		org + "{type: oidc, client_id: c, client_secret: s}":                       "auth_connections: a connection of type oidc must have issuer",
		org + "{type: okta, client_id: c, client_secret: s, domain: d, issuer: i}": "auth_connections: a connection of type okta has no issuer",
		org + "{type: social, issuer: i}":                                          "a social connection has no options",
		org + "{type: social, client_secret: SECRET, issuer: i}":                   "a social connection has no options, not client_secret, issuer",
		org + "{type: oidc, client_secret: [SECRET]}":                              "client_secret: the secret must be a string",
		"  dev_orgs: [{display_name: A}]\n  dev_users: [{email: a@b.example, role: admin}]\n  tokens: [{access_token: SECRET}, {access_token: SECRET}]":        "another object has the same access_token, at test.yaml:",
		org + strings.Repeat("{type: okta, client_id: c, client_secret: s, domain: d}\n    - ", 5) + "{type: okta, client_id: c, client_secret: s, domain: d}": "at most 5 auth connections",
		"  dev_orgs: [{display_name: A, toggle: exclusive}]\n  auth_connections: [{type: social}, {type: social}]":                                             "has at most one connection that is enabled",
		org + "{type: saml}": `"saml" is none of`,
		org + "{type: samlp, sign_in_endpoint: e, signing_cert: c, connection_name: a-}": "does not match",
		org + "{type: samlp, sign_in_endpoint: e, signing_cert: c, display_name: ''}":    "display_name breaks its rule of min_length",
		"  dev_orgs: [{display_name: A}, {display_name: B}]":                             "a world has one dev org",
		"  dev_users: [{email: a@b.example}]":                                            "a dev user needs a dev org",
		"  dev_orgs: [{display_name: A}]\n  tokens: [{access_token: t}]":                 "no dev user has the role admin",
		"  dev_orgs: [{id: 'don:identity:x:devu/1', display_name: A}]":                   "DON of a devo",
	} {
		if _, err := emulator.New(of(t, section+"\n")); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%s\n%v, want %s", section, err, want)
		}
	}
}

func TestAFixtureMustLetSomebodyLogIn(t *testing.T) {
	const section = `  dev_orgs: [{id: "don:identity:dvrv-us-1:devo/A1", display_name: A, dev_slug: a}]
  auth_connections: [{id: con_AcmeDevOidc00001, type: oidc, client_id: a, client_secret: b, issuer: "https://x.example"ENABLED}]
`
	for enabled, good := range map[string]bool{"": false, ", enabled: true": true} {
		_, err := emulator.New(of(t, strings.Replace(section, "ENABLED", enabled, 1)))
		if (err == nil) != good || !good && !strings.Contains(err.Error(), "test.yaml:2:1: devrev: none of the auth_connections is enabled") {
			t.Errorf("%q: %v", enabled, err)
		}
	}
}
