package auth0

import (
	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// Bounds of an organization's clients.
const (
	maxClientBatch         = 10
	maxOrganizationClients = 100
)

// providerNote is what is known of a surface that came after the specification at hand.
const providerNote = "comments of terraform-provider-auth0, 2026; the specification at hand is older"

var organizationClients = []spec.Operation{
	{
		ID: "organization_clients.list", Method: "GET", Path: "/api/v2/organizations/{id}/clients",
		Summary:    "List the applications of an organization",
		Needs:      []string{"read:organization_clients"},
		PathParams: []spec.Param{organizationID},
		Query:      checkpointParams,
		Status:     200, Reply: pageOf("clients", organizationClient),
		Errors:   []spec.Error{organizationNotFound(belowOrganization)},
		Handle:   listOrganizationClients,
		Evidence: spec.Recorded("tf-TestAccOrganizationClient#14"),
	},
	{
		ID: "organization_clients.create", Method: "POST", Path: "/api/v2/organizations/{id}/clients",
		Summary:    "Add applications to an organization: all of them, or none",
		Needs:      []string{"create:organization_clients"},
		PathParams: []spec.Param{organizationID},
		Body:       newOrganizationClients,
		Status:     201, Reply: &spec.Schema{Type: spec.Array, Items: organizationClient},
		Errors: []spec.Error{
			organizationNotFound(belowOrganization),
			clientNotFound(spec.Assumed("what GET of the client answers")),
			{
				Code: "organization_client_exists", Wire: "-", Status: 409, Message: "The client has already been added to this organization.",
				Class: spec.Conflict, On: state.ErrConflict,
				Evidence: spec.ClientCode(providerNote + ": one known client refuses the whole batch with 409. The text is by analogy with client grants"),
			},
			{
				Code: "organization_client_quota", Wire: "-", Status: 409,
				Message:  "No more clients can be added to this organization. The maximum is 100.",
				Evidence: spec.ClientCode(providerNote + ": at most 100. Status and text are assumed"),
			},
		},
		Handle:   createOrganizationClients,
		Evidence: spec.Recorded("tf-TestAccOrganizationClient#4"),
	},
	{
		ID: "organization_clients.delete", Method: "DELETE", Path: "/api/v2/organizations/{id}/clients",
		Summary:    "Remove applications from an organization",
		Needs:      []string{"delete:organization_clients"},
		PathParams: []spec.Param{organizationID},
		Body: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
			spec.Req("clients", &spec.Schema{
				Type: spec.Array, MinItems: 1, MaxItems: maxClientBatch, Items: clientIDSchema, Evidence: spec.Recorded("tf-TestAccOrganizationClient#23; the bounds are the creation's"),
			}),
		}},
		Status:   204,
		Errors:   []spec.Error{organizationNotFound(belowOrganization)},
		Handle:   deleteOrganizationClients,
		Evidence: spec.Recorded("tf-TestAccOrganizationClient#23"),
	},
	{
		ID: "organization_clients.get", Method: "GET", Path: "/api/v2/organizations/{id}/clients/{client_id}",
		Summary:    "Get an application of an organization",
		Needs:      []string{"read:organization_clients"},
		PathParams: []spec.Param{organizationID},
		Status:     200, Reply: organizationClient,
		Errors:   []spec.Error{organizationNotFound(belowOrganization), clientNotInOrganization},
		Handle:   getOrganizationClient,
		Evidence: spec.Recorded("tf-TestAccOrganizationClient#5"),
	},
	{
		ID: "organization_clients.update", Method: "PATCH", Path: "/api/v2/organizations/{id}/clients/{client_id}",
		Summary:    "Change an application of an organization",
		Needs:      []string{"update:organization_clients"},
		PathParams: []spec.Param{organizationID},
		Body:       &spec.Schema{Type: spec.Object, Fields: []spec.Field{spec.Opt("use_for_member_access", useForMemberAccess)}},
		Status:     200, Reply: organizationClient,
		Errors:   []spec.Error{organizationNotFound(belowOrganization), clientNotInOrganization},
		Handle:   updateOrganizationClient,
		Evidence: spec.Recorded("tf-TestAccOrganizationClient#12"),
	},
}

// organizationClientKind relates an organization and a client. What a reply shows of the client is read from the client.
var organizationClientKind = spec.Kind{
	Name: "organization_clients",
	Schema: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("organization_id", &spec.Schema{Type: spec.String}),
		spec.Req("client_id", &spec.Schema{Type: spec.String}),
		spec.Opt("use_for_member_access", useForMemberAccess),
	}},
	Refs:     map[string]string{"organization_id": "organizations", "client_id": "clients"},
	Identify: func(d state.Doc) string { return relation(d.Text("organization_id"), d.Text("client_id")) },
	Parent:   func(d state.Doc) string { return d.Text("organization_id") },
	Order:    func(o *state.Object) string { return lower(o, "client_id") },
	Also: map[string]func(*state.Object) string{
		"by_client": func(o *state.Object) string { return o.Doc.Text("client_id") },
	},
	Key: func(tx *state.Tx, o *state.Object) string {
		return nameOf(tx, "organizations", o.Parent) + " / " + nameOf(tx, "clients", o.Doc.Text("client_id"))
	},
	Build: func(_ *spec.Call, d state.Doc) (state.Doc, error) {
		return d.Pick("organization_id", "client_id").Set("use_for_member_access", rawOr(d, "use_for_member_access", "false")), nil
	},
	Evidence: spec.Recorded("tf-TestAccOrganizationClient#4; the default of use_for_member_access is assumed"),
}

var (
	clientIDSchema = &spec.Schema{Type: spec.String, MinLength: 1, MaxLength: 64, Description: "ID of the client.", Evidence: spec.Assumed("the bounds")}

	useForMemberAccess     = &spec.Schema{Type: spec.Boolean, Default: "false", Evidence: spec.Assumed("no recording leaves it out")}
	newOrganizationClients = &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("clients", &spec.Schema{
			Type: spec.Array, MinItems: 1, MaxItems: maxClientBatch, Evidence: spec.ClientCode(providerNote),
			Items: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
				spec.Req("client_id", clientIDSchema),
				spec.Opt("use_for_member_access", useForMemberAccess),
			}},
		}),
	}}
	organizationClient = &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("client_id", &spec.Schema{Type: spec.String}),
		spec.Req("use_for_member_access", useForMemberAccess),
		spec.Req("client", &spec.Schema{Type: spec.Object, Fields: []spec.Field{
			spec.Req("name", &spec.Schema{Type: spec.String}),
			spec.Req("is_first_party", &spec.Schema{Type: spec.Boolean}),
			spec.Req("grant_types", &spec.Schema{Type: spec.Array, Items: &spec.Schema{Type: spec.String}}),
			spec.Opt("organization_usage", organizationUsage),
		}}),
	}}
)

var clientNotInOrganization = spec.Error{
	Code: "organization_client_not_found", Wire: "-", Status: 404, Message: "No client found by that id", Class: spec.NotFound,
	Evidence: spec.Assumed("never recorded; by analogy with the organization's connections"),
}

func shownOrganizationClient(c *spec.Call, o *state.Object) state.Doc {
	shown := state.Doc(`{"name":"","is_first_party":false,"grant_types":[]}`)
	if client, err := c.Tx.Get("clients", o.Doc.Text("client_id")); err == nil {
		shown = shown.Merge(client.Doc.Pick("name", "is_first_party", "grant_types", "organization_usage"))
	}
	return o.Doc.Pick("client_id", "use_for_member_access").Set("client", string(shown))
}

func listOrganizationClients(c *spec.Call) (spec.Reply, error) {
	if _, err := organizationOf(c); err != nil {
		return spec.Reply{}, err
	}
	w, err := windowOf(c, 50)
	if err != nil {
		return spec.Reply{}, err
	}
	w.checkpoint = true // there is no other way
	return listing{
		kind: "organization_clients", list: "organization_clients", parent: c.Vars["id"], name: "clients",
		show: func(o *state.Object) state.Doc { return shownOrganizationClient(c, o) },
	}.answer(c, w)
}

// createOrganizationClients answers in the order of the request.
func createOrganizationClients(c *spec.Call) (spec.Reply, error) {
	owner, err := organizationOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	batch := c.Body.Get("clients").Array()
	if c.Tx.Count("organization_clients", "organization_clients", owner.ID)+len(batch) > maxOrganizationClients {
		return spec.Reply{}, c.Fail("organization_client_quota")
	}
	var added []state.Doc
	for _, item := range batch {
		link := state.Doc(item.Raw)
		if !c.Tx.Has("clients", link.Text("client_id")) {
			return spec.Reply{}, c.Fail("inexistent_client")
		}
		o, err := c.Build("organization_clients", link.SetText("organization_id", owner.ID))
		if err != nil {
			return spec.Reply{}, err
		}
		added = append(added, shownOrganizationClient(c, o))
	}
	return spec.Reply{Body: state.Array(added)}, nil
}

// deleteOrganizationClients passes over clients that the organization does not have.
func deleteOrganizationClients(c *spec.Call) (spec.Reply, error) {
	if _, err := organizationOf(c); err != nil {
		return spec.Reply{}, err
	}
	for _, client := range c.Body.Get("clients").Array() {
		id := relation(c.Vars["id"], client.Str)
		if !c.Tx.Has("organization_clients", id) {
			continue
		}
		if err := c.Tx.Delete("organization_clients", id); err != nil {
			return spec.Reply{}, err
		}
	}
	return spec.Reply{}, nil
}

func organizationClientOf(c *spec.Call) (*state.Object, error) {
	if _, err := organizationOf(c); err != nil {
		return nil, err
	}
	o, err := c.Tx.Get("organization_clients", relation(c.Vars["id"], c.Vars["client_id"]))
	if err != nil {
		return nil, c.Fail("organization_client_not_found")
	}
	return o, nil
}

func getOrganizationClient(c *spec.Call) (spec.Reply, error) {
	o, err := organizationClientOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: shownOrganizationClient(c, o)}, nil
}

func updateOrganizationClient(c *spec.Call) (spec.Reply, error) {
	o, err := organizationClientOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	if o, err = c.Tx.Replace(o, o.Doc.Merge(c.Body)); err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: shownOrganizationClient(c, o)}, nil
}
