package atlas_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/scenarios"
)

func TestVersionsResolveDown(t *testing.T) {
	d := newDoor(t)
	for _, c := range []struct {
		accept, method, path, body string
		status                     int
		media                      string
	}{
		{first, "GET", v2 + config, "", 200, first},
		{sample, "GET", v2 + config, "", 200, first},
		{second, "GET", v2 + idps + "/" + oidcID, "", 200, second},
		{sample, "GET", v2 + idps + "/" + oidcID, "", 200, second},
		{"application/vnd.atlas.2023-11-14+json", "GET", v2 + idps + "/" + saml, "", 200, first},
		{first, "GET", v2 + idps, "", 200, first},
		{second, "DELETE", v2 + idps + "/" + oidcID + "/jwks", "", 204, second},
		{"application/vnd.atlas.2022-12-31+json, " + first, "GET", v2 + config, "", 200, first},
		{"application/vnd.atlas.today+json, " + sample, "GET", v2 + config, "", 200, first},
		{"Application/VND.Atlas.2023-01-01+JSON", "GET", v2 + config, "", 200, first},
		{"text/html, " + sample + ";q=0.9, */*", "GET", v2 + config, "", 200, first},
	} {
		got := d.send(c.method, c.path, c.body, "Authorization", "Bearer any", "Accept", c.accept)
		if got.Code != c.status || got.Header().Get("Content-Type") != c.media+";charset=utf-8" {
			t.Errorf("%s %s as %s answered %d %s %s", c.method, c.path, c.accept, got.Code, got.Header().Get("Content-Type"), got.Body)
		}
	}
}

func TestWithoutAVersionV2AnswersNot(t *testing.T) {
	d := newDoor(t)
	for accept, want := range map[string]struct {
		status int
		code   string
	}{
		"": {406, "UNEXPECTED_ERROR"}, "*/*": {406, "UNEXPECTED_ERROR"}, "application/json": {406, "UNEXPECTED_ERROR"},
		"application/vnd.atlas.2022-12-31+json": {406, "UNEXPECTED_ERROR"}, "application/vnd.atlas.2023-01-01+csv": {406, "UNEXPECTED_ERROR"},
		"application/vnd.atlas.2023-13-01+json": {400, "INVALID_VERSION_DATE"}, "application/vnd.atlas.today+json": {400, "INVALID_VERSION_DATE"},
		"application/vnd.atlas.+json": {406, "UNEXPECTED_ERROR"},
	} {
		got := d.send("GET", v2+config, "", "Authorization", "Bearer any", "Accept", accept)
		if got.Code != want.status || !strings.Contains(got.Body.String(), `"errorCode":"`+want.code+`"`) {
			t.Errorf("%q was answered %d %s", accept, got.Code, got.Body)
		}
		wantHeader(t, got.Header(), "Content-Type", "application/json")
	}
	if got := d.send("POST", v2+idps, "{}", "Authorization", "Bearer any", "Accept", first); got.Code != 406 {
		t.Errorf("a version that the operation lacks was answered %d", got.Code) // which came with the second
	}
	for _, base := range []string{v1, public} {
		got := d.send("GET", base+config, "", "Authorization", "Bearer any")
		if got.Code != 200 {
			t.Errorf("%s answered %d", base, got.Code)
		}
		wantHeader(t, got.Header(), "Content-Type", "application/json")
	}
}

func TestDeprecatedVersionsSaySo(t *testing.T) {
	d := newDoor(t)
	old := d.send("GET", v2+idps+"/"+saml, "", "Authorization", "Bearer any", "Accept", first)
	wantHeader(t, old.Header(), "Deprecation", "Wed, 15 Nov 2023 00:00:00 GMT")
	wantHeader(t, old.Header(), "Sunset", "Wed, 1 Jan 2025 00:00:00 GMT")
	for path, accept := range map[string]string{v2 + idps + "/" + oidcID: second, v2 + idps: first, v1 + idps + "/" + saml: ""} {
		got := d.send("GET", path, "", "Authorization", "Bearer any", "Accept", accept)
		if got.Code != 200 || got.Header().Get("Deprecation")+got.Header().Get("Sunset") != "" {
			t.Errorf("%s answered %d %v", path, got.Code, got.Header())
		}
	}
	if got := d.send("GET", v2+idps+"/"+oidcID, "", "Authorization", "Bearer any", "Accept", first); got.Code != 404 {
		t.Errorf("the oldest version knows an OIDC provider: %d", got.Code)
	}
}

func TestRequestsMayHaveTheVersionedTypeOrPlainJSON(t *testing.T) {
	d := newDoor(t)
	for media, status := range map[string]int{first: 200, sample + "; charset=utf-8": 200, "application/json": 200, "text/plain": 415, "": 415} {
		got := d.send("PATCH", v2+config, "{}", "Authorization", "Bearer any", "Accept", first, "Content-Type", media)
		if got.Code != status {
			t.Errorf("%q was answered %d %s", media, got.Code, got.Body)
		}
	}
}

func TestEnvelopes(t *testing.T) {
	d := newDoor(t)
	plain := d.gets(200, "GET", v2+config, "").Raw
	d.reads(d.gets(200, "GET", v2+config+"?envelope=false", ""), "@this", plain)
	if got := d.gets(200, "GET", v2+config+"?envelope=true", "").Raw; got != `{"content":`+plain+`,"status":200}` {
		t.Errorf("a resource in its envelope is %s", got)
	}
	list := d.gets(200, "GET", v2+mappings+"?envelope=true", "")
	d.reads(list, "@keys", `["links","results","status","totalCount"]`)
	d.reads(list, "status", "200")
	if got := d.ask("DELETE", v2+mappings+"/ac0000000000000000000052?envelope=true", ""); got.Code != 204 || got.Body.Len() != 0 {
		t.Errorf("a deletion answered %d %s", got.Code, got.Body)
	}
	d.refuses(404, "RESOURCE_NOT_FOUND", "GET", v2+mappings+"/ac0000000000000000000052?envelope=true", "")
	d.refuses(400, "INVALID_QUERY_PARAMETER", "GET", v2+config+"?envelope=yes", "")
}

func TestPretty(t *testing.T) {
	d := newDoor(t)
	want := "{\n  \"links\" : [ {\n    \"href\" : \"http://example.com/api/atlas/v1.0/groups?pretty=true&pageNum=9&itemsPerPage=100\",\n    \"rel\" : \"self\"\n  }, {\n" +
		"    \"href\" : \"http://example.com/api/atlas/v1.0/groups?pretty=true&itemsPerPage=100&pageNum=8\",\n    \"rel\" : \"previous\"\n  } ],\n" +
		"  \"results\" : [ ],\n  \"totalCount\" : 2\n}"
	if got := d.gets(200, "GET", v1+"/groups?pretty=true&pageNum=9", "").Raw; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	want = "{\n  \"detail\" : \"No organization with ID " + oidcID + " exists.\",\n  \"error\" : 404,\n  \"errorCode\" : \"ORG_NOT_FOUND\",\n" +
		"  \"parameters\" : [ \"" + oidcID + "\" ],\n  \"reason\" : \"Not Found\"\n}"
	if got := d.gets(404, "GET", v2+"/orgs/"+oidcID+"?pretty=true", "").Raw; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestPages(t *testing.T) {
	d := newDoor(t)
	base := "http://example.com" + v2 + idps
	for query, want := range map[string]string{
		"": `["self ?pageNum=1&itemsPerPage=100"]`,
		"?protocol=OIDC&idpType=WORKFORCE&idpType=WORKLOAD&itemsPerPage=1": `["self ?idpType=WORKFORCE&idpType=WORKLOAD&protocol=OIDC&pageNum=1&itemsPerPage=1","next ?idpType=WORKFORCE&idpType=WORKLOAD&protocol=OIDC&itemsPerPage=1&pageNum=2"]`,
		"?pageNum=2&itemsPerPage=1":                                        `["self ?pageNum=2&itemsPerPage=1","previous ?itemsPerPage=1&pageNum=1"]`,
		"?protocol=OIDC&protocol=SAML&pageNum=2&itemsPerPage=1":            `["self ?protocol=OIDC&protocol=SAML&pageNum=2&itemsPerPage=1","previous ?protocol=OIDC&protocol=SAML&itemsPerPage=1&pageNum=1"]`,
	} {
		var links []string
		for _, link := range d.gets(200, "GET", v2+idps+query, "").Get("links").Array() {
			links = append(links, `"`+link.Get("rel").Str+" "+strings.TrimPrefix(link.Get("href").Str, base)+`"`)
		}
		if got := "[" + strings.Join(links, ",") + "]"; got != want {
			t.Errorf("%s\n got %s\nwant %s", query, got, want)
		}
	}
	for _, query := range []string{"pageNum=0", "pageNum=x", "pageNum=1000001", "itemsPerPage=0", "itemsPerPage=501", "protocol=KERBEROS", "idpType=", "includeCount=1", "unknown=1"} {
		name, _, _ := strings.Cut(query, "=")
		d.reads(d.refuses(400, "INVALID_QUERY_PARAMETER", "GET", v2+idps+"?"+query, ""), "parameters", `["`+name+`"]`)
	}
}

func TestTrailingSlashes(t *testing.T) {
	d := newDoor(t)
	for _, base := range []string{public, v1, v2} {
		d.gets(200, "PATCH", base+config+"/", `{"domainRestrictionEnabled":true}`)
		if got := d.gets(200, "GET", base+config+"/", ""); got.Raw != d.gets(200, "GET", base+config, "").Raw {
			t.Errorf("with a slash %s", got.Raw)
		}
	}
}

func TestOrganizationsOfOneProduct(t *testing.T) {
	d := newDoor(t)
	d.put("orgs", `{"id":"`+acme+`","name":"Acme","kind":"atlas"}`)
	d.put("orgs", `{"id":"`+bright+`","name":"Brightforge","kind":"cloud_manager"}`)
	d.put("groups", `{"id":"ac0000000000000000000023","orgId":"`+bright+`","name":"Forge"}`)
	for _, c := range []struct {
		path, code string
	}{
		{public + "/orgs/" + acme, "ATLAS_GROUP"}, {public + config, "ATLAS_GROUP"}, {public + "/groups/" + orders, "ATLAS_GROUP"},
		{v2 + "/orgs/" + bright, "NOT_ATLAS_ORG"}, {v1 + "/orgs/" + bright + "/federationSettings", "NOT_ATLAS_ORG"},
		{v1 + "/groups/ac0000000000000000000023", "NOT_ATLAS_GROUP"},
	} {
		d.refuses(404, c.code, "GET", c.path, "")
	}
	for _, path := range []string{v1 + "/orgs/" + acme, v2 + config, public + "/orgs/" + bright, public + "/orgs/" + acmeLabs, v2 + "/orgs/" + acmeLabs, public + "/groups/ac0000000000000000000023"} {
		d.gets(200, "GET", path, "")
	}
	d.put("groups", `{"id":"ac0000000000000000000024","orgId":"`+bright+`","name":"Orders"}`)
	d.reads(d.gets(200, "GET", public+"/groups/byName/Orders", ""), "orgId", `"`+bright+`"`) // past the first organization's
	d.reads(d.gets(200, "GET", v2+"/groups/byName/Orders", ""), "orgId", `"`+acme+`"`)
	d.refuses(404, "ATLAS_GROUP", "GET", public+"/groups/byName/Analytics", "")
	d.reads(d.gets(200, "GET", v2+settings+"/connectedOrgConfigs", ""), "results.#.orgId", `["`+acme+`"]`)
	d.reads(d.gets(200, "GET", public+settings+"/connectedOrgConfigs", ""), "results.#.orgId", `["`+bright+`"]`)
	d.reads(d.gets(200, "GET", public+"/orgs", ""), "results.#.id", `["`+bright+`","`+acmeLabs+`"]`)
	d.reads(d.gets(200, "GET", v2+"/groups", ""), "results.#.name", `["Orders","Analytics"]`)
}

func TestEveryReplyHasTheHeaders(t *testing.T) {
	d := newDoor(t)
	for _, c := range []struct {
		method, path string
		limit        string
	}{{"GET", v2 + config, "500"}, {"GET", v2 + settings + "/connectedOrgConfigs", "300"}, {"DELETE", v2 + idps + "/" + workloadID, "300"}, {"GET", v1 + config + "x", "500"}} {
		got := d.ask(c.method, c.path, "").Header()
		wantHeader(t, got, "Ratelimit-Limit", c.limit)
		wantHeader(t, got, "Server", "mdbws")
		wantHeader(t, got, "X-Frame-Options", "DENY")
		wantHeader(t, got, "Strict-Transport-Security", "max-age=31536000; includeSubdomains;")
	}
}

func TestBucketsOfOrganizationsAndCallers(t *testing.T) {
	d := newDoor(t, emulator.WithLimits("atlas=documented"))
	tokens := map[string]string{"stranger": "any", "another stranger": "else"}
	for _, id := range []string{"one", "two"} {
		d.put("service_accounts", `{"clientId":"`+id+`","clientSecret":"s"}`)
		_, body := d.token("grant_type=client_credentials", "Authorization", basic(id, "s"))
		tokens[id] = body.Get("access_token").Str
	}
	for _, who := range []string{"minted", "minted too"} {
		tokens[who] = d.mint(d.Default(), emulator.Credential{}).Get("access_token").Str
	}
	ask := func(who, path string) http.Header {
		t.Helper()
		authorization := "Bearer " + tokens[who]
		if who == "acmeprov" {
			authorization = answer("acmeprov", "acme-provisioning-private-key", "GET", path, d.challenge(d.send("GET", path, ""), "false"), 1)
		}
		got := d.send("GET", path, "", "Authorization", authorization, "Accept", sample)
		h := got.Header().Clone()
		h.Set("Status", http.StatusText(got.Code))
		h.Set("Body", got.Body.String())
		return h
	}
	list := v2 + settings + "/connectedOrgConfigs"
	for range 299 {
		ask("one", list)
	}
	wantHeader(t, ask("one", list), "Ratelimit-Remaining", "0")
	refused := ask("one", list)
	wantHeader(t, refused, "Status", "Too Many Requests")
	wantHeader(t, refused, "Retry-After", "1")
	wantHeader(t, refused, "Ratelimit-Remaining", "0")
	wantHeader(t, refused, "X-Error-Code", "RATE_LIMITED_TOKEN_BUCKET")
	wantHeader(t, refused, "Body", `{"detail":"Rate limit exceeded for api/atlas/v2/federationSettings/{federationSettingsId}/connectedOrgConfigs. `+
		`Please retry after 1 seconds. Request capacity: 300. Refill rate: 100 per 60 seconds.","error":429,"errorCode":"RATE_LIMITED_TOKEN_BUCKET",`+
		`"parameters":["api/atlas/v2/federationSettings/{federationSettingsId}/connectedOrgConfigs",1,300,100,60],"reason":"Too Many Requests"}`)
	wantHeader(t, ask("two", list), "Ratelimit-Remaining", "299") // another caller
	for _, who := range []string{"acmeprov", "minted", "minted too", "stranger"} {
		wantHeader(t, ask(who, list), "Ratelimit-Remaining", "299")
	}
	wantHeader(t, ask("another stranger", list), "Ratelimit-Remaining", "298") // whom nobody knows share one
	wantHeader(t, ask("one", v2+config), "Ratelimit-Remaining", "499")
	wantHeader(t, ask("two", v2+config), "Ratelimit-Remaining", "498") // callers share an organization's
	wantHeader(t, ask("two", v2+settings+"/connectedOrgConfigs/"+bright), "Ratelimit-Remaining", "499")
}

// TestRefusalsTellTheirBucketAsItIs: a scenario sizes a bucket anew, with limits on and off.
func TestRefusalsTellTheirBucketAsItIs(t *testing.T) {
	for _, limits := range []string{"off", "atlas=documented"} {
		d := newDoor(t, emulator.WithLimits(limits))
		if err := d.Default().Play(scenarios.YAML("understudy: 1\nlimits: {atlas.organization: {burst: 1, refill: 6/min}}\nrules: []")); err != nil {
			t.Fatal(err)
		}
		d.gets(200, "GET", v2+config, "")
		refused := d.refuses(429, "RATE_LIMITED_TOKEN_BUCKET", "GET", v2+config, "")
		d.reads(refused, "parameters", `["api/atlas/v2/federationSettings/{federationSettingsId}/connectedOrgConfigs/{orgId}",10,1,6,60]`)
		d.reads(refused, "detail", `"Rate limit exceeded for api/atlas/v2/federationSettings/{federationSettingsId}/connectedOrgConfigs/{orgId}. `+
			`Please retry after 10 seconds. Request capacity: 1. Refill rate: 6 per 60 seconds."`)
		if err := d.Default().Play(scenarios.On("atlas.*").Fail("throttled").RetryAfter(90 * time.Second)); err != nil {
			t.Fatal(err)
		}
		refused = d.refuses(429, "RATE_LIMITED_TOKEN_BUCKET", "GET", v2+settings+"/connectedOrgConfigs", "")
		d.reads(refused, "parameters", `["api/atlas/v2/federationSettings/{federationSettingsId}/connectedOrgConfigs",90,300,100,60]`)
	}
}
