package qovery

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// enterpriseConnections stand under both spellings of their path: in one word as the specification has it, and as the
// API's other paths are written.
var enterpriseConnections = slices.Concat(
	connectionRows("enterpriseconnection", spec.Documented),
	connectionRows("enterpriseConnection", func(source string) spec.Evidence {
		return spec.Assumed("the spelling of customRole and availableRole; no source shows it for connections. Else as " + source)
	}),
)

var connectionName = spec.Param{
	Name: "connectionName", Schema: &spec.Schema{Type: spec.String, Kind: "enterprise_connections.connection_name"},
	Evidence: spec.Documented(specification),
}

func connectionRows(word string, evidence func(source string) spec.Evidence) []spec.Operation {
	path := "/organization/{organizationId}/" + word
	return []spec.Operation{
		{
			ID: "enterprise_connections.list", Family: word, Method: "GET", Path: path,
			Summary: "List the enterprise connections of an organization",
			Needs:   anyone, QueryOpen: true,
			PathParams: []spec.Param{organizationID},
			Status:     200, Reply: results(connection),
			Handle:   listConnections,
			Evidence: evidence(specification + "; that every member may read is assumed"),
		},
		{
			ID: "enterprise_connections.get", Family: word, Method: "GET", Path: path + "/{connectionName}",
			Summary: "Get an enterprise connection by its name",
			Needs:   anyone, QueryOpen: true,
			PathParams: []spec.Param{organizationID, connectionName},
			Status:     200, Reply: connection,
			Handle:   getConnection,
			Evidence: evidence(specification + "; that every member may read is assumed"),
		},
		{
			ID: "enterprise_connections.update", Family: word, Method: "PUT", Path: path + "/{connectionName}",
			Summary: "Replace the roles and group mappings of an enterprise connection",
			Needs:   ssoManagers, QueryOpen: true,
			PathParams: []spec.Param{organizationID, connectionName},
			Body:       putConnection,
			Status:     200, Reply: connection,
			Errors:   []spec.Error{roleNotFound},
			Handle:   updateConnection,
			Evidence: evidence(specification + "; who may: " + rolesPage + "; nulls: " + cli + ". What it refuses is assumed"),
		},
	}
}

var (
	groups     = &spec.Schema{Type: spec.Array, Items: text}
	connection = &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("connection_name", text), spec.Req("default_role", text), spec.Req("enforce_group_sync", flag),
		spec.Req("group_mappings", &spec.Schema{Type: spec.Object, Open: true, Values: groups}),
	}}
	// putConnection takes the nulls that Go clients write for empty lists and maps. The name is the path's.
	putConnection = body(
		spec.Opt("connection_name", maybeText),
		spec.Req("default_role", &spec.Schema{Type: spec.String, MinLength: 1, Example: `"viewer"`}),
		spec.Req("enforce_group_sync", flag),
		spec.Req("group_mappings", &spec.Schema{Type: spec.Object | spec.Null, Open: true, Values: groups.Nullable(), Example: `{"devops":["Administrators"]}`}),
	)
)

// enterpriseConnectionKind has no creation in the API: the fixture and the control API stand for Qovery's staff.
var enterpriseConnectionKind = spec.Kind{
	Name: "enterprise_connections",
	Schema: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("organization_id", text), spec.Req("connection_name", nonEmpty), spec.Opt("default_role", text), spec.Opt("enforce_group_sync", flag),
		spec.Opt("group_mappings", &spec.Schema{Type: spec.Object, Open: true, Values: groups}),
	}},
	Refs:     map[string]string{"organization_id": "organizations"},
	Identify: func(d state.Doc) string { return d.Text("organization_id") + "/" + d.Text("connection_name") },
	Parent:   func(d state.Doc) string { return d.Text("organization_id") },
	Key: func(tx *state.Tx, o *state.Object) string {
		return organizationName(tx, o.Parent) + "/" + o.Doc.Text("connection_name")
	},
	Build: func(c *spec.Call, doc state.Doc) (state.Doc, error) {
		whole := state.Doc(`{"default_role":"viewer","enforce_group_sync":false,"group_mappings":{}}`).Merge(doc)
		resolved, unknown, ok := withRoles(c.Tx, doc.Text("organization_id"), whole)
		if !ok {
			return "", fmt.Errorf("the organization has no role %q", unknown)
		}
		return resolved, nil
	},
	Evidence: spec.Documented(specification + "; the state of a new one: Qovery documentation, sso"),
}

func organizationName(tx *state.Tx, id string) string {
	o, err := tx.Get("organizations", id)
	if err != nil {
		return id
	}
	return o.Doc.Text("name")
}

// roleKey is a role as connections name it: Qovery's by its name in lower case, the organization's own by its id. False
// where the organization has no such role.
func roleKey(tx *state.Tx, organization, word string) (key string, known bool) {
	if name := strings.ToLower(word); slices.Contains(builtInRoles, name) {
		return name, true
	}
	if own := ownRole(tx, organization, word); own != nil {
		return own.ID, true
	}
	return word, false
}

// withRoles writes each role as the service keeps it. It stops at the first that the organization has not. What was null
// is empty.
func withRoles(tx *state.Tx, organization string, doc state.Doc) (resolved state.Doc, unknown string, ok bool) {
	role, ok := roleKey(tx, organization, doc.Text("default_role"))
	if !ok {
		return "", role, false
	}
	var roles []string
	groups := map[string][]state.Doc{}
	if sent := doc.Get("group_mappings"); sent.IsObject() {
		sent.ForEach(func(word, names gjson.Result) bool {
			key, known := roleKey(tx, organization, word.Str)
			if unknown, ok = key, known; !known {
				return false
			}
			all, again := groups[key] // the same role twice, in upper and lower case
			if !again {
				roles = append(roles, key)
			}
			groups[key] = append(all, groupsOf(names)...)
			return true
		})
	}
	if !ok {
		return "", unknown, false
	}
	mappings := state.NewBuilder()
	for _, key := range roles {
		mappings.List(key, groups[key])
	}
	return doc.SetText("default_role", role).Set("group_mappings", string(mappings.Doc())), "", true
}

func groupsOf(list gjson.Result) []state.Doc {
	var all []state.Doc
	for _, name := range list.Array() { // none of null
		all = append(all, state.Doc(name.Raw))
	}
	return all
}

func shownConnection(o *state.Object) state.Doc {
	return o.Doc.Pick("connection_name", "default_role", "enforce_group_sync", "group_mappings")
}

// connectionOf is the connection of the path, by its name as it is written.
func connectionOf(c *spec.Call) (*state.Object, error) {
	o, err := organizationOf(c)
	if err != nil {
		return nil, err
	}
	return c.Tx.Get("enterprise_connections", o.ID+"/"+c.Vars["connectionName"])
}

func listConnections(c *spec.Call) (spec.Reply, error) {
	o, err := organizationOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	all := []state.Doc{}
	for _, connection := range c.Tx.List("enterprise_connections", "enterprise_connections", o.ID) {
		all = append(all, shownConnection(connection))
	}
	return listed(all), nil
}

func getConnection(c *spec.Call) (spec.Reply, error) {
	o, err := connectionOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: shownConnection(o)}, nil
}

// updateConnection replaces all but the name, which is the path's whatever the body says.
func updateConnection(c *spec.Call) (spec.Reply, error) {
	o, err := connectionOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	changed, unknown, ok := withRoles(c.Tx, o.Parent, o.Doc.Merge(c.Body.Pick("default_role", "enforce_group_sync", "group_mappings")))
	if !ok {
		return spec.Reply{}, c.Fail("role_not_found", "role", unknown)
	}
	if o, err = c.Tx.Replace(o, changed); err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: shownConnection(o)}, nil
}
