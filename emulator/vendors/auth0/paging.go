package auth0

import (
	"encoding/base64"
	"strconv"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

const specification = "Auth0 Management API OpenAPI document, 2026-06-25"

var (
	pageParam = spec.Param{Name: "page", Evidence: spec.Documented(specification), Schema: &spec.Schema{
		Type: spec.Integer, Min: spec.Int(0), Max: spec.Int(1000), Description: "Page index of the results to return. First page is 0.",
	}}
	perPageParam = spec.Param{Name: "per_page", Evidence: spec.Documented(specification), Schema: &spec.Schema{
		Type: spec.Integer, Min: spec.Int(1), Max: spec.Int(100), Description: "Number of results per page. Defaults to 50.",
	}}
	includeTotalsParam = spec.Param{Name: "include_totals", Evidence: spec.Documented(specification), Schema: &spec.Schema{Type: spec.Boolean}}
	fromParam          = spec.Param{Name: "from", Evidence: spec.Documented(specification), Schema: &spec.Schema{Type: spec.String}}
	takeParam          = spec.Param{Name: "take", Evidence: spec.Documented(specification), Schema: &spec.Schema{
		Type: spec.Integer, Min: spec.Int(1), Max: spec.Int(100), Description: "Number of results per page. Defaults to 50.",
	}}
)

// offsetParams are the parameters of a list by pages, offsetAndCheckpoint those of one that has both ways.
var (
	offsetParams        = []spec.Param{pageParam, perPageParam, includeTotalsParam}
	offsetAndCheckpoint = []spec.Param{pageParam, perPageParam, includeTotalsParam, fromParam, takeParam}
	checkpointParams    = []spec.Param{fromParam, takeParam}
)

// pageBound is how many records a list by pages reaches.
var pageBound = spec.Error{
	Code: "page_out_of_bounds", Wire: "invalid_query_string", Status: 400,
	Message:  "Requesting page {page} exceeds the allowed maximum of 1000 records. To fetch results beyond 1000, use the checkpoint pagination method.",
	Sample:   []string{"page", "20"},
	Evidence: spec.Documented("support.auth0.com; the code is assumed"),
}

const badCursor = "Query validation error: 'Invalid from parameter' on property from."

// window is the part of a list that a request asks for.
type window struct {
	offset, limit int
	totals        bool
	checkpoint    bool
	from          string
}

// number is a query parameter as a number; the schema has seen that it is one.
func number(c *spec.Call, name string, otherwise int) int {
	n, err := strconv.Atoi(c.Query.Get(name))
	if err != nil {
		return otherwise
	}
	return n
}

// windowOf reads page, per_page, include_totals, take and from; take or from win over the others.
func windowOf(c *spec.Call, perPage int) (window, error) {
	if c.Query.Has("take") || c.Query.Has("from") {
		from, err := base64.RawURLEncoding.DecodeString(c.Query.Get("from"))
		if err != nil {
			return window{}, c.Fail("invalid_query_string", "detail", badCursor)
		}
		return window{checkpoint: true, limit: number(c, "take", 50), from: string(from)}, nil
	}
	limit := number(c, "per_page", perPage)
	page := number(c, "page", 0)
	if page*limit+limit > 1000 {
		return window{}, c.Fail("page_out_of_bounds", "page", strconv.Itoa(page))
	}
	return window{offset: page * limit, limit: limit, totals: c.Query.Get("include_totals") == "true"}, nil
}

// listed writes a page of an organization's things: the collection first, then start, limit and total.
func (w window) listed(name string, items []state.Doc, total int) state.Doc {
	if !w.totals {
		return state.Array(items)
	}
	return state.NewBuilder().List(name, items).Int("start", w.offset).Int("limit", w.limit).Int("total", total).Doc()
}
