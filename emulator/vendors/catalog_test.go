package vendors_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/vendors"
)

var update = flag.Bool("update", false, "write the golden files anew")

const golden = "testdata/ids.golden"

// TestIDs holds the names that scenarios and tests use: operations with their families, error codes and buckets. They
// are public; a change here breaks somebody's scenario.
func TestIDs(t *testing.T) {
	got := ids(vendors.All())
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
	have, had := strings.Split(got, "\n"), strings.Split(string(want), "\n")
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

func ids(all []*spec.Vendor) string {
	var lines []string
	for _, v := range all {
		lines = append(lines, v.Name+".* errors="+codes(v.Errors))
		for i := range v.Operations {
			op := &v.Operations[i]
			lines = append(lines, fmt.Sprintf("%s.%s bucket=%s errors=%s", v.Name, op.Name(), op.Limit, codes(op.Errors)))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n"
}

func codes(rows []spec.Error) string {
	var all []string
	for _, e := range rows {
		all = append(all, e.Code)
	}
	slices.Sort(all)
	return strings.Join(all, ",")
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
