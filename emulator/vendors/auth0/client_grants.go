package auth0

import (
	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

var clientGrants = []spec.Operation{
	{
		ID: "client_grants.list", Method: "GET", Path: "/api/v2/client-grants",
		Summary: "List client grants",
		Needs:   []string{"read:client_grants"},
		Query: append([]spec.Param{
			{Name: "audience", Evidence: spec.Recorded("tf-TestAccOrganizationClientGrant#6"), Schema: &spec.Schema{Type: spec.String}},
			{Name: "client_id", Evidence: spec.Recorded("tf-TestAccOrganizationClientGrant#6"), Schema: &spec.Schema{Type: spec.String}},
			{Name: "allow_any_organization", Evidence: spec.ClientCode(sdkSource), Schema: &spec.Schema{Type: spec.Boolean}},
			{Name: "subject_type", Evidence: spec.ClientCode(sdkSource), Schema: subjectType},
		}, offsetAndCheckpoint...),
		Status: 200, Reply: pageOf("client_grants", clientGrant),
		Errors:   []spec.Error{pageBound},
		Handle:   listClientGrants,
		Evidence: spec.Recorded("tf-TestAccOrganizationClientGrant#6"),
	},
	{
		ID: "client_grants.create", Method: "POST", Path: "/api/v2/client-grants",
		Summary: "Let an application use an API",
		Needs:   []string{"create:client_grants"},
		Body:    newClientGrant,
		Status:  201, Reply: clientGrant,
		Errors: []spec.Error{
			{
				Code: "express_configuration", Wire: "validation_error", Status: 400,
				Message:  "Client of type express_configuration cannot be used",
				Evidence: spec.Recorded("sdk:TestClientGrant_ExpressConfiguration"),
			},
			clientNotFound(spec.Assumed("what GET of the client answers")),
			resourceServerNotFound(spec.Assumed("what GET of the resource server answers")),
			{
				Code: "client_grant_conflict", Wire: "-", Status: 409, Message: "A client grant for this client and audience already exists.",
				Class: spec.Conflict, On: state.ErrConflict,
				Evidence: spec.Assumed("the Terraform provider looks for a grant before it makes one; the text is by analogy"),
			},
		},
		Handle:   createClientGrant,
		Evidence: spec.Recorded("tf-TestAccOrganizationClientGrant#7"),
	},
	{
		ID: "client_grants.get", Method: "GET", Path: "/api/v2/client-grants/{id}",
		Summary: "Get a client grant",
		Needs:   []string{"read:client_grants"},
		Status:  200, Reply: clientGrant,
		Errors:   []spec.Error{clientGrantNotFound(spec.Recorded("go-TestOrganizationManager_ClientGrantsWithOrg#10"))},
		Handle:   getClientGrant,
		Evidence: spec.Recorded("tf-TestAccOrganizationClientGrant#8"),
	},
	{
		ID: "client_grants.update", Method: "PATCH", Path: "/api/v2/client-grants/{id}",
		Summary: "Change a client grant",
		Needs:   []string{"update:client_grants"},
		Body:    changedClientGrant,
		Status:  200, Reply: clientGrant,
		Errors:   []spec.Error{clientGrantNotFound(spec.Assumed("what GET answers"))},
		Handle:   updateClientGrant,
		Evidence: spec.ClientCode(sdkSource),
	},
	{
		ID: "client_grants.delete", Method: "DELETE", Path: "/api/v2/client-grants/{id}",
		Summary:  "Delete a client grant, from organizations too",
		Needs:    []string{"delete:client_grants"},
		BodyFree: true,
		Status:   204,
		Handle:   deleteClientGrant,
		Evidence: spec.Recorded("go-TestOrganizationManager_ClientGrantsWithOrg#11"),
	},
	{
		ID: "client_grants.list_organizations", Method: "GET", Path: "/api/v2/client-grants/{id}/organizations",
		Summary: "List the organizations that a client grant belongs to",
		Needs:   []string{"read:organization_client_grants"},
		Query:   offsetAndCheckpoint,
		Status:  200, Reply: pageOf("organizations", organization),
		Errors:   []spec.Error{clientGrantNotFound(spec.Assumed("what GET of the grant answers")), pageBound},
		Handle:   listClientGrantOrganizations,
		Evidence: spec.Recorded("tf-TestAccDataSourceClientGrantOrganizations#11"),
	},
}

// clientGrantKind lets a client use an API. At most one grant stands for a client, an audience and a subject type.
var clientGrantKind = spec.Kind{
	Name: "client_grants", Remove: removeClientGrant,
	Schema: &spec.Schema{Type: spec.Object, Fields: append([]spec.Field{
		spec.Opt("id", &spec.Schema{Type: spec.String, Pattern: idPattern("cgr_", 16)}),
	}, newClientGrant.Fields...)},
	Refs:     map[string]string{"client_id": "clients"},
	Identify: func(d state.Doc) string { return d.Text("id") },
	Unique: func(o *state.Object) (string, string) {
		return o.Doc.Text("client_id"), o.Doc.Text("subject_type") + " " + o.Doc.Text("audience")
	},
	Also: map[string]func(*state.Object) string{
		"by_client":   func(o *state.Object) string { return o.Doc.Text("client_id") },
		"by_audience": func(o *state.Object) string { return o.Doc.Text("audience") },
	},
	Key: func(tx *state.Tx, o *state.Object) string {
		return nameOf(tx, "clients", o.Doc.Text("client_id")) + " / " + o.Doc.Text("audience")
	},
	Build:    buildClientGrant,
	Evidence: spec.Recorded("tf-TestAccOrganizationClientGrant#7"),
}

var (
	audience = &spec.Schema{
		Type: spec.String, MinLength: 1, MaxLength: 600, Kind: "resource_servers.identifier",
		Description: "The audience (API identifier) of this client grant.", Evidence: spec.ClientCode(sdkSource + "; the length is assumed"),
	}
	scopeNames  = &spec.Schema{Type: spec.Array | spec.Null, Items: &spec.Schema{Type: spec.String, MinLength: 1}, Evidence: spec.Recorded("tf-TestAccOrganizationClientGrant#7")}
	subjectType = &spec.Schema{Type: spec.String, Enum: []string{"client", "user"}, Default: `"client"`, Evidence: spec.Recorded("tf-TestAccOrganizationClientGrant#7")}

	clientGrantSettings = []spec.Field{
		spec.Opt("scope", scopeNames),
		spec.Opt("organization_usage", organizationUsage),
		spec.Opt("allow_any_organization", anyBoolean),
		spec.Opt("authorization_details_types", anyStrings),
		spec.Opt("allow_all_scopes", anyBoolean),
	}
	newClientGrant = &spec.Schema{Type: spec.Object, Evidence: spec.ClientCode(sdkSource), Fields: append([]spec.Field{
		spec.Req("client_id", &spec.Schema{Type: spec.String, Description: "ID of the client.", Evidence: spec.Recorded("tf-TestAccOrganizationClientGrant#7")}),
		spec.Req("audience", audience),
		spec.Opt("subject_type", subjectType),
	}, clientGrantSettings...)}
	changedClientGrant = &spec.Schema{Type: spec.Object, Evidence: spec.ClientCode(sdkSource), Fields: clientGrantSettings}
	clientGrant        = &spec.Schema{Type: spec.Object, Fields: append([]spec.Field{spec.Req("id", &spec.Schema{Type: spec.String})}, newClientGrant.Fields...)}
)

func clientGrantNotFound(evidence spec.Evidence) spec.Error {
	return spec.Error{
		Code: "inexistent_client_grant", Status: 404, Message: "The grant does not exist.", Class: spec.NotFound, Evidence: evidence,
	}
}

func listClientGrants(c *spec.Call) (spec.Reply, error) {
	w, err := windowOf(c, 50)
	if err != nil {
		return spec.Reply{}, err
	}
	l := listing{kind: "client_grants", list: "client_grants", name: "client_grants", totalsFirst: true}
	client, audience := c.Query.Get("client_id"), c.Query.Get("audience")
	switch {
	case client != "":
		l.list, l.parent = "by_client", client
	case audience != "":
		l.list, l.parent = "by_audience", audience
	}
	anyOrganization, subject := c.Query.Get("allow_any_organization"), c.Query.Get("subject_type")
	if client != "" && audience != "" || anyOrganization != "" || subject != "" {
		l.keep = func(o *state.Object) bool {
			return (audience == "" || audience == o.Doc.Text("audience")) &&
				(anyOrganization == "" || (anyOrganization == "true") == o.Doc.Get("allow_any_organization").Bool()) &&
				(subject == "" || subject == o.Doc.Text("subject_type"))
		}
	}
	return l.answer(c, w)
}

func createClientGrant(c *spec.Call) (spec.Reply, error) {
	o, err := c.Build("client_grants", c.Body)
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: o.Doc}, nil
}

// buildClientGrant gives an id and a subject type. What the request leaves out stays out.
func buildClientGrant(c *spec.Call, d state.Doc) (state.Doc, error) {
	client, err := c.Tx.Get("clients", d.Text("client_id"))
	if err != nil {
		return "", c.Fail("inexistent_client")
	}
	if client.Doc.Text("app_type") == "express_configuration" {
		return "", c.Fail("express_configuration")
	}
	if _, known := apiOf(c.Tx, d.Text("audience")); !known {
		return "", c.Fail("inexistent_resource_server")
	}
	id := d.Text("id")
	if id == "" {
		id = "cgr_" + c.ID("client_grants", 16)
	}
	return grantOrder(nonNull(d.SetText("id", id).Set("subject_type", rawOr(d, "subject_type", `"client"`)).Set("scope", rawOr(d, "scope", "[]")))), nil
}

// grantOrder puts a grant's members in the recorded order.
func grantOrder(d state.Doc) state.Doc {
	return d.Pick("id", "client_id", "audience", "scope", "organization_usage", "allow_any_organization", "subject_type",
		"authorization_details_types", "allow_all_scopes")
}

func clientGrantOf(c *spec.Call) (*state.Object, error) {
	o, err := c.Tx.Get("client_grants", c.Vars["id"])
	if err != nil {
		return nil, c.Fail("inexistent_client_grant")
	}
	return o, nil
}

func getClientGrant(c *spec.Call) (spec.Reply, error) {
	o, err := clientGrantOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: o.Doc}, nil
}

// updateClientGrant merges; null removes.
func updateClientGrant(c *spec.Call) (spec.Reply, error) {
	o, err := clientGrantOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	changed := o.Doc.Merge(c.Body)
	if isNull(changed, "scope") {
		changed = changed.Set("scope", "[]")
	}
	if o, err = c.Tx.Replace(o, grantOrder(nonNull(changed))); err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: o.Doc}, nil
}

// deleteClientGrant answers 204 whether or not there was a grant, as recorded.
func deleteClientGrant(c *spec.Call) (spec.Reply, error) {
	o, err := c.Tx.Get("client_grants", c.Vars["id"])
	if err != nil {
		return spec.Reply{}, nil
	}
	return spec.Reply{}, removeClientGrant(c.Tx, o)
}

// removeClientGrant deletes a grant, from organizations too.
func removeClientGrant(tx *state.Tx, grant *state.Object) error {
	if err := deleteListed(tx, "organization_client_grants", "by_grant", grant.ID); err != nil {
		return err
	}
	return tx.Delete("client_grants", grant.ID)
}

func listClientGrantOrganizations(c *spec.Call) (spec.Reply, error) {
	grant, err := clientGrantOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	w, err := windowOf(c, 50)
	if err != nil {
		return spec.Reply{}, err
	}
	return listing{
		kind: "organization_client_grants", list: "by_grant", parent: grant.ID, name: "organizations",
		show: func(o *state.Object) state.Doc {
			found, err := c.Tx.Get("organizations", o.Parent)
			if err != nil {
				return "{}"
			}
			return shownOrganization(found)
		},
	}.answer(c, w)
}
