package devrev

import (
	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

var authConnectionChanges = []spec.Operation{
	{
		ID: "auth_connections.update", Method: "POST", Path: "/dev-orgs.auth-connections.update",
		Summary: "Change an enterprise authentication connection",
		Needs:   []string{admin}, QueryOpen: true,
		Body:   changedConnection,
		Status: 201, Reply: within("auth_connection", shownConnection),
		Errors: []spec.Error{
			notFound,
			badRequest("not_enterprise", "a default auth connection cannot be updated", "the specification speaks of enterprise connections only; the answer to others is not stated"),
			badRequest("type_differs", "the type is not that of the auth connection", "nothing says that a type can change; of the types that are declared only bad_request fits"),
		},
		Handle:   updateAuthConnection,
		Evidence: spec.Documented(specification + "; that absent members stay is assumed from all being optional, as are invalid_field for options without their type, that an empty signing_cert is refused, that an empty value is taken, and that a malformed id is not found"),
	},
	{
		ID: "auth_connections.toggle", Method: "POST", Path: "/dev-orgs.auth-connections.toggle",
		Summary: "Enable or disable an authentication connection",
		Needs:   []string{admin}, QueryOpen: true,
		Body: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
			spec.Req("id", connectionID),
			spec.Opt("toggle", &spec.Schema{Type: spec.String, Enum: []string{"disable", "enable"}}),
		}},
		Status: 200, Reply: nothing,
		Errors: []spec.Error{
			notFound,
			badRequest("last_enabled", "at least one auth connection must be enabled", "the rule is in the specification; the type of its error is not"),
		},
		Handle:   toggleAuthConnection,
		Evidence: spec.Documented(specification + "; " + article + " for the body. That an absent toggle flips, and that a malformed id is not found, is assumed"),
	},
	{
		ID: "auth_connections.delete", Method: "POST", Path: "/dev-orgs.auth-connections.delete",
		Summary: "Delete an enterprise authentication connection that is disabled",
		Needs:   []string{admin}, QueryOpen: true,
		Body:   within("id", connectionID),
		Status: 200, Reply: nothing,
		Errors: []spec.Error{
			notFound,
			badRequest("default_connection", "a default auth connection cannot be deleted", "the rule is in the specification; the type of its error is not"),
			badRequest("enabled_connection", "an enabled auth connection cannot be deleted", "the rule is in the specification; the type of its error is not"),
		},
		Handle:   deleteAuthConnection,
		Evidence: spec.Documented(specification + "; that the body is that of sibling methods, and that a malformed id is not found, is assumed from " + liveNotes),
	},
}

func updateAuthConnection(c *spec.Call) (spec.Reply, error) {
	o, err := c.Tx.Get("auth_connections", c.Body.Text("id"))
	if err != nil {
		return spec.Reply{}, err
	}
	kind := c.Body.Text("type")
	switch {
	case isSocial(o):
		return spec.Reply{}, c.Fail("not_enterprise")
	case kind != "" && kind != "none" && kind != o.Doc.Text("type"):
		return spec.Reply{}, c.Fail("type_differs")
	}
	if changes := c.Body.Drop("id", "type", "value"); changes != "{}" {
		if o, err = c.Tx.Replace(o, o.Doc.Merge(changes)); err != nil {
			return spec.Reply{}, err
		}
	}
	return wrap("auth_connection", shown(o)), nil
}

// toggleAuthConnection keeps at least one connection enabled. By the older rule, which an organization of a fixture may
// have, enabling one disables the others.
func toggleAuthConnection(c *spec.Call) (spec.Reply, error) {
	o, err := c.Tx.Get("auth_connections", c.Body.Text("id"))
	if err != nil {
		return spec.Reply{}, err
	}
	enabled := o.Doc.Get("enabled").Bool()
	enable := !enabled
	if toggle := c.Body.Text("toggle"); toggle != "" {
		enable = toggle == "enable"
	}
	if enable == enabled {
		return spec.Reply{Body: "{}"}, nil
	}
	exclusive := devOrg(c.Tx).Doc.Text("toggle") == "exclusive"
	others := 0 // that are enabled
	for _, other := range connections(c.Tx) {
		if other.ID == o.ID || !other.Doc.Get("enabled").Bool() {
			continue
		}
		others++
		if enable && exclusive {
			if _, err := c.Tx.Replace(other, other.Doc.Set("enabled", "false")); err != nil {
				return spec.Reply{}, err
			}
		}
	}
	if !enable && others == 0 {
		return spec.Reply{}, c.Fail("last_enabled")
	}
	_, err = c.Tx.Replace(o, o.Doc.Merge(state.NewBuilder().Bool("enabled", enable).Doc()))
	return spec.Reply{Body: "{}"}, err
}

func deleteAuthConnection(c *spec.Call) (spec.Reply, error) {
	o, err := c.Tx.Get("auth_connections", c.Body.Text("id"))
	switch {
	case err != nil:
		return spec.Reply{}, err
	case isSocial(o):
		return spec.Reply{}, c.Fail("default_connection")
	case o.Doc.Get("enabled").Bool():
		return spec.Reply{}, c.Fail("enabled_connection")
	}
	return spec.Reply{Body: "{}"}, c.Tx.Delete("auth_connections", o.ID)
}
