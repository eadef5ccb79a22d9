package devrev

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// maxCreated is how many connections an organization may create, beside those that it has by default.
const maxCreated = 5

var authConnections = slices.Concat(
	[]spec.Operation{{
		ID: "auth_connections.create", Method: "POST", Path: "/dev-orgs.auth-connections.create",
		Summary: "Create an enterprise authentication connection, disabled",
		Needs:   []string{admin}, QueryOpen: true,
		Body:   newConnection,
		Status: 201, Reply: within("auth_connection", shownConnection),
		Errors: []spec.Error{
			badRequest("auth_connection_limit", "an organization can create at most 5 auth connections",
				"the bound is in the specification; of the types that it declares only bad_request fits"),
			{
				Code: "connection_name_taken", Wire: "bad_request", Status: 400, Message: "another auth connection has this connection_name", On: state.ErrConflict,
				Evidence: spec.Assumed("that the name is unique is in the article on SAML; of the types that are declared only bad_request fits"),
			},
		},
		Handle:   createAuthConnection,
		Evidence: spec.Documented(specification + "; the form of ids, the display_name and the fields_map of a connection that is given none, that an empty signing_cert is refused, and the type value_not_permitted for it and for a connection_name off its pattern (" + article + " has the pattern) are assumed"),
	}},
	twins(spec.Operation{
		ID: "auth_connections.get", Path: "/dev-orgs.auth-connections.get",
		Summary: "Get an authentication connection",
		Needs:   []string{admin}, QueryOpen: true,
		Status: 200, Reply: within("auth_connection", shownConnection),
		Errors:   []spec.Error{notFound},
		Handle:   getAuthConnection,
		Evidence: spec.Documented(specification + "; that reading needs an admin too, that unknown parameters are ignored, and that a malformed id is not found, is assumed"),
	}, []spec.Param{{Name: "id", Required: true, Schema: connectionID, Evidence: spec.Documented(specification)}}, within("id", connectionID)),
	twins(spec.Operation{
		ID: "auth_connections.list", Path: "/dev-orgs.auth-connections.list",
		Summary: "List the authentication connections, those that are there by default too",
		Needs:   []string{admin},
		Status:  200, Reply: within("auth_connections", &spec.Schema{Type: spec.Array, Items: shownConnection}),
		Handle:   listAuthConnections,
		Evidence: spec.Documented(specification + "; the order, as they were made, that reading needs an admin too, and that parameters are refused as members of the body are, are assumed"),
	}, nil, nothing),
	authConnectionChanges,
)

// authConnectionKind holds the secrets that no reply shows. Social connections are those that an organization has by default.
var authConnectionKind = spec.Kind{
	Name: "auth_connections",
	Schema: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Opt("id", &spec.Schema{Type: spec.String, MinLength: 1}),
		spec.Req("type", &spec.Schema{Type: spec.String, Enum: typeNames("social")}),
		spec.Opt("display_name", text),
		spec.Opt("enabled", &spec.Schema{Type: spec.Boolean}),
		spec.Opt("client_id", text), spec.Opt("client_secret", text), spec.Opt("domain", text),
		spec.Opt("tenant_domain", text), spec.Opt("issuer", text),
		spec.Opt("sign_in_endpoint", text), spec.Opt("signing_cert", nonEmpty), spec.Opt("fields_map", fieldsMap),
		spec.Opt("connection_name", connectionName),
	}},
	Identify: func(d state.Doc) string { return d.Text("id") },
	Unique:   func(o *state.Object) (string, string) { return "", o.Doc.Text("connection_name") },
	Key: func(_ *state.Tx, o *state.Object) string {
		return o.Doc.Text("type") + "/" + o.Doc.Text("display_name")
	},
	Build:    buildAuthConnection,
	Secrets:  []string{"client_secret"}, // a certificate is no secret, though no reply shows it
	Evidence: spec.Documented(specification),
}

// buildAuthConnection completes a connection: disabled where it is created, enabled where it is there by default.
func buildAuthConnection(c *spec.Call, doc state.Doc) (state.Doc, error) {
	if err := checkOptions(doc); err != nil {
		return "", err
	}
	social := doc.Text("type") == "social"
	name := doc.Text("connection_name")
	if name == "" {
		name = doc.Text("type")
	}
	whole := state.NewBuilder().Text("id", "con_"+c.ID("auth_connections", 16)).Text("type", doc.Text("type")).
		Text("display_name", name).Bool("enabled", social)
	if doc.Text("type") == "samlp" {
		whole.Raw("fields_map", "{}")
	}
	made := whole.Doc().Merge(doc)
	return made, checkOthers(c.Tx, made)
}

// checkOptions holds a declared connection to what its type has, as a creation is held to it.
func checkOptions(doc state.Doc) error {
	options := doc.Drop("id", "enabled")
	if doc.Text("type") == "social" {
		if left := options.Drop("type", "display_name"); left != "{}" {
			return fmt.Errorf("a social connection has no options, not %s", strings.Join(namesOf(left), ", "))
		}
		return nil
	}
	v := newConnection.Check(spec.InBody, options)
	switch {
	case v == nil:
		return nil
	case v.Rule == spec.RuleRequired:
		return fmt.Errorf("a connection of type %s must have %s", doc.Text("type"), v.Names[0])
	case v.Rule == spec.RuleAdditional:
		return fmt.Errorf("a connection of type %s has no %s", doc.Text("type"), v.Names[0])
	}
	return fmt.Errorf("%s breaks its rule of %s", v.Path, v.Rule)
}

func namesOf(doc state.Doc) (names []string) {
	doc.Get().ForEach(func(name, _ gjson.Result) bool {
		names = append(names, name.Str)
		return true
	})
	return names
}

// checkOthers holds a declared connection to what an organization may have beside others.
func checkOthers(tx *state.Tx, doc state.Doc) error {
	org := devOrg(tx)
	exclusive := org != nil && org.Doc.Text("toggle") == "exclusive"
	switch {
	case doc.Text("type") != "social" && created(tx) >= maxCreated:
		return fmt.Errorf("an organization can create at most %d auth connections", maxCreated)
	case exclusive && doc.Get("enabled").Bool() && slices.ContainsFunc(connections(tx), func(o *state.Object) bool { return o.Doc.Get("enabled").Bool() }):
		return fmt.Errorf("an organization with toggle: exclusive has at most one connection that is enabled, which default ones are unless they say otherwise")
	}
	return nil
}

// someEnabled refuses a fixture after which nobody could log in: a client can't bring an organization there either.
func someEnabled(tx *state.Tx) error {
	all := connections(tx)
	if len(all) > 0 && !slices.ContainsFunc(all, func(o *state.Object) bool { return o.Doc.Get("enabled").Bool() }) {
		return fmt.Errorf("none of the auth_connections is enabled: at least one stays so; created ones are off unless they say enabled: true")
	}
	return nil
}

// created is how many connections there are beside those that an organization has by default.
func created(tx *state.Tx) (n int) {
	for _, o := range connections(tx) {
		if !isSocial(o) {
			n++
		}
	}
	return n
}

// shown is a connection as replies show it, without its secrets.
func shown(o *state.Object) state.Doc {
	names := []string{"type", "display_name", "enabled", "id"}
	for _, t := range connectionTypes {
		if t.name == o.Doc.Text("type") {
			names = append(names, t.options...)
		}
	}
	return o.Doc.Pick(append(names, "fields_map", "connection_name")...)
}

func connections(tx *state.Tx) []*state.Object {
	return tx.List("auth_connections", "auth_connections", "")
}

func isSocial(o *state.Object) bool { return o.Doc.Text("type") == "social" }

func createAuthConnection(c *spec.Call) (spec.Reply, error) {
	if created(c.Tx) >= maxCreated {
		return spec.Reply{}, c.Fail("auth_connection_limit")
	}
	o, err := c.Build("auth_connections", c.Body)
	if err != nil {
		return spec.Reply{}, err
	}
	return wrap("auth_connection", shown(o)), nil
}

func getAuthConnection(c *spec.Call) (spec.Reply, error) {
	o, err := c.Tx.Get("auth_connections", argument(c, "id"))
	if err != nil {
		return spec.Reply{}, err
	}
	return wrap("auth_connection", shown(o)), nil
}

func listAuthConnections(c *spec.Call) (spec.Reply, error) {
	all := []state.Doc{}
	for _, o := range connections(c.Tx) {
		all = append(all, shown(o))
	}
	return spec.Reply{Body: state.NewBuilder().List("auth_connections", all).Doc()}, nil
}
