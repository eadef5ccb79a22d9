package serve

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
)

func TestFind(t *testing.T) {
	s := newShop()
	for _, c := range []struct{ call, want string }{
		{"GET /shop/things", "shop.things.list"},
		{"GET /shop/things/7", "shop.things.get id=7"},
		{"DELETE /shop/things/7", "shop.things.delete id=7"},
		{"GET /shop/things/7/parts/8", "shop.parts.get id=7 part=8"},
		{"GET /bank/v1/accounts/7", "bank.accounts.get id=7"},
		{"GET /shop/things/name/7", "shop.things.named name=7"},
		// ids that are words of the tables
		{"GET /shop/things/name", "shop.things.get id=name"},
		{"GET /shop/things/things", "shop.things.get id=things"},
		{"GET /shop/things/accounts", "shop.things.get id=accounts"},
		{"GET /shop/things/shop/parts/parts", "shop.parts.get id=shop part=parts"},
		{"GET /shop/things/name/parts", "shop.things.named name=parts"},
		{"GET /shop/things/name/parts/things", "shop.parts.get id=name part=things"},
		{"GET /shop/things/name/name", "shop.things.named name=name"},
		// each parameter is unescaped once
		{"GET /shop/things/a%2Fb", "shop.things.get id=a/b"},
		{"GET /shop/things/a%2525", "shop.things.get id=a%25"},
		{"GET /shop/things/auth0%7C1", "shop.things.get id=auth0|1"},
		{"GET /shop/things/auth0|1", "shop.things.get id=auth0|1"},
		{"GET /shop/things/%C3%A9%20+", "shop.things.get id=é +"},
		{"GET /shop/things/%00", "shop.things.get id=\x00"},
		{"GET /shop/things/..", "shop.things.get id=.."},
		{"GET /shop/things/a%2Fparts%2Fb", "shop.things.get id=a/parts/b"},
		{"GET /shop/things?n=1", "shop.things.list"},
		// no route
		{"GET /shop/things/", "none"}, {"GET /shop//things", "none"}, {"GET /shop/things/7/", "none"}, {"GET /shop/things/7//8", "none"},
		{"GET /shop/things/7/parts", "none"}, {"GET /shop", "none"}, {"GET /", "none"}, {"GET /SHOP/things", "none"}, {"GET /shop/things%2F7", "none"},
		{"GET /bank/v1/things", "none"},
		// another method
		{"PUT /shop/things/7", "wrong method"}, {"HEAD /shop/things", "wrong method"}, {"OPTIONS /shop/things", "wrong method"}, {"POST /shop/things/name/x", "wrong method"},
		{"get /shop/things", "wrong method"},
	} {
		method, path, _ := strings.Cut(c.call, " ")
		u, err := url.ParseRequestURI(path)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // the router that is made on first use, and the same again
			if got := found(s, method, u); got != c.want {
				t.Errorf("%s finds %s, want %s", c.call, got, c.want)
			}
		}
	}
}

func found(s *Server, method string, u *url.URL) string {
	r, vars, wrongMethod := s.router.find(&http.Request{Method: method, URL: u}, u.EscapedPath())
	if wrongMethod {
		return "wrong method"
	}
	if r == nil {
		return "none"
	}
	name := r.vendor.Name + "." + r.op.ID
	for _, v := range slices.Sorted(maps.Keys(vars)) {
		name += fmt.Sprintf(" %s=%s", v, vars[v])
	}
	return name
}

func TestServerFind(t *testing.T) {
	s := newShop()
	if v, op := s.Find("GET", "/shop/things/7"); v == nil || v.Name != "shop" || op.ID != "things.get" {
		t.Errorf("%v, %v", v, op)
	}
	for _, path := range []string{"/none", "no path", "%zz", ""} {
		if v, op := s.Find("GET", path); v != nil || op != nil {
			t.Errorf("%q finds %v", path, op)
		}
	}
}

func TestWhatIsNotFound(t *testing.T) {
	s := newShop()
	want(t, send(s, "GET /none"), 404, `"code":"unknown_path"`)
	want(t, send(s, "GET /none"), 404, "/shop, /bank/v1")
	want(t, send(s, "GET /shopping"), 404, `"code":"unknown_path"`)
	want(t, send(s, "GET /shop/things/7/prats/8"), 501, "shop.parts.get (GET /shop/things/{id}/parts/{part})")
	want(t, send(s, "GET /shop/things/7/prats/8"), 501, `"code":"not_emulated"`)
	want(t, send(s, "DELETE /shop/thing/7"), 501, "shop.things.delete")
	want(t, send(s, "PUT /shop/things/7"), 405, `{"error":"Not so"}`)
	want(t, send(s, "PUT /bank/v1/accounts/7"), 501, "bank.accounts.get") // a vendor without a row for it
	for _, e := range s.World(DefaultWorld).Journal.Entries(Filter{}) {
		if e.Stage != "match" || e.Undeclared != (e.Status != 405) { // a path that is emulated, by another method
			t.Errorf("%s %s: answered by %s, undeclared %v", e.Method, e.Path, e.Stage, e.Undeclared)
		}
	}
	for _, h := range []http.Handler{s.Only(DefaultWorld, "bank"), s} { // a listener of one vendor, or a host that names it
		rec := send(h, "GET http://bank.localhost:4010/shop/things", owner...)
		want(t, rec, 501, "bank.accounts.get")
	}
	want(t, send(s.Only(DefaultWorld, "shop"), "GET /anything"), 501, "shop.")
	want(t, send(s, "GET http://shop.localhost/shop/things", owner...), 200, "things.list")
	want(t, send(s, "GET http://other.localhost/shop/things", owner...), 200, "things.list")
	if got := send(s, "GET /none").Header().Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("our own answer is %s", got)
	}
}

func TestTheVendorsOwnWordForUnknownRoutes(t *testing.T) {
	rpc := shop()
	rpc.Name, rpc.Prefixes, rpc.Operations = "rpc", []string{"/things."}, []spec.Operation{{ID: "things.list", Method: "POST", Path: "/things.list", Needs: []string{"read"}, Status: 200, Handle: echo}}
	rpc.Errors = append(rpc.Errors[:len(rpc.Errors)-1:len(rpc.Errors)-1], spec.Error{Code: "route_not_found", Status: 404, Message: "No route"})
	s := New([]*spec.Vendor{rpc, bank()})
	s.Add(newWorld(s, DefaultWorld))
	want(t, send(s, "POST /things.list {}", owner...), 200, "things.list")
	if e := last(t, s.World(DefaultWorld)); e.Undeclared {
		t.Errorf("%+v", e)
	}
	want(t, send(s, "POST /things.lost", owner...), 404, `{"error":"No route"}`)
	want(t, send(s, "GET /things.list", owner...), 404, `{"error":"No route"}`)
	want(t, send(s, "POST /things.lost"), 401, "Who?") // who calls is asked first
	want(t, send(s, "POST /things", owner...), 404, `"code":"unknown_path"`)
	for _, e := range s.World(DefaultWorld).Journal.Entries(Filter{Since: 1}) { // the vendor's own word is no sign that the path is emulated
		if !e.Undeclared {
			t.Errorf("%s %s was answered %d %s, and nobody is told", e.Method, e.Path, e.Status, e.Code)
		}
	}
}

func FuzzFind(f *testing.F) {
	s := newShop()
	for _, seed := range []string{"/shop/things/name/x", "/shop/things/a%2Fb", "/shop//", "/%", "/bank/v1/accounts/%C3%A9", "//", "/shop/things/7/parts/%00"} {
		f.Add("GET", seed)
	}
	f.Fuzz(func(t *testing.T, method, path string) {
		u, err := url.ParseRequestURI(path)
		if err != nil {
			return
		}
		found, vars, _ := s.router.find(&http.Request{Method: method, URL: u}, u.EscapedPath())
		if found == nil {
			return
		}
		escaped := found.op.Path
		for name, value := range vars {
			escaped = strings.ReplaceAll(escaped, "{"+name+"}", url.PathEscape(value))
		}
		same, err := url.ParseRequestURI(escaped)
		if err != nil || same.Path != u.Path || found.op.Method != method {
			t.Errorf("%s %q finds %s with %q", method, path, found.op.ID, vars)
		}
	})
}
