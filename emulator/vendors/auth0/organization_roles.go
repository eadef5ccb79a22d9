package auth0

import (
	"slices"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// organizationRoles look at an organization from its roles. The emulator has no groups: nothing of the API's that is
// emulated makes one, so their lists are empty.
var organizationRoles = []spec.Operation{
	{
		ID: "organization_role_members.list", Method: "GET", Path: "/api/v2/organizations/{id}/roles/{role_id}/members",
		Summary:    "List the members of an organization that have a role there",
		Needs:      []string{"read:organization_member_roles", "read:organization_members"},
		PathParams: []spec.Param{organizationID},
		Query:      slices.Concat(checkpointParams, projectionParams),
		Status:     200, Reply: pageOf("members", member),
		Errors:   []spec.Error{organizationNotFound(belowOrganization), roleNotFound(unknownRole)},
		Handle:   listOrganizationRoleMembers,
		Evidence: spec.Recorded("tf-TestAccDataSourceOrganizationRoleMembers#4"),
	},
	{
		ID: "organization_role_groups.list", Method: "GET", Path: "/api/v2/organizations/{id}/roles/{role_id}/groups",
		Summary:    "List the groups that have a role in an organization",
		Needs:      []string{"read:organization_group_roles", "read:organization_groups"},
		PathParams: []spec.Param{organizationID},
		Query:      checkpointParams,
		Status:     200, Reply: pageOf("groups", nil),
		Errors:   []spec.Error{organizationNotFound(belowOrganization), roleNotFound(unknownRole)},
		Handle:   listOrganizationRoleGroups,
		Evidence: spec.Recorded("tf-TestAccDataSourceOrganizationRoleGroups#4"),
	},
	{
		ID: "organization_groups.list", Method: "GET", Path: "/api/v2/organizations/{id}/groups",
		Summary:    "List the groups of an organization",
		Needs:      []string{"read:organization_groups"},
		PathParams: []spec.Param{organizationID},
		Query:      checkpointParams,
		Status:     200, Reply: pageOf("groups", nil),
		Errors:   []spec.Error{organizationNotFound(belowOrganization)},
		Handle:   listOrganizationGroups,
		Evidence: spec.Documented(specification + " for the path; its paging is assumed"),
	},
}

// organizationRoleOf is the role that the path names, where the organization may use it: its own, or one of the tenant's.
func organizationRoleOf(c *spec.Call) (organization, role *state.Object, err error) {
	if organization, err = organizationOf(c); err != nil {
		return nil, nil, err
	}
	role, err = c.Tx.Get("roles", c.Vars["role_id"])
	if err != nil || role.Parent != "" && role.Parent != organization.ID {
		return nil, nil, c.Fail("role_not_found")
	}
	return organization, role, nil
}

// listOrganizationRoleMembers walks the organization's members until the page is full.
func listOrganizationRoleMembers(c *spec.Call) (spec.Reply, error) {
	organization, role, err := organizationRoleOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	w, err := windowOf(c, 50)
	if err != nil {
		return spec.Reply{}, err
	}
	var items []state.Doc
	for {
		batch := window{limit: 100, from: w.from}
		page, more, err := afterCursor(c, "members", "members", organization, batch)
		if err != nil {
			return spec.Reply{}, err
		}
		for _, o := range page {
			if !slices.Contains(texts(o.Doc, "roles"), role.ID) {
				continue
			}
			if len(items) == w.limit {
				return checkpointed("members", items, encoded(w.from)), nil
			}
			items = append(items, shownMember(c, o))
			w.from = byCreation(o)
		}
		if more == "" {
			return checkpointed("members", items, ""), nil
		}
		w.from = byCreation(page[len(page)-1])
	}
}

func listOrganizationRoleGroups(c *spec.Call) (spec.Reply, error) {
	if _, _, err := organizationRoleOf(c); err != nil {
		return spec.Reply{}, err
	}
	return noGroups(c)
}

func listOrganizationGroups(c *spec.Call) (spec.Reply, error) {
	if _, err := organizationOf(c); err != nil {
		return spec.Reply{}, err
	}
	return noGroups(c)
}

func noGroups(c *spec.Call) (spec.Reply, error) {
	if _, err := windowOf(c, 50); err != nil {
		return spec.Reply{}, err
	}
	return checkpointed("groups", nil, ""), nil
}
