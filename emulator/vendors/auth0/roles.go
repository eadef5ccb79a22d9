package auth0

import (
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

var roles = []spec.Operation{
	{
		ID: "roles.list", Method: "GET", Path: "/api/v2/roles",
		Summary: "List roles",
		Needs:   []string{"read:roles"},
		Query: append([]spec.Param{
			{Name: "name_filter", Evidence: spec.Recorded("tf-TestAccDataSourceOrganizationRole#4"), Schema: &spec.Schema{Type: spec.String}},
			{Name: "type", Evidence: spec.Recorded("tf-TestAccDataSourceOrganizationRole#4"), Schema: roleType},
			{Name: "owner_id", Evidence: spec.Recorded("tf-TestAccDataSourceOrganizationRole#4"), Schema: &spec.Schema{Type: spec.String}},
		}, offsetParams...),
		Status: 200, Reply: pageOf("roles", role),
		Errors:   []spec.Error{pageBound},
		Handle:   listRoles,
		Evidence: spec.Recorded("tf-TestAccDataSourceOrganizationRole#4"),
	},
	{
		ID: "roles.create", Method: "POST", Path: "/api/v2/roles",
		Summary: "Create a role",
		Needs:   []string{"create:roles"},
		Body:    newRole,
		Status:  200, Reply: createdRole,
		Errors: []spec.Error{
			organizationNotFound(spec.Assumed("no owner_id without an organization was recorded")),
			roleExists,
			{
				Code: "owner_mismatch", Wire: "invalid_body", Status: 400, Message: "owner_id must be set if and only if type is organization",
				Evidence: spec.Assumed("recorded pairs always agree; the text is ours"),
			},
		},
		Handle:   createRole,
		Evidence: spec.Recorded("tf-TestAccDataSourceOrganizationRole#2"),
	},
	{
		ID: "roles.get", Method: "GET", Path: "/api/v2/roles/{id}",
		Summary: "Get a role",
		Needs:   []string{"read:roles"},
		Status:  200, Reply: role,
		Errors:   []spec.Error{roleNotFound(spec.Recorded("sdk:TestRoleManager_Delete"))},
		Handle:   getRole,
		Evidence: spec.Recorded("tf-TestAccDataSourceOrganizationRole#3"),
	},
	{
		ID: "roles.update", Method: "PATCH", Path: "/api/v2/roles/{id}",
		Summary: "Change a role's name or description",
		Needs:   []string{"update:roles"},
		Body:    changedRole,
		Status:  200, Reply: role,
		Errors:   []spec.Error{roleNotFound(spec.Assumed("what GET and DELETE answer")), roleExists},
		Handle:   updateRole,
		Evidence: spec.Recorded("tf-TestAccRoleOrganizationLevel#8"),
	},
	{
		ID: "roles.delete", Method: "DELETE", Path: "/api/v2/roles/{id}",
		Summary:  "Delete a role and take it from all who have it",
		Needs:    []string{"delete:roles"},
		BodyFree: true,
		Status:   200, Reply: &spec.Schema{Type: spec.Object},
		Errors:   []spec.Error{roleNotFound(spec.Recorded("sdk:TestRoleManager_Delete"))},
		Handle:   deleteRole,
		Evidence: spec.Recorded("tf-TestAccOrganizationMemberRoles#112"),
	},
}

// roleKind holds the tenant's roles and, under the organization that owns them, those of organizations.
var roleKind = spec.Kind{
	Name: "roles", Remove: removeRole,
	Schema: &spec.Schema{Type: spec.Object, Fields: append([]spec.Field{
		spec.Opt("id", &spec.Schema{Type: spec.String, Pattern: idPattern("rol_", 16)}),
	}, newRole.Fields...)},
	Refs:     map[string]string{"owner_id": "organizations"},
	Identify: func(d state.Doc) string { return d.Text("id") },
	Parent:   func(d state.Doc) string { return d.Text("owner_id") },
	Unique:   func(o *state.Object) (string, string) { return o.Parent, o.Doc.Text("name") },
	Also: map[string]func(*state.Object) string{
		"all":     func(*state.Object) string { return "" },
		"by_type": func(o *state.Object) string { return o.Doc.Text("type") },
	},
	Key: func(tx *state.Tx, o *state.Object) string {
		if o.Parent == "" {
			return o.Doc.Text("name")
		}
		return nameOf(tx, "organizations", o.Parent) + " / " + o.Doc.Text("name")
	},
	Build:    buildRole,
	Evidence: spec.Recorded("tf-TestAccDataSourceOrganizationRole#2"),
}

var (
	roleName = &spec.Schema{Type: spec.String, MinLength: 1, Description: "Name of the role.", Evidence: spec.Assumed("the specification's section on roles was not at hand")}
	roleType = &spec.Schema{
		Type: spec.String, Enum: []string{"tenant", "organization"}, Default: `"tenant"`, Evidence: spec.Recorded("tf-TestAccRoleTypeAndOwnerIDAreCreateOnly#0"),
	}
	newRole = &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("name", roleName),
		spec.Opt("description", &spec.Schema{Type: spec.String}),
		spec.Opt("type", roleType),
		spec.Opt("owner_id", &spec.Schema{Type: spec.String}),
	}}
	// changedRole lacks type and owner_id: clients make a new role to change them.
	changedRole = &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Opt("name", roleName),
		spec.Opt("description", &spec.Schema{Type: spec.String}),
	}}
	createdRole = &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("id", &spec.Schema{Type: spec.String}),
		spec.Req("name", roleName),
		spec.Opt("description", &spec.Schema{Type: spec.String}),
		spec.Req("type", roleType),
		spec.Opt("owner_id", &spec.Schema{Type: spec.String}),
	}}
	role = &spec.Schema{Type: spec.Object, Fields: slices.Concat(createdRole.Fields[:2], []spec.Field{
		spec.Req("description", &spec.Schema{Type: spec.String}),
	}, createdRole.Fields[3:])}
)

var roleExists = spec.Error{
	Code: "role_conflict", Status: 409, Message: "A role with this name already exists.", Class: spec.Conflict, On: state.ErrConflict,
	Evidence: spec.Assumed("by analogy with organization_conflict: no source tells what a second role of a name answers"),
}

func roleNotFound(evidence spec.Evidence) spec.Error {
	return spec.Error{
		Code: "role_not_found", Wire: "-", Status: 404, Message: "The role does not exist.", Class: spec.NotFound, Evidence: evidence,
	}
}

func listRoles(c *spec.Call) (spec.Reply, error) {
	w, err := windowOf(c, 50)
	if err != nil {
		return spec.Reply{}, err
	}
	kind, owner, filter := c.Query.Get("type"), c.Query.Get("owner_id"), strings.ToLower(c.Query.Get("name_filter"))
	list, parent := "all", ""
	switch {
	case owner != "" && kind != "tenant":
		list, parent = "roles", owner
	case owner != "":
		list, parent = "by_type", "none" // no role of the tenant's has an owner
	case kind != "":
		list, parent = "by_type", kind
	}
	if filter == "" {
		page := c.Tx.Page("roles", list, parent, w.offset, w.limit)
		return spec.Reply{Body: w.listed("roles", shownRoles(page), c.Tx.Count("roles", list, parent))}, nil
	}
	named := slices.DeleteFunc(c.Tx.List("roles", list, parent), func(o *state.Object) bool {
		return !strings.Contains(strings.ToLower(o.Doc.Text("name")), filter)
	})
	page := named[min(w.offset, len(named)):min(w.offset+w.limit, len(named))]
	return spec.Reply{Body: w.listed("roles", shownRoles(page), len(named))}, nil
}

func shownRoles(page []*state.Object) []state.Doc {
	items := make([]state.Doc, len(page))
	for i, o := range page {
		items[i] = shownRole(o)
	}
	return items
}

// shownRole is a role as reads give it: without a description it has an empty one.
func shownRole(o *state.Object) state.Doc {
	return state.NewBuilder().Text("id", o.ID).Raw("name", o.Doc.Get("name").Raw).
		Text("description", o.Doc.Text("description")).
		Raw("type", o.Doc.Get("type").Raw).Raw("owner_id", o.Doc.Get("owner_id").Raw).Doc()
}

// createRole echoes: a description that was not given is absent, unlike in reads, as recorded in August 2026.
func createRole(c *spec.Call) (spec.Reply, error) {
	o, err := c.Build("roles", c.Body)
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: o.Doc}, nil
}

func buildRole(c *spec.Call, d state.Doc) (state.Doc, error) {
	id := d.Text("id")
	if id == "" {
		id = "rol_" + c.ID("roles", 16)
	}
	kind, owner := d.Text("type"), d.Text("owner_id")
	switch {
	case (kind == "organization") != (owner != ""):
		return "", c.Fail("owner_mismatch")
	case owner != "" && !c.Tx.Has("organizations", owner):
		return "", c.Fail("organization_not_found")
	}
	return state.NewBuilder().Text("id", id).Raw("name", d.Get("name").Raw).Raw("description", d.Get("description").Raw).
		Raw("type", rawOr(d, "type", `"tenant"`)).Raw("owner_id", d.Get("owner_id").Raw).Doc(), nil
}

// roleOf is the role that the path names.
func roleOf(c *spec.Call) (*state.Object, error) {
	o, err := c.Tx.Get("roles", c.Vars["id"])
	if err != nil {
		return nil, c.Fail("role_not_found")
	}
	return o, nil
}

func getRole(c *spec.Call) (spec.Reply, error) {
	o, err := roleOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: shownRole(o)}, nil
}

func updateRole(c *spec.Call) (spec.Reply, error) {
	o, err := roleOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	if o, err = c.Tx.Replace(o, o.Doc.Merge(c.Body)); err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: shownRole(o)}, nil
}

func deleteRole(c *spec.Call) (spec.Reply, error) {
	o, err := roleOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: "{}"}, removeRole(c.Tx, o)
}

// removeRole deletes a role with its permissions, and takes it from users and members.
func removeRole(tx *state.Tx, role *state.Object) error {
	if err := deleteListed(tx, "role_permissions", "role_permissions", role.ID); err != nil {
		return err
	}
	if err := deleteListed(tx, "user_roles", "by_role", role.ID); err != nil {
		return err
	}
	for _, o := range slices.Concat(slices.Collect(tx.All("members")), slices.Collect(tx.All("waiting_roles"))) {
		if !strings.Contains(string(o.Doc), role.ID) {
			continue
		}
		left := slices.DeleteFunc(texts(o.Doc, "roles"), func(id string) bool { return id == role.ID })
		if err := keepRoles(tx, o, left); err != nil {
			return err
		}
	}
	return tx.Delete("roles", role.ID)
}

// removeRolesOf deletes the roles that an organization owns.
func removeRolesOf(tx *state.Tx, organization string) error {
	for _, role := range tx.List("roles", "roles", organization) {
		if err := removeRole(tx, role); err != nil {
			return err
		}
	}
	return nil
}
