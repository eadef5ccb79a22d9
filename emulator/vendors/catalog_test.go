package vendors_test

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/emulator/vendors"
)

var update = flag.Bool("update", false, "write the golden files anew")

const golden = "testdata/ids.golden"

// TestIDs shows in review what changes in the tables for a client: names, paths, scopes, limits, rules of requests, and
// errors. Scenarios and tests use the names of operations, errors and buckets: who changes one breaks somebody's scenario.
func TestIDs(t *testing.T) {
	got := outlineOf(vendors.All())
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	have, had := whole(got), whole(string(want))
	for _, line := range had {
		if !slices.Contains(have, line) {
			t.Errorf("gone:  %s", line)
		}
	}
	for _, line := range have {
		if !slices.Contains(had, line) {
			t.Errorf("added: %s", line)
		}
	}
	t.Errorf("if that is meant: go test ./emulator/vendors -update")
}

// whole are an outline's lines, each with the line that it belongs to.
func whole(text string) []string {
	var all []string
	head := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if !strings.HasPrefix(line, " ") {
			head = line
		} else {
			line = head + line
		}
		all = append(all, line)
	}
	return all
}

// TestPathsAreDisjoint: one port serves all vendors, so no path may be two vendors'.
func TestPathsAreDisjoint(t *testing.T) {
	all := vendors.All()
	for i, v := range all {
		for _, w := range all[i+1:] {
			for _, p := range v.Prefixes {
				for _, q := range w.Prefixes {
					if strings.HasPrefix(p+"/", q+"/") || strings.HasPrefix(q+"/", p+"/") {
						t.Errorf("%s of %s and %s of %s overlap", p, v.Name, q, w.Name)
					}
				}
			}
		}
	}
}

// TestNames: a vendor's name is a label of hosts and the first word of operation ids.
func TestNames(t *testing.T) {
	seen := map[string]bool{}
	for _, v := range vendors.All() {
		if v.Name == "" || v.Title == "" || strings.Trim(v.Name, "abcdefghijklmnopqrstuvwxyz0123456789") != "" || seen[v.Name] {
			t.Errorf("a vendor is named %q and titled %q", v.Name, v.Title)
		}
		seen[v.Name] = true
	}
}
