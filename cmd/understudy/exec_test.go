package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/scenarios/gauntlet/junit"
)

// TestMain lets the test binary be the program ("understudy …") or a command that exec runs ("child …").
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "understudy" {
		os.Args = slices.Delete(os.Args, 1, 2)
		main()
	}
	if len(os.Args) > 2 && os.Args[1] == "child" {
		os.Exit(child(os.Args[2], os.Args[3:]))
	}
	apart, maxRunCalls = 10*time.Millisecond, 500
	os.Exit(m.Run())
}

// child is a command under exec. It returns its exit code, and ends by itself where a failed test forgets it.
func child(does string, args []string) int {
	time.AfterFunc(15*time.Second, func() { os.Exit(1) })
	switch does {
	case "exit":
		code, _ := strconv.Atoi(args[0])
		return code
	case "copy":
		_, _ = io.Copy(os.Stdout, os.Stdin)
	case "create":
		for _, name := range args {
			fmt.Println(create(name))
		}
	case "disarm":
		r, _ := http.NewRequest("DELETE", os.Getenv("UNDERSTUDY_URL")+"/_understudy/scenario", nil)
		if answer, err := http.DefaultClient.Do(r); err != nil || answer.StatusCode != 204 {
			return 1
		}
	case "signals": // each is said; SIGTERM, and with "first" any, ends it and makes the exit code
		got := make(chan os.Signal, 8)
		signal.Notify(got, forwarded()...)
		fmt.Println("ready")
		for s := range got {
			fmt.Println(s)
			if s == syscall.SIGTERM || slices.Contains(args, "first") {
				return 40 + int(s.(syscall.Signal))
			}
		}
	case "leave": // something runs on in the background, and holds standard output open
		background := exec.Command(os.Args[0], "child", "stay")
		background.Stdout = os.Stdout
		if err := background.Start(); err != nil {
			return 1
		}
	case "provision": // makes an organization, and does what it is told where that fails
		return provision(args[0])
	case "linger": // with something in the background, whatever they are told, each on a connection that ends with it
		if os.Getenv("UNDERSTUDY_TRIAL") == "without-faults" || os.Getenv("UNDERSTUDY_TRIAL") == args[1] {
			return provision("insist")
		}
		_ = exec.Command(os.Args[0], "child", "hold", args[0]).Start()
		return child("hold", args)
	case "hold":
		conn, err := net.Dial("tcp", args[0])
		if err != nil {
			return 1
		}
		defer conn.Close()
		return child("stay", nil)
	case "stay": // whatever it is told
		got := make(chan os.Signal, 8)
		signal.Notify(got, forwarded()...)
		for range got {
		}
	}
	return 0
}

// create is a client that goes by its environment and the roots of its machine alone. It returns the status.
func create(name string) any {
	r, err := http.NewRequest("POST", "https://"+os.Getenv("AUTH0_DOMAIN")+"/api/v2/organizations", strings.NewReader(`{"name":"`+name+`"}`))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+os.Getenv("AUTH0_API_TOKEN"))
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	return answer.StatusCode
}

func self(does ...string) []string { return append([]string{os.Args[0], "child"}, does...) }

// execs runs exec in process.
func execs(t *testing.T, flags []string, command ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, bad bytes.Buffer
	args := append(append([]string{"exec"}, flags...), "--")
	code = run(t.Context(), append(args, command...), &out, &bad, terminal{t: t}.lookup)
	return code, out.String(), bad.String()
}

// needsLinux is for Go clients, that heed SSL_CERT_FILE nowhere else.
func needsLinux(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("Go's roots come from SSL_CERT_FILE on Linux alone")
	}
}

func TestExec(t *testing.T) {
	needsLinux(t)
	t.Setenv("TMPDIR", t.TempDir())
	if code, out, bad := execs(t, []string{"--auth", "strict"}, self("create", "one", "two")...); code != 0 || out != "201\n201\n" || bad != "" {
		t.Errorf("exit %d: %s%s", code, out, bad)
	}
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "understudy-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %q %v", left, err)
	}
}

// TestExecOtherLanguages runs what finds the emulator by its environment in other languages.
func TestExecOtherLanguages(t *testing.T) {
	for _, c := range []struct {
		needs   string
		command []string
	}{
		{"curl", []string{"sh", "-c", `curl -sS --fail -H "Authorization: Bearer $AUTH0_API_TOKEN" "https://$AUTH0_DOMAIN/api/v2/organizations"`}},
		{"curl", []string{"sh", "-c", `curl -sS --fail --digest --user "$MONGODB_ATLAS_PUBLIC_API_KEY:$MONGODB_ATLAS_PRIVATE_API_KEY" ` +
			`-H 'Accept: application/vnd.atlas.2025-03-12+json' "$MONGODB_ATLAS_BASE_URL/api/atlas/v2/orgs"`}},
		{"node", []string{"node", "-e", `fetch("https://" + process.env.AUTH0_DOMAIN + "/api/v2/organizations", {headers: {authorization: "Bearer " + process.env.AUTH0_API_TOKEN}}).then(r => process.exit(r.status == 200 ? 0 : 1))`}},
		{"python3", []string{"python3", "-c", `import os, urllib.request as u; u.urlopen(u.Request("https://"+os.environ["AUTH0_DOMAIN"]+"/api/v2/organizations", headers={"Authorization": "Bearer "+os.environ["AUTH0_API_TOKEN"]}))`}},
	} {
		if _, err := exec.LookPath(c.needs); err != nil {
			t.Logf("%s is not at hand", c.needs)
			continue
		}
		if code, out, bad := execs(t, []string{"--auth", "strict"}, c.command...); code != 0 {
			t.Errorf("%q: exit %d: %s%s", c.command, code, out, bad)
		}
	}
}

const twice = `understudy: 1
scenario: twice
rules:
  - {name: busy, on: auth0.organizations.create, calls: 1, fail: throttled, retry_after: 60s}
expect:
  - waited: busy
  - calls: {on: auth0.organizations.create, at_most: 2}
`

func TestExecExitCodes(t *testing.T) {
	needsLinux(t)
	folder := t.TempDir()
	scenario, plain := filepath.Join(folder, "twice.yaml"), filepath.Join(folder, "plain")
	writeFile(t, scenario, twice)
	writeFile(t, plain, "no program")
	broken := filepath.Join(folder, "broken")
	writeFile(t, broken, "\x7fELF is not all it takes")
	if err := os.Chmod(broken, 0o700); err != nil {
		t.Fatal(err)
	}
	play := []string{"--scenario", scenario}
	for name, c := range map[string]struct {
		flags, command []string
		code           int
		says           []string // on standard error, which is empty where there is none
	}{
		"success":                        {nil, self("exit", "0"), 0, nil},
		"the command's own":              {nil, self("exit", "3"), 3, nil},
		"ended by a signal":              {nil, []string{"sh", "-c", "kill -9 $$"}, 137, nil},
		"no such command":                {play, []string{"nowhere-to-be-found"}, 127, []string{"understudy: ", `"nowhere-to-be-found"`, "not found"}},
		"no such file":                   {nil, []string{filepath.Join(folder, "none")}, 127, []string{"no such file"}},
		"not executable":                 {nil, []string{plain}, 126, []string{"permission denied"}},
		"not a program":                  {nil, []string{broken}, 126, []string{"exec format error"}},
		"a verdict failed":               {play, self("create", "again", "again"), 1, []string{"rule busy: matched 2, fired 1\n", "FAIL  waited: busy", "PASS  calls: ", "understudy: 1 of 2 verdicts failed\n"}},
		"a verdict and the command did":  {play, []string{"sh", "-c", os.Args[0] + " child create again again; exit 5"}, 5, []string{"FAIL  waited: busy"}},
		"a verdict is unproven":          {play, self("create", "once"), 0, []string{"UNPROVEN  waited: busy"}},
		"another vendor's calls alone":   {append(play, "--vendor", "auth0"), self("exit", "0"), 0, []string{"rule busy: matched 0, fired 0"}},
		"the command ended the scenario": {play, self("disarm"), 0, []string{"disarmed the scenario"}},
	} {
		code, out, bad := execs(t, c.flags, c.command...)
		if code != c.code || c.says == nil && bad != "" {
			t.Errorf("%s: exit %d, want %d: %s%s", name, code, c.code, out, bad)
		}
		for _, want := range c.says {
			if !strings.Contains(bad, want) {
				t.Errorf("%s: %q lacks %q", name, bad, want)
			}
		}
	}
}

func TestExecRefuses(t *testing.T) {
	s := terminal{t: t, env: map[string]string{}}
	file := filepath.Join(t.TempDir(), "file")
	writeFile(t, file, "")
	for _, c := range []struct {
		words []string
		args  []string
	}{
		{[]string{"requires at least 1 arg"}, nil},
		{[]string{"--fixture", "acmee"}, []string{"--fixture", "acmee"}},
		{[]string{"lenient"}, []string{"--auth", "none"}},
		{[]string{"limits"}, []string{"--limits", "auth0=huge"}},
		{[]string{"--scenario", "nowhere.yaml"}, []string{"--scenario", "nowhere.yaml"}},
		{[]string{"--scenario: open rate-limit-brust: no such file", `and no scenario "rate-limit-brust" is shipped; did you mean "rate-limit-burst"?`}, []string{"--scenario", "rate-limit-brust"}},
		{[]string{"--scenario", `"okta.*"`}, []string{"--scenario", "rate-limit-burst", "--vendor", "okta"}},
		{[]string{"--vendor", "no --scenario"}, []string{"--vendor", "auth0"}},
		{[]string{"--vendor", `no rule of the scenario is about "okta"; the vendors are auth0, atlas, devrev, qovery`}, []string{"--scenario", "tls-certificate-expired", "--vendor", "okta"}},
		{[]string{"--report", "not a directory"}, []string{"--report", filepath.Join(file, "in")}},
	} {
		args := append([]string{"exec"}, c.args...)
		if c.args != nil {
			args = append(append(args, "--"), self("exit", "0")...)
		}
		s.fails(c.words, args...)
	}
}

func TestExecReport(t *testing.T) {
	needsLinux(t)
	folder := filepath.Join(t.TempDir(), "new", "report")
	scenario := filepath.Join(t.TempDir(), "twice.yaml")
	writeFile(t, scenario, twice)
	for range 2 { // the second takes the first's place
		if code, _, bad := execs(t, []string{"--scenario", scenario, "--report", folder}, self("create", "again", "again")...); code != 1 {
			t.Fatalf("exit %d: %s", code, bad)
		}
	}
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	journal := strings.Split(strings.TrimSpace(read("journal.ndjson")), "\n")
	var last emulator.Entry
	if err := json.Unmarshal([]byte(journal[len(journal)-1]), &last); err != nil || len(journal) != 2 || last.Operation != "auth0.organizations.create" || last.Status != 201 {
		t.Errorf("journal %q: %v", journal, err)
	}
	var played played
	if err := json.Unmarshal([]byte(read("verdicts.json")), &played); err != nil || played.Scenario != "twice" || len(played.Rules) != 1 || played.Rules[0].Fired != 1 || len(played.Verdicts) != 2 {
		t.Errorf("verdicts %+v: %v", played, err)
	}
	var junit junit.Suites
	if err := xml.Unmarshal([]byte(read("verdicts.xml")), &junit); err != nil || len(junit.Suites) != 1 {
		t.Fatal(junit, err)
	}
	suite := junit.Suites[0]
	cases := suite.Cases
	if suite.Tests != 2 || suite.Failures != 1 || len(cases) != 2 || cases[0].Name != "waited: busy" || cases[0].Failure == nil || !strings.Contains(cases[0].Failure.Text, "429 too_many_requests") || cases[1].Failure != nil {
		t.Errorf("JUnit %+v", junit)
	}
	if got := read("state.yaml"); !strings.Contains(got, "name: again\n") {
		t.Errorf("state %s", got)
	}
	terminal{t: t}.ok("fixture", "check", filepath.Join(folder, "state.yaml"))
	if info, err := os.Stat(filepath.Join(folder, "state.yaml")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others can read the state: %v %v", info.Mode(), err)
	}
	if files, err := os.ReadDir(folder); err != nil || len(files) != 4 {
		t.Errorf("%d files: %v", len(files), err)
	}
	if code, _, bad := execs(t, []string{"--report", folder}, self("exit", "3")...); code != 3 || bad != "" || read("journal.ndjson") != "" {
		t.Errorf("exit %d: %s", code, bad)
	}
	if got := read("verdicts.json"); !strings.Contains(got, `"verdicts": []`) {
		t.Errorf("without a scenario: %s", got)
	}
}

// process runs the program in a process of its own.
func process(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	p := exec.CommandContext(t.Context(), os.Args[0], append([]string{"understudy"}, args...)...)
	p.Stderr = os.Stderr
	return p
}

func TestExecStandardInput(t *testing.T) {
	p := process(t, append([]string{"exec"}, self("copy")...)...) // no -- is needed where the command has no flags of exec's
	p.Stdin = strings.NewReader("by standard input")
	if out, err := p.Output(); err != nil || string(out) != "by standard input" {
		t.Errorf("%s %v", out, err)
	}
}

// outside is a session without a terminal, as on a build server.
func outside(t *testing.T, p *exec.Cmd) *bufio.Reader {
	t.Helper()
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	inSession(p)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	stuck := time.AfterFunc(20*time.Second, func() { _ = p.Process.Kill() })
	t.Cleanup(func() { stuck.Stop() })
	return bufio.NewReader(out)
}
