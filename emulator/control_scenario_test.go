package emulator_test

import (
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator"
)

const busy = `understudy: 1
scenario: busy
rules:
  - {name: throttle, on: auth0.organizations.update, calls: 1, fail: throttled, retry_after: 2s}
  - {name: gate, on: auth0.organizations.create, hold: {until: release go}, optional: true}
expect:
  - waited: throttle
`

func TestControlPlaysScenarios(t *testing.T) {
	c := newConsole(t, emulator.WithSeed(3))
	c.wantProblem(404, "no_scenario", "GET", "/_understudy/scenario", "")
	c.wantProblem(404, "no_scenario", "GET", "/_understudy/verdicts", "")

	got := c.want(200, "PUT", "/_understudy/scenario", busy)
	if gjson.Get(got, "scenario.scenario").Str != "busy" || gjson.Get(got, "rules.#").Int() != 2 || gjson.Get(got, "rules.0").Raw != `{"name":"throttle","matched":0,"fired":0,"spent":false}` {
		t.Errorf("armed: %s", got)
	}
	if w := c.ask("PATCH", acme, `{"display_name": "x"}`, "Content-Type", "application/json"); w.Code != 429 || w.Header().Get("X-Understudy-Rule") != "throttle" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if got := c.want(200, "GET", "/_understudy/scenario", ""); gjson.Get(got, "rules.0").Raw != `{"name":"throttle","matched":1,"fired":1,"spent":true}` {
		t.Errorf("after a call: %s", got)
	}
	c.rename("", "x") // at once
	got = c.want(200, "GET", "/_understudy/verdicts", "")
	if v := gjson.Get(got, "verdicts.0"); v.Get("verdict").Str != "fail" || v.Get("expectation").Str != "waited: throttle" || v.Get("timeline.#").Int() != 2 {
		t.Errorf("verdicts: %s", got)
	}
	if got := c.want(200, "POST", "/_understudy/scenario/release/go", ""); got != "{\"released\":0}\n" {
		t.Errorf("released: %s", got)
	}
	c.wantProblem(404, "not_found", "POST", "/_understudy/scenario/release/gone", "")

	again := gjson.Get(c.want(200, "GET", "/_understudy/scenario", ""), "scenario").Raw
	c.want(200, "PUT", "/_understudy/scenario", again) // what it shows can be armed
	c.want(204, "DELETE", "/_understudy/scenario", "")
	c.want(204, "DELETE", "/_understudy/scenario", "")
	c.wantProblem(404, "no_scenario", "GET", "/_understudy/scenario", "")
	c.rename("", "Free")
}

func TestControlPlaysPerWorld(t *testing.T) {
	c := newConsole(t)
	c.want(201, "POST", "/_understudy/worlds", `{"name": "a"}`)
	c.want(200, "PUT", "/_understudy/scenario?world=a", busy)
	c.rename("", "Untouched")
	c.want(429, "PATCH", "/w/a"+acme, `{"display_name": "x"}`, "Content-Type", "application/json")
	c.want(201, "POST", "/_understudy/worlds/a/fork", `{"name": "b"}`)
	c.wantProblem(404, "no_scenario", "GET", "/_understudy/scenario?world=b", "") // a fork has none
	c.want(204, "POST", "/_understudy/reset?world=a", "")
	c.wantProblem(404, "no_scenario", "GET", "/_understudy/scenario?world=a", "")
}

func TestControlPlaysShippedScenarios(t *testing.T) {
	c := newConsole(t)
	if got := c.want(200, "PUT", "/_understudy/scenario?name=rate-limit-burst", ""); gjson.Get(got, "scenario.scenario").Str != "rate-limit-burst" {
		t.Error(got)
	}
	got := c.want(200, "PUT", "/_understudy/scenario?name=rate-limit-burst&vendor=auth0", "")
	if gjson.Get(got, "scenario.rules.0.on").String() != "auth0.*" {
		t.Errorf("for one vendor: %s", got)
	}
	c.wantProblem(404, "unknown_scenario", "PUT", "/_understudy/scenario?name=rate-limit-burts", "")
	c.wantProblem(400, "unknown_vendor", "PUT", "/_understudy/scenario?name=rate-limit-burst&vendor=auth", "")
	c.wantProblem(400, "invalid_scenario", "PUT", "/_understudy/scenario?vendor=qovery", `{"understudy":1,"rules":[{"on":"auth0.organizations.get","fail":"throttled"}]}`)
	c.wantProblem(400, "invalid_body", "PUT", "/_understudy/scenario?name=rate-limit-burst", busy)
}

func TestControlRefusesScenarios(t *testing.T) {
	c := newConsole(t)
	c.want(200, "PUT", "/_understudy/scenario", busy)
	for _, bad := range []string{
		"", "{", "understudy: 9", strings.Replace(busy, "throttled", "throtled", 1), strings.Replace(busy, "organizations.update", "organizations.updaet", 1),
	} {
		w := c.ask("PUT", "/_understudy/scenario", bad)
		if w.Code != 400 {
			t.Errorf("%q was answered %d %s", bad, w.Code, w.Body)
		}
	}
	c.want(200, "GET", "/_understudy/scenario", "") // the one before stays
	c.wantProblem(400, "invalid_request", "PUT", "/_understudy/scenario", "understudy: 1\nrules: [{listener: auth0, network: {refuse: 1s}}]")
	got := c.ask("PUT", "/_understudy/scenario", strings.Replace(busy, "throttled", "throtled", 1)).Body.String()
	detail := gjson.Get(got, "detail").Str
	for _, part := range []string{"scenario:4:", "throtled", "throttled", "\n", "^"} {
		if !strings.Contains(detail, part) {
			t.Errorf("the detail lacks %q: %s", part, detail)
		}
	}
	c.wantProblem(413, "body_too_large", "PUT", "/_understudy/scenario", strings.Repeat("#", 1<<20))
	c.wantProblem(400, "unknown_parameter", "PUT", "/_understudy/scenario?nam=x", busy)
	c.wantProblem(405, "method_not_allowed", "POST", "/_understudy/scenario", busy)
}
