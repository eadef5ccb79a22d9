package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/emulator"
)

// terminal runs the program in process.
type terminal struct {
	t   *testing.T
	env map[string]string
}

func (s terminal) lookup(name string) (string, bool) {
	value, ok := s.env[name]
	return value, ok
}

// ok runs a command that must succeed, and returns what it wrote.
func (s terminal) ok(args ...string) string {
	s.t.Helper()
	var out, bad bytes.Buffer
	if code := run(s.t.Context(), args, &out, &bad, s.lookup); code != 0 || bad.Len() > 0 {
		s.t.Fatalf("%q: exit %d, %s", args, code, bad.String())
	}
	return out.String()
}

// fails runs a command that must fail with one line that contains all of the words.
func (s terminal) fails(words []string, args ...string) {
	s.t.Helper()
	var out, bad bytes.Buffer
	code := run(s.t.Context(), args, &out, &bad, s.lookup)
	if code != 1 || out.Len() > 0 || strings.Count(bad.String(), "\n") != 1 {
		s.t.Errorf("%q: exit %d, %q, %q", args, code, out.String(), bad.String())
	}
	for _, word := range words {
		if !strings.Contains(bad.String(), word) {
			s.t.Errorf("%q: %q lacks %q", args, bad.String(), word)
		}
	}
}

func TestOperations(t *testing.T) {
	s := terminal{t: t}
	if all := s.ok("operations"); strings.Count(all, "\n") != len(emulator.Operations())+1 || !strings.Contains(all, "auth0.organization_connections.update ") {
		t.Errorf("operations: %s", all)
	}
	found := s.ok("operations", "--match", "PATCH /api/v2/organizations/x/connections/y")
	for _, want := range []string{"auth0.organization_connections.update", "organization_connections.write", "too_many_requests"} {
		if !strings.Contains(found, want) {
			t.Errorf("--match: no %s in %s", want, found)
		}
	}
	var one emulator.Operation
	if err := json.Unmarshal([]byte(s.ok("operations", "--json", "--match", "get /api/v2/organizations")), &one); err != nil || one.ID != "auth0.organizations.list" {
		t.Errorf("--match --json: %+v, %v", one, err)
	}
	if ledger := s.ok("operations", "--evidence"); strings.Count(ledger, "\n") != len(emulator.Ledger())+1 || strings.Contains(ledger, "ungraded") {
		t.Errorf("--evidence: %s", ledger)
	}
	var claims []emulator.Claim
	if err := json.Unmarshal([]byte(s.ok("operations", "--evidence", "--json")), &claims); err != nil || len(claims) != len(emulator.Ledger()) {
		t.Errorf("--evidence --json: %d claims, %v", len(claims), err)
	}
	s.fails([]string{"GET /nowhere", "understudy operations"}, "operations", "--match", "GET /nowhere")
	s.fails([]string{"a method and a path"}, "operations", "--match", "/api/v2/organizations")
	s.fails([]string{"don't go together"}, "operations", "--match", "GET /", "--evidence")
}

func TestFixtures(t *testing.T) {
	s := terminal{t: t}
	made := s.ok("fixture", "generate", "--seed", "7", "--organizations", "5", "--users", "8")
	if made != s.ok("fixture", "generate", "--seed", "7", "--organizations", "5", "--users", "8") || made == s.ok("fixture", "generate", "--seed", "8", "--organizations", "5", "--users", "8") {
		t.Error("the seed does not decide the bytes")
	}
	folder := t.TempDir()
	good, broken := filepath.Join(folder, "good.yaml"), filepath.Join(folder, "broken.yaml")
	writeFile(t, good, made)
	writeFile(t, broken, "understudy: 1\nauth0:\n  organisations: []\n")
	if got := s.ok("fixture", "check", good, "acme"); !strings.Contains(got, good+": good, ") || !strings.Contains(got, "acme: good, ") {
		t.Errorf("check: %s", got)
	}
	s.fails([]string{broken + ":3:3", `did you mean "organizations"?`}, "fixture", "check", broken)
	s.fails([]string{"nowhere.yaml"}, "fixture", "check", "nowhere.yaml")
	s.fails([]string{"-1 organizations"}, "fixture", "generate", "--organizations", "-1")
	unread := filepath.Join(folder, "a-unread.yaml")
	writeFile(t, unread, "understudy: 1\nabout: [\n")
	var out, bad bytes.Buffer
	code := run(t.Context(), []string{"fixture", "list", "--fixtures", folder}, &out, &bad, s.lookup)
	if code != 1 || !strings.Contains(out.String(), "good ") || !strings.Contains(bad.String(), unread+":2:8") {
		t.Errorf("list with a broken file: exit %d, %s%s", code, out.String(), bad.String())
	}
	if err := errors.Join(os.Remove(broken), os.Remove(unread)); err != nil {
		t.Fatal(err)
	}
	if got := s.ok("fixture", "list", "--fixtures", folder); !strings.Contains(got, "acme ") || !strings.Contains(got, "empty ") || !strings.Contains(got, "good ") {
		t.Errorf("list: %s", got)
	}
}

func TestCAAndVersion(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ca")
	s := terminal{t: t, env: map[string]string{"UNDERSTUDY_CA_DIR": dir}}
	if got := s.ok("ca"); !strings.Contains(got, filepath.Join(dir, "ca.pem")) || !strings.Contains(got, "NODE_EXTRA_CA_CERTS") {
		t.Errorf("ca: %s", got)
	}
	if got := s.ok("version"); !strings.HasPrefix(got, "understudy ") || got != s.ok("--version") {
		t.Errorf("version: %s", got)
	}
	if got := s.ok("completion", "bash"); !strings.Contains(got, "understudy") {
		t.Errorf("completion: %s", got)
	}
	s.env["UNDERSTUDY_CA_DIR"] = filepath.Join(dir, "ca.pem") // a file
	s.fails([]string{"--ca-dir"}, "ca")
	s.fails([]string{"--ca-dir"}, "serve", "--http", "off", "--https", "127.0.0.1:0")
}

func TestServeRefuses(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	broken := filepath.Join(t.TempDir(), "broken.yaml")
	writeFile(t, broken, "understudy: 1\nauth0:\n  organisations: []\n")
	s := terminal{t: t, env: map[string]string{}}
	serve := []string{"serve", "--http", "127.0.0.1:0", "--https", "off"}
	for _, test := range []struct {
		words []string
		args  []string
	}{
		{[]string{"--http " + taken.Addr().String(), "in use", "--http HOST:PORT"}, []string{"--http", taken.Addr().String()}},
		{[]string{"--listen auth0=" + taken.Addr().String() + ":", "--listen auth0=HOST:PORT"}, []string{"--listen", "auth0=" + taken.Addr().String()}},
		{[]string{"--listen auth0=127.0.0.1:0", "already"}, []string{"--listen", "auth0=127.0.0.1:0,auth0=127.0.0.1:0"}},
		{[]string{"--host", "bad name!"}, []string{"--host", "bad name!"}},
		{[]string{"nothing to serve"}, []string{"--http", "off"}},
		{[]string{"--fixture", "acme"}, []string{"--fixture", "acmee"}},
		{[]string{"--fixtures"}, []string{"--fixtures", "nowhere"}},
		{[]string{"lenient", "strict"}, []string{"--auth", "none"}},
		{[]string{"limits", "free"}, []string{"--limits", "auth0=huge"}},
		{[]string{"evidence", "documented", "recorded"}, []string{"--evidence", "proof"}},
		{[]string{"evidence", "global", "qovery=documented", "documented"}, []string{"--evidence", "recorded", "--limits", "qovery=documented"}},
		{[]string{"--listen", "VENDOR=HOST:PORT"}, []string{"--listen", "127.0.0.1:0"}},
		{[]string{"--listen", `"auth1"`}, []string{"--listen", "auth1=127.0.0.1:0"}},
		{[]string{"--log", "json"}, []string{"--log", "xml"}},
		{[]string{"--import"}, []string{"--import", "nowhere.yaml"}},
		{[]string{"import", broken + ":3:"}, []string{"--import", broken}},
		{[]string{"--export-on-exit", "no such"}, []string{"--export-on-exit", filepath.Join(t.TempDir(), "no", "state.yaml")}},
		{[]string{"--export-on-exit", "is a folder"}, []string{"--export-on-exit", t.TempDir()}},
		{[]string{"--ready-file", "is a folder"}, []string{"--ready-file", t.TempDir()}},
		{[]string{"--ready-file"}, []string{"--ready-file", filepath.Join(t.TempDir(), "no", "folder")}},
		{[]string{"unknown flag", "--htp"}, []string{"--htp", "x"}},
		{[]string{"unknown command"}, []string{"x"}},
	} {
		s.fails(test.words, append(serve, test.args...)...)
	}
	s.fails([]string{`unknown command "srve" for "understudy"; Did you mean this? serve` + "\n"}, "srve")
	s.env["UNDERSTUDY_SEED"] = "many"
	s.fails([]string{"UNDERSTUDY_SEED", "many"}, serve...)
}

func TestServeInProcess(t *testing.T) {
	folder := t.TempDir()
	ready, export := filepath.Join(folder, "ready.json"), filepath.Join(folder, "state.yaml")
	writeFile(t, ready, "stale")
	s := terminal{t: t, env: map[string]string{
		"UNDERSTUDY_HTTP": "127.0.0.1:0", "UNDERSTUDY_HTTPS": "off", "UNDERSTUDY_LISTEN": "auth0=127.0.0.1:0",
		"UNDERSTUDY_CONTROL_TOKEN": "s3cret", "UNDERSTUDY_FIXTURE": "empty", "UNDERSTUDY_QUIET": "",
	}}
	var out, log bytes.Buffer
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan int)
	args := []string{"serve", "--ready-file", ready, "--export-on-exit", export, "--fixture", "acme", "--log", "json", "--auth", "strict"}
	go func(env terminal) { ended <- run(ctx, args, &out, &log, env.lookup) }(s)
	urls := waitReady(t, ready)
	if urls.HTTPS != "" || urls.CA != "" || urls.Vendors["auth0"] == "" {
		t.Errorf("ready file %+v", urls)
	}
	s = terminal{t: t, env: map[string]string{"UNDERSTUDY_URL": urls.HTTP, "UNDERSTUDY_CONTROL_TOKEN": "s3cret"}}
	s.ok("healthcheck")
	s.ok("healthcheck", "--url", urls.HTTP+"/")
	token := strings.TrimSpace(s.ok("token", "--scopes", "read:organizations", "--ttl", "10m"))
	if status := get(t, urls.Vendors["auth0"]+"/api/v2/organizations", token); status != 200 {
		t.Errorf("with a token: %d", status)
	}
	if status := get(t, urls.HTTP+"/api/v2/organizations", "stranger"); status != 401 && status != 400 {
		t.Errorf("with a stranger's token: %d", status)
	}
	if whole := s.ok("token", "--json"); !json.Valid([]byte(whole)) {
		t.Errorf("token --json: %s", whole)
	}
	s.fails([]string{"auth1"}, "token", "--vendor", "auth1")
	s.fails([]string{"control_token"}, "token", "--control-token", "guess")
	stop()
	if code := <-ended; code != 0 {
		t.Errorf("exit %d: %s", code, log.String())
	}
	s.fails([]string{"refused", "understudy serve"}, "healthcheck")
	s.fails([]string{"refused", "understudy serve"}, "token")
	if greeting := out.String(); strings.Count(greeting, "\n") > 10 || !strings.Contains(greeting, "fixture acme") || !strings.Contains(greeting, "curl -H 'Authorization: Bearer ") {
		t.Errorf("the start says %s", greeting)
	}
	first, _, _ := strings.Cut(log.String(), "\n")
	var line logged
	if err := json.Unmarshal([]byte(first), &line); err != nil || line.Operation != "auth0.organizations.list" || line.World != "default" || line.Status != 200 {
		t.Errorf("first line of the log %s: %v", first, err)
	}
	s.ok("fixture", "check", export)
}

func TestRunningURL(t *testing.T) {
	for want, env := range map[string]map[string]string{
		"http://localhost:4010":  {"UNDERSTUDY_HTTPS": "off"},
		"http://localhost:80":    {"UNDERSTUDY_HTTP": "0.0.0.0:80"},
		"https://localhost:4443": {"UNDERSTUDY_HTTP": "off"},
		"https://localhost:443":  {"UNDERSTUDY_HTTP": "off", "UNDERSTUDY_HTTPS": ":443"},
	} {
		if got := runningURL(terminal{t, env}.lookup); got != want {
			t.Errorf("%v: %s, want %s", env, got, want)
		}
	}
}

func TestServeSaysWhatItExposes(t *testing.T) {
	for _, test := range []struct {
		flags serveFlags
		want  string
	}{
		{serveFlags{http: "localhost:4010", https: "[::1]:4443", listen: []string{"auth0=127.0.0.1:4020"}}, ""},
		{serveFlags{http: "0.0.0.0:4010"}, "0.0.0.0:4010"},
		{serveFlags{https: ":4443"}, ":4443"},
		{serveFlags{listen: []string{"auth0=192.168.1.2:80"}, controlToken: "x"}, "192.168.1.2:80"},
	} {
		got := test.flags.exposed()
		if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("%+v: %q", test.flags, got)
		}
	}
}

func TestLogLine(t *testing.T) {
	var b bytes.Buffer
	line, err := logLine("text", &b)
	if err != nil {
		t.Fatal(err)
	}
	line(emulator.Entry{World: "blue", Operation: "auth0.organizations.get", Status: 503, Code: "service_unavailable", Rule: "outage"}, 1500*time.Microsecond)
	line(emulator.Entry{World: "default", Method: "GET", Path: "/x", Status: 404}, 0)
	lines := strings.Split(b.String(), "\n")
	if got := lines[0][len("15:04:05.000 "):]; got != "blue auth0.organizations.get 503 service_unavailable 1.50ms rule outage" {
		t.Error(got)
	}
	if got := lines[1][len("15:04:05.000 "):]; got != "default GET /x 404 0.00ms" {
		t.Error(got)
	}
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
