package vendortest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// rig is an emulator with one world on the shipped fixture, its clock frozen, and a credential that may do everything.
type rig struct {
	t      testing.TB
	vendor *spec.Vendor
	emu    *emulator.Emulator
	world  *emulator.World
	start  emulator.Snapshot
	owner  http.Header // a credential with every scope or the role that may most
	last   emulator.Entry

	oneLeft *emulator.Snapshot // see spend
}

// newRig holds every reply to its schema. Options come on top.
func newRig(t testing.TB, v *spec.Vendor, opts ...emulator.Option) *rig {
	t.Helper()
	r := &rig{t: t, vendor: v}
	opts = append([]emulator.Option{
		emulator.WithCheckedReplies(),
		emulator.WithLog(func(e emulator.Entry, _ time.Duration) { r.last = e }),
	}, opts...)
	var err error
	if r.emu, err = emulator.New(opts...); err != nil {
		t.Fatal(err)
	}
	r.world = r.emu.Default()
	r.world.Freeze()
	r.owner = r.credential(emulator.Credential{Scopes: scopes(v), Role: mightiest(v)})
	r.start = r.world.Snapshot()
	return r
}

// credential mints one and returns the headers that carry it.
func (r *rig) credential(want emulator.Credential) http.Header {
	r.t.Helper()
	fields, err := r.world.Mint(r.vendor.Name, want)
	if err != nil {
		r.t.Fatalf("minting %+v: %v", want, err)
	}
	h := http.Header{}
	r.vendor.Authorize(h, state.Doc(fields))
	return h
}

// answer is what came back, with what the journal says of it.
type answer struct {
	Status int
	Header http.Header
	Body   string
	Entry  emulator.Entry
}

// send puts a request to the world, with a credential's headers or none.
func (r *rig) send(q request, credential http.Header) answer {
	return r.sendTo(r.world.Name(), q, credential)
}

func (r *rig) sendTo(world string, q request, credential http.Header) answer {
	req := httptest.NewRequest(q.op.Method, "http://vendor.test"+q.url(), strings.NewReader(q.body))
	if q.body == "" {
		req.Body, req.ContentLength = http.NoBody, 0
	}
	if q.body != "" || q.media != "" {
		req.Header.Set("Content-Type", q.media)
	}
	for name, values := range credential {
		req.Header[name] = values
	}
	req.Header.Set("X-Understudy-World", world)
	r.last = emulator.Entry{}
	rec := httptest.NewRecorder()
	r.emu.Handler().ServeHTTP(rec, req)
	return answer{Status: rec.Code, Header: rec.Header(), Body: rec.Body.String(), Entry: r.last}
}

// wantRow says where an answer is not that row's, to the byte. The message is filled with the arguments already.
func (r *rig) wantRow(t *testing.T, q request, got answer, row *spec.Error, message string, args ...string) {
	t.Helper()
	c := &spec.Call{Vendor: r.vendor, Operation: q.op, Vars: q.vars, Query: q.query, Now: r.world.Now(), World: r.world.Name(), Quota: spec.Quota{Wait: got.Entry.Wait}}
	if main := r.vendor.MainBucket(q.op); main != nil {
		c.Quota.Rate = main.Rates[r.vendor.Presets[0]]
	}
	c.Request = httptest.NewRequest(q.op.Method, "http://vendor.test"+q.url(), nil)
	c.Args = args
	want := r.vendor.Render(c, row, message)
	if got.Status != row.Status || got.Entry.Code != row.Code || got.Body != string(want.Body) {
		t.Errorf("%s\n got %d %s %s\nwant %d %s %s", q, got.Status, got.Entry.Code, got.Body, row.Status, row.Code, want.Body)
	}
	for name, value := range row.Header {
		if got.Header.Get(name) != value {
			t.Errorf("%s: header %s is %q, not %q", q, name, got.Header.Get(name), value)
		}
	}
}

// wantUnchanged runs f at the start of the world and fails where f counted a change of objects.
func (r *rig) wantUnchanged(t *testing.T, what any, f func()) {
	t.Helper()
	r.world.Restore(r.start)
	before := r.world.Version()
	f()
	if after := r.world.Version(); after != before {
		t.Errorf("%s\nfailed and changed the state: version %d became %d", what, before, after)
	}
}

// succeeded tells whether the answer is one of the row's successes.
func succeeded(op *spec.Operation, got answer) bool {
	return got.Entry.Code == "" && declares(op, got.Status)
}

func declares(op *spec.Operation, status int) bool {
	if status == op.Status {
		return true
	}
	for _, also := range op.Also {
		if status == also {
			return true
		}
	}
	return false
}

// scopes are all scopes that any row needs.
func scopes(v *spec.Vendor) []string {
	if len(v.Roles) > 0 {
		return nil
	}
	seen := map[string]bool{}
	var all []string
	for i := range v.Operations {
		for _, need := range v.Operations[i].Needs {
			if !seen[need] {
				seen[need] = true
				all = append(all, need)
			}
		}
	}
	return all
}

// mightiest is the role that most rows take.
func mightiest(v *spec.Vendor) string {
	best, most := "", -1
	for _, role := range v.Roles {
		n := 0
		for i := range v.Operations {
			if (&spec.Caller{Scopes: []string{role}}).May(v.Operations[i].Needs) {
				n++
			}
		}
		if n > most {
			best, most = role, n
		}
	}
	return best
}
