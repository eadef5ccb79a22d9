package qovery_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/scenarios"
)

const acmeShown = `{"id":"ac000000-0000-4000-8000-00000000000a","created_at":"2026-01-01T00:00:00.000000Z","updated_at":"2026-01-01T00:00:00.000000Z","name":"acme","plan":"ENTERPRISE_2025",` +
	`"owner":"OWNER","billing_deployment_restriction":null,"organization_plan":{"plan":"ENTERPRISE_2025","audit_logs_retention_in_days":30}}`

func TestOrganizationLives(t *testing.T) {
	c := newCompany(t)
	read := c.ok(200, "GET "+acme)
	if want := strings.Replace(acmeShown, "OWNER", read.Get("owner").Str, 1); read.Raw != want || len(read.Get("owner").Str) != 36 {
		t.Errorf("%s\nwant %s", read.Raw, want)
	}
	c.want(200, read.Raw, "GET /organization/"+strings.ToUpper(strings.TrimPrefix(acme, "/organization/")))
	made := c.ok(201, `POST /organization {"name":"New Co","plan":"TEAM_2025","description":null,"website_url":"https://new.example","further":1}`)
	path := "/organization/" + made.Get("id").Str
	if made.Get("further").Exists() || made.Get("description").Raw != "null" || made.Get("plan").Str != "TEAM_2025" {
		t.Errorf("%s", made.Raw)
	}
	c.want(200, made.Raw, "GET "+path)
	c.refuses(409, "Organization name is already taken", `POST /organization {"name":"NEW co","plan":"FREE"}`)
	c.refuses(409, "Organization name is already taken", "PUT "+path+` {"name":"ACME","plan":"FREE"}`)
	if got := c.ok(200, "PUT "+path+` {"name":"newer","plan":"FREE","admin_emails":["a@new.example"]}`); got.Get("website_url").Exists() || got.Get("name").Str != "newer" || got.Get("plan").Str != "FREE" || got.Get("organization_plan.plan").Str != "FREE" {
		t.Errorf("%s", got.Raw)
	}
	c.ok(204, "DELETE "+path)
	for _, call := range []string{"GET " + path, "DELETE " + path, "PUT " + path + ` {"name":"x","plan":"FREE"}`, "GET " + nobody + "/member"} {
		c.refuses(403, "Access forbidden", call)
	}
	for detail, body := range map[string]string{
		"name is required": `{"plan":"FREE"}`, "plan is required": `{"name":"x"}`, "name must not be empty": `{"name":"","plan":"FREE"}`, "name must be a valid name": `{"name":" \t","plan":"FREE"}`,
		"plan must be one of FREE, TEAM, TEAM_YEARLY, ENTERPRISE, ENTERPRISE_YEARLY, PROFESSIONAL, BUSINESS, USER_2025, TEAM_2025, BUSINESS_2025, ENTERPRISE_2025": `{"name":"x","plan":"GOLD"}`,
	} {
		c.refuses(400, "Validation error: "+detail, "POST /organization "+body)
		c.refuses(400, "Validation error: "+detail, "PUT "+acme+" "+body)
	}
}

func TestDeletedOrganizationLeavesNothingBehind(t *testing.T) {
	c := newCompany(t)
	c.ok(204, "DELETE "+acme)
	if left := string(c.Default().Export().Format()); strings.Contains(left, "Operators") || strings.Contains(left, "qov_Acme") || strings.Contains(left, ops) {
		t.Error("something of acme is left")
	}
	if got := c.ok(200, "GET /organization").Get("results.#.name").Raw; got != `["brightforge"]` {
		t.Error(got)
	}
}

func TestRoles(t *testing.T) {
	c := newCompany(t)
	roles := c.ok(200, "GET "+acme+"/availableRole").Get("results")
	if got := roles.Get("#.name").Raw; got != `["owner","admin","devops","billing","viewer","Ops"]` {
		t.Error(got)
	}
	if other := c.ok(200, "GET "+bright+"/availableRole").Get("results.0.id").Str; other == roles.Get("0.id").Str || len(other) != 36 {
		t.Errorf("both owners' role is %s", other)
	}
	made := c.ok(201, "POST "+acme+`/customRole {"name":"Support","description":"Helps"}`)
	id := made.Get("id").Str
	const none = `[{"environment_type":"DEVELOPMENT","permission":"NO_ACCESS"},{"environment_type":"PREVIEW","permission":"NO_ACCESS"},{"environment_type":"STAGING","permission":"NO_ACCESS"},{"environment_type":"PRODUCTION","permission":"NO_ACCESS"}]`
	want := `{"id":"` + id + `","name":"Support","description":"Helps",` +
		`"cluster_permissions":[{"cluster_id":"ac000000-0000-4000-8000-0000000000c1","cluster_name":"acme-eu","permission":"VIEWER"}],` +
		`"project_permissions":[{"project_id":"ac000000-0000-4000-8000-0000000000d1","project_name":"portal","is_admin":false,"permissions":` + none + `}]}`
	role := acme + "/customRole/" + id
	c.want(200, want, "GET "+role)
	if made.Raw != want {
		t.Error(made.Raw)
	}
	for _, name := range []string{"support", "SUPPORT", "ops"} {
		c.refuses(400, "Custom role name is already used", "POST "+acme+`/customRole {"name":"`+name+`"}`)
	}
	for name, detail := range map[string]string{"": "name must not be blank", "  ": "name must not be blank", " x": "name must not begin or end with blanks", "Owner": "name is reserved", "DEVOPS": "name is reserved"} {
		c.refuses(400, "Validation error: "+detail, "POST "+acme+`/customRole {"name":"`+name+`"}`)
		c.refuses(400, "Validation error: "+detail, "PUT "+role+` {"name":"`+name+`","cluster_permissions":[],"project_permissions":[]}`)
	}
	changed := c.ok(200, "PUT "+role+` {"name":"Help","cluster_permissions":[{"cluster_id":"AC000000-0000-4000-8000-0000000000c1","permission":"ADMIN"}],`+
		`"project_permissions":[{"project_id":"ac000000-0000-4000-8000-0000000000d1","is_admin":true}]}`)
	if changed.Get("cluster_permissions.0.permission").Str != "ADMIN" || !changed.Get("project_permissions.0.is_admin").Bool() || changed.Get("description").Exists() {
		t.Error(changed.Raw)
	}
	for detail, permissions := range map[string]string{
		"cluster_permissions names an unknown cluster":           `"cluster_permissions":[{"cluster_id":"ac000000-0000-4000-8000-0000000000ff","permission":"ADMIN"}],"project_permissions":[]`,
		"project_permissions names an unknown project":           `"cluster_permissions":[],"project_permissions":[{"project_id":"ac000000-0000-4000-8000-0000000000ff","is_admin":true}]`,
		"project_permissions.permissions is required":            `"cluster_permissions":[],"project_permissions":[{"project_id":"ac000000-0000-4000-8000-0000000000d1"}]`,
		"project_permissions is required":                        `"cluster_permissions":[]`,
		"cluster_permissions[0].cluster_id must be a valid uuid": `"cluster_permissions":[{"cluster_id":"x","permission":"ADMIN"}],"project_permissions":[]`,
	} {
		c.refuses(400, "Validation error: "+detail, "PUT "+role+` {"name":"Help",`+permissions+`}`)
	}
	c.refuses(404, "Resource not found", "GET "+bright+"/customRole/"+id)
	c.ok(204, "DELETE "+role)
	c.refuses(404, "Resource not found", "DELETE "+role)
	c.ok(201, "POST "+acme+`/customRole {"name":"Help"}`)
}

func TestMembers(t *testing.T) {
	c := newCompany(t)
	list := func() gjson.Result { return c.ok(200, "GET "+acme+"/member").Get("results") }
	if got := list().Get("#.role_name").Raw; got != `["owner","devops","Ops"]` {
		t.Error(got)
	}
	const ben = "ac000000-0000-4000-8000-0000000000f2"
	if answer := c.send("PUT " + acme + `/member {"user_id":"` + ben + `","role_id":"` + ops + `"}`); answer.Code != 200 || answer.Body.String() != "" {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
	if got := list().Get(`#(id="` + ben + `")`); got.Get("role_id").Str != ops || got.Get("role_name").Str != "Ops" || got.Get("organization_id").Exists() {
		t.Error(got.Raw)
	}
	c.refuses(400, "role ac000000-0000-4000-8000-0000000000ff does not exist", "PUT "+acme+`/member {"user_id":"`+ben+`","role_id":"ac000000-0000-4000-8000-0000000000ff"}`)
	c.refuses(404, "Resource not found", "PUT "+bright+`/member {"user_id":"`+ben+`","role_id":"`+ops+`"}`)
	c.refuses(400, "Validation error: user_id is required", "DELETE "+acme+"/member {}")
	c.ok(204, "DELETE "+acme+`/member {"user_id":"`+ben+`"}`)
	c.refuses(404, "Resource not found", "DELETE "+acme+`/member {"user_id":"`+ben+`"}`)
	c.ok(204, "DELETE "+acme+"/customRole/"+ops) // the role of a member goes; the member stays
	if got := list().Get("1"); got.Get("role_id").Str != ops || got.Get("role_name").Exists() {
		t.Error(got.Raw)
	}
}

func TestAPITokens(t *testing.T) {
	c := newCompany(t, emulator.WithAuth("strict"))
	c.refuses(401, "Invalid or missing authentication token", "GET /organization")
	c.mint(emulator.Credential{})
	viewer := c.ok(200, "GET "+acme+"/availableRole").Get(`results.#(name="viewer").id`).Str
	made := c.ok(201, "POST "+acme+`/apiToken {"name":"job","role_id":"`+viewer+`","description":"A job"}`)
	c.refuses(409, "Organization Api Token name is already taken", "POST "+acme+`/apiToken {"name":"JOB","role_id":null}`)
	c.refuses(400, "role "+roleOfOther+" does not exist", "POST "+acme+`/apiToken {"name":"other","role_id":"`+roleOfOther+`"}`)
	if got := c.ok(201, "POST "+acme+`/apiToken {"name":"none","role_id":null}`).Get("role_name").Str; got != "admin" {
		t.Errorf("a token without a role is %s's", got)
	}
	list := c.ok(200, "GET "+acme+"/apiToken?name=job")
	if list.Get("results.#").Int() != 1 || strings.Contains(list.Raw, made.Get("token").Str) || list.Get("results.0.role_name").Str != "viewer" {
		t.Error(list.Raw)
	}
	if got := c.ok(200, "GET "+acme+"/apiToken?creatorName=Ada%20Moreno").Get("results.#.name").Raw; got != `["ci"]` {
		t.Error(got)
	}
	mighty := c.token
	c.token = "Bearer " + made.Get("token").Str // either word will do
	c.ok(200, "GET "+saml)
	c.refuses(403, "Insufficient permissions to access this resource", "PUT "+saml+" "+samlNow)
	c.refuses(403, "Access forbidden", "GET "+bright) // it belongs to acme
	if got := c.ok(200, "GET /organization").Get("results.#.name").Raw; got != `["acme"]` {
		t.Error(got)
	}
	token := c.token
	c.token = mighty
	c.refuses(404, "Resource not found", "DELETE "+bright+"/apiToken/"+made.Get("id").Str)
	c.ok(204, "DELETE "+acme+"/apiToken/"+made.Get("id").Str)
	c.token = token
	c.refuses(401, "Invalid or missing authentication token", "GET "+saml)
	c.token = "Token qov_AcmeContinuousIntegration0000001" // of the fixture
	c.ok(200, "PUT "+saml+" "+samlNow)
}

const roleOfOther = "ac000000-0000-4000-8000-0000000000ff"

func TestTokens(t *testing.T) {
	c := newCompany(t)
	for _, token := range []string{"", "Basic abc", "qov_abc", "Token", "Token ", "Token a b"} {
		c.token = token
		c.refuses(401, "Invalid or missing authentication token", "GET /organization")
	}
	c.mint(emulator.Credential{Kind: "jwt"})
	if !strings.HasPrefix(c.token, "Bearer ey") || strings.Count(c.token, ".") != 2 {
		t.Error(c.token)
	}
	c.ok(200, "GET /organization")
	if err := c.Default().Advance(24 * time.Hour); err != nil {
		t.Fatal(err)
	}
	c.refuses(401, "Invalid or missing authentication token", "GET /organization")
	c.mint(emulator.Credential{Kind: "api_token", Role: "viewer"})
	if err := c.Default().Advance(10_000 * time.Hour); err != nil {
		t.Fatal(err)
	}
	c.ok(200, "GET /organization") // has no end
	for want, wish := range map[string]emulator.Credential{
		`no role "chief"`: {Role: "chief"}, "not scopes": {Scopes: []string{"read"}}, "is negative": {TTL: -1},
		`no credential of kind "session"`: {Kind: "session"}, "an api_token has no ttl": {Kind: "api_token", TTL: time.Hour},
	} {
		if _, err := c.Default().Mint("qovery", wish); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v", wish, err)
		}
	}
}

// TestWhichTokensExpire: a scenario ends a user's token, and an API token never.
func TestWhichTokensExpire(t *testing.T) {
	const declared = "Token qov_AcmeContinuousIntegration0000001"
	for _, auth := range []string{"lenient", "strict"} {
		c := newCompany(t, emulator.WithAuth(auth))
		c.mint(emulator.Credential{})
		minted := c.token
		c.mint(emulator.Credential{Kind: "jwt"})
		tokens := map[string]bool{minted: false, declared: false, c.token: true}
		if auth == "lenient" { // which takes strangers too
			tokens["Token qov_abc_def"], tokens["Bearer abcd"], tokens["Token eyJhbGciOiJSUzI1NiJ9.e30.c2ln"] = false, false, true
		}
		for token, expires := range tokens {
			c.token = token
			end := func(rule scenarios.RuleBuilder) int {
				if err := c.Default().Play(rule); err != nil {
					t.Fatal(err)
				}
				c.ok(200, "GET /organization") // the call in which the token ends
				c.Default().Disarm()
				return c.send("GET /organization").Code
			}
			if got := end(scenarios.On("qovery.*").Expire()); got != map[bool]int{true: 401, false: 200}[expires] {
				t.Errorf("%s: after its end %s is answered %d", auth, token, got)
			}
			if !expires && end(scenarios.On("qovery.*").Revoke()) != 401 {
				t.Errorf("%s: %s is not revoked", auth, token)
			}
		}
	}
}

func TestAnExportTakesTheTokensAlong(t *testing.T) {
	c := newCompany(t, emulator.WithAuth("strict"))
	c.mint(emulator.Credential{Kind: "jwt"})
	c.mint(emulator.Credential{Role: "admin"})
	c.ok(201, "POST "+acme+`/apiToken {"name":"job","role_id":null,"description":null}`)
	c.ok(201, "POST "+acme+`/customRole {"name":"Support"}`)
	export := c.Default().Export()
	again := newCompany(t, emulator.WithAuth("strict"), emulator.WithImport(export))
	again.token = c.token
	if got, want := again.ok(200, "GET "+acme+"/apiToken").Raw, c.ok(200, "GET "+acme+"/apiToken").Raw; got != want || gjson.GetBytes(again.Default().Export().FormatJSON(), "qovery").Raw != gjson.GetBytes(export.FormatJSON(), "qovery").Raw {
		t.Errorf("%s, want %s, or the exports differ", got, want)
	}
}

func TestLimitsAreOffByDefault(t *testing.T) {
	c := newCompany(t)
	if h := c.send("GET /organization").Header(); h.Get("X-RateLimit-Limit") != "" {
		t.Errorf("%v", h)
	}
	c = newCompany(t, emulator.WithLimits("qovery=documented"))
	if h := c.send("GET /organization").Header(); h.Get("X-RateLimit-Limit") != "1000" || h.Get("X-RateLimit-Remaining") != "999" || h.Get("X-RateLimit-Reset") == "" || h.Get("Retry-After") != "" {
		t.Errorf("%v", h)
	}
	small := scenarios.New("small").Limits(map[string]scenarios.Limit{"qovery.global": {Burst: 3, Refill: scenarios.Refill{Tokens: 1, Per: time.Hour}}}).
		Rule(scenarios.On("qovery.*").Phase(scenarios.BeforeAuth).Fail("throttled").RetryAfter(7 * time.Second))
	if err := c.Default().Play(small); err != nil {
		t.Fatal(err)
	}
	if h := c.send("GET /organization").Header(); h.Get("X-RateLimit-Limit") != "3" || h.Get("X-RateLimit-Remaining") != "0" || h.Get("Retry-After") != "7" {
		t.Errorf("refused: %v", h)
	}
}
