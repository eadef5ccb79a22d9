package auth0_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/fixtures"
)

// door is an emulator with the acme fixture and a stopped clock, seen by callers with different credentials.
type door struct {
	*testing.T
	*emulator.Emulator
}

func newDoor(t *testing.T, auth string) door {
	t.Helper()
	f, err := fixtures.Load("acme")
	if err != nil {
		t.Fatal(err)
	}
	e, err := emulator.New(emulator.WithFixture(f), emulator.WithAuth(auth), emulator.WithCheckedReplies())
	if err != nil {
		t.Fatal(err)
	}
	e.Default().Freeze()
	return door{t, e}
}

// send answers a request whose headers come as name, value pairs.
func (d door) send(method, path, body string, headers ...string) (*httptest.ResponseRecorder, gjson.Result) {
	d.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer := httptest.NewRecorder()
	d.Handler().ServeHTTP(answer, r)
	return answer, gjson.Parse(answer.Body.String())
}

// organizations tells how a token fares at a read of organizations, in a world or where its credential leads.
func (d door) organizations(token string, headers ...string) (int, gjson.Result) {
	d.Helper()
	answer, body := d.send("GET", "/api/v2/organizations", "", append(headers, "Authorization", "Bearer "+token)...)
	return answer.Code, body
}

const (
	provisioning       = "AcmeProvisioning0000000000000001"
	provisioningSecret = "acme-provisioning-secret"
	managementAudience = "https://acme.eu.auth0.com/api/v2/"
)

func tokenForm(client, secret, audience string) string {
	return url.Values{
		"grant_type": {"client_credentials"}, "client_id": {client}, "client_secret": {secret}, "audience": {audience},
	}.Encode()
}

func (d door) exchange(client, secret, audience string, headers ...string) (int, gjson.Result) {
	d.Helper()
	answer, body := d.send("POST", "/oauth/token", tokenForm(client, secret, audience),
		append(headers, "Content-Type", "application/x-www-form-urlencoded")...)
	return answer.Code, body
}

func (d door) mint(world *emulator.World, want emulator.Credential) gjson.Result {
	d.Helper()
	fields, err := world.Mint("auth0", want)
	if err != nil {
		d.Fatal(err)
	}
	return gjson.Parse(fields)
}

func TestTokenIsVerifiedByThePublishedKey(t *testing.T) {
	d := newDoor(t, "lenient")
	_, reply := d.exchange("anybody", "anything", managementAudience)
	if keys := reply.Get("@keys").Raw; keys != `["access_token","scope","expires_in","token_type"]` || reply.Get("expires_in").Int() != 86400 {
		t.Fatalf("the token endpoint answers %s", reply)
	}
	parts := strings.Split(reply.Get("access_token").String(), ".")
	head, claims := decoded(t, parts[0]), decoded(t, parts[1])

	_, discovery := d.send("GET", "/.well-known/openid-configuration", "")
	if claims.Get("iss").String() != discovery.Get("issuer").String() || !strings.HasSuffix(discovery.Get("issuer").String(), "/") {
		t.Errorf("the token is of %s, the discovery of %s", claims.Get("iss"), discovery.Get("issuer"))
	}
	_, jwks := d.send("GET", strings.TrimPrefix(discovery.Get("jwks_uri").String(), strings.TrimSuffix(discovery.Get("issuer").String(), "/")), "")
	key := jwks.Get(`keys.#(kid=="` + head.Get("kid").String() + `")`)
	n, _ := base64.RawURLEncoding.DecodeString(key.Get("n").String())
	e, _ := base64.RawURLEncoding.DecodeString(key.Get("e").String())
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		t.Fatal(err)
	}
	public := &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err := rsa.VerifyPKCS1v15(public, crypto.SHA256, sum[:], signature); err != nil || head.Get("alg").String() != "RS256" {
		t.Errorf("%s does not verify: %v", head, err)
	}
	now := d.Default().Now().Unix()
	for name, want := range map[string]any{
		"sub": "anybody@clients", "azp": "anybody", "aud": managementAudience, "gty": "client-credentials",
		"iat": float64(now), "exp": float64(now + 86400), "scope": reply.Get("scope").String(),
	} {
		if got := claims.Get(name).Value(); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
}

func decoded(t *testing.T, part string) gjson.Result {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		t.Fatal(err)
	}
	return gjson.ParseBytes(raw)
}

func TestLenientTakesStrangersAndHoldsItsOwn(t *testing.T) {
	d := newDoor(t, "lenient")
	if status, body := d.organizations("any opaque"); status != 400 {
		t.Errorf("a header of three words: %d %s", status, body)
	}
	for _, token := range []string{"opaque", "a.b.c"} {
		if status, body := d.organizations(token); status != 200 {
			t.Errorf("%q: %d %s", token, status, body)
		}
	}

	narrow := d.mint(d.Default(), emulator.Credential{Scopes: []string{"read:organizations"}, TTL: time.Minute}).Get("access_token").String()
	if status, body := d.organizations(narrow); status != 200 {
		t.Errorf("with its scope: %d %s", status, body)
	}
	_, refused := d.send("GET", "/api/v2/clients", "", "Authorization", "Bearer "+narrow)
	if refused.Raw != `{"statusCode":403,"error":"Forbidden","message":"Insufficient scope, expected any of: read:clients,read:client_keys","errorCode":"insufficient_scope"}` {
		t.Errorf("without its scope: %s", refused)
	}
	if err := d.Default().Advance(time.Minute); err != nil {
		t.Fatal(err)
	}
	const expired = "Expired token received for JSON Web Token validation"
	if _, body := d.organizations(narrow); body.Raw != `{"statusCode":401,"error":"Unauthorized","message":"`+expired+`","attributes":{"error":"`+expired+`"}}` {
		t.Errorf("after its time: %s", body)
	}

	_, other := d.exchange("anybody", "anything", "https://api.acme.example/")
	if status, body := d.organizations(other.Get("access_token").String()); status != 401 || body.Get("message").String() != "Invalid token" {
		t.Errorf("a token for another API: %d %s", status, body)
	}
}

func TestLenientHoldsSignedStrangersToTheirClaims(t *testing.T) {
	d := newDoor(t, "lenient")
	narrow := d.mint(d.Default(), emulator.Credential{Scopes: []string{"read:clients"}, TTL: time.Minute}).Get("access_token").String()
	every := d.mint(d.Default(), emulator.Credential{}).Get("access_token").String()
	_, reply := d.exchange("anybody", "anything", "https://api.acme.example/")
	if err := d.Default().Reset(""); err != nil { // the world keeps none of them
		t.Fatal(err)
	}
	d.Default().Freeze()
	if status, body := d.organizations(narrow); status != 403 {
		t.Errorf("without its scope: %d %s", status, body)
	}
	if answer, body := d.send("GET", "/api/v2/clients", "", "Authorization", "Bearer "+narrow); answer.Code != 200 {
		t.Errorf("with its scope: %d %s", answer.Code, body)
	}
	if status, body := d.organizations(every); status != 200 {
		t.Errorf("with every scope: %d %s", status, body)
	}
	if status, body := d.organizations(reply.Get("access_token").String()); status != 401 || body.Get("message").String() != "Invalid token" {
		t.Errorf("a token for another API: %d %s", status, body)
	}
	if err := d.Default().Advance(2 * time.Minute); err != nil {
		t.Fatal(err)
	}
	if status, body := d.organizations(narrow); status != 401 || !strings.HasPrefix(body.Get("message").String(), "Expired token") {
		t.Errorf("after its time: %d %s", status, body)
	}
}

func TestCredentialsOfADeletedWorldReachNoOther(t *testing.T) {
	d := newDoor(t, "lenient")
	other, err := d.CreateWorld("other", "")
	if err != nil {
		t.Fatal(err)
	}
	token := d.mint(other, emulator.Credential{}).Get("access_token").String()
	if err := d.DeleteWorld("other"); err != nil {
		t.Fatal(err)
	}
	if status, body := d.organizations(token); status != 404 || body.Get("code").String() != "unknown_world" {
		t.Errorf("%d %s", status, body)
	}
}

func TestTokensAreBounded(t *testing.T) {
	d := newDoor(t, "strict")
	first := d.mint(d.Default(), emulator.Credential{}).Get("access_token").String()
	second := d.mint(d.Default(), emulator.Credential{}).Get("access_token").String()
	claims := `{"client_id":"x","audience":"` + managementAudience + `","expires_at":4102444800,"all":true,"scope":"","access_token":`
	for i := range 10_000 - 2 {
		if _, err := d.Default().Put("auth0", "tokens", claims+strconv.Quote(strconv.Itoa(i))+"}"); err != nil {
			t.Fatal(err)
		}
	}
	if status, body := d.organizations(first); status != 200 {
		t.Fatalf("with as many as fit: %d %s", status, body)
	}
	last := d.mint(d.Default(), emulator.Credential{}).Get("access_token").String()
	for _, c := range []struct {
		token  string
		status int
	}{{first, 401}, {second, 200}, {last, 200}} {
		if status, body := d.organizations(c.token); status != c.status {
			t.Errorf("%d %s, want %d", status, body, c.status)
		}
	}
}

func TestStrictTakesItsOwnAlone(t *testing.T) {
	d := newDoor(t, "strict")
	_, reply := d.exchange(provisioning, provisioningSecret, managementAudience)
	token := reply.Get("access_token").String()
	if status, body := d.organizations(token); status != 200 {
		t.Fatalf("a declared client's token: %d %s", status, body)
	}
	head, signature, _ := strings.Cut(token[strings.Index(token, ".")+1:], ".")
	forged := token[:strings.Index(token, ".")+1] + base64.RawURLEncoding.EncodeToString([]byte(`{"exp":4102444800}`)) + "." + signature

	minted := d.mint(d.Default(), emulator.Credential{TTL: 25 * time.Hour}).Get("access_token").String()
	if err := d.Default().Reset(""); err != nil { // it knows no token from before
		t.Fatal(err)
	}
	for _, c := range []struct {
		token, message string
		status         int
	}{
		{"opaque", "Bad HTTP authentication header format", 400},
		{"a.b.c", "Bad HTTP authentication header format", 400},
		{head + "." + head + "." + head, "Invalid signature received for JSON Web Token validation", 401},
		{forged, "Invalid signature received for JSON Web Token validation", 401},
		{minted, "Invalid token", 401},
	} {
		if status, body := d.organizations(c.token); status != c.status || body.Get("message").String() != c.message {
			t.Errorf("%.20s…: %d %s", c.token, status, body)
		}
	}
	if err := d.Default().Advance(24 * time.Hour); err != nil {
		t.Fatal(err)
	}
	if status, body := d.organizations(token); status != 401 || !strings.HasPrefix(body.Get("message").String(), "Expired token") {
		t.Errorf("an old token: %d %s", status, body)
	}
	if status, reply := d.exchange("anybody", "anything", managementAudience); status != 401 {
		t.Errorf("a client that nobody declared: %d %s", status, reply)
	}
}

func TestMissingAndMalformedAuthorization(t *testing.T) {
	d := newDoor(t, "lenient")
	answer, body := d.send("GET", "/api/v2/organizations", "")
	if body.Raw != `{"statusCode":401,"error":"Unauthorized","message":"Missing authentication"}` || answer.Header().Get("WWW-Authenticate") != "Bearer" {
		t.Errorf("none: %s %v", body, answer.Header())
	}
	for _, header := range []string{"token", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz"} {
		_, body := d.send("GET", "/api/v2/organizations", "", "Authorization", header)
		if body.Raw != `{"statusCode":400,"error":"Bad Request","message":"Bad HTTP authentication header format","errorCode":"Bearer"}` {
			t.Errorf("%q: %s", header, body)
		}
	}
}

func TestTokenEndpointReadsEveryForm(t *testing.T) {
	d := newDoor(t, "strict")
	const form, json = "application/x-www-form-urlencoded", "application/json"
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(provisioning+":"+url.QueryEscape(provisioningSecret)))
	for name, c := range map[string]struct{ body, contentType, authorization string }{
		"form":  {tokenForm(provisioning, provisioningSecret, managementAudience), form, ""},
		"basic": {"grant_type=client_credentials&audience=" + url.QueryEscape(managementAudience), form, basic},
		"json": {`{"grant_type":"client_credentials","client_id":"` + provisioning + `","client_secret":"` + provisioningSecret +
			`","audience":"` + managementAudience + `"}`, json, ""},
	} {
		answer, body := d.send("POST", "/oauth/token", c.body, "Content-Type", c.contentType, "Authorization", c.authorization)
		if answer.Code != 200 || body.Get("token_type").String() != "Bearer" {
			t.Errorf("%s: %d %s", name, answer.Code, body)
		}
		if answer.Header().Get("X-RateLimit-Limit") != "" {
			t.Errorf("%s: the Management API's bucket shows in %v", name, answer.Header())
		}
	}
	for name, c := range map[string]struct {
		body, want string
		status     int
	}{
		"no grant type":    {"client_id=a", `{"error":"invalid_request","error_description":"Missing required parameter: grant_type"}`, 400},
		"another grant":    {"grant_type=password", `{"error":"unsupported_grant_type","error_description":"Unsupported grant type: password"}`, 403},
		"no client":        {"grant_type=client_credentials", `{"error":"invalid_request","error_description":"Missing required parameter: client_id"}`, 400},
		"broken form":      {"grant_type=%zz", `{"error":"invalid_request","error_description":"Invalid request payload JSON format"}`, 400},
		"wrong secret":     {tokenForm(provisioning, "x", managementAudience), `{"error":"access_denied","error_description":"Unauthorized"}`, 401},
		"no secret":        {tokenForm(provisioning, "", managementAudience), `{"error":"access_denied","error_description":"Unauthorized"}`, 401},
		"assertion":        {tokenForm(provisioning, "", managementAudience) + "&client_assertion=a.b.c", `{"error":"access_denied","error_description":"Unauthorized"}`, 401},
		"no audience":      {tokenForm(provisioning, provisioningSecret, ""), `{"error":"access_denied","error_description":"No audience parameter was provided, and no default audience has been configured"}`, 403},
		"unknown audience": {tokenForm(provisioning, provisioningSecret, "https://x/"), `{"error":"access_denied","error_description":"Service not enabled within domain: https://x/"}`, 403},
	} {
		answer, body := d.send("POST", "/oauth/token", c.body, "Content-Type", form)
		if answer.Code != c.status || body.Raw != c.want {
			t.Errorf("%s: %d %s", name, answer.Code, body)
		}
	}
	if d.Default().Version() == 0 {
		t.Fatal("no version")
	}

	lenient := newDoor(t, "lenient")
	if status, body := lenient.exchange(provisioning, "x", managementAudience); status != 401 {
		t.Errorf("a declared client's wrong secret in a lenient world: %d %s", status, body)
	}
}

func TestClientGrantNarrowsItsTokens(t *testing.T) {
	d := newDoor(t, "strict")
	_, orders := d.exchange(provisioning, provisioningSecret, "https://api.acme.example/")
	if orders.Get("scope").String() != "read:orders" {
		t.Errorf("the grant of the fixture gives %s", orders)
	}
	_, every := d.exchange(provisioning, provisioningSecret, managementAudience)
	if !strings.Contains(every.Get("scope").String(), "delete:organization_connections") {
		t.Errorf("without a grant: %s", every)
	}
	d.send("POST", "/api/v2/client-grants", `{"client_id":"`+provisioning+`","audience":"https://localhost:4443/api/v2/","scope":["read:organizations"]}`,
		"Content-Type", "application/json", "Authorization", "Bearer "+every.Get("access_token").String())
	_, narrow := d.exchange(provisioning, provisioningSecret, managementAudience) // another name of the same API
	answer, body := d.send("GET", "/api/v2/roles", "", "Authorization", "Bearer "+narrow.Get("access_token").String())
	if narrow.Get("scope").String() != "read:organizations" || answer.Code != 403 {
		t.Errorf("with a grant: %s, then %d %s", narrow, answer.Code, body)
	}
}

func TestCredentialsReachTheirWorld(t *testing.T) {
	d := newDoor(t, "strict")
	other, err := d.CreateWorld("other", "empty")
	if err != nil {
		t.Fatal(err)
	}
	count := func(token string, headers ...string) int {
		t.Helper()
		status, body := d.organizations(token, headers...)
		if status != 200 {
			t.Fatalf("%d %s", status, body)
		}
		return len(body.Array())
	}
	if here := d.mint(d.Default(), emulator.Credential{}); count(here.Get("access_token").String()) != 2 {
		t.Error("the default world's token does not see acme's two organizations")
	}
	there := d.mint(other, emulator.Credential{}).Get("access_token").String()
	if count(there) != 0 {
		t.Error("the other world's token sees organizations that it does not have")
	}

	client := d.mint(other, emulator.Credential{Kind: "client", Scopes: []string{"read:organizations"}})
	status, reply := d.exchange(client.Get("client_id").String(), client.Get("client_secret").String(), managementAudience)
	if status != 200 || reply.Get("scope").String() != "read:organizations" {
		t.Fatalf("the minted client gets %d %s", status, reply)
	}
	if count(reply.Get("access_token").String()) != 0 { // the token endpoint bound it
		t.Error("the token of the other world's client reached the default world")
	}
	if status, _ := d.organizations(there, "X-Understudy-World", "default"); status != 401 {
		t.Errorf("the other world's token answers %d in the default world", status)
	}
}

func TestMintSaysWhatItCannotMake(t *testing.T) {
	d := newDoor(t, "lenient")
	before := d.Default().Version()
	for want, credential := range map[string]emulator.Credential{
		`auth0: no emulated operation needs the scope "read:everything"`:    {Scopes: []string{"read:everything"}},
		`auth0: no credential of kind "cookie"; there are token and client`: {Kind: "cookie"},
		`auth0: credentials have scopes, not roles`:                         {Role: "admin"},
		`auth0: the ttl -1s is negative`:                                    {TTL: -time.Second},
		`auth0: a client has no ttl; its tokens live for 24h0m0s`:           {Kind: "client", TTL: time.Hour},
	} {
		if fields, err := d.Default().Mint("auth0", credential); err == nil || err.Error() != want {
			t.Errorf("%+v: %s, %v", credential, fields, err)
		}
	}
	if d.Default().Version() != before {
		t.Error("a refused wish changed the world")
	}
}

func TestSecretsNeedTheirScope(t *testing.T) {
	d := newDoor(t, "lenient")
	token := d.mint(d.Default(), emulator.Credential{Scopes: []string{"read:clients"}}).Get("access_token").String()
	_, body := d.send("GET", "/api/v2/clients/"+provisioning, "", "Authorization", "Bearer "+token)
	if body.Get("name").String() != "Acme Provisioning" || body.Get("client_secret").Exists() || body.Get("signing_keys").Exists() {
		t.Errorf("with read:clients: %s", body)
	}
	_, body = d.send("GET", "/api/v2/clients/"+provisioning, "", "Authorization", "Bearer any")
	if body.Get("client_secret").String() != provisioningSecret || !body.Get("signing_keys.0.cert").Exists() {
		t.Errorf("with everything: %s", body)
	}
	for _, entry := range d.Default().Journal(emulator.Filter{}) {
		if strings.Contains(entry.Body+entry.RequestBody+http.Header(entry.RequestHeader).Get("Authorization"), provisioningSecret) {
			t.Errorf("the journal of %s shows the secret", entry.Path)
		}
	}
}
