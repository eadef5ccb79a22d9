package auth0

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

var invitations = []spec.Operation{
	{
		ID: "organization_invitations.list", Method: "GET", Path: "/api/v2/organizations/{id}/invitations",
		Summary:    "List the invitations to an organization",
		Needs:      []string{"read:organization_invitations"},
		Limit:      "organization_invitations",
		PathParams: []spec.Param{organizationID},
		Query: slices.Concat(offsetParams, projectionParams, []spec.Param{
			{Name: "sort", Evidence: spec.Documented(specification), Schema: &spec.Schema{
				Type: spec.String, Default: `"created_at:-1"`, Example: `"created_at:1"`, Pattern: &spec.Pattern{
					Text: "^created_at:(1|-1)$", Is: func(s string) bool { return s == "created_at:1" || s == "created_at:-1" },
				},
			}},
		}),
		Status: 200, Reply: pageOf("invitations", listedInvitation),
		Errors:   []spec.Error{organizationNotFound(belowOrganization), pageBound},
		Handle:   listInvitations,
		Evidence: spec.Recorded("tf and go: 1 call"),
	},
	{
		ID: "organization_invitations.create", Method: "POST", Path: "/api/v2/organizations/{id}/invitations",
		Summary:    "Invite somebody to an organization",
		Needs:      []string{"create:organization_invitations"},
		Limit:      "organization_invitations",
		PathParams: []spec.Param{organizationID},
		Body:       newInvitation,
		Status:     201, Reply: invitation,
		Errors:   append([]spec.Error{organizationNotFound(spec.Assumed("the specification says: No organization found by that id."))}, invitationRules...),
		Handle:   createInvitation,
		Evidence: spec.Recorded("go-TestOrganizationManager_CreateInvitation#2"),
	},
	{
		ID: "organization_invitations.get", Method: "GET", Path: "/api/v2/organizations/{id}/invitations/{invitation_id}",
		Summary:    "Get an invitation",
		Needs:      []string{"read:organization_invitations"},
		Limit:      "organization_invitations",
		PathParams: []spec.Param{organizationID},
		Query:      projectionParams,
		Status:     200, Reply: listedInvitation,
		Errors: []spec.Error{
			organizationNotFound(belowOrganization),
			invitationNotFound(spec.Recorded("sdk:TestOrganizationManager_DeleteInvitation")),
		},
		Handle:   getInvitation,
		Evidence: spec.Recorded("tf and go: 1 call"),
	},
	{
		ID: "organization_invitations.delete", Method: "DELETE", Path: "/api/v2/organizations/{id}/invitations/{invitation_id}",
		Summary:    "Revoke an invitation",
		Needs:      []string{"delete:organization_invitations"},
		Limit:      "organization_invitations",
		PathParams: []spec.Param{organizationID},
		BodyFree:   true,
		Status:     204,
		Errors: []spec.Error{
			organizationNotFound(belowOrganization),
			invitationNotFound(spec.Assumed("recorded for GET; no repeated DELETE was recorded")),
		},
		Handle:   deleteInvitation,
		Evidence: spec.Recorded("sdk:TestOrganizationManager_DeleteInvitation"),
	},
}

// invitationKind is an invitation as it is shown. One that is past its time stays until it is revoked.
var invitationKind = spec.Kind{
	Name: "invitations",
	Schema: &spec.Schema{Type: spec.Object, Fields: append([]spec.Field{
		spec.Req("organization_id", &spec.Schema{Type: spec.String}),
		spec.Opt("id", &spec.Schema{Type: spec.String, Pattern: idPattern("uinv_", 16)}),
		spec.Opt("created_at", dateTime),
	}, newInvitation.Fields...)},
	Refs:     map[string]string{"organization_id": "organizations", "client_id": "clients", "connection_id": "connections", "roles": "roles"},
	Identify: func(d state.Doc) string { return d.Text("id") },
	Parent:   func(d state.Doc) string { return d.Text("organization_id") },
	Key: func(tx *state.Tx, o *state.Object) string {
		return nameOf(tx, "organizations", o.Parent) + " / " + o.Doc.Text("invitee", "email") + " / " + o.ID
	},
	Build:    buildInvitation,
	Secrets:  []string{"ticket_id", "invitation_url"},
	Evidence: spec.Recorded("go-TestOrganizationManager_CreateInvitation#2"),
}

const (
	invitationTTL = 7 * 24 * 60 * 60 // seconds, as recorded
	// defaultLoginRoute stands for the tenant's own setting, which recorded tenants have and the emulator cannot change.
	defaultLoginRoute = "https://app.example/login"
)

var (
	newInvitation = &spec.Schema{Type: spec.Object, Evidence: spec.Documented(specification), Fields: []spec.Field{
		spec.Req("inviter", &spec.Schema{Type: spec.Object, Fields: []spec.Field{
			spec.Req("name", &spec.Schema{Type: spec.String, MinLength: 1, MaxLength: 300}),
		}}),
		spec.Req("invitee", &spec.Schema{Type: spec.Object, Fields: []spec.Field{
			spec.Req("email", &spec.Schema{Type: spec.String, Format: email}),
		}}),
		spec.Req("client_id", &spec.Schema{Type: spec.String}),
		spec.Opt("connection_id", &spec.Schema{Type: spec.String}),
		spec.Opt("app_metadata", freeObject),
		spec.Opt("user_metadata", freeObject),
		spec.Opt("ttl_sec", &spec.Schema{Type: spec.Integer, Min: spec.Int(0), Max: spec.Int(2592000)}),
		spec.Opt("roles", &spec.Schema{Type: spec.Array, Items: &spec.Schema{Type: spec.String}}),
		spec.Opt("send_invitation_email", &spec.Schema{Type: spec.Boolean, Default: "true"}),
	}}
	invitation = &spec.Schema{Type: spec.Object, Fields: slices.Concat([]spec.Field{
		spec.Req("id", &spec.Schema{Type: spec.String}),
		spec.Req("client_id", &spec.Schema{Type: spec.String}),
		spec.Req("inviter", newInvitation.Fields[0].Schema),
		spec.Req("invitee", newInvitation.Fields[1].Schema),
		spec.Req("invitation_url", &spec.Schema{Type: spec.String}),
		spec.Req("ticket_id", &spec.Schema{Type: spec.String}),
		spec.Req("created_at", dateTime),
		spec.Req("expires_at", dateTime),
		spec.Req("organization_id", &spec.Schema{Type: spec.String}),
		spec.Opt("roles", newInvitation.Fields[7].Schema),
	}, newInvitation.Fields[3:6])}
	listedInvitation = optional(invitation)
)

// optional is an object's schema with no member required: `fields` may leave out any.
func optional(s *spec.Schema) *spec.Schema {
	loose := *s
	loose.Fields = slices.Clone(s.Fields)
	for i := range loose.Fields {
		loose.Fields[i].Required = false
	}
	return &loose
}

// invitationRules are the documented reasons not to invite, in the order in which they are tried.
var invitationRules = []spec.Error{
	invitationRule("client_not_found", "The specified client_id does not exist."),
	invitationRule("client_without_organizations", "The specified client_id does not allow organizations."),
	invitationRule("connection_not_found", "The specified connection does not exist."),
	invitationRule("connection_passwordless", "Passwordless connections are not supported."),
	invitationRule("connection_not_enabled", "The specified connection ({id}) is not enabled for the organization", "id", "con_0000000000000000"),
	invitationRule("roles_not_found", "One or more of the specified roles do not exist: {roles}", "roles", "rol_0000000000000000"),
	// raised by scenarios alone: the emulated tenant has a default login route
	invitationRule("no_login_route", "A default login route is required to generate the invitation url. For more information, see https://auth0.com/docs/universal-login/configure-default-login-routes"),
}

func invitationRule(code, message string, sample ...string) spec.Error {
	return spec.Error{
		Code: code, Wire: "invalid_body", Status: 400, Message: message, Sample: sample,
		Evidence: spec.Documented(specification + " for the message; the code is assumed"),
	}
}

func invitationNotFound(evidence spec.Evidence) spec.Error {
	return spec.Error{
		Code: "inexistent_invitation", Status: 404, Message: "The invitation does not exist.", Class: spec.NotFound, Evidence: evidence,
	}
}

// listInvitations starts from the newest. Its limit is the number of rows and it has no total, as recorded.
func listInvitations(c *spec.Call) (spec.Reply, error) {
	o, err := organizationOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	w, err := windowOf(c, 50)
	if err != nil {
		return spec.Reply{}, err
	}
	from, limit, newestFirst := w.offset, w.limit, c.Query.Get("sort") != "created_at:1"
	if newestFirst {
		end := max(0, c.Tx.Count("invitations", "invitations", o.ID)-w.offset)
		from = max(0, end-w.limit)
		limit = end - from
	}
	page := c.Tx.Page("invitations", "invitations", o.ID, from, limit)
	if newestFirst {
		slices.Reverse(page)
	}
	items := make([]state.Doc, len(page))
	for i, o := range page {
		items[i] = projected(c, o.Doc)
	}
	if !w.totals {
		return spec.Reply{Body: state.Array(items)}, nil
	}
	return spec.Reply{Body: state.NewBuilder().List("invitations", items).Int("start", w.offset).Int("limit", len(items)).Doc()}, nil
}

func createInvitation(c *spec.Call) (spec.Reply, error) {
	if _, err := organizationOf(c); err != nil {
		return spec.Reply{}, err
	}
	o, err := c.Build("invitations", c.Body.SetText("organization_id", c.Vars["id"]))
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: o.Doc}, nil
}

func buildInvitation(c *spec.Call, d state.Doc) (state.Doc, error) {
	if err := checkInvitation(c, d); err != nil {
		return "", err
	}
	organization, err := c.Tx.Get("organizations", d.Text("organization_id"))
	if err != nil {
		return "", c.Fail("organization_not_found")
	}
	client, err := c.Tx.Get("clients", d.Text("client_id"))
	if err != nil {
		return "", c.Fail("client_not_found")
	}
	id := textOr(d, "id", "")
	if id == "" {
		id = "uinv_" + c.ID("invitations", 16)
	}
	created := c.Now
	if given, err := time.Parse(time.RFC3339Nano, d.Text("created_at")); err == nil {
		created = given
	}
	ttl := invitationTTL
	if d.Has("ttl_sec") && d.Get("ttl_sec").Int() > 0 {
		ttl = int(d.Get("ttl_sec").Int())
	}
	ticket := c.ID("tickets", 32)
	return state.NewBuilder().Text("id", id).Text("client_id", client.ID).
		Raw("inviter", d.Get("inviter").Raw).Raw("invitee", d.Get("invitee").Raw).
		Text("invitation_url", invitationURL(client.Doc, ticket, organization)).
		Text("ticket_id", ticket).
		Text("created_at", timestamp(created)).
		Text("expires_at", timestamp(created.Add(time.Duration(ttl)*time.Second))).
		Text("organization_id", organization.ID).
		Raw("connection_id", d.Get("connection_id").Raw).
		Raw("roles", d.Get("roles").Raw).
		Raw("user_metadata", d.Get("user_metadata").Raw).
		Raw("app_metadata", d.Get("app_metadata").Raw).Doc(), nil
}

// invitationURL starts from where the client lets logins begin, else from the tenant's default login route.
func invitationURL(client state.Doc, ticket string, organization *state.Object) string {
	route := textOr(client, "initiate_login_uri", defaultLoginRoute)
	mark := "?"
	if strings.Contains(route, "?") {
		mark = "&"
	}
	return route + mark + "invitation=" + ticket + "&organization=" + organization.ID +
		"&organization_name=" + url.QueryEscape(organization.Doc.Text("name"))
}

func checkInvitation(c *spec.Call, d state.Doc) error {
	client, err := c.Tx.Get("clients", d.Text("client_id"))
	if err != nil {
		return c.Fail("client_not_found")
	}
	if usage := client.Doc.Text("organization_usage"); usage != "allow" && usage != "require" {
		return c.Fail("client_without_organizations")
	}
	if id := d.Text("connection_id"); id != "" {
		connection, err := c.Tx.Get("connections", id)
		switch {
		case err != nil:
			return c.Fail("connection_not_found")
		case passwordless[connection.Doc.Text("strategy")]:
			return c.Fail("connection_passwordless")
		}
		link, err := c.Tx.Get("organization_connections", relation(d.Text("organization_id"), id))
		if err != nil || !link.Doc.Get("is_enabled").Bool() {
			return c.Fail("connection_not_enabled", "id", id)
		}
	}
	unknown := slices.DeleteFunc(texts(d, "roles"), func(id string) bool {
		role, err := c.Tx.Get("roles", id)
		return err == nil && (role.Parent == "" || role.Parent == d.Text("organization_id"))
	})
	if len(unknown) > 0 {
		return c.Fail("roles_not_found", "roles", strings.Join(unknown, ", "))
	}
	return nil
}

// invitationOf is the invitation that the path names.
func invitationOf(c *spec.Call) (*state.Object, error) {
	if _, err := organizationOf(c); err != nil {
		return nil, err
	}
	o, err := c.Tx.Get("invitations", c.Vars["invitation_id"])
	if err != nil || o.Parent != c.Vars["id"] {
		return nil, c.Fail("inexistent_invitation")
	}
	return o, nil
}

func getInvitation(c *spec.Call) (spec.Reply, error) {
	o, err := invitationOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: projected(c, o.Doc)}, nil
}

func deleteInvitation(c *spec.Call) (spec.Reply, error) {
	o, err := invitationOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{}, c.Tx.Delete("invitations", o.ID)
}
