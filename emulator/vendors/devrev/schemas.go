package devrev

import (
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

var (
	text     = &spec.Schema{Type: spec.String}
	nonEmpty = &spec.Schema{Type: spec.String, MinLength: 1, Evidence: spec.Assumed("the specification takes any text; an empty certificate can't be meant")}
	name128  = &spec.Schema{Type: spec.String, MinLength: 1, MaxLength: 128}
	nothing  = &spec.Schema{Type: spec.Object}

	fieldsMap = &spec.Schema{Type: spec.Object, Fields: []spec.Field{spec.Opt("email", text), spec.Opt("user_id", text)}}

	connectionName = &spec.Schema{Type: spec.String, MinLength: 1, MaxLength: 128, Pattern: &spec.Pattern{
		Text: "^[a-zA-Z0-9](-[a-zA-Z0-9]|[a-zA-Z0-9])*$", Is: isConnectionName,
	}}

	connectionID = &spec.Schema{Type: spec.String, Kind: "auth_connections"}
)

// isConnectionName takes letters and digits with single hyphens between them.
func isConnectionName(s string) bool {
	for _, part := range strings.Split(s, "-") {
		if part == "" || strings.Trim(strings.ToLower(part), "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			return false
		}
	}
	return true
}

// connectionTypes are the types of connections that can be created, with what each has beside the members of all.
var connectionTypes = []struct {
	name     string
	options  []string // shown, and asked for on creation
	secrets  []string // asked for on creation, and never shown
	optional []spec.Field
}{
	{name: "google_apps", options: []string{"client_id", "tenant_domain"}, secrets: []string{"client_secret"}},
	{name: "oidc", options: []string{"client_id", "issuer"}, secrets: []string{"client_secret"}},
	{name: "okta", options: []string{"client_id", "domain"}, secrets: []string{"client_secret"}},
	{name: "samlp", options: []string{"sign_in_endpoint"}, secrets: []string{"signing_cert"}, optional: []spec.Field{spec.Opt("fields_map", fieldsMap)}},
	{name: "waad", options: []string{"client_id", "domain"}, secrets: []string{"client_secret"}},
}

// optionSchema is what an option may be.
func optionSchema(name string) *spec.Schema {
	if name == "signing_cert" {
		return nonEmpty
	}
	return text
}

// variants are the options by type, with more of one type; required says whether those that creation asks for must be there.
func variants(required bool, more map[string][]spec.Field) []spec.Variant {
	var all []spec.Variant
	for _, t := range connectionTypes {
		var fields []spec.Field
		for _, name := range slices.Concat(t.options, t.secrets) {
			fields = append(fields, spec.Field{Name: name, Required: required, Schema: optionSchema(name)})
		}
		all = append(all, spec.Variant{Value: t.name, Fields: slices.Concat(fields, t.optional, more[t.name])})
	}
	return all
}

func typeNames(more ...string) []string {
	names := more
	for _, t := range connectionTypes {
		names = append(names, t.name)
	}
	slices.Sort(names)
	return names
}

// newConnection is the body of a creation.
var newConnection = &spec.Schema{
	Type: spec.Object, By: "type",
	Fields: []spec.Field{
		spec.Req("type", &spec.Schema{Type: spec.String, Enum: typeNames()}),
		spec.Opt("display_name", name128),
	},
	Variants: variants(true, map[string][]spec.Field{"samlp": {spec.Opt("connection_name", connectionName)}}),
}

// changedConnection is the body of a change. The older client writes an empty "value" beside the type none; it means
// nothing beside any other.
var changedConnection = &spec.Schema{
	Type: spec.Object, By: "type",
	Fields: []spec.Field{
		spec.Req("id", connectionID),
		spec.Opt("type", &spec.Schema{Type: spec.String, Enum: typeNames("none")}),
		spec.Opt("display_name", text),
		spec.Opt("value", nothing),
	},
	Variants: append(variants(false, nil), spec.Variant{Value: "none"}),
}

// shownConnection is a connection in a reply.
var shownConnection = &spec.Schema{
	Type: spec.Object, By: "type",
	Fields: []spec.Field{
		spec.Req("type", &spec.Schema{Type: spec.String, Enum: typeNames("social")}),
		spec.Req("display_name", text),
		spec.Req("enabled", &spec.Schema{Type: spec.Boolean}),
		spec.Req("id", text),
	},
	Variants: shownVariants(),
}

func shownVariants() []spec.Variant {
	all := []spec.Variant{{Value: "social"}}
	for _, t := range connectionTypes {
		v := spec.Variant{Value: t.name}
		for _, name := range t.options {
			v.Fields = append(v.Fields, spec.Req(name, text))
		}
		if t.name == "samlp" {
			v.Fields = append(v.Fields, spec.Req("fields_map", fieldsMap), spec.Opt("connection_name", connectionName))
		}
		all = append(all, v)
	}
	return all
}

// within is an object with one member.
func within(name string, s *spec.Schema) *spec.Schema {
	return &spec.Schema{Type: spec.Object, Fields: []spec.Field{spec.Req(name, s)}}
}

// twins are the two rows of a read: GET with its arguments in the query, POST with them in the body. No POST reads its query.
func twins(op spec.Operation, query []spec.Param, body *spec.Schema) []spec.Operation {
	get, post := op, op
	get.Family, get.Method, get.Query = "get", "GET", query
	post.Family, post.Method, post.Body, post.QueryOpen = "post", "POST", body, true
	return []spec.Operation{get, post}
}

// argument is a text that a read is given, in the query or in the body.
func argument(c *spec.Call, name string) string {
	if c.Operation.Family == "get" {
		return c.Query.Get(name)
	}
	return c.Body.Text(name)
}

func wrap(name string, doc state.Doc) spec.Reply {
	return spec.Reply{Body: state.NewBuilder().Raw(name, string(doc)).Doc()}
}
