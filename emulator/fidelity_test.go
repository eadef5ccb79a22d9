package emulator_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/emulator"
)

var update = flag.Bool("update", false, "write the generated tables anew")

var grades = []string{"recorded", "documented", "client code", "assumed"}

// TestFidelityTables fails when FIDELITY.md or the README's table says something else than the vendors' tables.
func TestFidelityTables(t *testing.T) {
	generatedFile(t, "vendors/FIDELITY.md", func(string) string { return fidelityPage() })
	generatedFile(t, "../README.md", func(now string) string {
		before, rest, _ := strings.Cut(now, supportBegin)
		_, after, found := strings.Cut(rest, supportEnd)
		if !found {
			t.Fatalf("README.md lacks the lines %q and %q", supportBegin, supportEnd)
		}
		return before + supportBegin + "\n" + supportTable() + supportEnd + after
	})
}

const (
	supportBegin = "<!-- generated: make golden -->"
	supportEnd   = "<!-- end of generated -->"
)

func generatedFile(t *testing.T, path string, make func(now string) string) {
	t.Helper()
	now, err := os.ReadFile(path)
	if err != nil && !*update {
		t.Fatal(err)
	}
	want := make(string(now))
	if string(now) == want {
		return
	}
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("%s does not say what the tables say: run make golden", path)
}

// supportTable counts each resource's operations by grade.
func supportTable() string {
	var b strings.Builder
	b.WriteString("| vendor | resource | operations | recorded | documented | client code | assumed |\n|---|---|---|---|---|---|---|\n")
	var order []string
	verbs, counts := map[string][]string{}, map[string]map[string]int{}
	for _, op := range emulator.Operations() {
		resource, verb := op.ID[:strings.LastIndex(op.ID, ".")], op.ID[strings.LastIndex(op.ID, ".")+1:]
		if op.Family != "" {
			resource += " (" + op.Family + ")"
		}
		if counts[resource] == nil {
			order, counts[resource] = append(order, resource), map[string]int{}
		}
		verbs[resource] = append(verbs[resource], verb)
		counts[resource][op.Grade]++
	}
	for _, resource := range order {
		vendor, name, _ := strings.Cut(resource, ".")
		fmt.Fprintf(&b, "| %s | %s | %s |", vendor, name, strings.Join(verbs[resource], ", "))
		for _, grade := range grades {
			if n := counts[resource][grade]; n > 0 {
				fmt.Fprintf(&b, " %d |", n)
			} else {
				b.WriteString(" |")
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

// fidelityPage is the whole ledger, a table for each sort of claim.
func fidelityPage() string {
	var b strings.Builder
	b.WriteString("# What is known of each vendor, and how\n\nGenerated from the tables by `make golden`; the build fails when it drifts.\n\n" +
		"*recorded*: seen in real traffic. *documented*: on a page or in a specification of the vendor's. *client code*: follows from\n" +
		"how the vendor's own client behaves. *assumed*: the most plausible answer to what no source settles; the source says why.\n")
	ledger := emulator.Ledger()
	for _, vendor := range emulator.Vendors() {
		fmt.Fprintf(&b, "\n## %s\n\n| sort | %s |\n|---|%s\n", vendor, strings.Join(grades, " | "), strings.Repeat("---|", len(grades)))
		sorts := []string{"operation", "error", "parameter", "default", "header", "limit"}
		for _, sort := range sorts {
			fmt.Fprintf(&b, "| %s |", sort)
			for _, grade := range grades {
				fmt.Fprintf(&b, " %d |", len(claims(ledger, vendor, sort, grade)))
			}
			b.WriteString("\n")
		}
		for _, sort := range sorts {
			fmt.Fprintf(&b, "\n### %s: %ss\n\n| about | what | grade | source |\n|---|---|---|---|\n", vendor, sort)
			for _, c := range claims(ledger, vendor, sort, "") {
				fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", cell(c.About), cell(c.What), c.Grade, cell(c.Source))
			}
		}
	}
	return b.String()
}

func claims(ledger []emulator.Claim, vendor, sort, grade string) []emulator.Claim {
	var found []emulator.Claim
	for _, c := range ledger {
		if c.Vendor == vendor && c.Sort == sort && (grade == "" || c.Grade == grade) {
			found = append(found, c)
		}
	}
	return found
}

func cell(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "|", `\|`), "<", "&lt;")
}
