package atlas_test

import (
	"encoding/base64"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator"
)

const (
	account       = "mdb_sa_id_ac0000000000000000000061"
	accountSecret = "mdb_sa_sk_acme-provisioning"
)

func basic(id, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))
}

func (d door) oauth(path, form string, headers ...string) *httptest.ResponseRecorder {
	d.Helper()
	return d.send("POST", "/api/oauth/"+path, form, append([]string{"Content-Type", "application/x-www-form-urlencoded"}, headers...)...)
}

func (d door) token(form string, headers ...string) (*httptest.ResponseRecorder, gjson.Result) {
	d.Helper()
	answer := d.oauth("token", form, headers...)
	return answer, gjson.Parse(answer.Body.String())
}

func TestServiceAccountGetsATokenAndEndsIt(t *testing.T) {
	d := newDoor(t, emulator.WithAuth("strict"))
	answer, body := d.token("grant_type=client_credentials", "Authorization", basic(account, accountSecret))
	if answer.Code != 200 || strings.Count(body.Get("access_token").Str, ".") != 2 {
		t.Fatalf("answered %d %s", answer.Code, answer.Body)
	}
	wantHeader(t, answer.Header(), "Content-Type", "application/json")
	d.reads(body, "expires_in", "3600")
	d.reads(body, "token_type", `"Bearer"`)
	use := func(status int) {
		t.Helper()
		got := d.send("GET", orgsPath, "", "Authorization", "Bearer "+body.Get("access_token").Str, "Accept", sample)
		if got.Code != status {
			t.Errorf("the token was answered %d %s, not %d", got.Code, got.Body, status)
		}
	}
	use(200)
	revocation := "token=" + body.Get("access_token").Str + "&token_type_hint=access_token"
	d.put("service_accounts", `{"clientId":"other","clientSecret":"s"}`)
	if got := d.oauth("revoke", revocation, "Authorization", basic("other", "s")); got.Code != 200 || got.Body.Len() != 0 {
		t.Errorf("another's revocation was answered %d %s", got.Code, got.Body)
	}
	use(200) // whose it is not
	for range 2 {
		if got := d.oauth("revoke", revocation, "Authorization", basic(account, accountSecret)); got.Code != 200 || got.Body.Len() != 0 {
			t.Errorf("the revocation was answered %d %s", got.Code, got.Body)
		}
		use(401)
	}
}

// TestEndedTokensStayEnded: a lenient world takes what it does not know, but no token that it has ended.
func TestEndedTokensStayEnded(t *testing.T) {
	for _, auth := range []string{"lenient", "strict"} {
		d := newDoor(t, emulator.WithAuth(auth))
		d.put("service_accounts", `{"clientId":"brief","clientSecret":"s","roles":[{"roleName":"ORG_MEMBER","orgId":"`+acme+`"}]}`)
		_, revoked := d.token("grant_type=client_credentials", "Authorization", basic(account, accountSecret))
		_, orphaned := d.token("grant_type=client_credentials", "Authorization", basic("brief", "s"))
		d.oauth("revoke", "token="+revoked.Get("access_token").Str, "Authorization", basic(account, accountSecret))
		if err := d.Default().Delete("atlas", "service_accounts", "brief"); err != nil {
			t.Fatal(err)
		}
		for _, token := range []gjson.Result{revoked, orphaned} {
			d.challenge(d.send("GET", orgsPath, "", "Authorization", "Bearer "+token.Get("access_token").Str, "Accept", sample), "false")
		}
	}
}

func TestTokensExpire(t *testing.T) {
	d := newDoor(t)
	_, body := d.token("grant_type=client_credentials", "Authorization", basic(account, accountSecret))
	for _, c := range []struct {
		wait   time.Duration
		status int
	}{{0, 200}, {time.Hour - time.Second, 200}, {time.Second, 401}} {
		d.advance(c.wait)
		got := d.send("GET", orgsPath, "", "Authorization", "Bearer "+body.Get("access_token").Str, "Accept", sample)
		if got.Code != c.status {
			t.Errorf("%s later answered %d, not %d", c.wait, got.Code, c.status)
		}
	}
}

func TestOAuthRefuses(t *testing.T) {
	const wrong = `{"error_description":"Invalid credentials provided.","error":"invalid_client"}`
	d := newDoor(t, emulator.WithAuth("strict"))
	for _, c := range []struct {
		path, form, authorization string
		status                    int
		body                      string
	}{
		{"token", "grant_type=client_credentials", basic(account, "wrong"), 401, wrong},
		{"token", "grant_type=client_credentials", basic("stranger", "any"), 401, wrong},
		{"token", "grant_type=client_credentials", "", 401, wrong},
		{"token", "", basic(account, accountSecret), 400, `{"error_description":"Missing or malformed parameter: grant_type.","error":"invalid_request"}`},
		{"token", "grant_type=password", basic(account, accountSecret), 400, `{"error_description":"Unsupported grant type: password.","error":"unsupported_grant_type"}`},
		{"token", "grant_type=%zz", basic(account, accountSecret), 400, `{"error_description":"Missing or malformed parameter: body.","error":"invalid_request"}`},
		{"revoke", "", basic(account, accountSecret), 400, `{"error_description":"Missing or malformed parameter: token.","error":"invalid_request"}`},
		{"revoke", "token=x", basic(account, "wrong"), 401, wrong},
		{"token?pretty=true", "grant_type=client_credentials", basic(account, accountSecret), 400, `{"error_description":"Invalid query parameter: pretty.","error":"invalid_request"}`},
	} {
		got := d.oauth(c.path, c.form, "Authorization", c.authorization)
		if got.Code != c.status || got.Body.String() != c.body {
			t.Errorf("%s %s answered %d %s", c.path, c.form, got.Code, got.Body)
		}
	}
}

func TestOAuthReadsEveryForm(t *testing.T) {
	d := newDoor(t)
	for name, c := range map[string]struct{ form, authorization string }{
		"Basic":             {"grant_type=client_credentials", basic(account, accountSecret)},
		"Basic, escaped":    {"grant_type=client_credentials", basic(strings.ReplaceAll(account, "_", "%5F"), accountSecret)},
		"body":              {"grant_type=client_credentials&client_id=" + account + "&client_secret=" + accountSecret, ""},
		"a lenient unknown": {"grant_type=client_credentials", basic("stranger", "any")},
	} {
		if got, _ := d.token(c.form, "Authorization", c.authorization); got.Code != 200 {
			t.Errorf("%s: answered %d %s", name, got.Code, got.Body)
		}
	}
}
