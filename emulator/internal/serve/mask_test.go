package serve

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
)

// shown reads an entry back from a journal of a vendor whose tables call the member ticket_id secret.
func shown(e Entry) Entry {
	j := NewJournal([]*spec.Vendor{{Kinds: []spec.Kind{{Name: "invitations", Secrets: []string{"ticket_id"}}}}})
	j.add(&e)
	return j.Entries(Filter{})[0]
}

var secretSamples = []string{
	"client_secret", "Client_Secret", "clientsecret", "clientSecret", "client-secret", "client[secret]", "secret", "secrets", "app_secret", "awsSecretKey",
	"token", "tokens", "access_token", "admin_access_token", "admin_refresh_token", "refresh_token", "id_token", "id_token_hint", "subject_token",
	"twilio_token", "scimToken", "token_value", "token_secret", "token_type_token", "password", "newPassword", "password_hash", "passwd", "smtp_pass",
	"privatekey", "privateKey", "private_key", "private_key_pem", "api_key", "apiKeys", "signing_key", "decryptionKey", "code", "code_verifier",
	"device_code", "assertion", "client_assertion", "authorization", "cookie", "configuration", "ticket_id", "Ticket-Id",
}

var plainSamples = []string{
	"name", "client_id", "token_endpoint", "token_endpoint_auth_method", "is_token_endpoint_ip_header_trusted", "token_quota", "token_type", "expires_in",
	"token_lifetime", "token_lifetime_for_web", "token_dialect", "token_id", "token_type_hint", "requested_token_type", "tokenURL",
	"id_token_signing_alg_values_supported", "infinite_idle_token_lifetime", "passwordPolicy", "password_options", "password_history", "password_dictionary",
	"password_no_personal_info", "password_complexity_options", "connection_passwordless", "private_key_jwt", "client_assertion_type",
	"assertion_decryption_settings", "authorization_endpoint", "authorizationURL", "jwt_configuration", "scim_configuration", "code_challenge", "statusCode",
	"errorCode", "state", "scope", "grant_type", "public_key",
}

func TestSecretsAreKnownByTheirNames(t *testing.T) {
	for _, names := range []struct {
		secret bool
		names  []string
	}{{true, secretSamples}, {false, plainSamples}} {
		for _, name := range names.names {
			for _, form := range []string{
				`{"%s":"SEKRET"}`, `{"%s":73}`, `{"%s":["SEKRET"]}`, `{"%s":{"deep":[{"x":"SEKRET"}]}}`, `[{"a":{"%s" : "SEKRET"} } ]`, `%s=SEKRET&b=kept`,
				`{"url":"https://a.example/?b=kept&%s=SEKRET#c"}`, `{"quoted":"{\"%s\":\"SEKRET\"}"}`,
			} {
				body := strings.ReplaceAll(fmt.Sprintf(form, name), "73", "7300073")
				e := shown(Entry{Path: "/x", RequestBody: body, Body: body})
				for _, got := range []string{e.RequestBody, e.Body} {
					if hidden := !strings.Contains(got, "SEKRET") && !strings.Contains(got, "7300073"); hidden != names.secret {
						t.Errorf("%s is shown as %s", body, got)
					}
				}
			}
			e := shown(Entry{Path: "/x?b=kept&" + name + "=SEKRET&c=kept"})
			if strings.Contains(e.Path, "SEKRET") == names.secret || strings.Count(e.Path, "kept") != 2 {
				t.Errorf("the query of %s is shown as %s", name, e.Path)
			}
		}
	}
}

func TestBodiesAreMaskedByWhatTheyAre(t *testing.T) {
	media := []string{
		"", "application/json", "application/x-www-form-urlencoded", "Application/X-WWW-Form-Urlencoded; charset=utf-8", "text/plain", "multipart/form-data; boundary=b",
	}
	for _, c := range []struct{ body, want string }{
		{`{"client_secret":"SEKRET","name":"kept"}`, `{"client_secret":"***","name":"kept"}`},
		{" {\n \"client_secret\" : \"SEKRET\" , \"list\" : [ 1 , { } , [ ] , null ] }\n", `{"client_secret":"***","list":[1,{},[],null]}`},
		{`{"client\u005fsecret":"SEKRET","a":"\u00e9\n"}`, `{"client\u005fsecret":"***","a":"\u00e9\n"}`},
		{`{"client_secret":"SEKRET","client_secret":"SEKRET"}`, `{"client_secret":"***","client_secret":"***"}`},
		{`{"client_secret":null,"requires_password":true,"secret_encoded":false}`, `{"client_secret":null,"requires_password":true,"secret_encoded":false}`},
		{`{"options":{"configuration":{"A":"SEKRET","B":["SEKRET"]},"n":1.50}}`, `{"options":{"configuration":"***","n":1.50}}`},
		{`{"pem":"-----BEGIN RSA PRIVATE KEY-----\nSEKRET"}`, `{"pem":"***"}`},
		{`{"hint":"eyJh.eyJi.SEKRET"}`, `{"hint":"***"}`},
		{`{"note":"sent {\"password\" : 1, \"token\":\"SEKRET\"}"}`, `{"note":"sent {\"password\" : 1, \"token\":***"}`},
		{`{"note":"{\"token\":\"SEKRET"}`, `{"note":"*** 16 bytes"}`},
		{`{"text":"{{ name }} [a-z]+ code: 7, x=y"}`, `{"text":"{{ name }} [a-z]+ code: 7, x=y"}`},
		{`client_secret=SEKRET&grant_type=client_credentials&audience=https%3A%2F%2Fa%2F`, `client_secret=***&grant_type=client_credentials&audience=https%3A%2F%2Fa%2F`},
		{`client%5Fsecret=SEKRET&code=SEKRET&name=a+b`, `client%5Fsecret=***&code=***&name=a+b`},
		{`redirect_uri=https://a/?code%3DSEKRET&payload=%7B%22token%22%3A%22SEKRET%22%7D`, `redirect_uri=https%3A%2F%2Fa%2F%3Fcode%3D***&payload=%7B%22token%22%3A%22***%22%7D`},
		{`{"client_secret":"SEKRET`, `*** 24 bytes`},
		{`{"a":"x=1&b=","client_secret":"SEKRET`, `*** 37 bytes`},
		{`payload={"client_secret":"SEKRET"}`, `*** 34 bytes`},
		{`client_secret=%zz&kept=SEKRET`, `*** 29 bytes`},
		{`name=a;client_secret=SEKRET`, `*** 27 bytes`},
		{"--b\r\nContent-Disposition: form-data; name=\"client_secret\"\r\n\r\nSEKRET\r\n--b--", `*** 74 bytes`},
		{"name=kept\nclient_secret: SEKRET", `*** 31 bytes`},
		{`<a client_secret="SEKRET"/>`, `*** 27 bytes`},
		{`SEKRET`, `*** 6 bytes`}, {`"SEKRET"`, `*** 8 bytes`}, {`SEKRET==`, `*** 8 bytes`}, {`SEKRETX=`, `*** 8 bytes`}, {"\xff\xfeSEKRET", `*** 8 bytes`},
		{"{\"a\":\"\xff\",\"token\":\"SEKRET\"}", `*** 26 bytes`},
		{strings.Repeat("[", 64) + strings.Repeat("]", 64), strings.Repeat("[", 64) + strings.Repeat("]", 64)},
		{strings.Repeat("[", 65) + `"SEKRET"` + strings.Repeat("]", 65), `*** 138 bytes`},
		{``, ``}, {"  ", `*** 2 bytes`}, {`{}`, `{}`}, {`[]`, `[]`},
	} {
		for _, medium := range media {
			h := http.Header{"Content-Type": {medium}}
			e := shown(Entry{RequestHeader: h, RequestBody: c.body, Header: h, Body: c.body, Status: 200})
			if e.RequestBody != c.want || e.Body != c.want {
				t.Errorf("%q as %q\n is shown as %s and %s\nwant        %s", c.body, medium, e.RequestBody, e.Body, c.want)
			}
		}
	}
}

func TestRefusalsKeepTheirCode(t *testing.T) {
	e := shown(Entry{Status: 400, RequestBody: `{"code":"SEKRET"}`, Body: `{"code":"invalid","error":{"code":7,"token":"SEKRET"}}`})
	if e.RequestBody != `{"code":"***"}` || e.Body != `{"code":"invalid","error":{"code":7,"token":"***"}}` {
		t.Errorf("%s is refused with %s", e.RequestBody, e.Body)
	}
}

func TestQueriesAreMasked(t *testing.T) {
	for path, want := range map[string]string{
		"/a":                       "/a",
		"/a?":                      "/a?",
		"/a?page=0&include_totals": "/a?page=0&include_totals",
		"/a?q=email%3A%22x%22&token=SEKRET&b=%2F": "/a?q=email%3A%22x%22&token=***&b=%2F",
		"/a?code=SEKRET&code=SEKRET":              "/a?code=***&code=***",
		"/a?client_secret=%zz&b=SEKRET":           "/a?***",
		"/a?b=1;client_secret=SEKRET":             "/a?***",
		"/a?to=https://b/?code=SEKRET":            "/a?to=https%3A%2F%2Fb%2F%3Fcode%3D***",
	} {
		if e := shown(Entry{Path: path}); e.Path != want {
			t.Errorf("%s is shown as %s, want %s", path, e.Path, want)
		}
	}
}

func TestHeadersAreMasked(t *testing.T) {
	for _, c := range []struct{ name, value, want string }{
		{"Authorization", "Bearer SEKRET", "Bearer ***"}, {"Authorization", "basic SEKRET", "basic ***"}, {"Authorization", "Token SEKRET", "Token ***"},
		{"Authorization", `Digest username="a", response="SEKRET"`, "Digest ***"}, {"Authorization", "SEKRET foo", "***"}, {"Authorization", "SEKRET", "***"},
		{"Authorization", "Bearer", "***"}, {"Proxy-Authorization", "Basic SEKRET", "Basic ***"}, {"X-Forwarded-Authorization", "SEKRET foo", "***"},
		{"Cookie", "session=SEKRET; other=SEKRET", "***"}, {"Set-Cookie", "a=SEKRET; Path=/", "***"}, {"X-Api-Key", "SEKRET", "***"}, {"Apikey", "SEKRET", "***"},
		{"X-Understudy-Control-Token", "SEKRET", "***"}, {"X-Client-Secret", "SEKRET", "***"}, {"X-Amz-Security-Token", "SEKRET", "***"}, {"x-token", "SEKRET", "***"},
		{"Location", "https://a/cb?state=1&code=SEKRET", "https://a/cb?state=1&code=***"}, {"Referer", "https://a/#access_token=SEKRET", "https://a/#access_token=***"},
		{"Content-Type", "multipart/form-data; boundary=b", "multipart/form-data; boundary=b"}, {"X-Ratelimit-Remaining", "3", "3"},
		{"Www-Authenticate", `Bearer error="invalid_token"`, `Bearer error="invalid_token"`}, {"User-Agent", "go/1 (a; b=c)", "go/1 (a; b=c)"},
	} {
		h := http.Header{c.name: {c.value, c.value}}
		e := shown(Entry{RequestHeader: h, Header: h})
		for _, got := range [][]string{e.RequestHeader[c.name], e.Header[c.name]} {
			if len(got) != 2 || got[0] != c.want || got[1] != c.want {
				t.Errorf("%s: %s is shown as %q, want %s twice", c.name, c.value, got, c.want)
			}
		}
		if h[c.name][0] != c.value {
			t.Errorf("%s was masked in the header that is kept", c.name)
		}
	}
}

// TestLogsHoldNoSecret asks as a client asks a proxy, with a password in the request line.
func TestLogsHoldNoSecret(t *testing.T) {
	s := newShop()
	var logged []Entry
	s.Log = func(e Entry, _ time.Duration) { logged = append(logged, e) }
	send(s, `POST http://user:SEKRET@shop.example/shop/doors?token=SEKRET {"token":"SEKRET"}`, "Authorization", "Bearer SEKRET")
	e := last(t, s.World(DefaultWorld))
	if len(logged) != 1 || logged[0].Path != "/shop/doors" || strings.Contains(fmt.Sprintf("%+v", logged[0]), "SEKRET") {
		t.Errorf("logged %+v", logged)
	}
	if e.Path != "/shop/doors?token=***" || strings.Contains(fmt.Sprintf("%+v", e), "SEKRET") {
		t.Errorf("kept %+v", e)
	}
}

// TestMaskingIsLinear holds the worst bodies of the greatest size to the time in which JSON of that size is checked
// once. Ours takes about five times that; a walk that reads a level once for each level above it takes fifty.
func TestMaskingIsLinear(t *testing.T) {
	half := MaxCaptured / 2
	flat := "[" + strings.Repeat("1,", half-2) + "1]"
	check := least(func() {
		for range 20 {
			_ = gjson.Valid(flat)
		}
	})
	for name, body := range map[string]string{
		"flat arrays":     flat,
		"refused arrays":  strings.Repeat("[", half) + strings.Repeat("]", half),
		"refused objects": strings.Repeat(`{"a":`, half/5) + "1" + strings.Repeat("}", half/5),
		"deep arrays":     strings.Repeat("[", 60) + strings.Repeat("1,", half-100) + "1" + strings.Repeat("]", 60),
		"deep objects":    strings.Repeat(`{"a":`, 60) + "[" + strings.Repeat("1,", half-300) + "1]" + strings.Repeat("}", 60),
		"colons":          `{"a":"` + strings.Repeat(`\":`, half/2) + `"}`,
		"questions":       `{"a":"` + strings.Repeat(`a?b=`, half/4) + `"}`,
		"pieces":          strings.Repeat("a=b&", half/4) + "a=b",
		"cut":             `{"a":"` + strings.Repeat("x", 2*half-6),
	} {
		j := NewJournal(nil)
		for range 20 {
			j.add(&Entry{RequestBody: body})
		}
		if took := least(func() { j.Entries(Filter{}) }); took > 50*check {
			t.Errorf("20 %s take %v, checking as many %v", name, took, check)
		}
	}
}

// least is the shortest of five times.
func least(f func()) time.Duration {
	shortest := time.Hour
	for range 5 {
		began := time.Now()
		f()
		shortest = min(shortest, time.Since(began))
	}
	return shortest
}

func BenchmarkFullJournal(b *testing.B) {
	j := NewJournal(nil)
	body := `{"name":"acme","client_secret":"x","options":{"a":[1,2,{"b":"https://a.example/?b=c"}]},"pad":"` + strings.Repeat("x", 1400) + `"}`
	if !gjson.Valid(body) {
		b.Fatal(body)
	}
	h := http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer x"}, "User-Agent": {"a"}, "X-Ratelimit-Limit": {"1"}}
	for range MaxEntries {
		j.add(&Entry{Path: "/a?page=1", RequestHeader: h, Header: h, RequestBody: body, Body: body})
	}
	for b.Loop() {
		j.Entries(Filter{})
	}
}
