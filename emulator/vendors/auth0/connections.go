package auth0

import (
	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

const databaseStrategy = "auth0"

var connections = []spec.Operation{
	{
		ID: "connections.list", Method: "GET", Path: "/api/v2/connections",
		Summary: "List connections",
		Needs:   []string{"read:connections"},
		Query: []spec.Param{
			{Name: "strategy", Repeat: true, Evidence: spec.Documented(specification), Schema: &spec.Schema{
				Type: spec.String, Enum: append([]string{"auth0-adldap"}, strategyNames...), Description: "Provide strategies to only retrieve connections with such strategies",
			}},
			{Name: "name", Evidence: spec.Recorded("go:TestConnectionManager_ReadByName"), Schema: &spec.Schema{
				Type: spec.String, Description: "Provide the name of the connection to retrieve",
			}},
			connectionFields, includeConnectionFields, pageParam, hundredPerPage, includeTotalsParam, fromParam, takeParam,
		},
		Status: 200, Reply: pageOf("connections", &spec.Schema{Type: spec.Object, Open: true}),
		Errors:   []spec.Error{pageBound},
		Handle:   listConnections,
		Evidence: spec.Recorded("tf-TestAccDataSourceConnectionByName#13"),
	},
	{
		ID: "connections.create", Method: "POST", Path: "/api/v2/connections",
		Summary: "Create a connection",
		Needs:   []string{"create:connections"},
		Body:    newConnectionBody,
		Status:  201, Reply: connectionReply,
		Errors: append([]spec.Error{
			{
				Code: "connection_conflict", Status: 409, Message: "A connection with the same name already exists",
				Class: spec.Conflict, On: state.ErrConflict,
				Evidence: spec.Documented("auth0-deploy-cli issue 221 and terraform-provider-auth0 issue 4 quote live answers"),
			},
			realmTaken,
			// only scenarios raise these two: here a deletion is done at once, and what makes the other is not known
			{
				Code: "connection_being_deleted", Wire: "connection_conflict", Status: 409, Message: "A connection with the same name is being deleted, try again later",
				Evidence: spec.Documented(specification + " for the message; the code is that of an equal name"),
			},
			{
				Code: "domain_connection_exists", Wire: "connection_conflict", Status: 409, Message: "There is already a domain connection enabled for strategy",
				Evidence: spec.Documented(specification + " for the message; the code is that of an equal name"),
			},
		}, connectionRules...),
		Handle:   createConnection,
		Evidence: spec.Recorded("tf-TestAccOrganizationConnection#0"),
	},
	{
		ID: "connections.get", Method: "GET", Path: "/api/v2/connections/{id}",
		Summary:    "Get a connection",
		Needs:      []string{"read:connections"},
		PathParams: []spec.Param{connectionPathID},
		Query:      []spec.Param{connectionFields, includeConnectionFields},
		Status:     200, Reply: &spec.Schema{Type: spec.Object, Open: true},
		Errors:   []spec.Error{connectionNotFound(spec.Recorded("go:TestConnectionManager_Delete"))},
		Handle:   getConnection,
		Evidence: spec.Recorded("tf-TestAccOrganizationConnection#1; recordings from 12 August 2026 on lack enabled_clients, which is kept here"),
	},
	{
		ID: "connections.update", Method: "PATCH", Path: "/api/v2/connections/{id}",
		Summary:    "Change a connection; options are replaced whole",
		Needs:      []string{"update:connections"},
		PathParams: []spec.Param{connectionPathID},
		Body:       changedConnectionBody,
		Status:     200, Reply: connectionReply,
		Errors: append([]spec.Error{
			connectionNotFound(spec.Assumed("what GET answers")),
			realmTaken,
			// only scenarios raise this one: what the rule compares is not known
			{
				Code: "name_and_client_taken", Wire: "connection_conflict", Status: 409,
				Message: "The name/client_id tuple has already been used for another connection", Class: spec.Conflict,
				Evidence: spec.Documented(specification + " for the message; the code is that of an equal name"),
			},
			{
				Code: "email_not_unique", Wire: "invalid_body", Status: 400, Message: "cannot add non-unique email attribute",
				Evidence: spec.Recorded("tf-TestAccConnectionAddEmailAttributeNonUnique#5"),
			},
		}, assumedOfChanges(connectionRules)...),
		Handle:   updateConnection,
		Evidence: spec.Recorded("tf-TestAccConnectionOkta#4; recordings from 12 August 2026 on lack enabled_clients, which is kept here; " + unknownClients),
	},
	{
		ID: "connections.delete", Method: "DELETE", Path: "/api/v2/connections/{id}",
		Summary:    "Delete a connection with all that hangs on it",
		Needs:      []string{"delete:connections"},
		PathParams: []spec.Param{connectionPathID},
		BodyFree:   true,
		Status:     202, Also: []int{204},
		Reply: &spec.Schema{Type: spec.Object | spec.Null, Fields: []spec.Field{
			spec.Req("deleted_at", &spec.Schema{Type: spec.String}),
		}},
		Handle:   deleteConnection,
		Evidence: spec.Recorded("go:TestConnectionManager_Delete: 204 for what is gone already, 404 never"),
	},
}

// connectionKind holds each connection as GET answers it: options in the order of PostgreSQL's jsonb.
var connectionKind = spec.Kind{
	Name: "connections", Remove: removeConnection,
	Schema: &spec.Schema{Type: spec.Object, Fields: append([]spec.Field{
		spec.Opt("id", &spec.Schema{Type: spec.String, Pattern: idPattern("con_", 16)}),
	}, newConnectionBody.Fields...)},
	Refs:     map[string]string{"enabled_clients": "clients"},
	Identify: func(d state.Doc) string { return d.Text("id") },
	Unique:   func(o *state.Object) (string, string) { return "", o.Doc.Text("name") },
	Claims:   func(o *state.Object) []string { return texts(o.Doc, "realms") },
	// the three recorded lists of several items stand in this order
	Order: func(o *state.Object) string { return lower(o, "name") },
	Also: map[string]func(*state.Object) string{
		"by_name":     func(o *state.Object) string { return o.Doc.Text("name") },
		"by_strategy": func(o *state.Object) string { return o.Doc.Text("strategy") },
	},
	Key:      func(_ *state.Tx, o *state.Object) string { return o.Doc.Text("name") },
	Build:    buildConnection,
	Secrets:  []string{"client_secret", "twilio_token", "secret", "app_secret", "consumer_secret", "signing_key", "decryptionKey", "privateKey"},
	Evidence: spec.Recorded("tf-TestAccOrganizationConnection#0"),
}

// belowConnections are what goes with a connection, as kind and list.
var belowConnections = [][2]string{
	{"organization_connections", "by_connection"}, {"connection_clients", "connection_clients"}, {"connection_keys", "connection_keys"},
	{"scim_configurations", "scim_configurations"}, {"scim_tokens", "scim_tokens"},
	{"directory_provisionings", "directory_provisionings"}, {"synchronized_groups", "synchronized_groups"},
}

var (
	connectionPathID = spec.Param{Name: "id", Evidence: spec.Assumed("the bound of an organization connection's connection_id"), Schema: &spec.Schema{
		Type: spec.String, MaxLength: 50, Description: "Connection identifier.",
	}}
	connectionFields = spec.Param{Name: "fields", Evidence: spec.Documented(specification), Schema: &spec.Schema{
		Type:        spec.String,
		Description: "A comma separated list of fields to include or exclude (depending on include_fields) from the result, empty to retrieve all fields",
	}}
	includeConnectionFields = spec.Param{Name: "include_fields", Evidence: spec.Documented(specification), Schema: &spec.Schema{
		Type: spec.Boolean, Description: "true if the fields specified are to be included in the result, false otherwise (defaults to true)",
	}}
)

func connectionNotFound(evidence spec.Evidence) spec.Error {
	return spec.Error{
		Code: "inexistent_connection", Status: 404, Message: "The connection does not exist", Class: spec.NotFound, Evidence: evidence,
	}
}

var realmTaken = spec.Error{
	Code: "realm_conflict", Wire: "connection_conflict", Status: 409, Message: `There is already another connection with some realms from "realms" parameter`,
	Evidence: spec.Documented(specification + " for the message; the code is that of an equal name; that the realm a connection has by default counts is assumed"),
}

func connectionOf(c *spec.Call) (*state.Object, error) {
	o, err := c.Tx.Get("connections", c.Vars["id"])
	if err != nil {
		return nil, c.Fail("inexistent_connection")
	}
	return o, nil
}

func getConnection(c *spec.Call) (spec.Reply, error) {
	o, err := connectionOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	if c.Query.Get("fields") == "" {
		return spec.Reply{Body: o.Doc}, nil
	}
	return spec.Reply{Body: shownConnection(c, connectionMembers)(o)}, nil
}

// createConnection answers with options as the request ordered them; what is stored has jsonb's order.
func createConnection(c *spec.Call) (spec.Reply, error) {
	created, err := newConnection(c, c.Body)
	if err != nil {
		return spec.Reply{}, err
	}
	if _, err := c.Tx.Insert(c.Vendor.Kind("connections").Object(stored(created))); err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: created}, nil
}

func buildConnection(c *spec.Call, d state.Doc) (state.Doc, error) {
	created, err := newConnection(c, d)
	if err != nil {
		return "", err
	}
	return stored(created), nil
}

// stored puts options into jsonb's order and drops the endpoints that are null, as reads do.
func stored(d state.Doc) state.Doc {
	options := withoutNulls(state.Doc(d.Get("options").Raw), "authorizationURL", "tokenURL")
	return d.Set("options", jsonb(gjson.Parse(string(options))))
}

// newConnection completes what a request or a fixture says, and relates the connection to its clients.
func newConnection(c *spec.Call, d state.Doc) (state.Doc, error) {
	strategy, name := d.Text("strategy"), d.Text("name")
	if _, err := c.Tx.Named("connections", "", name); err == nil {
		return "", state.ErrConflict
	}
	d = d.Set("realms", realmsOr(d, name))
	if err := checkConnection(c, strategy, "", d); err != nil {
		return "", err
	}
	options, err := completeOptions(c, strategy, "", state.Doc(rawOr(d, "options", "{}")))
	if err != nil {
		return "", err
	}
	id := d.Text("id")
	if id == "" {
		id = "con_" + c.ID("connections", 16)
	}
	clients, err := relateClients(c, id, d.Get("enabled_clients"))
	if err != nil {
		return "", err
	}
	if err := needKeys(c, strategy, id, options); err != nil {
		return "", err
	}
	b := state.NewBuilder().Text("id", id).Raw("options", string(options)).Text("strategy", strategy).Text("name", name)
	if ticketed[strategy] {
		b.Text("provisioning_ticket_url", "https://"+tenant+".us.auth0.com/p/"+strategy+"/"+c.ID("tickets", 32))
	}
	b.Bool("is_domain_connection", d.Get("is_domain_connection").Bool())
	if enterprise[strategy] {
		b.Bool("show_as_button", d.Get("show_as_button").Bool())
	}
	return b.Raw("authentication", rawOr(d, "authentication", `{"active":true}`)).
		Raw("connected_accounts", rawOr(d, "connected_accounts", `{"active":false}`)).
		Raw("cross_app_access_requesting_app", rawOr(d, "cross_app_access_requesting_app", "")).
		Raw("cross_app_access_resource_app", rawOr(d, "cross_app_access_resource_app", "")).
		Raw("display_name", rawOr(d, "display_name", defaultDisplayName(strategy, name))).
		Raw("enabled_clients", clients).
		Raw("realms", d.Get("realms").Raw).
		Raw("metadata", rawOr(d, "metadata", "")).Doc(), nil
}

// tenant is the name that every tenant of the emulator goes by.
const tenant = "understudy"

// realmsOr is the JSON of a document's realms, of which a connection always has one: its name, if no other.
func realmsOr(d state.Doc, name string) string {
	if realms := d.Get("realms"); len(realms.Array()) > 0 {
		return realms.Raw
	}
	return "[" + state.Quote(name) + "]"
}

// updateConnection replaces options whole; of the other members, absent keeps and null removes what may be absent.
func updateConnection(c *spec.Call) (spec.Reply, error) {
	o, err := connectionOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	strategy, name := o.Doc.Text("strategy"), o.Doc.Text("name")
	change := c.Body
	if change.Has("realms") {
		change = change.Set("realms", realmsOr(change, name))
	}
	if err := checkConnection(c, strategy, o.ID, change); err != nil {
		return spec.Reply{}, err
	}
	if options := change.Get("options"); options.Exists() {
		completed, err := completeOptions(c, strategy, state.Doc(o.Doc.Get("options").Raw), state.Doc(options.Raw))
		if err != nil {
			return spec.Reply{}, err
		}
		if err := needKeys(c, strategy, o.ID, completed); err != nil {
			return spec.Reply{}, err
		}
		change = change.Set("options", jsonb(gjson.Parse(string(completed))))
	}
	if change.Has("enabled_clients") {
		clients, err := relateClients(c, o.ID, change.Get("enabled_clients"))
		if err != nil {
			return spec.Reply{}, err
		}
		change = change.Set("enabled_clients", clients)
	}
	if !enterprise[strategy] {
		change = change.Drop("show_as_button")
	}
	changed := withoutNulls(o.Doc.Merge(change), "metadata", "cross_app_access_requesting_app", "cross_app_access_resource_app")
	changed = changed.Pick(connectionMembers...)
	if _, err = c.Tx.Replace(o, stored(changed)); err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: changed}, nil
}

// checkConnection holds the members beside options to the rules. No two connections have a realm in common.
func checkConnection(c *spec.Call, strategy, id string, d state.Doc) error {
	if d.Get("cross_app_access_requesting_app", "active").Bool() && strategy != "oidc" && strategy != "okta" {
		return c.Fail("operation_not_supported")
	}
	for _, realm := range d.Get("realms").Array() {
		if other, err := c.Tx.Named("connections", state.Claimed, realm.Str); err == nil && other.ID != id {
			return c.Fail("realm_conflict")
		}
	}
	return nil
}

// deleteConnection answers 202 the first time, though the connection is gone at once, and 204 ever after.
func deleteConnection(c *spec.Call) (spec.Reply, error) {
	o, err := c.Tx.Get("connections", c.Vars["id"])
	if err != nil {
		return spec.Reply{Status: 204}, nil
	}
	if err := removeConnection(c.Tx, o); err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: state.NewBuilder().Text("deleted_at", timestamp(c.Now)).Doc()}, nil
}

// removeConnection deletes a connection with its users and its places in organizations.
func removeConnection(tx *state.Tx, connection *state.Object) error {
	for _, below := range belowConnections {
		if err := deleteListed(tx, below[0], below[1], connection.ID); err != nil {
			return err
		}
	}
	if err := removeUsersOf(tx, connection.Doc.Text("name")); err != nil {
		return err
	}
	return tx.Delete("connections", connection.ID)
}
