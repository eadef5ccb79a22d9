package serve

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// challenging is a shop that hands out a ticket to whoever brings none, takes each ticket once, takes a slash at the end
// of a path and wraps what ?wrap asks to be wrapped.
func challenging() *Server {
	v := shop()
	v.Slash, v.Challenges = true, true
	v.Authenticate = func(c *spec.Call) error {
		ticket := bearer(c.Request)
		if ticket == "" || c.Tx.Note("ticket/"+ticket) == "" {
			c.Tx.SetNote("ticket/one", "issued")
			return c.Fail("who")
		}
		c.Tx.SetNote("ticket/"+ticket, "")
		c.Caller = spec.Caller{Name: ticket, All: true}
		return nil
	}
	v.Shape = func(c *spec.Call, reply *spec.Reply) {
		if c.Query.Has("wrap") {
			reply.Body = state.NewBuilder().Raw("wrapped", string(reply.Body)).Doc()
		}
	}
	for i := range v.Operations {
		v.Operations[i].Query = []spec.Param{{Name: "wrap", Schema: &spec.Schema{Type: spec.String}}}
	}
	s := New([]*spec.Vendor{v, bank()})
	s.Add(newWorld(s, DefaultWorld))
	return s
}

func TestWhatARefusalNotesStays(t *testing.T) {
	s := challenging()
	ticket := []string{"Authorization", "Bearer one"}
	want(t, send(s, "GET /shop/things", ticket...), 401, "Who?") // not issued yet
	want(t, send(s, "GET /shop/things", ticket...), 200, "")
	want(t, send(s, "GET /shop/things", ticket...), 401, "Who?") // spent
	if s.World(DefaultWorld).Store.Version() != 0 {
		t.Error("tickets count as objects")
	}
}

func TestASuccessTakesTheFormThatIsAskedFor(t *testing.T) {
	s := challenging()
	want(t, send(s, "POST /shop/doors?wrap=1 x"), 200, `{"wrapped":{"operation":"doors.open"`)
	want(t, send(s, "POST /shop/doors x"), 200, `{"operation":"doors.open"`)
	want(t, send(s, "GET /shop/things?wrap=1"), 401, `{"error":"Who?"}`) // a refusal has its own
}

func TestASlashAtTheEnd(t *testing.T) {
	r := newRouter(challenging().Vendors())
	for path, id := range map[string]string{
		"/shop/things/": "things.list", "/shop/things/a/": "things.get", "/shop/things/a%2F/": "things.get",
		"/shop/things//": "", "/shop/things/a//": "", "/": "", "//": "", "/bank/v1/accounts/1/": "", "/shop" + strings.Repeat("/", 4000): "",
	} {
		u, err := url.ParseRequestURI(path)
		if err != nil {
			t.Fatal(err)
		}
		found, _, _ := r.find(&http.Request{Method: "GET", URL: u}, u.EscapedPath())
		if got := found; (got == nil) != (id == "") || got != nil && got.op.ID != id {
			t.Errorf("%.40s reaches %+v, not %q", path, got, id)
		}
	}
}
