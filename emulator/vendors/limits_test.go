package vendors_test

import (
	"cmp"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/vendors"
)

const limitsPage = "LIMITS.md"

// TestLimitsPage fails when LIMITS.md says something else than the vendors' tables.
func TestLimitsPage(t *testing.T) {
	var b strings.Builder
	b.WriteString("# What is not emulated, and what is assumed\n\nGenerated from the tables by `make golden`; the build fails when it drifts. " +
		"[FIDELITY.md](FIDELITY.md) has the\nevidence of the rest. What is known in part stands here too, with what of it is assumed; its grade is that of the part\n" +
		"that is known, by which `understudy serve --evidence documented` goes.\n")
	for _, v := range vendors.All() {
		if len(v.Lacks) == 0 {
			t.Errorf("%s does not say what it lacks", v.Name)
		}
		fmt.Fprintf(&b, "\n## %s\n\nNot emulated:\n\n", v.Title)
		for _, line := range v.Lacks {
			fmt.Fprintf(&b, "- %s\n", line)
		}
		b.WriteString("\nAssumed, whole or in part:\n\n| about | what | grade | why |\n|---|---|---|---|\n")
		for _, a := range assumptions(v) {
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", a[0], cell(a[1]), a[2], cell(a[3]))
		}
	}
	if *update {
		if err := os.WriteFile(limitsPage, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	now, err := os.ReadFile(limitsPage)
	if err != nil {
		t.Fatal(err)
	}
	if string(now) != b.String() {
		t.Errorf("%s does not say what the tables say: run make golden", limitsPage)
	}
}

func cell(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "|", `\|`), "<", "&lt;")
}

// assumptions are what a vendor's table assumes, or its sources say is assumed: where, what, the grade and why.
func assumptions(v *spec.Vendor) [][4]string {
	var all [][4]string
	note := func(about, what string, e spec.Evidence) {
		if e.Grade == spec.GradeAssumed || strings.Contains(e.Source, "assumed") {
			all = append(all, [4]string{about, what, e.Grade.String(), e.Source})
		}
	}
	for _, h := range v.Headers {
		note(cmp.Or(h.Only, "every reply"), "header "+h.Name, h.Evidence)
	}
	for _, b := range v.Buckets {
		for _, preset := range v.Presets {
			if rate, ok := b.Rates[preset]; ok {
				note("limits "+preset, b.Name, rate.Known(b.Evidence))
			}
		}
	}
	for i := range v.Errors {
		note("every operation", errorOf(&v.Errors[i]), v.Errors[i].Evidence)
	}
	for i := range v.Operations {
		op := &v.Operations[i]
		note(op.Name(), op.Method+" "+op.Path, op.Evidence)
		for _, p := range append(append([]spec.Param(nil), op.PathParams...), op.Query...) {
			note(op.Name(), "parameter "+p.Name, p.Evidence)
		}
		if op.Body != nil {
			for _, f := range op.Body.Fields {
				if f.Schema != nil && f.Schema.Default != "" {
					note(op.Name(), f.Name+" = "+f.Schema.Default, f.Schema.Evidence)
				}
			}
		}
		for j := range op.Errors {
			note(op.Name(), errorOf(&op.Errors[j]), op.Errors[j].Evidence)
		}
	}
	return all
}

func errorOf(e *spec.Error) string { return fmt.Sprintf("%d %s: %s", e.Status, e.Code, e.Message) }
