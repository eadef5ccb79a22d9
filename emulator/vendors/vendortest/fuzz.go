package vendortest

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/emulator/internal/spec"
)

// Fuzz feeds every row's path, query and body with what the fuzzer makes of the suite's own requests.
func Fuzz(f *testing.F, v *spec.Vendor) {
	s := newSuite(f, v)
	for i := range v.Operations {
		op := &v.Operations[i]
		q, ok := s.requests[op]
		if !ok {
			continue
		}
		var vars []string
		for _, name := range op.Vars() {
			vars = append(vars, q.vars[name])
		}
		line := strings.Join(vars, "\n")
		f.Add(uint(i), line, q.query.Encode(), []byte(q.body))
		for n, body := range s.pool(op) {
			if n%8 == i%8 { // some of each row's: the fuzzer makes the rest
				f.Add(uint(i), line, q.query.Encode(), []byte(body))
			}
		}
		for _, p := range op.Query {
			value, _ := s.sampler.least(p.Name, p.Schema, 0)
			f.Add(uint(i), line, url.Values{p.Name: {plainText(value)}}.Encode(), []byte(q.body))
		}
	}
	r := newRig(f, v)
	f.Fuzz(func(t *testing.T, row uint, vars, query string, body []byte) {
		r.wantDeclared(t, &v.Operations[row%uint(len(v.Operations))], strings.Split(vars, "\n"), query, body)
	})
}

// wantDeclared sends anything to a row. Never does it answer with a 5xx or with what the table of the row that it
// reached lacks, and an error leaves the state as it was.
func (r *rig) wantDeclared(t *testing.T, op *spec.Operation, vars []string, query string, body []byte) {
	t.Helper()
	path := op.Path
	for i, name := range op.Vars() {
		value := "x"
		if i < len(vars) && vars[i] != "" {
			value = vars[i]
		}
		path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(value))
	}
	req := httptest.NewRequest(op.Method, "http://vendor.test/", strings.NewReader(string(body)))
	u, err := url.ParseRequestURI(path)
	if err != nil {
		return // no client can send it
	}
	u.RawQuery = query
	req.URL = u
	for name, values := range r.owner {
		req.Header[name] = values
	}
	media := jsonMedia
	if len(op.Media) > 0 {
		media = op.Media[0]
	}
	req.Header.Set("Content-Type", media)
	r.world.Restore(r.start)
	r.last = emulator.Entry{}
	before := r.world.Version()
	rec := httptest.NewRecorder()
	r.emu.Handler().ServeHTTP(rec, req)
	what := op.Method + " " + path + "?" + query + " " + strconv.Quote(string(body))
	if rec.Code >= http.StatusBadRequest && r.world.Version() != before {
		t.Errorf("%s\nanswered %d and changed the state", what, rec.Code)
	}
	if reached := r.reached(); reached != nil {
		rows := r.vendor.ErrorsOf(reached)
		declared := r.last.Code == "" && declares(reached, rec.Code) ||
			slices.ContainsFunc(rows, func(e spec.Error) bool { return e.Code == r.last.Code && e.Status == rec.Code })
		if !declared || r.last.Undeclared || rec.Code >= 500 {
			t.Errorf("%s\nreached %s and answered %d %s %.600s", what, reached.Name(), rec.Code, r.last.Code, rec.Body)
		}
	} else if rec.Code == http.StatusInternalServerError {
		t.Errorf("%s\nreached no row and answered %.600s", what, rec.Body)
	}
}

// reached is the row that answered last, by the journal; nil where the path was no row's.
func (r *rig) reached() *spec.Operation {
	for i := range r.vendor.Operations {
		op := &r.vendor.Operations[i]
		if r.vendor.Name+"."+op.ID == r.last.Operation && op.Family == r.last.Family {
			return op
		}
	}
	return nil
}
