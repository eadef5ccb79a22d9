package vendortest

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/emulator/internal/spec"
)

// limits drains the buckets of each row under each preset. As many calls get through as the smallest of them holds; the
// next is refused with the vendor's row; one more moment than the told wait before its end it still is, and at its end
// it isn't. What the headers tell is enough.
func (s *suite) limits(t *testing.T) {
	for _, preset := range s.vendor.Presets {
		t.Run(preset, func(t *testing.T) {
			r := newRig(t, s.vendor, emulator.WithLimits(s.vendor.Name+"="+preset))
			s.each(t, func(t *testing.T, q request) { r.drain(t, q, preset) })
		})
	}
}

func (r *rig) drain(t *testing.T, q request, preset string) {
	burst := r.smallest(q.op, preset)
	if burst == 0 {
		return
	}
	row := r.vendor.ErrorOf(q.op, spec.Throttled)
	if row == nil {
		t.Fatal("no row is of class throttled")
	}
	r.spend(t, q, burst)
	before := r.world.Version()
	refused := r.send(q, r.owner)
	if r.world.Version() != before {
		t.Errorf("%s\nwas refused and changed the state", q)
	}
	r.wantRow(t, q, refused, row, row.Message)
	for _, h := range r.vendor.Headers {
		if h.Only == "" && refused.Header.Get(h.Name) == "" {
			t.Errorf("%s: a refusal lacks the header %s", q, h.Name)
		}
	}
	wait := refused.Entry.Wait
	told, tells := toldWait(refused.Header, r.world.Now())
	if wait <= 0 || tells && (told < wait || told >= wait+2*time.Second) {
		t.Fatalf("%s\nis refused for %s and tells %s", q, wait, told)
	}
	for _, step := range []struct {
		advance time.Duration
		refused bool
	}{{wait - time.Millisecond, true}, {time.Millisecond, false}} {
		if err := r.world.Advance(step.advance); err != nil {
			t.Fatal(err)
		}
		if got := r.send(q, r.owner); (got.Entry.Stage == "limit") != step.refused {
			t.Errorf("%s\nafter %s of the told %s answered %d at %s", q, step.advance, wait, got.Status, got.Entry.Stage)
		}
	}
}

// large is how many calls a bucket holds that is drained once for all rows that pass it alone.
const large = 500

// spend sends as many calls as get through. A large bucket that rows pass alone is drained by the first of them; the
// others go on from where it held one more call.
func (r *rig) spend(t *testing.T, q request, burst int) {
	t.Helper()
	shared := q.op.Limit == "" && burst > large
	first := 0
	r.world.Restore(r.start)
	if shared && r.oneLeft != nil {
		r.world.Restore(*r.oneLeft)
		first = burst - 1
	}
	for i := first; i < burst; i++ {
		if shared && i == burst-1 {
			kept := r.world.Snapshot()
			r.oneLeft = &kept
		}
		if got := r.send(q, r.owner); got.Entry.Stage == "limit" {
			t.Fatalf("%s\ncall %d of a bucket of %d was refused", q, i+1, burst)
		}
	}
}

// smallest is how many calls in a row pass all buckets of a row, 0 for any number.
func (r *rig) smallest(op *spec.Operation, preset string) int {
	least := 0
	for _, b := range r.vendor.Buckets {
		rate, limited := b.Rates[preset]
		passes := b.Global && !op.Public || b.Name == op.Limit
		if limited && passes && (least == 0 || rate.Burst < least) {
			least = rate.Burst
		}
	}
	return least
}

// toldWait reads Retry-After in seconds, or a header whose name ends in Reset: seconds, or a Unix time.
func toldWait(h http.Header, now time.Time) (time.Duration, bool) {
	for name := range h {
		seconds, err := strconv.ParseInt(h.Get(name), 10, 64)
		switch {
		case err != nil:
		case name == "Retry-After", strings.HasSuffix(name, "Reset") && seconds < 1e9:
			return time.Duration(seconds) * time.Second, true
		case strings.HasSuffix(name, "Reset"):
			return time.Unix(seconds, 0).Sub(now), true
		}
	}
	return 0, false
}
