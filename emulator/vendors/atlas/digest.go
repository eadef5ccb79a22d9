package atlas

import (
	"crypto/md5"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
)

const realm = "MMS Public API"

// challenge is the header of a refusal, as recorded: between two directives stand a comma and one blank, and there are
// no others. The Go client knows no other form.
func challenge(args []string) string {
	return spec.Fill(`Digest realm="`+realm+`", domain="", nonce="{nonce}", algorithm=MD5, qop="auth", stale={stale}`, args...)
}

// digest is what a client answers a challenge with.
type digest struct {
	username, realm, nonce, uri, response, algorithm, cnonce, qop, nc string
}

// parseDigest reads an Authorization of the scheme Digest: names and values, quoted or not, in any order. False where it
// is malformed, has a directive twice or lacks one that an answer needs. Directives that nobody needs are passed over.
func parseDigest(header string) (digest, bool) {
	scheme, rest, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Digest") {
		return digest{}, false
	}
	var d digest
	fields := map[string]*string{
		"username": &d.username, "realm": &d.realm, "nonce": &d.nonce, "uri": &d.uri, "response": &d.response,
		"algorithm": &d.algorithm, "cnonce": &d.cnonce, "qop": &d.qop, "nc": &d.nc,
	}
	seen := map[string]bool{}
	for rest = strings.TrimLeft(rest, " \t,"); rest != ""; rest = strings.TrimLeft(rest, " \t,") {
		name, value, after, ok := directive(rest)
		if name = strings.ToLower(name); !ok || seen[name] {
			return digest{}, false
		}
		seen[name] = true
		if field := fields[name]; field != nil {
			*field = value
		}
		rest = after
	}
	whole := d.username != "" && d.nonce != "" && d.uri != "" && d.response != "" && d.cnonce != "" && d.nc != ""
	return d, whole
}

// directive takes one name=value from the front of a header.
func directive(text string) (name, value, rest string, ok bool) {
	name, rest, ok = strings.Cut(text, "=")
	name = strings.TrimRight(name, " \t")
	if !ok || name == "" || strings.ContainsAny(name, ` ",`) {
		return "", "", "", false
	}
	if rest = strings.TrimLeft(rest, " \t"); !strings.HasPrefix(rest, `"`) {
		end := strings.IndexAny(rest+",", ", \t")
		return name, rest[:end], rest[end:], !strings.Contains(rest[:end], `"`)
	}
	var b strings.Builder
	for i := 1; i < len(rest); i++ {
		switch c := rest[i]; {
		case c == '"':
			return name, b.String(), rest[i+1:], i+1 == len(rest) || strings.IndexByte(", \t", rest[i+1]) >= 0
		case c == '\\' && i+1 < len(rest):
			i++
			b.WriteByte(rest[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", "", "", false
}

// count is the nonce count, false where it is not eight hexadecimal digits or 0.
func (d digest) count() (uint64, bool) {
	n, err := strconv.ParseUint(d.nc, 16, 32)
	return n, err == nil && len(d.nc) == 8 && n > 0
}

// fits tells whether the answer is for this service, request and challenge, apart from nonce and password.
func (d digest) fits(r *http.Request) bool {
	return d.realm == realm && d.qop == "auth" && (d.algorithm == "" || strings.EqualFold(d.algorithm, "MD5")) &&
		(d.uri == r.RequestURI || d.uri == r.URL.RequestURI())
}

// proves tells whether the answer was made with a password.
func (d digest) proves(method, password string) bool {
	secret := sum(d.username + ":" + realm + ":" + password)
	want := sum(secret + ":" + d.nonce + ":" + d.nc + ":" + d.cnonce + ":" + d.qop + ":" + sum(method+":"+d.uri))
	return subtle.ConstantTimeCompare([]byte(want), []byte(strings.ToLower(d.response))) == 1
}

func sum(text string) string {
	hash := md5.Sum([]byte(text))
	return hex.EncodeToString(hash[:])
}
