package devrev_test

import (
	"encoding/base64"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/scenarios"
)

const self = "GET /dev-users.self"

// mint makes a token and sends it from now on.
func (o *org) mint(want emulator.Credential) {
	o.Helper()
	fields, err := o.Default().Mint("devrev", want)
	if err != nil {
		o.Fatal(err)
	}
	o.token = gjson.Get(fields, "access_token").Str
}

func TestTokensStandAloneOrBehindBearer(t *testing.T) {
	for _, auth := range []string{"lenient", "strict"} {
		o := newOrg(t, emulator.WithAuth(auth))
		o.mint(emulator.Credential{Role: "member"})
		ben := "don:identity:dvrv-us-1:devo/Acme0001:devu/2"
		if got := o.ok(200, self).Get("dev_user.id").Str; got != ben {
			t.Errorf("%s: the token is %s's", auth, got)
		}
		parts := strings.Split(o.token, ".")
		claims, err := base64.RawURLEncoding.DecodeString(parts[1])
		if len(parts) != 3 || err != nil || gjson.GetBytes(claims, "sub").Str != ben || gjson.GetBytes(claims, "exp").Int() <= o.Default().Now().Unix() {
			t.Errorf("the token says %s", claims)
		}
		o.token = "bearer " + o.token
		o.ok(200, self)
		for _, token := range []string{"", "Bearer ", "Bearer", "Basic abc", "Bearer a b"} {
			o.token = token
			o.refuses(401, "unauthenticated", "", self)
		}
		o.token = "PAT123"
		if got := o.send(self).Code; (got == 200) != (auth == "lenient") {
			t.Errorf("%s: a stranger got %d", auth, got)
		}
	}
}

func TestWhyATokenIsRefused(t *testing.T) {
	o := newOrg(t, emulator.WithAuth("strict"))
	o.mint(emulator.Credential{TTL: time.Hour})
	if err := o.Default().Advance(time.Hour); err != nil {
		t.Fatal(err)
	}
	o.refuses(401, "token_expired", "", self)
	put := func(kind, doc string) {
		if _, err := o.Default().Put("devrev", kind, doc); err != nil {
			t.Fatal(err)
		}
	}
	o.mint(emulator.Credential{})
	o.ok(200, self)
	put("tokens", `{"access_token":"`+o.token+`","revoked":true}`)
	o.refuses(401, "token_revoked", "", self)
	put("dev_orgs", `{"id":"don:identity:dvrv-us-1:devo/Acme0001","deactivated":true}`)
	o.refuses(401, "dev_org_deactivated", "", self)
}

func TestDeclaredTokensAreTakenWhereOnlyKnownOnesAre(t *testing.T) {
	o := newOrg(t, emulator.WithAuth("strict"), of(t, `  dev_orgs: [{display_name: A}]
  dev_users: [{email: a@b.example, role: admin}, {email: c@b.example}]
  tokens: [{access_token: ADMIN}, {access_token: MEMBER, subject: c@b.example}, {access_token: OLD, expires_at: 5}]
`))
	for token, want := range map[string]int{"ADMIN": 200, "MEMBER": 403, "OLD": 401, "NONE": 401} {
		o.token = token
		if got := o.send(list).Code; got != want {
			t.Errorf("%s got %d, want %d", token, got, want)
		}
	}
}

func TestAnExportTakesTheTokensAlong(t *testing.T) {
	o := newOrg(t, emulator.WithAuth("strict"))
	o.mint(emulator.Credential{Kind: "aat"})
	o.mint(emulator.Credential{Role: "member", TTL: time.Hour})
	o.ok(200, self)
	export := o.Default().Export()
	again := newOrg(t, emulator.WithAuth("strict"), emulator.WithImport(export))
	again.token = o.token
	if got, want := again.ok(200, self).Raw, o.ok(200, self).Raw; got != want || gjson.GetBytes(again.Default().Export().FormatJSON(), "devrev").Raw != gjson.GetBytes(export.FormatJSON(), "devrev").Raw {
		t.Errorf("%s, want %s, or the exports differ", got, want)
	}
}

func TestMembersReadUsersAndNothingOfConnections(t *testing.T) {
	o := newOrg(t)
	o.mint(emulator.Credential{Role: "member"})
	o.ok(200, self)
	o.ok(200, "GET /dev-orgs.get")
	o.refuses(403, "forbidden", "", list)
	o.mint(emulator.Credential{Kind: "aat"})
	o.refuses(403, "forbidden", "", self)
}

func TestMintSaysWhatItCannotMake(t *testing.T) {
	o := newOrg(t)
	for want, wish := range map[string]emulator.Credential{
		"no dev user has the role \"owner\"": {Role: "owner"}, "not scopes": {Scopes: []string{"read"}}, "is negative": {TTL: -1},
		"no credential of kind \"session\"": {Kind: "session"}, "an aat has no role": {Kind: "aat", Role: "admin"},
	} {
		if _, err := o.Default().Mint("devrev", wish); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v", wish, err)
		}
	}
	none := newOrg(t, of(t, "  tokens: []\n"))
	if _, err := none.Default().Mint("devrev", emulator.Credential{}); err == nil || !strings.Contains(err.Error(), "no dev org") {
		t.Error(err)
	}
	none.refuses(401, "unauthenticated", "", self)
}

func TestVersions(t *testing.T) {
	o := newOrg(t)
	for _, version := range []string{"2022-10-20", "2024-01-24", ""} {
		if got := o.send(self, "X-Devrev-Version", version, "X-Devrev-Scope", "beta").Code; got != 200 {
			t.Errorf("%q got %d", version, got)
		}
	}
	o.refuses(400, "invalid_api_version", `"value":"2023-01-01"`, self, "X-Devrev-Version", "2023-01-01")
}

// TestVersionsAreAskedAfterTheCaller: an unknown caller is told nothing of versions.
func TestVersionsAreAskedAfterTheCaller(t *testing.T) {
	o := newOrg(t, emulator.WithAuth("strict"))
	o.refuses(401, "unauthenticated", "", self, "X-Devrev-Version", "2023-01-01")
	o.mint(emulator.Credential{})
	o.refuses(400, "invalid_api_version", `"value":"2023-01-01"`, self, "X-Devrev-Version", "2023-01-01")
}

// TestReferences: each failure has a reference of its own, and the same again.
func TestReferences(t *testing.T) {
	o := newOrg(t)
	if err := o.Default().Play(scenarios.On("devrev.*").Fail("internal_error")); err != nil {
		t.Fatal(err)
	}
	reference := func(call string) string { return o.ok(500, call).Get("reference_id").Str }
	first, again, other := reference(self), reference(self), reference(list)
	if err := o.Default().Advance(time.Second); err != nil {
		t.Fatal(err)
	}
	if later := reference(self); first == "" || first != again || first == other || first == later {
		t.Errorf("%s, again %s, of another operation %s, later %s", first, again, other, later)
	}
}

// TestOrderOfChecks breaks one more thing a step, from the last check to the first.
func TestOrderOfChecks(t *testing.T) {
	o := newOrg(t)
	o.mint(emulator.Credential{Role: "member"})
	o.refuses(403, "forbidden", "", toggle+`{"id":"con_unknown","toggle":"enable"}`) // before 404
	o.refuses(400, "value_not_permitted", field("display_name")+`,"reason":"must have at least 1 characters"`,
		create+`{"type":"okta","client_id":"c","client_secret":"s","domain":"d","display_name":""}`)
	o.refuses(400, "invalid_enum_value", `"allowed_values":["google_apps","oidc","okta","samlp","waad"],"field_name":"type","value":"x"`, create+`{"type":"x","display_name":""}`)
	o.refuses(400, "missing_required_field", field("domain"), create+`{"type":"okta","client_id":"c","client_secret":"s","display_name":""}`)
	o.refuses(400, "invalid_field", field("further"), create+`{"type":"okta","client_id":"c","client_secret":"s","display_name":"","further":1}`)
	o.refuses(400, "unexpected_json_type", `"actual":"number","expected":"string","field_name":"client_id"`, create+`{"further":1,"type":"okta","client_id":7}`)
	o.refuses(400, "parse_error", "", create+`{"further":1,`)
	o.refuses(400, "invalid_content_type", `"value":"text/plain"`, create+`{"further":1,`, "Content-Type", "text/plain")
	o.refuses(400, "invalid_content_type", `"value":"application/json"`, "POST /dev-orgs.auth-connections.list", "Content-Type", "application/json") // no body
	o.refuses(400, "unexpected_json_type", `"actual":"null","expected":"object","field_name":""`, "POST /dev-orgs.auth-connections.list null")
	o.refuses(413, "request_entity_too_large", `"max_bytes":1048576`, create+strings.Repeat(" ", 1<<20)+"{}")
	o.want(404, `{"message":"route not found"}`, "POST /dev-orgs.auth-connections.clone {")
	o.want(404, `{"message":"route not found"}`, "GET http://devrev.localhost/works.list")
	o.token = ""
	o.refuses(401, "unauthenticated", "", "POST /dev-orgs.auth-connections.clone {")
}

// TestRateLimitHeadersOnEveryReply: what no bucket counts tells where the window stands.
func TestRateLimitHeadersOnEveryReply(t *testing.T) {
	o := newOrg(t, emulator.WithLimits("devrev=live"))
	tells := func(call, limit, left string) {
		t.Helper()
		h := o.send(call).Header()
		if h.Get("X-Ratelimit-Limit") != limit || h.Get("X-Ratelimit-Remaining") != left || h.Get("X-Ratelimit-Reset") == "" || h.Get("Retry-After") != "" {
			t.Errorf("%s: %v", call, h)
		}
	}
	tells("GET /dev-orgs.nothing", "8000", "8000")
	tells(self, "8000", "7999")
	tells(get+"x", "8000", "7998")
	tells("GET /dev-orgs.nothing", "8000", "7998")
	resized := scenarios.New("small").Limits(map[string]scenarios.Limit{"devrev.global": {Burst: 3, Refill: scenarios.Refill{Tokens: 1, Per: time.Hour}}})
	if err := o.Default().Play(resized); err != nil {
		t.Fatal(err)
	}
	tells("GET /dev-orgs.nothing", "3", "3")
	tells(self, "3", "2")
	tells("GET /dev-orgs.nothing", "3", "2")
	o.token = ""
	tells(self, "3", "2")
	o = newOrg(t)
	tells("GET /dev-orgs.nothing", "8000", "8000")
	tells(self, "8000", "7999")
}

func TestTooManyRequestsTellTheWaitTwice(t *testing.T) {
	o := newOrg(t)
	if err := o.Default().Play(scenarios.On("devrev.*").Fail("throttled").RetryAfter(90 * time.Second)); err != nil {
		t.Fatal(err)
	}
	answer := o.send(list)
	if answer.Code != 429 || answer.Body.String() != `{"message":"Too Many Requests","type":"too_many_requests","retry_after":90}` ||
		answer.Header().Get("Retry-After") != "90" || answer.Header().Get("X-Ratelimit-Remaining") != "0" {
		t.Errorf("%d %s %v", answer.Code, answer.Body, answer.Header())
	}
	if at := answer.Header().Get("X-Ratelimit-Reset"); at != strconv.FormatInt(o.Default().Now().Add(91*time.Second-1).Unix(), 10) {
		t.Errorf("reset at %s", at)
	}
}

// TestEveryTypeOfError raises each as a scenario does and looks for the members that its type must have.
func TestEveryTypeOfError(t *testing.T) {
	must := map[string][]string{
		"invalid_field": {"field_name"}, "missing_required_field": {"field_name"}, "invalid_enum_value": {"allowed_values", "field_name", "value"},
		"invalid_id": {"field_name"}, "unexpected_id_type": {"field_name", "value"}, "unexpected_json_type": {"actual", "expected", "field_name"},
		"value_not_permitted": {"field_name"}, "invalid_api_version": {"value"}, "invalid_content_type": {"value"},
		"missing_dependency": {"dependencies.0.field_name", "dependencies.0.field_value"}, "artifact_already_attached_to_a_parent": {"existing_parent", "is_same"},
		"customization_validation_error": {"subtype"}, "merge_works_error": {"errors"}, "workflow_component_validation_errors": {"errors"},
		"group_hierarchy_depth_exceeded": {"actual_depth", "max_depth"}, "group_hierarchy_invalid_parent": {"reason"},
		"request_entity_too_large": {"max_bytes"}, "too_many_requests": {"retry_after"}, "internal_error": {"reference_id"},
		"bad_request": nil, "parse_error": nil, "stale_schema_fragments": nil, "group_hierarchy_circular_dependency": nil, "unauthenticated": nil,
		"token_expired": nil, "token_revoked": nil, "dev_org_deactivated": nil, "forbidden": nil, "conflict": nil, "service_unavailable": nil,
	}
	o := newOrg(t)
	for kind, members := range must {
		if err := o.Default().Play(scenarios.On("devrev.auth_connections.list").Fail(kind)); err != nil {
			t.Fatal(err)
		}
		body := gjson.Parse(o.send(list).Body.String())
		if body.Get("type").Str != kind || body.Get("message").Str == "" {
			t.Errorf("%s: %s", kind, body.Raw)
		}
		for _, name := range members {
			if !body.Get(name).Exists() {
				t.Errorf("%s lacks %s: %s", kind, name, body.Raw)
			}
		}
	}
}
