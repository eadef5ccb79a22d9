package auth0_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"
)

const organizations = "/api/v2/organizations"

// made creates an organization and returns it with its path.
func (w *tenant) made(body string) (gjson.Result, string) {
	w.Helper()
	o := w.call(201, "POST", organizations, body)
	return o, organizations + "/" + o.Get("id").String()
}

func TestOrganizationIsCreatedReadChangedAndDeleted(t *testing.T) {
	w := newLogin(t)
	const branding = `{"logo_url":"https://new.example/logo.png","colors":{"primary":"#0B5FFF","page_background":"#fff"}}`
	created, one := w.made(`{"metadata":{"plan":"team","region":null},"branding":` + branding + `,"name":"new-co","display_name":"New Co"}`)
	id := created.Get("id").Raw
	if len(id) != 22 || !strings.HasPrefix(id, `"org_`) {
		t.Errorf("the id is %s", id)
	}
	const flags = `"third_party_client_access":"block","is_app_entitlement_active":false}`
	read := `{"id":` + id + `,"name":"new-co","display_name":"New Co","branding":` + branding + `,"metadata":{"plan":"team","region":null},` + flags
	w.is(created, `{"id":`+id+`,"display_name":"New Co","name":"new-co","branding":`+branding+`,"metadata":{"plan":"team","region":null},`+flags)
	w.walk([]step{
		{"GET", one, "", 200, read},
		{"GET", organizations + "/name/new-co", "", 200, read},
		{"PATCH", one, `{}`, 200, `{"branding":` + branding + `,"id":` + id + `,"display_name":"New Co","name":"new-co","metadata":{"plan":"team","region":null},` + flags},
		{"GET", one, "", 200, read},
		{"PATCH", one, `{"name":"newer-co","branding":null}`, 200, `{"id":` + id + `,"display_name":"New Co","name":"newer-co","metadata":{"plan":"team","region":null},` + flags},
		{"GET", organizations + "/name/new-co", "", 404, noOrganization},
		{"GET", organizations + "/name/newer-co", "", 200, `{"id":` + id + `,"name":"newer-co","display_name":"New Co","metadata":{"plan":"team","region":null},` + flags},
		{"PATCH", one, `{"third_party_client_access":"allow","is_app_entitlement_active":true}`, 200, `{"id":` + id + `,"display_name":"New Co","name":"newer-co","metadata":{"plan":"team","region":null},"third_party_client_access":"allow","is_app_entitlement_active":true}`},
		{"DELETE", one, "", 204, ""},
		{"DELETE", one, "", 404, noOrganization},
		{"GET", one, "", 404, noOrganization},
		{"PATCH", one, `{}`, 404, noOrganization},
		{"GET", organizations + "/name/newer-co", "", 404, noOrganization},
	})
	w.made(`{"name":"newer-co"}`) // the name is free again
}

func TestOrganizationDefaults(t *testing.T) {
	w := newLogin(t)
	for _, body := range []string{
		`{"name":"plain"}`,
		`{"name":"plain","metadata":{}}`,
		`{"name":"plain","metadata":null,"branding":null,"token_quota":null}`,
		`{"name":"plain","branding":{}}`,
	} {
		created, one := w.made(body)
		id := created.Get("id").Raw
		w.is(created, `{"id":`+id+`,"display_name":"plain","name":"plain","third_party_client_access":"block","is_app_entitlement_active":false}`)
		w.walk([]step{
			{"GET", one, "", 200, `{"id":` + id + `,"name":"plain","display_name":"plain","third_party_client_access":"block","is_app_entitlement_active":false}`},
			{"DELETE", one, "", 204, ""},
		})
	}
	_, one := w.made(`{"name":"plain"}`)
	w.is(w.call(200, "PATCH", one, `{"name":"renamed"}`).Get("display_name"), `"plain"`) // only a creation derives it
}

// TestOrganizationMetadata: a change replaces metadata whole; {} and null remove it.
func TestOrganizationMetadata(t *testing.T) {
	w := newLogin(t)
	for _, c := range []struct{ change, want string }{
		{`{"metadata":{"a":"1","b":"2"}}`, `{"a":"1","b":"2"}`},
		{`{"metadata":{"b":"3"}}`, `{"b":"3"}`},
		{`{"display_name":"Other"}`, `{"b":"3"}`},
		{`{"metadata":{"b":null}}`, `{"b":null}`},
		{`{"metadata":{}}`, ``},
		{`{"metadata":{"c":""}}`, `{"c":""}`},
		{`{"metadata":null}`, ``},
		{`{"metadata":null}`, ``},
	} {
		w.is(w.call(200, "PATCH", loginOrg, c.change).Get("metadata"), c.want)
		w.is(w.call(200, "GET", loginOrg, "").Get("metadata"), c.want)
	}
	keys := func(n int) string {
		var members []string
		for i := range n {
			members = append(members, fmt.Sprintf(`"k%d":"v"`, i))
		}
		return `{"metadata":{` + strings.Join(members, ",") + `}}`
	}
	w.is(w.call(200, "PATCH", loginOrg, keys(25)).Get("metadata|@keys|#"), "25")
	w.call(200, "PATCH", loginOrg, `{"metadata":{"k":"`+strings.Repeat("v", 255)+`"}}`)
	w.walk([]step{
		{"PATCH", loginOrg, keys(26), 400, badBody(`Payload validation error: 'Too many properties defined (26), maximum 25' on property metadata.`)},
		{"PATCH", loginOrg, `{"metadata":{"k":"` + strings.Repeat("v", 256) + `"}}`, 400, badBody(`Payload validation error: 'String is too long (256 chars), maximum 255' on property metadata.k.`)},
		{"PATCH", loginOrg, `{"metadata":{"k":1}}`, 400, badBody(`Payload validation error: 'Expected type string,null but found type integer' on property metadata.k.`)},
	})
}

// TestOrganizationTokenQuota: a creation echoes a quota as it was sent; later answers order it.
func TestOrganizationTokenQuota(t *testing.T) {
	w := newLogin(t)
	created, one := w.made(`{"name":"quota","token_quota":{"client_credentials":{"enforce":true,"per_day":200,"per_hour":10}}}`)
	w.is(created.Get("token_quota"), `{"client_credentials":{"enforce":true,"per_day":200,"per_hour":10}}`)
	for _, c := range []struct{ change, want string }{
		{`{}`, `{"client_credentials":{"per_hour":10,"per_day":200,"enforce":true}}`},
		{`{"token_quota":{"client_credentials":{"enforce":false,"per_hour":5}}}`, `{"client_credentials":{"per_hour":5,"enforce":false}}`},
		{`{"display_name":"Other"}`, `{"client_credentials":{"per_hour":5,"enforce":false}}`},
		{`{"token_quota":null}`, ``},
	} {
		w.is(w.call(200, "PATCH", one, c.change).Get("token_quota"), c.want)
		w.is(w.call(200, "GET", one, "").Get("token_quota"), c.want)
	}
	w.walk([]step{
		{"PATCH", one, `{"token_quota":{}}`, 400, badBody(`Payload validation error: 'Missing required property: client_credentials' on property token_quota.`)},
		{"PATCH", one, `{"token_quota":{"client_credentials":{}}}`, 400, badBody(`Payload validation error: 'Too few properties defined (0), minimum 1' on property token_quota.client_credentials.`)},
		{"PATCH", one, `{"token_quota":{"client_credentials":{"per_day":0}}}`, 400, badBody(`Payload validation error: 'Value 0 is less than minimum 1' on property token_quota.client_credentials.per_day.`)},
	})
}

func TestOrganizationNames(t *testing.T) {
	w := newLogin(t)
	for _, name := range []string{"a", "7", "a-b", "a_b", "a--b", "organization", "org-acme", "orgacme", "a" + strings.Repeat("-", 48) + "z", strings.Repeat("a", 50)} {
		_, one := w.made(`{"name":"` + name + `"}`)
		w.call(204, "DELETE", one, "")
		w.is(w.call(200, "PATCH", loginOrg, `{"name":"`+name+`"}`).Get("name"), `"`+name+`"`)
	}
	const where = " on property name (The name of this organization.)."
	bad := map[string]string{
		"":                      "String is too short (0 chars), minimum 1",
		strings.Repeat("a", 51): "String is too long (51 chars), maximum 50",
	}
	for _, name := range []string{"Acme", "aCme", "ACME", "org_acme", "org_", "-a", "a-", "_a", "a_", "a b", "a.b", "é"} {
		bad[name] = "Object didn't pass validation for format organization-name: " + name
	}
	for name, message := range bad {
		refusal := badBody("Payload validation error: '" + message + "'" + where)
		w.walk([]step{
			{"POST", organizations, `{"name":"` + name + `"}`, 400, refusal},
			{"PATCH", loginOrg, `{"name":"` + name + `"}`, 400, refusal},
		})
	}
	w.walk([]step{
		{"POST", organizations, `{}`, 400, badBody("Payload validation error: 'Missing required property: name'.")},
		{"POST", organizations, `{"name":null}`, 400, badBody("Payload validation error: 'Expected type string but found type null'" + where)},
		{"POST", organizations, `{"name":"new","id":"org_New0000000000001"}`, 400, badBody("Payload validation error: 'Additional properties not allowed: id'.")},
		{"PATCH", loginOrg, `{"enabled_connections":[]}`, 400, badBody("Payload validation error: 'Additional properties not allowed: enabled_connections'.")},
		{"PATCH", loginOrg, `{"display_name":""}`, 400, badBody("Payload validation error: 'String is too short (0 chars), minimum 1' on property display_name (Friendly name of this organization.).")},
		{"PATCH", loginOrg, `{"display_name":"` + strings.Repeat("d", 256) + `"}`, 400, badBody("Payload validation error: 'String is too long (256 chars), maximum 255' on property display_name (Friendly name of this organization.).")},
		{"PATCH", loginOrg, `{"third_party_client_access":"deny"}`, 400, badBody("Payload validation error: 'No enum match for: deny' on property third_party_client_access.")},
		{"PATCH", loginOrg, `{"branding":{"colors":{"primary":"#0B5FFF"}}}`, 400, badBody("Payload validation error: 'Missing required property: page_background' on property branding.colors.")},
		{"PATCH", loginOrg, `{"branding":{"logo_url":"http://login.example/logo.png"}}`, 400, badBody("Payload validation error: 'Object didn't pass validation for format strict-https-uri-or-null: http://login.example/logo.png' on property branding.logo_url (URL of logo to display on login page.).")},
	})
	w.call(200, "PATCH", loginOrg, `{"display_name":"`+strings.Repeat("d", 255)+`"}`)
}

func TestOrganizationNamesAreTaken(t *testing.T) {
	const taken = `{"statusCode":409,"error":"Conflict","message":"An organization with this name already exists.","errorCode":"organization_conflict"}`
	w := newLogin(t)
	w.walk([]step{
		{"POST", organizations, `{"name":"hollow","display_name":"Another"}`, 409, taken},
		{"PATCH", loginOrg, `{"name":"hollow","display_name":"Another"}`, 409, taken},
		{"GET", loginOrg, "", 200, `{"id":"org_Login00000000001","name":"login","display_name":"Login","third_party_client_access":"block","is_app_entitlement_active":false}`},
		{"PATCH", loginOrg, `{"name":"login"}`, 200, `{"id":"org_Login00000000001","display_name":"Login","name":"login","third_party_client_access":"block","is_app_entitlement_active":false}`},
	})
	w.column(w.call(200, "GET", organizations, ""), "name", "hollow login")
	w.made(`{"name":"another","display_name":"Hollow"}`) // display names may repeat
}

func TestUnknownOrganizations(t *testing.T) {
	w := newLogin(t)
	long := badPath("Path validation error: 'String is too long (51 chars), maximum 50' on property id (Organization identifier.).")
	for path, c := range map[string]struct {
		status int
		reply  string
	}{
		"/org_Nobody0000000001":            {404, noOrganization},
		"/" + strings.Repeat("o", 50):      {404, noOrganization},
		"/" + strings.Repeat("o", 51):      {400, long},
		"/login":                           {404, noOrganization}, // a name is no id
		"/name/nobody":                     {404, noOrganization},
		"/name/Login":                      {404, noOrganization},
		"/name/" + strings.Repeat("n", 50): {404, noOrganization},
		"/name/" + strings.Repeat("n", 51): {400, badPath("Path validation error: 'String is too long (51 chars), maximum 50' on property name (name of the organization to retrieve.).")},
	} {
		w.walk([]step{{"GET", organizations + path, "", c.status, c.reply}})
		if !strings.HasPrefix(path, "/name/") {
			w.walk([]step{{"PATCH", organizations + path, `{}`, c.status, c.reply}, {"DELETE", organizations + path, "", c.status, c.reply}})
		}
	}
}

func TestOrganizationIsCreatedWithConnections(t *testing.T) {
	w := newLogin(t)
	enabled := func(items ...string) string {
		return `{"name":"new","enabled_connections":[` + strings.Join(items, ",") + `]}`
	}
	created, one := w.made(enabled(ask(database, `"is_signup_enabled":true,"assign_membership_on_login":true`), ask(okta, `"show_as_button":false`)))
	w.is(created, `{"id":`+created.Get("id").Raw+`,"display_name":"new","name":"new","third_party_client_access":"block","is_app_entitlement_active":false,"enabled_connections":[`+
		`{"connection_id":"con_Zeta000000000001","assign_membership_on_login":true,"is_signup_enabled":true,"show_as_button":true,"connection":{"name":"passwords","strategy":"auth0"}},`+
		`{"connection_id":"con_alpha00000000001","assign_membership_on_login":false,"show_as_button":false,"connection":{"name":"workforce","strategy":"okta"}}]}`)
	w.is(w.call(200, "GET", one, "").Get("enabled_connections"), "")
	w.column(w.call(200, "GET", one+"/connections", ""), "connection_id", "con_alpha00000000001 con_Zeta000000000001")
	w.column(w.call(200, "GET", one+"/enabled_connections", ""), "show_as_button", "false true")
	w.call(204, "DELETE", one, "")

	created, one = w.made(enabled())
	w.is(created.Get("enabled_connections"), "[]")
	w.call(204, "DELETE", one, "")

	many := make([]string, 11)
	for i := range many {
		many[i] = ask(okta, "")
	}
	w.walk([]step{
		{"POST", organizations, enabled(ask(okta, ""), ask("/con_Nobody0000000001", "")), 400, badBody("Connections: con_Nobody0000000001 not found.")},
		{"POST", organizations, enabled(many...), 400, badBody("Payload validation error: 'Array is too long (11), maximum 10' on property enabled_connections.")},
		{"POST", organizations, enabled(`{}`), 400, badBody("Payload validation error: 'Missing required property: connection_id' on property enabled_connections[0].")},
		{"POST", organizations, enabled(ask(okta, `"is_enabled":true`)), 400, badBody("Payload validation error: 'Additional properties not allowed: is_enabled' on property enabled_connections[0].")},
		{"POST", organizations, enabled(ask(okta, ""), ask(database, `"is_signup_enabled":true`)), 400, badBody(signupWithoutMembership)},
		{"POST", organizations, enabled(ask(okta, `"is_signup_enabled":true`)), 400, badBody(signupWithoutDatabase)},
		{"POST", organizations, enabled(ask(github, `"show_as_button":false`)), 400, badBody(buttonWithoutEnterprise)},
		{"GET", organizations + "/name/new", "", 404, noOrganization}, // what was refused left nothing
	})
	twice := w.call(400, "POST", organizations, enabled(ask(okta, ""), ask(okta, "")))
	w.is(twice.Get("errorCode"), `"invalid_body"`)
	if status, body := w.as([]string{"create:organizations"}, "POST", organizations, enabled(ask(okta, ""))); status != 403 ||
		body != `{"statusCode":403,"error":"Forbidden","message":"Insufficient scope, expected any of: create:organization_connections","errorCode":"insufficient_scope"}` {
		t.Errorf("without the scope for connections it answers %d %s", status, body)
	}
	w.walk([]step{{"GET", organizations + "/name/new", "", 404, noOrganization}})
	if status, body := w.as([]string{"create:organizations", "create:organization_connections"}, "POST", organizations, enabled(ask(okta, ""))); status != 201 {
		t.Errorf("with both scopes it answers %d %s", status, body)
	}
}

func TestOrganizationsAreListed(t *testing.T) {
	w := newLogin(t)
	for i, name := range []string{"beta", "alpha", "gamma"} {
		if err := w.emulator.Default().Advance(time.Second); err != nil {
			t.Fatal(err)
		}
		w.made(fmt.Sprintf(`{"name":"%s","display_name":"%d"}`, name, 3-i))
	}
	const item = `{"id":"org_Login00000000001","name":"login","display_name":"Login","third_party_client_access":"block","is_app_entitlement_active":false}`
	w.walk([]step{
		{"GET", organizations + "?per_page=1&page=1", "", 200, "[" + item + "]"},
		{"GET", organizations + "?per_page=1&page=1&include_totals=true", "", 200, `{"organizations":[` + item + `],"start":1,"limit":1,"total":5}`},
		{"GET", organizations + "?per_page=5&page=1&include_totals=true", "", 200, `{"organizations":[],"start":5,"limit":5,"total":5}`},
		{"GET", organizations + "?page=1", "", 200, `[]`},
		{"GET", organizations + "?page=19", "", 200, `[]`},
		{"GET", organizations + "?page=20", "", 400, badQuery("Requesting page 20 exceeds the allowed maximum of 1000 records. To fetch results beyond 1000, use the checkpoint pagination method.")},
		{"GET", organizations + "?page=10&per_page=100", "", 400, badQuery("Requesting page 10 exceeds the allowed maximum of 1000 records. To fetch results beyond 1000, use the checkpoint pagination method.")},
		{"GET", organizations + "?sort=name", "", 400, badQuery("Query validation error: 'String does not match pattern ^(name|display_name|created_at):(1|-1)$: name' on property sort.")},
		{"GET", organizations + "?sort=id:1", "", 400, badQuery("Query validation error: 'String does not match pattern ^(name|display_name|created_at):(1|-1)$: id:1' on property sort.")},
		{"GET", organizations + "?take=0", "", 400, badQuery("Query validation error: 'Value 0 is less than minimum 1' on property take (Number of results per page. Defaults to 50.).")},
		{"GET", organizations + "?from=!", "", 400, badQuery("Query validation error: 'Invalid from parameter' on property from.")},
		{"GET", organizations + "?take=1&from=b3JnX0xvZ2luMDAwMDAwMDAwMDE", "", 400, badQuery("Query validation error: 'Invalid from parameter' on property from.")}, // of another list
		{"GET", organizations + "?q=login", "", 400, badQuery("Query validation error: 'Additional properties not allowed: q'.")},
	})
	const byCreation = "hollow login beta alpha gamma"
	for query, want := range map[string]string{
		"":                                 byCreation,
		"?sort=created_at:1":               byCreation,
		"?sort=created_at:-1":              "gamma alpha beta hollow login",
		"?sort=name:1":                     "alpha beta gamma hollow login",
		"?sort=name:-1":                    "login hollow gamma beta alpha",
		"?sort=name:-1&per_page=2&page=1":  "gamma beta",
		"?sort=display_name:1":             "gamma alpha beta hollow login",
		"?sort=display_name:-1&per_page=1": "login",
		"?sort=name:1&per_page=2&page=2":   "login",
		"?sort=name:1&per_page=2&page=3":   "",
		"?per_page=2&page=2":               "gamma",
		"?include_totals=false&per_page=3": "hollow login beta",
	} {
		w.column(w.call(200, "GET", organizations+query, ""), "name", want)
	}

	first := w.call(200, "GET", organizations+"?take=2", "")
	w.is(first.Get("@this|@keys"), `["organizations","next"]`)
	w.column(first.Get("organizations"), "name", "hollow login")
	w.call(204, "DELETE", loginOrg, "") // the cursor's own
	second := w.call(200, "GET", organizations+"?take=2&from="+first.Get("next").String(), "")
	w.column(second.Get("organizations"), "name", "beta alpha")
	last := w.call(200, "GET", organizations+"?take=2&from="+second.Get("next").String(), "")
	w.is(last.Get("@this|@keys"), `["organizations"]`)
	w.column(last.Get("organizations"), "name", "gamma")
	w.is(w.call(200, "GET", organizations+"?take=4", "").Get("@this|@keys"), `["organizations"]`)
}

// TestOrganizationTakesAllAlong: what hangs on an organization goes with it, and what it only used stays.
func TestOrganizationTakesAllAlong(t *testing.T) {
	w := newTenant(t)
	w.call(200, "POST", "/api/v2/roles", `{"name":"Owned","type":"organization","owner_id":"org_Acme000000000001"}`)
	w.call(204, "DELETE", acme, "")
	for _, below := range []string{"/connections", "/enabled_connections", "/members", "/invitations", "/client-grants", "/clients", "/discovery-domains",
		"/connections/con_AcmeOkta00000001", "/members/" + ada + "/roles", "/invitations/uinv_AcmeGuest0000001"} {
		w.walk([]step{{"GET", acme + below, "", 404, noOrganization}})
	}
	w.column(w.call(200, "GET", "/api/v2/users/"+ada+"/organizations", ""), "name", "brightforge")
	w.call(200, "GET", connections+"/con_AcmeOkta00000001", "")
	w.column(w.call(200, "GET", brightforge+"/connections", ""), "connection.name", "brightforge-oidc")
	w.column(w.call(200, "GET", organizations, ""), "name", "brightforge")
	w.is(w.call(200, "GET", "/api/v2/client-grants/cgr_AcmeProvision001/organizations", ""), "[]")
	w.made(`{"name":"acme"}`)
	w.is(w.call(200, "GET", organizations+"/name/acme", "").Get("metadata"), "")

	if left := string(w.emulator.Default().Export().FormatJSON()); strings.Contains(left, "org_Acme000000000001") {
		t.Errorf("something still names the organization: %s", left)
	}
}
