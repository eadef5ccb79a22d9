package atlas

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

const (
	mappingsPath = configPath + "/roleMappings"
	mappingPath  = mappingsPath + "/{id}"
)

var roleMappings = slices.Concat(
	on(spec.Operation{
		ID: "role_mappings.list", Method: "GET", Path: mappingsPath,
		Summary: "List the role mappings of a connected organization",
		Needs:   owners, Limit: "organization",
		PathParams: []spec.Param{federationIDParam, orgIDParam},
		Query:      append([]spec.Param{mappingPageNum, mappingsPerPage, includeCountParam}, formParams...),
		Status:     200, Reply: listOf(roleMapping),
		Errors: orgErrors,
		Handle: listMappings,
	}, onV2, onV1, onPublic),
	on(spec.Operation{
		ID: "role_mappings.create", Method: "POST", Path: mappingsPath,
		Summary: "Map a group of the identity provider to roles",
		Needs:   owners, Limit: "organization",
		PathParams: []spec.Param{federationIDParam, orgIDParam},
		Query:      formParams, Body: newRoleMapping,
		Status: 200, Reply: roleMapping,
		Errors: slices.Concat(assignmentErrors, orgErrors),
		Handle: createMapping,
	}, onV2, onV1),
	on(spec.Operation{
		ID: "role_mappings.get", Method: "GET", Path: mappingPath,
		Summary: "Get a role mapping",
		Needs:   owners, Limit: "organization",
		PathParams: []spec.Param{federationIDParam, orgIDParam, mappingIDParam},
		Query:      formParams,
		Status:     200, Reply: roleMapping,
		Errors: orgErrors,
		Handle: getMapping,
	}, onV2, onV1, onPublic),
	on(spec.Operation{
		ID: "role_mappings.update", Method: "PUT", Path: mappingPath,
		Summary: "Replace a role mapping",
		Needs:   owners, Limit: "organization",
		PathParams: []spec.Param{federationIDParam, orgIDParam, mappingIDParam},
		Query:      formParams, Body: newRoleMapping,
		Status: 200, Reply: roleMapping,
		Errors: slices.Concat(assignmentErrors, []spec.Error{readOnly}, orgErrors),
		Handle: updateMapping,
	}, onV2, onV1),
	on(spec.Operation{
		ID: "role_mappings.delete", Method: "DELETE", Path: mappingPath,
		Summary: "Delete a role mapping",
		Needs:   owners, Limit: "organization",
		PathParams: []spec.Param{federationIDParam, orgIDParam, mappingIDParam},
		Query:      formParams, BodyFree: true,
		Status: 204,
		Errors: orgErrors,
		Handle: deleteMapping,
	}, onV2, onV1, onPublic),
)

// roleMappingKind hangs on an organization's configuration.
var roleMappingKind = spec.Kind{
	Name: "role_mappings",
	Schema: &spec.Schema{Type: spec.Object, Fields: append([]spec.Field{
		spec.Req("orgId", hexID),
	}, newRoleMapping.Fields...)},
	Refs:     map[string]string{"orgId": "connected_org_configs"},
	Identify: func(d state.Doc) string { return d.Text("id") },
	Parent:   func(d state.Doc) string { return d.Text("orgId") },
	Unique:   func(o *state.Object) (string, string) { return o.Parent, o.Doc.Text("externalGroupName") },
	Key:      func(_ *state.Tx, o *state.Object) string { return o.Parent + " / " + o.Doc.Text("externalGroupName") },
	Build: func(c *spec.Call, d state.Doc) (state.Doc, error) {
		mapping := mappingDoc(idOf(c, d, "role_mappings"), d.Text("orgId"), d)
		return mapping, checkMapping(c, mapping)
	},
	Evidence: spec.Documented(specification),
}

var (
	mappingIDParam = pathID("id", "role_mappings")

	notDeclared     = spec.ClientCode(legacyClient + " sends it; v2 declares none here")
	mappingPageNum  = spec.Param{Name: "pageNum", Schema: pageNumParam.Schema, Evidence: notDeclared}
	mappingsPerPage = spec.Param{Name: "itemsPerPage", Schema: itemsPerPageParam.Schema, Evidence: notDeclared}

	assignmentID   = &spec.Schema{Type: spec.String | spec.Null, Pattern: hexPattern}
	roleAssignment = &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Opt("groupId", assignmentID),
		spec.Opt("orgId", assignmentID),
		spec.Req("role", textSchema),
	}, Example: `{"orgId":"ac0000000000000000000001","role":"ORG_MEMBER"}`}
	newRoleMapping = &spec.Schema{Type: spec.Object, Evidence: spec.Documented(specification), Fields: []spec.Field{
		spec.Req("externalGroupName", &spec.Schema{Type: spec.String, MinLength: 1, MaxLength: 200}),
		spec.Opt("id", hexID),
		spec.Req("roleAssignments", &spec.Schema{Type: spec.Array, Items: roleAssignment, MinItems: 1, Unique: true}),
	}}
	roleMapping = &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("externalGroupName", textSchema),
		spec.Req("id", hexID),
		spec.Req("roleAssignments", &spec.Schema{Type: spec.Array, Items: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
			spec.Req("groupId", assignmentID), spec.Req("orgId", assignmentID), spec.Req("role", textSchema),
		}}}),
	}}

	roleSample = []string{"role", "ORG_OWNER", "org", exampleID, "group", exampleID}
	// assignmentErrors are what is wrong with roles. What the service checks in which order is not known.
	assignmentErrors = []spec.Error{
		ofRoles(published("ROLE_NEEDS_ORG_ID", 400, "Role {role} requires an organization ID.", roleSample...)),
		ofRoles(published("ROLE_NEEDS_GROUP_ID", 400, "Role {role} requires a group ID.", roleSample...)),
		ofRoles(published("ROLE_NEEDS_NO_ORG_ID", 400, "Role {role} cannot be specified with an organization ID.", roleSample...)),
		ofRoles(published("ROLE_NEEDS_NO_GROUP_ID", 400, "Role {role} cannot be specified with a group ID.", roleSample...)),
		ofRoles(published("INVALID_ROLE_FOR_ORG", 400, "Role {role} invalid for organization {org}.", roleSample...)),
		ofRoles(published("INVALID_ROLE_FOR_GROUP", 400, "Role {role} is invalid for group {group}.", roleSample...)),
		ofRoles(published("UNSUPPORTED_ROLE", 400, "The provided role is not supported.")),
		refused("DUPLICATE_ASSIGNMENT", "roleAssignments must not have the same item twice", specification+" calls them a set"),
		refused("REPEATED_ID", "roleMappings must not have the same id twice", "an id is one mapping's"),
		refused("NO_ORG_ROLE", "a role mapping needs at least one organization role",
			specification+" for the rule"),
		with(spec.Conflict, spec.Error{
			Code: "DUPLICATE_GROUP_NAME", Wire: "VALIDATION_ERROR", Status: 400, On: state.ErrConflict,
			Message:  validationStart + "externalGroupName is mapped already" + validationEnd,
			Evidence: spec.Assumed(specification + " calls the name unique; status, code and text are assumed"),
		}),
	}
)

// ofRoles is a published row about roles, which are refused here with it.
func ofRoles(e spec.Error) spec.Error {
	return standsIn("published; a role of no such name was once answered 500, and with what the others are answered here is not known", e)
}

// mappingDoc is a mapping as it is kept: assignments with both ids, null where there is none.
func mappingDoc(id, org string, d state.Doc) state.Doc {
	var assignments []state.Doc
	for _, a := range d.Get("roleAssignments").Array() {
		one := state.Doc(a.Raw)
		assignments = append(assignments, state.NewBuilder().Raw("groupId", given(one, "groupId", "null")).
			Raw("orgId", given(one, "orgId", "null")).Raw("role", one.Get("role").Raw).Doc())
	}
	return state.NewBuilder().Raw("externalGroupName", d.Get("externalGroupName").Raw).Text("id", id).
		List("roleAssignments", assignments).Text("orgId", org).Doc()
}

func shownMapping(o *state.Object) state.Doc {
	return o.Doc.Pick("externalGroupName", "id", "roleAssignments")
}

// checkMapping holds the assignments of a mapping, as it is kept, to its organization. Its error is a failure that says
// in its text what the row says, for those who read a fixture's.
func checkMapping(c *spec.Call, mapping state.Doc) error {
	orgRole, seen := false, map[string]bool{}
	for i, a := range mapping.Get("roleAssignments").Array() {
		role := a.Get("role").Str
		err := checkAssignment(c, mapping.Text("orgId"), role, a.Get("orgId").Str, a.Get("groupId").Str)
		if err == nil && seen[a.Raw] {
			err = c.Fail("DUPLICATE_ASSIGNMENT")
		}
		if err != nil {
			return fmt.Errorf("roleAssignments[%d]: %s: %w", i, role, explained(err))
		}
		orgRole = orgRole || slices.Contains(orgRoles, role)
		seen[a.Raw] = true
	}
	if !orgRole {
		return explained(c.Fail("NO_ORG_ROLE"))
	}
	return nil
}

// explained is a failure with the text of its row among assignmentErrors.
func explained(err error) error {
	failure, ok := err.(*spec.Failure)
	at := slices.IndexFunc(assignmentErrors, func(e spec.Error) bool { return ok && e.Code == failure.Code })
	if at < 0 {
		return err
	}
	return fmt.Errorf("%s (%w)", spec.Fill(assignmentErrors[at].Message, failure.Args...), err)
}

// checkAssignment wants an organization's role with the organization, and a project's with a project of it. Any role
// that begins as a project's is one: the specification lists none.
func checkAssignment(c *spec.Call, org, role, withOrg, withGroup string) error {
	fail := func(code string) error { return c.Fail(code, "role", role, "org", withOrg, "group", withGroup) }
	group, missing := c.Tx.Get("groups", withGroup)
	switch isOrg, isGroup := slices.Contains(orgRoles, role), strings.HasPrefix(role, "GROUP_"); {
	case !isOrg && !isGroup:
		return fail("UNSUPPORTED_ROLE")
	case isOrg && withGroup != "":
		return fail("ROLE_NEEDS_NO_GROUP_ID")
	case isOrg && withOrg == "":
		return fail("ROLE_NEEDS_ORG_ID")
	case isOrg && withOrg != org:
		return fail("INVALID_ROLE_FOR_ORG")
	case isGroup && withOrg != "":
		return fail("ROLE_NEEDS_NO_ORG_ID")
	case isGroup && withGroup == "":
		return fail("ROLE_NEEDS_GROUP_ID")
	case isGroup && (missing != nil || group.Parent != org):
		return fail("INVALID_ROLE_FOR_GROUP")
	}
	return nil
}

// replaceMappings puts a whole set in the place of an organization's. One that names the id of a present mapping keeps it.
func replaceMappings(c *spec.Call, org string, mappings []gjson.Result) error {
	kept, seen := map[string]bool{}, map[string]bool{}
	for _, o := range c.Tx.List("role_mappings", "role_mappings", org) {
		kept[o.ID] = true
	}
	if err := deleteBelow(c.Tx, "role_mappings", org); err != nil {
		return err
	}
	for _, m := range mappings {
		mapping := state.Doc(m.Raw)
		id := mapping.Text("id")
		if id != "" && seen[id] {
			return c.Fail("REPEATED_ID")
		}
		if seen[id] = true; !kept[id] {
			mapping = mapping.Drop("id")
		}
		if _, err := c.Build("role_mappings", mapping.SetText("orgId", org)); err != nil {
			return err
		}
	}
	return nil
}

// sameMappings tells whether mappings are an organization's own, as they are read, in any order. None are nobody's own:
// clients leave them out.
func sameMappings(tx *state.Tx, org string, mappings []gjson.Result) bool {
	present := map[string]state.Doc{}
	for _, o := range tx.List("role_mappings", "role_mappings", org) {
		present[o.ID] = o.Doc
	}
	for _, m := range mappings {
		id := m.Get("id").Str
		if kept, ok := present[id]; !ok || !sameMapping(kept, mappingDoc(id, org, state.Doc(m.Raw))) {
			return false
		}
		delete(present, id)
	}
	return len(mappings) > 0 && len(present) == 0
}

func sameMapping(a, b state.Doc) bool {
	return a.Text("externalGroupName") == b.Text("externalGroupName") && sameSet(a.Get("roleAssignments"), b.Get("roleAssignments"))
}

// withdrawGroup takes the assignments of a project out of its organization's mappings.
func withdrawGroup(tx *state.Tx, group *state.Object) error {
	for _, o := range tx.List("role_mappings", "role_mappings", group.Parent) {
		kept := []state.Doc{}
		for _, a := range o.Doc.Get("roleAssignments").Array() {
			if a.Get("groupId").Str != group.ID {
				kept = append(kept, state.Doc(a.Raw))
			}
		}
		if _, err := tx.Replace(o, o.Doc.Set("roleAssignments", string(state.Array(kept)))); err != nil {
			return err
		}
	}
	return nil
}

// listMappings writes all mappings where no page is asked for: v2 knows none here, the older clients do.
func listMappings(c *spec.Call) (spec.Reply, error) {
	config, err := configOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	all := c.Tx.List("role_mappings", "role_mappings", config.ID)
	if c.Query.Has("pageNum") || c.Query.Has("itemsPerPage") {
		return spec.Reply{Body: page(c, all, shownMapping)}, nil
	}
	return spec.Reply{Body: listed([]state.Doc{link("self", selfURL(c))}, all, len(all), shownMapping)}, nil
}

func createMapping(c *spec.Call) (spec.Reply, error) {
	config, err := configOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	o, err := c.Build("role_mappings", c.Body.Drop("id").SetText("orgId", config.ID))
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: shownMapping(o)}, nil
}

// mappingOf is the mapping of a path.
func mappingOf(c *spec.Call) (*state.Object, error) {
	config, err := configOf(c)
	if err != nil {
		return nil, err
	}
	o, err := c.Tx.Get("role_mappings", c.Vars["id"])
	if err != nil || o.Parent != config.ID {
		return nil, missing(c, "role mapping", c.Vars["id"])
	}
	return o, nil
}

func getMapping(c *spec.Call) (spec.Reply, error) {
	o, err := mappingOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: shownMapping(o)}, nil
}

func updateMapping(c *spec.Call) (spec.Reply, error) {
	o, err := mappingOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	if id := c.Body.Get("id"); id.Exists() && id.Str != o.ID {
		return spec.Reply{}, c.Fail("ATTRIBUTE_READ_ONLY", "name", "id")
	}
	changed := mappingDoc(o.ID, o.Parent, c.Body)
	if err := checkMapping(c, changed); err != nil {
		return spec.Reply{}, err
	}
	if o, err = c.Tx.Replace(o, changed); err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: shownMapping(o)}, nil
}

func deleteMapping(c *spec.Call) (spec.Reply, error) {
	o, err := mappingOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{}, c.Tx.Delete("role_mappings", o.ID)
}
