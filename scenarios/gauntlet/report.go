package gauntlet

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/scenarios/gauntlet/junit"
)

// Report is what a gauntlet has found out. Add is safe for concurrent use; the rest is when all are added.
type Report struct {
	Seed      uint64        `json:"seed"`
	Calls     int           `json:"calls"` // without faults
	Took      time.Duration `json:"took"`  // without faults, of the world's time, in nanoseconds
	Trials    int           `json:"trials"`
	Results   []Result      `json:"results"`
	Untouched []string      `json:"untouched,omitempty"` // scenarios about nothing that the client calls

	Interrupted bool `json:"interrupted,omitempty"` // before all trials had ended

	mu     sync.Mutex
	places map[string]int // of the trials
}

// Report begins the report of these trials, of those that were wanted.
func (s *Survey) Report(seed uint64, wanted []*scenarios.Scenario, trials []Trial) *Report {
	r := &Report{Seed: seed, Calls: s.Calls, Took: s.Took, Trials: len(trials), Results: []Result{}, places: map[string]int{}}
	for i, t := range trials {
		r.places[t.Name] = i
	}
	for _, scenario := range wanted {
		if !slices.ContainsFunc(trials, func(t Trial) bool { return t.Scenario.Name == scenario.Name }) {
			r.Untouched = append(r.Untouched, scenario.Name)
		}
	}
	return r
}

// Add puts a result among the others, in the order of the trials.
func (r *Report) Add(result Result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Results = append(r.Results, result)
	slices.SortFunc(r.Results, func(a, b Result) int { return r.places[a.Trial] - r.places[b.Trial] })
}

// Failed are the results that fail a test.
func (r *Report) Failed() (failed []Result) {
	for _, result := range r.Results {
		if result.Failed() {
			failed = append(failed, result)
		}
	}
	return failed
}

// WriteTo writes the report for a terminal: what failed with its timelines, then a line for each trial, and the sum.
func (r *Report) WriteTo(w io.Writer) (int64, error) {
	var b strings.Builder
	for _, failed := range r.Failed() {
		b.WriteString(failed.String() + "\n")
	}
	b.WriteString(r.table())
	b.WriteString(r.Summary() + "\n")
	n, err := io.WriteString(w, b.String())
	return int64(n), err
}

func (r *Report) table() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\ttrial\tend\tverdicts\tcalls\tvirtual\treal")
	for _, result := range r.Results {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%s\t%s\n", result.word(), result.Trial, result.End, result.counts(), result.Calls,
			brief(result.Took), brief(result.Real))
	}
	w.Flush()
	return b.String()
}

// counts says how many verdicts are of which outcome.
func (r *Result) counts() string {
	var parts []string
	for _, outcome := range []scenarios.Outcome{scenarios.Fail, scenarios.Pass, scenarios.Unproven} {
		n := 0
		for _, v := range r.Verdicts {
			if v.Outcome == outcome {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, outcome))
		}
	}
	return strings.Join(parts, ", ")
}

// Summary is one line: how many trials ended how.
func (r *Report) Summary() string {
	counts := map[string]int{}
	for _, result := range r.Results {
		counts[result.word()]++
	}
	text := fmt.Sprintf("%d of %d trials: %d passed, %d failed", len(r.Results), r.Trials, counts["PASS"], counts["FAIL"]+counts["KNOWN"])
	if known := counts["KNOWN"]; known > 0 {
		text += fmt.Sprintf(" (%d as known)", known)
	}
	text += fmt.Sprintf(", %d unproven. Seed %d.", counts["UNPROVEN"], r.Seed)
	if r.Interrupted {
		text = "interrupted: " + text
	}
	if len(r.Untouched) > 0 {
		text += " About nothing that the client calls: " + strings.Join(r.Untouched, ", ") + "."
	}
	return text
}

// Failed tells whether a test fails by the result: the client does not pass, and is not known to; or it is, and does.
func (r *Result) Failed() bool { return (r.Outcome == scenarios.Fail) != r.Known }

// word is PASS, UNPROVEN or FAIL, or KNOWN for what is known to fail, and does.
func (r *Result) word() string {
	switch {
	case r.Failed():
		return "FAIL"
	case r.Known:
		return "KNOWN"
	}
	return strings.ToUpper(string(r.Outcome))
}

// why is one sentence on the word.
func (r *Result) why() string {
	if r.Known && r.Failed() {
		return fmt.Sprintf("it is known to fail, and is %s now: take it off the known failures", r.Outcome)
	}
	return r.Why
}

// String tells what happened in a trial, in the order in which a reader asks: what was done to the client, how it ended,
// what differs, which verdicts are not a pass with the calls that prove it, and the command that repeats it.
func (r *Result) String() string {
	var b strings.Builder
	word := r.word()
	if word == "KNOWN" {
		word = "FAIL"
	}
	fmt.Fprintf(&b, "%s  %s — %s\n", word, r.Trial, r.why())
	line := func(format string, args ...any) { fmt.Fprintf(&b, "  "+format+"\n", args...) }
	if r.About != "" {
		line("scenario: %s", r.About)
	}
	if r.Error != "" {
		line("the client ended with: %s", firstLine(r.Error))
	}
	for _, d := range r.Differences {
		line("%s", d)
	}
	if len(r.Timeline) > 0 {
		b.WriteString(scenarios.Timeline(r.Timeline))
	}
	for _, v := range r.Verdicts {
		if v.Outcome != scenarios.Pass {
			b.WriteString(indented(v.String()))
		}
	}
	for _, rule := range r.Rules {
		if rule.Fired == 0 {
			line("rule %s never struck: %s", rule.Name, unstruck(rule))
		}
	}
	if r.Output != "" {
		line("the client's last output:")
		b.WriteString(indented(indented(strings.TrimRight(r.Output, "\n") + "\n")))
	}
	if r.Again != "" {
		line("again: %s", r.Again)
	}
	return b.String()
}

func unstruck(rule scenarios.RuleReport) string {
	switch {
	case rule.Idle != "":
		return rule.Idle
	case rule.Matched == 0:
		return "no call came that it is about"
	}
	return fmt.Sprintf("calls that it is about: %d, none when it strikes", rule.Matched)
}

func indented(text string) string {
	var b strings.Builder
	for l := range strings.Lines(text) {
		b.WriteString("  " + l)
	}
	return b.String()
}

// brief is a duration with two digits at most after the point.
func brief(d time.Duration) string {
	switch {
	case d >= time.Minute:
		return d.Round(time.Second).String()
	case d >= time.Second:
		return d.Round(10 * time.Millisecond).String()
	}
	return d.Round(10 * time.Microsecond).String()
}

// JUnit is the report for build servers, as an XML file: a scenario is a suite, and a vendor a case. One that is unproven, or
// known to fail, is skipped.
func (r *Report) JUnit() ([]byte, error) {
	var suites []junit.Suite
	for _, result := range r.Results {
		name := "understudy." + result.Scenario
		if len(suites) == 0 || suites[len(suites)-1].Name != name {
			suites = append(suites, junit.Suite{Name: name})
		}
		c := junit.Case{Name: result.Vendor, Time: strconv.FormatFloat(result.Real.Seconds(), 'f', 3, 64)}
		switch is := (&junit.Is{Message: result.why(), Text: result.String()}); {
		case result.Failed():
			c.Failure = is
		case result.Outcome != scenarios.Pass:
			c.Skipped = is
		}
		suites[len(suites)-1].Add(c)
	}
	return junit.Encode(suites...)
}

// JSON is the report for programs, indented.
func (r *Report) JSON() ([]byte, error) {
	text, err := json.MarshalIndent(r, "", "  ")
	return append(text, '\n'), err
}
