package devrev

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

// The roles of an organization's users, as far as they matter here.
const (
	admin  = "admin"
	member = "member"
)

// tokenLifetime is how long a minted token lives where nothing else is asked for.
const tokenLifetime = 365 * 24 * time.Hour

// maxTokens is how many tokens a world keeps. The oldest go first, and are strangers then.
const maxTokens = 10_000

// tokenKind holds the tokens that this world minted or its fixture declares. A token that is not here is a stranger.
var tokenKind = spec.Kind{
	Name: "tokens", Internal: true, Secrets: []string{"access_token"},
	Schema: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("access_token", &spec.Schema{Type: spec.String, MinLength: 1}),
		spec.Opt("subject", &spec.Schema{Type: spec.String}),
		spec.Opt("role", &spec.Schema{Type: spec.String, Enum: []string{admin, member}}),
		spec.Opt("expires_at", &spec.Schema{Type: spec.Integer}),
		spec.Opt("revoked", &spec.Schema{Type: spec.Boolean}),
	}},
	Refs:     map[string]string{"subject": "dev_users"},
	Identify: func(d state.Doc) string { return d.Text("access_token") },
	Key:      func(_ *state.Tx, o *state.Object) string { return o.ID },
	Build:    buildToken,
	Evidence: spec.Assumed("the service's own store of tokens can't be seen"),
}

// buildToken gives a declared token the subject, and the role that its subject has.
func buildToken(c *spec.Call, doc state.Doc) (state.Doc, error) {
	if subject := doc.Text("subject"); subject != "" {
		if user, err := c.Tx.Get("dev_users", subject); err == nil && !doc.Has("role") {
			doc = doc.SetText("role", user.Doc.Text("role"))
		}
		return doc, nil
	}
	if !doc.Has("role") {
		doc = doc.SetText("role", admin)
	}
	user := userWithRole(c.Tx, doc.Text("role"))
	if user == nil {
		return "", fmt.Errorf("no dev user has the role %s", doc.Text("role"))
	}
	return doc.SetText("subject", user.ID), nil
}

func userWithRole(tx *state.Tx, role string) *state.Object {
	for _, user := range tx.List("dev_users", "dev_users", "") {
		if user.Doc.Text("role") == role {
			return user
		}
	}
	return nil
}

// credential is the token, which stands alone or behind Bearer.
func credential(r *http.Request, _ []byte) string {
	token := r.Header.Get("Authorization")
	if scheme, rest, _ := strings.Cut(token, " "); strings.EqualFold(scheme, "Bearer") {
		token = rest
	}
	if strings.Contains(token, " ") {
		return ""
	}
	return token
}

// authenticate says who calls, and whether the version of the API that they ask for is known.
func authenticate(c *spec.Call) error {
	token := credential(c.Request, nil)
	org := devOrg(c.Tx)
	switch {
	case token == "", org == nil: // a token belongs to an organization
		return c.Fail("unauthenticated")
	case org.Doc.Get("deactivated").Bool():
		return c.Fail("dev_org_deactivated")
	}
	if err := identify(c, token); err != nil {
		return err
	}
	if version := c.Request.Header.Get("X-Devrev-Version"); version != "" && !slices.Contains(versions, version) {
		return c.Fail("invalid_api_version", "detail", string(state.NewBuilder().Text("value", version).Doc()))
	}
	return nil
}

// versions are the values of X-Devrev-Version that are known: the default, and the clients'.
var versions = []string{"2022-10-20", "2024-01-24"}

// identify finds a token's subject. A strict world refuses strangers; in a lenient one they are the first admin.
func identify(c *spec.Call, token string) error {
	known, err := c.Tx.Get("tokens", token)
	if err != nil {
		first := userWithRole(c.Tx, admin)
		if c.Strict || first == nil {
			return c.Fail("unauthenticated")
		}
		c.Caller = spec.Caller{Name: first.ID, Scopes: []string{admin}}
		return nil
	}
	switch {
	case known.Doc.Get("revoked").Bool():
		return c.Fail("token_revoked")
	case known.Doc.Has("expires_at") && c.Now.Unix() >= known.Doc.Get("expires_at").Int():
		return c.Fail("token_expired")
	}
	c.Caller = spec.Caller{Name: known.Doc.Text("subject"), Scopes: []string{known.Doc.Text("role")}}
	return nil
}

// mint makes a personal access token ("pat", the default) of the first user with a role, by default an admin, or an
// application's token ("aat"), which may call nothing here.
func mint(c *spec.Call, want spec.Credential) (spec.Minted, error) {
	org := devOrg(c.Tx)
	switch {
	case org == nil:
		return spec.Minted{}, fmt.Errorf("devrev: the world has no dev org; its fixture must name one under dev_orgs")
	case len(want.Scopes) > 0:
		return spec.Minted{}, fmt.Errorf("devrev: credentials have a role, not scopes")
	case want.TTL < 0:
		return spec.Minted{}, fmt.Errorf("devrev: the ttl %v is negative", want.TTL)
	case want.Kind == "aat" && want.Role != "":
		return spec.Minted{}, fmt.Errorf("devrev: an aat has no role")
	case want.Kind == "aat":
		return mintToken(c, want, org.ID+":svcacc/"+c.ID("service_accounts", 8), "")
	case want.Kind != "" && want.Kind != "pat":
		return spec.Minted{}, fmt.Errorf("devrev: no credential of kind %q; there are pat and aat", want.Kind)
	case want.Role == "":
		want.Role = admin
	}
	user := userWithRole(c.Tx, want.Role)
	if user == nil {
		return spec.Minted{}, fmt.Errorf("devrev: no dev user has the role %q; there are the roles %s and %s", want.Role, admin, member)
	}
	return mintToken(c, want, user.ID, want.Role)
}

func mintToken(c *spec.Call, want spec.Credential, subject, role string) (spec.Minted, error) {
	if want.TTL == 0 {
		want.TTL = tokenLifetime
	}
	expires := int(c.Now.Add(want.TTL).Unix())
	token := jwt(c, subject, expires)
	doc := state.NewBuilder().Text("access_token", token).Text("subject", subject).Int("expires_at", expires).Doc()
	if role != "" {
		doc = doc.SetText("role", role)
	}
	if _, err := c.Tx.Insert(tokenKind.Object(doc)); err != nil {
		return spec.Minted{}, err
	}
	for c.Tx.Count("tokens", "tokens", "") > maxTokens {
		if err := c.Tx.Delete("tokens", c.Tx.Page("tokens", "tokens", "", 0, 1)[0].ID); err != nil {
			return spec.Minted{}, err
		}
	}
	return spec.Minted{Fields: doc.Pick("access_token", "subject", "expires_at"), Names: []string{token}}, nil
}

// jwt is a token in the form of a JSON Web Token. Clients read its subject; the signature is of the right length and
// nothing more: only this world can tell that it made it.
func jwt(c *spec.Call, subject string, expires int) string {
	claims := state.NewBuilder().Text("sub", subject).Int("iat", int(c.Now.Unix())).Int("exp", expires).
		Text("jti", c.Hex("tokens/"+c.World, 32)).Doc()
	part := base64.RawURLEncoding.EncodeToString
	return part([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + part([]byte(claims)) + "." + c.Secret("signatures", 342)
}

// authorize sends the token as the SDK does, without a scheme.
func authorize(h http.Header, minted state.Doc) {
	h.Set("Authorization", minted.Text("access_token"))
}

// ended refuses a token that was revoked, or whose time is over.
func ended(c *spec.Call, expired bool) error {
	if expired {
		return c.Fail("token_expired")
	}
	return c.Fail("token_revoked")
}
