package qovery

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// jwtLifetime is how long a user's token lives where nothing else is asked for.
const jwtLifetime = 24 * time.Hour

// maxTokens is how many minted tokens a world keeps. The oldest go first, and are strangers then.
const maxTokens = 10_000

// credentialKind holds the tokens that this world minted, which have one role in every organization, or that its fixture
// declares. The API's own tokens are of the kind api_tokens and belong to one organization.
var credentialKind = spec.Kind{
	Name: "tokens", Internal: true, Secrets: []string{"access_token"},
	Schema: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("access_token", nonEmpty),
		spec.Opt("role", &spec.Schema{Type: spec.String, Enum: anyone}),
		spec.Opt("expires_at", &spec.Schema{Type: spec.Integer}),
	}},
	Identify: func(d state.Doc) string { return d.Text("access_token") },
	Key:      func(_ *state.Tx, o *state.Object) string { return o.ID },
	Build: func(_ *spec.Call, doc state.Doc) (state.Doc, error) {
		if !doc.Has("role") {
			doc = doc.SetText("role", owner)
		}
		return doc, nil
	},
	Evidence: spec.Assumed("the service's own store of tokens can't be seen"),
}

// credential is the token. Which word stands before it says nothing: the CLI chooses it by the look of the token.
func credential(r *http.Request, _ []byte) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Token") && !strings.EqualFold(scheme, "Bearer") || strings.Contains(token, " ") {
		return ""
	}
	return token
}

// authenticate says who calls, and with which role. In a lenient world a stranger owns every organization.
func authenticate(c *spec.Call) error {
	token := credential(c.Request, nil)
	if token == "" {
		return c.Fail("unauthorized")
	}
	if made, err := c.Tx.Named("api_tokens", state.Claimed, token); err == nil {
		c.Caller = spec.Caller{Name: made.Doc.Text("name"), Scopes: []string{roleWord(made.Doc.Text("organization_id"), made.Doc.Text("role_id"))}}
		return nil
	}
	known, err := c.Tx.Get("tokens", token)
	switch {
	case err != nil && c.Strict:
		return c.Fail("unauthorized")
	case err != nil:
		c.Caller = spec.Caller{Name: "owner", Scopes: []string{owner}}
		return nil
	case known.Doc.Has("expires_at") && c.Now.Unix() >= known.Doc.Get("expires_at").Int():
		return c.Fail("unauthorized")
	}
	c.Caller = spec.Caller{Name: known.Doc.Text("role"), Scopes: []string{known.Doc.Text("role")}}
	return nil
}

// home is the organization to which the caller's token belongs, "" for one that reaches all.
func home(c *spec.Call) string {
	made, err := c.Tx.Named("api_tokens", state.Claimed, credential(c.Request, nil))
	if err != nil {
		return ""
	}
	return made.Doc.Text("organization_id")
}

// mint makes an API token ("api_token", the default), which has no end, or a user's token ("jwt", the default where a
// ttl is asked for). Its role, owner by default, is one of Qovery's or custom, and holds in every organization.
func mint(c *spec.Call, want spec.Credential) (spec.Minted, error) {
	if want.Kind == "" {
		want.Kind = "api_token"
		if want.TTL > 0 {
			want.Kind = "jwt"
		}
	}
	if want.Role == "" {
		want.Role = owner
	}
	switch {
	case len(want.Scopes) > 0:
		return spec.Minted{}, fmt.Errorf("qovery: credentials have a role, not scopes")
	case want.TTL < 0:
		return spec.Minted{}, fmt.Errorf("qovery: the ttl %v is negative", want.TTL)
	case !slices.Contains(anyone, want.Role):
		return spec.Minted{}, fmt.Errorf("qovery: no role %q; there are %s", want.Role, strings.Join(anyone, ", "))
	case want.Kind == "api_token" && want.TTL > 0:
		return spec.Minted{}, fmt.Errorf("qovery: an api_token has no ttl; a jwt has one")
	case want.Kind == "api_token":
		return keep(c, apiToken(c), "Token", state.NewBuilder().Text("role", want.Role))
	case want.Kind == "jwt":
		return mintJWT(c, want)
	}
	return spec.Minted{}, fmt.Errorf("qovery: no credential of kind %q; there are api_token and jwt", want.Kind)
}

func apiToken(c *spec.Call) string { return "qov_" + c.ID("api_tokens/"+c.World, 48) }

// mintJWT makes a token in the form of a JSON Web Token, whose signature is of the right length and nothing more.
func mintJWT(c *spec.Call, want spec.Credential) (spec.Minted, error) {
	if want.TTL == 0 {
		want.TTL = jwtLifetime
	}
	expires := int(c.Now.Add(want.TTL).Unix())
	claims := state.NewBuilder().Text("sub", "auth0|"+c.Hex("users/"+c.World, 24)).Int("iat", int(c.Now.Unix())).Int("exp", expires).Doc()
	part := base64.RawURLEncoding.EncodeToString
	token := part([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + part([]byte(claims)) + "." + c.Secret("signatures", 342)
	return keep(c, token, "Bearer", state.NewBuilder().Text("role", want.Role).Int("expires_at", expires))
}

// keep remembers a token, at the expense of the oldest.
func keep(c *spec.Call, token, scheme string, b *state.Builder) (spec.Minted, error) {
	doc := state.NewBuilder().Text("access_token", token).Doc().Merge(b.Doc())
	if _, err := c.Tx.Insert(credentialKind.Object(doc)); err != nil {
		return spec.Minted{}, err
	}
	for c.Tx.Count("tokens", "tokens", "") > maxTokens {
		if err := c.Tx.Delete("tokens", c.Tx.Page("tokens", "tokens", "", 0, 1)[0].ID); err != nil {
			return spec.Minted{}, err
		}
	}
	return spec.Minted{Fields: doc.SetText("token_type", scheme), Names: []string{token}}, nil
}

func authorize(h http.Header, minted state.Doc) {
	h.Set("Authorization", minted.Text("token_type")+" "+minted.Text("access_token"))
}

// ended refuses a token that was revoked, or whose time is over: the service does not say which. An API token has no end.
func ended(c *spec.Call, expired bool) error {
	if expired && !expires(c.Tx, credential(c.Request, nil)) {
		return nil
	}
	return c.Fail("unauthorized")
}

// expires tells a user's token from an API token: by what the world knows of it, else by its form.
func expires(tx *state.Tx, token string) bool {
	if _, err := tx.Named("api_tokens", state.Claimed, token); err == nil {
		return false
	}
	if known, err := tx.Get("tokens", token); err == nil {
		return known.Doc.Has("expires_at")
	}
	return strings.Count(token, ".") == 2
}
