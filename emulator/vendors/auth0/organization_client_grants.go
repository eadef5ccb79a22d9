package auth0

import (
	"slices"
	"strconv"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// maxClientGrants is how many client grants an organization may have.
const maxClientGrants = 100

var organizationClientGrants = []spec.Operation{
	{
		ID: "organization_client_grants.list", Method: "GET", Path: "/api/v2/organizations/{id}/client-grants",
		Summary:    "List the client grants of an organization",
		Needs:      []string{"read:organization_client_grants"},
		Limit:      "organization_client_grants.read",
		PathParams: []spec.Param{organizationID},
		Query: append([]spec.Param{
			{Name: "audience", Evidence: spec.Documented(specification), Schema: &spec.Schema{Type: spec.String}},
			{Name: "client_id", Evidence: spec.Documented(specification), Schema: &spec.Schema{Type: spec.String}},
			{Name: "grant_ids", Repeat: true, Evidence: spec.Recorded("go-TestOrganizationManager_ClientGrantsWithOrg#6"), Schema: &spec.Schema{Type: spec.String}},
		}, offsetParams...),
		Status: 200, Reply: pageOf("client_grants", clientGrant),
		Errors: []spec.Error{
			organizationNotFound(belowOrganization), pageBound,
			{
				Code: "too_many_grant_ids", Wire: "invalid_query_string", Status: 400,
				Message:  "Query validation error: 'Array is too long ({count}), maximum 10' on property grant_ids.",
				Sample:   []string{"count", "11"},
				Evidence: spec.Documented(specification + " for the bound; the wording is that of the other validations"),
			},
		},
		Handle:   listOrganizationClientGrants,
		Evidence: spec.Recorded("tf-TestAccOrganizationClientGrant#10"),
	},
	{
		ID: "organization_client_grants.create", Method: "POST", Path: "/api/v2/organizations/{id}/client-grants",
		Summary:    "Add a client grant to an organization",
		Needs:      []string{"create:organization_client_grants"},
		Limit:      "organization_client_grants.write",
		PathParams: []spec.Param{organizationID},
		Body: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
			spec.Req("grant_id", &spec.Schema{Type: spec.String, MinLength: 1, Kind: "client_grants", Description: "A Client Grant ID to add to the organization.", Evidence: spec.ClientCode(sdkSource)}),
		}},
		Status: 201, Reply: addedClientGrant,
		Errors: []spec.Error{
			organizationNotFound(spec.Assumed("the specification says: No organization found by that id")),
			clientGrantNotFound(spec.Documented(specification + " for the message; the code is that of the grant's own path")),
			{
				Code: "organization_client_grant_exists", Wire: "-", Status: 409, Message: "The client grant has already been added to this organization.",
				Class: spec.Conflict, On: state.ErrConflict,
				Evidence: spec.Documented(specification + "; that it bears no errorCode is assumed"),
			},
			{
				Code: "organization_client_grant_quota", Wire: "-", Status: 409,
				Message:  "No more client grants can be added to this organization. The maximum is 100.",
				Evidence: spec.Assumed("the specification has the quota; its text is not at hand"),
			},
		},
		Handle:   createOrganizationClientGrant,
		Evidence: spec.Recorded("tf-TestAccOrganizationClientGrant#9"),
	},
	{
		ID: "organization_client_grants.delete", Method: "DELETE", Path: "/api/v2/organizations/{id}/client-grants/{grant_id}",
		Summary:    "Remove a client grant from an organization",
		Needs:      []string{"delete:organization_client_grants"},
		Limit:      "organization_client_grants.write",
		PathParams: []spec.Param{organizationID},
		BodyFree:   true,
		Status:     204,
		Errors:     []spec.Error{organizationNotFound(belowOrganization)},
		Handle:     deleteOrganizationClientGrant,
		Evidence:   spec.Recorded("tf-TestAccOrganizationClientGrant#31; that a repeated one answers the same is assumed"),
	},
}

// organizationClientGrantKind relates an organization and a client grant.
var organizationClientGrantKind = spec.Kind{
	Name: "organization_client_grants",
	Schema: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("organization_id", &spec.Schema{Type: spec.String}),
		spec.Req("grant_id", &spec.Schema{Type: spec.String}),
	}},
	Refs:     map[string]string{"organization_id": "organizations", "grant_id": "client_grants"},
	Identify: func(d state.Doc) string { return relation(d.Text("organization_id"), d.Text("grant_id")) },
	Parent:   func(d state.Doc) string { return d.Text("organization_id") },
	Also: map[string]func(*state.Object) string{
		"by_grant": func(o *state.Object) string { return o.Doc.Text("grant_id") },
	},
	Key: func(tx *state.Tx, o *state.Object) string {
		grant := o.Doc.Text("grant_id")
		if found, err := tx.Get("client_grants", grant); err == nil {
			grant = clientGrantKind.Key(tx, found)
		}
		return nameOf(tx, "organizations", o.Parent) + " / " + grant
	},
	Evidence: spec.Recorded("tf-TestAccOrganizationClientGrant#9"),
}

// addedClientGrant names the grant by grant_id on the wire, whatever the specification says.
var addedClientGrant = &spec.Schema{Type: spec.Object, Fields: append([]spec.Field{
	spec.Req("grant_id", &spec.Schema{Type: spec.String}),
}, newClientGrant.Fields...)}

func listOrganizationClientGrants(c *spec.Call) (spec.Reply, error) {
	if _, err := organizationOf(c); err != nil {
		return spec.Reply{}, err
	}
	ids := c.Query["grant_ids"]
	if len(ids) > 10 {
		return spec.Reply{}, c.Fail("too_many_grant_ids", "count", strconv.Itoa(len(ids)))
	}
	w, err := windowOf(c, 50)
	if err != nil {
		return spec.Reply{}, err
	}
	grantOf := func(o *state.Object) state.Doc {
		grant, err := c.Tx.Get("client_grants", o.Doc.Text("grant_id"))
		if err != nil {
			return "{}"
		}
		return grant.Doc
	}
	l := listing{kind: "organization_client_grants", list: "organization_client_grants", parent: c.Vars["id"], name: "client_grants", show: grantOf}
	client, audience := c.Query.Get("client_id"), c.Query.Get("audience")
	if client != "" || audience != "" || len(ids) > 0 {
		l.keep = func(o *state.Object) bool {
			grant := grantOf(o)
			return (client == "" || client == grant.Text("client_id")) && (audience == "" || audience == grant.Text("audience")) &&
				(len(ids) == 0 || slices.Contains(ids, grant.Text("id")))
		}
	}
	return l.answer(c, w)
}

func createOrganizationClientGrant(c *spec.Call) (spec.Reply, error) {
	organization, err := organizationOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	grant, err := c.Tx.Get("client_grants", c.Body.Text("grant_id"))
	if err != nil {
		return spec.Reply{}, c.Fail("inexistent_client_grant")
	}
	if c.Tx.Count("organization_client_grants", "organization_client_grants", organization.ID) >= maxClientGrants {
		return spec.Reply{}, c.Fail("organization_client_grant_quota")
	}
	if _, err := c.Build("organization_client_grants", c.Body.SetText("organization_id", organization.ID)); err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: state.NewBuilder().Text("grant_id", grant.ID).Doc().
		Merge(grant.Doc.Pick("client_id", "audience", "scope", "organization_usage", "allow_any_organization"))}, nil
}

func deleteOrganizationClientGrant(c *spec.Call) (spec.Reply, error) {
	if _, err := organizationOf(c); err != nil {
		return spec.Reply{}, err
	}
	if id := relation(c.Vars["id"], c.Vars["grant_id"]); c.Tx.Has("organization_client_grants", id) {
		return spec.Reply{}, c.Tx.Delete("organization_client_grants", id)
	}
	return spec.Reply{}, nil
}
