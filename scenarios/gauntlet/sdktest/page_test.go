package sdktest

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/scenarios/gauntlet"
)

// write adds the client's part of the page: what it does as it comes, what it does otherwise when configured, and timelines.
func (s subject) write(page *strings.Builder, plain, configured *gauntlet.Report) {
	var names []string
	for _, module := range s.modules {
		names = append(names, module+" "+version(module))
	}
	fmt.Fprintf(page, "\n## %s\n\n`go test ./scenarios/gauntlet/sdktest -run 'Gauntlet/%s$' -v`\n\nAs it comes, by %s. %s\n\n",
		strings.Join(names, " over "), s.name, s.plain.how, plain.Summary())
	table(page, plain.Results)
	fmt.Fprintf(page, "\nConfigured, by %s. %s Different from the above are:\n\n", s.configured.how, configured.Summary())
	table(page, slices.DeleteFunc(slices.Clone(configured.Results), func(r gauntlet.Result) bool { return row(r) == row(of(plain, r.Scenario)) }))
	for _, scenario := range s.plain.shown {
		timeline(page, "As it comes", of(plain, scenario))
	}
	for _, scenario := range s.configured.shown {
		timeline(page, "Configured", of(configured, scenario))
	}
}

func of(report *gauntlet.Report, scenario string) gauntlet.Result {
	return report.Results[slices.IndexFunc(report.Results, func(r gauntlet.Result) bool { return r.Scenario == scenario })]
}

func timeline(page *strings.Builder, which string, result gauntlet.Result) {
	result.Again = ""
	fmt.Fprintf(page, "\n%s:\n\n```text\n%s```\n", which, short(result.String()))
}

func table(page *strings.Builder, results []gauntlet.Result) {
	page.WriteString("| trial | outcome | end | calls | what it did |\n|---|---|---|---|---|\n")
	for _, r := range results {
		page.WriteString(row(r))
	}
}

func row(r gauntlet.Result) string {
	return fmt.Sprintf("| %s | %s | %s | %d | %s |\n", r.Trial, r.Outcome, r.End, r.Calls, strings.NewReplacer("|", "\\|", "<", "&lt;", "\n", " ").Replace(fact(r)))
}

// fact is what the client did, in a line: how it ended where that is bad, the first verdict of those that weigh most, and
// the error with which it ended.
func fact(r gauntlet.Result) string {
	var parts []string
	if slices.Contains([]gauntlet.End{gauntlet.Differs, gauntlet.HalfDone, gauntlet.DidNotEnd, gauntlet.Crash}, r.End) {
		parts = append(parts, r.Why)
	}
	for _, outcome := range []scenarios.Outcome{scenarios.Fail, scenarios.Pass, scenarios.Unproven} {
		if why := first(r.Verdicts, outcome); why != "" {
			parts = append(parts, why)
			break
		}
	}
	switch {
	case r.Error != "" && r.End != gauntlet.DidNotEnd:
		parts = append(parts, "ends with: "+cut(short(r.Error)))
	case len(parts) == 0:
		parts = append(parts, r.Why)
	}
	return strings.Join(parts, "; ")
}

// first is why the first verdict is of an outcome. That a run is to converge comes last: the column of ends says how it ended.
func first(verdicts []scenarios.Verdict, outcome scenarios.Outcome) (why string) {
	for _, v := range verdicts {
		switch {
		case v.Outcome != outcome:
		case !strings.HasPrefix(v.Expectation, "converged"):
			return v.Why
		case outcome == scenarios.Fail:
			why = "it is expected to converge"
		}
	}
	return why
}

// noise is what is the same in all errors, or a matter of chance: where the service is, ids that the path holds, and ports.
var noise = regexp.MustCompile(`https://[a-z0-9]+\.understudy\.test|read tcp \S+: |/ac0{10,}[0-9]+`)

// timedOut are the two words that package http has for one time-out, whichever goroutine comes first.
var timedOut = regexp.MustCompile(`net/http: request canceled \(Client\.Timeout.*?\)|context deadline exceeded( \(Client\.Timeout.*?\))?`)

func short(text string) string {
	return timedOut.ReplaceAllString(noise.ReplaceAllString(text, ""), "Client.Timeout exceeded")
}

func cut(text string) string {
	const most = 160
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// version is that of a module in go.mod.
func version(module string) string {
	text, err := os.ReadFile("../../../go.mod")
	if err != nil {
		panic(err)
	}
	return regexp.MustCompile(`\t` + regexp.QuoteMeta(module) + ` (v\S+)`).FindStringSubmatch(string(text))[1]
}

var update = flag.Bool("update", false, "write the generated part of the page anew")

const (
	page  = "../../SDKS.md"
	begin = "<!-- generated: go test ./scenarios/gauntlet/sdktest -update -->\n"
	end   = "<!-- end of generated -->"
)

// compare holds the page to what was found out.
func compare(t *testing.T, found string) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begun := strings.Cut(string(text), begin)
	shown, after, ended := strings.Cut(rest, end)
	switch {
	case !begun || !ended:
		t.Fatalf("%s lacks the lines %q and %q", page, begin, end)
	case shown == found:
	case *update:
		if err := os.WriteFile(page, []byte(before+begin+found+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		lines := strings.Split(shown, "\n")
		for i, line := range strings.Split(found, "\n") {
			if i >= len(lines) || lines[i] != line {
				t.Fatalf("%s:%d shows something else than was found out, which -update writes:\n%s", page, 1+strings.Count(before+begin, "\n")+i, line)
			}
		}
		t.Fatalf("%s shows more than was found out: -update writes it anew", page)
	}
}
