package atlas

import (
	"slices"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// orgRoles are an organization's roles.
var orgRoles = []string{
	"ORG_OWNER", "ORG_MEMBER", "ORG_GROUP_CREATOR", "ORG_BILLING_ADMIN", "ORG_BILLING_READ_ONLY", "ORG_STREAM_PROCESSING_ADMIN", "ORG_READ_ONLY",
}

// What the operations need: any one of these.
var (
	owners        = []string{"ORG_OWNER"}
	everyRole     = append(slices.Clone(orgRoles), "GROUP_OWNER", "GROUP_READ_ONLY")
	groupCreators = []string{"ORG_OWNER", "ORG_GROUP_CREATOR"}
	groupReaders  = []string{"ORG_OWNER", "ORG_READ_ONLY", "GROUP_OWNER", "GROUP_READ_ONLY"}
	groupOwners   = []string{"ORG_OWNER", "GROUP_OWNER"}
)

// everywhere marks a role that is held in every organization and project.
const everywhere = "*"

// scopesOf are the roles of a key's or account's document: each role alone, for what an operation needs, and with the
// organization or project that it is held in, for the handlers.
func scopesOf(d state.Doc) []string {
	var scopes []string
	for _, role := range d.Get("roles").Array() {
		name, in := role.Get("roleName").Str, role.Get("orgId").Str
		if in == "" {
			in = role.Get("groupId").Str
		}
		if in == "" {
			in = everywhere
		}
		scopes = append(scopes, name, name+"@"+in)
	}
	return scopes
}

// holds tells whether the caller has one of some roles in an organization or project.
func holds(c *spec.Call, in string, roles []string) bool {
	return c.Caller.All || slices.ContainsFunc(roles, func(role string) bool {
		return slices.Contains(c.Caller.Scopes, role+"@"+in) || slices.Contains(c.Caller.Scopes, role+"@"+everywhere)
	})
}

// owns is nil for an owner of an organization.
func owns(c *spec.Call, org string) error {
	switch {
	case holds(c, org, owners):
		return nil
	case holds(c, org, orgRoles):
		return c.Fail("NOT_ORG_OWNER", "org", org)
	}
	return c.Fail("USER_CANNOT_ACCESS_ORG")
}

// belongs is nil for whoever has any role in an organization.
func belongs(c *spec.Call, org string) error {
	if holds(c, org, orgRoles) {
		return nil
	}
	return c.Fail("USER_CANNOT_ACCESS_ORG")
}

// ownsOneOf is nil for an owner of one of a federation's organizations; one that has none yet is nobody's.
func ownsOneOf(c *spec.Call, federation string) error {
	configs := c.Tx.List("connected_org_configs", "connected_org_configs", federation)
	owned := func(o *state.Object) bool { return holds(c, o.ID, owners) }
	if len(configs) == 0 || slices.ContainsFunc(configs, owned) {
		return nil
	}
	return c.Fail("USER_UNAUTHORIZED")
}

// rightBase refuses an organization of the other product: Atlas's under the Cloud Manager base, and the other way round.
// One without a kind answers everywhere.
func rightBase(c *spec.Call, org *state.Object) error {
	switch kind, public := org.Doc.Text("kind"), c.Operation.Family == publicFamily; {
	case kind == "atlas" && public:
		return c.Fail("ATLAS_ORG", "org", org.ID)
	case kind == "cloud_manager" && !public:
		return c.Fail("NOT_ATLAS_ORG", "org", org.ID)
	}
	return nil
}

// orgOf is the organization of a path, on the right base.
func orgOf(c *spec.Call) (*state.Object, error) {
	org, err := c.Tx.Get("orgs", c.Vars["orgId"])
	if err != nil {
		return nil, c.Fail("ORG_NOT_FOUND", "org", c.Vars["orgId"])
	}
	return org, rightBase(c, org)
}
