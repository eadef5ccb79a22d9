package auth0

import (
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// projectionParams choose the members of a reply's items.
var projectionParams = []spec.Param{
	{Name: "fields", Evidence: spec.Documented(specification), Schema: &spec.Schema{Type: spec.String}},
	{Name: "include_fields", Evidence: spec.Documented(specification), Schema: &spec.Schema{Type: spec.Boolean}},
}

// chosenFields are the names in `fields`, and whether they are the ones to show or, with include_fields=false, to hide.
func chosenFields(c *spec.Call) (names []string, show bool) {
	if c.Query.Get("fields") != "" {
		names = strings.Split(c.Query.Get("fields"), ",")
	}
	return names, c.Query.Get("include_fields") != "false"
}

// projected is a document with the members that the request asks for, in the document's own order.
func projected(c *spec.Call, d state.Doc) state.Doc {
	names, show := chosenFields(c)
	if len(names) == 0 {
		return d
	}
	if !show {
		return d.Drop(names...)
	}
	var others []string
	for name := range d.Get().Map() {
		if !slices.Contains(names, name) {
			others = append(others, name)
		}
	}
	return d.Drop(others...)
}
