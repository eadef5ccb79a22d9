package qovery

import (
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

var members = []spec.Operation{
	{
		ID: "members.list", Method: "GET", Path: "/organization/{organizationId}/member",
		Summary: "List the members of an organization",
		Needs:   anyone, QueryOpen: true,
		PathParams: []spec.Param{organizationID},
		Status:     200, Reply: results(member),
		Handle:   listMembers,
		Evidence: spec.Documented(specification + "; that every role may is assumed"),
	},
	{
		ID: "members.update", Method: "PUT", Path: "/organization/{organizationId}/member",
		Summary: "Give a member another role",
		Needs:   admins, QueryOpen: true,
		PathParams: []spec.Param{organizationID},
		Body:       body(spec.Req("user_id", memberID), spec.Req("role_id", roleRef)),
		Status:     200,
		Errors:     []spec.Error{roleNotFound},
		Handle:     updateMember,
		Evidence:   spec.Documented(specification + adminsOnly),
	},
	{
		ID: "members.delete", Method: "DELETE", Path: "/organization/{organizationId}/member",
		Summary: "Remove a member, whom the body names",
		Needs:   admins, QueryOpen: true,
		PathParams: []spec.Param{organizationID},
		Body:       body(spec.Req("user_id", memberID)),
		Status:     204,
		Handle:     deleteMember,
		Evidence:   spec.Documented(specification + adminsOnly),
	},
}

var (
	memberID = &spec.Schema{Type: spec.String, MinLength: 1, Kind: "members.id"}
	roleRef  = &spec.Schema{Type: spec.String, Format: uuidFormat, Kind: "custom_roles"}
	profile  = []spec.Field{
		spec.Opt("name", text), spec.Opt("nickname", text), spec.Req("email", text),
		spec.Opt("profile_picture_url", text), spec.Opt("last_activity_at", text),
	}
	member = &spec.Schema{Type: spec.Object, Fields: slices.Concat([]spec.Field{
		spec.Req("id", text), spec.Req("created_at", text), spec.Opt("updated_at", text), spec.Opt("role_name", text), spec.Req("role_id", uuid),
	}, profile)}
)

// memberKind holds one membership. A fixture names the role by role: one of Qovery's, or a custom role's id.
var memberKind = spec.Kind{
	Name: "members",
	Schema: &spec.Schema{Type: spec.Object, Fields: slices.Concat([]spec.Field{
		spec.Req("organization_id", text), spec.Opt("id", nonEmpty), spec.Opt("role", text), spec.Opt("role_id", uuid),
		spec.Opt("created_at", text), spec.Opt("updated_at", text),
	}, profile)},
	Refs:     map[string]string{"organization_id": "organizations"},
	Identify: func(d state.Doc) string { return d.Text("organization_id") + "/" + d.Text("id") },
	Parent:   func(d state.Doc) string { return d.Text("organization_id") },
	Unique: func(o *state.Object) (string, string) {
		return o.Parent, strings.ToLower(o.Doc.Text("email"))
	},
	Key: func(tx *state.Tx, o *state.Object) string {
		return organizationName(tx, o.Parent) + "/" + o.Doc.Text("email")
	},
	Build:    buildMember,
	Evidence: spec.Documented(specification),
}

func buildMember(c *spec.Call, doc state.Doc) (state.Doc, error) {
	organization := doc.Text("organization_id")
	role := doc.Text("role_id")
	if word := doc.Text("role"); word != "" {
		role = word
	} else if role == "" {
		role = viewer
	}
	if slices.Contains(builtInRoles, strings.ToLower(role)) {
		role = roleID(organization, strings.ToLower(role))
	}
	if roleName(c.Tx, organization, role) == "" {
		return "", fmt.Errorf("the organization has no role %q", role)
	}
	return state.NewBuilder().Text("id", newUUID(c, "members")).Text("created_at", stamp(c.Now)).Text("updated_at", stamp(c.Now)).Doc().
		Merge(doc.Drop("role")).SetText("role_id", strings.ToLower(role)), nil
}

// shownMember names the role, as long as it is there.
func shownMember(tx *state.Tx, o *state.Object) state.Doc {
	shown := o.Doc.Drop("organization_id")
	if name := roleName(tx, o.Parent, o.Doc.Text("role_id")); name != "" {
		shown = shown.SetText("role_name", name)
	}
	return shown
}

func listMembers(c *spec.Call) (spec.Reply, error) {
	o, err := organizationOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	all := []state.Doc{}
	for _, m := range c.Tx.List("members", "members", o.ID) {
		all = append(all, shownMember(c.Tx, m))
	}
	return listed(all), nil
}

// memberOf is the member of the path's organization that the body names.
func memberOf(c *spec.Call) (*state.Object, error) {
	o, err := organizationOf(c)
	if err != nil {
		return nil, err
	}
	return c.Tx.Get("members", o.ID+"/"+c.Body.Text("user_id"))
}

func updateMember(c *spec.Call) (spec.Reply, error) {
	m, err := memberOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	role := strings.ToLower(c.Body.Text("role_id"))
	if roleName(c.Tx, m.Parent, role) == "" {
		return spec.Reply{}, c.Fail("role_not_found", "role", role)
	}
	_, err = c.Tx.Replace(m, m.Doc.SetText("role_id", role).SetText("updated_at", stamp(c.Now)))
	return spec.Reply{}, err
}

func deleteMember(c *spec.Call) (spec.Reply, error) {
	m, err := memberOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{}, c.Tx.Delete("members", m.ID)
}
