package vendortest

import (
	"testing"
	"time"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/emulator/internal/spec"
)

// authentication sends each request without a credential, with one whose time is up, and, where only known ones are
// taken, with one that another world minted.
func (s *suite) authentication(t *testing.T) {
	r := newRig(t, s.vendor, emulator.WithAuth("strict"))
	short := r.credential(emulator.Credential{Scopes: scopes(s.vendor), Role: mightiest(s.vendor), TTL: time.Hour})
	r.start = r.world.Snapshot()
	other, err := r.emu.CreateWorld("other", "")
	if err != nil {
		t.Fatal(err)
	}
	s.each(t, func(t *testing.T, q request) {
		row := s.vendor.ErrorOf(q.op, spec.Unauthenticated)
		if q.op.Public || row == nil {
			if got := r.send(q, nil); q.op.Public && got.Status == 401 {
				t.Errorf("%s\nis public and answered %d", q, got.Status)
			} else if !q.op.Public {
				t.Errorf("%s: no row is of class unauthenticated", q.op.Name())
			}
			return
		}
		r.wantUnchanged(t, q, func() { r.wantRow(t, q, r.send(q, nil), row, row.Message) })
		if got := r.send(q, short); got.Entry.Stage == "authenticate" {
			t.Errorf("%s\nrefused a fresh credential: %d %s", q, got.Status, got.Body)
		}
		if got := r.sendTo(other.Name(), q, r.owner); got.Status != 401 || got.Entry.Undeclared {
			t.Errorf("%s\ntook another world's credential: %d %s", q, got.Status, got.Body)
		}
		r.wantUnchanged(t, q, func() {
			if err := r.world.Advance(2 * time.Hour); err != nil {
				t.Fatal(err)
			}
			if got := r.send(q, short); got.Status != 401 || got.Entry.Undeclared {
				t.Errorf("%s\ntook a credential whose time was up: %d %s", q, got.Status, got.Body)
			}
		})
	})
}
