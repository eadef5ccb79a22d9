package atlas_test

import (
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator"
)

// TestConfigFieldByField sends one member alone, or none, and looks at what became of each.
func TestConfigFieldByField(t *testing.T) {
	const (
		restricted = `["acme.example","partners.example"]`
		custom     = `["partners.example"]`
		member     = `["ORG_MEMBER"]`
		oidc       = `["` + oidcID + `"]`
		applied    = `"` + saml + `"`
		gita       = `[{"emailAddress":"gita.sharma@contractors.example","federationSettingsId":"` + federation + `","firstName":"Gita","lastName":"Sharma","userId":"ac0000000000000000000013"}]`
	)
	for _, c := range []struct {
		body                                                              string
		provider, data, domains, restriction, grants, mappings, conflicts string
	}{
		{`{}`, "null", "[]", custom, "false", member, "2", "null"}, // what is absent disconnects, or stays
		{`{"identityProviderId":` + applied + `}`, applied, "[]", restricted, "false", member, "2", "null"},
		{`{"identityProviderId":null,"dataAccessIdentityProviderIds":null}`, "null", "[]", custom, "false", member, "2", "null"},
		{`{"dataAccessIdentityProviderIds":["` + workloadID + `","` + oidcID + `"]}`, "null", `["` + workloadID + `","` + oidcID + `"]`, custom, "false", member, "2", "null"},
		{`{"domainRestrictionEnabled":true,"identityProviderId":` + applied + `,"dataAccessIdentityProviderIds":` + oidc + `}`, applied, oidc, restricted, "true", member, "2", gita},
		{`{"domainAllowList":[]}`, "null", "[]", "[]", "false", member, "2", "null"},
		{`{"domainAllowList":[],"identityProviderId":` + applied + `}`, applied, "[]", `["acme.example"]`, "false", member, "2", "null"}, // its own always remain
		{`{"domainAllowList":["contractors.example","acme.example"],"identityProviderId":` + applied + `,"domainRestrictionEnabled":true}`,
			applied, "[]", `["acme.example","contractors.example"]`, "true", member, "2", "[]"},
		{`{"domainAllowList":["CONTRACTORS.example"],"identityProviderId":` + applied + `,"domainRestrictionEnabled":true}`,
			applied, "[]", `["acme.example","CONTRACTORS.example"]`, "true", member, "2", "[]"},
		{`{"domainAllowList":null,"postAuthRoleGrants":null,"roleMappings":null}`, "null", "[]", custom, "false", member, "2", "null"},
		{`{"domainAllowList":["https://accounts.google.com"]}`, "null", "[]", `["https://accounts.google.com"]`, "false", member, "2", "null"}, // no rule for a domain
		{`{"postAuthRoleGrants":["ORG_MEMBER"]}`, "null", "[]", custom, "false", member, "2", "null"},                                          // the same as before needs no provider
		{`{"postAuthRoleGrants":["ORG_READ_ONLY","ORG_OWNER"],"identityProviderId":` + applied + `}`, applied, "[]", restricted, "false", `["ORG_READ_ONLY","ORG_OWNER"]`, "2", "null"},
		{`{"roleMappings":[],"identityProviderId":` + applied + `}`, applied, "[]", restricted, "false", member, "0", "null"},
		{`{"orgId":"` + acme + `","userConflicts":[{"anything":1}],"instantUserProvisioningDisabled":true}`, "null", "[]", custom, "false", member, "2", "null"}, // echoes
	} {
		for _, base := range []string{v2, v1, public} {
			t.Run(base+c.body, func(t *testing.T) {
				d := newDoor(t)
				got := d.gets(200, "PATCH", base+config, c.body)
				d.reads(got, "identityProviderId", c.provider)
				d.reads(got, "dataAccessIdentityProviderIds", c.data)
				d.reads(got, "domainAllowList", c.domains)
				d.reads(got, "domainRestrictionEnabled", c.restriction)
				d.reads(got, "postAuthRoleGrants", c.grants)
				d.reads(got, "roleMappings.#", c.mappings)
				d.reads(got, "userConflicts", c.conflicts)
				d.reads(got, "orgId", `"`+acme+`"`)
				d.reads(d.gets(200, "GET", base+config, ""), "@this", got.Raw)
			})
		}
	}
}

func TestConfigIsRefused(t *testing.T) {
	d := newDoor(t)
	for _, c := range []struct {
		body, code, parameters string
	}{
		{`{"identityProviderId":"0oalabs0000000000001"}`, "CONNECTED_ORG_CONFIG_IDP_NOT_IN_FEDERATION", `["0oalabs0000000000001"]`}, // another federation's
		{`{"identityProviderId":"0oa00000000000000000"}`, "CONNECTED_ORG_CONFIG_IDP_NOT_IN_FEDERATION", `["0oa00000000000000000"]`},
		{`{"identityProviderId":""}`, "VALIDATION_ERROR", `["identityProviderId must match ^([A-Za-z0-9]{20})$"]`},
		{`{"dataAccessIdentityProviderIds":["` + samlID + `"]}`, "CONNECTED_ORG_CONFIG_IDP_NOT_IN_FEDERATION", `["` + samlID + `"]`}, // no access to data by SAML
		{`{"dataAccessIdentityProviderIds":["` + oidcID + `","` + orders + `"]}`, "CONNECTED_ORG_CONFIG_IDP_NOT_IN_FEDERATION", `["` + orders + `"]`},
		{`{"dataAccessIdentityProviderIds":["` + oidcID + `","` + oidcID + `"]}`, "VALIDATION_ERROR", `["dataAccessIdentityProviderIds must not have the same item twice"]`},
		{`{"dataAccessIdentityProviderIds":["` + oidcID + `","\u0061` + oidcID[1:] + `"]}`, "VALIDATION_ERROR", `["dataAccessIdentityProviderIds must not have the same item twice"]`},
		{`{"postAuthRoleGrants":["GROUP_OWNER"],"identityProviderId":"` + saml + `"}`, "POST_AUTH_ROLE_GRANTS_MUST_CONTAIN_ORG_ROLES", `[]`},
		{`{"postAuthRoleGrants":["ORG_OWNER"]}`, "VALIDATION_ERROR", `["other post-authentication role grants need an identity provider"]`}, // another than before, and no provider
		{`{"roleMappings":[]}`, "VALIDATION_ERROR", `["role mappings need an identity provider"]`},
		{`{"orgId":"` + bright + `"}`, "ATTRIBUTE_READ_ONLY", `["orgId"]`},
		{`{"role":"x"}`, "INVALID_ATTRIBUTE", `["role"]`},
		{`{"{detail}":"x"}`, "INVALID_ATTRIBUTE", `["{detail}"]`},
		{`{"domainAllowList":"acme.example"}`, "INVALID_JSON_ATTRIBUTE", `["domainAllowList"]`},
		{`{"domainRestrictionEnabled":null}`, "INVALID_JSON_ATTRIBUTE", `["domainRestrictionEnabled"]`},
		{`[]`, "INVALID_JSON", `[]`},
		{`{`, "MALFORMED_JSON", `[]`},
		{`{"identityProviderId":"` + saml + `","roleMappings":[{"externalGroupName":"x","roleAssignments":[{"role":"ORG_OWNER"}]}]}`, "ROLE_NEEDS_ORG_ID", `["ORG_OWNER"]`},
	} {
		got := d.refuses(400, c.code, "PATCH", v2+config, c.body)
		d.reads(got, "parameters", c.parameters)
		d.reads(got, "reason", `"Bad Request"`)
		d.reads(got, "error", "400")
	}
	d.reads(d.refuses(400, "INVALID_ATTRIBUTE", "PATCH", v2+config, `{"role":1}`), "@this",
		`{"detail":"Invalid attribute role specified.","error":400,"errorCode":"INVALID_ATTRIBUTE","parameters":["role"],"reason":"Bad Request"}`)
}

// TestAProvidersDomainsLeaveWithIt: those that were sent along, as they were read, were never the organization's own.
func TestAProvidersDomainsLeaveWithIt(t *testing.T) {
	d := newDoor(t)
	d.gets(200, "PATCH", v2+config, `{"identityProviderId":"`+saml+`","domainAllowList":["acme.example","partners.example"]}`)
	d.reads(d.gets(200, "PATCH", v2+config, `{}`), "domainAllowList", `["partners.example"]`)
}

// TestAnEchoChangesNothing: what a configuration reads goes back as it is, also where its provider has left its mappings.
func TestAnEchoChangesNothing(t *testing.T) {
	d := newDoor(t)
	for _, provider := range []string{`"` + saml + `"`, "null"} {
		read := d.gets(200, "PATCH", v2+config, `{"identityProviderId":`+provider+`}`)
		d.reads(read, "roleMappings.#", "2")
		d.reads(d.gets(200, "PATCH", v2+config, read.Raw), "@this", read.Raw)
		turned := "[" + read.Get("roleMappings.1").Raw + "," + read.Get("roleMappings.0").Raw + "]"
		d.reads(d.gets(200, "PATCH", v2+config, `{"identityProviderId":`+provider+`,"roleMappings":`+turned+`}`), "roleMappings", read.Get("roleMappings").Raw)
	}
	one := d.gets(200, "GET", v2+config, "").Get("roleMappings.0").Raw
	for _, other := range []string{"[]", "[" + one + "]", "[" + one + "," + one + "]", strings.Replace("["+one+"]", "atlas-admins", "x", 1)} {
		d.refuses(400, "VALIDATION_ERROR", "PATCH", v2+config, `{"roleMappings":`+other+`}`)
	}
}

func TestRoleMappingsAreReplacedWhole(t *testing.T) {
	d := newDoor(t)
	got := d.gets(200, "PATCH", public+config, `{"identityProviderId":"`+saml+`","roleMappings":[
		{"externalGroupName":"atlas-chiefs","id":"ac0000000000000000000051","roleAssignments":[{"orgId":"`+acme+`","groupId":null,"role":"ORG_OWNER"}]},
		{"externalGroupName":"atlas-news","id":"ac00000000000000000000ff","roleAssignments":[{"orgId":"`+acme+`","role":"ORG_MEMBER"},{"groupId":"`+orders+`","role":"GROUP_READ_ONLY"}]}]}`)
	d.reads(got, "roleMappings.#", "2")
	d.reads(got, "roleMappings.0", `{"externalGroupName":"atlas-chiefs","id":"ac0000000000000000000051","roleAssignments":[{"groupId":null,"orgId":"`+acme+`","role":"ORG_OWNER"}]}`)
	if id := got.Get("roleMappings.1.id").Str; id == "ac00000000000000000000ff" || len(id) != 24 {
		t.Errorf("a mapping that was not there has the id %s", id)
	}
	d.refuses(400, "VALIDATION_ERROR", "PATCH", public+config, `{"identityProviderId":"`+saml+`","roleMappings":[
		{"externalGroupName":"same","roleAssignments":[{"orgId":"`+acme+`","role":"ORG_OWNER"}]},
		{"externalGroupName":"same","roleAssignments":[{"orgId":"`+acme+`","role":"ORG_MEMBER"}]}]}`)
	same := `{"externalGroupName":"%","id":"ac0000000000000000000051","roleAssignments":[{"orgId":"` + acme + `","role":"ORG_OWNER"}]}`
	d.reads(d.refuses(400, "VALIDATION_ERROR", "PATCH", public+config, `{"identityProviderId":"`+saml+`","roleMappings":[`+strings.Replace(same, "%", "a", 1)+`,`+strings.Replace(same, "%", "b", 1)+`]}`),
		"parameters", `["roleMappings must not have the same id twice"]`)
	d.gets(404, "GET", v2+mappings+"/ac0000000000000000000052", "")
}

func TestConnectedOrgsAreListedAndLeave(t *testing.T) {
	d := newDoor(t)
	list := d.gets(200, "GET", v2+settings+"/connectedOrgConfigs?itemsPerPage=100&pageNum=1", "")
	d.reads(list, "totalCount", "2")
	d.reads(list, "results.#.orgId", `["`+acme+`","`+bright+`"]`) // the first has the identity provider applied
	d.reads(list, "results.0.identityProviderId", `"`+saml+`"`)
	d.refuses(404, "RESOURCE_NOT_FOUND", "GET", v2+settings+"/connectedOrgConfigs/"+acmeLabs, "") // another federation's
	d.gets(204, "DELETE", v2+config, "")
	d.refuses(404, "RESOURCE_NOT_FOUND", "GET", v2+config, "")
	d.refuses(404, "RESOURCE_NOT_FOUND", "DELETE", v2+config, "")
	d.refuses(404, "RESOURCE_NOT_FOUND", "GET", v2+"/orgs/"+acme+"/federationSettings", "")
	d.refuses(400, "VALIDATION_ERROR", "DELETE", v2+settings+"/connectedOrgConfigs/"+bright, "")
	d.gets(204, "DELETE", v2+settings, "") // one is left, and may go with all the rest
	d.refuses(404, "RESOURCE_NOT_FOUND", "GET", v2+idps, "")
	d.gets(200, "GET", v2+"/orgs/"+bright, "")
}

func TestFederationSettingsOfAnOrganization(t *testing.T) {
	d := newDoor(t)
	d.reads(d.gets(200, "GET", v2+"/orgs/"+acme+"/federationSettings", ""), "@this", `{"federatedDomains":["acme.example"],"hasRoleMappings":true,"id":"`+federation+
		`","identityProviderId":"`+saml+`","identityProviderStatus":"ACTIVE"}`)
	d.reads(d.gets(200, "GET", v2+"/orgs/"+bright+"/federationSettings", ""), "@this", `{"federatedDomains":[],"hasRoleMappings":false,"id":"`+federation+
		`","identityProviderId":null,"identityProviderStatus":"INACTIVE"}`) // though the federation has an active one
	d.refuses(404, "ORG_NOT_FOUND", "GET", v2+"/orgs/"+orders+"/federationSettings", "")
	d.refuses(400, "INVALID_PATH_PARAMETER", "GET", v2+"/orgs/acme/federationSettings", "")
	d.gets(201, "POST", v2+"/orgs", `{"name":"Lonely"}`)
	var lonely string
	for _, o := range d.gets(200, "GET", v2+"/orgs?name=lonely", "").Get("results").Array() {
		lonely = o.Get("id").Str
	}
	d.refuses(404, "RESOURCE_NOT_FOUND", "GET", v2+"/orgs/"+lonely+"/federationSettings", "")
}

// TestTerraformChangesWhatItRead sends the requests of the provider's resource for a connected organization: what GET
// answered, changed, without its role mappings.
func TestTerraformChangesWhatItRead(t *testing.T) {
	d := newDoor(t, emulator.WithAuth("strict"))
	_, token := d.token("grant_type=client_credentials", "Authorization", basic(account, accountSecret))
	send := func(method, path, body, media string) gjson.Result {
		t.Helper()
		headers := []string{"Authorization", "Bearer " + token.Get("access_token").Str, "Accept", media}
		if body != "" {
			headers = append(headers, "Content-Type", media)
		}
		got := d.send(method, path, body, headers...)
		if got.Code >= 300 || got.Header().Get("Content-Type") != media+";charset=utf-8" {
			t.Fatalf("%s %s answered %d %v %s", method, path, got.Code, got.Header(), got.Body)
		}
		return gjson.Parse(got.Body.String())
	}
	send("GET", v2+"/orgs/"+acme, "", first)
	send("GET", v2+"/orgs/"+acme+"/federationSettings", "", first)
	read := send("GET", v2+config, "", first)
	var members []string
	read.ForEach(func(key, value gjson.Result) bool {
		if key.Str != "roleMappings" {
			members = append(members, key.Raw+":"+value.Raw)
		}
		return true
	})
	body := strings.Replace("{"+strings.Join(members, ",")+"}", `["ORG_MEMBER"]`, `["ORG_READ_ONLY","ORG_MEMBER"]`, 1)
	changed := send("PATCH", v2+config, body, first)
	d.reads(changed, "@this", strings.Replace(read.Raw, `["ORG_MEMBER"]`, `["ORG_READ_ONLY","ORG_MEMBER"]`, 1))

	made := send("POST", v2+mappings, `{"externalGroupName":"tf","roleAssignments":[{"orgId":"`+acme+`","role":"ORG_MEMBER"}]}`, first)
	id := made.Get("id").Str
	replaced := send("PUT", v2+mappings+"/"+id, `{"externalGroupName":"tf2","id":"`+id+`","roleAssignments":[{"orgId":"`+acme+`","role":"ORG_OWNER"}]}`, first)
	d.reads(replaced, "@this", `{"externalGroupName":"tf2","id":"`+id+`","roleAssignments":[{"groupId":null,"orgId":"`+acme+`","role":"ORG_OWNER"}]}`)
	send("DELETE", v2+mappings+"/"+id, "", first)
	d.reads(send("GET", v2+idps+"?idpType=WORKLOAD&itemsPerPage=100&pageNum=1&protocol=OIDC&protocol=SAML", "", first), "totalCount", "1")
	d.reads(send("GET", v2+idps+"?idpType=WORKLOAD&itemsPerPage=100&pageNum=1", "", first), "totalCount", "0")
	if got := d.oauth("revoke", "token="+token.Get("access_token").Str+"&token_type_hint=access_token", "Authorization", basic(account, accountSecret)); got.Code != 200 {
		t.Errorf("the revocation answered %d", got.Code)
	}
}
