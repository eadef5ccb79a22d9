package auth0_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

const (
	acmePath   = "/api/v2/organizations/org_Acme000000000001"
	brightPath = "/api/v2/organizations/org_Brightforge00001"
	portal     = "AcmePortal0000000000000000000001"
)

// gets sends a request that may do everything and has to answer with a status.
func (d door) gets(status int, method, path, body string) gjson.Result {
	d.Helper()
	answer, reply := d.send(method, path, body, "Authorization", "Bearer any", "Content-Type", "application/json")
	if answer.Code != status {
		d.Fatalf("%s %s %s\nanswered %d, want %d: %s", method, path, body, answer.Code, status, reply)
	}
	return reply
}

// reads holds a reply, or a part of it, to its JSON.
func (d door) reads(got gjson.Result, want string) {
	d.Helper()
	if got.Raw != want {
		d.Errorf("got  %s\nwant %s", got.Raw, want)
	}
}

// says holds a refusal to its message.
func (d door) says(got gjson.Result, message string) {
	d.Helper()
	if got.Get("message").Str != message {
		d.Errorf("got  %s\nwant %s", got, message)
	}
}

func TestClientLives(t *testing.T) {
	d := newDoor(t, "lenient")
	made := d.gets(201, "POST", "/api/v2/clients", `{"name":"Job","jwt_configuration":{"alg":"RS256"},"refresh_token":{"leeway":5},"logo_uri":null}`)
	id := "/api/v2/clients/" + made.Get("client_id").Str
	if len(made.Get("client_id").Str) != 32 || len(made.Get("client_secret").Str) != 64 || made.Get("logo_uri").Exists() {
		t.Errorf("made %s", made)
	}
	d.reads(made.Get("jwt_configuration"), `{"secret_encoded":false,"alg":"RS256"}`)
	d.reads(made.Get("grant_types"), `["authorization_code","implicit","refresh_token","client_credentials"]`)
	d.reads(made.Get("refresh_token.leeway"), "5")
	d.reads(made.Get("refresh_token.rotation_type"), `"non-rotating"`)
	d.reads(d.gets(200, "GET", id, ""), made.Raw)
	d.reads(d.gets(200, "GET", id+"?fields=name,client_id", ""), `{"name":"Job","client_id":`+made.Get("client_id").Raw+`}`)
	d.reads(d.gets(201, "POST", "/api/v2/clients", `{"name":"Job"}`).Get("jwt_configuration"), `{"secret_encoded":false,"lifetime_in_seconds":36000}`)

	const home = `{"organization_id":"org_Acme000000000001","flows":["client_credentials"]}`
	d.reads(d.gets(200, "PATCH", id, `{"default_organization":`+home+`,"description":"x"}`).Get("default_organization"), home)
	changed := d.gets(200, "PATCH", id, `{"default_organization":null,"client_id":"other"}`)
	if changed.Get("default_organization").Exists() || changed.Get("description").Str != "x" || changed.Get("client_id").Raw != made.Get("client_id").Raw {
		t.Errorf("after null: %s", changed)
	}
	d.says(d.gets(400, "PATCH", id, `{"default_organization":{"flows":["client_credentials"]}}`),
		"Payload validation error: 'Missing required property: organization_id' on property default_organization.")
	d.gets(400, "PATCH", id, `{"default_organization":{"organization_id":"org_Acme000000000001"}}`)
	d.gets(400, "PATCH", id, `{"default_organization":{"organization_id":"org_none","flows":["client_credentials"]}}`)

	d.gets(204, "DELETE", id, "")
	d.gets(204, "DELETE", id, "")
	d.reads(d.gets(404, "GET", id, ""), `{"statusCode":404,"error":"Not Found","message":"The client does not exist","errorCode":"inexistent_client"}`)
	d.gets(404, "PATCH", id, `{"name":"x"}`)
}

func TestDeletedClientLeavesNothingBehind(t *testing.T) {
	d := newDoor(t, "lenient")
	grant := d.gets(201, "POST", "/api/v2/client-grants", `{"client_id":"`+portal+`","audience":"https://api.acme.example/"}`).Get("id").Str
	d.gets(201, "POST", brightPath+"/client-grants", `{"grant_id":"`+grant+`"}`)
	if !strings.Contains(d.gets(200, "GET", "/api/v2/connections/con_AcmeOkta00000001", "").Get("enabled_clients").Raw, portal) {
		t.Fatal("the fixture's connection is not enabled for the client")
	}
	d.gets(204, "DELETE", "/api/v2/clients/"+portal, "")
	d.gets(404, "GET", "/api/v2/client-grants/"+grant, "")
	d.reads(d.gets(200, "GET", brightPath+"/client-grants", ""), "[]")
	d.reads(d.gets(200, "GET", acmePath+"/clients", ""), `{"clients":[]}`)
	d.reads(d.gets(200, "GET", "/api/v2/connections/con_AcmeOkta00000001", "").Get("enabled_clients"), "[]")
}

func TestClientsAreListed(t *testing.T) {
	d := newDoor(t, "lenient")
	for query, want := range map[string]string{
		"":                             "Acme Portal,Acme Mobile,Acme Provisioning",
		"?per_page=2&page=1":           "Acme Provisioning",
		"?page=9":                      "",
		"?app_type=native,regular_web": "Acme Portal,Acme Mobile",
		"?app_type=native,regular_web&page=1&per_page=1": "Acme Mobile",
		"?is_first_party=false":                          "",
		"?is_global=true":                                "",
		"?is_global=false&is_first_party=true":           "Acme Portal,Acme Mobile,Acme Provisioning",
	} {
		var names []string
		for _, c := range d.gets(200, "GET", "/api/v2/clients"+query, "").Array() {
			names = append(names, c.Get("name").Str)
		}
		if got := strings.Join(names, ","); got != want {
			t.Errorf("%q lists %q, want %q", query, got, want)
		}
	}
	d.reads(d.gets(200, "GET", "/api/v2/clients?include_totals=true&per_page=1&fields=name", ""),
		`{"total":3,"start":0,"limit":1,"clients":[{"name":"Acme Portal"}]}`)

	first := d.gets(200, "GET", "/api/v2/clients?take=2&fields=client_id", "")
	d.gets(204, "DELETE", "/api/v2/clients/"+first.Get("clients.1.client_id").Str, "") // the cursor outlives what it names
	d.reads(d.gets(200, "GET", "/api/v2/clients?fields=name&take=2&from="+first.Get("next").Str, ""), `{"clients":[{"name":"Acme Provisioning"}]}`)

	d.reads(d.gets(200, "GET", "/api/v2/clients?fields=name&take=50&q=client_grant.organization_id:org_Acme000000000001", ""),
		`{"clients":[{"name":"Acme Provisioning"}]}`)
	d.reads(d.gets(200, "GET", "/api/v2/clients?take=50&q=client_grant.allow_any_organization:true", ""), `{"clients":[]}`)
	d.gets(400, "GET", "/api/v2/clients?q=name:x", "")
	d.gets(400, "GET", "/api/v2/clients?from=eHh4", "")
}

func TestClientGrantLives(t *testing.T) {
	d := newDoor(t, "lenient")
	made := d.gets(201, "POST", "/api/v2/client-grants",
		`{"audience":"https://api.acme.example/","allow_any_organization":true,"organization_usage":"allow","scope":["read:orders"],"client_id":"`+portal+`"}`)
	id := made.Get("id").Str
	want := `{"id":"` + id + `","client_id":"` + portal + `","audience":"https://api.acme.example/","scope":["read:orders"],` +
		`"organization_usage":"allow","allow_any_organization":true,"subject_type":"client"}`
	d.reads(made, want)
	d.reads(d.gets(200, "GET", "/api/v2/client-grants/"+id, ""), want)
	d.reads(d.gets(200, "PATCH", "/api/v2/client-grants/"+id, `{"scope":[],"organization_usage":null}`),
		`{"id":"`+id+`","client_id":"`+portal+`","audience":"https://api.acme.example/","scope":[],"allow_any_organization":true,"subject_type":"client"}`)
	d.says(d.gets(400, "PATCH", "/api/v2/client-grants/"+id, `{"audience":"x"}`), "Payload validation error: 'Additional properties not allowed: audience'.")

	for _, c := range []struct {
		status        int
		body, message string
	}{
		{409, `{"client_id":"` + portal + `","audience":"https://api.acme.example/"}`, "A client grant for this client and audience already exists."},
		{404, `{"client_id":"nobody","audience":"https://api.acme.example/"}`, "The client does not exist"},
		{404, `{"client_id":"` + portal + `","audience":"https://x/"}`, "The resource server does not exist"},
	} {
		d.says(d.gets(c.status, "POST", "/api/v2/client-grants", c.body), c.message)
	}
	d.gets(201, "POST", "/api/v2/client-grants", `{"client_id":"`+portal+`","audience":"https://acme.eu.auth0.com/api/v2/"}`) // is always there
	express := d.gets(201, "POST", "/api/v2/clients", `{"name":"Express","app_type":"express_configuration"}`).Get("client_id").Str
	d.reads(d.gets(400, "POST", "/api/v2/client-grants", `{"client_id":"`+express+`","audience":"https://api.acme.example/"}`),
		`{"statusCode":400,"error":"Bad Request","message":"Client of type express_configuration cannot be used","errorCode":"validation_error"}`)

	for query, total := range map[string]string{
		"": "3", "client_id=" + portal: "2", "audience=https://api.acme.example/": "2", "client_id=nobody": "0",
		"client_id=" + portal + "&audience=https://api.acme.example/": "1", "allow_any_organization=true": "1", "subject_type=user": "0",
	} {
		list := d.gets(200, "GET", "/api/v2/client-grants?include_totals=true&"+query, "")
		d.reads(list.Get("@keys"), `["total","start","limit","client_grants"]`)
		d.reads(list.Get("total"), total)
		d.reads(list.Get("client_grants.#"), total)
	}
	d.gets(204, "DELETE", "/api/v2/client-grants/"+id, "")
	d.gets(204, "DELETE", "/api/v2/client-grants/"+id, "")
	d.says(d.gets(404, "GET", "/api/v2/client-grants/"+id, ""), "The grant does not exist.")
}

func TestOrganizationClientGrants(t *testing.T) {
	d := newDoor(t, "lenient")
	const grant = "cgr_AcmeProvision001"
	const shown = `"client_id":"AcmeProvisioning0000000000000001","audience":"https://api.acme.example/","scope":["read:orders"]`
	d.reads(d.gets(201, "POST", brightPath+"/client-grants", `{"grant_id":"`+grant+`"}`), `{"grant_id":"`+grant+`",`+shown+`}`)
	d.says(d.gets(409, "POST", brightPath+"/client-grants", `{"grant_id":"`+grant+`"}`), "The client grant has already been added to this organization.")
	d.says(d.gets(404, "POST", brightPath+"/client-grants", `{"grant_id":"cgr_none"}`), "The grant does not exist.")
	item := `{"id":"` + grant + `",` + shown + `,"subject_type":"client"}`
	d.reads(d.gets(200, "GET", brightPath+"/client-grants?include_totals=true&grant_ids=x&grant_ids="+grant, ""),
		`{"client_grants":[`+item+`],"start":0,"limit":50,"total":1}`)
	for _, query := range []string{"grant_ids=x", "client_id=x", "audience=x", "page=1"} {
		d.reads(d.gets(200, "GET", brightPath+"/client-grants?"+query, ""), "[]")
	}
	d.says(d.gets(400, "GET", brightPath+"/client-grants?"+strings.Repeat("grant_ids=x&", 11), ""),
		"Query validation error: 'Array is too long (11), maximum 10' on property grant_ids.")

	organizations := d.gets(200, "GET", "/api/v2/client-grants/"+grant+"/organizations?take=1&include_totals=true", "")
	d.reads(organizations.Get("organizations.#.name"), `["acme"]`)
	d.reads(d.gets(200, "GET", "/api/v2/client-grants/"+grant+"/organizations?take=1&from="+organizations.Get("next").Str, "").Get("organizations.#.name"), `["brightforge"]`)
	d.reads(d.gets(200, "GET", "/api/v2/client-grants/"+grant+"/organizations?include_totals=true", "").Get("total"), "2")

	d.gets(204, "DELETE", brightPath+"/client-grants/"+grant, "")
	d.gets(204, "DELETE", brightPath+"/client-grants/"+grant, "")
	d.gets(204, "DELETE", acmePath, "") // with what hangs on it
	d.reads(d.gets(200, "GET", "/api/v2/client-grants/"+grant+"/organizations", ""), "[]")
	d.says(d.gets(404, "GET", acmePath+"/client-grants", ""), "No organization found by that id or name")
}

func TestOrganizationClients(t *testing.T) {
	d := newDoor(t, "lenient")
	batch := `{"clients":[{"client_id":"` + portal + `","use_for_member_access":true},{"client_id":"AcmeMobile0000000000000000000001"}]}`
	const shownMobile = `{"client_id":"AcmeMobile0000000000000000000001","use_for_member_access":false,` +
		`"client":{"name":"Acme Mobile","is_first_party":true,"grant_types":["authorization_code","refresh_token"]}}`
	const shownPortal = `{"client_id":"` + portal + `","use_for_member_access":true,"client":{"name":"Acme Portal","is_first_party":true,` +
		`"grant_types":["authorization_code","refresh_token"],"organization_usage":"allow"}}`
	d.reads(d.gets(201, "POST", brightPath+"/clients", batch), "["+shownPortal+","+shownMobile+"]") // as the request has them
	d.reads(d.gets(200, "GET", brightPath+"/clients", ""), `{"clients":[`+shownMobile+","+shownPortal+`]}`)
	first := d.gets(200, "GET", brightPath+"/clients?take=1", "")
	d.reads(first.Get("@keys"), `["clients","next"]`)
	d.reads(d.gets(200, "GET", brightPath+"/clients?take=1&from="+first.Get("next").Str, ""), `{"clients":[`+shownPortal+`]}`)

	d.gets(409, "POST", brightPath+"/clients", `{"clients":[{"client_id":"AcmeProvisioning0000000000000001"},{"client_id":"`+portal+`"}]}`)
	d.gets(404, "POST", brightPath+"/clients", `{"clients":[{"client_id":"AcmeProvisioning0000000000000001"},{"client_id":"nobody"}]}`)
	d.gets(404, "GET", brightPath+"/clients/AcmeProvisioning0000000000000001", "") // neither batch left anything

	one := brightPath + "/clients/" + portal
	d.reads(d.gets(200, "PATCH", one, `{"use_for_member_access":false}`).Get("use_for_member_access"), "false")
	d.reads(d.gets(200, "PATCH", one, `{}`).Get("use_for_member_access"), "false")
	d.gets(200, "PATCH", "/api/v2/clients/"+portal, `{"name":"Portal"}`)
	d.reads(d.gets(200, "GET", one, "").Get("client.name"), `"Portal"`)
	d.gets(204, "DELETE", brightPath+"/clients", `{"clients":["`+portal+`","nobody"]}`)
	d.says(d.gets(404, "GET", one, ""), "No client found by that id")
	d.gets(404, "PATCH", one, `{"use_for_member_access":true}`)

	for i := range 10 { // one hundred at most, and one is there
		var items []string
		for j := range 10 {
			id := d.gets(201, "POST", "/api/v2/clients", fmt.Sprintf(`{"name":"c%d"}`, 10*i+j)).Get("client_id").Str
			items = append(items, `{"client_id":"`+id+`"}`)
		}
		status := 201
		if i == 9 {
			status = 409
		}
		d.gets(status, "POST", brightPath+"/clients", `{"clients":[`+strings.Join(items, ",")+`]}`)
	}
}

func TestDiscoveryDomains(t *testing.T) {
	d := newDoor(t, "lenient")
	path := brightPath + "/discovery-domains"
	made := d.gets(201, "POST", path, `{"domain":"Forge.example"}`)
	id, txt := made.Get("id").Str, made.Get("verification_txt").Str
	if len(id) != 26 || !strings.HasPrefix(id, "ord_") || strings.ContainsAny(id[4:], "0OIl") || len(txt) != 32 {
		t.Errorf("made %s", made)
	}
	want := `{"id":"` + id + `","domain":"Forge.example","status":"pending","verification_host":"_ss-verification.org_Brightforge00001.Forge.example",` +
		`"verification_txt":"` + txt + `","use_for_organization_discovery":true}`
	d.reads(made, want)
	d.reads(d.gets(200, "GET", path+"/"+id, ""), want)
	d.reads(d.gets(200, "GET", path+"/name/forge.example", ""), want)
	d.says(d.gets(409, "POST", path, `{"domain":"forge.EXAMPLE"}`), "An organization discovery domain with this domain is already registered to this organization.")
	d.gets(201, "POST", acmePath+"/discovery-domains", `{"domain":"forge.example"}`) // another's
	changed := d.gets(200, "PATCH", path+"/"+id, `{"status":"verified","use_for_organization_discovery":false}`)
	if changed.Get("status").Str != "verified" || changed.Get("use_for_organization_discovery").Bool() || changed.Get("verification_txt").Str != txt {
		t.Errorf("changed %s", changed)
	}

	last := d.gets(201, "POST", path, `{"domain":"third.example"}`).Get("id").Str
	page := d.gets(200, "GET", path+"?take=2", "")
	d.reads(page.Get("@keys"), `["next","domains"]`)
	if next, _ := base64.RawURLEncoding.DecodeString(page.Get("next").Str); string(next) != last {
		t.Errorf("next says %q, want %q", next, last)
	}
	d.reads(page.Get("domains.#.domain"), `["brightforge.example","Forge.example"]`)
	d.reads(d.gets(200, "GET", path+"?take=2&from="+page.Get("next").Str, "").Get("@this.domains.#.id"), `["`+last+`"]`)
	d.gets(400, "GET", acmePath+"/discovery-domains?from="+page.Get("next").Str, "")

	d.gets(404, "GET", acmePath+"/discovery-domains/"+id, "")
	d.gets(204, "DELETE", acmePath+"/discovery-domains/"+id, "") // not acme's: nothing happens
	d.gets(200, "GET", path+"/"+id, "")
	d.gets(204, "DELETE", path+"/"+id, "")
	d.gets(204, "DELETE", path+"/"+id, "")
	d.reads(d.gets(404, "GET", path+"/"+id, ""), `{"statusCode":404,"error":"Not Found","message":"No organization domain found by that id"}`)
	d.gets(404, "GET", path+"/name/forge.example", "")
	d.gets(404, "PATCH", path+"/"+id, `{}`)
}

func TestResourceServerLives(t *testing.T) {
	d := newDoor(t, "lenient")
	made := d.gets(201, "POST", "/api/v2/resource-servers", `{"name":"Orders","identifier":"urn:orders","scopes":[{"value":"read:orders"}]}`)
	id := made.Get("id").Str
	d.reads(made, `{"id":"`+id+`","name":"Orders","identifier":"urn:orders","scopes":[{"value":"read:orders"}],"signing_alg":"RS256",`+
		`"allow_offline_access":false,"token_lifetime":86400,"token_lifetime_for_web":7200,"skip_consent_for_verifiable_first_party_clients":false,`+
		`"subject_type_authorization":{"client":{"policy":"require_client_grant"},"user":{"policy":"allow_all"}}}`)
	d.reads(d.gets(200, "GET", "/api/v2/resource-servers/urn%3Aorders", ""), made.Raw)
	d.gets(409, "POST", "/api/v2/resource-servers", `{"identifier":"urn:orders"}`)
	d.reads(d.gets(200, "PATCH", "/api/v2/resource-servers/"+id, `{"token_lifetime":60,"identifier":"urn:other"}`).Get("identifier"), `"urn:orders"`)
	_, token := d.exchange("anybody", "x", "urn:orders")
	d.reads(token.Get("expires_in"), "60")
	d.reads(token.Get("scope"), `"read:orders"`)
	if !d.gets(201, "POST", "/api/v2/resource-servers", `{"identifier":"urn:old","signing_alg":"HS256"}`).Get("signing_secret").Exists() {
		t.Error("HS256 without a secret")
	}
	d.reads(d.gets(200, "GET", "/api/v2/resource-servers?include_totals=true&identifiers=urn:orders&identifiers=urn:old", "").Get("resource_servers.#.identifier"), `["urn:orders","urn:old"]`)

	grant := d.gets(201, "POST", "/api/v2/client-grants", `{"client_id":"`+portal+`","audience":"urn:orders"}`).Get("id").Str
	d.gets(204, "DELETE", "/api/v2/resource-servers/"+id, "")
	d.gets(204, "DELETE", "/api/v2/resource-servers/"+id, "")
	d.gets(404, "GET", "/api/v2/client-grants/"+grant, "")
	d.says(d.gets(404, "GET", "/api/v2/resource-servers/"+id, ""), "The resource server does not exist")
	d.gets(404, "PATCH", "/api/v2/resource-servers/"+id, `{}`)
}
