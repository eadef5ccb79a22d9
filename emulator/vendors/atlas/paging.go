package atlas

import (
	"net/url"
	"strconv"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

var (
	envelopeParam = spec.Param{Name: "envelope", Schema: flag, Evidence: spec.Documented(specification + "; the form is that of IPA-115, and the status of the reply stays")}
	prettyParam   = spec.Param{Name: "pretty", Schema: flag, Evidence: spec.Documented(v1Pages + "; of v2's operations not all declare it")}
	pageNumParam  = spec.Param{Name: "pageNum", Evidence: spec.Documented(specification), Schema: &spec.Schema{
		Type: spec.Integer, Min: spec.Int(1), Max: spec.Int(1_000_000), Default: "1", Evidence: spec.Documented(specification + "; the greatest is the emulator's"),
	}}
	itemsPerPageParam = spec.Param{Name: "itemsPerPage", Evidence: spec.Documented(specification), Schema: &spec.Schema{
		Type: spec.Integer, Min: spec.Int(1), Max: spec.Int(500), Default: "100", Evidence: spec.Documented(specification),
	}}
	includeCountParam = spec.Param{Name: "includeCount", Schema: flag, Evidence: spec.ClientCode("atlas-cli formatter_test: totalCount is there with false too")}

	flag = &spec.Schema{Type: spec.Boolean}
)

// formParams are the parameters of every reply, pageParams of a list besides.
var (
	formParams = []spec.Param{envelopeParam, prettyParam}
	pageParams = []spec.Param{envelopeParam, prettyParam, pageNumParam, itemsPerPageParam, includeCountParam}
)

// number is a query parameter as a number; the schema has seen that it is one.
func number(c *spec.Call, name string, otherwise int) int {
	n, err := strconv.Atoi(c.Query.Get(name))
	if err != nil {
		return otherwise
	}
	return n
}

// page cuts the asked part out of a list, and writes it with the links to itself and its neighbours.
func page[T any](c *spec.Call, all []T, view func(T) state.Doc) state.Doc {
	n, size := number(c, "pageNum", 1), number(c, "itemsPerPage", 100)
	from := min((n-1)*size, len(all))
	to := min(from+size, len(all))
	links := []state.Doc{link("self", listURL(c)+"pageNum="+strconv.Itoa(n)+"&itemsPerPage="+strconv.Itoa(size))}
	neighbour := func(rel string, n int) {
		links = append(links, link(rel, listURL(c)+"itemsPerPage="+strconv.Itoa(size)+"&pageNum="+strconv.Itoa(n)))
	}
	if n > 1 {
		neighbour("previous", n-1)
	}
	if to < len(all) {
		neighbour("next", n+1)
	}
	return listed(links, all[from:to], len(all), view)
}

// listed writes a list.
func listed[T any](links []state.Doc, items []T, total int, view func(T) state.Doc) state.Doc {
	results := make([]state.Doc, len(items))
	for i, item := range items {
		results[i] = view(item)
	}
	return state.NewBuilder().List("links", links).List("results", results).Int("totalCount", total).Doc()
}

// listURL is a list's own URL up to where the page stands: other parameters come first, sorted, as recorded.
func listURL(c *spec.Call) string {
	address := selfURL(c) + "?"
	others := url.Values{}
	for name, values := range c.Query {
		if name != "pageNum" && name != "itemsPerPage" {
			others[name] = values
		}
	}
	if query := others.Encode(); query != "" {
		address += query + "&"
	}
	return address
}

// selfURL is a request's own URL without its query.
func selfURL(c *spec.Call) string { return c.Base() + c.Request.URL.EscapedPath() }

func link(rel, href string) state.Doc {
	return state.NewBuilder().Text("href", href).Text("rel", rel).Doc()
}

var (
	linkSchema = &spec.Schema{Type: spec.Object, Fields: []spec.Field{spec.Req("href", textSchema), spec.Req("rel", textSchema)}}
	linksField = spec.Req("links", &spec.Schema{Type: spec.Array, Items: linkSchema})
)

// listOf is the schema of a list.
func listOf(item *spec.Schema) *spec.Schema {
	return &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		linksField,
		spec.Req("results", &spec.Schema{Type: spec.Array, Items: item}),
		spec.Req("totalCount", &spec.Schema{Type: spec.Integer}),
	}}
}
