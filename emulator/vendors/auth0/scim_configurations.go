package auth0

import (
	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

var scimConfigurations = []spec.Operation{
	{
		ID: "scim_configurations.get", Method: "GET", Path: "/api/v2/connections/{id}/scim-configuration",
		Summary:    "Get the SCIM configuration of a connection",
		Needs:      []string{"read:scim_config"},
		PathParams: []spec.Param{connectionPathID},
		Status:     200, Reply: scimConfiguration,
		Errors: []spec.Error{
			connectionNotFound(spec.Recorded("tf-TestAccDataSCIMConfiguration#0")),
			notConfigured(spec.Recorded("tf-TestAccDataSCIMConfiguration#3")),
		},
		Handle:   getSCIMConfiguration,
		Evidence: spec.Recorded("tf-TestAccDataSCIMConfiguration#6"),
	},
	{
		ID: "scim_configurations.create", Method: "POST", Path: "/api/v2/connections/{id}/scim-configuration",
		Summary:    "Give a connection a SCIM configuration",
		Needs:      []string{"create:scim_config"},
		PathParams: []spec.Param{connectionPathID},
		Body:       &spec.Schema{Type: spec.Object | spec.Null, Fields: scimFields, Evidence: spec.Recorded("tf-TestAccDataSCIMConfiguration#5: without a body")},
		Status:     201, Reply: scimConfiguration,
		Errors: []spec.Error{
			connectionNotFound(spec.Recorded("tf:TestAccSCIMConfiguration")),
			{
				Code: "scim_not_supported", Wire: "-", Status: 404,
				Message:  "This connection type does not support SCIM. Please see our documentation for the currently supported connection types: https://auth0.com/docs/authenticate/protocols/scim/configure-inbound-scim.",
				Evidence: spec.Recorded("tf:TestAccSCIMConfiguration; which types support it is documented"),
			},
			// only scenarios raise this one: what the service asks for first is not known
			{
				Code: "scim_not_enabled", Wire: "-", Status: 404, Message: "scim strategy not enabled",
				Evidence: spec.Recorded("tf:TestAccSCIMConfiguration"),
			},
			{
				Code: "scim_configuration_exists", Wire: "-", Status: 409, Message: "The SCIM configuration already exists.",
				Class: spec.Conflict, On: state.ErrConflict, Evidence: spec.Assumed("neither status nor text is known"),
			},
		},
		Handle:   createSCIMConfiguration,
		Evidence: spec.Recorded("tf-TestAccSCIMToken#2"),
	},
	{
		ID: "scim_configurations.update", Method: "PATCH", Path: "/api/v2/connections/{id}/scim-configuration",
		Summary:    "Change the SCIM configuration of a connection",
		Needs:      []string{"update:scim_config"},
		PathParams: []spec.Param{connectionPathID},
		Body: &spec.Schema{Type: spec.Object, Evidence: spec.ClientCode(sdkSource), Fields: withoutDefaults([]spec.Field{
			spec.Req("user_id_attribute", scimFields[0].Schema), spec.Req("mapping", scimFields[1].Schema),
		})},
		Status: 200, Reply: scimConfiguration,
		Errors: []spec.Error{
			connectionNotFound(spec.Assumed("what GET answers")), notConfigured(spec.Assumed("what GET answers")),
		},
		Handle:   updateSCIMConfiguration,
		Evidence: spec.Recorded("go-TestConnectionManager_UpdateSCIMConfiguration#2"),
	},
	{
		ID: "scim_configurations.delete", Method: "DELETE", Path: "/api/v2/connections/{id}/scim-configuration",
		Summary:    "Take the SCIM configuration and its tokens from a connection",
		Needs:      []string{"delete:scim_config"},
		PathParams: []spec.Param{connectionPathID},
		BodyFree:   true,
		Status:     204,
		Errors:     []spec.Error{connectionNotFound(spec.Assumed("what GET answers"))},
		Handle:     deleteSCIMConfiguration,
		Evidence:   spec.Recorded("go-TestConnectionManager_DeleteSCIMToken#7; repeated deletes too"),
	},
	{
		ID: "scim_configurations.default_mapping", Method: "GET", Path: "/api/v2/connections/{id}/scim-configuration/default-mapping",
		Summary:    "Get the mapping that a new SCIM configuration of a connection has",
		Needs:      []string{"read:scim_config"},
		PathParams: []spec.Param{connectionPathID},
		Status:     200, Reply: &spec.Schema{Type: spec.Object, Fields: []spec.Field{spec.Req("mapping", scimMapping)}},
		Errors:   []spec.Error{connectionNotFound(spec.Assumed("what the configuration's own path answers"))},
		Handle:   defaultSCIMMapping,
		Evidence: spec.Recorded("tf-TestAccDataSCIMConfiguration#8"),
	},
}

// scimConfigurationKind holds each configuration as GET answers it, by its connection's id.
var scimConfigurationKind = spec.Kind{
	Name: "scim_configurations",
	Schema: &spec.Schema{Type: spec.Object, Fields: append([]spec.Field{
		spec.Req("connection_id", text),
	}, scimFields...)},
	Refs:     map[string]string{"connection_id": "connections"},
	Identify: func(d state.Doc) string { return d.Text("connection_id") },
	Parent:   func(d state.Doc) string { return d.Text("connection_id") },
	Key:      func(tx *state.Tx, o *state.Object) string { return nameOf(tx, "connections", o.ID) },
	Build:    buildSCIMConfiguration,
	Evidence: spec.Recorded("tf-TestAccSCIMToken#2"),
}

var (
	scimMapping = &spec.Schema{Type: spec.Array, Evidence: spec.Documented(specification), Items: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Opt("auth0", &spec.Schema{Type: spec.String, Description: "The field location in the auth0 schema"}),
		spec.Opt("scim", &spec.Schema{Type: spec.String, Description: "The field location in the SCIM schema"}),
	}}}
	scimFields = []spec.Field{
		spec.Opt("user_id_attribute", &spec.Schema{
			Type: spec.String, Default: `"externalId"`, Evidence: spec.Recorded("tf-TestAccSCIMToken#2"),
			Description: "User ID attribute for generating unique user ids",
		}),
		spec.Opt("mapping", scimMapping),
	}
	scimConfiguration = &spec.Schema{Type: spec.Object, Fields: append([]spec.Field{
		spec.Req("tenant_name", text), spec.Req("connection_id", text), spec.Req("connection_name", text), spec.Req("strategy", text),
		spec.Req("updated_on", text), spec.Req("created_at", text),
	}, scimFields...)}
)

// notConfigured is the answer where a connection has no SCIM configuration or directory provisioning.
func notConfigured(evidence spec.Evidence) spec.Error {
	return spec.Error{Code: "not_configured", Wire: "-", Status: 404, Message: "Not Found", Class: spec.NotFound, Evidence: evidence}
}

// below finds what a connection has one of, by the connection's id.
func below(c *spec.Call, kind string) (connection, found *state.Object, err error) {
	if connection, err = connectionOf(c); err != nil {
		return nil, nil, err
	}
	if found, err = c.Tx.Get(kind, connection.ID); err != nil {
		return connection, nil, c.Fail("not_configured")
	}
	return connection, found, nil
}

func getSCIMConfiguration(c *spec.Call) (spec.Reply, error) {
	_, o, err := below(c, "scim_configurations")
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: o.Doc}, nil
}

func createSCIMConfiguration(c *spec.Call) (spec.Reply, error) {
	connection, err := connectionOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	switch connection.Doc.Text("strategy") {
	case "okta", "oidc", "samlp", "waad":
	default:
		return spec.Reply{}, c.Fail("scim_not_supported")
	}
	o, err := c.Build("scim_configurations", given(c).SetText("connection_id", connection.ID))
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: o.Doc}, nil
}

// given is the body, or an empty object where there is none.
func given(c *spec.Call) state.Doc {
	if c.Body.Get().IsObject() {
		return c.Body
	}
	return "{}"
}

func buildSCIMConfiguration(c *spec.Call, d state.Doc) (state.Doc, error) {
	connection, err := c.Tx.Get("connections", d.Text("connection_id"))
	if err != nil {
		return "", err
	}
	strategy := connection.Doc.Text("strategy")
	mapping := mappingPairs(scimMappingOf(strategy), "scim", "auth0")
	if d.Has("mapping") {
		mapping = reordered(d, "scim", "auth0")
	}
	return state.NewBuilder().Text("tenant_name", tenant).Text("connection_id", connection.ID).Text("connection_name", connection.Doc.Text("name")).
		Text("strategy", strategy).Raw("mapping", mapping).Text("updated_on", timestamp(c.Now)).Text("created_at", timestamp(c.Now)).
		Raw("user_id_attribute", rawOr(d, "user_id_attribute", `"externalId"`)).Doc(), nil
}

func updateSCIMConfiguration(c *spec.Call) (spec.Reply, error) {
	_, o, err := below(c, "scim_configurations")
	if err != nil {
		return spec.Reply{}, err
	}
	changed := o.Doc.Set("mapping", reordered(c.Body, "scim", "auth0")).
		Set("user_id_attribute", c.Body.Get("user_id_attribute").Raw).SetText("updated_on", timestamp(c.Now))
	if o, err = c.Tx.Replace(o, changed); err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: o.Doc}, nil
}

// deleteSCIMConfiguration answers 204 whether or not there was one, as recorded.
func deleteSCIMConfiguration(c *spec.Call) (spec.Reply, error) {
	connection, err := connectionOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	if err := deleteListed(c.Tx, "scim_tokens", "scim_tokens", connection.ID); err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{}, deleteListed(c.Tx, "scim_configurations", "scim_configurations", connection.ID)
}

// defaultSCIMMapping writes the members of a pair the other way round than a configuration does, as recorded.
func defaultSCIMMapping(c *spec.Call) (spec.Reply, error) {
	connection, err := connectionOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	pairs := scimMappingOf(connection.Doc.Text("strategy"))
	items := make([]state.Doc, len(pairs))
	for i, pair := range pairs {
		items[i] = state.NewBuilder().Text("auth0", pair[1]).Text("scim", pair[0]).Doc()
	}
	return spec.Reply{Body: state.NewBuilder().List("mapping", items).Doc()}, nil
}

// reordered writes the pairs of a mapping with the identity provider's side first, as every reply has them.
func reordered(d state.Doc, first, second string) string {
	var items []state.Doc
	for _, pair := range d.Get("mapping").Array() {
		items = append(items, state.Doc(pair.Raw).Pick(first, second))
	}
	return string(state.Array(items))
}

func mappingPairs(pairs [][2]string, first, second string) string {
	items := make([]state.Doc, len(pairs))
	for i, pair := range pairs {
		items[i] = state.NewBuilder().Text(first, pair[0]).Text(second, pair[1]).Doc()
	}
	return string(state.Array(items))
}
