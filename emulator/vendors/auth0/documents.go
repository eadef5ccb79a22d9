package auth0

import (
	"slices"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// nameOf is the natural name of an object, or its id where it is gone.
func nameOf(tx *state.Tx, kind, id string) string {
	o, err := tx.Get(kind, id)
	if err != nil {
		return id
	}
	return o.Doc.Text("name")
}

// rawOr is the JSON of a member, or otherwise where it is absent or null.
func rawOr(d state.Doc, name, otherwise string) string {
	value := d.Get(name)
	if !value.Exists() || value.Type == gjson.Null {
		return otherwise
	}
	return value.Raw
}

// isNull tells a member that is null from one that is absent.
func isNull(d state.Doc, name string) bool {
	value := d.Get(name)
	return value.Exists() && value.Type == gjson.Null
}

// withoutNulls drops the members that are null.
func withoutNulls(d state.Doc, names ...string) state.Doc {
	for _, name := range names {
		if isNull(d, name) {
			d = d.Drop(name)
		}
	}
	return d
}

// pageOf is the reply of a list: a bare array, or an object around it.
func pageOf(name string, item *spec.Schema) *spec.Schema {
	return &spec.Schema{Type: spec.Object | spec.Array, Items: item, Fields: []spec.Field{
		spec.Opt(name, &spec.Schema{Type: spec.Array, Items: item}),
		spec.Opt("start", &spec.Schema{Type: spec.Integer}),
		spec.Opt("limit", &spec.Schema{Type: spec.Integer}),
		spec.Opt("total", &spec.Schema{Type: spec.Integer}),
		spec.Opt("next", &spec.Schema{Type: spec.String}),
	}}
}

// withoutDefaults are the fields of a change: what is absent there keeps its value.
func withoutDefaults(fields []spec.Field) []spec.Field {
	changed := slices.Clone(fields)
	for i := range changed {
		schema := *changed[i].Schema
		schema.Default = ""
		changed[i].Schema = &schema
	}
	return changed
}

// known is a schema with other evidence of its default.
func known(s *spec.Schema, evidence spec.Evidence) *spec.Schema {
	c := *s
	c.Evidence = evidence
	return &c
}
