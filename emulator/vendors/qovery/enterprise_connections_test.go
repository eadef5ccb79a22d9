package qovery_test

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/emulator"
)

const samlNow = `{"connection_name":"acme-saml","default_role":"viewer","enforce_group_sync":true,"group_mappings":{"devops":["Administrators","DevSecOps"],"` + ops + `":["Operators"]}}`

func TestConnectionsAreListedAndRead(t *testing.T) {
	c := newCompany(t)
	fresh := `{"connection_name":"acme oidc/é","default_role":"viewer","enforce_group_sync":false,"group_mappings":{}}`
	for _, word := range []string{"enterpriseconnection", "enterpriseConnection"} {
		c.want(200, `{"results":[`+samlNow+`,`+fresh+`]}`, "GET "+acme+"/"+word)
		c.want(200, samlNow, "GET "+acme+"/"+word+"/acme-saml")
		for _, name := range []string{"acme%20oidc%2F%C3%A9", "acme%20oidc%2f%c3%a9"} {
			c.want(200, fresh, "GET "+acme+"/"+word+"/"+name)
		}
	}
	c.refuses(404, "Resource not found", "GET "+acme+"/enterpriseconnection/Acme-Saml") // exactly as it is written
	c.refuses(404, "Resource not found", "GET "+acme+"/enterpriseconnection/brightforge-oidc")
	c.refuses(403, "Access forbidden", "GET "+nobody+"/enterpriseconnection")
	c.refuses(400, "Validation error: organizationId must be a valid uuid", "GET /organization/acme/enterpriseconnection")
}

func TestPutReplacesAllButTheName(t *testing.T) {
	for _, p := range []struct{ body, want string }{
		{`{"connection_name":"","default_role":"admin","enforce_group_sync":false,"group_mappings":{"devops":["A"]}}`, `"default_role":"admin","enforce_group_sync":false,"group_mappings":{"devops":["A"]}`},
		{`{"connection_name":"renamed","default_role":"viewer","enforce_group_sync":true,"group_mappings":{}}`, `"default_role":"viewer","enforce_group_sync":true,"group_mappings":{}`},
		{`{"default_role":"viewer","enforce_group_sync":false,"group_mappings":null}`, `"default_role":"viewer","enforce_group_sync":false,"group_mappings":{}`},
		{`{"connection_name":null,"default_role":"viewer","enforce_group_sync":false,"group_mappings":{"viewer":null,"admin":[]}}`, `"default_role":"viewer","enforce_group_sync":false,"group_mappings":{"viewer":[],"admin":[]}`},
		{`{"default_role":"DevOps","enforce_group_sync":true,"group_mappings":{"Viewer":["A","A"],"viewer":["","B"]},"further":1}`, `"default_role":"devops","enforce_group_sync":true,"group_mappings":{"viewer":["A","A","","B"]}`},
		{`{"default_role":"` + strings.ToUpper(ops) + `","enforce_group_sync":true,"group_mappings":{"` + ops + `":["A"],"owner":["B"]}}`, `"default_role":"` + ops + `","enforce_group_sync":true,"group_mappings":{"` + ops + `":["A"],"owner":["B"]}`},
	} {
		c := newCompany(t)
		want := `{"connection_name":"acme-saml",` + p.want + `}`
		c.want(200, want, "PUT "+saml+" "+p.body)
		c.want(200, want, "GET "+saml)
	}
}

func TestPutIsRefused(t *testing.T) {
	c := newCompany(t)
	builtIn := c.ok(200, "GET "+acme+"/availableRole").Get(`results.#(name="viewer").id`).Str
	body := func(role, mappings string) string {
		return ` {"default_role":"` + role + `","enforce_group_sync":true,"group_mappings":` + mappings + `}`
	}
	for detail, call := range map[string]string{
		"role nobody does not exist":                                 saml + body("nobody", "{}"),
		"role chief does not exist":                                  saml + body("viewer", `{"chief":[]}`),
		"role first does not exist":                                  saml + body("viewer", `{"first":["Root"],"":[],"viewer":[],"last":[]}`),
		"role  does not exist":                                       saml + body("viewer", `{"viewer":["Root"],"":[]}`),
		"role " + builtIn + " does not exist":                        saml + body(builtIn, "{}"), // Qovery's own go by name
		"role " + ops + " does not exist":                            bright + "/enterpriseconnection/brightforge-oidc" + body(ops, "{}"),
		"Validation error: default_role is required":                 saml + ` {"enforce_group_sync":true,"group_mappings":{}}`,
		"Validation error: default_role must not be empty":           saml + body("", "{}"),
		"Validation error: enforce_group_sync is required":           saml + ` {"default_role":"viewer","group_mappings":{}}`,
		"Validation error: group_mappings is required":               saml + ` {"default_role":"viewer","enforce_group_sync":true}`,
		"Validation error: enforce_group_sync has the wrong type":    saml + ` {"default_role":"viewer","enforce_group_sync":"true","group_mappings":{}}`,
		"Validation error: group_mappings.viewer[0] is required":     saml + body("viewer", `{"viewer":[null]}`),
		"Validation error: group_mappings.viewer has the wrong type": saml + body("viewer", `{"viewer":"A"}`),
		"Validation error: the body is required":                     saml + " null",
		"Validation error: the body is not valid JSON":               saml + " {",
	} {
		c.refuses(400, detail, "PUT "+call)
	}
	c.refuses(400, "Validation error: the body is required", "PUT "+saml)
	c.refuses(404, "Resource not found", "PUT "+acme+"/enterpriseconnection/none"+body("viewer", "{}"))
	c.refuses(405, "Method Not Allowed", "DELETE "+saml)
	for path, want := range map[string]string{saml: "GET, PUT", acme + "/member": "GET, PUT, DELETE"} {
		if got := c.send("POST " + path).Header().Get("Allow"); got != want {
			t.Errorf("%s allows %q, want %q", path, got, want)
		}
	}
	c.refuses(405, "Method Not Allowed", "POST "+acme+"/enterpriseconnection "+samlNow)
}

func TestWhoManagesSSO(t *testing.T) {
	c := newCompany(t)
	put := "PUT " + saml + ` {"default_role":"viewer","enforce_group_sync":true,"group_mappings":{}}`
	for role, may := range map[string]bool{"owner": true, "admin": true, "devops": true, "billing": false, "viewer": false, "custom": false} {
		c.mint(emulator.Credential{Role: role})
		c.ok(200, "GET "+saml)
		if may {
			c.ok(200, put)
		} else {
			c.refuses(403, "Insufficient permissions to access this resource", put)
		}
	}
}

// TestProvisioning: no operation creates a connection, so the control API does.
func TestProvisioning(t *testing.T) {
	c := newCompany(t)
	if _, err := c.Default().Put("qovery", "enterprise_connections", `{"organization_id":"brightforge","connection_name":"new one"}`); err != nil {
		t.Fatal(err)
	}
	c.want(200, `{"connection_name":"new one","default_role":"viewer","enforce_group_sync":false,"group_mappings":{}}`, "GET "+bright+"/enterpriseconnection/new%20one")
	for want, doc := range map[string]string{
		`has no role "chief"`:        `{"organization_id":"acme","connection_name":"x","default_role":"chief"}`,
		"no object of organizations": `{"organization_id":"none","connection_name":"x"}`,
	} {
		if _, err := c.Default().Put("qovery", "enterprise_connections", doc); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", doc, err)
		}
	}
	if _, err := emulator.New(of(t, "  organizations: [{name: a}]\n  enterprise_connections: [{organization_id: a, connection_name: c}, {organization_id: a, connection_name: c}]\n")); err == nil {
		t.Error("two connections have one name")
	}
}

// TestDanglingRole: a deleted role stays where it is named, and can't be named anew.
func TestDanglingRole(t *testing.T) {
	c := newCompany(t)
	c.ok(204, "DELETE "+acme+"/customRole/"+ops)
	c.want(200, samlNow, "GET "+saml)
	c.refuses(400, "role "+ops+" does not exist", "PUT "+saml+" "+samlNow)
}

// wire answers a request as a client wrote it.
func (c *company) wire(text string) *httptest.ResponseRecorder {
	c.Helper()
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(strings.ReplaceAll(text, "\n", "\r\n"))))
	if err != nil {
		c.Fatal(err)
	}
	answer := httptest.NewRecorder()
	c.Handler().ServeHTTP(answer, r)
	return answer
}

// TestCLI walks as qovery-cli does for `enterprise-connection update -o acme -c acme-saml -r DevOps` and for
// `group-mappings add -q viewer -i ","`: organizations by name, roles, custom roles, the connection, then the PUT.
func TestCLI(t *testing.T) {
	for _, authorization := range []string{"Token qov_abc_def", "Bearer abcd", "Token eyJhbGciOiJSUzI1NiJ9.e30.c2ln"} { // the word follows the token's look
		c := newCompany(t)
		c.token = authorization
		id := c.ok(200, "GET /organization").Get(`results.#(name="acme").id`).Str
		org := "/organization/" + id
		for _, role := range c.ok(200, "GET "+org+"/availableRole").Get("results").Array() {
			if role.Get("id").Str == "" || role.Get("name").Str == "" {
				t.Errorf("a role is %s", role.Raw)
			}
		}
		if got := c.ok(200, "GET "+org+"/customRole").Get("results.0.id").Str; got != ops || !strings.Contains(c.ok(200, "GET "+org+"/availableRole").Raw, ops) {
			t.Errorf("the custom role is %s", got)
		}
		for _, key := range []string{"connection_name", "default_role", "enforce_group_sync", "group_mappings"} {
			if !c.ok(200, "GET "+org+"/enterpriseconnection/acme-saml").Get(key).Exists() {
				t.Errorf("the Go SDK misses %s", key)
			}
		}
		head := "PUT " + org + "/enterpriseconnection/acme-saml HTTP/1.1\nHost: 127.0.0.1\nUser-Agent: CLI unknown\nAccept: application/json\nAuthorization: " + authorization + "\nContent-Type: application/json\n"
		update := `{"connection_name":"","default_role":"devops","enforce_group_sync":false,"group_mappings":{"devops":["Administrators"]}}`
		send := func(body string) *httptest.ResponseRecorder {
			return c.wire(head + "Content-Length: " + strconv.Itoa(len(body)) + "\n\n" + body)
		}
		answer := send(update)
		if want := strings.Replace(update, `""`, `"acme-saml"`, 1); answer.Code != 200 || answer.Body.String() != want || answer.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%d %s", answer.Code, answer.Body)
		}
		nulls := `{"connection_name":"","default_role":"devops","enforce_group_sync":false,"group_mappings":{"viewer":null}}`
		answer = send(nulls)
		if want := `{"connection_name":"acme-saml","default_role":"devops","enforce_group_sync":false,"group_mappings":{"viewer":[]}}`; answer.Code != 200 || answer.Body.String() != want {
			t.Errorf("%d %s", answer.Code, answer.Body)
		}
	}
}

func TestNamesRoundTrip(t *testing.T) {
	for _, name := range []string{"a b", "a/b", "a%2Fb", "é", "a?b", "..", "a.b*c", "+", "a;b"} {
		c := newCompany(t)
		if _, err := c.Default().Put("qovery", "enterprise_connections", `{"organization_id":"acme","connection_name":"`+name+`"}`); err != nil {
			t.Fatal(err)
		}
		if got := c.ok(200, "GET "+acme+"/enterpriseconnection/"+url.PathEscape(name)).Get("connection_name").Str; got != name {
			t.Errorf("%q is read as %q", name, got)
		}
	}
}
