package emulator_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator"
)

func ExampleOperations() {
	for _, o := range emulator.Operations() {
		if o.ID == "auth0.organizations.update" {
			fmt.Println(o.Method, o.Path)
			fmt.Println(o.Needs, o.Bucket, o.Status)
		}
	}
	// Output:
	// PATCH /api/v2/organizations/{id}
	// [update:organizations] organizations.write 200
}

func ExampleEmulator_Match() {
	e, _ := emulator.New()
	o, found := e.Match("PATCH", "/api/v2/organizations/x/connections/y")
	fmt.Println(o.ID, found)
	_, found = e.Match("PATCH", "/api/v3/organizations")
	fmt.Println(found)
	// Output:
	// auth0.organization_connections.update true
	// false
}

func ExampleLedger() {
	for _, c := range emulator.Ledger() {
		if c.Sort == "error" && c.About == "" && strings.HasPrefix(c.What, "403 insufficient_scope") {
			fmt.Println(c.Vendor, c.Grade)
			fmt.Println(c.What)
		}
	}
	// Output:
	// auth0 recorded
	// 403 insufficient_scope: Insufficient scope, expected any of: {scopes}
}

func ExampleTrustCA() {
	dir, _ := os.MkdirTemp("", "ca")
	defer os.RemoveAll(dir)
	text, err := emulator.TrustCA(dir)
	first, _, _ := strings.Cut(text, "\n")
	fmt.Println(strings.ReplaceAll(first, dir, "DIR"), err)
	// Output: understudy's certificate authority: DIR/ca.pem <nil>
}

func ExampleDefaultCADir() {
	dir, err := emulator.DefaultCADir()
	fmt.Println(strings.HasSuffix(dir, "understudy"), err)
	// Output: true <nil>
}

func ExampleWorld_Mint() {
	e, _ := emulator.New()
	fields, err := e.Default().Mint("auth0", emulator.Credential{Scopes: []string{"read:organizations"}})
	fmt.Println(strings.HasPrefix(fields, `{"access_token":"`), err)
	_, err = e.Default().Mint("auth1", emulator.Credential{})
	fmt.Println(err)
	// Output:
	// true <nil>
	// not found: a vendor "auth1"; did you mean "auth0"?
}

func ExampleWorld_Credentials() {
	e, _ := emulator.New()
	_, _ = e.Default().Mint("auth0", emulator.Credential{Kind: "token"})
	for _, c := range e.Default().Credentials() {
		fmt.Println(strings.HasPrefix(string(c), `{"vendor":"auth0","kind":"token","access_token":"`))
	}
	// Output: true
}

func ExampleWithEvidence() {
	e, _ := emulator.New(emulator.WithEvidence("documented"))
	for _, path := range []string{"/dev-orgs.get", "/organization"} {
		request := httptest.NewRequest("GET", path, nil)
		request.Header.Set("Authorization", "Bearer any")
		answer := httptest.NewRecorder()
		e.Handler().ServeHTTP(answer, request)
		fmt.Println(path, answer.Code)
	}
	request := httptest.NewRequest("POST", "/organization/ac000000-0000-4000-8000-00000000000a/customRole", strings.NewReader(`{"name":"Ops"}`))
	request.Header = http.Header{"Authorization": {"Bearer any"}, "Content-Type": {"application/json"}}
	answer := httptest.NewRecorder()
	e.Handler().ServeHTTP(answer, request)
	fmt.Println(answer.Code, gjson.Get(answer.Body.String(), "detail"))

	_, err := emulator.New(emulator.WithEvidence("recorded"), emulator.WithLimits("qovery=documented"))
	fmt.Println(err)
	// Output:
	// /dev-orgs.get 200
	// /organization 200
	// 501 error name_taken of qovery.custom_roles.create is only assumed (that names are unique: terraform-provider-qovery c186979; the specification declares no 409 here); this emulator answers with what is documented or better. The call has changed no object.
	// evidence: the limit global of qovery=documented is only documented: Qovery documentation, api-reference/introduction, a page written by hand; the specification has no 429
}
