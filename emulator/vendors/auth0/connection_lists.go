package auth0

import (
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// hundredPerPage is the only per_page that is 100 by default.
var hundredPerPage = spec.Param{Name: "per_page", Evidence: spec.Documented(specification), Schema: &spec.Schema{
	Type: spec.Integer, Min: spec.Int(1), Max: spec.Int(100), Description: "Number of results per page. Defaults to 100.",
}}

// connectionMembers is the order of a connection's members in every reply but lists.
var connectionMembers = []string{
	"id", "options", "strategy", "name", "provisioning_ticket_url", "is_domain_connection", "show_as_button", "authentication",
	"connected_accounts", "cross_app_access_requesting_app", "cross_app_access_resource_app", "display_name", "enabled_clients",
	"realms", "metadata",
}

// listedMembers is their order in lists, as recorded: realms before enabled_clients.
var listedMembers = slices.Concat(connectionMembers[:len(connectionMembers)-3], []string{"realms", "enabled_clients", "metadata"})

// listConnections pages by offset or checkpoint, over all connections or over what name and strategy leave. A name finds its
// connection by an index, and so does one strategy; several strategies read every connection.
func listConnections(c *spec.Call) (spec.Reply, error) {
	w, err := windowOf(c, 100)
	if err != nil {
		return spec.Reply{}, err
	}
	l := listing{kind: "connections", list: "connections", name: "connections", totalsFirst: true, show: shownConnection(c, listedMembers)}
	strategies := c.Query["strategy"]
	switch name := c.Query.Get("name"); {
	case name != "":
		l.list, l.parent = "by_name", name
	case len(strategies) == 1:
		l.list, l.parent = "by_strategy", strategies[0]
	}
	if len(strategies) > 0 && l.list != "by_strategy" {
		l.keep = func(o *state.Object) bool { return slices.Contains(strategies, o.Doc.Text("strategy")) }
	}
	return l.answer(c, w)
}

// shownConnection shows a connection with the members that fields and include_fields choose of the given ones. Some are there
// whatever a request chooses, as recorded.
func shownConnection(c *spec.Call, members []string) func(*state.Object) state.Doc {
	if fields := c.Query.Get("fields"); fields != "" {
		named := strings.Split(fields, ",")
		show := c.Query.Get("include_fields") != "false"
		members = slices.DeleteFunc(slices.Clone(members), func(member string) bool {
			switch member {
			case "id", "is_domain_connection", "authentication", "connected_accounts":
				return false
			}
			return slices.Contains(named, member) != show
		})
	}
	return func(o *state.Object) state.Doc { return o.Doc.Pick(members...) }
}
