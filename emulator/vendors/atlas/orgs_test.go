package atlas_test

import (
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator"
)

func TestOrganizationLives(t *testing.T) {
	d := newDoor(t)
	made := d.gets(201, "POST", v2+"/orgs", `{"name":"Globex Inc.","skipDefaultAlertsSettings":true}`)
	id := made.Get("organization.id").Str
	self := "http://example.com" + v2 + "/orgs/" + id
	shown := `{"id":"` + id + `","isDeleted":false,"links":[{"href":"` + self + `","rel":"self"},{"href":"` + self + `/groups","rel":"https://cloud.mongodb.com/groups"},` +
		`{"href":"` + self + `/teams","rel":"https://cloud.mongodb.com/teams"},{"href":"` + self + `/users","rel":"https://cloud.mongodb.com/users"}],"name":"Globex Inc.","skipDefaultAlertsSettings":true}`
	d.reads(made, "@this", `{"federationSettingsId":null,"orgOwnerId":null,"organization":`+shown+`,"skipDefaultAlertsSettings":true}`)
	d.reads(d.gets(200, "GET", v2+"/orgs/"+id, ""), "@this", shown)
	d.reads(d.gets(200, "GET", v2+"/orgs?name=gLO", ""), "results", `[{"id":"`+id+`","isDeleted":false,"links":[{"href":"`+self+`","rel":"self"}],"name":"Globex Inc.","skipDefaultAlertsSettings":true}]`)
	d.reads(d.gets(200, "PATCH", v2+"/orgs/"+id, strings.Replace(shown, "Globex Inc.", "Globex", 1)), "name", `"Globex"`) // with what was read
	d.gets(200, "GET", v1+"/orgs/"+id, "")
	d.gets(204, "DELETE", v2+"/orgs/"+id, "")
	got := d.refuses(404, "ORG_NOT_FOUND", "GET", v2+"/orgs/"+id, "")
	d.reads(got, "detail", `"No organization with ID `+id+` exists."`)
	for body, code := range map[string]string{
		`{}`: "MISSING_ATTRIBUTE", `{"name":"<b>"}`: "VALIDATION_ERROR", `{"name":"` + strings.Repeat("é", 65) + `"}`: "VALIDATION_ERROR", `{"name":"x","owner":"y"}`: "INVALID_ATTRIBUTE",
	} {
		d.refuses(400, code, "POST", v2+"/orgs", body)
	}
	d.gets(201, "POST", v2+"/orgs", `{"name":"`+strings.Repeat("é", 64)+`"}`)
}

func TestOrganizationIsMadeInAFederation(t *testing.T) {
	d := newDoor(t, emulator.WithAuth("strict"))
	_, token := d.token("grant_type=client_credentials", "Authorization", basic(account, accountSecret))
	post := func(body string) gjson.Result {
		t.Helper()
		got := d.send("POST", v2+"/orgs", body, "Authorization", "Bearer "+token.Get("access_token").Str, "Accept", first)
		if got.Code != 201 {
			t.Fatalf("%s answered %d %s", body, got.Code, got.Body)
		}
		return gjson.Parse(got.Body.String())
	}
	made := post(`{"name":"Globex","federationSettingsId":"` + federation + `","apiKey":{"desc":"first key","roles":["ORG_OWNER"]}}`)
	id, key := made.Get("organization.id").Str, made.Get("apiKey")
	d.reads(made, "federationSettingsId", `"`+federation+`"`)
	d.reads(key, "roles", `[{"orgId":"`+id+`","roleName":"ORG_OWNER"}]`)
	path := v2 + settings + "/connectedOrgConfigs/" + id
	nonce := d.challenge(d.send("GET", path, ""), "false")
	got := d.digest(path, answer(key.Get("publicKey").Str, key.Get("privateKey").Str, "GET", path, nonce, 1))
	if got.Code != 200 {
		t.Fatalf("its own key was answered %d %s", got.Code, got.Body)
	}
	d.reads(gjson.Parse(got.Body.String()), "@this", `{"dataAccessIdentityProviderIds":[],"domainAllowList":[],"domainRestrictionEnabled":false,"identityProviderId":null,`+
		`"instantUserProvisioningDisabled":false,"orgId":"`+id+`","postAuthRoleGrants":[],"roleMappings":[],"userConflicts":null}`)
	other := v2 + config
	nonce = d.challenge(d.send("GET", other, ""), "false")
	if got := d.digest(other, answer(key.Get("publicKey").Str, key.Get("privateKey").Str, "GET", other, nonce, 1)); got.Code != 401 {
		t.Errorf("it read another organization: %d", got.Code)
	}
	sa := post(`{"name":"Initech","serviceAccount":{"name":"n","description":"d","roles":["ORG_MEMBER"],"secretExpiresAfterHours":8}}`).Get("serviceAccount")
	if answer, _ := d.token("grant_type=client_credentials", "Authorization", basic(sa.Get("clientId").Str, sa.Get("secrets.0.secret").Str)); answer.Code != 200 {
		t.Errorf("its own account was answered %d %s", answer.Code, answer.Body)
	}
}

func TestCreationInAFederationIsRefused(t *testing.T) {
	d := newDoor(t)
	d.refuses(404, "RESOURCE_NOT_FOUND", "POST", v2+"/orgs", `{"name":"x","federationSettingsId":"`+acme+`"}`)
	d.refuses(400, "VALIDATION_ERROR", "POST", v2+"/orgs", `{"name":"x","apiKey":{"desc":"d","roles":["ORG_OWNER"]},"serviceAccount":{"name":"n","description":"d","roles":["ORG_OWNER"],"secretExpiresAfterHours":8}}`)
	d.refuses(400, "INVALID_ENUM_VALUE", "POST", v2+"/orgs", `{"name":"x","apiKey":{"desc":"d","roles":["GROUP_OWNER"]}}`)
	d.put("service_accounts", `{"clientId":"outsider","clientSecret":"s","roles":[{"roleName":"ORG_OWNER","orgId":"`+acmeLabs+`"}]}`)
	_, token := d.token("grant_type=client_credentials", "Authorization", basic("outsider", "s"))
	got := d.send("POST", v2+"/orgs", `{"name":"x","federationSettingsId":"`+federation+`"}`, "Authorization", "Bearer "+token.Get("access_token").Str, "Accept", first)
	if got.Code != 401 || got.Header().Get("X-Error-Code") != "USER_UNAUTHORIZED" {
		t.Errorf("a stranger to the federation was answered %d %s", got.Code, got.Body)
	}
	if list := d.gets(200, "GET", v2+"/orgs", ""); list.Get("totalCount").Int() != 3 {
		t.Errorf("something is left of the refused: %s", list.Raw)
	}
}

func TestAnOrganizationGoesWithItsPlace(t *testing.T) {
	d := newDoor(t)
	d.refuses(409, "ORG_NOT_EMPTY", "DELETE", v2+"/orgs/"+acme, "")
	d.gets(202, "DELETE", v2+"/groups/"+orders, "")
	d.gets(202, "DELETE", v2+"/groups/ac0000000000000000000022", "")
	d.gets(204, "DELETE", v2+"/orgs/"+acme, "")
	d.reads(d.gets(200, "GET", v2+settings+"/connectedOrgConfigs", ""), "results.#.orgId", `["`+bright+`"]`)
	d.reads(d.gets(200, "GET", v2+idps+"/"+oidcID, ""), "associatedOrgs", "[]")
	for _, kind := range []string{"role_mappings", "org_users"} {
		if _, err := d.Default().Get("atlas", kind, map[string]string{"role_mappings": "ac0000000000000000000051", "org_users": acme + "/ac0000000000000000000012"}[kind]); err == nil {
			t.Errorf("something of %s is left", kind)
		}
	}
}

func TestProjectLives(t *testing.T) {
	d := newDoor(t)
	made := d.gets(201, "POST", v2+"/groups?projectOwnerId="+acme, `{"name":"Billing","orgId":"`+bright+`","tags":[{"key":"env","value":"test"}]}`)
	id := made.Get("id").Str
	d.reads(made, "@this", `{"clusterCount":0,"created":"`+made.Get("created").Str+`","id":"`+id+`","links":[{"href":"http://example.com`+v2+`/groups/`+id+`","rel":"self"}],`+
		`"name":"Billing","orgId":"`+bright+`","tags":[{"key":"env","value":"test"}],"withDefaultAlertsSettings":true}`)
	d.reads(d.gets(200, "GET", v2+"/groups/byName/Billing", ""), "@this", made.Raw)
	twin := d.gets(201, "POST", v2+"/groups", `{"clusterCount":0,"created":"0001-01-01T00:00:00Z","id":"`+acme+`","name":"Twin","orgId":"`+bright+`"}`) // as SDKs send it
	if twin.Get("id").Str == acme || strings.HasPrefix(twin.Get("created").Str, "0001") {
		t.Errorf("a client chose what is not its own: %s", twin.Raw)
	}
	d.reads(d.gets(200, "GET", v2+"/orgs/"+bright+"/groups?name=bill", ""), "results.#.id", `["`+id+`"]`)
	d.reads(d.gets(200, "PATCH", v2+"/groups/"+id, `{"name":"Invoices"}`), "name", `"Invoices"`)
	d.gets(201, "POST", v1+"/groups", `{"name":"Orders","orgId":"`+bright+`"}`) // another organization has one of that name
	d.reads(d.refuses(409, "GROUP_ALREADY_EXISTS", "POST", v2+"/groups", `{"name":"Orders","orgId":"`+bright+`"}`), "parameters", `["Orders"]`)
	d.refuses(409, "GROUP_ALREADY_EXISTS", "PATCH", v2+"/groups/"+id, `{"name":"Orders"}`)
	d.refuses(404, "ORG_NOT_FOUND", "POST", v2+"/groups", `{"name":"x","orgId":"`+orders+`"}`)
	if got := d.gets(202, "DELETE", v2+"/groups/"+id, ""); got.Raw != "{}" {
		t.Errorf("the deletion answered %s", got.Raw)
	}
	d.reads(d.refuses(404, "GROUP_NOT_FOUND", "GET", v2+"/groups/"+id, ""), "@this",
		`{"detail":"No group with ID `+id+` exists.","error":404,"errorCode":"GROUP_NOT_FOUND","parameters":["`+id+`"],"reason":"Not Found"}`)
}

func TestWrongMethods(t *testing.T) {
	d := newDoor(t)
	d.reads(d.refuses(405, "UNEXPECTED_ERROR", "PUT", v2+config, "{}"), "parameters", "null")
	d.refuses(405, "UNEXPECTED_ERROR", "POST", public+mappings, "{}") // which Cloud Manager does not document
	if got := d.ask("GET", v2+"/orgs/"+acme+"/teams", ""); got.Code != 501 || !strings.Contains(got.Body.String(), "not_emulated") {
		t.Errorf("what is not emulated was answered %d %s", got.Code, got.Body)
	}
}

// TestFixtureErrors: a fixture whose parts do not fit says where.
func TestFixtureErrors(t *testing.T) {
	d := newDoor(t)
	if err := d.Default().Delete("atlas", "connected_org_configs", acmeLabs); err != nil {
		t.Fatal(err)
	}
	config := func(members string) string {
		return `{"orgId":"` + acmeLabs + `","federationSettingsId":"` + labs + `",` + members + `}`
	}
	mapping := func(assignments string) string {
		return `{"orgId":"` + acme + `","externalGroupName":"x","roleAssignments":[` + assignments + `]}`
	}
	saml := func(members string) string {
		return `{"federationSettingsId":"` + labs + `","protocol":"SAML","displayName":"x",` + members + `}`
	}
	owner := `{"role":"ORG_OWNER","orgId":"` + acme + `"}`
	for _, c := range []struct{ kind, doc, want string }{
		{"connected_org_configs", config(`"identityProviderId":"0oaacme0000000000001"`), "no SAML identity provider of the federation"},
		{"connected_org_configs", config(`"dataAccessIdentityProviderIds":["` + oidcID + `"]`), "no OIDC identity provider of the federation"},
		{"connected_org_configs", config(`"dataAccessIdentityProviderIds":["ac0000000000000000000044"]`), "no OIDC identity provider of the federation"},
		{"connected_org_configs", `{"orgId":"` + orders + `","federationSettingsId":"` + labs + `"}`, "no object of orgs"},
		{"identity_providers", saml(`"pemFileInfo":{"certificates":[{"content":"x"}]}`), "no PEM block"},
		{"identity_providers", saml(`"idpType":"WORKLOAD"`), "OIDC's alone"},
		{"identity_providers", saml(`"audience":"x"`), "audience: the other protocol's"},
		{"identity_providers", saml(`"status":"ACTIVE"`), "without associatedDomains"},
		{"identity_providers", `{"federationSettingsId":"` + labs + `","displayName":"x","ssoUrl":"https://x.example"}`, "ssoUrl: the other protocol's"},
		{"role_mappings", mapping(`{"role":"NONSENSE","orgId":"` + acme + `"}`), "roleAssignments[0]: NONSENSE: The provided role is not supported."},
		{"role_mappings", mapping(owner + `,{"role":"GROUP_OWNER","orgId":"` + bright + `","groupId":"` + orders + `"}`), "roleAssignments[1]: GROUP_OWNER: Role GROUP_OWNER cannot be specified with an organization ID."},
		{"role_mappings", mapping(owner + `,{"groupId":null,"role":"ORG_OWNER","orgId":"` + acme + `"}`), "the same item twice"},
		{"role_mappings", mapping(`{"role":"GROUP_OWNER","groupId":"` + orders + `"}`), "at least one organization role"},
		{"api_keys", `{"publicKey":"p","privateKey":"p","accessList":["banana"]}`, "IP address or CIDR block"},
		{"api_keys", `{"publicKey":"p","privateKey":"p","roles":[{"roleName":"ORG_OWNER","orgId":"nope"}]}`, `no organization has the id "nope"`},
		{"service_accounts", `{"clientId":"p","clientSecret":"p","roles":[{"roleName":"GROUP_OWNER","groupId":"nope"}]}`, `no project has the id "nope"`},
		{"service_accounts", `{"clientId":"p","clientSecret":"p","roles":[{"roleName":"ORG_OWNER","orgId":"` + acme + `","groupId":"` + orders + `"}]}`, "not in both"},
	} {
		if _, err := d.Default().Put("atlas", c.kind, c.doc); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.doc, err)
		}
	}
}
