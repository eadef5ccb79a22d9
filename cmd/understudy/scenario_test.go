package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/scenarios"
)

const storm = `# by hand
understudy: 1
scenario: storm
rules:
  - {name: throttle,  on: auth0.organizations.create,  calls: 1..2,  fail: throttled,  retry_after: 60s} # two
expect:
  - waited: throttle
`

func TestScenarios(t *testing.T) {
	s := terminal{t: t}
	folder := t.TempDir()
	good, broken := filepath.Join(folder, "storm.yaml"), filepath.Join(folder, "broken.yaml")
	writeFile(t, good, storm)
	if got := s.ok("scenario", "check", good, "rate-limit-burst"); !strings.Contains(got, good+": good, 1 rule, 1 expectation\n") || !strings.Contains(got, "rate-limit-burst: good, ") {
		t.Errorf("check: %s", got)
	}
	if got := s.ok("scenario", "explain", good); !strings.HasPrefix(got, "storm\n\n1. throttle: calls 1 to 2 of auth0.organizations.create, ") || !strings.Contains(got, "waited: throttle: it comes back no sooner than it was told") {
		t.Errorf("explain: %s", got)
	}
	for _, name := range scenarios.ShippedNames() {
		if got := s.ok("scenario", "list"); !strings.Contains(got, "\n"+name+" ") && !strings.HasPrefix(got, name+" ") {
			t.Errorf("list lacks %s: %s", name, got)
		}
		path := filepath.Join(folder, name+".yaml")
		writeFile(t, path, s.ok("scenario", "show", name))
		s.ok("scenario", "check", path)
	}
	if s.ok("scenario", "schema") != string(scenarios.Schema()) {
		t.Error("schema")
	}

	writeFile(t, broken, strings.ReplaceAll(storm, "organizations", "organisations"))
	var out, bad bytes.Buffer
	code := run(t.Context(), []string{"scenario", "check", broken, good}, &out, &bad, s.lookup)
	want := broken + `:5:27: no operation "auth0.organisations.create"; did you mean "auth0.organizations.create"?
    - {name: throttle,  on: auth0.organisations.create,  calls: 1..2,  fail: throttled,  retry_aft
                            ^
understudy: 1 problem, shown above
`
	if code != 1 || bad.String() != want || !strings.Contains(out.String(), good+": good") {
		t.Errorf("exit %d\n%s%s", code, out.String(), bad.String())
	}
	s.fails([]string{"nowhere.yaml"}, "scenario", "check", "nowhere.yaml")
	s.fails([]string{`did you mean "lost-answer-on-create"?`}, "scenario", "check", "lost-answer-on-crate")
	s.fails([]string{`no scenario "storm"`}, "scenario", "show", "storm")
	s.fails([]string{"nowhere"}, "scenario", "check", "--fixtures", "nowhere", good)
	bad.Reset()
	if code := run(t.Context(), []string{"scenario", "explain", "--vendor", "okta", "rate-limit-burst"}, &out, &bad, s.lookup); code != 1 || !strings.Contains(bad.String(), `no operation "okta.*"; it begins with a vendor: auth0`) {
		t.Errorf("exit %d: %s", code, bad.String())
	}
}

// TestEffectsOnTheTables: what the reference shows for each effect is a rule that the tables know.
func TestEffectsOnTheTables(t *testing.T) {
	s, path := terminal{t: t}, filepath.Join(t.TempDir(), "effect.yaml")
	for _, e := range scenarios.Effects() {
		writeFile(t, path, "understudy: 1\nrules:\n  - "+e.Example+"\n")
		s.ok("scenario", "check", path)
	}
}

func TestScenarioFixturesOfAFolder(t *testing.T) {
	s, folder := terminal{t: t}, t.TempDir()
	path := filepath.Join(folder, "mine.txt")
	writeFile(t, path, "understudy: 1\nfixture: mine\n")
	writeFile(t, filepath.Join(folder, "mine.yaml"), "understudy: 1\n")
	s.ok("scenario", "check", "--fixtures", folder, path)
	var out, bad bytes.Buffer
	if code := run(t.Context(), []string{"scenario", "check", path}, &out, &bad, s.lookup); code != 1 || !strings.Contains(bad.String(), `no fixture "mine"`) {
		t.Errorf("exit %d: %s", code, bad.String())
	}
}

func TestScenarioFmt(t *testing.T) {
	s, folder := terminal{t: t}, t.TempDir()
	path, link := filepath.Join(folder, "storm.yaml"), filepath.Join(folder, "link.yaml")
	writeFile(t, path, storm)
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("storm.yaml", link); err != nil {
		t.Fatal(err)
	}
	canonical := s.ok("scenario", "fmt", path)
	if !strings.HasPrefix(canonical, "# by hand\nunderstudy: 1\n") || !strings.Contains(canonical, "calls: 1..2, fail: throttled, retry_after: 1m} # two\n") {
		t.Errorf("fmt: %s", canonical)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != storm {
		t.Errorf("fmt alone wrote the file: %v\n%s", err, got)
	}
	if got := s.ok("scenario", "fmt", "-w", link); got != "" {
		t.Errorf("fmt -w prints %s", got)
	}
	info, err := os.Lstat(path)
	linked, err2 := os.Lstat(link)
	if err != nil || err2 != nil || info.Mode() != 0o640 || linked.Mode()&os.ModeSymlink == 0 {
		t.Errorf("%v %v: %v %v", info, linked, err, err2)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != canonical {
		t.Errorf("%v\n%s", err, got)
	}
	broken := filepath.Join(folder, "broken.yaml")
	writeFile(t, broken, "understudy: 1\nrulez: 1\n")
	var out, bad bytes.Buffer
	if code := run(t.Context(), []string{"scenario", "fmt", "-w", broken}, &out, &bad, s.lookup); code != 1 || !strings.Contains(bad.String(), `did you mean "rules"?`) {
		t.Errorf("exit %d: %s", code, bad.String())
	}
	if got, err := os.ReadFile(broken); err != nil || string(got) != "understudy: 1\nrulez: 1\n" {
		t.Errorf("a broken file was written: %v\n%s", err, got)
	}
}
