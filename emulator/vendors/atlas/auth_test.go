package atlas_test

import (
	"crypto/md5"
	"fmt"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/scenarios"
)

const orgsPath = v2 + "/orgs"

var challenged = regexp.MustCompile(`^Digest realm="MMS Public API", domain="", nonce="([A-Za-z0-9+/]{32})", algorithm=MD5, qop="auth", stale=(true|false)$`)

// challenge fails unless an answer is the recorded refusal, to the byte; it returns the nonce.
func (d door) challenge(answer *httptest.ResponseRecorder, stale string) string {
	d.Helper()
	const body = "{\n  \"error\" : 401,\n  \"reason\" : \"Unauthorized\",\n  \"detail\" : \"You are not authorized for this resource.\",\n  \"errorCode\" : \"UNEXPECTED_ERROR\"\n}"
	parts := challenged.FindStringSubmatch(answer.Header().Get("Www-Authenticate"))
	if answer.Code != 401 || answer.Body.String() != body || parts == nil || answer.Header().Get("Content-Type") != "application/json" {
		d.Fatalf("answered %d %v\n%s", answer.Code, answer.Header(), answer.Body)
	}
	if parts[2] != stale {
		d.Errorf("stale=%s, not %s", parts[2], stale)
	}
	return parts[1]
}

func md5Hex(text string) string { return fmt.Sprintf("%x", md5.Sum([]byte(text))) }

// answer is what a client makes of a nonce.
func answer(public, private, method, uri, nonce string, nc int) string {
	count := fmt.Sprintf("%08x", nc)
	response := md5Hex(md5Hex(public+":MMS Public API:"+private) + ":" + nonce + ":" + count + ":c0ffee:auth:" + md5Hex(method+":"+uri))
	return fmt.Sprintf(`Digest username="%s", realm="MMS Public API", nonce="%s", uri="%s", response="%s", algorithm="MD5", qop=auth, nc=%s, cnonce="c0ffee"`,
		public, nonce, uri, response, count)
}

func (d door) digest(uri, authorization string, headers ...string) *httptest.ResponseRecorder {
	d.Helper()
	return d.send("GET", uri, "", append(headers, "Authorization", authorization, "Accept", sample)...)
}

func TestDigest(t *testing.T) {
	d := newDoor(t, emulator.WithAuth("strict"))
	before := d.Default().Version()
	nonce := d.challenge(d.send("GET", orgsPath, ""), "false")
	for nc := 1; nc < 4; nc++ { // a client may count on
		if got := d.digest(orgsPath, answer("acmeprov", "acme-provisioning-private-key", "GET", orgsPath, nonce, nc)); got.Code != 200 {
			t.Errorf("count %d was answered %d %s", nc, got.Code, got.Body)
		}
	}
	if d.Default().Version() != before {
		t.Error("nonces count as objects")
	}
	uri := orgsPath + "?itemsPerPage=100&pageNum=1"
	if got := d.digest(uri, answer("acmeprov", "acme-provisioning-private-key", "GET", uri, d.challenge(d.send("POST", orgsPath, "{}"), "false"), 1)); got.Code != 200 {
		t.Errorf("a query was answered %d %s", got.Code, got.Body)
	}
}

func TestTheFirstRequestChangesNothing(t *testing.T) {
	d := newDoor(t)
	before := d.Default().Version()
	d.challenge(d.send("PATCH", public+config+"/", `{"domainRestrictionEnabled":false}`), "false")
	d.challenge(d.send("DELETE", v1+"/federationSettings/"+labs, ""), "false")
	d.challenge(d.send("POST", v2+"/groups", strings.Repeat("x", 100_000)), "false")
	if d.Default().Version() != before {
		t.Error("a request without a credential changed something")
	}
}

// TestInjectedChallengesCanBeAnswered: a client that is refused by a scenario goes on with the nonce that it is handed.
func TestInjectedChallengesCanBeAnswered(t *testing.T) {
	d := newDoor(t, emulator.WithAuth("strict"))
	if err := d.Default().Play(scenarios.On("atlas.*").Calls(1, 1).Fail("unauthenticated")); err != nil {
		t.Fatal(err)
	}
	first := d.challenge(d.send("GET", orgsPath, ""), "false")
	second := d.challenge(d.digest(orgsPath, answer("acmeprov", "acme-provisioning-private-key", "GET", orgsPath, first, 1)), "false")
	if first == second {
		t.Error("two challenges have one nonce")
	}
	if got := d.digest(orgsPath, answer("acmeprov", "acme-provisioning-private-key", "GET", orgsPath, second, 1)); got.Code != 200 {
		t.Errorf("the right answer was answered %d %s", got.Code, got.Body)
	}
}

func TestNoncesAreSpent(t *testing.T) {
	d := newDoor(t)
	key := func(nonce string, nc int) string {
		return answer("acmeprov", "acme-provisioning-private-key", "GET", orgsPath, nonce, nc)
	}
	nonce := d.challenge(d.send("GET", orgsPath, ""), "false")
	if got := d.digest(orgsPath, key(nonce, 2)); got.Code != 200 {
		t.Fatal(got.Code)
	}
	d.challenge(d.digest(orgsPath, key(nonce, 2)), "true") // sent again
	for _, nc := range []int{1, 66, 3, 65} {               // calls in parallel arrive in any order
		if got := d.digest(orgsPath, key(nonce, nc)); got.Code != 200 {
			t.Errorf("count %d was answered %d", nc, got.Code)
		}
	}
	for _, nc := range []int{1, 2, 3, 65, 66} {
		d.challenge(d.digest(orgsPath, key(nonce, nc)), "true")
	}
	fresh := d.challenge(d.digest(orgsPath, key("c2VhbGVkIGJ5IG5vYm9keSBhdCBhbGw=", 1)), "true")
	if fresh == nonce {
		t.Error("two challenges have one nonce")
	}
	d.advance(5*time.Minute + time.Second)
	d.challenge(d.digest(orgsPath, key(fresh, 1)), "true") // too late
	late := d.challenge(d.send("GET", orgsPath, ""), "false")
	d.advance(5 * time.Minute)
	if got := d.digest(orgsPath, key(late, 1)); got.Code != 200 {
		t.Errorf("the last moment was answered %d", got.Code)
	}
}

func (d door) advance(by time.Duration) {
	d.Helper()
	if err := d.Default().Advance(by); err != nil {
		d.Fatal(err)
	}
}

func TestOneOfManyTakesACount(t *testing.T) {
	d := newDoor(t)
	nonce := d.challenge(d.send("GET", orgsPath, ""), "false")
	authorization := answer("acmeprov", "acme-provisioning-private-key", "GET", orgsPath, nonce, 1)
	codes := make(chan int, 20)
	for range cap(codes) {
		go func() { codes <- d.digest(orgsPath, authorization).Code }()
	}
	taken := 0
	for range cap(codes) {
		if <-codes == 200 {
			taken++
		}
	}
	if taken != 1 {
		t.Errorf("%d of %d requests with one count were taken", taken, cap(codes))
	}
}

func TestNoncesGoWithSnapshots(t *testing.T) {
	d := newDoor(t)
	nonce := d.challenge(d.send("GET", orgsPath, ""), "false")
	before := d.Default().Snapshot()
	spent := answer("acmeprov", "acme-provisioning-private-key", "GET", orgsPath, nonce, 1)
	if got := d.digest(orgsPath, spent); got.Code != 200 {
		t.Fatal(got.Code)
	}
	d.challenge(d.digest(orgsPath, spent), "true")
	d.Default().Restore(before)
	if got := d.digest(orgsPath, spent); got.Code != 200 {
		t.Errorf("after the restore answered %d", got.Code)
	}
}

func TestOldNoncesAreForgotten(t *testing.T) {
	d := newDoor(t)
	key := func(nonce string) string {
		return answer("acmeprov", "acme-provisioning-private-key", "GET", orgsPath, nonce, 1)
	}
	oldest := d.challenge(d.send("GET", orgsPath, ""), "false")
	next := d.challenge(d.send("GET", orgsPath, ""), "false")
	for range 9_999 {
		d.send("GET", orgsPath, "")
	}
	d.challenge(d.digest(orgsPath, key(oldest)), "true")
	next2 := d.challenge(d.digest(orgsPath, key(next)), "true") // that refusal made another one too
	if got := d.digest(orgsPath, key(next2)); got.Code != 200 {
		t.Errorf("a new one was answered %d", got.Code)
	}
}

func TestDigestIsRefused(t *testing.T) {
	d := newDoor(t)
	for name, change := range map[string]func(string) string{
		"a wrong response":    func(a string) string { return strings.Replace(a, `response="`, `response="0`, 1) },
		"another realm":       func(a string) string { return strings.Replace(a, "MMS Public API", "MMS", 1) },
		"another uri":         func(a string) string { return strings.Replace(a, `uri="`, `uri="/x`, 1) },
		"another quality":     func(a string) string { return strings.Replace(a, "qop=auth", "qop=auth-int", 1) },
		"another algorithm":   func(a string) string { return strings.Replace(a, "MD5", "SHA-256", 1) },
		"no count":            func(a string) string { return strings.Replace(a, "nc=00000001, ", "", 1) },
		"no scheme":           func(a string) string { return strings.TrimPrefix(a, "Digest ") },
		"a password in plain": func(string) string { return "Basic YWNtZXByb3Y6YWNtZS1wcm92aXNpb25pbmctcHJpdmF0ZS1rZXk=" },
	} {
		t.Run(name, func(t *testing.T) {
			nonce := d.challenge(d.send("GET", orgsPath, ""), "false")
			right := answer("acmeprov", "acme-provisioning-private-key", "GET", orgsPath, nonce, 1)
			d.challenge(d.digest(orgsPath, change(right)), "false")
			if got := d.digest(orgsPath, right); got.Code != 200 { // what is refused spends no nonce
				t.Errorf("the right answer was refused: %d", got.Code)
			}
		})
	}
}

func TestStrangers(t *testing.T) {
	for auth, status := range map[string]int{"lenient": 200, "strict": 401} {
		d := newDoor(t, emulator.WithAuth(auth))
		nonce := d.challenge(d.send("GET", orgsPath, ""), "false")
		if got := d.digest(orgsPath, answer("stranger", "any", "GET", orgsPath, nonce, 1)); got.Code != status {
			t.Errorf("%s: an unknown key was answered %d", auth, got.Code)
		}
		if got := d.ask("GET", orgsPath, ""); got.Code != status {
			t.Errorf("%s: an unknown token was answered %d", auth, got.Code)
		}
		nonce = d.challenge(d.send("GET", orgsPath, ""), "false")
		d.challenge(d.digest(orgsPath, answer("acmeprov", "wrong", "GET", orgsPath, nonce, 1)), "false") // a known one is verified in both
	}
}

// TestKeysReachTheirWorld: the first request of a client names nobody and goes to the default world, whose nonce its own
// world must take.
func TestKeysReachTheirWorld(t *testing.T) {
	d := newDoor(t, emulator.WithAuth("strict"))
	world, err := d.CreateWorld("other", "")
	if err != nil {
		t.Fatal(err)
	}
	world.Freeze()
	if err := world.Advance(48 * time.Hour); err != nil {
		t.Fatal(err)
	}
	if _, err := world.Put("atlas", "orgs", `{"id":"`+acme+`","name":"Acme of the other world"}`); err != nil {
		t.Fatal(err)
	}
	key := d.mint(world, emulator.Credential{Kind: "api_key"})
	nonce := d.challenge(d.send("GET", orgsPath, ""), "false")
	authorization := answer(key.Get("publicKey").Str, key.Get("privateKey").Str, "GET", orgsPath, nonce, 1)
	if got := d.digest(orgsPath, authorization); got.Code != 200 || !strings.Contains(got.Body.String(), "Acme of the other world") {
		t.Errorf("answered %d %s", got.Code, got.Body)
	}
	d.challenge(d.digest(orgsPath, authorization), "true")
	d.challenge(d.digest(orgsPath, authorization, "X-Understudy-World", "default"), "false") // which does not know the key
}

func TestAPrefixedWorldIsPartOfTheURI(t *testing.T) {
	d := newDoor(t)
	if _, err := d.CreateWorld("other", ""); err != nil {
		t.Fatal(err)
	}
	for _, uri := range []string{"/w/other" + orgsPath, orgsPath} { // as the client sees it, or as a proxy cuts it
		nonce := d.challenge(d.send("GET", "/w/other"+orgsPath, ""), "false")
		if got := d.digest("/w/other"+orgsPath, answer("acmeprov", "acme-provisioning-private-key", "GET", uri, nonce, 1)); got.Code != 200 {
			t.Errorf("%s was answered %d", uri, got.Code)
		}
	}
}

func TestAccessLists(t *testing.T) {
	d := newDoor(t)
	for list, status := range map[string]int{
		`[]`: 200, `["192.0.2.1"]`: 200, `["198.51.100.0/24","192.0.2.0/28"]`: 200, `["::ffff:192.0.2.1"]`: 200,
		`["192.0.2.2"]`: 403, `["198.51.100.0/24"]`: 403, `["2001:db8::/32"]`: 403,
	} {
		d.put("api_keys", `{"publicKey":"listed","privateKey":"p","accessList":`+list+`}`)
		nonce := d.challenge(d.send("GET", orgsPath, ""), "false")
		got := d.digest(orgsPath, answer("listed", "p", "GET", orgsPath, nonce, 1))
		if got.Code != status {
			t.Errorf("%s: answered %d %s", list, got.Code, got.Body)
		}
		if want := `{"detail":"IP address 192.0.2.1 is not allowed to access this resource.","error":403,"errorCode":"IP_ADDRESS_NOT_ON_ACCESS_LIST","parameters":["192.0.2.1"],"reason":"Forbidden"}`; status == 403 && got.Body.String() != want {
			t.Errorf("%s: answered %s", list, got.Body)
		}
	}
}

// TestAccessListsKnowAnAddressInBothForms: a listener for both families tells an IPv4 address in that of IPv6.
func TestAccessListsKnowAnAddressInBothForms(t *testing.T) {
	d := newDoor(t)
	for list, status := range map[string]int{`["192.0.2.0/28"]`: 200, `["192.0.2.1"]`: 200, `["198.51.100.0/24"]`: 403} {
		d.put("service_accounts", `{"clientId":"listed","clientSecret":"s","accessList":`+list+`}`)
		_, token := d.token("grant_type=client_credentials", "Authorization", basic("listed", "s"))
		r := httptest.NewRequest("GET", v1+"/orgs", nil)
		r.RemoteAddr = "[::ffff:192.0.2.1]:50000"
		r.Header.Set("Authorization", "Bearer "+token.Get("access_token").Str)
		got := httptest.NewRecorder()
		if d.Handler().ServeHTTP(got, r); got.Code != status {
			t.Errorf("%s: answered %d %s", list, got.Code, got.Body)
		}
	}
}

func TestRolesAreHeldInOrganizations(t *testing.T) {
	d := newDoor(t, emulator.WithAuth("strict"))
	d.put("service_accounts", `{"clientId":"owner","clientSecret":"s","roles":[{"roleName":"ORG_OWNER","orgId":"`+bright+`"},{"roleName":"ORG_MEMBER","orgId":"`+acme+`"}]}`)
	d.put("service_accounts", `{"clientId":"outsider","clientSecret":"s","roles":[{"roleName":"ORG_OWNER","orgId":"`+acmeLabs+`"},{"roleName":"GROUP_OWNER","groupId":"`+orders+`"}]}`)
	tokens := map[string]string{}
	for _, id := range []string{"owner", "outsider"} {
		_, body := d.token("grant_type=client_credentials", "Authorization", basic(id, "s"))
		tokens[id] = body.Get("access_token").Str
	}
	for _, c := range []struct {
		who, method, path string
		status            int
		code              string
	}{
		{"owner", "GET", v2 + settings + "/connectedOrgConfigs/" + bright, 200, ""},
		{"owner", "GET", v2 + config, 401, "NOT_ORG_OWNER"},
		{"outsider", "GET", v2 + config, 401, "USER_CANNOT_ACCESS_ORG"},
		{"owner", "GET", v2 + settings + "/connectedOrgConfigs", 200, ""}, // of any one connected organization
		{"outsider", "GET", v2 + settings + "/connectedOrgConfigs", 401, "USER_UNAUTHORIZED"},
		{"owner", "GET", v2 + "/orgs/" + acme, 200, ""},
		{"outsider", "GET", v2 + "/orgs/" + acme, 401, "USER_CANNOT_ACCESS_ORG"},
		{"owner", "GET", v2 + "/groups/" + orders, 401, "USER_UNAUTHORIZED"},
		{"outsider", "GET", v2 + "/groups/" + orders, 200, ""},
		{"outsider", "GET", v2 + "/groups/byName/Orders", 200, ""},
		{"owner", "GET", v2 + "/groups/byName/Orders", 404, "GROUP_NOT_FOUND"},
		{"owner", "DELETE", v2 + idps + "/" + samlID, 401, "NOT_ORG_OWNER"}, // connected to the other one
		{"outsider", "DELETE", v2 + "/federationSettings/" + labs, 204, ""},
	} {
		got := d.send(c.method, c.path, "", "Authorization", "Bearer "+tokens[c.who], "Accept", sample)
		if got.Code != c.status || got.Header().Get("X-Error-Code") != c.code {
			t.Errorf("%s: %s %s answered %d %s", c.who, c.method, c.path, got.Code, got.Body)
		}
	}
	list := d.send("GET", orgsPath, "", "Authorization", "Bearer "+tokens["owner"], "Accept", sample).Body.String()
	if strings.Contains(list, acmeLabs) || !strings.Contains(list, acme) || !strings.Contains(list, bright) {
		t.Errorf("who belongs to two organizations is shown %s", list)
	}
}

func TestMintSaysWhatItCannotMake(t *testing.T) {
	d := newDoor(t)
	for text, want := range map[string]emulator.Credential{
		"roles, not scopes": {Scopes: []string{"read:orgs"}}, `no role "KING"`: {Role: "KING"}, `no credential of kind "cookie"`: {Kind: "cookie"},
		"is negative": {TTL: -time.Second}, "has no ttl": {Kind: "api_key", TTL: time.Hour},
	} {
		if _, err := d.Default().Mint("atlas", want); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("minting %+v: %v", want, err)
		}
	}
}

func TestTokensAreBounded(t *testing.T) {
	d := newDoor(t) // lenient, where what is not known may do everything
	oldest := d.mint(d.Default(), emulator.Credential{Role: "ORG_MEMBER"}).Get("access_token").Str
	for range 10_000 {
		d.mint(d.Default(), emulator.Credential{})
	}
	newest := d.mint(d.Default(), emulator.Credential{}).Get("access_token").Str
	for token, status := range map[string]int{oldest: 401, newest: 200} {
		if got := d.send("GET", orgsPath, "", "Authorization", "Bearer "+token, "Accept", sample); got.Code != status {
			t.Errorf("answered %d, not %s", got.Code, strconv.Itoa(status))
		}
	}
}
