package auth0

import (
	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// permissions are the scopes of resource servers that roles and users have.
var permissions = []spec.Operation{
	{
		ID: "role_permissions.list", Method: "GET", Path: "/api/v2/roles/{id}/permissions",
		Summary: "List the permissions of a role",
		Needs:   []string{"read:roles"},
		Query:   offsetParams,
		Status:  200, Reply: pageOf("permissions", permission),
		Errors:   []spec.Error{roleNotFound(unknownRole), pageBound},
		Handle:   listRolePermissions,
		Evidence: spec.ClientCode("go-auth0 v1 management.RoleManager.Permissions; no recording"),
	},
	{
		ID: "role_permissions.create", Method: "POST", Path: "/api/v2/roles/{id}/permissions",
		Summary:  "Give a role permissions",
		Needs:    []string{"update:roles"},
		Body:     permissionIDs,
		Status:   201,
		Errors:   []spec.Error{roleNotFound(unknownRole), permissionNotFound},
		Handle:   changePermissions(roleOf, "role_permissions", "role_id", givePermission),
		Evidence: spec.ClientCode("go-auth0 v1 management.RoleManager.AssociatePermissions; the status is assumed"),
	},
	{
		ID: "role_permissions.delete", Method: "DELETE", Path: "/api/v2/roles/{id}/permissions",
		Summary:  "Take permissions from a role",
		Needs:    []string{"update:roles"},
		Body:     permissionIDs,
		Status:   204,
		Errors:   []spec.Error{roleNotFound(unknownRole)},
		Handle:   changePermissions(roleOf, "role_permissions", "role_id", takePermission),
		Evidence: spec.ClientCode("go-auth0 v1 management.RoleManager.RemovePermissions; the status is assumed"),
	},
	{
		ID: "user_permissions.list", Method: "GET", Path: "/api/v2/users/{id}/permissions",
		Summary: "List the permissions that a user has, by itself and by roles",
		Needs:   []string{"read:users"},
		Query:   offsetParams,
		Status:  200, Reply: pageOf("permissions", permission),
		Errors:   []spec.Error{userNotFound(belowUser), pageBound},
		Handle:   listUserPermissions,
		Evidence: spec.Recorded("tf and go: 8 calls, status only"),
	},
	{
		ID: "user_permissions.create", Method: "POST", Path: "/api/v2/users/{id}/permissions",
		Summary:  "Give a user permissions",
		Needs:    []string{"update:users"},
		Body:     permissionIDs,
		Status:   201,
		Errors:   []spec.Error{userNotFound(belowUser), permissionNotFound},
		Handle:   changePermissions(userOf, "user_permissions", "user_id", givePermission),
		Evidence: spec.ClientCode("go-auth0 v1 management.UserManager.AssignPermissions; the status is assumed"),
	},
	{
		ID: "user_permissions.delete", Method: "DELETE", Path: "/api/v2/users/{id}/permissions",
		Summary:  "Take permissions from a user",
		Needs:    []string{"update:users"},
		Body:     permissionIDs,
		Status:   204,
		Errors:   []spec.Error{userNotFound(belowUser)},
		Handle:   changePermissions(userOf, "user_permissions", "user_id", takePermission),
		Evidence: spec.ClientCode("go-auth0 v1 management.UserManager.RemovePermissions; the status is assumed"),
	},
}

var (
	rolePermissionKind = permissionKind("role_permissions", "role_id", "roles")
	userPermissionKind = permissionKind("user_permissions", "user_id", "users")
)

// permissionKind relates a role or a user and a scope of a resource server.
func permissionKind(name, holder, holders string) spec.Kind {
	return spec.Kind{
		Name: name,
		Schema: &spec.Schema{Type: spec.Object, Fields: append([]spec.Field{
			spec.Req(holder, &spec.Schema{Type: spec.String}),
		}, permissionID.Fields...)},
		Refs: map[string]string{holder: holders},
		Identify: func(d state.Doc) string {
			return relation(d.Text(holder), relation(d.Text("resource_server_identifier"), d.Text("permission_name")))
		},
		Parent: func(d state.Doc) string { return d.Text(holder) },
		Key: func(tx *state.Tx, o *state.Object) string {
			who := nameOf(tx, "roles", o.Parent)
			if holder == "user_id" {
				who = userName(tx, o.Parent)
			}
			return who + " / " + o.Doc.Text("resource_server_identifier") + " - " + o.Doc.Text("permission_name")
		},
		Build:    buildPermission,
		Evidence: noUserSection,
	}
}

var (
	permissionID = &spec.Schema{Type: spec.Object, Evidence: noUserSection, Fields: []spec.Field{
		spec.Req("resource_server_identifier", &spec.Schema{Type: spec.String, Kind: "resource_servers.identifier"}),
		spec.Req("permission_name", &spec.Schema{Type: spec.String, Kind: "resource_servers.scopes.value"}),
	}}
	permissionIDs = &spec.Schema{Type: spec.Object, Evidence: noUserSection, Fields: []spec.Field{
		spec.Req("permissions", &spec.Schema{Type: spec.Array, MinItems: 1, Items: permissionID}),
	}}
	permission = &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("permission_name", &spec.Schema{Type: spec.String}),
		spec.Opt("description", &spec.Schema{Type: spec.String}),
		spec.Opt("resource_server_name", &spec.Schema{Type: spec.String}),
		spec.Req("resource_server_identifier", &spec.Schema{Type: spec.String}),
		spec.Opt("sources", &spec.Schema{Type: spec.Array, Items: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
			spec.Req("source_id", &spec.Schema{Type: spec.String}),
			spec.Req("source_name", &spec.Schema{Type: spec.String}),
			spec.Req("source_type", &spec.Schema{Type: spec.String, Enum: []string{"DIRECT", "ROLE"}}),
		}}}),
	}}
)

var permissionNotFound = spec.Error{
	Code: "permission_not_found", Wire: "inexistent_resource_server_permission", Status: 404,
	Message:  "This permission does not exist: '{api} - {permission}'",
	Sample:   []string{"api", "https://api.example/", "permission", "read:orders"},
	Evidence: spec.Recorded("ruby: roles and permissions"),
}

// scopeOf finds a scope of a resource server.
func scopeOf(tx *state.Tx, d state.Doc) (server *state.Object, scope state.Doc) {
	server, err := tx.Named("resource_servers", "", d.Text("resource_server_identifier"))
	if err != nil {
		return nil, ""
	}
	for _, item := range server.Doc.Get("scopes").Array() {
		if scope := state.Doc(item.Raw); scope.Text("value") == d.Text("permission_name") {
			return server, scope
		}
	}
	return nil, ""
}

func buildPermission(c *spec.Call, d state.Doc) (state.Doc, error) {
	if server, _ := scopeOf(c.Tx, d); server == nil {
		return "", c.Fail("permission_not_found", "api", d.Text("resource_server_identifier"), "permission", d.Text("permission_name"))
	}
	return d, nil
}

// shownPermission is nil where the resource server lacks the scope by now.
func shownPermission(tx *state.Tx, d state.Doc) *state.Builder {
	server, scope := scopeOf(tx, d)
	if server == nil {
		return nil
	}
	return state.NewBuilder().Raw("permission_name", d.Get("permission_name").Raw).Raw("description", scope.Get("description").Raw).
		Raw("resource_server_name", server.Doc.Get("name").Raw).Raw("resource_server_identifier", d.Get("resource_server_identifier").Raw)
}

// changePermissions gives or takes each named permission: all or none.
func changePermissions(holderOf func(*spec.Call) (*state.Object, error), kind, holder string, change func(*spec.Call, string, state.Doc) error) func(*spec.Call) (spec.Reply, error) {
	return func(c *spec.Call) (spec.Reply, error) {
		o, err := holderOf(c)
		if err != nil {
			return spec.Reply{}, err
		}
		for _, item := range c.Body.Get("permissions").Array() {
			if err := change(c, kind, state.Doc(item.Raw).SetText(holder, o.ID)); err != nil {
				return spec.Reply{}, err
			}
		}
		return spec.Reply{}, nil
	}
}

func givePermission(c *spec.Call, kind string, d state.Doc) error {
	if c.Tx.Has(kind, c.Vendor.Kind(kind).Identify(d)) {
		return nil
	}
	_, err := c.Build(kind, d)
	return err
}

func takePermission(c *spec.Call, kind string, d state.Doc) error {
	id := c.Vendor.Kind(kind).Identify(d)
	if !c.Tx.Has(kind, id) {
		return nil
	}
	return c.Tx.Delete(kind, id)
}

func listRolePermissions(c *spec.Call) (spec.Reply, error) {
	o, err := roleOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	var items []state.Doc
	for _, link := range c.Tx.List("role_permissions", "role_permissions", o.ID) {
		if shown := shownPermission(c.Tx, link.Doc); shown != nil {
			items = append(items, shown.Doc())
		}
	}
	return pageOfPermissions(c, items)
}

func pageOfPermissions(c *spec.Call, all []state.Doc) (spec.Reply, error) {
	w, err := windowOf(c, 50)
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: w.listed("permissions", all[min(w.offset, len(all)):min(w.offset+w.limit, len(all))], len(all))}, nil
}

// listUserPermissions joins what the user has directly and what its roles give, each with its sources.
func listUserPermissions(c *spec.Call) (spec.Reply, error) {
	o, err := userOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	var links []*state.Object
	sources := map[string][]state.Doc{}
	add := func(kind, holder, kindOfSource, name string) {
		for _, link := range c.Tx.List(kind, kind, holder) {
			id := relation(link.Doc.Text("resource_server_identifier"), link.Doc.Text("permission_name"))
			if _, known := sources[id]; !known {
				links = append(links, link)
			}
			source := state.NewBuilder().Text("source_id", "").Text("source_name", "").Text("source_type", kindOfSource).Doc()
			if kindOfSource == "ROLE" {
				source = source.SetText("source_id", holder).SetText("source_name", name)
			}
			sources[id] = append(sources[id], source)
		}
	}
	add("user_permissions", o.ID, "DIRECT", "")
	for _, link := range c.Tx.List("user_roles", "user_roles", o.ID) {
		role := link.Doc.Text("role_id")
		add("role_permissions", role, "ROLE", nameOf(c.Tx, "roles", role))
	}
	var items []state.Doc
	for _, link := range links {
		if shown := shownPermission(c.Tx, link.Doc); shown != nil {
			id := relation(link.Doc.Text("resource_server_identifier"), link.Doc.Text("permission_name"))
			items = append(items, shown.List("sources", sources[id]).Doc())
		}
	}
	return pageOfPermissions(c, items)
}
