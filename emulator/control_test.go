package emulator_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/fixtures"
)

// console speaks to an emulator without a port.
type console struct {
	t       *testing.T
	handler http.Handler
	host    string
}

func newConsole(t *testing.T, opts ...emulator.Option) *console {
	t.Helper()
	e, err := emulator.New(opts...)
	if err != nil {
		t.Fatal(err)
	}
	return &console{t: t, handler: e.Handler(), host: "localhost:4010"}
}

func (c *console) ask(method, target, body string, headers ...string) *httptest.ResponseRecorder {
	c.t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Host = c.host
	r.Header.Set("Authorization", "Bearer any")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	return w
}

// want fails the test unless a call answers with a status; it returns the body.
func (c *console) want(status int, method, target, body string, headers ...string) string {
	c.t.Helper()
	w := c.ask(method, target, body, headers...)
	if w.Code != status {
		c.t.Fatalf("%s %s answered %d, want %d: %s", method, target, w.Code, status, w.Body)
	}
	return w.Body.String()
}

// wantProblem fails the test unless a call answers with a problem document of a code.
func (c *console) wantProblem(status int, code, method, target, body string, headers ...string) {
	c.t.Helper()
	w := c.ask(method, target, body, headers...)
	got := w.Body.String()
	if w.Code != status || gjson.Get(got, "code").Str != code || gjson.Get(got, "status").Int() != int64(status) {
		c.t.Errorf("%s %s %s answered %d %s, want %d %s", method, target, body, w.Code, got, status, code)
	}
	if kind := w.Header().Get("Content-Type"); kind != "application/problem+json" {
		c.t.Errorf("%s %s: content type %q", method, target, kind)
	}
}

const (
	organizations = "/api/v2/organizations"
	acme          = organizations + "/org_Acme000000000001"
)

func (c *console) rename(prefix, name string) {
	c.t.Helper()
	c.want(200, "PATCH", prefix+acme, `{"display_name": "`+name+`"}`, "Content-Type", "application/json")
}

func (c *console) displayName(prefix string) string {
	c.t.Helper()
	return gjson.Get(c.want(200, "GET", prefix+acme, ""), "display_name").Str
}

func TestControlReadsWhatRuns(t *testing.T) {
	c := newConsole(t)
	if got := c.want(200, "GET", "/_understudy/ready", ""); got != "{\"status\":\"ready\"}\n" {
		t.Errorf("ready: %s", got)
	}
	if got := c.want(200, "GET", "/_understudy/health", ""); got != "{\"status\":\"ok\"}\n" {
		t.Errorf("health: %s", got)
	}
	if got := gjson.Get(c.want(200, "GET", "/_understudy/operations", ""), "#(id=auth0.organizations.get).path").Str; got != organizations+"/{id}" {
		t.Errorf("operations: %s", got)
	}
	c.wantProblem(404, "no_ca", "GET", "/_understudy/ca.pem", "") // no HTTPS port
}

func TestControlResets(t *testing.T) {
	c := newConsole(t, emulator.WithLimits("on"))
	c.rename("", "Other")
	c.want(200, "POST", "/_understudy/clock", `{"freeze": true}`)
	remaining := c.ask("GET", acme, "").Header().Get("X-RateLimit-Remaining")

	if got := c.want(204, "POST", "/_understudy/reset", ""); got != "" {
		t.Errorf("reset answered %s", got)
	}
	if got := c.want(200, "GET", "/_understudy/journal", ""); got != "" {
		t.Errorf("the journal still has %s", got)
	}
	if gjson.Get(c.want(200, "GET", "/_understudy/clock", ""), "frozen").Bool() {
		t.Error("the clock is still frozen")
	}
	if got := c.displayName(""); got != "Acme" {
		t.Errorf("display name %q", got)
	}
	if got := c.ask("GET", acme, "").Header().Get("X-RateLimit-Remaining"); got != remaining {
		t.Errorf("%s calls remain, want %s as after the first two", got, remaining)
	}

	c.want(204, "POST", "/_understudy/reset?fixture=empty", "")
	c.want(404, "GET", acme, "")
	c.want(204, "POST", "/_understudy/reset", "") // empty is the start now
	c.want(404, "GET", acme, "")

	c.wantProblem(404, "unknown_fixture", "POST", "/_understudy/reset?fixture=emty", "")
	c.wantProblem(404, "unknown_fixture", "POST", "/_understudy/reset?fixture=../acme", "")
	c.wantProblem(400, "bad_name", "POST", "/_understudy/reset?fixture=", "")
	c.wantProblem(400, "unknown_parameter", "POST", "/_understudy/reset?fixtrue=empty", "")
	c.wantProblem(404, "unknown_world", "POST", "/_understudy/reset?world=nowhere", "")
}

func TestControlKeepsWorldsApart(t *testing.T) {
	c := newConsole(t)
	made := c.want(201, "POST", "/_understudy/worlds", `{"name": "blue", "fixture": "acme"}`)
	if gjson.Get(made, "name").Str != "blue" || gjson.Get(made, "prefix").Str != "/w/blue" {
		t.Errorf("created %s", made)
	}
	c.rename("/w/blue", "Blue")
	fork := c.want(201, "POST", "/_understudy/worlds/blue/fork", `{"name": "green"}`)
	prefix := gjson.Get(fork, "prefix").Str
	c.rename(prefix, "Green")
	if got := c.displayName("") + c.displayName("/w/blue") + c.displayName(prefix); got != "AcmeBlueGreen" {
		t.Errorf("display names %s", got)
	}
	if got := gjson.Get(c.want(200, "GET", "/_understudy/worlds", ""), "worlds.#.name").Raw; got != `["blue","default","green"]` {
		t.Errorf("worlds %s", got)
	}
	if got := gjson.Get(c.want(200, "GET", "/_understudy/worlds/green", ""), "fixture").Str; got != "acme" {
		t.Errorf("fixture %q", got)
	}
	for _, choice := range []struct{ target, header string }{{"?world=blue", ""}, {"", "blue"}, {"?world=blue", "green"}} {
		headers := []string{}
		if choice.header != "" {
			headers = []string{"X-Understudy-World", choice.header}
		}
		journal := c.want(200, "GET", "/_understudy/journal"+choice.target, "", headers...)
		if got := gjson.Get(journal, "world").Str; got != "blue" {
			t.Errorf("%+v reads the journal of %q", choice, got)
		}
	}
	c.want(204, "DELETE", "/_understudy/worlds/green", "")
	c.wantProblem(404, "unknown_world", "GET", "/_understudy/worlds/green", "")

	c.wantProblem(409, "already_exists", "POST", "/_understudy/worlds", `{"name": "blue"}`)
	c.wantProblem(409, "already_exists", "POST", "/_understudy/worlds/blue/fork", `{"name": "default"}`)
	c.wantProblem(400, "bad_name", "POST", "/_understudy/worlds", `{"name": ""}`)
	c.wantProblem(400, "bad_name", "POST", "/_understudy/worlds", `{"name": ".."}`)
	c.wantProblem(400, "bad_name", "POST", "/_understudy/worlds/blue/fork", `{"name": "a/b"}`)
	c.wantProblem(404, "unknown_fixture", "POST", "/_understudy/worlds", `{"name": "red", "fixture": "red"}`)
	c.wantProblem(404, "unknown_world", "POST", "/_understudy/worlds/red/fork", `{"name": "x"}`)
	c.wantProblem(404, "unknown_world", "DELETE", "/_understudy/worlds/red", "")
	c.wantProblem(400, "bad_name", "DELETE", "/_understudy/worlds/default", "")
}

func TestControlResetsAForkToTheFork(t *testing.T) {
	c := newConsole(t)
	c.want(200, "POST", "/_understudy/clock", `{"freeze": true}`)
	at := gjson.Get(c.want(200, "POST", "/_understudy/clock", `{"advance": "48h"}`), "now").Str
	c.rename("", "Other")
	c.want(201, "POST", "/_understudy/worlds/default/fork", `{"name": "green"}`)
	c.want(200, "POST", "/_understudy/clock?world=green", `{"advance": "1h"}`)
	c.want(204, "POST", "/_understudy/reset?world=green", "")
	clock := c.want(200, "GET", "/_understudy/clock?world=green", "")
	if gjson.Get(clock, "now").Str != at || !gjson.Get(clock, "frozen").Bool() {
		t.Errorf("the fork began at %s, frozen, and is back at %s", at, clock)
	}
	if got := c.displayName("/w/green"); got != "Other" {
		t.Errorf("display name %q", got)
	}
	c.want(204, "POST", "/_understudy/reset?world=green&fixture=acme", "")
	if clock := c.want(200, "GET", "/_understudy/clock?world=green", ""); gjson.Get(clock, "frozen").Bool() {
		t.Errorf("the fixture has no clock, the world has %s", clock)
	}
}

func TestControlResetsToTheImport(t *testing.T) {
	c := newConsole(t)
	c.rename("", "Other")
	saved, err := fixtures.Parse("saved.json", []byte(c.want(200, "GET", "/_understudy/state", "")))
	if err != nil {
		t.Fatal(err)
	}
	c = newConsole(t, emulator.WithImport(saved))
	if got := c.displayName(""); got != "Other" {
		t.Errorf("at the start: %q", got)
	}
	c.rename("", "Third")
	c.want(204, "POST", "/_understudy/reset", "")
	if got := c.displayName(""); got != "Other" {
		t.Errorf("after a reset: %q", got)
	}
	c.want(201, "POST", "/_understudy/worlds", `{"name": "blue"}`)
	if got := c.displayName("/w/blue"); got != "Acme" {
		t.Errorf("in another world: %q", got)
	}
	broken, err := fixtures.Parse("broken.yaml", []byte("understudy: 1\nauth1: {}"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []*fixtures.Fixture{nil, broken} {
		if _, err := emulator.New(emulator.WithImport(f)); err == nil {
			t.Errorf("%v: no error", f)
		}
	}
}

func TestOptionsRefuse(t *testing.T) {
	for want, option := range map[string]emulator.Option{
		`"bad name!"`: emulator.WithHosts("good", "bad name!"),
		"--listen auth0=:2: auth0 has the listener :1 already": emulator.WithVendorListener("auth0", ":2"),
	} {
		if _, err := emulator.New(emulator.WithVendorListener("auth0", ":1"), option); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %s: %v", want, err)
		}
	}
}

func TestControlMintsCredentials(t *testing.T) {
	c := newConsole(t, emulator.WithAuth("strict"))
	c.want(201, "POST", "/_understudy/worlds", `{"name": "blue"}`)
	made := c.want(201, "POST", "/_understudy/worlds/blue/credentials", `{"vendor": "auth0", "scopes": ["read:organizations"], "ttl": "1h"}`)
	bearer := "Bearer " + gjson.Get(made, "access_token").Str
	c.want(200, "GET", acme, "", "Authorization", bearer) // the token chooses the world that minted it
	c.want(403, "DELETE", acme, "", "Authorization", bearer)
	if got := gjson.Get(c.want(200, "GET", "/_understudy/journal?world=blue", ""), "world").Str; got != "blue" {
		t.Errorf("the calls are in the journal of %q", got)
	}
	listed := c.want(200, "GET", "/_understudy/worlds/blue/credentials", "")
	if got := gjson.Get(listed, "credentials.0.access_token").Str; "Bearer "+got != bearer || gjson.Get(listed, "credentials.#").Int() != 1 {
		t.Errorf("listed %s", listed)
	}
	c.want(204, "POST", "/_understudy/reset?world=blue", "")
	c.want(401, "GET", acme, "", "Authorization", bearer)
	if got := c.want(200, "GET", "/_understudy/worlds/blue/credentials", ""); got != "{\"credentials\":[]}\n" {
		t.Errorf("after a reset: %s", got)
	}

	target := "/_understudy/worlds/blue/credentials"
	c.wantProblem(404, "not_found", "POST", target, `{"vendor": "auth1"}`)
	c.wantProblem(400, "invalid_request", "POST", target, `{"vendor": "auth0", "kind": "password"}`)
	c.wantProblem(400, "invalid_body", "POST", target, `{"vendor": "auth0", "ttl": "tomorrow"}`)
	c.wantProblem(400, "invalid_body", "POST", target, `{"vendor": "auth0", "ttl": "-1s"}`)
	c.wantProblem(404, "unknown_world", "POST", "/_understudy/worlds/red/credentials", `{"vendor": "auth0"}`)
	c.wantProblem(404, "unknown_world", "GET", "/_understudy/worlds/red/credentials", "")
}

func TestControlExportsAndImports(t *testing.T) {
	c := newConsole(t)
	c.rename("", "Other")
	saved := c.want(200, "GET", "/_understudy/state", "")
	if gjson.Get(saved, "clock").Exists() {
		t.Errorf("an untouched clock is exported: %s", gjson.Get(saved, "clock"))
	}
	c.want(204, "POST", "/_understudy/reset", "")
	c.want(204, "PUT", "/_understudy/state", saved)
	if got := c.displayName(""); got != "Other" {
		t.Errorf("display name %q", got)
	}
	if again := c.want(200, "GET", "/_understudy/state", ""); again != saved {
		t.Errorf("the state is not what was put: %s", again)
	}

	c.want(200, "POST", "/_understudy/clock", `{"advance": "24h"}`)
	ahead := c.want(200, "GET", "/_understudy/state", "")
	c.want(204, "POST", "/_understudy/reset", "")
	c.want(204, "PUT", "/_understudy/state", ahead)
	now, err := time.Parse(time.RFC3339Nano, gjson.Get(c.want(200, "GET", "/_understudy/clock", ""), "now").Str)
	if err != nil || time.Until(now) < 23*time.Hour {
		t.Errorf("the clock says %v, %v", now, err)
	}

	c.want(200, "POST", "/_understudy/clock", `{"freeze": true}`)
	c.want(200, "POST", "/_understudy/clock", `{"advance": "1h"}`)
	c.want(204, "PUT", "/_understudy/state", ahead)
	clock := c.want(200, "GET", "/_understudy/clock", "")
	if !gjson.Get(clock, "frozen").Bool() || gjson.Get(clock, "now").Str != gjson.Get(ahead, "clock").Str {
		t.Errorf("a frozen world takes %s as %s", gjson.Get(ahead, "clock"), clock)
	}
	c.want(200, "POST", "/_understudy/clock", `{"resume": true}`)

	before := c.want(200, "GET", "/_understudy/state", "")
	for _, bad := range []string{
		"", "understudy: 2", "[]", "understudy: 1\nauth1: {}",
		"understudy: 1\nauth0:\n  organizations:\n    - {name: fine}\n    - {nam: Bad}",
		"understudy: 1\nauth0:\n  organizations:\n    - {name: twice}\n    - {name: twice}",
		"understudy: 1\nsequence: 5\nauth0:\n  organizations:\n    - {id: org_Whole00000000001, name: 1}",
		"understudy: 1\nsequence: 5\nauth0:\n  organizations:\n    - {name: nameless}",
	} {
		c.wantProblem(400, "invalid_fixture", "PUT", "/_understudy/state", bad)
	}
	after := c.want(200, "GET", "/_understudy/state", "")
	if gjson.Get(after, "auth0").Raw != gjson.Get(before, "auth0").Raw {
		t.Errorf("a refused state changed the world: %s", after)
	}
}

func TestControlKeepsSnapshots(t *testing.T) {
	c := newConsole(t)
	if got := c.want(200, "GET", "/_understudy/snapshots", ""); got != "{\"snapshots\":[]}\n" {
		t.Errorf("at first: %s", got)
	}
	id := gjson.Get(c.want(201, "POST", "/_understudy/snapshots", ""), "id").Str
	c.rename("", "Other")
	c.want(204, "POST", "/_understudy/snapshots/"+id+"/restore", "")
	if got := c.displayName(""); got != "Acme" {
		t.Errorf("display name %q", got)
	}
	c.wantProblem(404, "unknown_snapshot", "POST", "/_understudy/snapshots/x/restore", "")
	c.want(201, "POST", "/_understudy/worlds", `{"name": "blue"}`)
	c.wantProblem(404, "unknown_snapshot", "POST", "/_understudy/snapshots/"+id+"/restore?world=blue", "")

	for range 100 {
		c.want(201, "POST", "/_understudy/snapshots", "")
	}
	if got := gjson.Get(c.want(200, "GET", "/_understudy/snapshots", ""), "snapshots.#").Int(); got != 100 {
		t.Errorf("%d snapshots are kept", got)
	}
	c.wantProblem(404, "unknown_snapshot", "POST", "/_understudy/snapshots/"+id+"/restore", "")
}

func TestControlReadsTheJournal(t *testing.T) {
	c := newConsole(t)
	c.want(200, "GET", acme, "")
	c.want(404, "GET", organizations+"/org_Nobody0000000001", "")
	c.want(200, "GET", organizations, "")
	for _, test := range []struct{ query, want string }{
		{"", "[200 404 200]"},
		{"?vendor=auth0", "[200 404 200]"},
		{"?operation=auth0.organizations.get", "[200 404]"},
		{"?status=404", "[404]"},
		{"?since=1", "[404 200]"},
		{"?limit=2", "[404 200]"},
		{"?operation=auth0.organizations.get&status=200&limit=5", "[200]"},
		{"?since=3", "[]"},
	} {
		var got []int64
		for line := range strings.Lines(c.want(200, "GET", "/_understudy/journal"+test.query, "")) {
			if !gjson.Valid(line) || strings.Contains(line, "Bearer any") {
				t.Errorf("line %s", line)
			}
			got = append(got, gjson.Get(line, "status").Int())
		}
		if fmt.Sprint(got) != test.want {
			t.Errorf("%s: %v, want %s", test.query, got, test.want)
		}
	}
	if kind := c.ask("GET", "/_understudy/journal", "").Header().Get("Content-Type"); kind != "application/x-ndjson" {
		t.Errorf("content type %q", kind)
	}
	c.want(204, "DELETE", "/_understudy/journal", "")
	if got := c.want(200, "GET", "/_understudy/journal", ""); got != "" {
		t.Errorf("cleared, it has %s", got)
	}

	c.wantProblem(400, "unknown_vendor", "GET", "/_understudy/journal?vendor=auth1", "")
	c.wantProblem(400, "unknown_operation", "GET", "/_understudy/journal?operation=organizations.get", "")
	c.wantProblem(400, "invalid_parameter", "GET", "/_understudy/journal?status=ok", "")
	c.wantProblem(400, "invalid_parameter", "GET", "/_understudy/journal?limit=-1", "")
	c.wantProblem(400, "invalid_parameter", "GET", "/_understudy/journal?since=99999999999999999999", "")
	c.wantProblem(400, "unknown_parameter", "DELETE", "/_understudy/journal?status=404", "")
}

func TestControlMovesTheClock(t *testing.T) {
	c := newConsole(t)
	read := func(body string) time.Time {
		t.Helper()
		at, err := time.Parse(time.RFC3339Nano, gjson.Get(body, "now").Str)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	stood := read(c.want(200, "POST", "/_understudy/clock", `{"freeze": true}`))
	if got := read(c.want(200, "POST", "/_understudy/clock", `{"advance": "90s"}`)).Sub(stood); got != 90*time.Second {
		t.Errorf("advanced by %v", got)
	}
	if got := c.want(200, "POST", "/_understudy/clock", `{"resume": true}`); gjson.Get(got, "frozen").Bool() {
		t.Errorf("resumed: %s", got)
	}
	for _, bad := range []string{`{}`, `{"freeze": false}`, `{"freeze": true, "resume": true}`, `{"freeze": true, "advance": "1s"}`,
		`{"advance": "soon"}`, `{"advance": "-1s"}`, `{"advance": "2000000h"}`} {
		c.wantProblem(400, "invalid_clock", "POST", "/_understudy/clock", bad)
	}
}

func TestControlRefusesWhatItDoesNotKnow(t *testing.T) {
	c := newConsole(t)
	c.wantProblem(404, "unknown_call", "GET", "/_understudy", "")
	c.wantProblem(404, "unknown_call", "GET", "/_understudy/", "")
	c.wantProblem(404, "unknown_call", "GET", "/_understudy/nothing", "")
	c.wantProblem(404, "unknown_call", "GET", "/_understudy//worlds", "")
	c.wantProblem(405, "method_not_allowed", "GET", "/_understudy/reset", "")
	c.wantProblem(405, "method_not_allowed", "PATCH", "/_understudy/worlds/default", "")
	if got := c.ask("PATCH", "/_understudy/worlds/default", "").Header().Get("Allow"); got != "GET, DELETE" {
		t.Errorf("Allow: %s", got)
	}
	c.want(200, "HEAD", "/_understudy/health", "")
	for _, bad := range []string{"", "{", "[]", `{"name": 1}`, `{"name": "a", "color": "red"}`, `{"name": "a"} {}`, "\xff"} {
		c.wantProblem(400, "invalid_body", "POST", "/_understudy/worlds", bad)
	}
	for body, want := range map[string]string{
		`{"name": 1}`:                 "The body can't be read: number is wrong for name.",
		`[]`:                          "The body can't be read: array is wrong for the body.",
		`{"name": "y", "NAME": "z"}`:  `The body can't be read: unknown field "NAME".`,
		`{"name": "y", "name": "z"}`:  `The body can't be read: the field "name" comes twice.`,
		`{"name": "y", "color": "z"}`: `The body can't be read: unknown field "color".`,
	} {
		if got := gjson.Get(c.ask("POST", "/_understudy/worlds", body).Body.String(), "detail").Str; got != want {
			t.Errorf("%s: %s", body, got)
		}
	}
	c.wantProblem(413, "body_too_large", "POST", "/_understudy/worlds", `{"name": "`+strings.Repeat("a", 64<<10)+`"}`)
}

func TestControlIsNotForWebPages(t *testing.T) {
	c := newConsole(t, emulator.WithHosts("sso.example.test"))
	for _, host := range []string{
		"localhost", "localhost:4010", "LOCALHOST.", "auth0.localhost:4443", "any.localhost", "127.0.0.1:4010", "[::1]:4010", "[::1]",
		"192.168.7.7", "understudy:4010", "host.docker.internal", "sso.example.test:4010", "SSO.example.test.",
	} {
		c.host = host
		c.want(200, "GET", "/_understudy/health", "")
	}
	for _, host := range []string{"", "evil.test", "localhost.evil.test", "127.0.0.1.evil.test:4010", "a.sso.example.test", "evil.test:"} {
		c.host = host
		c.wantProblem(403, "foreign_host", "GET", "/_understudy/health", "")
	}
	c.host = "evil.test"
	if got := gjson.Get(c.ask("POST", "/_understudy/reset", "").Body.String(), "detail").Str; !strings.Contains(got, "--host evil.test") {
		t.Errorf("the way out is not said: %s", got)
	}
	c.host = "localhost:4010"
	c.want(200, "GET", "/_understudy/health", "", "Origin", "http://localhost:4010")
	for _, origin := range []string{"http://evil.test", "null", "http://localhost:3000", "localhost:4010", ""} {
		c.wantProblem(403, "foreign_origin", "POST", "/_understudy/reset", "", "Origin", origin)
	}
}

func TestControlTokenGuards(t *testing.T) {
	c := newConsole(t, emulator.WithControlToken("s3cret"))
	c.want(204, "POST", "/_understudy/reset", "", "X-Understudy-Control-Token", "s3cret")
	c.host = "evil.test" // any host will do, as pages there don't know the token
	c.want(204, "POST", "/_understudy/reset", "", "X-Understudy-Control-Token", "s3cret")
	c.wantProblem(403, "foreign_origin", "POST", "/_understudy/reset", "", "X-Understudy-Control-Token", "s3cret", "Origin", "http://other.test")
	for _, token := range []string{"", "s3cre", "s3cret ", "S3CRET"} {
		c.wantProblem(401, "control_token", "POST", "/_understudy/reset", "", "X-Understudy-Control-Token", token)
	}
	c.wantProblem(401, "control_token", "GET", "/_understudy/nothing", "")
	c.want(200, "GET", "/_understudy/health", "") // probes have no token
	c.want(200, "GET", "/_understudy/ready", "")
}

// TestControlUnderLoad is for the race detector.
func TestControlUnderLoad(t *testing.T) {
	c := newConsole(t)
	var running sync.WaitGroup
	for i := range 4 {
		running.Go(func() {
			world := fmt.Sprint("w", i)
			for range 5 {
				c.ask("POST", "/_understudy/worlds/default/fork", `{"name": "`+world+`"}`)
				c.ask("PATCH", "/w/"+world+acme, `{"display_name": "x"}`, "Content-Type", "application/json")
				c.ask("POST", "/_understudy/snapshots?world="+world, "")
				c.ask("POST", "/_understudy/snapshots/1/restore?world="+world, "")
				c.ask("POST", "/_understudy/reset", "")
				c.ask("GET", "/_understudy/worlds", "")
				c.ask("GET", "/_understudy/state", "")
				c.ask("DELETE", "/_understudy/worlds/"+world, "")
			}
		})
	}
	running.Wait()
	if got := c.displayName(""); got != "Acme" {
		t.Errorf("display name %q", got)
	}
}

func TestResetsByNameSeeTheFolder(t *testing.T) {
	folder := t.TempDir()
	write(t, folder+"/shop.yaml", "understudy: 1\nauth0:\n  organizations:\n    - {id: org_Shop000000000001, name: shop}\n")
	dir, err := fixtures.OpenDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	c := newConsole(t, emulator.WithFixtures(dir))
	c.want(204, "POST", "/_understudy/reset?fixture=shop", "")
	c.want(200, "GET", organizations+"/org_Shop000000000001", "")
	write(t, folder+"/shop.yaml", "understudy: 1\nauth0:\n  organizations:\n    - {name: [shop]}\n")
	c.wantProblem(400, "invalid_fixture", "POST", "/_understudy/reset?fixture=shop", "")
	c.want(200, "GET", organizations+"/org_Shop000000000001", "")
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
