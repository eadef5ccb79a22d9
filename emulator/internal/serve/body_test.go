package serve

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

func TestBodies(t *testing.T) {
	s := newShop()
	w := s.World(DefaultWorld)
	full := `{"id":"` + strings.Repeat("x", MaxBody-9) + `"}` // exactly MaxBody
	if len(full) != MaxBody {
		t.Fatal(len(full))
	}
	want(t, send(s, `POST /shop/things {"id":"a"}`, owner...), 201, `{"id":"a"}`)
	want(t, send(s, `POST /shop/things {"id":"b"}`, append([]string{"Content-Type", "application/merge-patch+json; charset=utf-8"}, owner...)...), 201, `{"id":"b"}`)
	want(t, send(s, "POST /shop/things "+full, owner...), 201, `{"id":"xxx`)
	before := w.Store.Version()
	for what, rec := range map[string]*httptest.ResponseRecorder{
		"body too_large":  send(s, "POST /shop/things "+full+" ", owner...),
		"body media":      send(s, `POST /shop/things {"id":"c"}`, append([]string{"Content-Type", "text/plain"}, owner...)...),
		"body syntax":     send(s, `POST /shop/things {"id":`, owner...),
		"body type":       send(s, `POST /shop/things`, owner...),
		"body required":   send(s, `POST /shop/things {}`, owner...),
		"body additional": send(s, `POST /shop/things {"id":"c","x":1}`, owner...),
		"path max_length": send(s, "GET /shop/things/"+strings.Repeat("x", 21), owner...),
		"query type n":    send(s, "GET /shop/things?n=x", owner...),
	} {
		want(t, rec, 400, what)
		if e := lastCode(w); e != "bad" {
			t.Errorf("%s: the journal has the code %q", what, e)
		}
	}
	if w.Store.Version() != before {
		t.Error("a refused request changed the state")
	}
	want(t, send(s, "POST /shop/doors a=1&b=2", "Content-Type", "application/x-www-form-urlencoded"), 200, "a=1&b=2") // the handler's to read
	want(t, send(s, "GET /shop/things {not read", owner...), 200, "{not read")
}

// TestAVendorsOwnOrder: one that tells the foremost rule first, asks for permission last and speaks of a body that is missing.
func TestAVendorsOwnOrder(t *testing.T) {
	late := shop()
	late.Order, late.PermitLast = []spec.Rule{spec.RuleType, spec.RuleAdditional}, true
	late.Wording = func(v spec.Violation) (string, string) {
		if v.Empty {
			return "bad", "no body as " + v.Text
		}
		return "bad", string(v.Rule) + " " + v.Path
	}
	late.Errors[1].Message = "{scopes} after {wait}"
	late.Render = func(c *spec.Call, e *spec.Error, message string) spec.Reply {
		return spec.Reply{Status: e.Status, Body: state.NewBuilder().Text("error", message).Text("wait", c.Quota.Wait.String()).Doc()}
	}
	s := New([]*spec.Vendor{late})
	w := newWorld(s, DefaultWorld)
	w.Limits = map[string]string{"shop": "small"}
	s.Add(w)
	guest := []string{"Authorization", "Bearer guest"}
	want(t, send(s, `POST /shop/things {"id":7,"x":1}`, guest...), 400, "type id")
	want(t, send(s, `POST /shop/things`, append(guest, "Content-Type", "application/json")...), 400, "no body as application/json")
	want(t, send(s, `POST /shop/things {"id":"7"}`, guest...), 429, `"wait":"19.9`)
	w.Limits = nil
	want(t, send(s, `POST /shop/things {"id":"7"}`, guest...), 403, "write after")
	if e := last(t, w); e.Stage != "permit" || w.Store.Version() != 0 {
		t.Errorf("answered by %s", e.Stage)
	}
	want(t, send(s, `POST /shop/doors x=1`), 200, "x=1")
	want(t, send(s, `POST /shop/things {"id":"7"}`, owner...), 201, `{"id":"7"}`)
}

func lastCode(w *World) string { return w.Journal.Entries(Filter{Limit: 1})[0].Code }

// chunked is a body without a length; err comes behind its bytes.
func chunked(s *Server, body string, err error) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", "/shop/things", io.MultiReader(strings.NewReader(body), failing{err}))
	r.ContentLength = -1
	r.Header.Set("Authorization", "Bearer owner")
	r.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	s.ServeHTTP(rec, r)
	return rec
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestBodiesWithoutALength(t *testing.T) {
	s := newShop()
	want(t, chunked(s, `{"id":"a"}`, io.EOF), 201, `{"id":"a"}`)
	want(t, chunked(s, strings.Repeat(" ", MaxBody+1), io.EOF), 400, "body too_large")
	want(t, chunked(s, `{"id":"b"}`, errors.New("reset")), 400, "body syntax")
}

func TestABodyThatEndsEarly(t *testing.T) {
	s := newShop()
	r := httptest.NewRequest("POST", "/shop/things", strings.NewReader(`{"id":"a"}`))
	r.ContentLength = 100
	r.Header = http.Header{"Authorization": {"Bearer owner"}, "Content-Type": {"application/json"}}
	rec := httptest.NewRecorder()
	s.ServeHTTP(rec, r)
	want(t, rec, 400, "body syntax")
}
