package atlas

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// tokenLifetime is what access tokens live for. The Terraform provider asks for another ten minutes before the end.
const tokenLifetime = time.Hour

// maxTokens is how many access tokens a world keeps. The oldest go first, and are refused then.
const maxTokens = 10_000

var (
	textSchema = &spec.Schema{Type: spec.String}
	accessList = &spec.Schema{Type: spec.Array, Items: &spec.Schema{Type: spec.String, Format: &spec.Pattern{
		Text: "IP address or CIDR block", Is: isAddress,
	}}}
	heldRoles = &spec.Schema{Type: spec.Array, Items: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("roleName", &spec.Schema{Type: spec.String, Enum: everyRole}),
		spec.Opt("orgId", textSchema),
		spec.Opt("groupId", textSchema),
	}}}
)

// apiKeyKind holds programmatic API keys. One without roles may do everything; a role that names neither organization nor
// project is held in all.
var apiKeyKind = spec.Kind{
	Name: "api_keys", Secrets: []string{"privateKey"},
	Schema: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("publicKey", &spec.Schema{Type: spec.String, MinLength: 1, MaxLength: 64}),
		spec.Req("privateKey", &spec.Schema{Type: spec.String, MinLength: 1}),
		spec.Opt("desc", textSchema),
		spec.Opt("roles", heldRoles),
		spec.Opt("accessList", accessList),
	}},
	Identify: func(d state.Doc) string { return d.Text("publicKey") },
	Key:      func(_ *state.Tx, o *state.Object) string { return o.ID },
	Build:    buildHolder,
	Evidence: spec.Documented(specification),
}

// serviceAccountKind holds service accounts, with roles and an access list as API keys have them.
var serviceAccountKind = spec.Kind{
	Name: "service_accounts", Secrets: []string{"clientSecret"},
	Schema: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("clientId", &spec.Schema{Type: spec.String, MinLength: 1, MaxLength: 64}),
		spec.Req("clientSecret", &spec.Schema{Type: spec.String, MinLength: 1}),
		spec.Opt("name", textSchema),
		spec.Opt("roles", heldRoles),
		spec.Opt("accessList", accessList),
	}},
	Identify: func(d state.Doc) string { return d.Text("clientId") },
	Key:      func(_ *state.Tx, o *state.Object) string { return o.ID },
	Build:    buildHolder,
	Evidence: spec.Documented(specification),
}

// buildHolder lets a key or an account hold roles in what is there.
func buildHolder(c *spec.Call, d state.Doc) (state.Doc, error) {
	for i, role := range d.Get("roles").Array() {
		org, group := role.Get("orgId").Str, role.Get("groupId").Str
		switch {
		case org != "" && group != "":
			return "", fmt.Errorf("roles[%d]: a role is held in an organization or in a project, not in both", i)
		case org != "" && !c.Tx.Has("orgs", org):
			return "", fmt.Errorf("roles[%d]: no organization has the id %q", i, org)
		case group != "" && !c.Tx.Has("groups", group):
			return "", fmt.Errorf("roles[%d]: no project has the id %q", i, group)
		}
	}
	return d, nil
}

// isAddress tells whether an entry of an access list can let anybody in.
func isAddress(entry string) bool {
	_, noBlock := netip.ParsePrefix(entry)
	_, noAddress := netip.ParseAddr(entry)
	return noBlock == nil || noAddress == nil
}

// tokenKind holds the access tokens that this world minted and that were not revoked. A standalone one has no service
// account, but roles of its own.
var tokenKind = spec.Kind{
	Name: "tokens", Internal: true, Secrets: []string{"access_token"},
	Schema: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("access_token", textSchema),
		spec.Req("clientId", textSchema),
		spec.Req("expiresAt", &spec.Schema{Type: spec.Integer}),
		spec.Opt("roles", heldRoles),
		spec.Opt("standalone", &spec.Schema{Type: spec.Boolean}),
	}},
	Identify: func(d state.Doc) string { return d.Text("access_token") },
	Key:      func(_ *state.Tx, o *state.Object) string { return o.ID },
	Evidence: spec.Assumed("the service's own store of tokens can't be seen"),
}

// issue makes an access token and keeps it, at the expense of the oldest. It is a service account's where the world has
// that; else it stands alone, with these roles. It has the form of a JWT; who reads one finds nobody's signature.
func issue(c *spec.Call, clientID, roles string, ttl time.Duration) (string, error) {
	expires := c.Now.Add(ttl).Unix()
	header := state.NewBuilder().Text("alg", "HS256").Text("typ", "JWT").Doc()
	claims := state.NewBuilder().Text("sub", clientID).Int("iat", int(c.Now.Unix())).Int("exp", int(expires)).
		Text("jti", c.ID("tokens/"+c.World, 22)).Doc()
	text := encoded(string(header)) + "." + encoded(string(claims))
	token := text + "." + signed(text)
	_, err := c.Build("tokens", state.NewBuilder().Text("access_token", token).Text("clientId", clientID).
		Int("expiresAt", int(expires)).Raw("roles", roles).Bool("standalone", !c.Tx.Has("service_accounts", clientID)).Doc())
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

// signed is the signature of a token's header and claims.
func signed(text string) string {
	mac := hmac.New(sha256.New, []byte("understudy"))
	mac.Write([]byte(text))
	return encoded(string(mac.Sum(nil)))
}

// ours tells whether a token was made by issue, in whichever world.
func ours(token string) bool {
	end := strings.LastIndexByte(token, '.')
	return end > 0 && hmac.Equal([]byte(token[end+1:]), []byte(signed(token[:end])))
}

func encoded(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

func tokenReply(token string, ttl time.Duration) state.Doc {
	return state.NewBuilder().Text("access_token", token).Int("expires_in", int(ttl/time.Second)).Text("token_type", "Bearer").Doc()
}

// mint makes a credential: a "token" (the default), an "api_key" or a "service_account". With a role it has that role
// everywhere; without one it may do everything.
func mint(c *spec.Call, want spec.Credential) (spec.Minted, error) {
	roles := ""
	switch {
	case len(want.Scopes) > 0:
		return spec.Minted{}, fmt.Errorf("atlas: credentials have roles, not scopes")
	case want.TTL < 0:
		return spec.Minted{}, fmt.Errorf("atlas: the ttl %v is negative", want.TTL)
	case want.Role != "" && !slices.Contains(everyRole, want.Role):
		return spec.Minted{}, fmt.Errorf("atlas: no role %q; there are %s", want.Role, strings.Join(everyRole, ", "))
	case want.Role != "":
		roles = string(state.Array([]state.Doc{state.NewBuilder().Text("roleName", want.Role).Doc()}))
	}
	switch {
	case want.Kind == "" || want.Kind == "token":
		return mintToken(c, roles, want.TTL)
	case want.Kind != "api_key" && want.Kind != "service_account":
		return spec.Minted{}, fmt.Errorf("atlas: no credential of kind %q; there are token, api_key and service_account", want.Kind)
	case want.TTL != 0:
		return spec.Minted{}, fmt.Errorf("atlas: a credential of kind %s has no ttl", want.Kind)
	case want.Kind == "api_key":
		return mintAPIKey(c, roles)
	}
	account, err := c.Build("service_accounts", newServiceAccount(c, roles))
	if err != nil {
		return spec.Minted{}, err
	}
	return spec.Minted{Fields: account.Doc.Pick("clientId", "clientSecret"), Names: []string{account.ID}}, nil
}

// newServiceAccount is an account with a new id and secret.
func newServiceAccount(c *spec.Call, roles string) state.Doc {
	return state.NewBuilder().Text("clientId", "mdb_sa_id_"+c.Hex("service_accounts/"+c.World, 24)).
		Text("clientSecret", "mdb_sa_sk_"+c.Secret("service_accounts/"+c.World, 40)).Raw("roles", roles).Doc()
}

func mintToken(c *spec.Call, roles string, ttl time.Duration) (spec.Minted, error) {
	if ttl == 0 {
		ttl = tokenLifetime
	}
	token, err := issue(c, "mdb_sa_id_"+c.Hex("tokens/"+c.World, 24), roles, ttl)
	if err != nil {
		return spec.Minted{}, err
	}
	return spec.Minted{Fields: tokenReply(token, ttl), Names: []string{token}}, nil
}

// mintAPIKey makes a key of eight letters and its private half, of a UUID's form.
func mintAPIKey(c *spec.Call, roles string) (spec.Minted, error) {
	hash := c.Tx.Hash("api_keys/" + c.World)
	public := make([]byte, 8)
	for i := range public {
		public[i] = 'a' + hash[i]%26
	}
	private := c.Hex("api_keys/"+c.World, 32)
	private = strings.Join([]string{private[:8], private[8:12], private[12:16], private[16:20], private[20:]}, "-")
	key, err := c.Build("api_keys", state.NewBuilder().Text("publicKey", string(public)).Text("privateKey", private).Raw("roles", roles).Doc())
	if err != nil {
		return spec.Minted{}, err
	}
	return spec.Minted{Fields: key.Doc.Pick("publicKey", "privateKey"), Names: []string{key.ID}}, nil
}
