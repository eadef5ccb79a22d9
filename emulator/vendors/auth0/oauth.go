package auth0

import (
	"mime"
	"net/http"
	"net/url"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

const tokenPath = "/oauth/token"

var oauth = []spec.Operation{
	{
		ID: "oauth.token", Method: "POST", Path: tokenPath,
		Summary: "Get an access token for client credentials",
		Public:  true,
		Body:    tokenForm,
		Media:   []string{"application/x-www-form-urlencoded", "application/json"},
		Status:  200, Reply: tokenResult,
		Errors:   oauthErrors,
		Handle:   createToken,
		Evidence: spec.Recorded("go:authentication/TestLoginWithClientCredentials"),
	},
	{
		ID: "oauth.jwks", Method: "GET", Path: "/.well-known/jwks.json",
		Summary: "Get the key that verifies access tokens",
		Public:  true,
		Status:  200, Reply: &spec.Schema{Type: spec.Object, Open: true},
		Handle:   func(*spec.Call) (spec.Reply, error) { return spec.Reply{Body: jwks()}, nil },
		Evidence: spec.Assumed("the form is RFC 7517's; the service's own answer is not at hand"),
	},
	{
		ID: "oauth.discovery", Method: "GET", Path: "/.well-known/openid-configuration",
		Summary: "Get the tenant's OpenID configuration",
		Public:  true,
		Status:  200, Reply: &spec.Schema{Type: spec.Object, Open: true},
		Handle:   getDiscovery,
		Evidence: spec.Assumed("the form is OpenID Connect Discovery 1.0's; the service's own answer is not at hand"),
	},
}

var (
	tokenForm = &spec.Schema{Type: spec.Object, Open: true, Evidence: spec.ClientCode("golang.org/x/oauth2 clientcredentials"), Fields: []spec.Field{
		spec.Req("grant_type", &spec.Schema{Type: spec.String, Example: `"client_credentials"`}),
		spec.Req("audience", &spec.Schema{Type: spec.String, Example: `"https://auth0.localhost/api/v2/"`}),
		spec.Opt("client_id", &spec.Schema{Type: spec.String, Kind: "clients"}),
		spec.Opt("client_secret", &spec.Schema{Type: spec.String, Kind: "clients.client_secret"}),
	}}
	tokenResult = &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("access_token", &spec.Schema{Type: spec.String}),
		spec.Opt("scope", &spec.Schema{Type: spec.String}),
		spec.Req("expires_in", &spec.Schema{Type: spec.Integer}),
		spec.Req("token_type", &spec.Schema{Type: spec.String, Enum: []string{"Bearer"}}),
	}}
)

// oauthErrors have OAuth's own shape. The last three are raised by the stages before the handler and by scenarios.
var oauthErrors = []spec.Error{
	{
		Code: "invalid_request", Status: 400, Message: "Missing required parameter: {name}",
		Sample:   []string{"name", "grant_type"},
		Evidence: spec.Assumed("status and code are recorded for other faults of a request, the text is not"),
	},
	{
		Code: "invalid_body", Wire: "invalid_request", Status: 400, Message: "{detail}", Class: spec.Invalid,
		Sample:   []string{"detail", "Invalid request payload JSON format"},
		Evidence: spec.Assumed("the Management API's text in OAuth's shape"),
	},
	{
		Code: "unsupported_grant_type", Status: 403, Message: "Unsupported grant type: {grant}",
		Sample:   []string{"grant", "password"},
		Evidence: spec.Assumed("403 is recorded for invalid_grant; code by RFC 6749"),
	},
	{
		Code: "unauthorized_client", Wire: "access_denied", Status: 401, Message: "Unauthorized", Class: spec.Unauthenticated,
		Evidence: spec.Assumed("the status is recorded, the recorders scrubbed the body; this is what is commonly seen"),
	},
	{
		Code: "missing_audience", Wire: "access_denied", Status: 403,
		Message:  "No audience parameter was provided, and no default audience has been configured",
		Evidence: spec.Assumed("from general knowledge of the service; nothing at hand shows it"),
	},
	{
		Code: "unknown_audience", Wire: "access_denied", Status: 403, Message: "Service not enabled within domain: {audience}",
		Sample:   []string{"audience", "https://api.example.com/"},
		Evidence: spec.Assumed("from general knowledge of the service; nothing at hand shows it"),
	},
	{
		Code: "payload_too_large", Wire: "invalid_request", Status: 413, Message: "Payload content length greater than maximum allowed: {detail}",
		Sample:   []string{"detail", "1048576"},
		Evidence: spec.Assumed("the Management API's text in OAuth's shape"),
	},
	{
		Code: "internal_error", Wire: "server_error", Status: 500, Message: "An internal server error occurred", Class: spec.Internal,
		Evidence: spec.Assumed("code by RFC 6749"),
	},
	{
		Code: "service_unavailable", Wire: "temporarily_unavailable", Status: 503, Message: "Service Unavailable", Class: spec.Unavailable,
		Evidence: spec.Assumed("code by RFC 6749"),
	},
}

// form is a token request, from wherever its parts came.
type form struct {
	grantType, audience, clientID, secret string
	assertion                             bool // private_key_jwt in the place of a secret
}

// tokenRequest reads a body of form fields or JSON; Basic credentials come before those of the body.
func tokenRequest(r *http.Request, body []byte) (form, error) {
	var get func(string) string
	if media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); media == "application/json" {
		doc, err := state.Parse(body)
		if err != nil {
			return form{}, err
		}
		get = func(name string) string { return doc.Text(name) }
	} else {
		values, err := url.ParseQuery(string(body))
		if err != nil {
			return form{}, err
		}
		get = values.Get
	}
	f := form{
		grantType: get("grant_type"), audience: get("audience"), clientID: get("client_id"), secret: get("client_secret"),
		assertion: get("client_assertion") != "",
	}
	if id, secret, ok := r.BasicAuth(); ok {
		f.clientID, f.secret = unescaped(id), unescaped(secret)
	}
	if f.clientID == "" && f.assertion {
		claims, _, _ := claimsOf(get("client_assertion"))
		f.clientID = claims.Text("sub")
	}
	return f, nil
}

// unescaped undoes the form encoding that RFC 6749 asks of Basic credentials; what is not encoded so stays.
func unescaped(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

// createToken answers the client credentials grant. A client that the world has is held to its secret everywhere; one
// that it does not have is taken in lenient worlds.
func createToken(c *spec.Call) (spec.Reply, error) {
	f, err := tokenRequest(c.Request, c.Raw)
	if err != nil {
		return spec.Reply{}, c.Fail("invalid_body", "detail", "Invalid request payload JSON format")
	}
	switch {
	case f.grantType == "":
		return spec.Reply{}, c.Fail("invalid_request", "name", "grant_type")
	case f.grantType != "client_credentials":
		return spec.Reply{}, c.Fail("unsupported_grant_type", "grant", f.grantType)
	case f.clientID == "":
		return spec.Reply{}, c.Fail("invalid_request", "name", "client_id")
	case !admitted(c, f):
		return spec.Reply{}, c.Fail("unauthorized_client")
	case f.audience == "":
		return spec.Reply{}, c.Fail("missing_audience")
	}
	api, known := apiOf(c.Tx, f.audience)
	if !known {
		return spec.Reply{}, c.Fail("unknown_audience", "audience", f.audience)
	}
	g := allowed(c, f, api)
	c.Caller.Name = caller(f.clientID)
	token, err := issue(c, g)
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: tokenReply(token, g), Bind: []string{token}}, nil
}

// admitted tells whether a client is who it says. An assertion is not verified, so strict worlds refuse it.
func admitted(c *spec.Call, f form) bool {
	client, err := c.Tx.Get("clients", f.clientID)
	if err != nil || f.assertion {
		return !c.Strict
	}
	return f.secret != "" && f.secret == client.Doc.Text("client_secret")
}

// allowed is what a client's token may do: what its grant for the audience says, or everything where it has none.
// The real service refuses a client without a grant; here a fixture need not know by which host it will be called.
func allowed(c *spec.Call, f form, api *state.Object) grant {
	g := grant{clientID: f.clientID, audience: f.audience, ttl: tokenLifetime}
	if api != nil && api.Doc.Get("token_lifetime").Int() > 0 {
		g.ttl = time.Duration(api.Doc.Get("token_lifetime").Int()) * time.Second
	}
	if o := grantFor(c.Tx, f); o != nil && !o.Doc.Get("allow_all_scopes").Bool() {
		for _, scope := range o.Doc.Get("scope").Array() {
			g.scope = append(g.scope, scope.Str)
		}
		return g
	}
	g.all = true
	if api == nil {
		g.scope = everyScope(c.Vendor)
		return g
	}
	for _, scope := range api.Doc.Get("scopes").Array() {
		g.scope = append(g.scope, scope.Get("value").Str)
	}
	return g
}

// grantFor is the client's own grant for an audience, or nil. Every name of the Management API is one audience.
func grantFor(tx *state.Tx, f form) *state.Object {
	for _, o := range tx.List("client_grants", "by_client", f.clientID) {
		granted := o.Doc.Text("audience")
		same := granted == f.audience || isManagementAPI(granted) && isManagementAPI(f.audience)
		if same && o.Doc.Text("subject_type") != "user" {
			return o
		}
	}
	return nil
}

func getDiscovery(c *spec.Call) (spec.Reply, error) {
	return spec.Reply{Body: state.NewBuilder().
		Text("issuer", issuer(c)).
		Text("authorization_endpoint", c.Base()+"/authorize").
		Text("token_endpoint", c.Base()+tokenPath).
		Text("jwks_uri", c.Base()+"/.well-known/jwks.json").
		Raw("response_types_supported", `["code"]`).
		Raw("grant_types_supported", `["client_credentials"]`).
		Raw("subject_types_supported", `["public"]`).
		Raw("id_token_signing_alg_values_supported", `["RS256"]`).
		Raw("token_endpoint_auth_methods_supported", `["client_secret_basic","client_secret_post"]`).Doc()}, nil
}
