package atlas

import (
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// groups are projects, in the word of the API.
var groups = slices.Concat(
	on(spec.Operation{
		ID: "org_groups.list", Method: "GET", Path: "/orgs/{orgId}/groups",
		Summary: "List the projects of an organization",
		Needs:   orgRoles, Limit: "user",
		PathParams: []spec.Param{orgIDParam},
		Query:      append([]spec.Param{nameFilter}, pageParams...),
		Status:     200, Reply: listOf(group),
		Errors: orgErrors,
		Handle: listOrgGroups,
	}, onV2, inLegacy, inPublic),
	on(spec.Operation{
		ID: "groups.list", Method: "GET", Path: "/groups",
		Summary: "List the projects that the caller may read",
		Needs:   everyRole, Limit: "user",
		Query:  pageParams,
		Status: 200, Reply: listOf(group),
		Handle: listGroups,
	}, onV2, inLegacy, inPublic),
	on(spec.Operation{
		ID: "groups.create", Method: "POST", Path: "/groups",
		Summary: "Create a project",
		Needs:   groupCreators, Limit: "user",
		Query: append([]spec.Param{{Name: "projectOwnerId", Schema: hexID, Evidence: spec.Documented(specification)}}, formParams...),
		Body:  newGroup, Status: 201, Reply: group,
		Errors: append([]spec.Error{groupExists}, orgErrors...),
		Handle: createGroup,
	}, v2(spec.Recorded("cli:projects: 201, where the specification has 200")), inLegacy),
	on(spec.Operation{
		ID: "groups.get", Method: "GET", Path: "/groups/{groupId}",
		Summary: "Get a project",
		Needs:   groupReaders, Limit: "user",
		PathParams: []spec.Param{groupIDParam},
		Query:      formParams,
		Status:     200, Reply: group,
		Errors: groupErrors,
		Handle: getGroup,
	}, onV2, inLegacy, inPublic),
	on(spec.Operation{
		ID: "groups.get_by_name", Method: "GET", Path: "/groups/byName/{groupName}",
		Summary: "Get a project by its name",
		Needs:   groupReaders, Limit: "user",
		PathParams: []spec.Param{{Name: "groupName", Evidence: spec.Documented(specification), Schema: &spec.Schema{
			Type: spec.String, MinLength: 1, MaxLength: 64, Kind: "groups.name",
		}}},
		Query:  formParams,
		Status: 200, Reply: group,
		Errors: groupErrors,
		Handle: getGroup,
	}, onV2, inLegacy, inPublic),
	on(spec.Operation{
		ID: "groups.update", Method: "PATCH", Path: "/groups/{groupId}",
		Summary: "Change a project",
		Needs:   groupOwners, Limit: "user",
		PathParams: []spec.Param{groupIDParam},
		Query:      formParams, Body: changedGroup,
		Status: 200, Reply: group,
		Errors: append([]spec.Error{groupExists}, groupErrors...),
		Handle: updateGroup,
	}, onV2, inLegacy),
	on(spec.Operation{
		ID: "groups.delete", Method: "DELETE", Path: "/groups/{groupId}",
		Summary: "Delete a project",
		Needs:   groupOwners, Limit: "user",
		PathParams: []spec.Param{groupIDParam},
		Query:      formParams, BodyFree: true,
		Status: 202, Reply: &spec.Schema{Type: spec.Object},
		Errors: groupErrors,
		Handle: deleteGroup,
	}, v2(spec.Recorded("cli:projects: 202 and {}, where the specification has 204")), inLegacy),
)

var groupKind = spec.Kind{
	Name: "groups", Remove: removeGroup,
	Schema: &spec.Schema{Type: spec.Object, Fields: append([]spec.Field{
		spec.Opt("id", hexID), spec.Opt("created", moment),
	}, groupFields...)},
	Refs:     map[string]string{"orgId": "orgs"},
	Identify: func(d state.Doc) string { return d.Text("id") },
	Parent:   func(d state.Doc) string { return d.Text("orgId") },
	Unique:   func(o *state.Object) (string, string) { return o.Parent, o.Doc.Text("name") },
	Also:     map[string]func(*state.Object) string{"all": func(*state.Object) string { return "" }},
	Fixed:    []string{"all"},
	Key:      func(_ *state.Tx, o *state.Object) string { return o.Parent + " / " + o.Doc.Text("name") },
	Build: func(c *spec.Call, d state.Doc) (state.Doc, error) {
		return state.NewBuilder().Raw("created", given(d, "created", state.Quote(timestamp(c.Now)))).Text("id", idOf(c, d, "groups")).
			Raw("name", d.Get("name").Raw).Raw("orgId", d.Get("orgId").Raw).Raw("tags", given(d, "tags", "[]")).
			Raw("withDefaultAlertsSettings", given(d, "withDefaultAlertsSettings", "true")).Doc(), nil
	},
	Evidence: spec.Recorded("cli:projects"),
}

var (
	tags = &spec.Schema{Type: spec.Array, Items: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("key", &spec.Schema{Type: spec.String, MinLength: 1, MaxLength: 255}),
		spec.Req("value", &spec.Schema{Type: spec.String, MinLength: 1, MaxLength: 255}),
	}}}
	group = &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("clusterCount", &spec.Schema{Type: spec.Integer}), spec.Req("created", moment), spec.Req("id", hexID), linksField,
		spec.Req("name", name), spec.Req("orgId", hexID), spec.Req("tags", tags), spec.Req("withDefaultAlertsSettings", boolean),
	}}
	groupFields = []spec.Field{
		spec.Req("name", name),
		spec.Req("orgId", hexID),
		spec.Opt("tags", tags),
		spec.Opt("withDefaultAlertsSettings", &spec.Schema{Type: spec.Boolean, Default: "true", Evidence: spec.Documented(specification)}),
	}
	// newGroup takes a project's read-only members too: the specification's schema has them, and SDKs send them empty.
	newGroup = &spec.Schema{Type: spec.Object, Evidence: spec.Documented(specification), Fields: append([]spec.Field{
		spec.Opt("clusterCount", &spec.Schema{Type: spec.Integer}), spec.Opt("created", moment), spec.Opt("id", textSchema),
		spec.Opt("links", &spec.Schema{Type: spec.Array}),
		spec.Opt("regionUsageRestrictions", &spec.Schema{Type: spec.String, Enum: []string{"COMMERCIAL_FEDRAMP_REGIONS_ONLY", "GOV_REGIONS_ONLY"}}),
	}, groupFields...)}
	changedGroup = &spec.Schema{Type: spec.Object, Evidence: spec.Documented(specification), Fields: []spec.Field{
		spec.Opt("name", name),
		spec.Opt("tags", tags),
		spec.Opt("withDefaultAlertsSettings", boolean),
	}}

	groupNotFound = spec.Error{
		Code: "GROUP_NOT_FOUND", Status: 404, Message: "No group with ID {group} exists.", Class: spec.NotFound, Sample: []string{"group", exampleID},
		Evidence: spec.Recorded("cli:projects"),
	}
	groupExists = spec.Error{
		Code: "GROUP_ALREADY_EXISTS", Status: 409, Message: "A group with name \"{name}\" already exists.", Class: spec.Conflict, On: state.ErrConflict,
		Sample:   []string{"name", "Sample"},
		Evidence: spec.Assumed("409 is declared; code and text are not at hand"),
	}
	groupErrors = []spec.Error{
		groupNotFound,
		raised(published("INVALID_GROUP_ID", 404, "An invalid group ID {group} was specified.", "group", exampleID)),
		{
			Code: "NOT_ATLAS_GROUP", Status: 404, Sample: []string{"group", exampleID},
			Message:  "Group {group} is not an Atlas group; use the Cloud Manager Public API at /api/public/v1.0 to access it.",
			Evidence: spec.Documented(errorPages),
		},
		{
			Code: "ATLAS_GROUP", Status: 404, Sample: []string{"group", exampleID},
			Message:  "Group {group} is an Atlas group; use the Atlas Public API at /api/atlas/v1.0 to access it.",
			Evidence: spec.Documented(errorPages),
		},
	}
)

func shownGroup(c *spec.Call, o *state.Object) state.Doc {
	return state.NewBuilder().Int("clusterCount", 0).Raw("created", o.Doc.Get("created").Raw).Text("id", o.ID).
		List("links", []state.Doc{link("self", c.Base()+prefixOf(c)+"/groups/"+o.ID)}).
		Raw("name", o.Doc.Get("name").Raw).Text("orgId", o.Parent).Raw("tags", o.Doc.Get("tags").Raw).
		Raw("withDefaultAlertsSettings", o.Doc.Get("withDefaultAlertsSettings").Raw).Doc()
}

func groupView(c *spec.Call) func(*state.Object) state.Doc {
	return func(o *state.Object) state.Doc { return shownGroup(c, o) }
}

func listOrgGroups(c *spec.Call) (spec.Reply, error) {
	o, err := orgOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	if err := belongs(c, o.ID); err != nil {
		return spec.Reply{}, err
	}
	var named []*state.Object
	for _, g := range c.Tx.List("groups", "groups", o.ID) {
		if strings.HasPrefix(strings.ToLower(g.Doc.Text("name")), strings.ToLower(c.Query.Get("name"))) {
			named = append(named, g)
		}
	}
	return spec.Reply{Body: page(c, named, groupView(c))}, nil
}

func listGroups(c *spec.Call) (spec.Reply, error) {
	var mine []*state.Object
	for _, g := range c.Tx.List("groups", "all", "") {
		if mayUse(c, g, groupReaders) == nil && rightGroupBase(c, g) == nil {
			mine = append(mine, g)
		}
	}
	return spec.Reply{Body: page(c, mine, groupView(c))}, nil
}

func createGroup(c *spec.Call) (spec.Reply, error) {
	o, err := c.Tx.Get("orgs", c.Body.Text("orgId"))
	if err != nil {
		return spec.Reply{}, c.Fail("ORG_NOT_FOUND", "org", c.Body.Text("orgId"))
	}
	if err := rightBase(c, o); err != nil {
		return spec.Reply{}, err
	}
	if err := belongs(c, o.ID); err != nil {
		return spec.Reply{}, err
	}
	if !holds(c, o.ID, groupCreators) {
		return spec.Reply{}, c.Fail("USER_UNAUTHORIZED")
	}
	if _, err := c.Tx.Named("groups", o.ID, c.Body.Text("name")); err == nil {
		return spec.Reply{}, c.Fail("GROUP_ALREADY_EXISTS", "name", c.Body.Text("name"))
	}
	g, err := c.Build("groups", c.Body.Pick("name", "orgId", "tags", "withDefaultAlertsSettings"))
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: shownGroup(c, g)}, nil
}

// mayUse is nil for who has one of some roles in a project or in its organization.
func mayUse(c *spec.Call, g *state.Object, roles []string) error {
	if holds(c, g.ID, roles) || holds(c, g.Parent, roles) {
		return nil
	}
	return c.Fail("USER_UNAUTHORIZED")
}

func rightGroupBase(c *spec.Call, g *state.Object) error {
	o, err := c.Tx.Get("orgs", g.Parent)
	if err != nil || rightBase(c, o) == nil {
		return nil
	}
	if c.Operation.Family == publicFamily {
		return c.Fail("ATLAS_GROUP", "group", g.ID)
	}
	return c.Fail("NOT_ATLAS_GROUP", "group", g.ID)
}

// groupOf is the project that a path names, by id or by name, where the caller has one of some roles.
func groupOf(c *spec.Call, roles []string) (*state.Object, error) {
	g, err := c.Tx.Get("groups", c.Vars["groupId"])
	if name := c.Vars["groupName"]; name != "" {
		g, err = groupNamed(c, name)
	}
	if err != nil {
		return nil, c.Fail("GROUP_NOT_FOUND", "group", c.Vars["groupId"]+c.Vars["groupName"])
	}
	if err := rightGroupBase(c, g); err != nil {
		return nil, err
	}
	return g, mayUse(c, g, roles)
}

// groupNamed is the first project of a name that the caller may read, in whichever organization: of those that answer on
// the request's base, or else of the others.
func groupNamed(c *spec.Call, name string) (*state.Object, error) {
	var elsewhere *state.Object
	for _, o := range c.Tx.List("orgs", "orgs", "") {
		g, err := c.Tx.Named("groups", o.ID, name)
		switch {
		case err != nil || mayUse(c, g, groupReaders) != nil:
		case rightBase(c, o) == nil:
			return g, nil
		case elsewhere == nil:
			elsewhere = g
		}
	}
	if elsewhere == nil {
		return nil, state.ErrNotFound
	}
	return elsewhere, nil
}

func getGroup(c *spec.Call) (spec.Reply, error) {
	g, err := groupOf(c, groupReaders)
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: shownGroup(c, g)}, nil
}

func updateGroup(c *spec.Call) (spec.Reply, error) {
	g, err := groupOf(c, groupOwners)
	if err != nil {
		return spec.Reply{}, err
	}
	if other, err := c.Tx.Named("groups", g.Parent, c.Body.Text("name")); err == nil && other.ID != g.ID {
		return spec.Reply{}, c.Fail("GROUP_ALREADY_EXISTS", "name", c.Body.Text("name"))
	}
	if g, err = c.Tx.Replace(g, g.Doc.Merge(c.Body)); err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: shownGroup(c, g)}, nil
}

// deleteGroup removes a project, and with it the role assignments that name it.
func deleteGroup(c *spec.Call) (spec.Reply, error) {
	g, err := groupOf(c, groupOwners)
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: "{}"}, removeGroup(c.Tx, g)
}

// removeGroup deletes a project, and takes it out of its organization's role mappings.
func removeGroup(tx *state.Tx, g *state.Object) error {
	if err := withdrawGroup(tx, g); err != nil {
		return err
	}
	return tx.Delete("groups", g.ID)
}
