package devrev_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator"
)

const acme = "don:identity:dvrv-us-1:devo/Acme0001"

func TestOrganization(t *testing.T) {
	o := newOrg(t)
	want := `{"dev_org":{"id":"` + acme + `","display_id":"DEV-Acme0001","display_name":"Acme","dev_slug":"acme",` +
		`"created_date":"2026-01-01T00:00:00.000Z","modified_date":"2026-01-01T00:00:00.000Z"}}`
	for _, call := range []string{"GET /dev-orgs.get", "POST /dev-orgs.get {}", "GET /internal/dev-orgs.self.get"} {
		o.want(200, want, call)
	}
	made := newOrg(t, of(t, "  dev_orgs: [{display_name: Some Org}]\n  dev_users: [{email: a@b.example, role: admin}]\n")).ok(200, "GET /dev-orgs.get").Get("dev_org")
	if id := made.Get("id").Str; len(id) != len("don:identity:dvrv-us-1:devo/")+8 || made.Get("display_id").Str != "DEV-"+id[len(id)-8:] || made.Get("dev_slug").Str != "some-org" {
		t.Errorf("%s", made.Raw)
	}
}

func TestUsersByTheirDON(t *testing.T) {
	o := newOrg(t)
	want := `{"dev_user":{"id":"` + acme + `:devu/2","display_id":"DEVU-2","display_name":"Ben Okafor","full_name":"Ben Okafor","email":"ben.okafor@acme.example","state":"active",` +
		`"external_identities":[{"id":"00uacme0000000000002","issuer":"https://acme.okta.com","is_verified":true}],"created_date":"2026-01-01T00:00:00.000Z","modified_date":"2026-01-01T00:00:00.000Z"}}`
	o.want(200, want, "GET /dev-users.get?id="+acme+":devu/2")
	o.want(200, want, `POST /dev-users.get {"id":"`+acme+`:devu/2"}`)
	o.refuses(404, "not_found", "", "GET /dev-users.get?id="+acme+":devu/9")
	for _, id := range []string{"7", "don", "don:identity:dvrv-us-1", "don:identity:dvrv-us-1:devu/", "don:identity:dvrv-us-1:devu", "don::x:devu/1", "con_1"} {
		o.refuses(400, "invalid_id", field("id"), `POST /dev-users.get {"id":"`+id+`"}`)
	}
	o.refuses(400, "unexpected_id_type", field("id")+`,"value":"`+acme+`:revu/1","allowed_types":["dev_user"]`, "GET /dev-users.get?id="+acme+":revu/1")
}

// crowd has five users, a to e.
const crowd = `  dev_orgs: [{display_name: A}]
  dev_users:
    - {email: c@x.example, role: admin}
    - {email: a@x.example, state: locked}
    - {email: e@x.example, external_identities: [{id: "1", issuer: okta}]}
    - {email: b@x.example, external_identities: [{id: "1", issuer: other}, {id: "2", issuer: okta}]}
    - {email: d@x.example, state: shadow}
`

// letters are the first letters of a list's emails.
func letters(body gjson.Result) string {
	var all strings.Builder
	for _, email := range body.Get("dev_users.#.email").Array() {
		all.WriteString(email.Str[:1])
	}
	return all.String()
}

func TestUsersAreFilteredAndSorted(t *testing.T) {
	o := newOrg(t, of(t, crowd))
	for _, c := range []struct{ query, body, want string }{
		{"", `{}`, "caebd"},
		{"?limit=2", `{"limit":2}`, "ca"},
		{"?mode=before&limit=2", `{"mode":"before","limit":2}`, "bd"},
		{"?email=%22a@x.example%22,%22b@x.example%22", `{"email":["a@x.example","b@x.example"]}`, "ab"}, // as the SDK writes it
		{"?email=a@x.example,z@x.example", `{"email":["a@x.example","z@x.example"]}`, "a"},
		{"?state=%22locked%22,shadow", `{"state":["locked","shadow"]}`, "ad"},
		{"?external_identity.id=1&external_identity.issuer=okta", `{"external_identity":[{"id":"1","issuer":"okta"}]}`, "e"},
		{"?external_identity.issuer=okta", `{"external_identity":[{"issuer":"okta"}]}`, "eb"},
		{"?sort_by=email", `{"sort_by":["email"]}`, "abcde"},
		{"?sort_by=email:desc&limit=3", `{"sort_by":["email:desc"],"limit":3}`, "edc"},
		{"?sort_by=state:asc,email:desc", `{"sort_by":["state:asc","email:desc"]}`, "ecbad"},
		{"?unknown=1", `{}`, "caebd"},
	} {
		if got := letters(o.ok(200, "GET /dev-users.list"+c.query)); got != c.want {
			t.Errorf("%s lists %s, want %s", c.query, got, c.want)
		}
		if got := letters(o.ok(200, "POST /dev-users.list "+c.body)); got != c.want {
			t.Errorf("%s lists %s, want %s", c.body, got, c.want)
		}
	}
	states := `"allowed_values":["active","deactivated","deleted","locked","shadow","unassigned"],`
	o.refuses(400, "invalid_enum_value", states+field("state")+`,"value":"gone"`, "GET /dev-users.list?state=active,gone")
	o.refuses(400, "invalid_enum_value", states+field("state[0]")+`,"value":"gone"`, `POST /dev-users.list {"state":["gone"]}`)
	o.refuses(400, "unexpected_json_type", `"actual":"string","expected":"number","field_name":"limit"`, "GET /dev-users.list?limit=x")
	o.refuses(400, "value_not_permitted", field("limit")+`,"reason":"must be at least 1"`, "GET /dev-users.list?limit=0")
	for _, limit := range []string{"1.5", "10000000000000000000", "1e30"} {
		for _, call := range []string{"GET /dev-users.list?limit=" + limit, `POST /dev-users.list {"limit":` + limit + `}`} {
			o.refuses(400, "value_not_permitted", field("limit")+`,"reason":"must be a whole number of at most 64 bits"`, call)
		}
	}
	for _, key := range []string{"role", "email:up", "email:"} {
		if answer := o.send("GET /dev-users.list?sort_by=" + key); (answer.Code == 400) == (key == "email:") {
			t.Errorf("%s: %d %s", key, answer.Code, answer.Body)
		}
	}
	o.refuses(400, "bad_request", detail("the cursor is not one that a list answered with"), "GET /dev-users.list?cursor=x")
}

func TestUsersAreFilteredByDate(t *testing.T) {
	o := newOrg(t, of(t, `  dev_orgs: [{display_name: A}]
  dev_users:
    - {email: a@x.example, role: admin, created_date: "2026-01-01T00:00:00.000Z"}
    - {email: b@x.example, created_date: "2026-02-01T00:00:00.000Z", modified_date: "2026-03-01T00:00:00.000Z"}
    - {email: c@x.example, created_date: "2026-03-01T12:00:00.000+02:00"}
`))
	for body, want := range map[string]string{
		`{"created_date":{"type":"range"}}`:                                                                                                "abc",
		`{"created_date":{"type":"range","after":"2026-02-01T00:00:00Z"}}`:                                                                 "bc",
		`{"created_date":{"type":"range","before":"2026-02-01T00:00:00Z"}}`:                                                                "ab",
		`{"created_date":{"type":"range","after":"2026-03-01T10:00:00Z","before":"2026-03-01T10:00:00Z"}}`:                                 "c",
		`{"created_date":{"type":"range","after":"2026-01-15T00:00:00Z"},"modified_date":{"type":"range","after":"2026-02-01T00:00:00Z"}}`: "b",
		`{"created_date":{"type":"preset","preset_type":"last_n_days","days":4294967295}}`:                                                 "abc",
		`{"created_date":{"type":"preset","preset_type":"last_n_days","days":0}}`:                                                          "",
		`{"created_date":{"type":"preset","preset_type":"next_n_days","days":4294967295}}`:                                                 "",
	} {
		if got := letters(o.ok(200, "POST /dev-users.list "+body)); got != want {
			t.Errorf("%s lists %q, want %q", body, got, want)
		}
	}
	for members, body := range map[string]string{
		field("created_date.after") + `,"reason":"must be a date and time"`: `{"created_date":{"type":"range","after":"yesterday"}}`,
		field("created_date.days") + `,"reason":"must be at least 0"`:       `{"created_date":{"type":"preset","preset_type":"last_n_days","days":-1}}`,
	} {
		o.refuses(400, "value_not_permitted", members, "POST /dev-users.list "+body)
	}
	o.refuses(400, "missing_required_field", field("created_date.type"), `POST /dev-users.list {"created_date":{}}`)
	o.refuses(400, "invalid_field", field("created_date.days"), `POST /dev-users.list {"created_date":{"type":"range","days":1}}`)
}

func TestUsersInPagesBothWays(t *testing.T) {
	o := newOrg(t, of(t, crowd))
	var seen []string
	cursor := ""
	for {
		page := o.ok(200, "GET /dev-users.list?limit=2&cursor="+cursor)
		seen = append(seen, letters(page))
		if page.Get("prev_cursor").Exists() != (cursor != "") {
			t.Errorf("%s", page.Raw)
		}
		if !page.Get("next_cursor").Exists() {
			break
		}
		cursor = page.Get("next_cursor").Str
	}
	if got := fmt.Sprint(seen); got != "[ca eb d]" {
		t.Error(got)
	}
	back := o.ok(200, "GET /dev-users.list?mode=before&limit=1&cursor="+cursor)
	if letters(back) != "e" || back.Get("next_cursor").Str == "" || back.Get("prev_cursor").Str == "" {
		t.Errorf("%s", back.Raw)
	}
}

func TestSelfOfAUserWhoIsGone(t *testing.T) {
	o := newOrg(t)
	o.mint(emulator.Credential{Role: "member"})
	if err := o.Default().Delete("devrev", "dev_users", acme+":devu/2"); err != nil {
		t.Fatal(err)
	}
	o.refuses(403, "forbidden", "", self)
}
