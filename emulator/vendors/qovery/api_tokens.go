package qovery

import (
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

var apiTokens = []spec.Operation{
	{
		ID: "api_tokens.list", Method: "GET", Path: "/organization/{organizationId}/apiToken",
		Summary: "List the API tokens of an organization, without the tokens themselves",
		Needs:   admins, QueryOpen: true,
		PathParams: []spec.Param{organizationID},
		Query: []spec.Param{
			{Name: "name", Schema: text, Evidence: spec.Documented(specification)},
			{Name: "creatorName", Schema: text, Evidence: spec.Documented(specification)},
		},
		Status: 200, Reply: results(&spec.Schema{Type: spec.Object, Fields: tokenFields}),
		Handle:   listAPITokens,
		Evidence: spec.Documented(specification + "; that filters take whole names is assumed" + adminsOnly),
	},
	{
		ID: "api_tokens.create", Method: "POST", Path: "/organization/{organizationId}/apiToken",
		Summary: "Create an API token, which the reply alone shows",
		Mints:   true,
		Needs:   admins, QueryOpen: true,
		PathParams: []spec.Param{organizationID},
		Body: body(spec.Req("name", notBlank), spec.Req("role_id", roleRef.Nullable()), spec.Opt("description", maybeText),
			spec.Opt("scope", &spec.Schema{Type: spec.String | spec.Null, Enum: []string{"ADMIN"}})),
		Status: 201, Reply: &spec.Schema{Type: spec.Object, Fields: append([]spec.Field{spec.Req("token", text)}, tokenFields...)},
		Errors: []spec.Error{
			roleNotFound,
			nameTaken("Organization Api Token name is already taken", spec.Documented(specification+" for the status and the words; the body is assumed")),
		},
		Handle:   createAPIToken,
		Evidence: spec.Documented(specification + "; that a token without a role is an admin's is assumed from its deprecated scope, as is that a blank name is refused" + adminsOnly),
	},
	{
		ID: "api_tokens.delete", Method: "DELETE", Path: "/organization/{organizationId}/apiToken/{apiTokenId}",
		Summary: "Delete an API token, which is a stranger's from then on",
		Needs:   admins, QueryOpen: true,
		PathParams: []spec.Param{organizationID, {
			Name: "apiTokenId", Evidence: spec.Documented(specification + "; that others are 400 is assumed"),
			Schema: &spec.Schema{Type: spec.String, Format: uuidFormat, Kind: "api_tokens"},
		}},
		BodyFree: true,
		Status:   204,
		Handle:   deleteAPIToken,
		Evidence: spec.Documented(specification + adminsOnly),
	},
}

var tokenFields = []spec.Field{
	spec.Req("id", uuid), spec.Req("created_at", text), spec.Opt("updated_at", text), spec.Req("name", text), spec.Opt("description", maybeText),
	spec.Opt("role_name", text), spec.Req("role_id", uuid),
}

// apiTokenKind holds the tokens that are good for one organization. They have no end.
var apiTokenKind = spec.Kind{
	Name: "api_tokens", Secrets: []string{"token"},
	Schema: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("organization_id", text), spec.Opt("id", uuid), spec.Req("name", nonEmpty), spec.Opt("description", maybeText),
		spec.Opt("role", text), spec.Opt("role_id", uuid), spec.Opt("token", nonEmpty), spec.Opt("creator_name", text),
		spec.Opt("created_at", text), spec.Opt("updated_at", text),
	}},
	Refs:     map[string]string{"organization_id": "organizations"},
	Identify: func(d state.Doc) string { return d.Text("id") },
	Parent:   func(d state.Doc) string { return d.Text("organization_id") },
	Unique: func(o *state.Object) (string, string) {
		return o.Parent, strings.ToLower(o.Doc.Text("name"))
	},
	Claims: func(o *state.Object) []string { return []string{o.Doc.Text("token")} },
	Key: func(tx *state.Tx, o *state.Object) string {
		return organizationName(tx, o.Parent) + "/" + o.Doc.Text("name")
	},
	Build:    buildAPIToken,
	Evidence: spec.Documented(specification),
}

func buildAPIToken(c *spec.Call, doc state.Doc) (state.Doc, error) {
	organization := doc.Text("organization_id")
	role := strings.ToLower(doc.Text("role_id"))
	if word := strings.ToLower(doc.Text("role")); word != "" {
		role = word
	} else if role == "" {
		role = admin
	}
	if slices.Contains(builtInRoles, role) {
		role = roleID(organization, role)
	}
	if roleName(c.Tx, organization, role) == "" {
		return "", fmt.Errorf("the organization has no role %q", role)
	}
	return state.NewBuilder().Text("id", newUUID(c, "api_token_ids")).Text("created_at", stamp(c.Now)).Text("updated_at", stamp(c.Now)).
		Text("token", apiToken(c)).Doc().Merge(doc.Drop("role")).SetText("role_id", role), nil
}

func shownToken(tx *state.Tx, o *state.Object) state.Doc {
	shown := o.Doc.Pick("id", "created_at", "updated_at", "name", "description", "role_id")
	if name := roleName(tx, o.Parent, o.Doc.Text("role_id")); name != "" {
		shown = shown.SetText("role_name", name)
	}
	return shown
}

func listAPITokens(c *spec.Call) (spec.Reply, error) {
	o, err := organizationOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	all := []state.Doc{}
	for _, t := range c.Tx.List("api_tokens", "api_tokens", o.ID) {
		named := !c.Query.Has("name") || c.Query.Get("name") == t.Doc.Text("name")
		if named && (!c.Query.Has("creatorName") || c.Query.Get("creatorName") == t.Doc.Text("creator_name")) {
			all = append(all, shownToken(c.Tx, t))
		}
	}
	return listed(all), nil
}

func createAPIToken(c *spec.Call) (spec.Reply, error) {
	o, err := organizationOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	if id := c.Body.Text("role_id"); id != "" && roleName(c.Tx, o.ID, id) == "" {
		return spec.Reply{}, c.Fail("role_not_found", "role", id)
	}
	t, err := c.Build("api_tokens", c.Body.Pick("name", "description", "role_id").SetText("organization_id", o.ID).SetText("creator_name", c.Caller.Name))
	if err != nil {
		return spec.Reply{}, err
	}
	token := t.Doc.Text("token")
	return spec.Reply{Body: shownToken(c.Tx, t).SetText("token", token), Bind: []string{token}}, nil
}

func deleteAPIToken(c *spec.Call) (spec.Reply, error) {
	o, err := organizationOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	t, err := c.Tx.Get("api_tokens", strings.ToLower(c.Vars["apiTokenId"]))
	if err != nil || t.Parent != o.ID {
		return spec.Reply{}, state.ErrNotFound
	}
	return spec.Reply{}, c.Tx.Delete("api_tokens", t.ID)
}
