package scenarios_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/scenarios"
)

func TestLibrary(t *testing.T) {
	all := scenarios.Library()
	if len(all) == 0 || len(all) != len(scenarios.ShippedNames()) {
		t.Fatal(len(all), scenarios.ShippedNames())
	}
	for i, name := range scenarios.ShippedNames() {
		s := all[i]
		if s.Name != name || s.About == "" || len(s.Expect) == 0 {
			t.Errorf("%s: it is called %q, says %q and expects %d things", name, s.Name, s.About, len(s.Expect))
		}
		src, err := scenarios.ShippedText(name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(src), "# yaml-language-server: $schema=../scenario.schema.json\n") {
			t.Errorf("%s: editors don't find its schema", name)
		}
		if got, err := scenarios.Reformat(name, src); err != nil || string(got) != string(src) {
			t.Errorf("%s is not in its canonical form: %v\n%s", name, err, got)
		}
	}
}

func TestSources(t *testing.T) {
	path := filepath.Join(t.TempDir(), "storm.yaml")
	if err := os.WriteFile(path, []byte(rule("{on: a, fail: x}")), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, source := range []scenarios.Source{scenarios.File(path), scenarios.YAML(rule("{on: a, fail: x}")), scenarios.On("a").Fail("x"), scenarios.New("a").Rule(scenarios.On("a").Fail("x"))} {
		if s, err := source.Scenario(); err != nil || len(s.Rules) != 1 || s.Rules[0].Fail != "x" {
			t.Errorf("%+v, %v", s, err)
		}
	}
	var none *scenarios.Scenario
	for want, source := range map[string]scenarios.Source{
		"no such file": scenarios.File(path + "s"), `no scenario "rate-limit-brust" is shipped; did you mean "rate-limit-burst"?`: scenarios.Shipped("rate-limit-brust"),
		`no scenario "../library/rate-limit-burst" is shipped`: scenarios.Shipped("../library/rate-limit-burst"), "no scenario": none,
		"no effect": scenarios.On("a"), "is not JSON": scenarios.On("a").When("path.id", func() {}).Fail("x"), "scenario:1:1: a scenario begins": scenarios.YAML(""),
	} {
		if s, err := source.Scenario(); err == nil || s != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %s: %+v, %v", want, s, err)
		}
	}
	if err := os.WriteFile(path, make([]byte, scenarios.MaxSize+1000), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := scenarios.File(path).Scenario(); err == nil || !strings.Contains(err.Error(), "a scenario has at most 262144") {
		t.Error(err)
	}
}

// TestBuildersAreCopied: what is made of a builder leaves the builder as it was.
func TestBuildersAreCopied(t *testing.T) {
	base := scenarios.On("a").On("b").When("path.id", 1)
	one, two := base.On("c").When("path.a", 1).Calls(1, 1), base.On("d").When("path.b", 2).Calls(2, 2)
	r1, _ := one.Rule()
	r2, _ := two.Rule()
	r, _ := base.Rule()
	if len(r.On) != 2 || r1.On[2] != "c" || r2.On[2] != "d" || r1.When[1].Part != "path.a" || r2.When[1].Part != "path.b" || r.Calls != (scenarios.Calls{}) {
		t.Errorf("%+v\n%+v\n%+v", r, r1, r2)
	}
	storm := scenarios.New("storm").Rule(base.Fail("x")).Expect(scenarios.Waited("limits"))
	a, err := storm.Rule(base.Fail("y").Calls(1, 1)).Expect(scenarios.AtMost(1, "a")).Scenario()
	b, err2 := storm.Rule(base.Fail("z").Calls(1, 1)).Expect(scenarios.AtMost(2, "a")).Scenario()
	if err != nil || err2 != nil || a.Rules[1].Fail != "y" || b.Rules[1].Fail != "z" || *a.Expect[1].Calls.AtMost != 1 || *b.Expect[1].Calls.AtMost != 2 {
		t.Errorf("%v %v\n%+v\n%+v", err, err2, a, b)
	}
}
