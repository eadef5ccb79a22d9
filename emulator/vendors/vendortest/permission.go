package vendortest

import (
	"slices"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/emulator/internal/spec"
)

// permission sends each request with every scope or role but those that its row needs, then with each of these alone.
func (s *suite) permission(t *testing.T) {
	r := newRig(t, s.vendor)
	s.each(t, func(t *testing.T, q request) {
		if q.op.Public || len(q.op.Needs) == 0 {
			return
		}
		row := s.vendor.ErrorOf(q.op, spec.Forbidden)
		if row == nil {
			t.Fatal("no row is of class forbidden")
		}
		message := spec.Fill(row.Message, "scopes", strings.Join(q.op.Needs, ","))
		for _, weak := range without(s.vendor, q.op.Needs) {
			r.world.Restore(r.start)
			credential := r.credential(weak)
			before := r.world.Version()
			r.wantRow(t, q, r.send(q, credential), row, message)
			if r.world.Version() != before {
				t.Errorf("%s\nwas refused and changed the state", q)
			}
		}
		for _, need := range q.op.Needs {
			r.world.Restore(r.start)
			want := emulator.Credential{Scopes: []string{need}}
			if len(s.vendor.Roles) > 0 {
				want = emulator.Credential{Role: need}
			}
			if got := r.send(q, r.credential(want)); !succeeded(q.op, got) {
				t.Errorf("%s\nwith %s alone answered %d %s", q, need, got.Status, got.Body)
			}
		}
	})
}

// without are the credentials that have as much as possible and none of the needs.
func without(v *spec.Vendor, needs []string) []emulator.Credential {
	lacks := func(word string) bool { return slices.Contains(needs, word) }
	if len(v.Roles) == 0 {
		return []emulator.Credential{{Scopes: slices.DeleteFunc(scopes(v), lacks)}}
	}
	var all []emulator.Credential
	for _, role := range slices.DeleteFunc(slices.Clone(v.Roles), lacks) {
		all = append(all, emulator.Credential{Role: role})
	}
	return all
}
