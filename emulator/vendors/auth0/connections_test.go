package auth0_test

import (
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/emulator"
)

const connections = "/api/v2/connections"

func TestConnectionIsCreatedReadChangedAndDeleted(t *testing.T) {
	w := newTenant(t)
	created := w.call(201, "POST", connections, `{"name":"new-okta","strategy":"okta","enabled_clients":["AcmePortal0000000000000000000001"],
		"options":{"scope":"openid","domain":"new.okta.com","client_id":"x","token_endpoint":null,"upstream_params":{"screen_name":{"alias":"login_hint"},"b":{}}}}`)
	w.is(created.Get("@this|@keys"), `["id","options","strategy","name","is_domain_connection","show_as_button","authentication","connected_accounts","display_name","enabled_clients","realms"]`)
	w.is(created.Get("options|@keys"), `["scope","domain","client_id","token_endpoint","upstream_params","issuer","authorization_endpoint","userinfo_endpoint","jwks_uri","oidc_metadata","schema_version","type","attribute_map","connection_settings"]`)
	w.is(created.Get("options.token_endpoint"), `"https://new.okta.com/oauth2/v1/token"`)

	one := connections + "/" + created.Get("id").String()
	read := w.call(200, "GET", one, "")
	w.is(read.Get("options|@keys"), `["type","scope","domain","issuer","jwks_uri","client_id","attribute_map","oidc_metadata","schema_version","token_endpoint","upstream_params","userinfo_endpoint","connection_settings","authorization_endpoint"]`)
	w.is(read.Get("options.upstream_params|@keys"), `["b","screen_name"]`)
	w.is(w.call(200, "GET", one+"?fields=name,realms", ""), `{"id":`+created.Get("id").Raw+`,"name":"new-okta","is_domain_connection":false,"authentication":{"active":true},"connected_accounts":{"active":false},"realms":["new-okta"]}`)

	changed := w.call(200, "PATCH", one, `{"show_as_button":true,"metadata":{"a":"b"},"cross_app_access_requesting_app":{"active":true},"options":{"domain":"new.okta.com","client_id":"y"}}`)
	w.is(changed.Get("options.scope"), "")
	w.is(changed.Get("options.connection_settings"), `{"pkce":"disabled"}`)
	w.is(changed.Get("[show_as_button,realms,metadata,enabled_clients]"), `[true,["new-okta"],{"a":"b"},["AcmePortal0000000000000000000001"]]`)
	w.is(w.call(200, "PATCH", one, `{"display_name":"New"}`).Get("display_name"), `"New"`)
	changed = w.call(200, "PATCH", one, `{"metadata":null,"cross_app_access_requesting_app":null}`)
	w.is(changed.Get("metadata"), "")
	w.is(changed.Get("cross_app_access_requesting_app"), "")
	w.is(changed.Get("[options.client_id,display_name]"), `["y","New"]`)
	w.is(w.call(200, "GET", one, ""), changed.Raw)

	w.call(201, "POST", acme+"/connections", `{"connection_id":"`+created.Get("id").String()+`"}`)
	w.call(201, "POST", one+"/scim-configuration", "")
	w.call(202, "DELETE", one, "")
	w.call(204, "DELETE", one, "")
	w.refused(404, "GET", one, "", "The connection does not exist")
	w.refused(404, "PATCH", one, `{"metadata":{}}`, "The connection does not exist")
	w.refused(404, "GET", acme+"/connections/"+created.Get("id").String(), "", "No connection found by that id")
	w.column(w.call(200, "GET", acme+"/connections", ""), "connection.name", "acme-okta acme-saml Username-Password-Authentication")
}

func TestConnectionNamesAndRealmsAreTaken(t *testing.T) {
	w := newTenant(t)
	w.refused(409, "POST", connections, `{"name":"acme-okta","strategy":"sms"}`, "A connection with the same name already exists")
	realm := `There is already another connection with some realms from "realms" parameter`
	w.refused(409, "POST", connections, `{"name":"other","strategy":"sms","realms":["acme-okta"]}`, realm)
	w.refused(409, "PATCH", connections+"/con_AcmeSaml00000001", `{"realms":["acme-okta"]}`, realm)
	w.call(200, "PATCH", connections+"/con_AcmeSaml00000001", `{"realms":["acme-saml"]}`)
	created := w.call(201, "POST", connections, `{"name":"q7","strategy":"sms","realms":["r1","r2","r2"]}`)
	w.is(created.Get("realms"), `["r1","r2","r2"]`)
	w.refused(409, "POST", connections, `{"name":"q8","strategy":"sms","realms":["r3","r2"]}`, realm)
	w.refused(409, "POST", connections, `{"name":"r1","strategy":"sms"}`, realm)
	w.refused(409, "POST", connections, `{"name":"r1","strategy":"sms","realms":[]}`, realm)
	w.call(201, "POST", connections, `{"name":"r1","strategy":"sms","realms":["r3","q7"]}`)
	one := connections + "/" + created.Get("id").String()
	w.refused(409, "PATCH", one, `{"realms":["r1","r3"]}`, realm)
	w.refused(409, "PATCH", one, `{"realms":[]}`, realm)
	w.is(w.call(200, "GET", one, "").Get("realms"), `["r1","r2","r2"]`)
	w.is(w.call(200, "PATCH", one, `{"realms":["r2"]}`).Get("realms"), `["r2"]`)
	w.call(201, "POST", connections, `{"name":"q8","strategy":"sms","realms":["r1"]}`)
	w.call(202, "DELETE", one, "")
	w.call(201, "POST", connections, `{"name":"q7","strategy":"sms","realms":["r2"]}`)
	for _, name := range []string{"", "-a", "a-", "a--b", "a_b", strings.Repeat("a", 129)} {
		w.call(400, "POST", connections, `{"name":"`+name+`","strategy":"sms"}`)
	}
	w.call(201, "POST", connections, `{"name":"`+strings.Repeat("a-b", 42)+`","strategy":"sms"}`)
}

func TestConnectionsAreListed(t *testing.T) {
	w := newTenant(t)
	const all = "acme-entra acme-google acme-okta acme-saml brightforge-google brightforge-oidc Username-Password-Authentication"
	w.column(w.call(200, "GET", connections, ""), "name", all)
	page := w.call(200, "GET", connections+"?include_totals=true&page=1&per_page=3", "")
	w.is(page.Get("@this|@keys"), `["total","start","limit","connections"]`)
	w.is(page.Get("[total,start,limit]"), `[7,3,3]`)
	w.column(page.Get("connections"), "name", "acme-saml brightforge-google brightforge-oidc")
	w.is(page.Get("connections.0|@keys"), `["id","options","strategy","name","provisioning_ticket_url","is_domain_connection","show_as_button","authentication","connected_accounts","display_name","realms","enabled_clients"]`)
	w.is(w.call(200, "GET", connections+"?include_totals=true", "").Get("limit"), "100")
	w.is(w.call(200, "GET", connections+"?page=9", ""), "[]")
	w.call(400, "GET", connections+"?page=10", "")

	for query, want := range map[string]string{
		"name=acme-okta":                      "acme-okta",
		"name=ACME-OKTA":                      "",
		"name=acme-okta&strategy=samlp":       "",
		"strategy=google-apps":                "acme-google brightforge-google",
		"strategy=oidc&strategy=samlp":        "acme-saml brightforge-oidc",
		"strategy=okta&strategy=okta&page=1":  "",
		"fields=strategy&include_fields=true": "      ",
	} {
		w.column(w.call(200, "GET", connections+"?"+query, ""), "name", want)
	}
	for _, filter := range []string{"", "&strategy=google-apps&strategy=oidc&strategy=auth0"} {
		var names []string
		next := ""
		for range 9 {
			page := w.call(200, "GET", connections+"?take=2"+filter+next, "")
			names = append(names, column(page.Get("connections"), "name"))
			if !page.Get("next").Exists() {
				break
			}
			next = "&from=" + page.Get("next").String()
		}
		want := all
		if filter != "" {
			want = "acme-google brightforge-google brightforge-oidc Username-Password-Authentication"
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("pages of two%s hold %s", filter, got)
		}
	}
	w.call(400, "GET", connections+"?from=%21", "")
}

func TestThreeViewsOfEnabledClientsAgree(t *testing.T) {
	w := newTenant(t)
	const portal, mobile = "AcmePortal0000000000000000000001", "AcmeMobile0000000000000000000001"
	one := connections + "/con_AcmeSaml00000001"
	agree := func(want ...string) {
		t.Helper()
		w.is(w.call(200, "GET", one, "").Get("enabled_clients.#"), string(rune('0'+len(want))))
		w.column(w.call(200, "GET", one+"/clients", "").Get("clients"), "client_id", strings.Join(want, " "))
		for _, client := range want {
			list := w.call(200, "GET", "/api/v2/clients/"+client+"/connections?strategy=samlp", "")
			w.column(list.Get("connections"), "name", "acme-saml")
			w.is(list.Get("connections.0.enabled_clients"), "")
		}
	}
	agree(portal)
	w.call(204, "PATCH", one+"/clients", `[{"client_id":"`+mobile+`","status":true},{"client_id":"`+portal+`","status":true}]`)
	agree(mobile, portal)
	page := w.call(200, "GET", one+"/clients?take=1", "")
	w.column(page.Get("clients"), "client_id", mobile)
	w.is(w.call(200, "GET", one+"/clients?take=1&from="+page.Get("next").String(), ""), `{"clients":[{"client_id":"`+portal+`"}]}`)
	w.call(200, "PATCH", one, `{"enabled_clients":["`+portal+`"]}`)
	agree(portal)
	w.refused(404, "PATCH", one+"/clients", `[{"client_id":"`+mobile+`","status":true},{"client_id":"nobody","status":true}]`, "The client does not exist")
	agree(portal)
	w.is(w.call(200, "PATCH", one, `{"enabled_clients":["nobody","`+portal+`"]}`).Get("enabled_clients"), `["`+portal+`","nobody"]`)
	w.column(w.call(200, "GET", one+"/clients", "").Get("clients"), "client_id", portal+" nobody")
	w.refused(404, "PATCH", one+"/clients", `[{"client_id":"nobody","status":false},{"client_id":"no-one","status":false}]`, "The client does not exist")
	w.call(204, "PATCH", one+"/clients", `[{"client_id":"nobody","status":false}]`)
	agree(portal)
	w.refused(404, "PATCH", one+"/clients", `[{"client_id":"nobody","status":true}]`, "The client does not exist")
	w.call(204, "DELETE", "/api/v2/clients/"+portal, "")
	agree()
	w.refused(404, "GET", "/api/v2/clients/"+portal+"/connections", "", "The client does not exist")
	w.call(204, "PATCH", one+"/clients", `[{"client_id":"`+mobile+`","status":false}]`)
	w.call(202, "DELETE", one, "")
	w.refused(404, "GET", one+"/clients", "", "The connection does not exist")
}

func TestChangesOfConnectionsClaimNoDefaults(t *testing.T) {
	defaults := map[string]int{}
	for _, c := range emulator.Ledger() {
		if c.Vendor == "auth0" && c.Sort == "default" {
			defaults[c.About]++
		}
	}
	for about, want := range map[string]int{
		"connections.create": 3, "scim_configurations.create": 1, "directory_provisionings.create": 2,
		"connections.update": 0, "scim_configurations.update": 0, "directory_provisionings.update": 0,
	} {
		if defaults[about] != want {
			t.Errorf("%s claims %d defaults, not %d", about, defaults[about], want)
		}
	}
}
