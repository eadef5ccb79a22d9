package auth0

import (
	"slices"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// connectionClients are the two views of which clients a connection is enabled for; a third is the connection's own
// enabled_clients.
var connectionClients = []spec.Operation{
	{
		ID: "connection_clients.list", Method: "GET", Path: "/api/v2/connections/{id}/clients",
		Summary:    "List the clients that a connection is enabled for",
		Needs:      []string{"read:connections"},
		PathParams: []spec.Param{connectionPathID},
		Query: []spec.Param{fromParam, {Name: "take", Evidence: spec.Documented(specification), Schema: &spec.Schema{
			Type: spec.Integer, Min: spec.Int(1), Max: spec.Int(1000), Description: "Number of results per page. Defaults to 50.",
		}}},
		Status: 200, Reply: checkpointOf("clients", connectionClient),
		Errors:   []spec.Error{connectionNotFound(spec.Documented(specification + " for the message; the code is that of the connection's own path"))},
		Handle:   listConnectionClients,
		Evidence: spec.Recorded("tf-TestAccConnectionClients#2"),
	},
	{
		ID: "connection_clients.update", Method: "PATCH", Path: "/api/v2/connections/{id}/clients",
		Summary:    "Enable or disable a connection for clients",
		Needs:      []string{"update:connections"},
		PathParams: []spec.Param{connectionPathID},
		Body: &spec.Schema{Type: spec.Array, MinItems: 1, MaxItems: 50, Evidence: spec.Documented(specification), Items: &spec.Schema{
			Type: spec.Object, Fields: []spec.Field{
				spec.Req("client_id", &spec.Schema{Type: spec.String, Description: "The client_id of the client to be the subject to change status"}),
				spec.Req("status", &spec.Schema{Type: spec.Boolean, Description: "Whether the connection is enabled or not for this client_id"}),
			},
		}},
		Status: 204,
		Errors: []spec.Error{
			connectionNotFound(spec.Documented(specification + " for the message; the code is that of the connection's own path")),
			clientNotFound(spec.Documented(specification + " for the message; the code is that of the client's own path")),
		},
		Handle:   updateConnectionClients,
		Evidence: spec.Recorded("go-TestConnectionManager_UpdateEnabledClients_Add#2"),
	},
	{
		ID: "client_connections.list", Method: "GET", Path: "/api/v2/clients/{id}/connections",
		Summary: "List the connections that are enabled for a client",
		Needs:   []string{"read:connections"},
		PathParams: []spec.Param{{Name: "id", Evidence: spec.Documented(specification), Schema: &spec.Schema{
			Type: spec.String, Description: "ID of the client for which to retrieve enabled connections.",
		}}},
		Query: []spec.Param{
			{Name: "strategy", Repeat: true, Evidence: spec.Documented(specification), Schema: &spec.Schema{Type: spec.String, Enum: strategyNames}},
			fromParam, takeParam, connectionFields, includeConnectionFields,
		},
		Status: 200, Reply: checkpointOf("connections", openObject),
		Errors:   []spec.Error{clientNotFound(spec.Assumed("what the client's own path answers"))},
		Handle:   listClientConnections,
		Evidence: spec.Recorded("go-TestClientManager_ReadEnabledConnections#4"),
	},
}

// connectionClientKind relates a connection and a client. Each is there if and only if the connection's enabled_clients
// names the client.
var connectionClientKind = spec.Kind{
	Name: "connection_clients",
	Schema: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("connection_id", text), spec.Req("client_id", text),
	}},
	Refs:     map[string]string{"connection_id": "connections", "client_id": "clients"},
	Identify: func(d state.Doc) string { return relation(d.Text("connection_id"), d.Text("client_id")) },
	Parent:   func(d state.Doc) string { return d.Text("connection_id") },
	Order:    func(o *state.Object) string { return lower(o, "client_id") },
	Also: map[string]func(*state.Object) string{
		"by_client": func(o *state.Object) string { return o.Doc.Text("client_id") },
	},
	Key: func(tx *state.Tx, o *state.Object) string {
		return nameOf(tx, "connections", o.Parent) + " / " + nameOf(tx, "clients", o.Doc.Text("client_id"))
	},
	Build:    buildConnectionClient,
	Evidence: spec.Recorded("tf-TestAccConnectionClients#2"),
}

var connectionClient = &spec.Schema{Type: spec.Object, Fields: []spec.Field{spec.Req("client_id", text)}}

// checkpointOf is the reply of a list by checkpoint.
func checkpointOf(name string, item *spec.Schema) *spec.Schema {
	return &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req(name, &spec.Schema{Type: spec.Array, Items: item}), spec.Opt("next", text),
	}}
}

// checkpointWindow reads take and from where a list has no other way of paging.
func checkpointWindow(c *spec.Call) (window, error) {
	w, err := windowOf(c, 50)
	if err == nil && !w.checkpoint {
		w = window{checkpoint: true, limit: 50}
	}
	return w, err
}

func listConnectionClients(c *spec.Call) (spec.Reply, error) {
	o, err := connectionOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	w, err := checkpointWindow(c)
	if err != nil {
		return spec.Reply{}, err
	}
	l := listing{kind: "connection_clients", list: "connection_clients", parent: o.ID, name: "clients"}
	l.show = func(link *state.Object) state.Doc { return link.Doc.Pick("client_id") }
	return l.answer(c, w)
}

func clientID(o *state.Object) string { return o.Doc.Text("client_id") }

// listClientConnections shows connections without their enabled_clients, as recorded.
func listClientConnections(c *spec.Call) (spec.Reply, error) {
	client := c.Vars["id"]
	if !c.Tx.Has("clients", client) {
		return spec.Reply{}, c.Fail("inexistent_client")
	}
	w, err := checkpointWindow(c)
	if err != nil {
		return spec.Reply{}, err
	}
	connectionOf := func(link *state.Object) *state.Object {
		o, err := c.Tx.Get("connections", link.Parent)
		if err != nil {
			return &state.Object{}
		}
		return o
	}
	show := shownConnection(c, slices.DeleteFunc(slices.Clone(connectionMembers), func(name string) bool { return name == "enabled_clients" }))
	l := listing{kind: "connection_clients", list: "by_client", parent: client, name: "connections"}
	l.show = func(link *state.Object) state.Doc { return show(connectionOf(link)) }
	if strategies := c.Query["strategy"]; len(strategies) > 0 {
		l.keep = func(link *state.Object) bool {
			return slices.Contains(strategies, connectionOf(link).Doc.Text("strategy"))
		}
	}
	return l.answer(c, w)
}

func updateConnectionClients(c *spec.Call) (spec.Reply, error) {
	o, err := connectionOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	for _, item := range c.Body.Get().Array() {
		change := state.Doc(item.Raw)
		client := change.Text("client_id")
		if !c.Tx.Has("clients", client) && !c.Tx.Has("connection_clients", relation(o.ID, client)) {
			return spec.Reply{}, c.Fail("inexistent_client")
		}
		if err := relateClient(c.Tx, o.ID, client, change.Get("status").Bool()); err != nil {
			return spec.Reply{}, err
		}
	}
	return spec.Reply{}, showClients(c.Tx, o.ID)
}

// unknownClients is what evidence of enabled_clients has to say beside its recording.
const unknownClients = "that ids of clients that don't exist are taken is assumed"

// relateClients makes a connection enabled for these clients alone and returns them as its enabled_clients. Clients that
// don't exist are taken: recordings such as go-TestOrganizationManager_AddConnection#2 name one that their tenant had
// before, and whether the service refuses one that it doesn't know is not known. Every view lists them, and PATCH …/clients,
// which takes no other unknown client, can disable them.
func relateClients(c *spec.Call, connection string, clients gjson.Result) (string, error) {
	wanted := map[string]bool{}
	for _, client := range clients.Array() {
		wanted[client.Str] = true
		if err := relateClient(c.Tx, connection, client.Str, true); err != nil {
			return "", err
		}
	}
	for _, link := range c.Tx.List("connection_clients", "connection_clients", connection) {
		if !wanted[clientID(link)] {
			if err := c.Tx.Delete("connection_clients", link.ID); err != nil {
				return "", err
			}
		}
	}
	return enabledClients(c.Tx, connection), nil
}

func relateClient(tx *state.Tx, connection, client string, related bool) error {
	id := relation(connection, client)
	switch {
	case tx.Has("connection_clients", id) == related:
		return nil
	case !related:
		return tx.Delete("connection_clients", id)
	}
	_, err := tx.Insert(connectionClientKind.Object(state.NewBuilder().Text("connection_id", connection).Text("client_id", client).Doc()))
	return err
}

func enabledClients(tx *state.Tx, connection string) string {
	var clients []state.Doc
	for _, link := range tx.List("connection_clients", "connection_clients", connection) {
		clients = append(clients, state.Doc(link.Doc.Get("client_id").Raw))
	}
	return string(state.Array(clients))
}

// showClients writes the relation into the connection's document.
func showClients(tx *state.Tx, connection string) error {
	o, err := tx.Get("connections", connection)
	if err == nil {
		_, err = tx.Replace(o, o.Doc.Set("enabled_clients", enabledClients(tx, connection)))
	}
	return err
}

// dropConnectionClient takes a client that goes away from every connection.
func dropConnectionClient(tx *state.Tx, client string) error {
	for _, link := range tx.List("connection_clients", "by_client", client) {
		if err := tx.Delete("connection_clients", link.ID); err != nil {
			return err
		}
		if err := showClients(tx, link.Parent); err != nil {
			return err
		}
	}
	return nil
}

func buildConnectionClient(c *spec.Call, d state.Doc) (state.Doc, error) {
	o, err := c.Tx.Get("connections", d.Text("connection_id"))
	if err != nil {
		return "", err
	}
	clients := append(o.Doc.Get("enabled_clients").Array(), d.Get("client_id"))
	docs := make([]state.Doc, len(clients))
	for i, client := range clients {
		docs[i] = state.Doc(client.Raw)
	}
	_, err = c.Tx.Replace(o, o.Doc.Set("enabled_clients", string(state.Array(docs))))
	return d.Pick("connection_id", "client_id"), err
}
