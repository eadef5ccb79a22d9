package qovery

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

var customRoles = []spec.Operation{
	{
		ID: "custom_roles.list", Method: "GET", Path: "/organization/{organizationId}/customRole",
		Summary: "List the custom roles of an organization",
		Needs:   anyone, QueryOpen: true,
		PathParams: []spec.Param{organizationID},
		Status:     200, Reply: results(customRole),
		Handle:   listCustomRoles,
		Evidence: spec.Documented(specification + "; that every role may is assumed"),
	},
	{
		ID: "custom_roles.create", Method: "POST", Path: "/organization/{organizationId}/customRole",
		Summary: "Create a custom role that sees clusters and no project",
		Needs:   admins, QueryOpen: true,
		PathParams: []spec.Param{organizationID},
		Body:       body(spec.Req("name", text), spec.Opt("description", maybeText)),
		Status:     201, Reply: customRole,
		Errors:   []spec.Error{roleNameTaken},
		Handle:   createCustomRole,
		Evidence: spec.Documented(specification + "; what a new role may do: " + terraform + adminsOnly),
	},
	{
		ID: "custom_roles.get", Method: "GET", Path: "/organization/{organizationId}/customRole/{customRoleId}",
		Summary: "Get a custom role",
		Needs:   anyone, QueryOpen: true,
		PathParams: []spec.Param{organizationID, customRoleID},
		Status:     200, Reply: customRole,
		Handle:   getCustomRole,
		Evidence: spec.Documented(specification + "; that every role may is assumed"),
	},
	{
		ID: "custom_roles.update", Method: "PUT", Path: "/organization/{organizationId}/customRole/{customRoleId}",
		Summary: "Change a custom role",
		Needs:   admins, QueryOpen: true,
		PathParams: []spec.Param{organizationID, customRoleID},
		Body: body(spec.Req("name", text), spec.Opt("description", maybeText),
			spec.Req("cluster_permissions", &spec.Schema{Type: spec.Array, Items: body(spec.Req("cluster_id", uuid), spec.Req("permission", clusterPermission))}),
			spec.Req("project_permissions", &spec.Schema{Type: spec.Array, Items: body(spec.Req("project_id", uuid), spec.Opt("is_admin", flag), spec.Opt("permissions", projectPermissions.Nullable()))})),
		Status: 200, Reply: customRole,
		Errors:   []spec.Error{roleNameTaken},
		Handle:   updateCustomRole,
		Evidence: spec.Documented(specification + adminsOnly),
	},
	{
		ID: "custom_roles.delete", Method: "DELETE", Path: "/organization/{organizationId}/customRole/{customRoleId}",
		Summary: "Delete a custom role; who refers to it still does",
		Needs:   admins, QueryOpen: true,
		PathParams: []spec.Param{organizationID, customRoleID},
		BodyFree:   true,
		Status:     204,
		Handle:     deleteCustomRole,
		Evidence:   spec.Documented(specification + "; that a role in use can be deleted is assumed" + adminsOnly),
	},
}

var (
	customRoleID = spec.Param{
		Name: "customRoleId", Evidence: spec.Documented(specification + "; that others are 400 is assumed"),
		Schema: &spec.Schema{Type: spec.String, Format: uuidFormat, Kind: "custom_roles"},
	}
	roleNameTaken = spec.Error{
		Code: "name_taken", Status: 400, Message: "Custom role name is already used", Class: spec.Conflict, On: state.ErrConflict,
		Evidence: spec.Assumed("that names are unique: " + terraform + "; the specification declares no 409 here"),
	}
	environments       = []string{"DEVELOPMENT", "PREVIEW", "STAGING", "PRODUCTION"}
	clusterPermission  = &spec.Schema{Type: spec.String, Enum: []string{"VIEWER", "ENV_CREATOR", "ADMIN"}}
	projectPermissions = &spec.Schema{Type: spec.Array, Items: body(
		spec.Req("environment_type", &spec.Schema{Type: spec.String, Enum: environments}),
		spec.Req("permission", &spec.Schema{Type: spec.String, Enum: []string{"NO_ACCESS", "VIEWER", "DEPLOYER", "MANAGER"}}),
	)}
	shownClusters = &spec.Schema{Type: spec.Array, Items: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("cluster_id", uuid), spec.Req("cluster_name", text), spec.Req("permission", clusterPermission),
	}}}
	shownProjects = &spec.Schema{Type: spec.Array, Items: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("project_id", uuid), spec.Req("project_name", text), spec.Req("is_admin", flag), spec.Req("permissions", projectPermissions),
	}}}
	customRole = &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("id", uuid), spec.Req("name", text), spec.Opt("description", maybeText),
		spec.Req("cluster_permissions", shownClusters), spec.Req("project_permissions", shownProjects),
	}}
)

var customRoleKind = spec.Kind{
	Name: "custom_roles",
	Schema: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("organization_id", text), spec.Opt("id", uuid), spec.Req("name", nonEmpty), spec.Opt("description", maybeText),
		spec.Opt("cluster_permissions", shownClusters), spec.Opt("project_permissions", shownProjects),
	}},
	Refs:     map[string]string{"organization_id": "organizations"},
	Identify: func(d state.Doc) string { return d.Text("id") },
	Parent:   func(d state.Doc) string { return d.Text("organization_id") },
	Unique: func(o *state.Object) (string, string) {
		return o.Parent, strings.ToLower(o.Doc.Text("name"))
	},
	Key: func(tx *state.Tx, o *state.Object) string {
		return organizationName(tx, o.Parent) + "/" + o.Doc.Text("name")
	},
	Build:    buildCustomRole,
	Evidence: spec.Documented(specification),
}

// buildCustomRole gives a new role what the service gives it: sight of every cluster, and no access to any project.
func buildCustomRole(c *spec.Call, doc state.Doc) (state.Doc, error) {
	if doc.Has("id") {
		doc = doc.SetText("id", strings.ToLower(doc.Text("id")))
	}
	o, err := c.Tx.Get("organizations", doc.Text("organization_id"))
	if err != nil {
		return "", err
	}
	clusters, projects := []state.Doc{}, []state.Doc{}
	for _, cluster := range o.Doc.Get("clusters").Array() {
		clusters = append(clusters, ofCluster(cluster, "VIEWER"))
	}
	for _, project := range o.Doc.Get("projects").Array() {
		projects = append(projects, ofProject(project, false, noAccess()))
	}
	return state.NewBuilder().Text("id", newUUID(c, "custom_roles")).
		List("cluster_permissions", clusters).List("project_permissions", projects).Doc().Merge(doc), nil
}

func ofCluster(cluster gjson.Result, permission string) state.Doc {
	return state.NewBuilder().Text("cluster_id", cluster.Get("id").Str).Text("cluster_name", cluster.Get("name").Str).Text("permission", permission).Doc()
}

func ofProject(project gjson.Result, isAdmin bool, permissions string) state.Doc {
	return state.NewBuilder().Text("project_id", project.Get("id").Str).Text("project_name", project.Get("name").Str).
		Bool("is_admin", isAdmin).Raw("permissions", permissions).Doc()
}

func noAccess() string {
	var all []state.Doc
	for _, environment := range environments {
		all = append(all, state.NewBuilder().Text("environment_type", environment).Text("permission", "NO_ACCESS").Doc())
	}
	return string(state.Array(all))
}

func shownRole(o *state.Object) state.Doc {
	return o.Doc.Pick("id", "name", "description", "cluster_permissions", "project_permissions")
}

// customRoleOf is the custom role of the path.
func customRoleOf(c *spec.Call) (*state.Object, error) {
	o, err := organizationOf(c)
	if err != nil {
		return nil, err
	}
	role := ownRole(c.Tx, o.ID, c.Vars["customRoleId"])
	if role == nil {
		return nil, state.ErrNotFound
	}
	return role, nil
}

func listCustomRoles(c *spec.Call) (spec.Reply, error) {
	o, err := organizationOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	all := []state.Doc{}
	for _, role := range c.Tx.List("custom_roles", "custom_roles", o.ID) {
		all = append(all, shownRole(role))
	}
	return listed(all), nil
}

// checkRoleName refuses the names of Qovery's own roles, and blanks around a name.
func checkRoleName(c *spec.Call) error {
	name := c.Body.Text("name")
	switch {
	case strings.TrimSpace(name) == "":
		return c.Fail("validation_error", "detail", "name must not be blank")
	case strings.TrimSpace(name) != name:
		return c.Fail("validation_error", "detail", "name must not begin or end with blanks")
	case slices.Contains(builtInRoles, strings.ToLower(name)):
		return c.Fail("validation_error", "detail", "name is reserved")
	}
	return nil
}

func createCustomRole(c *spec.Call) (spec.Reply, error) {
	o, err := organizationOf(c)
	if err == nil {
		err = checkRoleName(c)
	}
	if err != nil {
		return spec.Reply{}, err
	}
	role, err := c.Build("custom_roles", known(c).SetText("organization_id", o.ID))
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: shownRole(role)}, nil
}

func getCustomRole(c *spec.Call) (spec.Reply, error) {
	role, err := customRoleOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: shownRole(role)}, nil
}

func updateCustomRole(c *spec.Call) (spec.Reply, error) {
	role, err := customRoleOf(c)
	if err == nil {
		err = checkRoleName(c)
	}
	if err != nil {
		return spec.Reply{}, err
	}
	clusters, err := changedClusters(c, role)
	if err != nil {
		return spec.Reply{}, err
	}
	projects, err := changedProjects(c, role)
	if err != nil {
		return spec.Reply{}, err
	}
	changed := role.Doc.Drop("description").Merge(c.Body.Pick("name", "description")).Set("cluster_permissions", clusters).Set("project_permissions", projects)
	if role, err = c.Tx.Replace(role, changed); err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: shownRole(role)}, nil
}

// changedClusters are a role's permissions with those of the body in their place. A cluster that the body leaves out
// keeps its own, though the body should have them all.
func changedClusters(c *spec.Call, role *state.Object) (string, error) {
	all := role.Doc.Get("cluster_permissions").Array()
	at := placesOf(all, "cluster_id")
	docs := rawOf(all)
	for _, sent := range c.Body.Get("cluster_permissions").Array() {
		i, known := at[strings.ToLower(sent.Get("cluster_id").Str)]
		if !known {
			return "", c.Fail("validation_error", "detail", "cluster_permissions names an unknown cluster")
		}
		docs[i] = docs[i].SetText("permission", sent.Get("permission").Str)
	}
	return string(state.Array(docs)), nil
}

// changedProjects are the same of projects. Of one that the body names twice the last entry counts.
func changedProjects(c *spec.Call, role *state.Object) (string, error) {
	all := role.Doc.Get("project_permissions").Array()
	at := placesOf(all, "project_id")
	last := make([]gjson.Result, len(all))
	for _, sent := range c.Body.Get("project_permissions").Array() {
		i, known := at[strings.ToLower(sent.Get("project_id").Str)]
		switch {
		case !known:
			return "", c.Fail("validation_error", "detail", "project_permissions names an unknown project")
		case !sent.Get("is_admin").Bool() && !sent.Get("permissions").IsArray():
			return "", c.Fail("validation_error", "detail", "project_permissions.permissions is required")
		}
		last[i] = sent
	}
	docs := rawOf(all)
	for i, sent := range last {
		if !sent.Exists() {
			continue
		}
		docs[i] = docs[i].Merge(state.NewBuilder().Bool("is_admin", sent.Get("is_admin").Bool()).Doc())
		if permissions := sent.Get("permissions"); permissions.IsArray() {
			docs[i] = docs[i].Set("permissions", permissions.Raw)
		}
	}
	return string(state.Array(docs)), nil
}

func rawOf(all []gjson.Result) []state.Doc {
	docs := make([]state.Doc, len(all))
	for i := range all {
		docs[i] = state.Doc(all[i].Raw)
	}
	return docs
}

// placesOf are the places of items in a list by a member, in lower case.
func placesOf(all []gjson.Result, field string) map[string]int {
	at := make(map[string]int, len(all))
	for i, item := range all {
		at[strings.ToLower(item.Get(field).Str)] = i
	}
	return at
}

func deleteCustomRole(c *spec.Call) (spec.Reply, error) {
	role, err := customRoleOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{}, c.Tx.Delete("custom_roles", role.ID)
}
