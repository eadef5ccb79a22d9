package qovery

import (
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

var availableRoles = []spec.Operation{{
	ID: "available_roles.list", Method: "GET", Path: "/organization/{organizationId}/availableRole",
	Summary: "List the roles of an organization: Qovery's, then its own",
	Needs:   anyone, QueryOpen: true,
	PathParams: []spec.Param{organizationID},
	Status:     200, Reply: results(&spec.Schema{Type: spec.Object, Fields: []spec.Field{spec.Req("id", uuid), spec.Req("name", text)}}),
	Handle:   listAvailableRoles,
	Evidence: spec.Documented(specification + "; that both sorts are in it: " + console + "; that every role may is assumed"),
}}

// roleNotFound is what a role that an organization lacks is answered with, wherever it is named.
var roleNotFound = spec.Error{
	Code: "role_not_found", Status: 400, Message: "role {role} does not exist", Sample: []string{"role", "nobody"},
	Evidence: spec.Assumed("the server's refusal of unknown roles is not stated; " + terraform + " knows 400s that say that a thing does not exist"),
}

// roleID is the id of a role that Qovery provides: each organization has its own.
func roleID(organization, name string) string { return derivedUUID(organization, "role", name) }

// builtIn is the name of a role that Qovery provides by its id in an organization, "" for none.
func builtIn(organization, id string) string {
	at := slices.IndexFunc(builtInRoles, func(name string) bool { return roleID(organization, name) == strings.ToLower(id) })
	if at < 0 {
		return ""
	}
	return builtInRoles[at]
}

// roleWord is the role that a table's Needs speak of.
func roleWord(organization, id string) string {
	if name := builtIn(organization, id); name != "" {
		return name
	}
	return custom
}

// roleName is the name of a role by its id, "" where the organization has none.
func roleName(tx *state.Tx, organization, id string) string {
	if name := builtIn(organization, id); name != "" {
		return name
	}
	role := ownRole(tx, organization, id)
	if role == nil {
		return ""
	}
	return role.Doc.Text("name")
}

// ownRole is an organization's custom role by its id, or nil.
func ownRole(tx *state.Tx, organization, id string) *state.Object {
	role, err := tx.Get("custom_roles", strings.ToLower(id))
	if err != nil || role.Parent != organization {
		return nil
	}
	return role
}

func listAvailableRoles(c *spec.Call) (spec.Reply, error) {
	o, err := organizationOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	all := []state.Doc{}
	for _, name := range builtInRoles {
		all = append(all, state.NewBuilder().Text("id", roleID(o.ID, name)).Text("name", name).Doc())
	}
	for _, role := range c.Tx.List("custom_roles", "custom_roles", o.ID) {
		all = append(all, role.Doc.Pick("id", "name"))
	}
	return listed(all), nil
}
