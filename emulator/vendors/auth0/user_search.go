package auth0

import (
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

var userSearchParams = []spec.Param{
	{Name: "q", Evidence: noUserSection, Schema: &spec.Schema{Type: spec.String, Description: "Query in Lucene query string syntax."}},
	{Name: "search_engine", Evidence: noUserSection, Schema: &spec.Schema{Type: spec.String, Enum: []string{"v1", "v2", "v3"}}},
	{Name: "sort", Evidence: noUserSection, Schema: &spec.Schema{Type: spec.String, Example: `"name:1"`, Pattern: &spec.Pattern{
		Text: "^[A-Za-z0-9_.]+:(1|-1)$", Is: func(s string) bool {
			field, direction, _ := strings.Cut(s, ":")
			return field != "" && (direction == "1" || direction == "-1")
		},
	}}},
	{Name: "connection", Evidence: noUserSection, Schema: &spec.Schema{Type: spec.String}},
	{Name: "primary_order", Evidence: noUserSection, Schema: &spec.Schema{Type: spec.Boolean}},
}

// listUsers pages in order of creation. A search or a sort order reads every user, or every one of a connection.
func listUsers(c *spec.Call) (spec.Reply, error) {
	w, err := windowOf(c, 50)
	if err != nil {
		return spec.Reply{}, err
	}
	list, connection := "users", c.Query.Get("connection")
	if connection != "" {
		list = "by_connection"
	}
	if !c.Query.Has("q") && !c.Query.Has("sort") {
		return userListing(c, w, c.Tx.Page("users", list, connection, w.offset, w.limit), c.Tx.Count("users", list, connection)), nil
	}
	terms, ok := searchTerms(c.Query.Get("q"))
	if !ok {
		return spec.Reply{}, c.Fail("invalid_query_string", "detail",
			"Query validation error: 'The emulator reads terms as field:value, joined by AND' on property q (Query in Lucene query string syntax).")
	}
	found := slices.DeleteFunc(c.Tx.List("users", list, connection), func(o *state.Object) bool {
		return slices.ContainsFunc(terms, func(t term) bool { return !t.fits(o.Doc) })
	})
	if field, direction, sorted := strings.Cut(c.Query.Get("sort"), ":"); sorted {
		path := strings.Split(field, ".")
		slices.SortStableFunc(found, func(a, b *state.Object) int {
			order := strings.Compare(a.Doc.Text(path...), b.Doc.Text(path...))
			if direction == "-1" {
				return -order
			}
			return order
		})
	}
	return userListing(c, w, found[min(w.offset, len(found)):min(w.offset+w.limit, len(found))], len(found)), nil
}

func userListing(c *spec.Call, w window, page []*state.Object, total int) spec.Reply {
	items := shownUsers(c, page)
	if !w.totals {
		return spec.Reply{Body: state.Array(items)}
	}
	return spec.Reply{Body: state.NewBuilder().Int("start", w.offset).Int("limit", w.limit).Int("length", len(items)).
		List("users", items).Int("total", total).Doc()}
}

// term is one field:value of a search; a value may end in a star.
type term struct {
	path  []string
	value string
}

func (t term) fits(d state.Doc) bool {
	have, want := strings.ToLower(d.Text(t.path...)), strings.ToLower(t.value)
	if prefix, starred := strings.CutSuffix(want, "*"); starred {
		return d.Has(t.path...) && strings.HasPrefix(have, prefix)
	}
	return have == want
}

// searchTerms reads the part of the query language that clients use to find a user: field:value, field:"value", AND.
func searchTerms(q string) ([]term, bool) {
	var terms []term
	for _, part := range strings.Split(q, " AND ") {
		if part = strings.TrimSpace(part); part == "" && q == "" {
			continue
		}
		field, value, found := strings.Cut(part, ":")
		quoted := len(value) >= 2 && strings.HasPrefix(value, `"`) && strings.HasSuffix(value, `"`)
		if quoted {
			value = value[1 : len(value)-1]
		}
		if !found || field == "" || value == "" || !quoted && strings.ContainsAny(value, " \"()[]{}") {
			return nil, false
		}
		path := strings.Split(field, ".")
		if path[0] == "identities" && len(path) == 2 {
			path = []string{"identities", "0", path[1]}
		}
		terms = append(terms, term{path: path, value: value})
	}
	return terms, true
}
