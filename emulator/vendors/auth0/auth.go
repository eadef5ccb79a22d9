package auth0

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// tokenLifetime is what the Management API's tokens live for.
const tokenLifetime = 24 * time.Hour

// maxTokens is how many access tokens a world keeps. The oldest go first, and are strangers then.
const maxTokens = 10_000

// tokenKind holds the access tokens that this world minted. A token that is not here is a stranger. What a call needs stands first in a document, before the long members.
var tokenKind = spec.Kind{
	Name: "tokens", Internal: true, Secrets: []string{"access_token"},
	Schema: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("client_id", &spec.Schema{Type: spec.String}),
		spec.Req("audience", &spec.Schema{Type: spec.String}),
		spec.Req("expires_at", &spec.Schema{Type: spec.Integer}),
		spec.Req("all", &spec.Schema{Type: spec.Boolean}),
		spec.Req("scope", &spec.Schema{Type: spec.String}),
		spec.Req("access_token", &spec.Schema{Type: spec.String}),
	}},
	Identify: func(d state.Doc) string { return d.Text("access_token") },
	Key:      func(_ *state.Tx, o *state.Object) string { return o.ID },
	Evidence: spec.Assumed("the service's own store of tokens can't be seen"),
}

// credential finds the bearer token, or at the token endpoint the client.
func credential(r *http.Request, body []byte) string {
	if strings.HasSuffix(r.URL.Path, tokenPath) {
		form, _ := tokenRequest(r, body)
		return form.clientID
	}
	token, _ := bearer(r)
	return token
}

func bearer(r *http.Request) (string, bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return token, strings.EqualFold(scheme, "Bearer") && token != "" && !strings.Contains(token, " ")
}

// authenticate says who calls. Minted tokens are held to their expiry, audience and scopes in every world.
func authenticate(c *spec.Call) error {
	if c.Request.Header.Get("Authorization") == "" {
		return c.Fail("missing_authentication")
	}
	token, ok := bearer(c.Request)
	if !ok {
		return c.Fail("Bearer")
	}
	minted, err := c.Tx.Get("tokens", token)
	if err != nil {
		return stranger(c, token)
	}
	switch {
	case c.Now.Unix() >= minted.Doc.Get("expires_at").Int():
		return c.Fail("expired_token")
	case !isManagementAPI(minted.Doc.Text("audience")):
		return c.Fail("invalid_token")
	}
	c.Caller = spec.Caller{Name: caller(minted.Doc.Text("client_id")), All: minted.Doc.Get("all").Bool()}
	if !c.Caller.All {
		c.Caller.Scopes = strings.Fields(minted.Doc.Text("scope"))
	}
	return nil
}

// stranger decides about a token that this world does not keep. A strict world refuses it. A lenient one lets it do
// everything, except a token that another world or an earlier run signed: that one says itself what it may do.
func stranger(c *spec.Call, token string) error {
	claims, signed, ok := claimsOf(token)
	switch {
	case !signed && !c.Strict:
		sum := sha256.Sum256([]byte(token))
		c.Caller = spec.Caller{Name: "bearer-" + hex.EncodeToString(sum[:4]), All: true, Stranger: true}
		return nil
	case !ok:
		return c.Fail("Bearer")
	case !signed:
		return c.Fail("invalid_signature")
	case c.Now.Unix() >= claims.Get("exp").Int():
		return c.Fail("expired_token")
	case c.Strict || !isManagementAPI(claims.Text("aud")):
		return c.Fail("invalid_token")
	}
	c.Caller = spec.Caller{Name: claims.Text("sub"), Scopes: strings.Fields(claims.Text("scope"))}
	return nil
}

// caller is a client as the subject of its tokens.
func caller(clientID string) string { return clientID + "@clients" }

// grant is what a token is to allow.
type grant struct {
	clientID, audience string
	all                bool // everything that the audience has; scope then lists it
	scope              []string
	ttl                time.Duration
}

// issue makes an access token and keeps it, at the expense of the oldest. Its jti makes equal grants of different worlds differ.
func issue(c *spec.Call, g grant) (string, error) {
	scope := strings.Join(g.scope, " ")
	claims := state.NewBuilder().Text("iss", issuer(c)).Text("sub", caller(g.clientID)).Text("aud", g.audience).
		Int("iat", int(c.Now.Unix())).Int("exp", int(c.Now.Add(g.ttl).Unix())).
		Text("scope", scope).Text("gty", "client-credentials").Text("azp", g.clientID).
		Text("jti", c.ID("tokens/"+c.World, 22)).Doc()
	token, err := sign(claims)
	if err != nil {
		return "", err
	}
	_, err = c.Build("tokens", state.NewBuilder().Text("client_id", g.clientID).Text("audience", g.audience).
		Int("expires_at", int(c.Now.Add(g.ttl).Unix())).Bool("all", g.all).Text("scope", scope).Text("access_token", token).Doc())
	if err != nil {
		return "", err
	}
	for c.Tx.Count("tokens", "tokens", "") > maxTokens {
		if err := c.Tx.Delete("tokens", c.Tx.Page("tokens", "tokens", "", 0, 1)[0].ID); err != nil {
			return "", err
		}
	}
	return token, nil
}

// issuer is the tenant's URL, with the slash that Auth0 writes. A token that no request asked for has no URL to go by.
func issuer(c *spec.Call) string {
	if c.Base() == "" {
		return "https://auth0.localhost/"
	}
	return c.Base() + "/"
}

// everyScope lists the scopes of the Management API's emulated operations.
func everyScope(v *spec.Vendor) []string {
	scopes := map[string]bool{}
	for i := range v.Operations {
		for _, need := range v.Operations[i].Needs {
			scopes[need] = true
		}
	}
	return slices.Sorted(maps.Keys(scopes))
}

// mint makes a credential: a "token" (the default) of some scopes, or a "client" with a grant for them. Without scopes
// it may do everything.
func mint(c *spec.Call, want spec.Credential) (spec.Minted, error) {
	every := everyScope(c.Vendor)
	g := grant{audience: issuer(c) + "api/v2/", all: len(want.Scopes) == 0, scope: want.Scopes, ttl: want.TTL}
	for _, scope := range want.Scopes {
		if !slices.Contains(every, scope) {
			return spec.Minted{}, fmt.Errorf("auth0: no emulated operation needs the scope %q", scope)
		}
	}
	if g.all {
		g.scope = every
	}
	switch {
	case want.Role != "":
		return spec.Minted{}, fmt.Errorf("auth0: credentials have scopes, not roles")
	case want.TTL < 0:
		return spec.Minted{}, fmt.Errorf("auth0: the ttl %v is negative", want.TTL)
	case want.Kind == "" || want.Kind == "token":
		return mintToken(c, g)
	case want.Kind == "client" && want.TTL != 0:
		return spec.Minted{}, fmt.Errorf("auth0: a client has no ttl; its tokens live for %v", tokenLifetime)
	case want.Kind == "client":
		return mintClient(c, g)
	}
	return spec.Minted{}, fmt.Errorf("auth0: no credential of kind %q; there are token and client", want.Kind)
}

func mintToken(c *spec.Call, g grant) (spec.Minted, error) {
	if g.ttl == 0 {
		g.ttl = tokenLifetime
	}
	g.clientID = c.ID("clients/"+c.World, 32)
	token, err := issue(c, g)
	if err != nil {
		return spec.Minted{}, err
	}
	return spec.Minted{Fields: tokenReply(token, g), Names: []string{token}}, nil
}

func mintClient(c *spec.Call, g grant) (spec.Minted, error) {
	client, err := c.Build("clients", state.NewBuilder().Text("name", "Minted client").
		Text("client_id", c.ID("clients/"+c.World, 32)).Text("app_type", "non_interactive").
		Raw("grant_types", `["client_credentials"]`).Doc())
	if err != nil {
		return spec.Minted{}, err
	}
	if !g.all {
		scope := make([]state.Doc, len(g.scope))
		for i := range g.scope {
			scope[i] = state.Doc(state.Quote(g.scope[i]))
		}
		_, err = c.Build("client_grants", state.NewBuilder().Text("client_id", client.ID).Text("audience", g.audience).
			Raw("scope", string(state.Array(scope))).Doc())
		if err != nil {
			return spec.Minted{}, err
		}
	}
	return spec.Minted{Fields: client.Doc.Pick("client_id", "client_secret"), Names: []string{client.ID}}, nil
}

// tokenReply is what the token endpoint answers.
func tokenReply(token string, g grant) state.Doc {
	return state.NewBuilder().Text("access_token", token).Text("scope", strings.Join(g.scope, " ")).
		Raw("expires_in", strconv.Itoa(int(g.ttl/time.Second))).Text("token_type", "Bearer").Doc()
}

func authorize(h http.Header, minted state.Doc) {
	h.Set("Authorization", "Bearer "+minted.Text("access_token"))
}

// ended refuses a token that was revoked, or whose time is over.
func ended(c *spec.Call, expired bool) error {
	if expired {
		return c.Fail("expired_token")
	}
	return c.Fail("invalid_token")
}
