package naive_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/examples/provision/job"
	"github.com/understudy-dev/understudy/examples/provision/naive"
	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/scenarios/gauntlet"
	"github.com/understudy-dev/understudy/testkit"
)

// acme is the job that the README of provision shows.
func acme(t *testing.T) job.Job {
	t.Helper()
	text, err := os.ReadFile("../sso.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want, err := job.Parse(text, func(string) string { return "secret" })
	if err != nil {
		t.Fatal(err)
	}
	return want
}

// sync runs a new client once.
func sync(ctx context.Context, w *testkit.World, want job.Job) error {
	id, secret := w.Atlas().ServiceAccount()
	return naive.Client{
		HTTP: w.Client(),
		Access: job.Accesses{
			Auth0:  job.Access{URL: w.Auth0().URL(), ClientID: "provision", ClientSecret: "secret"},
			Atlas:  job.Access{URL: w.Atlas().URL(), ClientID: id, ClientSecret: secret},
			DevRev: job.Access{URL: w.DevRev().URL(), Token: w.DevRev().Token("admin")},
			Qovery: job.Access{URL: w.Qovery().URL(), Token: w.Qovery().Token("owner")},
		},
		Changed: func(string) {},
	}.Sync(ctx, want)
}

var update = flag.Bool("update", false, "write the README's reports anew")

// vendors are in the order of the README.
var vendors = []string{"auth0", "atlas", "devrev", "qovery"}

// known are the scenarios that the client fails, and at which vendors. The README says why.
var known = map[string][]string{
	"brown-out":                   vendors,
	"clock-skew":                  vendors,
	"duplicate-appears":           vendors,
	"flapping-503":                vendors,
	"gateway-html-502":            vendors,
	"hang-until-timeout":          vendors,
	"keep-alive-closed":           vendors,
	"lost-answer-on-create":       vendors,
	"lost-answer-on-update":       vendors,
	"maintenance-window":          vendors,
	"one-vendor-down":             {"devrev", "qovery"},
	"quota-drained-then-recovers": vendors,
	"rate-limit-burst":            vendors,
	"rate-limit-with-http-date":   vendors,
	"rate-limit-without-header":   vendors,
	"refused-connections":         vendors,
	"token-expires-mid-run":       {"auth0", "atlas"},
	"truncated-json":              vendors,
	"unknown-and-null-fields":     {"atlas"},
}

// TestRunsTheGauntlet fails in the ways that the README explains, with what is said there, and in no other.
func TestRunsTheGauntlet(t *testing.T) {
	var trials []string
	for scenario, where := range known {
		for _, vendor := range where {
			trials = append(trials, scenario+"@"+vendor)
		}
	}
	want := acme(t)
	report := testkit.Gauntlet(t, func(ctx context.Context, w *testkit.World) error { return sync(ctx, w, want) }, testkit.KnownFailures(trials...))

	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	written := generated.ReplaceAllFunc(page, func(block []byte) []byte {
		name := string(generated.FindSubmatch(block)[1])
		text := table(report)
		if name != "table" {
			text = "```text\n" + told(t, report, name) + "```\n"
		}
		return []byte("<!-- generated: " + name + " -->\n" + text + "<!-- end -->")
	})
	switch {
	case *update:
		if err := os.WriteFile("README.md", written, 0o644); err != nil {
			t.Fatal(err)
		}
	case !bytes.Equal(page, written):
		t.Errorf("README.md does not show what happens: write it anew with go test ./examples/provision/naive -update")
	}
}

var generated = regexp.MustCompile(`(?s)<!-- generated: (\S+) -->\n.*?<!-- end -->`)

// told is what is said of a trial, but for what differs from machine to machine.
func told(t *testing.T, report *gauntlet.Report, trial string) string {
	i := slices.IndexFunc(report.Results, func(r gauntlet.Result) bool { return r.Trial == trial })
	if i < 0 {
		t.Fatalf("there is no trial %s", trial)
	}
	result := report.Results[i]
	result.Again = ""
	return result.String()
}

// table has a line for each scenario that is failed somewhere.
func table(report *gauntlet.Report) string {
	var b strings.Builder
	b.WriteString("| | " + strings.Join(vendors, " | ") + " |\n|---" + strings.Repeat("|---", len(vendors)) + "|\n")
	for _, scenario := range scenarios.ShippedNames() {
		if known[scenario] == nil {
			continue
		}
		b.WriteString("| " + scenario)
		for _, vendor := range vendors {
			cell := ""
			for _, r := range report.Results {
				if r.Trial == scenario+"@"+vendor {
					cell = how(r)
				}
			}
			b.WriteString(" | " + cell)
		}
		b.WriteString(" |\n")
	}
	return b.String()
}

// how says how a trial was failed: by how the client ended, and by which verdicts.
func how(r gauntlet.Result) string {
	if r.Outcome != scenarios.Fail {
		return string(r.Outcome)
	}
	var parts []string
	for _, v := range r.Verdicts {
		formula, _, _ := strings.Cut(v.Expectation, ":")
		switch {
		case v.Outcome != scenarios.Fail || slices.Contains(parts, formula):
		case formula == "converged":
			parts = append([]string{"**" + string(r.End) + "**"}, parts...)
		default:
			parts = append(parts, formula)
		}
	}
	return strings.Join(parts, ", ")
}
