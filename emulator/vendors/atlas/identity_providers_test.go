package atlas_test

import (
	"encoding/xml"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/emulator/vendors/atlas"
)

const newOIDC = `{"associatedDomains":["acme.example"],"audience":"a","authorizationType":"GROUP","clientId":"c","description":"d","displayName":"n",` +
	`"groupsClaim":"groups","idpType":"WORKFORCE","issuerUri":"https://issuer.example","protocol":"OIDC","requestedScopes":["openid"],"userClaim":"sub"}`

func TestWorkforceIsCreated(t *testing.T) {
	d := newDoor(t)
	made := d.gets(200, "POST", v2+idps, newOIDC)
	id, at := made.Get("id").Str, made.Get("createdAt").Str
	if !regexp.MustCompile(`^[a-f0-9]{24}$`).MatchString(id) || len(at) != len("2026-08-10T03:07:49Z") {
		t.Errorf("made %s at %s", id, at)
	}
	d.reads(made, "@this", `{"associatedDomains":["acme.example"],"associatedOrgs":[],"audience":"a","authorizationType":"GROUP","clientId":"c","createdAt":"`+at+
		`","description":"d","displayName":"n","groupsClaim":"groups","id":"`+id+`","idpType":"WORKFORCE","issuerUri":"https://issuer.example","oktaIdpId":null,"protocol":"OIDC",`+
		`"requestedScopes":["openid"],"updatedAt":null,"userClaim":"sub"}`)
	d.reads(d.gets(200, "GET", v2+idps+"/"+id, ""), "@this", made.Raw)
	d.gets(200, "PATCH", v2+config, `{"dataAccessIdentityProviderIds":["`+id+`"]}`)
	d.reads(d.gets(200, "GET", v2+idps+"/"+id, ""), "associatedOrgs", "["+d.gets(200, "GET", v2+config, "").Raw+"]")
}

func TestWorkloadLacksWhatWorkforcesHave(t *testing.T) {
	d := newDoor(t)
	made := d.gets(200, "POST", v2+idps, strings.Replace(newOIDC, "WORKFORCE", "WORKLOAD", 1))
	d.reads(made, "@keys", `["associatedOrgs","audience","authorizationType","createdAt","description","displayName","groupsClaim","id","idpType","issuerUri","oktaIdpId","protocol","updatedAt","userClaim"]`)
	path := v2 + idps + "/" + made.Get("id").Str
	d.reads(d.gets(200, "PATCH", path, `{"clientId":"x","associatedDomains":[],"audience":"b"}`), "@keys", made.Get("@keys").Raw)
	d.gets(200, "PATCH", v2+config, `{"dataAccessIdentityProviderIds":["`+made.Get("id").Str+`"]}`)
	d.refuses(400, "VALIDATION_ERROR", "DELETE", path, "") // connected
	d.gets(200, "PATCH", v2+config, `{}`)
	d.gets(204, "DELETE", path, "")
	d.refuses(404, "RESOURCE_NOT_FOUND", "DELETE", path, "")
}

func TestCreationIsRefused(t *testing.T) {
	d := newDoor(t)
	for old, c := range map[string]struct{ new, code string }{
		`"protocol":"OIDC"`: {`"protocol":"SAML"`, "VALIDATION_ERROR"}, `"audience":"a",`: {``, "MISSING_ATTRIBUTE"}, `"displayName":"n"`: {`"displayName":""`, "VALIDATION_ERROR"},
		`"groupsClaim":"groups",`: {``, "MISSING_ATTRIBUTE"}, `"audience":"a"`: {`"audience":"acme-data"`, "VALIDATION_ERROR"}, `"idpType":"WORKFORCE"`: {`"idpType":"ROBOT"`, "INVALID_ENUM_VALUE"},
		`"clientId":"c"`: {`"client":"c"`, "INVALID_ATTRIBUTE"}, `"displayName":"n",`: {``, "MISSING_ATTRIBUTE"}, `"description":"d"`: {`"ssoUrl":"d"`, "INVALID_ATTRIBUTE"},
	} {
		d.refuses(400, c.code, "POST", v2+idps, strings.Replace(newOIDC, old, c.new, 1))
	}
	d.gets(200, "POST", v2+"/federationSettings/"+labs+"/identityProviders", strings.Replace(newOIDC, `"audience":"a"`, `"audience":"acme-data"`, 1)) // another federation
	made := d.gets(200, "POST", v2+idps, strings.NewReplacer(`"groupsClaim":"groups",`, ``, "GROUP", "USER").Replace(newOIDC))
	d.reads(made, "groupsClaim", "null")
}

func TestChangesMerge(t *testing.T) {
	d := newDoor(t)
	changed := d.gets(200, "PATCH", v2+idps+"/"+oidcID, `{"description":"changed","idpType":"WORKFORCE","protocol":"OIDC"}`)
	d.reads(changed, "description", `"changed"`)
	d.reads(changed, "audience", `"acme-data"`)
	d.reads(changed, "groupsClaim", `"groups"`)
	if len(changed.Get("updatedAt").Str) != len("2026-08-10T03:07:49Z") {
		t.Errorf("updated at %s", changed.Get("updatedAt"))
	}
	d.reads(d.gets(200, "PATCH", v2+idps+"/"+oidcID, `{"authorizationType":"USER"}`), "groupsClaim", "null") // the claim is absent
	d.reads(d.gets(200, "GET", v2+idps+"/"+oidcID, ""), "groupsClaim", "null")
	d.reads(d.gets(200, "PATCH", v2+idps+"/"+oidcID, `{"groupsClaim":"teams"}`), "groupsClaim", `"teams"`) // as it was sent
	for body, code := range map[string]string{
		`{"protocol":"SAML"}`: "ATTRIBUTE_READ_ONLY", `{"idpType":"WORKLOAD"}`: "ATTRIBUTE_READ_ONLY", `{"sso":"x"}`: "INVALID_ATTRIBUTE",
		`{"ssoUrl":"https://x.example"}`: "INVALID_ATTRIBUTE", `{"ssoDebugEnabled":true}`: "INVALID_ATTRIBUTE", `{"authorizationType":"GROUP","groupsClaim":null}`: "MISSING_ATTRIBUTE",
		`{"authorizationType":"GROUP","groupsClaim":""}`: "MISSING_ATTRIBUTE", `{"audience":"acme-workloads"}`: "VALIDATION_ERROR", `{"displayName":"` + strings.Repeat("x", 51) + `"}`: "VALIDATION_ERROR", `{"createdAt":"x"}`: "INVALID_ATTRIBUTE",
	} {
		d.refuses(400, code, "PATCH", v2+idps+"/"+oidcID, body)
	}
}

func TestSAMLIsChanged(t *testing.T) {
	d := newDoor(t)
	pem, err := os.ReadFile("testdata/certificate.pem")
	if err != nil {
		t.Fatal(err)
	}
	content := strings.ReplaceAll(strings.TrimSpace(string(pem)), "\n", `\n`)
	for _, path := range []string{v2 + idps + "/" + samlID, v1 + idps + "/" + saml} {
		d.refuses(400, "MISSING_ATTRIBUTE", "PATCH", path, `{"displayName":"x"}`)
		for _, foreign := range []string{`"audience":"x"`, `"clientId":"x"`, `"userClaim":"x"`, `"requestedScopes":["x"]`} { // which SAML lacks
			d.refuses(400, "INVALID_ATTRIBUTE", "PATCH", path, `{"ssoDebugEnabled":true,`+foreign+`}`)
		}
		d.reads(d.gets(200, "PATCH", path, `{"ssoDebugEnabled":true,"requestedScopes":[],"clientId":null,"audience":""}`), "audience", "") // and empty ones say nothing
		d.reads(d.gets(200, "PATCH", path, `{"ssoDebugEnabled":true,"status":null}`), "status", `"ACTIVE"`)
		d.refuses(400, "VALIDATION_ERROR", "PATCH", path, `{"ssoDebugEnabled":true,"pemFileInfo":{"certificates":[{"content":"no certificate"}]}}`)
		d.refuses(400, "VALIDATION_ERROR", "PATCH", path, `{"ssoDebugEnabled":true,"pemFileInfo":{"certificates":[{"content":"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"}]}}`)
		changed := d.gets(200, "PATCH", path, `{"ssoDebugEnabled":true,"associatedDomains":["acme.example","acme.test"],"pemFileInfo":{"fileName":"new.pem","certificates":[{"content":"`+content+`"}]}}`)
		d.reads(changed, "pemFileInfo", `{"certificates":[{"notAfter":"2046-11-17T02:06:35Z","notBefore":"2026-11-22T02:06:35Z"}],"fileName":"new.pem"}`)
		d.reads(changed, "ssoDebugEnabled", "true")
		d.reads(changed, "displayName", `"Acme SAML"`)
		d.reads(d.gets(200, "PATCH", path, `{"ssoDebugEnabled":false}`), "pemFileInfo.fileName", `"new.pem"`) // absent certificates stay
		d.reads(d.gets(200, "GET", v2+config, ""), "domainAllowList", `["acme.example","acme.test","partners.example"]`)
		d.reads(d.gets(200, "PATCH", path, `{"ssoDebugEnabled":false,"associatedDomains":["acme.example"]}`), "associatedDomains", `["acme.example"]`)
	}
}

func TestDeactivationAndDeletionOfSAML(t *testing.T) {
	d := newDoor(t)
	path := v2 + idps + "/" + samlID
	d.gets(200, "PATCH", v2+settings+"/connectedOrgConfigs/"+bright, `{"identityProviderId":"`+saml+`"}`)
	d.refuses(400, "VALIDATION_ERROR", "PATCH", path, `{"ssoDebugEnabled":true,"status":"INACTIVE"}`) // connected to two
	d.refuses(400, "VALIDATION_ERROR", "DELETE", path, "")
	d.gets(200, "PATCH", v2+settings+"/connectedOrgConfigs/"+bright, `{}`)
	d.reads(d.gets(200, "PATCH", path, `{"ssoDebugEnabled":true,"status":"ACTIVE","associatedDomains":[]}`), "status", `"INACTIVE"`) // without a domain
	d.reads(d.gets(200, "PATCH", path, `{"ssoDebugEnabled":true,"status":"ACTIVE","associatedDomains":["acme.example"]}`), "status", `"ACTIVE"`)
	d.put("service_accounts", `{"clientId":"other","clientSecret":"s","roles":[{"roleName":"ORG_OWNER","orgId":"`+bright+`"}]}`)
	_, token := d.token("grant_type=client_credentials", "Authorization", basic("other", "s"))
	for _, body := range []string{`{"ssoDebugEnabled":true,"status":"INACTIVE"}`, `{"ssoDebugEnabled":true,"associatedDomains":[]}`} { // it is applied to another's organization
		got := d.send("PATCH", path, body, "Authorization", "Bearer "+token.Get("access_token").Str, "Accept", sample)
		if got.Code != 401 || got.Header().Get("X-Error-Code") != "USER_CANNOT_ACCESS_ORG" {
			t.Errorf("%s by another's owner answered %d %s", body, got.Code, got.Body)
		}
	}
	d.reads(d.gets(200, "PATCH", path, `{"ssoDebugEnabled":true,"status":"INACTIVE"}`), "status", `"INACTIVE"`)
	d.reads(d.gets(200, "GET", v2+"/orgs/"+acme+"/federationSettings", ""), "identityProviderStatus", `"INACTIVE"`)
	d.refuses(400, "VALIDATION_ERROR", "DELETE", path+"/jwks", "")
	d.gets(204, "DELETE", path, "")
	after := d.gets(200, "GET", v2+config, "")
	d.reads(after, "identityProviderId", "null")
	d.reads(after, "dataAccessIdentityProviderIds", `["`+oidcID+`"]`)
	d.reads(after, "domainAllowList", `["partners.example"]`)
}

// TestSparseProvidersAreShown: a fixture need say no more than a name.
func TestSparseProvidersAreShown(t *testing.T) {
	d := newDoor(t)
	d.put("identity_providers", `{"id":"ac0000000000000000000045","federationSettingsId":"`+federation+`","displayName":"Sparse OIDC"}`)
	got := d.gets(200, "GET", v2+idps+"/ac0000000000000000000045", "")
	d.reads(got, "audience", "null")
	d.reads(got, "idpType", `"WORKFORCE"`)
	d.put("identity_providers", `{"id":"ac0000000000000000000046","federationSettingsId":"`+federation+`","displayName":"Sparse SAML","protocol":"SAML"}`)
	got = d.gets(200, "GET", v2+idps+"/ac0000000000000000000046", "")
	d.reads(got, "status", `"INACTIVE"`) // until it has a domain
	d.reads(got, "pemFileInfo", `{"certificates":[],"fileName":null}`)
	if okta := got.Get("oktaIdpId").Str; len(okta) != 20 || got.Get("acsUrl").Str != "https://auth.mongodb.com/sso/saml2/"+okta {
		t.Errorf("made %s", got.Raw)
	}
}

func TestIdentityProvidersAreFiltered(t *testing.T) {
	d := newDoor(t)
	for query, want := range map[string]string{
		"": `["Acme SAML"]`, "?idpType=WORKLOAD": `[]`, "?protocol=OIDC": `["Acme OIDC"]`, "?protocol=OIDC&idpType=WORKLOAD": `["Acme workloads"]`,
		"?protocol=OIDC&protocol=SAML":                                    `["Acme OIDC","Acme SAML"]`,
		"?protocol=OIDC&protocol=SAML&idpType=WORKFORCE&idpType=WORKLOAD": `["Acme workloads","Acme OIDC","Acme SAML"]`,
	} {
		d.reads(d.gets(200, "GET", v2+idps+query, ""), "results.#.displayName", want)
	}
}

func TestEachVersionHasItsID(t *testing.T) {
	d := newDoor(t)
	d.refuses(404, "RESOURCE_NOT_FOUND", "GET", v2+idps+"/"+saml, "")
	d.refuses(404, "IDENTITY_PROVIDER_DOES_NOT_EXIST", "GET", v1+idps+"/0oa00000000000000000", "")
	d.refuses(400, "INVALID_PATH_PARAMETER", "GET", v1+idps+"/"+samlID, "")
	d.refuses(400, "INVALID_PATH_PARAMETER", "GET", v2+idps+"/x", "")
	d.reads(d.gets(200, "GET", public+idps+"/"+saml, ""), "@this", d.gets(200, "GET", v2+idps+"/"+samlID, "").Raw)
}

func TestMetadata(t *testing.T) {
	d := newDoor(t)
	answer := d.ask("GET", v2+idps+"/"+saml+"/metadata.xml", "")
	wantHeader(t, answer.Header(), "Content-Type", first+";charset=utf-8")
	var metadata struct {
		XMLName  xml.Name `xml:"urn:oasis:names:tc:SAML:2.0:metadata EntityDescriptor"`
		EntityID string   `xml:"entityID,attr"`
		SP       struct {
			Protocols string `xml:"protocolSupportEnumeration,attr"`
			Consumer  struct {
				Binding  string `xml:",attr"`
				Location string `xml:",attr"`
			} `xml:"AssertionConsumerService"`
		} `xml:"SPSSODescriptor"`
	}
	if err := xml.Unmarshal(answer.Body.Bytes(), &metadata); err != nil || answer.Code != 200 {
		t.Fatalf("%v: %d %s", err, answer.Code, answer.Body)
	}
	idp := d.gets(200, "GET", v2+idps+"/"+samlID, "")
	if metadata.EntityID != idp.Get("audienceUri").Str || metadata.SP.Consumer.Location != idp.Get("acsUrl").Str ||
		metadata.SP.Consumer.Binding != "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" || metadata.SP.Protocols != "urn:oasis:names:tc:SAML:2.0:protocol" {
		t.Errorf("%+v", metadata)
	}
	d.refuses(404, "IDENTITY_PROVIDER_DOES_NOT_EXIST", "GET", v2+idps+"/0oa00000000000000000/metadata.xml", "")
	for _, base := range []string{v1, public} {
		if got := d.ask("GET", base+idps+"/"+saml+"/metadata.xml?pretty=true", ""); got.Code != 200 || got.Body.String() != answer.Body.String() {
			t.Errorf("%s: pretty metadata is %d %s", base, got.Code, got.Body)
		}
	}
	d.refuses(400, "INVALID_QUERY_PARAMETER", "GET", v2+idps+"/"+saml+"/metadata.xml?pretty=true", "")
	d.refuses(400, "INVALID_QUERY_PARAMETER", "DELETE", v2+"/federationSettings/"+labs+"?envelope=true", "")
	d.refuses(404, "IDENTITY_PROVIDER_DOES_NOT_EXIST", "GET", v2+"/federationSettings/"+labs+"/identityProviders/"+saml+"/metadata.xml", "")
	d.gets(204, "DELETE", v1+"/federationSettings/"+labs+"?pretty=true", "")
}

// TestIDsOfTheTable: an intent finds its operations by these verbs.
func TestIDsOfTheTable(t *testing.T) {
	verbs := map[string]int{}
	for i := range atlas.Vendor.Operations {
		op := &atlas.Vendor.Operations[i]
		verbs[op.Method+" "+op.ID[strings.LastIndex(op.ID, ".")+1:]]++
	}
	for verb := range verbs {
		switch verb {
		case "GET list", "GET get", "GET get_by_name", "POST create", "PATCH update", "PUT update", "DELETE delete", "POST token", "POST revoke":
		default:
			t.Errorf("%s is no verb that an intent knows", verb)
		}
	}
}
