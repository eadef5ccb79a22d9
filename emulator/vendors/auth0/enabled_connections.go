package auth0

import (
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// enabledConnections is the older family over the relation of organization_connections.go.
var enabledConnections = []spec.Operation{
	{
		ID: "organization_connections.list", Family: "enabled_connections", Method: "GET", Path: "/api/v2/organizations/{id}/enabled_connections",
		Summary:    "List the connections of an organization, older form",
		Needs:      []string{"read:organization_connections"},
		Limit:      "organization_connections.read",
		PathParams: []spec.Param{organizationID},
		Query:      offsetParams,
		Status:     200, Reply: pageOf("enabled_connections", enabledConnection),
		Errors:   []spec.Error{organizationNotFound(belowOrganization), pageBound},
		Handle:   listEnabledConnections,
		Evidence: spec.Recorded("go-TestOrganizationManager_Connections#4"),
	},
	{
		ID: "organization_connections.create", Family: "enabled_connections", Method: "POST", Path: "/api/v2/organizations/{id}/enabled_connections",
		Summary:    "Add a connection to an organization, older form",
		Needs:      []string{"create:organization_connections"},
		Limit:      "organization_connections.write",
		PathParams: []spec.Param{organizationID},
		Body:       newEnabledConnection,
		Status:     201, Reply: enabledConnection,
		Errors: append([]spec.Error{
			organizationNotFound(spec.Assumed("the specification says: The organization does not exist.")),
			connectionNotInOrganization(spec.Assumed("neither status nor text of an unknown connection_id is known")),
			organizationConnectionExists(spec.Assumed("the specification lists no 409 here; what the newer family answers")),
		}, organizationConnectionRules(spec.Assumed("recorded for this family's PATCH only"))...),
		Handle:   createEnabledConnection,
		Evidence: spec.Recorded("go-TestOrganizationManager_AddConnection#3"),
	},
	{
		ID: "organization_connections.get", Family: "enabled_connections", Method: "GET", Path: "/api/v2/organizations/{id}/enabled_connections/{connectionId}",
		Summary:    "Get a connection of an organization, older form",
		Needs:      []string{"read:organization_connections"},
		Limit:      "organization_connections.read",
		PathParams: []spec.Param{organizationID, olderConnectionID},
		Status:     200, Reply: enabledConnection,
		Errors: []spec.Error{
			organizationNotFound(belowOrganization),
			connectionNotInOrganization(spec.Recorded("sdk:TestOrganizationManager_DeleteConnection")),
		},
		Handle:   getEnabledConnection,
		Evidence: spec.Recorded("go-TestOrganizationManager_UpdateConnection#5"),
	},
	{
		ID: "organization_connections.update", Family: "enabled_connections", Method: "PATCH", Path: "/api/v2/organizations/{id}/enabled_connections/{connectionId}",
		Summary:    "Change a connection of an organization, older form",
		Needs:      []string{"update:organization_connections"},
		Limit:      "organization_connections.write",
		PathParams: []spec.Param{organizationID, olderConnectionID},
		Body:       changedEnabledConnection,
		Status:     200, Reply: enabledConnection,
		Errors: append([]spec.Error{
			organizationNotFound(belowOrganization),
			connectionNotInOrganization(spec.Assumed("what GET answers")),
		}, organizationConnectionRules(
			spec.Recorded("sdk:TestOrganizationManager_UpdateDBConnection/When_signup_enabled_with_assign_membership_false_should_fail"))...),
		Handle:   updateEnabledConnection,
		Evidence: spec.Recorded("go-TestOrganizationManager_UpdateConnection#4"),
	},
	{
		ID: "organization_connections.delete", Family: "enabled_connections", Method: "DELETE", Path: "/api/v2/organizations/{id}/enabled_connections/{connectionId}",
		Summary:    "Remove a connection from an organization, older form",
		Needs:      []string{"delete:organization_connections"},
		Limit:      "organization_connections.write",
		PathParams: []spec.Param{organizationID, olderConnectionID},
		BodyFree:   true,
		Status:     204,
		Errors:     []spec.Error{organizationNotFound(belowOrganization)},
		Handle:     olderPath(deleteOrganizationConnection),
		Evidence:   spec.Recorded("sdk:TestOrganizationManager_DeleteConnection"),
	},
}

var olderConnectionID = spec.Param{Name: "connectionId", Evidence: spec.Documented(specification), Schema: connectionIDParam.Schema}

var (
	olderFields = []spec.Field{
		spec.Opt("assign_membership_on_login", known(assignMembershipOnLogin, spec.Assumed("recorded for the newer family"))),
		spec.Opt("is_signup_enabled", known(isSignupEnabled, spec.Assumed("recorded for the newer family"))),
		spec.Opt("show_as_button", known(showAsButton,
			spec.Recorded("go-TestOrganizationManager_UpdateDBConnection__When_signup_and_assign_membership_are_false_should_succeed#3"))),
	}
	newEnabledConnection = &spec.Schema{Type: spec.Object, Fields: append(
		[]spec.Field{newOrganizationConnection.Fields[0]}, olderFields...)}
	changedEnabledConnection = &spec.Schema{Type: spec.Object, Fields: withoutDefaults(olderFields)}
	enabledConnection        = &spec.Schema{Type: spec.Object, Fields: slices.Concat(
		[]spec.Field{spec.Req("connection_id", &spec.Schema{Type: spec.String})}, olderFields,
		[]spec.Field{spec.Req("connection", connectionNameAndStrategy)})}
)

// olderPath lets a handler of the newer family serve the older one's spelling of the path parameter.
func olderPath(handle func(*spec.Call) (spec.Reply, error)) func(*spec.Call) (spec.Reply, error) {
	return func(c *spec.Call) (spec.Reply, error) {
		c.Vars["connection_id"] = c.Vars["connectionId"]
		return handle(c)
	}
}

// listEnabledConnections shows the enabled relations: whether the service hides the others here is not known. Its limit
// is the number of rows, not per_page, as recorded.
func listEnabledConnections(c *spec.Call) (spec.Reply, error) {
	if _, err := organizationOf(c); err != nil {
		return spec.Reply{}, err
	}
	w, err := windowOf(c, 50)
	if err != nil {
		return spec.Reply{}, err
	}
	var items []state.Doc
	enabled := relation(c.Vars["id"], "true")
	for _, o := range c.Tx.Page("organization_connections", "by_is_enabled", enabled, w.offset, w.limit) {
		items = append(items, shownEnabledConnection(o))
	}
	w.limit = len(items)
	return spec.Reply{Body: w.listed("enabled_connections", items, c.Tx.Count("organization_connections", "by_is_enabled", enabled))}, nil
}

func createEnabledConnection(c *spec.Call) (spec.Reply, error) {
	o, err := addOrganizationConnection(c)
	return olderReply(o, err)
}

var getEnabledConnection = olderPath(func(c *spec.Call) (spec.Reply, error) {
	o, err := organizationConnectionOf(c)
	return olderReply(o, err)
})

var updateEnabledConnection = olderPath(func(c *spec.Call) (spec.Reply, error) {
	o, err := changeOrganizationConnection(c)
	return olderReply(o, err)
})

func olderReply(o *state.Object, err error) (spec.Reply, error) {
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: shownEnabledConnection(o)}, nil
}

// shownEnabledConnection is the older family's view, in its recorded order of keys.
func shownEnabledConnection(o *state.Object) state.Doc {
	return o.Doc.Pick("connection_id", "assign_membership_on_login", "is_signup_enabled", "show_as_button", "connection")
}

// lower folds an id for the service's case-insensitive order.
func lower(o *state.Object, member string) string { return strings.ToLower(o.Doc.Text(member)) }
