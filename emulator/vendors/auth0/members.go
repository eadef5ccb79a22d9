package auth0

import (
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

var members = []spec.Operation{
	{
		ID: "organization_members.list", Method: "GET", Path: "/api/v2/organizations/{id}/members",
		Summary:    "List the members of an organization",
		Needs:      []string{"read:organization_members"},
		Limit:      "organization_members.read",
		PathParams: []spec.Param{organizationID},
		Query:      slices.Concat(offsetParams, []spec.Param{memberFrom, takeParam}, projectionParams),
		Status:     200, Reply: pageOf("members", member),
		Errors:   []spec.Error{organizationNotFound(belowOrganization), pageBound},
		Handle:   listMembers,
		Evidence: spec.Recorded("tf-TestAccDataSourceUserOrganizations#5"),
	},
	{
		ID: "organization_members.create", Method: "POST", Path: "/api/v2/organizations/{id}/members",
		Summary:    "Add users to an organization",
		Needs:      []string{"create:organization_members"},
		Limit:      "organization_members.write",
		PathParams: []spec.Param{organizationID},
		Body:       memberIDs,
		Status:     204,
		Errors: []spec.Error{organizationNotFound(belowOrganization), {
			Code: "members_not_found", Wire: "invalid_body", Status: 400,
			Message:  "One or more of the specified users do not exist: {users}",
			Sample:   []string{"users", "auth0|000000000000000000000000"},
			Evidence: spec.Assumed("the specification lists 400 alone; the text is by analogy with an invitation's roles"),
		}},
		Handle:   addMembers,
		Evidence: spec.Recorded("tf-TestAccOrganizationMemberRoles#8"),
	},
	{
		ID: "organization_members.delete", Method: "DELETE", Path: "/api/v2/organizations/{id}/members",
		Summary:    "Remove users from an organization",
		Needs:      []string{"delete:organization_members"},
		Limit:      "organization_members.write",
		PathParams: []spec.Param{organizationID},
		Body:       memberIDs,
		Status:     204,
		Errors:     []spec.Error{organizationNotFound(belowOrganization)},
		Handle:     removeMembers,
		Evidence:   spec.Recorded("tf-TestAccOrganizationMemberRoles#109"),
	},
}

// memberKind relates an organization and a user, with the roles that the user has there.
var memberKind = spec.Kind{
	Name: "members",
	Schema: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("organization_id", &spec.Schema{Type: spec.String}),
		spec.Req("user_id", &spec.Schema{Type: spec.String}),
		spec.Opt("roles", &spec.Schema{Type: spec.Array, Items: &spec.Schema{Type: spec.String}, Unique: true, MaxItems: maxMemberRoles}),
		spec.Opt("created_at", dateTime),
	}},
	Refs:     map[string]string{"organization_id": "organizations", "user_id": "users", "roles": "roles"},
	Identify: func(d state.Doc) string { return relation(d.Text("organization_id"), d.Text("user_id")) },
	Parent:   func(d state.Doc) string { return d.Text("organization_id") },
	Order:    byCreation, // as recorded across pages
	Also: map[string]func(*state.Object) string{
		"by_user": func(o *state.Object) string { return o.Doc.Text("user_id") },
	},
	Key: func(tx *state.Tx, o *state.Object) string {
		return nameOf(tx, "organizations", o.Parent) + " / " + userName(tx, o.Doc.Text("user_id"))
	},
	Build:    buildMember,
	Evidence: spec.Recorded("tf-TestAccOrganizationMemberRoles#8"),
}

var (
	dateTime = &spec.Schema{Type: spec.String, Format: &spec.Pattern{Text: "date-time", Is: func(s string) bool {
		_, err := time.Parse(time.RFC3339Nano, s)
		return err == nil
	}}}
	memberIDs = &spec.Schema{Type: spec.Object, Evidence: spec.Documented(specification), Fields: []spec.Field{
		spec.Req("members", &spec.Schema{Type: spec.Array, MinItems: 1, Items: &spec.Schema{Type: spec.String, Kind: "users"}}),
	}}
	member = &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Opt("user_id", &spec.Schema{Type: spec.String}),
		spec.Opt("email", &spec.Schema{Type: spec.String}),
		spec.Opt("picture", &spec.Schema{Type: spec.String}),
		spec.Opt("name", &spec.Schema{Type: spec.String}),
		spec.Opt("roles", &spec.Schema{Type: spec.Array, Items: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
			spec.Req("id", &spec.Schema{Type: spec.String}), spec.Req("name", &spec.Schema{Type: spec.String}),
		}}}),
	}}
)

// memberFrom is the cursor of a list of members.
var memberFrom = spec.Param{
	Name: "from", Schema: fromParam.Schema,
	Evidence: spec.Assumed("a cursor from before the organization was made is another list's: nothing stands behind it"),
}

// byCreation orders relations to users by the time they were made, then by user: the text that cursors are made of.
func byCreation(o *state.Object) string {
	return cursorText(o.Doc.Text("created_at"), o.Doc.Text("user_id"))
}

func cursorText(createdAt, id string) string {
	at, _ := time.Parse(time.RFC3339Nano, createdAt)
	return at.UTC().Format(cursorTime) + "," + id
}

const cursorTime = "2006-01-02 15:04:05.000000UTC"

func isCursorTime(text string) bool {
	_, err := time.Parse(cursorTime, text)
	return err == nil
}

// microsecond is a time as finely as cursors tell it.
func microsecond(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

// afterCursor pages a list that byCreation orders. The item that the cursor names may be gone by now, but a cursor from
// before the list's owner was made is another list's: nothing stands behind it. next is "" on the last page.
func afterCursor(c *spec.Call, kind, list string, owner *state.Object, w window) (page []*state.Object, next string, err error) {
	parent, order := owner.ID, ""
	if w.from != "" {
		at, id, found := strings.Cut(w.from, ",")
		if !found || !isCursorTime(at) {
			return nil, "", c.Fail("invalid_query_string", "detail", badCursor)
		}
		if w.from < cursorText(owner.Doc.Text("created_at"), "") && !c.Tx.Has("members", relation(parent, id)) {
			return nil, "", nil
		}
		order = w.from + "\x00"
	}
	page = c.Tx.After(kind, list, parent, order, "", w.limit+1)
	if len(page) <= w.limit {
		return page, "", nil
	}
	page = page[:w.limit]
	return page, encoded(byCreation(page[w.limit-1])), nil
}

// encoded makes a cursor of what it says.
func encoded(place string) string { return base64.RawURLEncoding.EncodeToString([]byte(place)) }

// checkpointed is a page of a list by checkpoint; without next it is the last one.
func checkpointed(name string, items []state.Doc, next string) spec.Reply {
	b := state.NewBuilder().List(name, items)
	if next != "" {
		b.Text("next", next)
	}
	return spec.Reply{Body: b.Doc()}
}

func listMembers(c *spec.Call) (spec.Reply, error) {
	organization, err := organizationOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	w, err := windowOf(c, 50)
	if err != nil {
		return spec.Reply{}, err
	}
	if need := "read:organization_member_roles"; asksForRoles(c) && !c.Caller.May([]string{need}) {
		return spec.Reply{}, c.Fail("insufficient_scope", "scopes", need)
	}
	if w.checkpoint {
		page, next, err := afterCursor(c, "members", "members", organization, w)
		if err != nil {
			return spec.Reply{}, err
		}
		return checkpointed("members", shownMembers(c, page), next), nil
	}
	page := c.Tx.Page("members", "members", organization.ID, w.offset, w.limit)
	return spec.Reply{Body: w.listed("members", shownMembers(c, page), c.Tx.Count("members", "members", organization.ID))}, nil
}

func shownMembers(c *spec.Call, page []*state.Object) []state.Doc {
	items := make([]state.Doc, len(page))
	for i, o := range page {
		items[i] = shownMember(c, o)
	}
	return items
}

func asksForRoles(c *spec.Call) bool {
	names, show := chosenFields(c)
	return show && slices.Contains(names, "roles")
}

// shownMember is what is shown of a member's user, with the roles where `fields` names them.
func shownMember(c *spec.Call, o *state.Object) state.Doc {
	user, err := c.Tx.Get("users", o.Doc.Text("user_id"))
	if err != nil {
		return projected(c, o.Doc.Pick("user_id"))
	}
	item := user.Doc.Pick("user_id", "email", "picture", "name")
	if asksForRoles(c) {
		var roles []state.Doc
		for _, role := range rolesOf(c.Tx, o) {
			roles = append(roles, role.Doc.Pick("id", "name"))
		}
		item = item.Set("roles", string(state.Array(roles)))
	}
	return projected(c, item)
}

// addMembers adds all or none. Who is a member already stays one.
func addMembers(c *spec.Call) (spec.Reply, error) {
	organization, err := organizationOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	users := texts(c.Body, "members")
	if unknown := slices.DeleteFunc(slices.Clone(users), func(id string) bool { return c.Tx.Has("users", id) }); len(unknown) > 0 {
		return spec.Reply{}, c.Fail("members_not_found", "users", strings.Join(unknown, ", "))
	}
	for _, id := range users {
		if err := addMember(c, organization.ID, id); err != nil {
			return spec.Reply{}, err
		}
	}
	return spec.Reply{}, nil
}

func addMember(c *spec.Call, organization, user string) error {
	if c.Tx.Has("members", relation(organization, user)) {
		return nil
	}
	_, err := c.Build("members", state.NewBuilder().Text("organization_id", organization).Text("user_id", user).Doc())
	return err
}

// buildMember gives a new member the roles that waited for it.
func buildMember(c *spec.Call, d state.Doc) (state.Doc, error) {
	if waiting, err := c.Tx.Get("waiting_roles", relation(d.Text("organization_id"), d.Text("user_id"))); err == nil && !d.Has("roles") {
		d = d.Set("roles", waiting.Doc.Get("roles").Raw)
		if err := c.Tx.Delete(waiting.Kind, waiting.ID); err != nil {
			return "", err
		}
	}
	return d.Pick("organization_id", "user_id").
		Set("roles", rawOr(d, "roles", "[]")).
		Set("created_at", rawOr(d, "created_at", state.Quote(microsecond(c.Now)))), nil
}

// removeMembers answers 204 for those who are no members too: users that are gone were removed with what hung on them.
func removeMembers(c *spec.Call) (spec.Reply, error) {
	organization, err := organizationOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	for _, id := range texts(c.Body, "members") {
		if c.Tx.Has("members", relation(organization.ID, id)) {
			if err := c.Tx.Delete("members", relation(organization.ID, id)); err != nil {
				return spec.Reply{}, err
			}
		}
	}
	return spec.Reply{}, nil
}

// texts are the strings in a document's array.
func texts(d state.Doc, path ...string) []string {
	items := d.Get(path...).Array()
	list := make([]string, len(items))
	for i, item := range items {
		list[i] = item.String()
	}
	return list
}
