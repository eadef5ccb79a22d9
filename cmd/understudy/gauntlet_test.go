package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/scenarios/gauntlet"
	"github.com/understudy-dev/understudy/scenarios/gauntlet/junit"
)

// provision is a client that wants an organization. It returns its exit code.
func provision(where string) int {
	makes := func(name string) int {
		r, _ := http.NewRequest("POST", os.Getenv("UNDERSTUDY_URL")+"/api/v2/organizations", strings.NewReader(`{"name":"`+name+`"}`))
		r.Header.Set("Authorization", "Bearer "+os.Getenv("AUTH0_API_TOKEN"))
		r.Header.Set("Content-Type", "application/json")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return 0
		}
		defer answer.Body.Close()
		_, _ = io.Copy(io.Discard, answer.Body) // that the connection is used again
		return answer.StatusCode
	}
	name := "globex"
	if where == "varies" {
		name = fmt.Sprint("globex-", os.Getpid())
	}
	status := makes(name)
	fmt.Printf("%s: %d\n", os.Getenv("UNDERSTUDY_TRIAL"), status)
	if status == http.StatusCreated || status == http.StatusConflict {
		return 0
	}
	switch where {
	case "insist":
		makes(name)
	case "give up":
		fmt.Fprintf(os.Stderr, "\x1b[31mit is %d\x1b[0m\n╵\n", status)
		return 3
	case "be killed":
		self, _ := os.FindProcess(os.Getpid())
		_ = self.Kill()
		select {}
	case "panic":
		panic("no organization")
	case "wait":
		return child("stay", nil)
	case "hammer":
		for range 2 {
			go func() {
				for {
					makes("a b") // which is refused
				}
			}()
		}
		return child("stay", nil)
	case "disarm":
		makes(name)
		return child("disarm", nil)
	}
	return 0
}

// busy is a scenario without waits.
const busy = `understudy: 1
scenario: busy
about: The first create is turned away.
rules:
  - {name: away, intent: creates, calls: 1, fail: unavailable}
expect:
  - calls: {intent: creates, at_most: 2}
`

// calm is one that changes nothing.
const calm = "understudy: 1\nscenario: calm\nrules:\n  - {name: late, intent: creates, calls: 9, fail: unavailable}\n"

// gauntletRun is what a gauntlet said, in process.
type gauntletRun struct {
	code     int
	out, bad string
}

// gauntlets runs one with the scenarios of a folder.
func gauntlets(t *testing.T, flags []string, command ...string) (g gauntletRun) {
	t.Helper()
	folder := t.TempDir()
	writeFile(t, filepath.Join(folder, "busy.yaml"), busy)
	writeFile(t, filepath.Join(folder, "calm.yaml"), calm)
	writeFile(t, filepath.Join(folder, "README"), "no scenario")
	args := append([]string{"gauntlet", "--scenarios", folder}, flags...)
	if command != nil {
		args = append(append(args, "--"), command...)
	}
	var out, bad bytes.Buffer
	g.code = run(t.Context(), args, &out, &bad, terminal{t: t}.lookup)
	g.out, g.bad = out.String(), bad.String()
	return g
}

// says fails the test unless the gauntlet ended with a code, and said all of this somewhere.
func (g gauntletRun) says(t *testing.T, code int, words ...string) {
	t.Helper()
	if g.code != code {
		t.Errorf("exit %d, want %d:\n%s%s", g.code, code, g.out, g.bad)
	}
	for _, word := range words {
		if !strings.Contains(g.out+g.bad, word) {
			t.Errorf("it lacks %q:\n%s%s", word, g.out, g.bad)
		}
	}
}

func TestGauntlet(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		client string
		flags  []string
		code   int
		says   []string
	}{
		{"insist", nil, 0, []string{"PASS  busy@auth0  converged  1 pass    2 ", "1 of 1 trials: 1 passed, 0 failed, 0 unproven. Seed 1.\n", "s] busy@auth0 begins\n", "s] busy@auth0 pass: it ended well"}},
		{"give up", nil, 0, []string{"PASS  busy@auth0  failed cleanly"}},
		{"take it for done", nil, 1, []string{
			"FAIL  busy@auth0 — it ended well, and yet auth0.organizations \"globex\" is missing\n  scenario: The first create is turned away.\n",
			"auth0.organizations.create  503 service_unavailable                away\n", "  the client's last output:\n    busy@auth0: 503\n",
			"again: understudy gauntlet --only busy@auth0 --seed 7 --scenarios ", " -- " + quoted(os.Args[0]) + " child provision 'take it for done'\n",
			"understudy: 1 of 1 trial failed\n"}},
		{"be killed", nil, 1, []string{"it crashed: signal: killed"}},
		{"panic", nil, 1, []string{"it crashed: panic: no organization", "    goroutine 1 [running]:"}},
		{"wait", []string{"--timeout", "4s"}, 1, []string{"it did not end: it was still at work after 4s", " --timeout 4s -- "}},
		{"hammer", nil, 1, []string{"it did not end: it made more than 500 calls"}},
		{"disarm", nil, 2, []string{"busy@auth0: the client has ended the scenario, by the control API"}},
	} {
		t.Run(c.client, func(t *testing.T) {
			t.Parallel()
			if c.client == "be killed" {
				needsLinux(t) // elsewhere a killed process may have a code
			}
			flags := append([]string{"--only", "busy"}, c.flags...)
			if c.code == 1 && c.client == "take it for done" {
				flags = append(flags, "--seed", "7")
			}
			gauntlets(t, flags, self("provision", c.client)...).says(t, c.code, c.says...)
		})
	}
}

// TestGauntletOfShippedScenarios runs a client that goes by its environment alone, over TLS.
func TestGauntletOfShippedScenarios(t *testing.T) {
	t.Parallel()
	needsLinux(t)
	g := gauntlets(t, []string{"--only", "lost-answer-on-*", "--only", "flapping-503@auth0", "--auth", "strict", "--verbose"}, self("create", "globex")...)
	g.says(t, 1, "FAIL  flapping-503@auth0 ", "lost-answer-on-create@auth0 ", "lost; reset", "without-faults: the client said, and ended with exit status 0\n  201\n", "flapping-503@auth0: the client said, and ended with exit status 0\n  503\n")
}

func TestGauntletRefuses(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(folder, name)
		writeFile(t, path, text)
		return path
	}
	if err := os.Mkdir(filepath.Join(folder, "empty"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		flags []string
		says  string
	}{
		{[]string{"--only", "bussy"}, `--only bussy: there is no such scenario or trial; did you mean "busy"?`},
		{[]string{"--only", "busy@auth1"}, `did you mean "busy@auth0"?`},
		{[]string{"--only", "busy@["}, "--only busy@[: syntax error in pattern"},
		{[]string{"--vendor", "okta"}, "--vendor okta: there are auth0, atlas, devrev, qovery"},
		{[]string{"--timeout", "0"}, "a run needs time"},
		{[]string{"--parallel", "0"}, "at least one"},
		{[]string{"--limit", "on"}, "unknown flag: --limit"},
		{[]string{"--limits", "auth0=huge"}, "limits"},
		{[]string{"--fixture", "acmee"}, "--fixture"},
		{[]string{"--known-failures", filepath.Join(folder, "none")}, "no such file"},
		{[]string{"--scenarios", filepath.Join(folder, "none")}, "no such file"},
		{[]string{"--scenarios", filepath.Join(folder, "empty")}, "has no .yaml, .yml or .json file"},
		{[]string{"--scenarios", file("nameless.yaml", "understudy: 1\nrules:\n  - {intent: creates, fail: throttled}\n")}, "needs a name"},
		{[]string{"--scenarios", file("twice.yaml", busy)}, `there is another scenario "busy"`},
		{[]string{"--scenarios", file("wrong.yaml", "understudy: 1\nscenario: wrong\nrules:\n  - {on: okta.*, fail: throttled}\n")}, "^"},
		{[]string{"--report", filepath.Join(file("file", ""), "in")}, "not a directory"},
	} {
		g := gauntlets(t, c.flags, self("exit", "0")...)
		g.says(t, 2, c.says)
		if g.out != "" || strings.Contains(g.bad, "s] ") {
			t.Errorf("%q: it began: %s%s", c.flags, g.out, g.bad)
		}
	}
	gauntlets(t, nil).says(t, 2, "requires at least 1 arg")
	var out, bad bytes.Buffer
	env := terminal{t: t, env: map[string]string{"UNDERSTUDY_PARALLEL": "many"}}
	if code := run(t.Context(), append([]string{"gauntlet", "--"}, self("exit", "0")...), &out, &bad, env.lookup); code != 2 || !strings.Contains(bad.String(), `UNDERSTUDY_PARALLEL="many"`) {
		t.Errorf("exit %d: %s", code, bad.String())
	}
	gauntlets(t, nil, "nowhere-to-be-found").says(t, 127, `"nowhere-to-be-found"`)
	gauntlets(t, nil, filepath.Join(folder, "none")).says(t, 127, "no such file")
	gauntlets(t, nil, file("plain", "no program")).says(t, 126, "permission denied")
}

// TestGauntletOfWhatCannotBeJudged: there is nothing by which faults could be measured, or nothing to run.
func TestGauntletOfWhatCannotBeJudged(t *testing.T) {
	t.Parallel()
	fixture := filepath.Join(t.TempDir(), "other.yaml")
	writeFile(t, fixture, "understudy: 1\nfixture: other\n")
	for name, c := range map[string]struct {
		flags, command []string
		code           int
		says           []string
	}{
		"it fails": {nil, []string{"sh", "-c", "echo so far; echo no config >&2; exit 4"}, 3,
			[]string{"the client's last output:\n  ", "  so far\n", "  no config\n", "understudy: without any fault, the client ends with: exit status 4: no config\n"}},
		"it is a wrapper's":      {nil, []string{"sh", "-c", "echo no config >&2; echo exit status 3 >&2; exit 1"}, 3, []string{"ends with: exit status 1: no config\n"}},
		"it calls nothing":       {nil, self("exit", "0"), 3, []string{"the client calls nothing"}},
		"it does something else": {nil, self("provision", "varies"), 3, []string{"two runs without any fault end differently", "is missing"}},
		"it does not end":        {[]string{"--timeout", "200ms"}, self("stay"), 3, []string{"without any fault, the client ends with: it was still at work after 200ms"}},
		"no trial is wanted":     {[]string{"--only", "busy@qovery"}, self("provision", "insist"), 2, []string{"there is no trial: none of the scenarios that are wanted is about what the client calls, which is auth0.organizations.create\n"}},
		"no such known failure":  {[]string{"--known-failures", "busi@auth0"}, self("provision", "insist"), 2, []string{`there is no trial busi@auth0 to fail; did you mean "busy@auth0"?`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := gauntlets(t, c.flags, c.command...)
			g.says(t, c.code, c.says...)
			if g.out != "" {
				t.Errorf("it reports %s", g.out)
			}
		})
	}
}

func TestGauntletKnownFailures(t *testing.T) {
	t.Parallel()
	list := filepath.Join(t.TempDir(), "known.txt")
	writeFile(t, list, "# for now\n\nbusy@auth0 # until it asks again\n")
	for name, c := range map[string]struct {
		client string
		flags  []string
		code   int
		says   []string
	}{
		"it fails, as known":     {"take it for done", []string{"--only", "busy"}, 0, []string{"KNOWN  busy@auth0  differs", "0 passed, 1 failed (1 as known), 0 unproven"}},
		"it is mended":           {"insist", []string{"--only", "busy"}, 1, []string{"FAIL  busy@auth0 — it is known to fail, and is pass now: take it off the known failures\n", "FAIL  busy@auth0  converged"}},
		"it is not wanted":       {"take it for done", []string{"--only", "calm"}, 0, []string{"UNPROVEN  calm@auth0"}},
		"another trial is known": {"take it for done", []string{"--only", "busy,calm", "--known-failures", "calm@auth0"}, 1, []string{"KNOWN  busy@auth0", "FAIL   calm@auth0", "calm@auth0 — it is known to fail, and is unproven now"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := gauntlets(t, append([]string{"--known-failures", list}, c.flags...), self("provision", c.client)...)
			g.says(t, c.code, c.says...)
			if c.code == 0 && strings.Contains(g.out, "again:") {
				t.Errorf("what is known is told at length: %s", g.out)
			}
		})
	}
}

func TestGauntletReport(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "report")
	stale := filepath.Join(folder, "journal", "other@auth0.ndjson")
	if err := os.MkdirAll(filepath.Dir(stale), 0o755); err != nil {
		t.Fatal(err)
	}
	writeFile(t, stale, "{}\n")
	gauntlets(t, []string{"--only", "busy,calm", "--parallel", "1", "--report", folder}, self("provision", "take it for done")...).says(t, 1)

	text, err := os.ReadFile(filepath.Join(folder, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	var report gauntlet.Report
	if err := json.Unmarshal(text, &report); err != nil || report.Trials != 2 || len(report.Results) != 2 || report.Calls != 1 || report.Interrupted {
		t.Fatalf("%s %v", text, err)
	}
	if r := report.Results[0]; r.Trial != "busy@auth0" || r.Outcome != scenarios.Fail || r.End != gauntlet.Differs || r.Real <= 0 || r.Output != "busy@auth0: 503" || !strings.HasPrefix(r.Again, "understudy gauntlet ") || len(r.Timeline) != 1 {
		t.Errorf("%+v", r)
	}
	if r := report.Results[1]; r.Trial != "calm@auth0" || r.Outcome != scenarios.Unproven || r.Output != "" {
		t.Errorf("%+v", r)
	}

	if text, err = os.ReadFile(filepath.Join(folder, "report.xml")); err != nil {
		t.Fatal(err)
	}
	var results junit.Suites
	if err := xml.Unmarshal(text, &results); err != nil || len(results.Suites) != 2 {
		t.Fatalf("%s %v", text, err)
	}
	if s := results.Suites[0]; s.Name != "understudy.busy" || s.Tests != 1 || s.Failures != 1 || s.Cases[0].Name != "auth0" || s.Cases[0].Failure == nil || !strings.Contains(s.Cases[0].Failure.Text, "503 service_unavailable") {
		t.Errorf("%+v", s)
	}
	if s := results.Suites[1]; s.Name != "understudy.calm" || s.Skipped != 1 || s.Failures != 0 || s.Cases[0].Skipped == nil {
		t.Errorf("%+v", s)
	}

	var journal emulator.Entry
	if text, err = os.ReadFile(filepath.Join(folder, "journal", "busy@auth0.ndjson")); err != nil || json.Unmarshal(text, &journal) != nil || journal.Rule != "away" {
		t.Errorf("%s %v", text, err)
	}
	if left, err := os.ReadDir(filepath.Join(folder, "journal")); err != nil || len(left) != 1 {
		t.Errorf("%v %v", left, err)
	}
}

func TestQuoted(t *testing.T) {
	for word, want := range map[string]string{"a-b_c@d/e.f=1": "a-b_c@d/e.f=1", "": "''", "two words": "'two words'", "it's": `'it'\''s'`, "*": "'*'", "$HOME": "'$HOME'"} {
		if got := quoted(word); got != want {
			t.Errorf("%q is quoted as %s", word, got)
		}
	}
}

// TestTail: it keeps the end of much, and nothing that would change a terminal.
func TestTail(t *testing.T) {
	var kept tail
	for range 100 {
		if n, err := kept.Write(slices.Repeat([]byte("0123456789abcde\n"), 1000)); n != 16000 || err != nil {
			t.Fatal(n, err)
		}
	}
	if got := kept.last(-1); len(got) != maxTail-1 || len(kept.text) > 2*maxTail {
		t.Errorf("it has %d bytes, and shows %d", len(kept.text), len(got))
	}
	_, _ = kept.Write([]byte("\x1b[1;31mred\x1b[0m\r\n\x1b]0;title\atab\tbell\a \xff\n"))
	if got := kept.last(2); got != "red\ntab\tbell �" {
		t.Errorf("%q", got)
	}
	if got := new(tail).last(5); got != "" {
		t.Errorf("nothing is %q", got)
	}
	var several sync.WaitGroup
	for range 4 {
		several.Go(func() { _, _ = kept.Write([]byte("x\n")); kept.last(1) })
	}
	several.Wait()
}

// TestProgressElsewhere: without a terminal each event has its line.
func TestProgressElsewhere(t *testing.T) {
	var said bytes.Buffer
	p := newProgress(&said)
	p.start()
	p.begins("a@auth0")
	p.show("something\n")
	p.ends("a@auth0", "pass", false)
	p.stop()
	if got := said.String(); got != "[   0.0s] a@auth0 begins\nsomething\n[   0.0s] a@auth0 pass\n" || time.Since(p.began) > time.Minute {
		t.Errorf("%q", got)
	}
}
