package auth0

import (
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// sdkSource is where nothing is recorded and the vendor's own generated client says what there is.
const sdkSource = "go-auth0/v2 v2.14.0, package management"

// clients are applications. The recorders rewrote every recorded body of theirs, so statuses are recorded and bodies
// hold what the recorder's own struct kept.
var clients = []spec.Operation{
	{
		ID: "clients.list", Method: "GET", Path: "/api/v2/clients",
		Summary: "List applications",
		Needs:   []string{"read:clients", "read:client_keys"},
		Query: slices.Concat(projectionParams, offsetAndCheckpoint, []spec.Param{
			{Name: "is_global", Evidence: spec.ClientCode(sdkSource), Schema: &spec.Schema{Type: spec.Boolean}},
			{Name: "is_first_party", Evidence: spec.ClientCode(sdkSource), Schema: &spec.Schema{Type: spec.Boolean}},
			{Name: "app_type", Evidence: spec.ClientCode(sdkSource), Schema: &spec.Schema{Type: spec.String}},
			{Name: "q", Evidence: spec.Recorded("go-TestOrganizationManager_ClientGrantsWithOrg#5"), Schema: &spec.Schema{Type: spec.String}},
		}),
		Status: 200, Reply: pageOf("clients", shownClientSchema),
		Errors:   []spec.Error{pageBound},
		Handle:   listClients,
		Evidence: spec.Recorded("go-TestOrganizationManager_ClientGrantsWithOrg#5"),
	},
	{
		ID: "clients.create", Method: "POST", Path: "/api/v2/clients",
		Summary: "Create an application",
		Needs:   []string{"create:clients"},
		Body:    newClient,
		Status:  201, Reply: shownClientSchema,
		Errors:   []spec.Error{defaultOrganizationNotFound},
		Handle:   createClient,
		Evidence: spec.Recorded("tf-TestAccOrganizationClient#1"),
	},
	{
		ID: "clients.get", Method: "GET", Path: "/api/v2/clients/{id}",
		Summary: "Get an application",
		Needs:   []string{"read:clients", "read:client_keys"},
		Query:   projectionParams,
		Status:  200, Reply: shownClientSchema,
		Errors:   []spec.Error{clientNotFound(spec.Recorded("sdk:TestClient_Delete"))},
		Handle:   getClient,
		Evidence: spec.Recorded("tf-TestAccOrganizationClient#3"),
	},
	{
		ID: "clients.update", Method: "PATCH", Path: "/api/v2/clients/{id}",
		Summary: "Change an application",
		Needs:   []string{"update:clients", "update:client_keys"},
		Body:    changedClient,
		Status:  200, Reply: shownClientSchema,
		Errors: []spec.Error{
			clientNotFound(spec.Assumed("what GET answers")),
			defaultOrganizationNotFound,
		},
		Handle:   updateClient,
		Evidence: spec.Recorded("tf-TestAccClientWithDefaultOrganization#31"),
	},
	{
		ID: "clients.delete", Method: "DELETE", Path: "/api/v2/clients/{id}",
		Summary:  "Delete an application with its grants and its places in organizations and connections",
		Needs:    []string{"delete:clients"},
		BodyFree: true,
		Status:   204,
		Handle:   deleteClient,
		Evidence: spec.Recorded("tf-TestAccOrganizationClient#25; repeated deletes too"),
	},
}

// clientKind holds applications, with their secrets. Names are not unique.
var clientKind = spec.Kind{
	Name: "clients", Remove: removeClient,
	Schema: &spec.Schema{Type: spec.Object, Open: true, Fields: append([]spec.Field{
		spec.Opt("client_id", &spec.Schema{Type: spec.String, MinLength: 1, MaxLength: 64}),
	}, clientFields...)},
	Identify: func(d state.Doc) string { return d.Text("client_id") },
	Key:      func(_ *state.Tx, o *state.Object) string { return o.Doc.Text("name") },
	Build:    buildClient,
	Secrets:  []string{"client_secret"},
	Evidence: spec.Recorded("tf-TestAccOrganizationClient#1 for the defaults, as the recorder's struct kept them"),
}

var (
	anyObject  = &spec.Schema{Type: spec.Object | spec.Null, Open: true}
	anyBoolean = &spec.Schema{Type: spec.Boolean | spec.Null}
	anyString  = &spec.Schema{Type: spec.String | spec.Null}
	anyStrings = &spec.Schema{Type: spec.Array | spec.Null, Items: &spec.Schema{Type: spec.String}}

	clientName = &spec.Schema{
		Type: spec.String, MinLength: 1, Evidence: spec.ClientCode(sdkSource),
		Description: "Name of this client (min length: 1 character, does not allow `<` or `>`).",
		Pattern:     &spec.Pattern{Text: "^[^<>]+$", Is: func(s string) bool { return !strings.ContainsAny(s, "<>") }},
	}
	organizationUsage = &spec.Schema{
		Type: spec.String | spec.Null, Enum: []string{"deny", "allow", "require"}, Evidence: spec.ClientCode(sdkSource),
	}

	// clientFields are the members that matter here or that people write often: the vendor has more, so schemas are open.
	clientFields = []spec.Field{
		spec.Req("name", clientName),
		spec.Opt("description", &spec.Schema{Type: spec.String | spec.Null, MaxLength: 140, Evidence: spec.ClientCode(sdkSource)}),
		spec.Opt("client_secret", &spec.Schema{Type: spec.String}),
		spec.Opt("app_type", anyString),
		spec.Opt("logo_uri", anyString),
		spec.Opt("is_first_party", anyBoolean),
		spec.Opt("oidc_conformant", anyBoolean),
		spec.Opt("callbacks", anyStrings),
		spec.Opt("allowed_origins", anyStrings),
		spec.Opt("web_origins", anyStrings),
		spec.Opt("allowed_clients", anyStrings),
		spec.Opt("allowed_logout_urls", anyStrings),
		spec.Opt("grant_types", anyStrings),
		spec.Opt("token_endpoint_auth_method", &spec.Schema{
			Type: spec.String | spec.Null, Enum: []string{"none", "client_secret_post", "client_secret_basic"}, Evidence: spec.ClientCode(sdkSource),
		}),
		spec.Opt("jwt_configuration", anyObject),
		spec.Opt("client_metadata", anyObject),
		spec.Opt("initiate_login_uri", anyString),
		spec.Opt("refresh_token", anyObject),
		spec.Opt("organization_usage", organizationUsage),
		spec.Opt("organization_require_behavior", &spec.Schema{
			Type: spec.String | spec.Null, Enum: []string{"no_prompt", "pre_login_prompt", "post_login_prompt"}, Evidence: spec.ClientCode(sdkSource),
		}),
		// both members are needed: each alone was refused (tf-TestAccClientWithDefaultOrganization, calls 53 and 55)
		spec.Opt("default_organization", &spec.Schema{
			Type: spec.Object | spec.Null, Evidence: spec.Recorded("tf-TestAccClientWithDefaultOrganization#31"),
			Fields: []spec.Field{
				spec.Req("organization_id", &spec.Schema{Type: spec.String}),
				spec.Req("flows", &spec.Schema{Type: spec.Array, Items: &spec.Schema{Type: spec.String, Enum: []string{"client_credentials"}}}),
			},
		}),
	}

	newClient     = &spec.Schema{Type: spec.Object, Open: true, Fields: clientFields, Evidence: spec.Assumed("the full list of members is not at hand")}
	changedClient = &spec.Schema{Type: spec.Object, Open: true, Fields: append([]spec.Field{
		spec.Opt("name", clientName),
	}, clientFields[1:]...), Evidence: newClient.Evidence}
	shownClientSchema = &spec.Schema{Type: spec.Object, Open: true}
)

func clientNotFound(evidence spec.Evidence) spec.Error {
	return spec.Error{
		Code: "inexistent_client", Status: 404, Message: "The client does not exist", Class: spec.NotFound, Evidence: evidence,
	}
}

var defaultOrganizationNotFound = spec.Error{
	Code: "default_organization_not_found", Wire: "invalid_body", Status: 400, Message: "The default organization does not exist.",
	Evidence: spec.Assumed("the recorders destroyed the bodies of refused clients; the envelope is that of a refused body"),
}

func listClients(c *spec.Call) (spec.Reply, error) {
	w, err := windowOf(c, 50)
	if err != nil {
		return spec.Reply{}, err
	}
	keep, err := clientFilter(c)
	if err != nil {
		return spec.Reply{}, err
	}
	return listing{
		kind: "clients", list: "clients", name: "clients", totalsFirst: true, keep: keep,
		show: func(o *state.Object) state.Doc { return projected(c, shownClient(c, o)) },
	}.answer(c, w)
}

// clientFilter is what a request's filters keep, nil for everything.
func clientFilter(c *spec.Call) (func(*state.Object) bool, error) {
	if q := c.Query.Get("q"); q != "" {
		granted, err := grantedClients(c, q)
		return func(o *state.Object) bool { return granted[o.ID] }, err
	}
	firstParty, global, types := c.Query.Get("is_first_party"), c.Query.Get("is_global"), c.Query.Get("app_type")
	if firstParty == "" && global == "" && types == "" {
		return nil, nil
	}
	return func(o *state.Object) bool {
		return global != "true" && // the tenant's global client is not emulated
			(firstParty == "" || firstParty == o.Doc.Get("is_first_party").Raw) &&
			(types == "" || slices.Contains(strings.Split(types, ","), o.Doc.Text("app_type")))
	}, nil
}

// grantedClients answers the two queries that Auth0 permits: the clients with a grant for an organization, and those
// with a grant for any.
func grantedClients(c *spec.Call, q string) (map[string]bool, error) {
	granted := map[string]bool{}
	if organization, ok := strings.CutPrefix(q, "client_grant.organization_id:"); ok {
		for _, link := range c.Tx.List("organization_client_grants", "organization_client_grants", organization) {
			if grant, err := c.Tx.Get("client_grants", link.Doc.Text("grant_id")); err == nil {
				granted[grant.Doc.Text("client_id")] = true
			}
		}
		return granted, nil
	}
	if q != "client_grant.allow_any_organization:true" {
		return nil, c.Fail("invalid_query_string", "detail", "Query validation error: 'Invalid query' on property q.")
	}
	for grant := range c.Tx.All("client_grants") {
		if grant.Doc.Get("allow_any_organization").Bool() {
			granted[grant.Doc.Text("client_id")] = true
		}
	}
	return granted, nil
}

func createClient(c *spec.Call) (spec.Reply, error) {
	if err := checkDefaultOrganization(c); err != nil {
		return spec.Reply{}, err
	}
	o, err := c.Build("clients", c.Body.Drop("client_id", "signing_keys"))
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: withSigningKeys(o.Doc)}, nil
}

func checkDefaultOrganization(c *spec.Call) error {
	id := c.Body.Get("default_organization", "organization_id")
	if id.Exists() && !c.Tx.Has("organizations", id.Str) {
		return c.Fail("default_organization_not_found")
	}
	return nil
}

const clientRefreshToken = `{"rotation_type":"non-rotating","expiration_type":"non-expiring","leeway":0,"token_lifetime":2592000,` +
	`"infinite_token_lifetime":true,"infinite_idle_token_lifetime":true,"idle_token_lifetime":1296000}`

// buildClient gives an id, a secret and the recorded defaults.
func buildClient(c *spec.Call, d state.Doc) (state.Doc, error) {
	id, secret := d.Text("client_id"), d.Text("client_secret")
	if id == "" {
		id = c.ID("clients", 32)
	}
	if secret == "" {
		secret = c.Secret("clients.secret", 64)
	}
	configuration := state.Doc(`{"secret_encoded":false}`).Merge(state.Doc(rawOr(d, "jwt_configuration", `{"lifetime_in_seconds":36000}`)))
	refresh := state.Doc(clientRefreshToken).Merge(state.Doc(rawOr(d, "refresh_token", "{}")))
	defaults := state.NewBuilder().
		Raw("name", d.Get("name").Raw).Raw("description", d.Get("description").Raw).
		Text("client_id", id).Text("client_secret", secret).Raw("app_type", d.Get("app_type").Raw).
		Bool("is_first_party", true).Bool("is_token_endpoint_ip_header_trusted", false).Bool("oidc_conformant", false).
		Raw("jwt_configuration", string(configuration)).
		Bool("sso_disabled", false).Bool("cross_origin_authentication", false).
		Raw("grant_types", `["authorization_code","implicit","refresh_token","client_credentials"]`).
		Bool("custom_login_page_on", true).Raw("refresh_token", string(refresh)).Doc()
	given := d.Drop("client_id", "client_secret", "jwt_configuration", "refresh_token")
	return nonNull(defaults.Merge(given)), nil
}

// nonNull drops every member that is null.
func nonNull(d state.Doc) state.Doc {
	for name, value := range d.Get().Map() {
		if value.Raw == "null" {
			d = d.Drop(name)
		}
	}
	return d
}

func clientOf(c *spec.Call) (*state.Object, error) {
	o, err := c.Tx.Get("clients", c.Vars["id"])
	if err != nil {
		return nil, c.Fail("inexistent_client")
	}
	return o, nil
}

func getClient(c *spec.Call) (spec.Reply, error) {
	o, err := clientOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: projected(c, shownClient(c, o))}, nil
}

// shownClient is a client with the key that signs its tokens; without any keys where the caller may not read them.
func shownClient(c *spec.Call, o *state.Object) state.Doc {
	if !c.Caller.May([]string{"read:client_keys", "read:client_credentials"}) {
		return o.Doc.Drop("client_secret", "encryption_key", "client_authentication_methods")
	}
	return withSigningKeys(o.Doc)
}

func withSigningKeys(d state.Doc) state.Doc {
	key := state.NewBuilder().Text("cert", signer().certificate).Text("subject", "deprecated").Doc()
	return d.Set("signing_keys", string(state.Array([]state.Doc{key})))
}

// updateClient merges the top level; null removes.
func updateClient(c *spec.Call) (spec.Reply, error) {
	o, err := clientOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	if err := checkDefaultOrganization(c); err != nil {
		return spec.Reply{}, err
	}
	if o, err = c.Tx.Replace(o, nonNull(o.Doc.Merge(c.Body.Drop("client_id", "signing_keys")))); err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: shownClient(c, o)}, nil
}

// deleteClient answers 204 whether or not there was a client, as recorded.
func deleteClient(c *spec.Call) (spec.Reply, error) {
	o, err := c.Tx.Get("clients", c.Vars["id"])
	if err != nil {
		return spec.Reply{}, nil
	}
	return spec.Reply{}, removeClient(c.Tx, o)
}

// removeClient deletes a client with its grants and its places in organizations and connections.
func removeClient(tx *state.Tx, client *state.Object) error {
	for _, grant := range tx.List("client_grants", "by_client", client.ID) {
		if err := removeClientGrant(tx, grant); err != nil {
			return err
		}
	}
	if err := deleteListed(tx, "organization_clients", "by_client", client.ID); err != nil {
		return err
	}
	if err := dropConnectionClient(tx, client.ID); err != nil {
		return err
	}
	return tx.Delete("clients", client.ID)
}
