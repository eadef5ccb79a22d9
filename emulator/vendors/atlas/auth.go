package atlas

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// unauthorized is the row of whoever does not say who they are, or says it wrong.
const unauthorized = "UNAUTHORIZED"

// credential finds the API key, the token, or at the token endpoints the service account.
func credential(r *http.Request, body []byte) string {
	if strings.HasPrefix(r.URL.Path, oauthPrefix+"/") {
		f, _ := clientRequest(r, body)
		return f.clientID
	}
	header := r.Header.Get("Authorization")
	if token, ok := bearer(header); ok {
		return token
	}
	d, _ := parseDigest(header)
	return d.username
}

func bearer(header string) (string, bool) {
	scheme, token, _ := strings.Cut(header, " ")
	return token, strings.EqualFold(scheme, "Bearer") && token != "" && !strings.Contains(token, " ")
}

// authenticate says who calls, and then whether the request names a version. Known credentials are verified in every
// world; a lenient one takes others too, and lets them do everything.
func authenticate(c *spec.Call) error {
	header := c.Request.Header.Get("Authorization")
	token, bears := bearer(header)
	var err error
	if bears {
		err = authenticateToken(c, token)
	} else {
		err = authenticateDigest(c, header)
	}
	if err != nil {
		return err
	}
	_, err = version(c)
	return err
}

// refuse answers with a fresh challenge; stale tells a client that it may try again with the same password.
func refuse(c *spec.Call, stale bool) error {
	return c.Fail(unauthorized, "nonce", newNonce(c), "stale", fmt.Sprint(stale))
}

func authenticateDigest(c *spec.Call, header string) error {
	d, ok := parseDigest(header)
	count, counted := d.count()
	if !ok || !counted || !d.fits(c.Request) {
		return refuse(c, false)
	}
	key, err := c.Tx.Get("api_keys", d.username)
	known := err == nil
	if known && !d.proves(c.Request.Method, key.Doc.Text("privateKey")) || !known && c.Strict {
		return refuse(c, false)
	}
	if !spend(c, d.nonce, count) {
		return refuse(c, true)
	}
	if !known {
		c.Caller = spec.Caller{Name: d.username, All: true}
		return nil
	}
	return admit(c, d.username, key.Doc)
}

// authenticateToken takes a minted token as long as it lives and its account is there. One that this emulator has signed
// and the world does not have was revoked, or was among too many: it is no stranger's, and refused everywhere.
func authenticateToken(c *spec.Call, token string) error {
	minted, err := c.Tx.Get("tokens", token)
	switch {
	case err != nil && (c.Strict || ours(token)), err == nil && c.Now.Unix() >= minted.Doc.Get("expiresAt").Int():
		return refuse(c, false)
	case err != nil:
		hash := sha256.Sum256([]byte(token))
		c.Caller = spec.Caller{Name: "bearer-" + hex.EncodeToString(hash[:4]), All: true, Stranger: true}
		return nil
	case minted.Doc.Get("standalone").Bool():
		return admit(c, minted.Doc.Text("clientId"), minted.Doc)
	}
	account, err := c.Tx.Get("service_accounts", minted.Doc.Text("clientId"))
	if err != nil {
		return refuse(c, false)
	}
	return admit(c, account.ID, account.Doc)
}

// ended refuses a token that was revoked or whose time is over, and a key that was deleted; keys do not expire.
func ended(c *spec.Call, expired bool) error {
	if _, bears := bearer(c.Request.Header.Get("Authorization")); expired && !bears {
		return nil
	}
	return refuse(c, false)
}

// admit holds a caller to its access list and gives it its roles. Without any roles it may do everything.
func admit(c *spec.Call, name string, d state.Doc) error {
	if list := d.Get("accessList").Array(); len(list) > 0 {
		from := address(c.Request)
		if !slices.ContainsFunc(list, func(item gjson.Result) bool { return within(item.String(), from) }) {
			return c.Fail("IP_ADDRESS_NOT_ON_ACCESS_LIST", "address", from)
		}
	}
	c.Caller = spec.Caller{Name: name, Scopes: scopesOf(d)}
	c.Caller.All = len(c.Caller.Scopes) == 0
	return nil
}

// address is where a request comes from, without the port.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// within tells whether an address is an entry of an access list or in its CIDR block.
func within(entry, address string) bool {
	from, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	if block, err := netip.ParsePrefix(entry); err == nil {
		return block.Contains(from.Unmap())
	}
	only, err := netip.ParseAddr(entry)
	return err == nil && only.Unmap() == from.Unmap()
}

// authorize puts a minted token on a request, with the media type that the documented samples ask for.
func authorize(h http.Header, minted state.Doc) {
	h.Set("Authorization", "Bearer "+minted.Text("access_token"))
	h.Set("Accept", mediaStart+"2025-03-12"+mediaEnd)
}
