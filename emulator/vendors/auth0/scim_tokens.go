package auth0

import (
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

var scimTokens = []spec.Operation{
	{
		ID: "scim_tokens.list", Method: "GET", Path: "/api/v2/connections/{id}/scim-configuration/tokens",
		Summary:    "List the SCIM tokens of a connection, without the tokens themselves",
		Needs:      []string{"read:scim_token"},
		PathParams: []spec.Param{connectionPathID},
		Status:     200, Reply: &spec.Schema{Type: spec.Array, Items: scimToken},
		Errors: []spec.Error{
			connectionNotFound(spec.Assumed("what the configuration's own path answers")),
			notConfigured(spec.Assumed("what the configuration's own path answers")),
		},
		Handle:   listSCIMTokens,
		Evidence: spec.Recorded("tf-TestAccSCIMToken#5"),
	},
	{
		ID: "scim_tokens.create", Method: "POST", Path: "/api/v2/connections/{id}/scim-configuration/tokens",
		Summary:    "Make a SCIM token",
		Needs:      []string{"create:scim_token"},
		PathParams: []spec.Param{connectionPathID},
		Body:       &spec.Schema{Type: spec.Object, Fields: newSCIMToken, Evidence: spec.ClientCode(sdkSource)},
		Status:     201, Reply: &spec.Schema{Type: spec.Object, Fields: append([]spec.Field{spec.Req("token", text)}, scimToken.Fields...)},
		Errors: []spec.Error{
			connectionNotFound(spec.Assumed("what the configuration's own path answers")),
			notConfigured(spec.Assumed("what the configuration's own path answers")),
		},
		Handle:   createSCIMToken,
		Evidence: spec.Recorded("tf-TestAccSCIMToken#4"),
	},
	{
		ID: "scim_tokens.delete", Method: "DELETE", Path: "/api/v2/connections/{id}/scim-configuration/tokens/{tokenId}",
		Summary:    "Delete a SCIM token",
		Needs:      []string{"delete:scim_token"},
		PathParams: []spec.Param{connectionPathID},
		BodyFree:   true,
		Status:     204,
		Errors:     []spec.Error{connectionNotFound(spec.Assumed("what the configuration's own path answers"))},
		Handle:     deleteSCIMToken,
		Evidence:   spec.Recorded("tf-TestAccSCIMToken#9; that an unknown token is 204 too is assumed"),
	},
}

// scimTokenKind holds a token without its secret, which is shown once.
var scimTokenKind = spec.Kind{
	Name: "scim_tokens",
	Schema: &spec.Schema{Type: spec.Object, Fields: append([]spec.Field{
		spec.Req("connection_id", text), spec.Opt("token_id", text),
	}, newSCIMToken...)},
	Refs:     map[string]string{"connection_id": "connections"},
	Identify: func(d state.Doc) string { return d.Text("token_id") },
	Parent:   func(d state.Doc) string { return d.Text("connection_id") },
	Key:      func(tx *state.Tx, o *state.Object) string { return nameOf(tx, "connections", o.Parent) + " / " + o.ID },
	Build:    buildSCIMToken,
	Secrets:  []string{"token"},
	Evidence: spec.Recorded("tf-TestAccSCIMToken#5"),
}

var (
	newSCIMToken = []spec.Field{
		spec.Opt("scopes", &spec.Schema{Type: spec.Array, Evidence: spec.Documented(specification), Items: &spec.Schema{
			Type: spec.String, Enum: []string{"get:users", "post:users", "put:users", "patch:users", "delete:users"},
		}}),
		spec.Opt("token_lifetime", &spec.Schema{
			Type: spec.Integer, Min: spec.Int(900), Evidence: spec.ClientCode(sdkSource),
			Description: "Lifetime of the token in seconds. Must be greater than 900",
		}),
	}
	scimToken = &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("token_id", text), spec.Req("created_at", text), spec.Opt("scopes", &spec.Schema{Type: spec.Array, Items: text}), spec.Opt("valid_until", text),
	}}
)

func listSCIMTokens(c *spec.Call) (spec.Reply, error) {
	connection, _, err := below(c, "scim_configurations")
	if err != nil {
		return spec.Reply{}, err
	}
	var items []state.Doc
	for _, o := range c.Tx.List("scim_tokens", "scim_tokens", connection.ID) {
		items = append(items, o.Doc.Pick("token_id", "created_at", "scopes", "valid_until"))
	}
	return spec.Reply{Body: state.Array(items)}, nil
}

func createSCIMToken(c *spec.Call) (spec.Reply, error) {
	connection, _, err := below(c, "scim_configurations")
	if err != nil {
		return spec.Reply{}, err
	}
	o, err := c.Build("scim_tokens", c.Body.SetText("connection_id", connection.ID))
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: state.NewBuilder().Text("token_id", o.ID).Text("token", o.ID+"."+c.Secret("scim_tokens", 64)).
		Raw("scopes", o.Doc.Get("scopes").Raw).Text("created_at", o.Doc.Text("created_at")).Raw("valid_until", o.Doc.Get("valid_until").Raw).Doc()}, nil
}

func buildSCIMToken(c *spec.Call, d state.Doc) (state.Doc, error) {
	id := d.Text("token_id")
	if id == "" {
		id = "tok_" + c.ID("scim_tokens", 16)
	}
	b := state.NewBuilder().Text("token_id", id).Text("created_at", timestamp(c.Now)).Raw("scopes", rawOr(d, "scopes", ""))
	if seconds := d.Get("token_lifetime").Int(); seconds > 0 {
		b.Text("valid_until", timestamp(c.Now.Add(time.Duration(seconds)*time.Second)))
	}
	return b.Text("connection_id", d.Text("connection_id")).Doc(), nil
}

func deleteSCIMToken(c *spec.Call) (spec.Reply, error) {
	connection, err := connectionOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	if o, err := c.Tx.Get("scim_tokens", c.Vars["tokenId"]); err == nil && o.Parent == connection.ID {
		return spec.Reply{}, c.Tx.Delete("scim_tokens", o.ID)
	}
	return spec.Reply{}, nil
}
