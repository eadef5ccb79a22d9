package serve

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/clock"
	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
	"github.com/understudy-dev/understudy/scenarios"
)

// shop and bank are two small vendors. A shop's caller is the word after Bearer; "guest" may only read.
func shop() *spec.Vendor {
	id := spec.Param{Name: "id", Schema: &spec.Schema{Type: spec.String, MaxLength: 20}}
	thing := &spec.Schema{Type: spec.Object, Fields: []spec.Field{spec.Req("id", &spec.Schema{Type: spec.String}), spec.Opt("secret", &spec.Schema{Type: spec.String})}}
	v := &spec.Vendor{
		Name: "shop", Prefixes: []string{"/shop"}, Presets: []string{"small", "large"},
		Operations: []spec.Operation{
			{ID: "things.list", Method: "GET", Path: "/shop/things", Needs: []string{"read"}, Query: []spec.Param{{Name: "n", Schema: &spec.Schema{Type: spec.Integer}}}, Status: 200, Handle: echo},
			{ID: "things.create", Method: "POST", Path: "/shop/things", Needs: []string{"write"}, Limit: "writes", Body: thing, Status: 201, Reply: thing, Handle: addThing},
			{ID: "things.named", Method: "GET", Path: "/shop/things/name/{name}", Needs: []string{"read"}, Status: 200, Handle: echo},
			{ID: "things.get", Method: "GET", Path: "/shop/things/{id}", Needs: []string{"read"}, PathParams: []spec.Param{id}, Status: 200, Handle: getThing},
			{ID: "things.delete", Method: "DELETE", Path: "/shop/things/{id}", Needs: []string{"write"}, Limit: "writes", Status: 204, Handle: deleteThing},
			{ID: "parts.get", Method: "GET", Path: "/shop/things/{id}/parts/{part}", Needs: []string{"read"}, Status: 200, Handle: echo},
			{ID: "doors.open", Method: "POST", Path: "/shop/doors", Public: true, Body: &spec.Schema{}, Media: []string{"application/x-www-form-urlencoded"}, Status: 200, Handle: echo},
			{ID: "faults.raise", Method: "POST", Path: "/shop/faults/{what}", Public: true, Status: 200, Also: []int{202}, Reply: thing, Handle: fault},
		},
		Errors: []spec.Error{
			{Code: "who", Status: 401, Class: spec.Unauthenticated, Message: "Who?"},
			{Code: "no", Status: 403, Class: spec.Forbidden, Message: "Needs {scopes}"},
			{Code: "bad", Status: 400, Class: spec.Invalid, Message: "{detail}", Sample: []string{"detail", "sample"}},
			{Code: "slow", Status: 429, Class: spec.Throttled, Message: "Slow down"},
			{Code: "gone", Status: 404, Class: spec.NotFound, On: state.ErrNotFound, Message: "Gone", Header: map[string]string{"X-Gone": "yes"}},
			{Code: "twice", Status: 409, Class: spec.Conflict, On: state.ErrConflict, Message: "Twice"},
			{Code: "broken", Status: 500, Class: spec.Internal, Message: "Broken"},
			{Code: "method_not_allowed", Status: 405, Message: "Not so"},
		},
		Kinds: []spec.Kind{{Name: "things", Identify: func(d state.Doc) string { return d.Text("id") }, Key: func(_ *state.Tx, o *state.Object) string { return "thing " + o.ID }}},
		Buckets: []spec.Bucket{
			{Name: "global", Global: true, Rates: map[string]spec.Rate{"small": {Burst: 5, Refill: 1, Per: time.Second}, "large": {Burst: 50, Refill: 10, Per: time.Second}}},
			{Name: "writes", Rates: map[string]spec.Rate{"small": {Burst: 2, Refill: 3, Per: time.Minute}}},
		},
		Credential: func(r *http.Request, _ []byte) string { return bearer(r) },
		Authenticate: func(c *spec.Call) error {
			switch who := bearer(c.Request); who {
			case "":
				return c.Fail("who")
			case "guest":
				c.Caller = spec.Caller{Name: who, Scopes: []string{"read"}}
			default:
				c.Caller = spec.Caller{Name: who, All: true}
			}
			return nil
		},
		Ended: func(c *spec.Call, expired bool) error {
			if expired {
				return c.Fail("who")
			}
			return c.Fail("no")
		},
		Wording: func(v spec.Violation) (string, string) {
			return "bad", string(v.Where) + " " + string(v.Rule) + " " + v.Path
		},
		Render: func(_ *spec.Call, e *spec.Error, message string) spec.Reply {
			return spec.Reply{Status: e.Status, Body: state.NewBuilder().Text("error", message).Doc(), Header: e.Header}
		},
		Decorate: func(_ *spec.Call, h http.Header, q spec.Quota) {
			h.Set("Content-Type", "application/json")
			h.Set("X-Quota", strconv.Itoa(q.Remaining)+" of "+strconv.Itoa(q.Limit)+" "+q.Wait.Round(time.Millisecond).String())
		},
	}
	return v
}

func bank() *spec.Vendor {
	v := *shop()
	v.Name, v.Prefixes, v.Presets, v.Buckets = "bank", []string{"/bank/v1"}, nil, nil
	v.Operations = []spec.Operation{{ID: "accounts.get", Method: "GET", Path: "/bank/v1/accounts/{id}", Needs: []string{"read"}, Status: 200, Handle: echo}}
	v.Errors = v.Errors[:len(v.Errors)-1]
	return &v
}

func bearer(r *http.Request) string {
	return strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
}

// echo answers with what a handler is given.
func echo(c *spec.Call) (spec.Reply, error) {
	b := state.NewBuilder().Text("operation", c.Operation.ID).Text("world", c.World).Text("base", c.Base()).Text("body", string(c.Raw))
	for _, name := range c.Operation.Vars() {
		b.Text("var "+name, c.Vars[name])
	}
	return spec.Reply{Body: b.Doc()}, nil
}

func addThing(c *spec.Call) (spec.Reply, error) {
	o, err := c.Build("things", c.Body)
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: o.Doc}, nil
}

func getThing(c *spec.Call) (spec.Reply, error) {
	o, err := c.Tx.Get("things", c.Vars["id"])
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: o.Doc}, nil
}

func deleteThing(c *spec.Call) (spec.Reply, error) {
	_ = c.Tx.Delete("things", c.Vars["id"]) // one that is not there is gone too
	return spec.Reply{}, nil
}

// fault writes, and then does what no handler should.
func fault(c *spec.Call) (spec.Reply, error) {
	if _, err := c.Build("things", `{"id":"left behind"}`); err != nil {
		return spec.Reply{}, err
	}
	switch c.Vars["what"] {
	case "panic":
		panic("boom")
	case "abort":
		panic(http.ErrAbortHandler)
	case "status":
		return spec.Reply{Status: 418}, nil
	case "shape":
		return spec.Reply{Body: `{"id":7}`}, nil
	case "error":
		return spec.Reply{}, c.Fail("undeclared")
	}
	return spec.Reply{Status: 202, Body: `{"id":"x"}`}, nil
}

// newShop is a server with both vendors and the default world, whose clock stands.
func newShop(names ...string) *Server {
	s := New([]*spec.Vendor{shop(), bank()})
	for _, name := range append([]string{DefaultWorld}, names...) {
		s.Add(newWorld(s, name))
	}
	return s
}

func newWorld(s *Server, name string) *World {
	var kinds []state.Kind
	for _, v := range s.Vendors() {
		for i := range v.Kinds {
			kinds = append(kinds, v.Kinds[i].Store(v.Name))
		}
	}
	w := &World{Name: name, Store: state.New(1, kinds...), Clock: clock.NewWorld(), Journal: NewJournal(nil)}
	w.Admin = func(tx *state.Tx, v *spec.Vendor, c *scenarios.Change, targets []*state.Object, _ time.Time) (changed []string, err error) {
		if c.Create != "" {
			_, err = tx.Insert(v.Kind("things").Object(state.Doc(`{"id":` + string(c.Set["id"]) + `}`)))
			return []string{"created"}, err
		}
		for _, o := range targets {
			changed = append(changed, "deleted "+o.ID)
			err = tx.Delete(o.Kind, o.ID)
		}
		return changed, err
	}
	w.Clock.Freeze()
	return w
}

// send answers a request of "METHOD PATH BODY", with headers as name, value pairs.
func send(h http.Handler, call string, headers ...string) *httptest.ResponseRecorder {
	method, rest, _ := strings.Cut(call, " ")
	path, body, _ := strings.Cut(rest, " ")
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body == "" {
		r.Body, r.ContentLength = http.NoBody, 0
	} else {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec
}

var owner = []string{"Authorization", "Bearer owner"}

// want fails unless the answer has the status and the text somewhere in its body.
func want(t *testing.T, rec *httptest.ResponseRecorder, status int, text string) {
	t.Helper()
	if rec.Code != status || !strings.Contains(rec.Body.String(), text) {
		t.Errorf("answered %d %s\nwant     %d …%s…", rec.Code, rec.Body, status, text)
	}
}

// last is the newest entry of a world's journal.
func last(t *testing.T, w *World) Entry {
	t.Helper()
	all := w.Journal.Entries(Filter{Limit: 1})
	if len(all) == 0 {
		t.Fatal("the journal is empty")
	}
	return all[0]
}
