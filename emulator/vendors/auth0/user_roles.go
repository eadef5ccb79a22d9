package auth0

import (
	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

var userRoles = []spec.Operation{
	{
		ID: "user_roles.list", Method: "GET", Path: "/api/v2/users/{id}/roles",
		Summary: "List the roles that a user has in the tenant",
		Needs:   []string{"read:users", "read:roles", "read:role_members"},
		Query:   offsetParams,
		Status:  200, Reply: pageOf("roles", memberRole),
		Errors:   []spec.Error{userNotFound(belowUser), pageBound},
		Handle:   listUserRoles,
		Evidence: spec.Recorded("tf and go: 8 calls, status only"),
	},
	{
		ID: "user_roles.create", Method: "POST", Path: "/api/v2/users/{id}/roles",
		Summary:  "Give a user roles in the tenant",
		Needs:    []string{"update:users", "create:role_members"},
		Body:     roleIDs,
		Status:   204,
		Errors:   []spec.Error{userNotFound(belowUser), roleNotFound(unknownRole)},
		Handle:   addUserRoles,
		Evidence: spec.ClientCode("go-auth0 v1 management.UserManager.AssignRoles; no recording"),
	},
	{
		ID: "user_roles.delete", Method: "DELETE", Path: "/api/v2/users/{id}/roles",
		Summary:  "Take roles in the tenant from a user",
		Needs:    []string{"update:users", "delete:role_members"},
		Body:     roleIDs,
		Status:   204,
		Errors:   []spec.Error{userNotFound(belowUser), roleNotFound(spec.Recorded("sdk:TestRoleManager_Delete"))},
		Handle:   removeUserRoles,
		Evidence: spec.ClientCode("go-auth0 v1 management.UserManager.RemoveRoles; only its 404 is recorded"),
	},
	{
		ID: "role_users.list", Method: "GET", Path: "/api/v2/roles/{id}/users",
		Summary: "List the users that have a role in the tenant",
		Needs:   []string{"read:users", "read:roles", "read:role_members"},
		Query:   offsetAndCheckpoint,
		Status:  200, Reply: pageOf("users", member),
		Errors:   []spec.Error{roleNotFound(unknownRole), pageBound},
		Handle:   listRoleUsers,
		Evidence: spec.ClientCode("go-auth0 v1 management.RoleManager.Users; no recording"),
	},
	{
		ID: "role_users.create", Method: "POST", Path: "/api/v2/roles/{id}/users",
		Summary:  "Give a role in the tenant to users",
		Needs:    []string{"update:roles", "create:role_members"},
		Body:     userIDs,
		Status:   200,
		Errors:   []spec.Error{roleNotFound(unknownRole), userNotFound(belowUser)},
		Handle:   addRoleUsers,
		Evidence: spec.ClientCode("go-auth0 v1 management.RoleManager.AssignUsers; the status is assumed"),
	},
	{
		ID: "user_organizations.list", Method: "GET", Path: "/api/v2/users/{id}/organizations",
		Summary: "List the organizations that a user is a member of",
		Needs:   []string{"read:organizations"},
		Query:   offsetParams,
		Status:  200, Reply: pageOf("organizations", organization),
		Errors:   []spec.Error{userNotFound(belowUser), pageBound},
		Handle:   listUserOrganizations,
		Evidence: spec.Recorded("tf-TestAccDataSourceUserOrganizations#6"),
	},
}

var belowUser = spec.Assumed("recorded for the user's own path only")

// userRoleKind relates a user and a role of the tenant.
var userRoleKind = spec.Kind{
	Name: "user_roles",
	Schema: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("user_id", &spec.Schema{Type: spec.String}),
		spec.Req("role_id", &spec.Schema{Type: spec.String}),
		spec.Opt("created_at", dateTime),
	}},
	Refs:     map[string]string{"user_id": "users", "role_id": "roles"},
	Identify: func(d state.Doc) string { return relation(d.Text("user_id"), d.Text("role_id")) },
	Parent:   func(d state.Doc) string { return d.Text("user_id") },
	Order:    byCreation,
	Also: map[string]func(*state.Object) string{
		"by_role": func(o *state.Object) string { return o.Doc.Text("role_id") },
	},
	Key: func(tx *state.Tx, o *state.Object) string {
		return userName(tx, o.Parent) + " / " + nameOf(tx, "roles", o.Doc.Text("role_id"))
	},
	Build: func(c *spec.Call, d state.Doc) (state.Doc, error) {
		return d.Set("created_at", rawOr(d, "created_at", state.Quote(microsecond(c.Now)))), nil
	},
	Evidence: noUserSection,
}

var userIDs = &spec.Schema{Type: spec.Object, Evidence: noUserSection, Fields: []spec.Field{
	spec.Req("users", &spec.Schema{Type: spec.Array, MinItems: 1, Items: &spec.Schema{Type: spec.String, MinLength: 1}}),
}}

func listUserRoles(c *spec.Call) (spec.Reply, error) {
	o, err := userOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	w, err := windowOf(c, 50)
	if err != nil {
		return spec.Reply{}, err
	}
	var items []state.Doc
	for _, link := range c.Tx.Page("user_roles", "user_roles", o.ID, w.offset, w.limit) {
		if role, err := c.Tx.Get("roles", link.Doc.Text("role_id")); err == nil {
			items = append(items, shownMemberRole(role))
		}
	}
	return spec.Reply{Body: w.listed("roles", items, c.Tx.Count("user_roles", "user_roles", o.ID))}, nil
}

// addUserRoles gives all or none.
func addUserRoles(c *spec.Call) (spec.Reply, error) {
	o, err := userOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	for _, role := range texts(c.Body, "roles") {
		if err := giveRole(c, o.ID, role); err != nil {
			return spec.Reply{}, err
		}
	}
	return spec.Reply{}, nil
}

// giveRole relates a user and a role, where they are not related yet. Roles of organizations are for members alone.
func giveRole(c *spec.Call, user, role string) error {
	if o, err := c.Tx.Get("roles", role); err != nil || o.Parent != "" {
		return c.Fail("role_not_found")
	}
	if c.Tx.Has("user_roles", relation(user, role)) {
		return nil
	}
	_, err := c.Build("user_roles", state.NewBuilder().Text("user_id", user).Text("role_id", role).Doc())
	return err
}

func removeUserRoles(c *spec.Call) (spec.Reply, error) {
	o, err := userOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	for _, role := range texts(c.Body, "roles") {
		if !c.Tx.Has("roles", role) {
			return spec.Reply{}, c.Fail("role_not_found")
		}
		if c.Tx.Has("user_roles", relation(o.ID, role)) {
			if err := c.Tx.Delete("user_roles", relation(o.ID, role)); err != nil {
				return spec.Reply{}, err
			}
		}
	}
	return spec.Reply{}, nil
}

func listRoleUsers(c *spec.Call) (spec.Reply, error) {
	role, err := roleOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	w, err := windowOf(c, 50)
	if err != nil {
		return spec.Reply{}, err
	}
	if w.checkpoint {
		page, next, err := afterCursor(c, "user_roles", "by_role", role, w)
		if err != nil {
			return spec.Reply{}, err
		}
		return checkpointed("users", shownMembers(c, page), next), nil
	}
	page := c.Tx.Page("user_roles", "by_role", role.ID, w.offset, w.limit)
	return spec.Reply{Body: w.listed("users", shownMembers(c, page), c.Tx.Count("user_roles", "by_role", role.ID))}, nil
}

func addRoleUsers(c *spec.Call) (spec.Reply, error) {
	role, err := roleOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	for _, user := range texts(c.Body, "users") {
		if !c.Tx.Has("users", user) {
			return spec.Reply{}, c.Fail("inexistent_user")
		}
		if err := giveRole(c, user, role.ID); err != nil {
			return spec.Reply{}, err
		}
	}
	return spec.Reply{}, nil
}

// listUserOrganizations says total 0 whatever there is, as the service did in August 2026.
func listUserOrganizations(c *spec.Call) (spec.Reply, error) {
	o, err := userOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	w, err := windowOf(c, 50)
	if err != nil {
		return spec.Reply{}, err
	}
	var items []state.Doc
	for _, membership := range c.Tx.Page("members", "by_user", o.ID, w.offset, w.limit) {
		if organization, err := c.Tx.Get("organizations", membership.Parent); err == nil {
			items = append(items, organization.Doc.Pick("id", "display_name", "name", "branding", "metadata", "token_quota",
				"third_party_client_access", "is_app_entitlement_active"))
		}
	}
	return spec.Reply{Body: w.listed("organizations", items, 0)}, nil
}
