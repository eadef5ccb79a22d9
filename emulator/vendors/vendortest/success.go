package vendortest

import (
	"testing"
)

// success holds an answer to its row: the status, the reply schema (which the emulator checks, else it answers 500), the
// headers that every reply carries, and a state that reading leaves as it is.
func (s *suite) success(t *testing.T) {
	r := newRig(t, s.vendor)
	s.each(t, func(t *testing.T, q request) {
		r.world.Restore(r.start)
		before := r.world.Version()
		got := r.send(q, r.owner)
		if !succeeded(q.op, got) {
			t.Fatalf("%s\nanswered %d %s", q, got.Status, got.Body)
		}
		if (got.Body == "") != (q.op.Reply == nil || got.Status == 204) {
			t.Errorf("%s\nanswered %d with the body %q", q, got.Status, got.Body)
		}
		if q.op.Reads() && r.world.Version() != before {
			t.Errorf("%s changed the state", q)
		}
		for _, h := range s.vendor.Headers {
			if !q.op.Public && !h.Limited && !h.Refusing && h.Only == "" && got.Header.Get(h.Name) == "" {
				t.Errorf("%s: the header %s is missing", q, h.Name)
			}
		}
	})
}
