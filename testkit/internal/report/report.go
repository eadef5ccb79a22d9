// Package report says how a test on a world went. It is what testkit and testkit/container, a module of its own, share.
package report

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/scenarios"
)

// Bounds of what a world says at its end, in lines.
const (
	maxLines = 25
	maxAlike = 3 // of one kind, and one more that counts the rest
)

// World is what is known of a world when its test ends.
type World struct {
	Kit         string // in whose name it speaks
	Name        string
	Entries     []emulator.Entry
	Scenario    *emulator.Report // whose rules had to fire; nil: none
	PlayedAfter uint64           // the journal's last entry before the scenario was armed
}

// End closes the world's books. What the client left open, what no table declares and rules that never fired fail the
// test. A failed test shows how it went, and whoever left goroutines behind is told where, before synctest panics.
func (w World) End(tb testing.TB, forgotten, leaked []string) {
	tb.Helper()
	failures := append(atMost(maxAlike, forgotten), atMost(maxAlike, undeclared(w.Entries))...)
	missed := w.missedRules()
	if missed != nil {
		failures = append(failures, "rules of the scenario never fired: make the client call what they are about, or mark them optional")
	}
	for _, f := range failures {
		tb.Errorf("%s: %s", w.Kit, f)
	}
	if leaked == nil && (!tb.Failed() || len(w.Entries) == 0 && missed == nil) {
		return
	}
	notes := append(atMost(maxAlike, missed), atMost(maxAlike, leaked)...)
	notes = append(notes, w.keep(tb)...)
	notes = append(notes, "again: "+Again(tb.Name()))
	tb.Log(strings.Join(append(w.exchanges(maxLines-1-len(failures)-len(notes)), notes...), "\n  "))
}

// Saw fails the test unless these calls of an operation were answered with exactly these statuses, in this order.
func Saw(tb testing.TB, operation string, calls []emulator.Entry, statuses []int) {
	tb.Helper()
	var got []int
	for _, e := range calls {
		got = append(got, e.Status)
	}
	if !slices.Equal(got, statuses) {
		tb.Errorf("%s answered %v, want %v", operation, got, statuses)
	}
}

// Passed fails the test unless every verdict is a pass, but for what only a gauntlet can answer. It shows the timelines of
// those that are not.
func Passed(tb testing.TB, verdicts []scenarios.Verdict) {
	tb.Helper()
	for _, v := range verdicts {
		if v.Outcome != scenarios.Pass && !v.Undecided() {
			tb.Errorf("%s", v)
		}
	}
}

// atMost keeps the first n lines, and tells how many more there are.
func atMost(n int, lines []string) []string {
	if len(lines) <= n {
		return lines
	}
	return append(lines[:n:n], fmt.Sprintf("… and %d more of this kind", len(lines)-n))
}

// undeclared are the answers that no table has, those about paths that are not emulated among them.
func undeclared(entries []emulator.Entry) (lines []string) {
	for _, e := range entries {
		if !e.Undeclared {
			continue
		}
		why := ""
		if e.Operation == "" { // which the answer need not say: some vendors' own is known
			why = ", for it is not emulated"
		}
		lines = append(lines, fmt.Sprintf("%s %s was answered %d %s%s: %s", e.Method, e.Path, e.Status, e.Code, why, firstLine(e.Body)))
	}
	return lines
}

func firstLine(s string) string {
	first, _, _ := strings.Cut(s, "\n")
	return first
}

// exchanges are a heading and the last n exchanges.
func (w World) exchanges(n int) []string {
	entries := w.Entries
	first := max(0, len(entries)-n)
	lines := []string{fmt.Sprintf("world %s, the last %d of %d exchanges:", w.Name, len(entries)-first, len(entries))}
	for i := first; i < len(entries); i++ {
		lines = append(lines, exchange(entries[i])+comeback(entries[i:]))
	}
	return lines
}

func exchange(e emulator.Entry) string {
	what, answer := e.Operation, fmt.Sprint(e.Status)
	switch {
	case e.Method == "":
		what, answer = strings.Join(e.Changed, ", "), ""
	case what == "":
		what = e.Method + " " + e.Path
	}
	if e.Method != "" && e.Status == 0 {
		answer = "no answer"
	}
	text := strings.TrimRight(fmt.Sprintf("%s %-45s %s %s", e.Time.Format("15:04:05.000"), what, answer, e.Code), " ")
	if e.Rule != "" {
		text += " by rule " + e.Rule
	}
	if e.Fault != "" {
		text += ", " + e.Fault
	}
	return text
}

// comeback tells of the first exchange how long its client was told to wait, and how long it was until the same request
// came again.
func comeback(entries []emulator.Entry) string {
	e := entries[0]
	if e.Wait == 0 {
		return ""
	}
	told := fmt.Sprintf(", told to wait %v", e.Wait)
	for _, later := range entries[1:] {
		if later.Method == e.Method && later.Path == e.Path && later.RequestBody == e.RequestBody {
			return fmt.Sprintf("%s, came again after %v", told, later.Time.Sub(e.Time).Round(time.Millisecond))
		}
	}
	return told + ", never came again"
}

// keep writes the whole journal, one exchange a line as JSON, among the test's artifacts, where the Go version has them
// and -artifacts asks for them.
func (w World) keep(tb testing.TB) []string {
	shelf, has := tb.(interface{ ArtifactDir() string })
	if !has || !keepsArtifacts() {
		return nil
	}
	file, err := os.CreateTemp(shelf.ArtifactDir(), "journal-"+w.Name+"-*.ndjson")
	if err != nil {
		return []string{"the journal can't be kept: " + err.Error()}
	}
	defer file.Close()
	encoder := json.NewEncoder(file)
	encoder.SetEscapeHTML(false)
	for _, e := range w.Entries {
		if err := encoder.Encode(e); err != nil {
			return []string{"the journal can't be kept: " + err.Error()}
		}
	}
	return []string{"the whole journal: " + file.Name()}
}

func keepsArtifacts() bool {
	f := flag.Lookup("test.artifacts")
	return f != nil && f.Value.String() == "true"
}

// Again is the command that runs the test once more, and keeps its journal where the Go version can.
func Again(test string) string {
	parts := strings.Split(test, "/")
	for i := range parts {
		parts[i] = "^" + regexp.QuoteMeta(parts[i]) + "$"
	}
	run := "-run '" + strings.ReplaceAll(strings.Join(parts, "/"), "'", `'\''`) + "'"
	if strings.HasPrefix(test, "Benchmark") {
		run = "-run '^$' -bench" + strings.TrimPrefix(run, "-run")
	}
	if flag.Lookup("test.artifacts") != nil {
		run += " -artifacts"
	}
	return strings.TrimSpace("go test -count=1 " + run + " " + testedPackage())
}

// testedPackage is the import path of the package whose test this is; "" where the binary does not say.
func testedPackage() string {
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	path, _ := strings.CutSuffix(build.Path, ".test")
	return path
}
