package serve

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
)

func TestWorldsAreChosenByHeaderThenPathThenCredential(t *testing.T) {
	s := newShop("a", "b", "c")
	s.Bind("c", "key of c")
	s.Bind(DefaultWorld, "key of default")
	key := []string{"Authorization", "Bearer key of c"}
	for _, c := range []struct {
		what, call, world string
		headers           []string
	}{
		{"nothing chosen", "GET /shop/things", DefaultWorld, owner},
		{"a header", "GET /shop/things", "a", append([]string{"X-Understudy-World", "a"}, owner...)},
		{"a prefix", "GET /w/b/shop/things", "b", owner},
		{"a credential", "GET /shop/things", "c", key},
		{"a header before a prefix", "GET /w/b/shop/things", "a", append([]string{"X-Understudy-World", "a"}, key...)},
		{"a prefix before a credential", "GET /w/b/shop/things", "b", key},
	} {
		rec := send(s, c.call, c.headers...)
		want(t, rec, 200, `"world":"`+c.world+`"`)
		if e := last(t, s.World(c.world)); e.World != c.world || e.Path != "/shop/things" {
			t.Errorf("%s: the journal has %s %s", c.what, e.World, e.Path)
		}
	}
	want(t, send(s.Only("b", ""), "GET /shop/things", owner...), 200, `"world":"b"`)
	want(t, send(s.Only("b", ""), "GET /shop/things", key...), 200, `"world":"c"`)
	for _, call := range []string{"GET /w/none/shop/things", "GET /w//shop/things"} {
		want(t, send(s, call, owner...), 404, `"code":"unknown_world"`)
	}
	want(t, send(s, "GET /shop/things", "X-Understudy-World", "none"), 404, `"code":"unknown_world"`)
	for world, paths := range map[string][]string{DefaultWorld: {"/w/none/shop/things", "/w//shop/things", "/shop/things", "/w/typo"}, "b": {"/w/typo"}} {
		want(t, send(s.Only(world, ""), "GET /w/typo", owner...), 404, `"code":"unknown_world"`)
		var got []string
		for _, e := range s.World(world).Journal.Entries(Filter{Undeclared: true}) { // of whom the listener is
			if e.Code == "unknown_world" && e.World == world {
				got = append(got, e.Path)
			}
		}
		if !slices.Equal(got, paths) {
			t.Errorf("the journal of %s has %q, want %q", world, got, paths)
		}
	}
	want(t, send(s.Only("gone", ""), "GET /shop/things", owner...), 404, `"code":"unknown_world"`) // and no journal
	want(t, send(s, "GET /w/b", owner...), 404, `path /.`)
	want(t, send(s, "GET /w/b/", owner...), 404, `"code":"unknown_path"`)
	want(t, send(s, "GET /w/b/shop/things/x%2Fy/parts/z", owner...), 200, `"var id":"x/y"`)
	want(t, send(s, "GET /w/b/shop/things?n=7", owner...), 200, `"world":"b"`)
	want(t, send(s, "GET /w/b/shop/things?n=x", owner...), 400, "query type n")
}

func TestWorldsComeAndGo(t *testing.T) {
	s := newShop("a")
	if s.Add(newWorld(s, "a")) {
		t.Error("a name was given twice")
	}
	s.Bind("a", "key")
	s.Remove("a")
	want(t, send(s, "GET /shop/things", "Authorization", "Bearer key"), 404, `"code":"unknown_world"`) // and not another world
	want(t, send(s, "GET /w/a/shop/things", owner...), 404, "unknown_world")
	if !s.Add(newWorld(s, "a")) {
		t.Error("the name is not free again")
	}
}

func TestBindingsAreBounded(t *testing.T) {
	s := newShop("a")
	for i := range maxBound + 10 {
		s.Bind("a", "key "+strconv.Itoa(i))
		s.Bind("a", "key "+strconv.Itoa(i))
	}
	if len(s.credentials) != maxBound || len(s.bound) != maxBound {
		t.Errorf("%d credentials, %d in order", len(s.credentials), len(s.bound))
	}
	want(t, send(s, "GET /shop/things", "Authorization", "Bearer key 9"), 200, `"world":"default"`)
	want(t, send(s, "GET /shop/things", "Authorization", "Bearer key 10"), 200, `"world":"a"`)
}

func TestBaseIsWhatTheClientUsed(t *testing.T) {
	s := newShop("a")
	secure := func(call string) *httptest.ResponseRecorder {
		h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.TLS = &tls.ConnectionState{}
			s.ServeHTTP(w, r)
		})
		return send(h, call, owner...)
	}
	marked := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.ServeHTTP(w, r.WithContext(Secure(r.Context()))) })
	want(t, send(s, "GET http://localhost:4010/shop/things", owner...), 200, `"base":"http://localhost:4010"`)
	want(t, send(s, "GET http://localhost:4010/w/a/shop/things", owner...), 200, `"base":"http://localhost:4010/w/a"`)
	want(t, secure("GET http://localhost:4443/shop/things"), 200, `"base":"https://localhost:4443"`)
	want(t, send(marked, "GET http://tenant.test/shop/things", owner...), 200, `"base":"https://tenant.test"`)
}

func TestPresets(t *testing.T) {
	vendors := []*spec.Vendor{shop(), bank()}
	for text, want := range map[string]map[string]string{
		"": {}, "off": {}, "on": {"shop": "small"}, "shop=large": {"shop": "large"}, " shop=small ": {"shop": "small"},
	} {
		if got, err := Presets(vendors, text); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"yes", "shop", "shop=", "shop=huge", "none=small", "bank=small", "shop=small,none=x", ","} {
		if got, err := Presets(vendors, text); err == nil {
			t.Errorf("%q: %v and no error", text, got)
		}
	}
}
