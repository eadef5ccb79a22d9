package serve

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
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
