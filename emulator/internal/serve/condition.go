package serve

import (
	"strconv"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// holds tells whether all conditions of a rule hold for the call, as far as it has come.
func (x *exchange) holds(r *rule) bool {
	for i := range r.parts {
		if !r.parts[i].test.holds(x.part(&r.parts[i])) {
			return false
		}
	}
	return true
}

// part is what a condition speaks of, as JSON; it may be there or not.
func (x *exchange) part(p *part) gjson.Result {
	text := func(value string, there bool) gjson.Result {
		if !there {
			return gjson.Result{}
		}
		return gjson.Parse(state.Quote(value))
	}
	switch p.source {
	case "path":
		value, there := x.call.Vars[p.path[0]]
		return text(value, there)
	case "query":
		return text(x.call.Query.Get(p.path[0]), x.call.Query.Has(p.path[0]))
	case "header":
		return text(x.r.Header.Get(p.path[0]), len(x.r.Header.Values(p.path[0])) > 0)
	case "caller":
		return text(x.call.Caller.Name, x.call.Caller.Name != "")
	case "family":
		return text(x.op.Family, true)
	case "body":
		return x.requestDoc().Get(p.path...)
	case "response.status":
		return gjson.Parse(strconv.Itoa(x.reply.Status))
	}
	return x.reply.Body.Get(p.path...)
}

// requestDoc is the request's body where it is JSON.
func (x *exchange) requestDoc() state.Doc {
	if x.call.Body == "" && len(x.body) > 0 && utf8.Valid(x.body) && gjson.ValidBytes(x.body) {
		return state.Doc(x.body)
	}
	return x.call.Body
}

func (t *test) holds(value gjson.Result) bool {
	switch {
	case t.Exists != nil && value.Exists() != *t.Exists,
		t.Equals != "" && !same(value, string(t.Equals)),
		t.pattern != nil && (!value.Exists() || !t.pattern.MatchString(value.String())),
		t.GTE != nil && !(isNumber(value) && value.Float() >= *t.GTE),
		t.LTE != nil && !(isNumber(value) && value.Float() <= *t.LTE),
		t.not != nil && t.not.holds(value):
		return false
	}
	if t.In == nil {
		return true
	}
	for _, one := range t.In {
		if same(value, string(one)) {
			return true
		}
	}
	return false
}

// same tells whether a value is what a file writes. Parts of paths, queries and headers are text: 50 in a file then means
// the text 50.
func same(value gjson.Result, want string) bool {
	if !value.Exists() {
		return false
	}
	wanted := gjson.Parse(want)
	if value.Type == gjson.String || wanted.Type == gjson.String {
		return value.String() == wanted.String()
	}
	if isNumber(value) && isNumber(wanted) {
		return value.Float() == wanted.Float()
	}
	have, err := state.Parse([]byte(value.Raw))
	if err != nil {
		return false
	}
	parsed, err := state.Parse([]byte(want))
	return err == nil && have == parsed
}

// isNumber takes text that reads as a number too: a query has no other.
func isNumber(value gjson.Result) bool {
	if value.Type == gjson.Number {
		return true
	}
	_, err := strconv.ParseFloat(value.Str, 64)
	return value.Type == gjson.String && err == nil
}
