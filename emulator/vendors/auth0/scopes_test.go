package auth0_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/scenarios"
)

// every is what all answers carry.
var every = map[string]string{
	"Content-Type":              "application/json; charset=utf-8",
	"Cache-Control":             "no-cache",
	"Date":                      "Sat, 01 Aug 2026 09:00:00 GMT", // by the world's clock
	"Vary":                      "origin,accept-encoding",
	"Strict-Transport-Security": "max-age=31536000",
	"X-Content-Type-Options":    "nosniff",
}

func TestHeaders(t *testing.T) {
	w := newLogin(t)
	limited := maps.Clone(every)
	maps.Copy(limited, map[string]string{"X-Ratelimit-Limit": "50", "X-Ratelimit-Remaining": "49", "X-Ratelimit-Reset": "1785574801"})
	refused := maps.Clone(every)
	refused["Www-Authenticate"] = "Bearer"
	for _, c := range []struct {
		method, path, body, authorization string
		status                            int
		headers                           map[string]string
	}{
		{"POST", newer, ask(okta, ""), "Bearer token", 201, limited},
		{"GET", newer, "", "Bearer token", 200, limited},
		{"GET", older + okta, "", "bearer token", 200, limited},
		{"PATCH", newer + okta, `{}`, "Bearer token", 200, limited},
		{"PATCH", newer + okta, `{`, "Bearer token", 400, limited},
		{"DELETE", newer + okta, "", "Bearer token", 204, limited},
		{"GET", newer + okta, "", "Bearer token", 404, limited},
		{"GET", loginOrg, "", "Bearer token", 200, limited},
		{"GET", newer, "", "", 401, refused},
		{"POST", newer, ask(okta, ""), "", 401, refused},
		{"DELETE", older + okta, "", "", 401, refused},
		{"GET", "/api/v2/organizations", "", "", 401, refused},
		{"GET", newer, "", "Basic dG9rZW4=", 400, every},
	} {
		answer, body := door{t, w.emulator}.send(c.method, c.path, c.body, "Authorization", c.authorization, "Content-Type", "application/json")
		got := map[string]string{}
		for name, values := range answer.Header() {
			got[name] = strings.Join(values, " | ")
		}
		if answer.Code != c.status || !maps.Equal(got, c.headers) {
			t.Errorf("%s %s with %q answers %d %v\nwant %d %v", c.method, c.path, c.authorization, answer.Code, got, c.status, c.headers)
		}
		if c.status == 401 {
			w.is(body, `{"statusCode":401,"error":"Unauthorized","message":"Missing authentication"}`)
		}
	}
}

// TestScopes says literally which scope each row of the organizations and their connections needs.
func TestScopes(t *testing.T) {
	w := newLogin(t)
	one := "/api/v2/organizations/org_Hollow0000000001"
	for _, c := range []struct{ method, path, body, scopes string }{
		{"GET", newer, "", "read:organization_connections"},
		{"GET", older, "", "read:organization_connections"},
		{"GET", newer + okta, "", "read:organization_connections"},
		{"GET", older + okta, "", "read:organization_connections"},
		{"POST", newer, ask(okta, ""), "create:organization_connections"},
		{"POST", older, ask(okta, ""), "create:organization_connections"},
		{"PATCH", newer + okta, `{}`, "update:organization_connections"},
		{"PATCH", older + okta, `{}`, "update:organization_connections"},
		{"DELETE", newer + okta, "", "delete:organization_connections"},
		{"DELETE", older + okta, "", "delete:organization_connections"},
		{"GET", "/api/v2/organizations", "", "read:organizations,read:organizations_summary"},
		{"GET", one, "", "read:organizations"},
		{"GET", "/api/v2/organizations/name/hollow", "", "read:organizations"},
		{"POST", "/api/v2/organizations", `{"name":"new"}`, "create:organizations"},
		{"PATCH", one, `{}`, "update:organizations"},
		{"DELETE", one, "", "delete:organizations"},
	} {
		others := slices.DeleteFunc([]string{
			"read:organization_connections", "create:organization_connections", "update:organization_connections", "delete:organization_connections",
			"read:organizations", "read:organizations_summary", "create:organizations", "update:organizations", "delete:organizations",
		}, func(scope string) bool { return slices.Contains(strings.Split(c.scopes, ","), scope) })
		before := w.emulator.Default().Snapshot()
		answer, body := w.as(others, c.method, c.path, c.body)
		if answer != http.StatusForbidden || body != `{"statusCode":403,"error":"Forbidden","message":"Insufficient scope, expected any of: `+c.scopes+`","errorCode":"insufficient_scope"}` {
			t.Errorf("%s %s without %s answers %d %s", c.method, c.path, c.scopes, answer, body)
		}
		if err := w.emulator.Default().Play(scenarios.On("auth0.organization*").Fail("forbidden")); err != nil {
			w.Fatal(err)
		}
		if _, injected := w.as(nil, c.method, c.path, c.body); injected != body {
			t.Errorf("%s %s made to fail so says %s, not %s", c.method, c.path, injected, body)
		}
		w.emulator.Default().Disarm()
		for _, scope := range strings.Split(c.scopes, ",") {
			if answer, body := w.as([]string{scope}, c.method, c.path, c.body); answer == http.StatusForbidden {
				t.Errorf("%s %s with %s answers %s", c.method, c.path, scope, body)
			}
			w.emulator.Default().Restore(before)
		}
	}
}

// as sends a request with a token of some scopes.
func (w *tenant) as(scopes []string, method, path, body string) (int, string) {
	w.Helper()
	minted := door{w.T, w.emulator}.mint(w.emulator.Default(), emulator.Credential{Scopes: scopes})
	answer, _ := door{w.T, w.emulator}.send(method, path, body, "Authorization", "Bearer "+minted.Get("access_token").String(), "Content-Type", "application/json")
	return answer.Code, answer.Body.String()
}
