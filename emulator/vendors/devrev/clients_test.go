package devrev_test

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// raw answers a request as a client wrote it on the wire.
func (o *org) raw(text string) *httptest.ResponseRecorder {
	o.Helper()
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(strings.ReplaceAll(text, "\n", "\r\n"))))
	if err != nil {
		o.Fatal(err)
	}
	answer := httptest.NewRecorder()
	o.Handler().ServeHTTP(answer, r)
	return answer
}

// TestTypeScriptSDK sends what @devrev/typescript-sdk 1.1.71 writes: a token with no scheme, and GETs without a content
// type. It reads status and data alone, and takes any 2xx.
func TestTypeScriptSDK(t *testing.T) {
	o := newOrg(t)
	const head = " HTTP/1.1\nHost: 127.0.0.1\nAccept: application/json, text/plain, */*\nAuthorization: PAT123\nX-Devrev-Client-Platform: Typescript-SDK\nUser-Agent: axios/1.21.1\n"
	updated := o.raw("POST /dev-orgs.auth-connections.update" + head + "Content-Type: application/json\nContent-Length: 48\n\n" + `{"id":"con_AcmeDevOidc00001","display_name":"n"}`)
	const want = `{"auth_connection":{"type":"oidc","display_name":"n","enabled":true,"id":"con_AcmeDevOidc00001","client_id":"understudy","issuer":"https://login.acme.example"}}`
	if updated.Code != 201 || updated.Body.String() != want || updated.Header().Get("Content-Type") != "application/json" {
		t.Errorf("%d %s %v", updated.Code, updated.Body, updated.Header())
	}
	if got := o.raw("GET /dev-orgs.auth-connections.get?id=con_AcmeDevOidc00001" + head + "\n"); got.Code != 200 || got.Body.String() != want {
		t.Errorf("%d %s", got.Code, got.Body)
	}
	empty := o.raw("POST /dev-orgs.auth-connections.list" + head + "Content-Type: application/json\nContent-Length: 0\n\n") // called with no argument
	if empty.Code != 400 || empty.Body.String() != `{"message":"Bad Request","type":"invalid_content_type","value":"application/json"}` {
		t.Errorf("%d %s", empty.Code, empty.Body)
	}
	users := o.raw("GET /dev-users.list?email=%22ada.moreno%40acme.example%22,%22ben.okafor%40acme.example%22&limit=1" + head + "\n")
	if users.Code != 200 || !strings.Contains(users.Body.String(), `"email":"ada.moreno@acme.example"`) || !strings.Contains(users.Body.String(), `"next_cursor":"`) {
		t.Errorf("%d %s", users.Code, users.Body)
	}
}

// TestFernSDK sends what @devrev/api 0.0.7 writes: Bearer, a version, POST twins alone, and "value" beside the type none.
func TestFernSDK(t *testing.T) {
	o := newOrg(t)
	const head = " HTTP/1.1\nHost: 127.0.0.1\nAuthorization: Bearer PAT123\nx-devrev-version: 2024-01-24\nX-Fern-Language: JavaScript\nContent-Type: application/json\n"
	updated := o.raw("POST /dev-orgs.auth-connections.update" + head + "Content-Length: 57\n\n" + `{"type":"none","value":{},"id":"con_AcmeDevSaml00001"}   `)
	const want = `{"auth_connection":{"type":"samlp","display_name":"Acme (SAML)","enabled":false,"id":"con_AcmeDevSaml00001","sign_in_endpoint":"https://sso.acme.example/saml2",` +
		`"fields_map":{"email":"emailAddress","user_id":"nameID"},"connection_name":"DEV-Acme0001-saml"}}`
	if updated.Code != 201 || updated.Body.String() != want {
		t.Errorf("%d %s", updated.Code, updated.Body)
	}
	if got := o.raw("POST /dev-orgs.auth-connections.list" + head + "Content-Length: 2\n\n{}"); got.Code != 200 || !strings.Contains(got.Body.String(), `"type":"samlp"`) {
		t.Errorf("%d %s", got.Code, got.Body)
	}
}

// TestArticle walks through the support article on SAML: create, enable, look, disable Google. Its calls bear the token
// once with Bearer and once without.
func TestArticle(t *testing.T) {
	o := newOrg(t)
	name := o.ok(200, "GET /internal/dev-orgs.self.get").Get("dev_org.display_id").Str + "-SSO"
	made := o.ok(201, create+`{"type":"samlp","display_name":"SSO","connection_name":"`+name+`","sign_in_endpoint":"https://idp.example","signing_cert":"PEM"}`)
	id := made.Get("auth_connection.id").Str
	o.token = "Bearer PAT123"
	o.want(200, `{}`, toggle+`{"id":"`+id+`","toggle":"enable"}`)
	found := o.ok(200, list).Get(`auth_connections.#(display_name="Google").id`).Str
	o.want(200, `{}`, toggle+`{"id":"`+found+`","toggle":"disable"}`)
	if got := o.enabled(); got != oidc+" "+id {
		t.Errorf("enabled are %s", got)
	}
}
