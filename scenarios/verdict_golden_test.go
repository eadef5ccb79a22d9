package scenarios_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/scenarios"
)

// recorded is a file of testdata/traces: what was seen, and what is expected of the client that was seen.
type recorded struct {
	About  string
	Expect expected
	scenarios.Trace
}

// expected is an expectation in the words of a scenario's file.
type expected struct {
	Waited    string `json:"waited"`
	BackedOff string `json:"backed_off"`
	Calls     *struct {
		On      []string         `json:"on"`
		Intent  scenarios.Intent `json:"intent"`
		AtLeast *int             `json:"at_least"`
		AtMost  *int             `json:"at_most"`
		Exactly *int             `json:"exactly"`
	} `json:"calls"`
	Order         []string          `json:"order"`
	NoBlindRepeat *scenarios.Scope  `json:"no_blind_repeat"`
	Reconciled    string            `json:"reconciled"`
	GaveUp        *scenarios.GaveUp `json:"gave_up"`
	PagedToTheEnd *scenarios.Scope  `json:"paged_to_the_end"`
	RenewedToken  string            `json:"renewed_token"`

	State     map[string]scenarios.StateCheck `json:"state"`
	Converged bool                            `json:"converged"`
}

func (e expected) expectation() scenarios.Expectation {
	return scenarios.Expectation{
		Waited: e.Waited, BackedOff: e.BackedOff, Calls: (*scenarios.CallCount)(e.Calls), Order: e.Order, NoBlindRepeat: e.NoBlindRepeat,
		Reconciled: e.Reconciled, GaveUp: e.GaveUp, PagedToTheEnd: e.PagedToTheEnd, RenewedToken: e.RenewedToken, State: e.State, Converged: e.Converged,
	}
}

func read(t *testing.T, path string) recorded {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var r recorded
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	for i := range r.Calls {
		if c := &r.Calls[i]; c.Answered.IsZero() {
			c.Answered = c.Time
		}
	}
	return r
}

// TestVerdictsOfTraces judges each testdata/traces/FORMULA.OUTCOME[.WHAT].json; its verdict stands beside it as .golden.
func TestVerdictsOfTraces(t *testing.T) {
	paths, err := filepath.Glob("testdata/traces/*.json")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		t.Run(name, func(t *testing.T) {
			r := read(t, path)
			s := scenarios.Scenario{Expect: []scenarios.Expectation{r.Expect.expectation()}}
			v := s.Verdicts(r.Trace)[0]
			parts := strings.SplitN(name, ".", 3)
			if v.Undecided() != (name == "converged.unproven") {
				t.Errorf("undecided: %v", v.Undecided())
			}
			if v.Outcome != scenarios.Outcome(parts[1]) || !strings.HasPrefix(v.Expectation, parts[0]+":") {
				t.Errorf("the file's name says otherwise: %s", v)
			}
			golden(t, strings.TrimSuffix(path, ".json")+".golden", r.About+"\n\n"+v.String())
			seen[parts[0]+"."+parts[1]] = true
		})
	}
	for _, formula := range reflect.VisibleFields(reflect.TypeFor[scenarios.Expectation]()) {
		for _, outcome := range []scenarios.Outcome{scenarios.Pass, scenarios.Fail, scenarios.Unproven} {
			if name := formula.Tag.Get("key") + "." + string(outcome); !seen[name] {
				t.Errorf("no trace %s.json", name)
			}
		}
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil || string(want) != got {
		t.Errorf("%s (%v)\ngot:\n%s\nwant:\n%s", path, err, got, want)
	}
}

// TestGoldenVerdictsHaveTheirTrace: a verdict whose trace is gone would never be looked at again.
func TestGoldenVerdictsHaveTheirTrace(t *testing.T) {
	paths, err := filepath.Glob("testdata/traces/*.golden")
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		if _, err := os.Stat(strings.TrimSuffix(path, ".golden") + ".json"); err != nil {
			t.Error(err)
		}
	}
}

var nine = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
