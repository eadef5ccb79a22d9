package vendortest

import (
	"slices"
	"testing"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// unknownIDs puts an id of the right form that nothing has in the place of each id of a path, and of all of them. The
// answer is a row of class not_found; a row that only writes may succeed, if it changes nothing.
func (s *suite) unknownIDs(t *testing.T) {
	r := newRig(t, s.vendor)
	s.each(t, func(t *testing.T, q request) {
		all := q
		named := 0
		for _, name := range q.op.Vars() {
			if kindOf(s.vendor, q.op, name) == "" {
				continue
			}
			named++
			one := q.withVar(name, unknown(q.vars[name]))
			all = all.withVar(name, unknown(q.vars[name]))
			if v := q.op.CheckPath(one.vars); v != nil {
				t.Fatalf("%s: no unknown id passes the rules of %s: %s", q.op.Name(), name, v.Rule)
			}
			r.wantUnchanged(t, one, func() { wantMissing(t, one, r.send(one, r.owner), s.vendor, false) })
		}
		if named > 0 {
			r.wantUnchanged(t, all, func() { wantMissing(t, all, r.send(all, r.owner), s.vendor, true) })
		}
	})
}

// unknownNames is unknownIDs for rows whose path names nothing and that answer not_found by a row of their own: there the
// query or the body names an object.
func (s *suite) unknownNames(t *testing.T) {
	r := newRig(t, s.vendor)
	s.each(t, func(t *testing.T, q request) {
		own := slices.ContainsFunc(q.op.Errors, func(e spec.Error) bool { return e.Class == spec.NotFound })
		if len(q.op.Vars()) > 0 || !own {
			return
		}
		for _, p := range q.op.Query {
			if p.Required && s.vendor.Kind(p.Schema.Kind) != nil {
				one := q.withQuery(p.Name, unknown(q.query.Get(p.Name)))
				r.wantUnchanged(t, one, func() { wantMissing(t, one, r.send(one, r.owner), s.vendor, true) })
			}
		}
		if q.op.Body == nil {
			return
		}
		for _, f := range q.op.Body.Fields {
			if f.Required && s.vendor.Kind(f.Schema.Kind) != nil {
				doc := state.Doc(q.body)
				one := q.withBody(doc.SetText(f.Name, unknown(doc.Text(f.Name))))
				r.wantUnchanged(t, one, func() { wantMissing(t, one, r.send(one, r.owner), s.vendor, true) })
			}
		}
	})
}

// wantMissing takes success only where the row has no not_found, or, with one of several ids unknown, of a writing row.
func wantMissing(t *testing.T, q request, got answer, v *spec.Vendor, everyID bool) {
	t.Helper()
	rows := v.ErrorsOf(q.op)
	at := slices.IndexFunc(rows, func(e spec.Error) bool { return e.Code == got.Entry.Code && e.Status == got.Status })
	missing := func(e spec.Error) bool { return e.Class == spec.NotFound }
	switch {
	case at >= 0 && missing(rows[at]):
	case succeeded(q.op, got) && !everyID && !q.op.Reads():
	case succeeded(q.op, got) && !slices.ContainsFunc(rows, missing):
	default:
		t.Errorf("%s\nnames what does not exist and answered %d %s %.300s, not a row of class not_found", q, got.Status, got.Entry.Code, got.Body)
	}
}

// unknown changes the last letters and digits of an id, at most those behind a slash, and keeps its form.
func unknown(id string) string {
	out := []byte(id)
	for i, changed := len(out)-1, 0; i >= 0 && changed < 6; i-- {
		switch c := out[i]; {
		case c >= '0' && c <= '9':
			out[i] = '9' - (c-'0')%2
		case c >= 'a' && c <= 'f':
			out[i] = 'a' + 'f' - c
		case c >= 'g' && c <= 'z':
			out[i] = 'g' + 'z' - c
		case c >= 'A' && c <= 'F':
			out[i] = 'A' + 'F' - c
		case c >= 'G' && c <= 'Z':
			out[i] = 'G' + 'Z' - c
		case c == '/' && changed > 0:
			return string(out) // what stands before it says what sort of id this is
		default:
			continue
		}
		changed++
	}
	return string(out)
}
