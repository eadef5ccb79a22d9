package auth0

import (
	"slices"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

var memberRoles = []spec.Operation{
	{
		ID: "organization_member_roles.list", Method: "GET", Path: "/api/v2/organizations/{id}/members/{user_id}/roles",
		Summary:    "List the roles that a member has in an organization",
		Needs:      []string{"read:organization_member_roles"},
		Limit:      "organization_member_roles",
		PathParams: []spec.Param{organizationID},
		Query:      offsetParams,
		Status:     200, Reply: pageOf("roles", memberRole),
		Errors:   []spec.Error{organizationNotFound(belowOrganization), memberNotFound, pageBound},
		Handle:   listMemberRoles,
		Evidence: spec.Recorded("tf-TestAccOrganizationMemberRoles#12"),
	},
	{
		ID: "organization_member_roles.create", Method: "POST", Path: "/api/v2/organizations/{id}/members/{user_id}/roles",
		Summary:    "Give a member roles in an organization",
		Needs:      []string{"create:organization_member_roles"},
		Limit:      "organization_member_roles",
		PathParams: []spec.Param{organizationID},
		Body:       roleIDs,
		Status:     204,
		Errors: []spec.Error{organizationNotFound(belowOrganization), memberNotFound, roleNotFound(unknownRole), {
			Code: "too_many_member_roles", Wire: "-", Status: 409, Message: "No more roles can be assigned to this organization member.",
			Evidence: spec.Documented(specification + "; that it takes 50 roles is assumed"),
		}},
		Handle:   addMemberRoles,
		Evidence: spec.Recorded("tf-TestAccOrganizationMemberRoles#11"),
	},
	{
		ID: "organization_member_roles.delete", Method: "DELETE", Path: "/api/v2/organizations/{id}/members/{user_id}/roles",
		Summary:    "Take roles in an organization from a member",
		Needs:      []string{"delete:organization_member_roles"},
		Limit:      "organization_member_roles",
		PathParams: []spec.Param{organizationID},
		Body:       roleIDs,
		Status:     204,
		Errors:     []spec.Error{organizationNotFound(belowOrganization), memberNotFound, roleNotFound(unknownRole)},
		Handle:     removeMemberRoles,
		Evidence:   spec.Recorded("tf-TestAccOrganizationMemberRoles#43"),
	},
	{
		ID: "organization_member_effective_roles.list", Method: "GET", Path: "/api/v2/organizations/{id}/members/{user_id}/effective-roles",
		Summary:    "List the roles that a member has in an organization by any way",
		Needs:      []string{"read:organization_member_effective_roles"},
		PathParams: []spec.Param{organizationID},
		Query:      checkpointParams,
		Status:     200, Reply: pageOf("roles", effectiveRole),
		Errors:   []spec.Error{organizationNotFound(belowOrganization), memberNotFound},
		Handle:   listEffectiveRoles,
		Evidence: spec.Documented(specification + "; the scope and the form of sources are assumed"),
	},
	{
		ID: "organization_member_effective_role_groups.list", Method: "GET", Path: "/api/v2/organizations/{id}/members/{user_id}/effective-roles/sources/groups",
		Summary:    "List the groups by which a member has a role in an organization",
		Needs:      []string{"read:organization_member_effective_roles"},
		PathParams: []spec.Param{organizationID},
		Query: append([]spec.Param{
			{Name: "role_id", Evidence: spec.Assumed("the role that is asked about has to be named somehow"), Schema: &spec.Schema{Type: spec.String}},
		}, checkpointParams...),
		Status: 200, Reply: pageOf("groups", nil),
		Errors:   []spec.Error{organizationNotFound(belowOrganization), memberNotFound},
		Handle:   listEffectiveRoleGroups,
		Evidence: spec.Documented(specification + " for the path; the emulator has no groups, so the list is empty"),
	},
}

// maxMemberRoles is how many roles a member may have in an organization.
const maxMemberRoles = 50

var unknownRole = spec.Assumed("recorded for DELETE /users/{id}/roles of a role that is gone")

var memberNotFound = spec.Error{
	Code: "member_not_found", Wire: "inexistent_user", Status: 404, Message: "The user does not exist.", Class: spec.NotFound,
	Evidence: spec.Documented(specification + " for the message; its code is that of the user's own path"),
}

// waitingRoleKind keeps the roles of users that are no members yet: they can be given first, and are there when the user
// joins.
var waitingRoleKind = spec.Kind{
	Name:     "waiting_roles",
	Schema:   memberKind.Schema,
	Refs:     memberKind.Refs,
	Identify: memberKind.Identify,
	Parent:   memberKind.Parent,
	Also:     memberKind.Also,
	Key:      memberKind.Key,
	Evidence: spec.Recorded("go-TestOrganizationManager_Members#3"),
}

var (
	roleIDs = &spec.Schema{Type: spec.Object, Evidence: spec.Documented(specification), Fields: []spec.Field{
		spec.Req("roles", &spec.Schema{Type: spec.Array, MinItems: 1, Items: &spec.Schema{Type: spec.String, MinLength: 1}}),
	}}
	memberRole = &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("id", &spec.Schema{Type: spec.String}),
		spec.Req("name", &spec.Schema{Type: spec.String}),
		spec.Req("description", &spec.Schema{Type: spec.String}),
	}}
	effectiveRole = &spec.Schema{Type: spec.Object, Fields: append([]spec.Field{
		spec.Req("sources", &spec.Schema{Type: spec.Array, Items: &spec.Schema{Type: spec.String, Enum: []string{"direct", "groups"}}}),
	}, memberRole.Fields...)}
)

// roleHolderOf is what keeps the roles of the user that the path names in its organization: the membership, or for one who
// is no member what waits for it, which may not be stored yet.
func roleHolderOf(c *spec.Call) (*state.Object, error) {
	organization, user := c.Vars["id"], c.Vars["user_id"]
	for _, kind := range []string{"members", "waiting_roles"} {
		if o, err := c.Tx.Get(kind, relation(organization, user)); err == nil {
			return o, nil
		}
	}
	if _, err := organizationOf(c); err != nil {
		return nil, err
	}
	if !c.Tx.Has("users", user) {
		return nil, c.Fail("member_not_found")
	}
	waiting := waitingRoleKind.Object(state.NewBuilder().Text("organization_id", organization).Text("user_id", user).Doc())
	return &waiting, nil
}

// rolesOf are a member's roles in the order in which they were given.
func rolesOf(tx *state.Tx, member *state.Object) []*state.Object {
	var roles []*state.Object
	for _, id := range texts(member.Doc, "roles") {
		if role, err := tx.Get("roles", id); err == nil {
			roles = append(roles, role)
		}
	}
	return roles
}

func shownMemberRole(role *state.Object) state.Doc {
	return shownRole(role).Pick("id", "name", "description")
}

func listMemberRoles(c *spec.Call) (spec.Reply, error) {
	o, err := roleHolderOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	w, err := windowOf(c, 50)
	if err != nil {
		return spec.Reply{}, err
	}
	roles := rolesOf(c.Tx, o)
	var items []state.Doc
	for _, role := range roles[min(w.offset, len(roles)):min(w.offset+w.limit, len(roles))] {
		items = append(items, shownMemberRole(role))
	}
	return spec.Reply{Body: w.listed("roles", items, len(roles))}, nil
}

// addMemberRoles gives all or none. A role that the member has already stays in its place.
func addMemberRoles(c *spec.Call) (spec.Reply, error) {
	return changeMemberRoles(c, func(has, named []string) []string {
		for _, id := range named {
			if !slices.Contains(has, id) {
				has = append(has, id)
			}
		}
		return has
	})
}

func removeMemberRoles(c *spec.Call) (spec.Reply, error) {
	return changeMemberRoles(c, func(has, named []string) []string {
		return slices.DeleteFunc(has, func(id string) bool { return slices.Contains(named, id) })
	})
}

func changeMemberRoles(c *spec.Call, change func(has, named []string) []string) (spec.Reply, error) {
	o, err := roleHolderOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	named := texts(c.Body, "roles")
	for _, id := range named {
		if role, err := c.Tx.Get("roles", id); err != nil || role.Parent != "" && role.Parent != o.Parent {
			return spec.Reply{}, c.Fail("role_not_found")
		}
	}
	roles := change(texts(o.Doc, "roles"), named)
	if len(roles) > maxMemberRoles {
		return spec.Reply{}, c.Fail("too_many_member_roles")
	}
	return spec.Reply{}, keepRoles(c.Tx, o, roles)
}

// keepRoles stores what a holder has now. Nothing waits for a user without roles.
func keepRoles(tx *state.Tx, o *state.Object, roles []string) (err error) {
	stored := tx.Has(o.Kind, o.ID)
	doc := o.Doc.Set("roles", string(quoted(roles)))
	switch {
	case stored && len(roles) == 0 && o.Kind == "waiting_roles":
		return tx.Delete(o.Kind, o.ID)
	case stored:
		_, err = tx.Replace(o, doc)
	case len(roles) > 0:
		o.Doc = doc
		_, err = tx.Insert(*o)
	}
	return err
}

// quoted is a JSON array of strings.
func quoted(list []string) state.Doc {
	items := make([]state.Doc, len(list))
	for i, text := range list {
		items[i] = state.Doc(state.Quote(text))
	}
	return state.Array(items)
}

// listEffectiveRoles pages by the id of the last role shown.
func listEffectiveRoles(c *spec.Call) (spec.Reply, error) {
	o, err := roleHolderOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	w, err := windowOf(c, 50)
	if err != nil {
		return spec.Reply{}, err
	}
	roles := rolesOf(c.Tx, o)
	if w.from != "" {
		at := slices.IndexFunc(roles, func(role *state.Object) bool { return role.ID == w.from })
		if at < 0 {
			return spec.Reply{}, c.Fail("invalid_query_string", "detail", badCursor)
		}
		roles = roles[at+1:]
	}
	next := ""
	if len(roles) > w.limit {
		roles = roles[:w.limit]
		next = encoded(roles[w.limit-1].ID)
	}
	var items []state.Doc
	for _, role := range roles {
		items = append(items, shownMemberRole(role).Set("sources", `["direct"]`))
	}
	return checkpointed("roles", items, next), nil
}

func listEffectiveRoleGroups(c *spec.Call) (spec.Reply, error) {
	if _, err := roleHolderOf(c); err != nil {
		return spec.Reply{}, err
	}
	return noGroups(c)
}
