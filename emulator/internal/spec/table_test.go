package spec

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/state"
)

var vendor = &Vendor{
	Name: "v",
	Errors: []Error{
		{Code: "no_credential", Status: 401, Class: Unauthenticated, Evidence: Assumed("1")},
		{Code: "forbidden", Status: 403, Class: Forbidden, Evidence: Assumed("2")},
		{Code: "invalid", Status: 400, Class: Invalid, Message: "{detail}", Evidence: Assumed("3")},
	},
	Kinds:   []Kind{{Name: "things"}},
	Buckets: []Bucket{{Name: "reads"}},
}

var getThing = &Operation{
	ID: "things.get", Method: "GET", Path: "/v/{area}/things/{id}",
	Errors: []Error{
		{Code: "thing_not_found", Status: 404, Class: NotFound, On: state.ErrNotFound, Message: "No {what}.", Evidence: Assumed("4")},
		{Code: "area_not_found", Status: 404, Class: NotFound, Evidence: Assumed("5")},
		{Code: "invalid", Status: 422, Class: Invalid, Message: "Wrong: {detail}", Evidence: Assumed("6")},
	},
}

func TestErrorsAreFoundInTheOperationFirst(t *testing.T) {
	for what, row := range map[string]*Error{
		"404 by code": vendor.Error(getThing, "thing_not_found"), "404 by class": vendor.ErrorOf(getThing, NotFound), "404 by cause": vendor.ErrorOn(getThing, state.ErrNotFound),
		"422 own before the vendor's": vendor.Error(getThing, "invalid"), "422 by class": vendor.ErrorOf(getThing, Invalid),
		"401 the vendor's": vendor.Error(getThing, "no_credential"), "400 without an operation": vendor.Error(nil, "invalid"),
	} {
		if row == nil || !strings.HasPrefix(what, fmt.Sprint(row.Status)) {
			t.Errorf("%s: %+v", what, row)
		}
	}
	if vendor.Error(getThing, "none") != nil || vendor.ErrorOf(getThing, Conflict) != nil || vendor.ErrorOn(getThing, state.ErrConflict) != nil {
		t.Error("rows were found that are not there")
	}
	if vendor.Kind("things") == nil || vendor.Kind("none") != nil || vendor.Bucket("reads") == nil || vendor.Bucket("none") != nil {
		t.Error("kinds or buckets are not found by name")
	}
}

func TestErrorsOfListsEachCodeOnce(t *testing.T) {
	list := func(op *Operation) string {
		var all []string
		for _, e := range vendor.ErrorsOf(op) {
			all = append(all, fmt.Sprint(e.Code, e.Status))
		}
		return strings.Join(all, " ")
	}
	if got := list(getThing); got != "thing_not_found404 area_not_found404 invalid422 no_credential401 forbidden403" {
		t.Error(got)
	}
	if got := list(&Operation{Public: true}); got != "invalid400" {
		t.Error(got)
	}
}

func TestResolve(t *testing.T) {
	c := &Call{Vendor: vendor, Operation: getThing}
	for _, x := range []struct {
		err     error
		code    string
		message string
	}{
		{c.Fail("thing_not_found", "what", "thing of {detail}"), "thing_not_found", "No thing of {detail}."},
		{fmt.Errorf("around: %w", c.Fail("invalid", "detail", "x")), "invalid", "Wrong: x"},
		{fmt.Errorf("around: %w", state.ErrNotFound), "thing_not_found", "No {what}."},
	} {
		if row, message := c.Resolve(x.err); row == nil || row.Code != x.code || message != x.message {
			t.Errorf("Resolve(%v) = %+v, %q", x.err, row, message)
		}
	}
	if c.Resolve(c.Fail("invalid", "detail", "x")); fmt.Sprint(c.Args) != "[detail x]" {
		t.Errorf("the arguments are %v", c.Args)
	}
	for _, err := range []error{c.Fail("none"), state.ErrConflict, errors.New("else")} {
		if row, _ := c.Resolve(err); row != nil {
			t.Errorf("Resolve(%v) = %+v", err, row)
		}
	}
}

func TestWords(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Fill("{a} and {b} and {a}", "a", "1", "b", "{a}"), "1 and {a} and 1"},
		{Fill("{a}", "a"), "{a}"},
		{(&Error{Code: "c"}).WireCode(), "c"}, {(&Error{Code: "c", Wire: "w"}).WireCode(), "w"}, {(&Error{Code: "c", Wire: "-"}).WireCode(), ""},
		{strings.Join(getThing.Vars(), ","), "area,id"}, {(&Operation{ID: "a.b"}).Name(), "a.b"}, {(&Operation{ID: "a.b", Family: "f"}).Name(), "a.b (f)"},
		{GradeRecorded.String(), "recorded"}, {GradeClientCode.String(), "client code"}, {Evidence{}.Grade.String(), "ungraded"},
		{(&Failure{Code: "thing_not_found"}).Error(), "thing_not_found"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestMay(t *testing.T) {
	caller := &Caller{Scopes: []string{"read:a", "read:b"}}
	for _, c := range []struct {
		caller *Caller
		needs  []string
		want   bool
	}{
		{caller, nil, true}, {caller, []string{"read:b"}, true}, {caller, []string{"x", "read:a"}, true}, {caller, []string{"read:"}, false},
		{&Caller{}, []string{"read:a"}, false}, {&Caller{}, nil, true}, {&Caller{All: true}, []string{"x"}, true},
	} {
		if got := c.caller.May(c.needs); got != c.want {
			t.Errorf("%+v may %v: %v", c.caller, c.needs, got)
		}
	}
}

func TestWait(t *testing.T) {
	rate := Rate{Burst: 10, Refill: 3, Per: time.Second}
	for tokens, want := range map[float64]time.Duration{0: 0, -2: 0, 3: time.Second, 1: 333333334, 0.5: 166666667} {
		if got := rate.Wait(tokens); got != want {
			t.Errorf("Wait(%v) = %d, want %d", tokens, got, want)
		}
	}
}

// TestGeneratedNames have their form, differ within a world, and are the same in an equal one.
func TestGeneratedNames(t *testing.T) {
	generated := func(seed uint64) []string {
		var all []string
		s := state.New(seed)
		if err := s.Update("v", time.Time{}, func(tx *state.Tx) error {
			c := &Call{Tx: tx}
			all = []string{c.ID("a", 16), c.ID("a", 16), c.ID("b", 100), c.Hex("a", 24), c.Hex("a", 64), c.Secret("a", 64), c.Secret("a", 200), c.ID("a", 0)}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return all
	}
	first := generated(1)
	for i, n := range []int{16, 16, 100, 24, 64, 64, 200, 0} {
		if len(first[i]) != n {
			t.Errorf("%q has not %d letters", first[i], n)
		}
	}
	if first[0] == first[1] || strings.Trim(first[2], alphanumeric) != "" || strings.Trim(first[4], "0123456789abcdef") != "" || strings.Trim(first[6], alphanumeric+"-_") != "" {
		t.Errorf("%q", first)
	}
	if strings.Join(first, "") != strings.Join(generated(1), "") || first[0] == generated(2)[0] {
		t.Error("the seed does not decide")
	}
}

func TestBuild(t *testing.T) {
	v := &Vendor{Name: "v", Kinds: []Kind{
		{Name: "things", Identify: func(d state.Doc) string { return d.Text("id") }, Parent: func(d state.Doc) string { return d.Text("p") },
			Build: func(c *Call, d state.Doc) (state.Doc, error) {
				if d.Text("id") == "bad" {
					return "", c.Fail("bad")
				}
				return d.SetText("made", "yes"), nil
			}},
		{Name: "plain", Identify: func(d state.Doc) string { return d.Text("id") }},
	}}
	s := state.New(1, v.Kinds[0].Store("v"), v.Kinds[1].Store("v"))
	err := s.Update("v", time.Time{}, func(tx *state.Tx) error {
		c := &Call{Vendor: v, Tx: tx}
		o, err := c.Build("things", `{"id":"a","p":"q"}`)
		if err != nil || o.ID != "a" || o.Parent != "q" || o.Doc != `{"id":"a","p":"q","made":"yes"}` {
			t.Errorf("%+v, %v", o, err)
		}
		if _, err := c.Build("things", `{"id":"bad"}`); err == nil || err.Error() != "bad" {
			t.Errorf("a refused document: %v", err)
		}
		if _, err := c.Build("things", `{"id":"a"}`); !errors.Is(err, state.ErrConflict) {
			t.Errorf("a second one: %v", err)
		}
		o, err = c.Build("plain", `{"id":"a"}`)
		if err != nil || o.Doc != `{"id":"a"}` {
			t.Errorf("%+v, %v", o, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestMessagesAreFilledOnce(t *testing.T) {
	for want, args := range map[string][]string{
		"Role {org} invalid for o.": {"role", "{org}", "org", "o"}, "Role first invalid for {org}.": {"role", "first", "role", "second"},
		"Role {role} invalid for {org}.": nil,
	} {
		if got := Fill("Role {role} invalid for {org}.", args...); got != want {
			t.Errorf("%q filled it to %q, not %q", args, got, want)
		}
	}
}
