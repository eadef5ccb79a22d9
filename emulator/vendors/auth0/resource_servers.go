package auth0

import (
	"net/url"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// resourceServers are APIs. The recorders rewrote every recorded body of theirs.
var resourceServers = []spec.Operation{
	{
		ID: "resource_servers.list", Method: "GET", Path: "/api/v2/resource-servers",
		Summary: "List APIs",
		Needs:   []string{"read:resource_servers"},
		Query: append([]spec.Param{
			{Name: "identifiers", Repeat: true, Evidence: spec.ClientCode(sdkSource), Schema: &spec.Schema{Type: spec.String}},
			projectionParams[1],
		}, offsetAndCheckpoint...),
		Status: 200, Reply: pageOf("resource_servers", resourceServer),
		Errors:   []spec.Error{pageBound},
		Handle:   listResourceServers,
		Evidence: spec.ClientCode(sdkSource),
	},
	{
		ID: "resource_servers.create", Method: "POST", Path: "/api/v2/resource-servers",
		Summary: "Create an API",
		Needs:   []string{"create:resource_servers"},
		Body:    newResourceServer,
		Status:  201, Reply: resourceServer,
		Errors: []spec.Error{{
			Code: "resource_server_conflict", Wire: "-", Status: 409, Message: "A resource server with the same identifier already exists.",
			Class: spec.Conflict, On: state.ErrConflict, Evidence: spec.Assumed("by analogy with connections"),
		}},
		Handle:   createResourceServer,
		Evidence: spec.Recorded("tf-TestAccOrganizationClientGrant#2"),
	},
	{
		ID: "resource_servers.get", Method: "GET", Path: "/api/v2/resource-servers/{id}",
		Summary: "Get an API by its id or its identifier",
		Needs:   []string{"read:resource_servers"},
		Query:   projectionParams[1:],
		Status:  200, Reply: resourceServer,
		Errors:   []spec.Error{resourceServerNotFound(spec.Recorded("sdk:TestResourceServer_Delete"))},
		Handle:   getResourceServer,
		Evidence: spec.Recorded("tf-TestAccOrganizationClientGrant#3"),
	},
	{
		ID: "resource_servers.update", Method: "PATCH", Path: "/api/v2/resource-servers/{id}",
		Summary: "Change an API",
		Needs:   []string{"update:resource_servers"},
		Body:    changedResourceServer,
		Status:  200, Reply: resourceServer,
		Errors:   []spec.Error{resourceServerNotFound(spec.Assumed("what GET answers"))},
		Handle:   updateResourceServer,
		Evidence: spec.ClientCode(sdkSource),
	},
	{
		ID: "resource_servers.delete", Method: "DELETE", Path: "/api/v2/resource-servers/{id}",
		Summary:  "Delete an API with the grants for it",
		Needs:    []string{"delete:resource_servers"},
		BodyFree: true,
		Status:   204,
		Handle:   deleteResourceServer,
		Evidence: spec.Recorded("tf-TestAccOrganizationClientGrant#34; repeated deletes too"),
	},
}

// resourceServerKind holds APIs. Their identifier, the audience of their tokens, is unique.
var resourceServerKind = spec.Kind{
	Name: "resource_servers", Remove: removeResourceServer,
	Schema: &spec.Schema{Type: spec.Object, Open: true, Fields: append([]spec.Field{
		spec.Opt("id", &spec.Schema{Type: spec.String, MinLength: 1}),
	}, newResourceServer.Fields...)},
	Identify: func(d state.Doc) string { return d.Text("id") },
	Unique:   func(o *state.Object) (string, string) { return "", o.Doc.Text("identifier") },
	Key:      func(_ *state.Tx, o *state.Object) string { return o.Doc.Text("identifier") },
	Build:    buildResourceServer,
	Secrets:  []string{"signing_secret"},
	Evidence: spec.Recorded("tf-TestAccOrganizationClientGrant#2 for the defaults"),
}

var (
	resourceServerFields = []spec.Field{
		spec.Opt("name", &spec.Schema{Type: spec.String, MaxLength: 200, Pattern: clientName.Pattern, Evidence: spec.ClientCode(sdkSource + "; the length is assumed")}),
		spec.Opt("scopes", &spec.Schema{Type: spec.Array | spec.Null, Items: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
			spec.Req("value", &spec.Schema{Type: spec.String, MinLength: 1}),
			spec.Opt("description", anyString),
		}}, Evidence: spec.Recorded("go-TestClientGrantManager_Organizations#2")}),
		spec.Opt("signing_alg", &spec.Schema{Type: spec.String, Enum: []string{"HS256", "RS256", "RS512", "PS256"}, Evidence: spec.ClientCode(sdkSource)}),
		spec.Opt("signing_secret", anyString),
		spec.Opt("allow_offline_access", anyBoolean),
		spec.Opt("token_lifetime", &spec.Schema{Type: spec.Integer, Min: spec.Int(0)}),
		spec.Opt("token_lifetime_for_web", &spec.Schema{Type: spec.Integer, Min: spec.Int(0)}),
		spec.Opt("token_dialect", anyString),
		spec.Opt("skip_consent_for_verifiable_first_party_clients", anyBoolean),
		spec.Opt("enforce_policies", anyBoolean),
		spec.Opt("subject_type_authorization", anyObject),
	}
	newResourceServer = &spec.Schema{Type: spec.Object, Open: true, Fields: append([]spec.Field{
		spec.Req("identifier", &spec.Schema{Type: spec.String, MinLength: 1, MaxLength: 600, Evidence: spec.ClientCode(sdkSource + "; the length is assumed")}),
	}, resourceServerFields...), Evidence: spec.Assumed("the full list of members is not at hand")}
	changedResourceServer = &spec.Schema{Type: spec.Object, Open: true, Fields: resourceServerFields, Evidence: newResourceServer.Evidence}
	resourceServer        = &spec.Schema{Type: spec.Object, Open: true, Fields: []spec.Field{
		spec.Req("id", &spec.Schema{Type: spec.String}), spec.Req("identifier", &spec.Schema{Type: spec.String}),
	}}
)

func resourceServerNotFound(evidence spec.Evidence) spec.Error {
	return spec.Error{
		Code: "inexistent_resource_server", Status: 404, Message: "The resource server does not exist", Class: spec.NotFound, Evidence: evidence,
	}
}

// isManagementAPI tells whether an audience is the Management API's. Its host is not compared: one tenant is reached by
// many names here, and clients are often set up with the name of the real one.
func isManagementAPI(audience string) bool {
	u, err := url.Parse(audience)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.Path == "/api/v2/" && u.RawQuery == ""
}

// apiOf is the resource server with an identifier. The Management API is known, but no object of the world.
func apiOf(tx *state.Tx, identifier string) (api *state.Object, known bool) {
	api, err := tx.Named("resource_servers", "", identifier)
	if err != nil {
		return nil, isManagementAPI(identifier)
	}
	return api, true
}

func listResourceServers(c *spec.Call) (spec.Reply, error) {
	w, err := windowOf(c, 50)
	if err != nil {
		return spec.Reply{}, err
	}
	l := listing{kind: "resource_servers", list: "resource_servers", name: "resource_servers", totalsFirst: true}
	if identifiers := c.Query["identifiers"]; len(identifiers) > 0 {
		l.keep = func(o *state.Object) bool { return slices.Contains(identifiers, o.Doc.Text("identifier")) }
	}
	return l.answer(c, w)
}

func createResourceServer(c *spec.Call) (spec.Reply, error) {
	o, err := c.Build("resource_servers", c.Body.Drop("id"))
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: o.Doc}, nil
}

const subjectTypeAuthorization = `{"client":{"policy":"require_client_grant"},"user":{"policy":"allow_all"}}`

func buildResourceServer(c *spec.Call, d state.Doc) (state.Doc, error) {
	id := d.Text("id")
	if id == "" {
		id = c.Hex("resource_servers", 24)
	}
	defaults := state.NewBuilder().Text("id", id).Raw("name", d.Get("name").Raw).Raw("identifier", d.Get("identifier").Raw).
		Raw("scopes", d.Get("scopes").Raw).Text("signing_alg", "RS256").Bool("allow_offline_access", false).
		Int("token_lifetime", 86400).Int("token_lifetime_for_web", 7200).
		Bool("skip_consent_for_verifiable_first_party_clients", false).
		Raw("subject_type_authorization", subjectTypeAuthorization).Doc()
	built := defaults.Merge(d)
	if strings.HasPrefix(built.Text("signing_alg"), "HS") && !built.Has("signing_secret") {
		built = built.SetText("signing_secret", c.Secret("resource_servers.secret", 32))
	}
	return nonNull(built), nil
}

// resourceServerOf finds by id or by identifier.
func resourceServerOf(c *spec.Call) (*state.Object, error) {
	if o, err := c.Tx.Get("resource_servers", c.Vars["id"]); err == nil {
		return o, nil
	}
	o, err := c.Tx.Named("resource_servers", "", c.Vars["id"])
	if err != nil {
		return nil, c.Fail("inexistent_resource_server")
	}
	return o, nil
}

func getResourceServer(c *spec.Call) (spec.Reply, error) {
	o, err := resourceServerOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: o.Doc}, nil
}

// updateResourceServer merges the top level; null removes. The identifier never changes.
func updateResourceServer(c *spec.Call) (spec.Reply, error) {
	o, err := resourceServerOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	if o, err = c.Tx.Replace(o, nonNull(o.Doc.Merge(c.Body.Drop("id", "identifier")))); err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: o.Doc}, nil
}

// deleteResourceServer answers 204 whether or not there was one, as recorded.
func deleteResourceServer(c *spec.Call) (spec.Reply, error) {
	o, err := resourceServerOf(c)
	if err != nil {
		return spec.Reply{}, nil
	}
	return spec.Reply{}, removeResourceServer(c.Tx, o)
}

// removeResourceServer deletes a resource server with the grants of it.
func removeResourceServer(tx *state.Tx, server *state.Object) error {
	for _, grant := range tx.List("client_grants", "by_audience", server.Doc.Text("identifier")) {
		if err := removeClientGrant(tx, grant); err != nil {
			return err
		}
	}
	return tx.Delete("resource_servers", server.ID)
}
