package devrev

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// sortable are the members by which users can be sorted.
var sortable = []string{"created_date", "display_id", "display_name", "email", "full_name", "modified_date", "state"}

var (
	texts     = &spec.Schema{Type: spec.Array, Items: text}
	listMode  = &spec.Schema{Type: spec.String, Enum: []string{"after", "before"}}
	listLimit = &spec.Schema{Type: spec.Integer, Min: spec.Int(1)}
	listBody  = &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Opt("created_date", dateFilter),
		spec.Opt("cursor", &spec.Schema{Type: spec.String, Example: `""`}),
		spec.Opt("email", texts),
		spec.Opt("external_identity", &spec.Schema{Type: spec.Array, Items: &spec.Schema{Type: spec.Object, Fields: []spec.Field{spec.Opt("id", text), spec.Opt("issuer", text)}}}),
		spec.Opt("limit", listLimit),
		spec.Opt("mode", listMode),
		spec.Opt("modified_date", dateFilter),
		spec.Opt("sort_by", texts),
		spec.Opt("state", &spec.Schema{Type: spec.Array, Items: userState}),
	}}
	listParams = []spec.Param{
		listParam("cursor", &spec.Schema{Type: spec.String, Example: `""`}), listParam("email", text),
		listParam("external_identity.id", text), listParam("external_identity.issuer", text),
		listParam("limit", listLimit), listParam("mode", listMode),
		listParam("sort_by", &spec.Schema{Type: spec.String, Example: `"email:asc"`}), listParam("state", &spec.Schema{Type: spec.String, Example: `"active"`}),
	}
)

func listParam(name string, s *spec.Schema) spec.Param {
	return spec.Param{Name: name, Schema: s, Evidence: spec.Documented(specification)}
}

// userQuery is what a list is asked for.
type userQuery struct {
	cursor, mode          string
	limit                 int
	emails, states, sorts []string
	external              []gjson.Result
}

// userQueryOf reads the query of a GET or the body of a POST.
func userQueryOf(c *spec.Call) userQuery {
	q := userQuery{cursor: argument(c, "cursor"), mode: argument(c, "mode")}
	if q.limit, _ = strconv.Atoi(argument(c, "limit")); q.limit == 0 {
		q.limit = 50
	}
	if c.Operation.Family != "get" {
		q.emails, q.states, q.sorts = listOf(c.Body, "email"), listOf(c.Body, "state"), listOf(c.Body, "sort_by")
		q.external = c.Body.Get("external_identity").Array()
		return q
	}
	q.emails, q.states, q.sorts = joined(c, "email"), joined(c, "state"), joined(c, "sort_by")
	one := state.NewBuilder()
	for _, name := range []string{"id", "issuer"} {
		if c.Query.Has("external_identity." + name) {
			one.Text(name, c.Query.Get("external_identity."+name))
		}
	}
	if doc := one.Doc(); doc != "{}" {
		q.external = []gjson.Result{doc.Get()}
	}
	return q
}

func listOf(body state.Doc, name string) []string {
	var all []string
	for _, item := range body.Get(name).Array() {
		all = append(all, item.String())
	}
	return all
}

// joined reads a list that the query holds as words with commas between them. The SDK writes quotes around each.
func joined(c *spec.Call, name string) []string {
	if c.Query.Get(name) == "" {
		return nil
	}
	words := strings.Split(c.Query.Get(name), ",")
	for i := range words {
		words[i] = strings.Trim(words[i], `"`)
	}
	return words
}

func listDevUsers(c *spec.Call) (spec.Reply, error) {
	q := userQueryOf(c)
	for _, word := range q.states {
		if !slices.Contains(userStates, word) {
			return spec.Reply{}, c.Fail("invalid_enum_value", "detail", notOneOf("state", word, userStates))
		}
	}
	keys, ok := sortKeysOf(q.sorts)
	if !ok {
		return spec.Reply{}, c.Fail("value_not_permitted", "detail", string(state.NewBuilder().Text("field_name", "sort_by").
			Text("reason", "must be a field, with :asc or :desc behind it").Doc()))
	}
	takes, created, modified := q.filter(), c.Body.Get("created_date"), c.Body.Get("modified_date")
	users := slices.DeleteFunc(c.Tx.List("dev_users", "dev_users", ""), func(o *state.Object) bool {
		return !takes(o) || !inRange(created, o.Doc.Text("created_date"), c.Now) || !inRange(modified, o.Doc.Text("modified_date"), c.Now)
	})
	slices.SortStableFunc(users, func(a, b *state.Object) int {
		for _, key := range keys {
			if order := key.compare(a, b); order != 0 {
				return order
			}
		}
		return 0
	})
	return q.page(c, users)
}

// page is the part of a list behind the cursor or, in the mode before, ahead of it. A cursor bears the id of a user at
// the page's end; at the ends of the list there is none.
func (q *userQuery) page(c *spec.Call, users []*state.Object) (spec.Reply, error) {
	from, to := 0, len(users)
	if q.cursor != "" {
		id, _ := base64.RawURLEncoding.DecodeString(q.cursor)
		at := slices.IndexFunc(users, func(o *state.Object) bool { return o.ID == string(id) })
		switch {
		case at < 0:
			return spec.Reply{}, c.Fail("unknown_cursor")
		case q.mode == "before":
			to = at
		default:
			from = at + 1
		}
	}
	if q.mode == "before" {
		from = max(0, to-q.limit)
	} else {
		to = from + min(q.limit, to-from)
	}
	page := []state.Doc{}
	for _, o := range users[from:to] {
		page = append(page, shownUser(o))
	}
	b := state.NewBuilder().List("dev_users", page)
	if to < len(users) && to > from {
		b.Text("next_cursor", base64.RawURLEncoding.EncodeToString([]byte(users[to-1].ID)))
	}
	if from > 0 && to > from {
		b.Text("prev_cursor", base64.RawURLEncoding.EncodeToString([]byte(users[from].ID)))
	}
	return spec.Reply{Body: b.Doc()}, nil
}
