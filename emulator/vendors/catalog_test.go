package vendors_test

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
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
					if v.Owns(q) || w.Owns(p) || v.Owns(q+"x") || w.Owns(p+"x") {
						t.Errorf("%s of %s and %s of %s overlap", p, v.Name, q, w.Name)
					}
				}
			}
		}
	}
}

// TestRowsAreDisjoint: no request may be two rows', of one vendor or of two, unless one of them spells out what the other
// leaves free. Such a pair is one vendor's: within one table the row that stands first answers.
func TestRowsAreDisjoint(t *testing.T) {
	type row struct {
		vendor string
		op     *spec.Operation
	}
	var rows []row
	for _, v := range vendors.All() {
		for i := range v.Operations {
			rows = append(rows, row{v.Name, &v.Operations[i]})
		}
	}
	for i, a := range rows {
		for _, b := range rows[i+1:] {
			if a.op.Method == b.op.Method && meet(a.op.Path, b.op.Path) && (a.vendor != b.vendor || a.op.Path == b.op.Path) {
				t.Errorf("%s %s of %s and %s of %s match the same request", a.op.Method, a.op.Path, a.vendor, b.op.Path, b.vendor)
			}
		}
	}
}

// meet tells whether one path can fit two templates.
func meet(a, b string) bool {
	one, other := strings.Split(a, "/"), strings.Split(b, "/")
	if len(one) != len(other) {
		return false
	}
	for i := range one {
		if one[i] != other[i] && !strings.HasPrefix(one[i], "{") && !strings.HasPrefix(other[i], "{") {
			return false
		}
	}
	return true
}

func TestMeet(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"/a/{x}", "/a/b", true}, {"/a/{x}", "/{y}/b", true}, {"/a/{x}", "/b/{x}", false}, {"/a", "/a/{x}", false}, {"/a.b", "/a.c", false},
	} {
		if meet(c.a, c.b) != c.want {
			t.Errorf("%s and %s meet: %v", c.a, c.b, !c.want)
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
