package spec

import (
	"strings"

	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// Operation is one row of a vendor's table: one method on one path.
type Operation struct {
	ID      string // resource.verb; with the vendor's name before it, the name that scenarios use
	Family  string // tells rows of one ID apart: "legacy", "get"; "" where the ID stands once
	Method  string
	Path    string // a template: /api/v2/organizations/{id}
	Summary string

	Mints  bool     // makes a credential, which is another one in every world
	Public bool     // answers without a credential
	Needs  []string // scopes or roles, any one of which is enough
	Limit  string   // the endpoint's bucket, beside the global one

	PathParams []Param // only those with rules of their own
	Query      []Param
	QueryOpen  bool     // parameters that Query lacks are taken, and mean nothing
	Body       *Schema  // nil: a body is not read
	BodyFree   bool     // a body is optional and nothing in it matters
	Media      []string // content types that Body may come in; default application/json

	Status   int // of success
	Also     []int
	Reply    *Schema // nil: an empty body
	Errors   []Error
	Handle   func(*Call) (Reply, error)
	Evidence Evidence
	Except   []Exception // requests that are known otherwise than the others
}

// Exception is some of a row's requests, with what is known of those.
type Exception struct {
	What     string // for people
	Is       func(*Call) bool
	Evidence Evidence
}

// Known is the evidence for the answer to a request.
func (o *Operation) Known(c *Call) Evidence {
	for i := range o.Except {
		if o.Except[i].Is(c) {
			return o.Except[i].Evidence
		}
	}
	return o.Evidence
}

// Param is one path or query parameter.
type Param struct {
	Name     string
	Schema   *Schema
	Required bool // of a query: a path has all of its own
	Repeat   bool // may stand several times
	Evidence Evidence
}

// Reads tells whether the operation leaves the state as it is.
func (o *Operation) Reads() bool {
	verb := o.verb()
	return o.Method == "GET" || o.Method == "HEAD" || strings.HasPrefix(verb, "get") || strings.HasPrefix(verb, "list")
}

// verb is the last word of the id, as in organizations.list.
func (o *Operation) verb() string { return o.ID[strings.LastIndex(o.ID, ".")+1:] }

// Name is the ID with its family, as people and journals see a row.
func (o *Operation) Name() string {
	if o.Family == "" {
		return o.ID
	}
	return o.ID + " (" + o.Family + ")"
}

// Error is one way in which an operation fails: a status and the vendor's own words.
type Error struct {
	Code    string // unique in its operation; the vendor's own code where that is unique too
	Wire    string // what the vendor writes as its code: "" for Code itself, "-" for none
	Status  int
	Message string // with {name} places that Fail's arguments fill
	Class   Class
	On      error // a cause that answers with this row by itself: state.ErrNotFound, state.ErrConflict
	Header  map[string]string
	Sample  []string // arguments for Message where a scenario raises the row
	// Fresh makes arguments that come before those of Sample, each time that a scenario raises the row, such as the nonce of
	// a challenge. It may write notes. nil: Sample says it all.
	Fresh func(c *Call) []string
	// Evidence of the row as a whole: status, code and wording.
	Evidence Evidence
}

// WireCode is the code as the vendor writes it, "" for none.
func (e *Error) WireCode() string {
	switch e.Wire {
	case "":
		return e.Code
	case "-":
		return ""
	}
	return e.Wire
}

// Class is a portable name of a failure, which every vendor maps to a row of its table.
type Class string

// The portable classes.
const (
	Throttled       Class = "throttled"
	Unauthenticated Class = "unauthenticated"
	Forbidden       Class = "forbidden"
	NotFound        Class = "not_found"
	Conflict        Class = "conflict"
	Invalid         Class = "invalid"
	Internal        Class = "internal"
	Unavailable     Class = "unavailable"
)

// Classes lists the portable classes.
var Classes = []Class{Throttled, Unauthenticated, Forbidden, NotFound, Conflict, Invalid, Internal, Unavailable}

// Error returns the row of an operation for a code, its own rows before the vendor's, or nil.
func (v *Vendor) Error(o *Operation, code string) *Error {
	return v.find(o, func(e *Error) bool { return e.Code == code })
}

// ErrorOf returns the first row of an operation that has a class, or nil.
func (v *Vendor) ErrorOf(o *Operation, class Class) *Error {
	return v.find(o, func(e *Error) bool { return e.Class == class })
}

// ErrorOn returns the row that a cause answers with, or nil.
func (v *Vendor) ErrorOn(o *Operation, cause error) *Error {
	return v.find(o, func(e *Error) bool { return e.On == cause })
}

func (v *Vendor) find(o *Operation, ok func(*Error) bool) *Error {
	if o != nil {
		for i := range o.Errors {
			if ok(&o.Errors[i]) {
				return &o.Errors[i]
			}
		}
	}
	for i := range v.Errors {
		if ok(&v.Errors[i]) {
			return &v.Errors[i]
		}
	}
	return nil
}

// ErrorsOf returns every row that an operation may answer with.
func (v *Vendor) ErrorsOf(o *Operation) []Error {
	rows := append([]Error(nil), o.Errors...)
	for _, e := range v.Errors {
		if o.Public && (e.Class == Unauthenticated || e.Class == Forbidden) {
			continue
		}
		if v.Error(o, e.Code).Evidence == e.Evidence {
			rows = append(rows, e)
		}
	}
	return rows
}

// Vars are the names of the path's parameters, in order.
func (o *Operation) Vars() []string {
	var vars []string
	for _, segment := range strings.Split(o.Path, "/") {
		if name, ok := strings.CutPrefix(segment, "{"); ok {
			vars = append(vars, strings.TrimSuffix(name, "}"))
		}
	}
	return vars
}

// Fill puts arguments, name, value pairs, into the {places} of a message. The first of a name counts, and what a value
// looks like is no place.
func Fill(message string, args ...string) string {
	var pairs []string
	for i := 0; i+1 < len(args); i += 2 {
		pairs = append(pairs, "{"+args[i]+"}", args[i+1])
	}
	return strings.NewReplacer(pairs...).Replace(message)
}

// Evidence says how we know: a grade and where to look.
type Evidence struct {
	Grade  Grade
	Source string
}

// Grade orders evidence: what the wire showed comes first.
type Grade int

// The grades, from the strongest.
const (
	Ungraded Grade = iota
	GradeRecorded
	GradeDocumented
	GradeClientCode
	GradeAssumed
)

func (g Grade) String() string {
	return [...]string{"ungraded", "recorded", "documented", "client code", "assumed"}[g]
}

// Recorded is seen in real traffic: a call of a given recording (name#n), or a label of one that is not at hand (tf:…, go:…, ruby:…).
func Recorded(source string) Evidence { return Evidence{GradeRecorded, source} }

// Documented stands on a page or in a specification of the vendor's, with its date.
func Documented(source string) Evidence { return Evidence{GradeDocumented, source} }

// ClientCode follows from how the vendor's own client behaves.
func ClientCode(source string) Evidence { return Evidence{GradeClientCode, source} }

// Assumed is the most plausible answer to what no source settles; the source says why.
func Assumed(why string) Evidence { return Evidence{GradeAssumed, why} }

// Reply is what an operation answers with.
type Reply struct {
	Status int // 0: the operation's Status
	Body   state.Doc
	Header map[string]string
	Bind   []string // credentials that the operation made: requests with them reach this world from now on
}
