package atlas

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
)

const (
	oauthPrefix = "/api/oauth"
	oauthPages  = "Atlas service accounts documentation, 1713fe33"
)

const formMedia = "application/x-www-form-urlencoded"

var oauth = []spec.Operation{
	{
		ID: "oauth.token", Method: "POST", Path: oauthPrefix + "/token",
		Summary: "Get an access token for a service account",
		Public:  true,
		Body:    tokenForm, Media: []string{formMedia},
		Status: 200, Reply: tokenResult,
		Errors:   oauthErrors,
		Handle:   createToken,
		Evidence: spec.Documented(oauthPages),
	},
	{
		ID: "oauth.revoke", Method: "POST", Path: oauthPrefix + "/revoke",
		Summary: "End an access token before its time",
		Public:  true,
		Body:    revokeForm, Media: []string{formMedia},
		Status:   200,
		Errors:   oauthErrors,
		Handle:   revokeToken,
		Evidence: spec.Documented(oauthPages),
	},
}

func isOAuth(op *spec.Operation) bool { return strings.HasPrefix(op.ID, "oauth.") }

var (
	inBody = spec.Assumed("the documentation sends the credentials by Basic; RFC 6749 has them in the body too")

	tokenForm = &spec.Schema{Type: spec.Object, Open: true, Evidence: spec.ClientCode("golang.org/x/oauth2 clientcredentials"), Fields: []spec.Field{
		spec.Req("grant_type", &spec.Schema{Type: spec.String, Example: `"client_credentials"`}),
		spec.Req("client_id", &spec.Schema{Type: spec.String, Kind: "service_accounts", Evidence: inBody}),
		spec.Req("client_secret", &spec.Schema{Type: spec.String, Kind: "service_accounts.clientSecret", Evidence: inBody}),
	}}
	revokeForm = &spec.Schema{Type: spec.Object, Open: true, Evidence: spec.ClientCode("atlas-sdk-go 68a9d51"), Fields: []spec.Field{
		spec.Req("token", &spec.Schema{Type: spec.String, Kind: "tokens"}),
		spec.Req("client_id", &spec.Schema{Type: spec.String, Kind: "service_accounts", Evidence: inBody}),
		spec.Req("client_secret", &spec.Schema{Type: spec.String, Kind: "service_accounts.clientSecret", Evidence: inBody}),
	}}
	tokenResult = &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("access_token", textSchema),
		spec.Req("expires_in", &spec.Schema{Type: spec.Integer}),
		spec.Req("token_type", &spec.Schema{Type: spec.String, Enum: []string{"Bearer"}}),
	}}
)

// oauthErrors have OAuth's own shape. The last five are raised by the stages before the handler and by scenarios.
var oauthErrors = []spec.Error{
	{
		Code: "invalid_client", Status: 401, Message: "Invalid credentials provided.", Class: spec.Unauthenticated,
		Evidence: spec.Documented(oauthPages),
	},
	{
		Code: "invalid_request", Status: 400, Message: "Missing or malformed parameter: {name}.", Class: spec.Invalid,
		Sample:   []string{"name", "grant_type"},
		Evidence: spec.Documented(oauthPages + " for status and code; the text is assumed"),
	},
	{
		Code: "unsupported_grant_type", Status: 400, Message: "Unsupported grant type: {grant}.", Sample: []string{"grant", "password"},
		Evidence: spec.Documented(oauthPages + " for status and code; the text is assumed"),
	},
	{
		Code: "access_denied", Status: 403, Message: "Access denied.",
		Evidence: spec.Documented(oauthPages + " for status and code, which only a scenario raises; the text is assumed"),
	},
	{
		Code: "RATE_LIMITED_TOKEN_BUCKET", Wire: "rate_limit_exceeded", Status: 429, Message: "Too many requests.", Class: spec.Throttled,
		Evidence: spec.Documented(oauthPages + " for the status; code and text are assumed"),
	},
	{
		Code: "INVALID_QUERY_PARAMETER", Wire: "invalid_request", Status: 400, Message: "Invalid query parameter: {detail}.",
		Sample:   []string{"detail", "pretty"},
		Evidence: spec.Assumed("a parameter of the query is not known to be taken"),
	},
	{
		Code: "PAYLOAD_TOO_LARGE", Wire: "invalid_request", Status: 413, Message: "The request has more than {detail} bytes.",
		Sample:   []string{"detail", "1048576"},
		Evidence: spec.Assumed("the bound is the emulator's"),
	},
	{
		Code: noCode, Wire: "server_error", Status: 500, Message: "Unexpected error.", Class: spec.Internal,
		Evidence: spec.Documented(oauthPages + " for status and code; the text is assumed"),
	},
	{
		Code: "SERVICE_UNAVAILABLE", Wire: "temporarily_unavailable", Status: 503, Message: "Service Unavailable", Class: spec.Unavailable,
		Evidence: spec.Assumed("code by RFC 6749"),
	},
}

// oauthCode is a row's code in OAuth's words, also of a row that has none of its own there.
func oauthCode(e *spec.Error) string {
	code := e.WireCode()
	switch {
	case code == strings.ToLower(code):
		return code
	case e.Status >= 500:
		return "server_error"
	}
	return "invalid_request"
}

// clientForm is a request at a token endpoint.
type clientForm struct {
	url.Values
	clientID, secret string
}

// clientRequest reads a form; Basic credentials come before those of the body.
func clientRequest(r *http.Request, body []byte) (clientForm, error) {
	values, err := url.ParseQuery(string(body))
	f := clientForm{Values: values, clientID: values.Get("client_id"), secret: values.Get("client_secret")}
	if id, secret, ok := r.BasicAuth(); ok {
		f.clientID, f.secret = unescaped(id), unescaped(secret)
	}
	return f, err
}

// unescaped undoes the form encoding that RFC 6749 asks of Basic credentials; what is not encoded so stays.
func unescaped(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

// client reads a request at a token endpoint and says whether its client is who it says. An account that the world has is
// held to its secret everywhere; one that it does not have is taken in lenient worlds.
func client(c *spec.Call) (clientForm, error) {
	f, err := clientRequest(c.Request, c.Raw)
	if err != nil {
		return f, c.Fail("invalid_request", "name", "body")
	}
	account, err := c.Tx.Get("service_accounts", f.clientID)
	known := err == nil
	if f.clientID == "" || known && f.secret != account.Doc.Text("clientSecret") || !known && c.Strict {
		return f, c.Fail("invalid_client")
	}
	c.Caller.Name = f.clientID
	return f, nil
}

func createToken(c *spec.Call) (spec.Reply, error) {
	f, err := client(c)
	if err != nil {
		return spec.Reply{}, err
	}
	switch grant := f.Get("grant_type"); grant {
	case "client_credentials":
	case "":
		return spec.Reply{}, c.Fail("invalid_request", "name", "grant_type")
	default:
		return spec.Reply{}, c.Fail("unsupported_grant_type", "grant", grant)
	}
	token, err := issue(c, f.clientID, "", tokenLifetime)
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: tokenReply(token, tokenLifetime), Bind: []string{token}}, nil
}

// revokeToken ends a token of the client's own. By RFC 7009 a token that is not known is none any more.
func revokeToken(c *spec.Call) (spec.Reply, error) {
	f, err := client(c)
	if err != nil {
		return spec.Reply{}, err
	}
	if f.Get("token") == "" {
		return spec.Reply{}, c.Fail("invalid_request", "name", "token")
	}
	token, err := c.Tx.Get("tokens", f.Get("token"))
	if err != nil || token.Doc.Text("clientId") != f.clientID {
		return spec.Reply{}, nil
	}
	return spec.Reply{}, c.Tx.Delete("tokens", token.ID)
}
