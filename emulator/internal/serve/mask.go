package serve

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

const masked = "***"

// Names are compared folded: in lower case, letters and digits alone.

// secretMembers are secret under exactly these names; the secrets of the tables' kinds come to them.
var secretMembers = []string{
	"authcode", "authorizationcode", "code", "codeverifier", "configuration", "devicecode", "dpop", "otp", "usercode", "xauth", "xauthkey",
}

// secretEnds are secret at the end of a name.
var secretEnds = []string{"accesskey", "assertion", "decryptionkey", "encryptionkey", "pass", "passphrase", "passwd", "pwd", "samlresponse", "signingkey"}

// secretWords are secret anywhere in a name, unless what follows the last of them starts with one of the plain words.
var secretWords = []struct {
	word  string
	plain []string
}{
	{"secret", nil},
	{"privatekey", []string{"jwt"}},
	{"apikey", []string{"id"}},
	{"authorization", []string{"details", "endpoint", "server", "uri", "url"}},
	{"cookie", nil},
	{"password", []string{"complexity", "dictionary", "history", "length", "less", "nopersonalinfo", "options", "policy"}},
	{"token", []string{
		"dialect", "encryption", "endpoint", "exchange", "expir", "id", "lifetime", "quota", "rotation", "signing", "type", "uri", "url", "vault",
	}},
}

// schemes are the first words of an Authorization that are no secret.
var schemes = map[string]bool{"basic": true, "bearer": true, "digest": true, "token": true}

// secretNames collects the folded members that are masked wherever they stand.
func secretNames(vendors []*spec.Vendor) map[string]bool {
	names := map[string]bool{}
	for _, name := range secretMembers {
		names[name] = true
	}
	for _, v := range vendors {
		for i := range v.Kinds {
			for _, name := range v.Kinds[i].Secrets {
				names[fold(name)] = true
			}
		}
	}
	return names
}

// masker masks for one reading of a journal.
type masker struct {
	secrets map[string]bool // folded
	known   map[string]bool // names that were judged before
}

func (m *masker) entry(e *Entry) {
	e.RequestHeader = m.header(e.RequestHeader)
	e.Header = m.header(e.Header)
	e.RequestBody = m.body(e.RequestBody, false)
	e.Body = m.body(e.Body, e.Status >= http.StatusBadRequest)
	if path, query, found := strings.Cut(e.Path, "?"); found {
		masks, ok := m.query(query)
		if !ok {
			masks = masked
		}
		e.Path = path + "?" + masks
	}
}

func (m *masker) secret(name string) bool {
	known, ok := m.known[name]
	if !ok {
		known = m.judge(fold(name))
		m.known[name] = known
	}
	return known
}

func (m *masker) judge(name string) bool {
	if m.secrets[name] {
		return true
	}
	for _, end := range secretEnds {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	for _, s := range secretWords {
		if at := strings.LastIndex(name, s.word); at >= 0 && !startsWith(name[at+len(s.word):], s.plain) {
			return true
		}
	}
	return false
}

func startsWith(text string, any []string) bool {
	for _, start := range any {
		if strings.HasPrefix(text, start) {
			return true
		}
	}
	return false
}

func fold(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r >= utf8.RuneSelf:
			return r
		}
		return -1
	}, name)
}

func (m *masker) header(h http.Header) http.Header {
	out := h.Clone()
	for name, values := range out {
		hide := m.secret(name)
		for i, value := range values {
			if hide {
				values[i] = maskCredential(value)
			} else {
				values[i] = m.text(value)
			}
		}
	}
	return out
}

func maskCredential(value string) string {
	if scheme, _, found := strings.Cut(value, " "); found && schemes[strings.ToLower(scheme)] {
		return scheme + " " + masked
	}
	return masked
}

// body goes by what the body is, not by what its header says. What is neither JSON nor a form is shown as its length:
// nothing tells the secrets in it apart. A refusal's member "code" names the error and stays.
func (m *masker) body(body string, refusal bool) string {
	if body == "" {
		return ""
	}
	if start := strings.TrimLeft(body, " \t\r\n"); start != "" && (start[0] == '{' || start[0] == '[') {
		if utf8.ValidString(body) && gjson.Valid(body) {
			w := walk{masker: m, text: body, refusal: refusal, out: make([]byte, 0, len(body))}
			if w.value(0) {
				return string(w.out)
			}
		}
	} else if form(body) {
		if out, ok := m.query(body); ok {
			return out
		}
	}
	return masked + " " + strconv.Itoa(len(body)) + " bytes"
}

// form tells whether a body is plainly one: each piece a simple name and an encoded value. One piece without a value
// may be a padded secret.
func form(body string) bool {
	for piece := range strings.SplitSeq(body, "&") {
		name, value, found := strings.Cut(piece, "=")
		if !found || name == "" || strings.HasPrefix(value, "=") || value == "" && len(piece) == len(body) {
			return false
		}
		for i, c := range []byte(piece) {
			if c <= ' ' || c > '~' || strings.IndexByte(`"'<>{}`, c) >= 0 || c == ':' && i < len(name) {
				return false
			}
		}
	}
	return true
}

// query masks a query or form, and leaves the rest as it came; false where it is malformed.
func (m *masker) query(query string) (string, bool) {
	pieces := strings.Split(query, "&")
	for i, piece := range pieces {
		rawName, rawValue, found := strings.Cut(piece, "=")
		name, err := url.QueryUnescape(rawName)
		value, err2 := url.QueryUnescape(rawValue)
		if err != nil || err2 != nil || strings.Contains(piece, ";") {
			return "", false
		}
		if found && m.secret(name) {
			pieces[i] = rawName + "=" + masked
		} else if shown := m.text(value); shown != value {
			pieces[i] = rawName + "=" + strings.ReplaceAll(url.QueryEscape(shown), "%2A", "*")
		}
	}
	return strings.Join(pieces, "&"), true
}

// text masks in a string what needs no name or carries its own: a private key, a JWT, quoted JSON, and from its first
// secret on a URL, a form or a piece of JSON.
func (m *masker) text(text string) string {
	switch {
	case strings.Contains(text, "PRIVATE KEY"), strings.HasPrefix(text, "eyJ") && strings.Count(text, ".") >= 2:
		return masked
	case (strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[")) && strings.Contains(text, `"`):
		return m.body(text, false)
	case !strings.ContainsAny(text, "=:"):
		return text
	}
	for i := range len(text) {
		if c := text[i]; c == '=' || c == ':' && i > 0 && text[i-1] == '"' {
			name := strings.TrimRight(text[:i], `"`)
			name = name[strings.LastIndexAny(name, "=:?&#;, \"\n")+1:] // no byte is in two names: linear
			if m.secret(name) {
				return text[:i+1] + masked
			}
		}
	}
	return text
}

// walk copies a valid JSON text in one pass, without white space and secrets.
type walk struct {
	*masker
	text    string
	at      int
	refusal bool
	out     []byte
}

// value copies one value; false where the text nests deeper than state.Parse takes it.
func (w *walk) value(depth int) bool {
	w.space()
	switch c := w.text[w.at]; c {
	case '{', '[':
		return depth < state.MaxDepth && w.members(depth+1, c == '{', c+2) // in ASCII the brackets close two further
	case '"':
		w.quoted()
	default:
		w.out = append(w.out, w.plain()...)
	}
	return true
}

func (w *walk) members(depth int, object bool, end byte) bool {
	w.take()
	for w.space(); w.text[w.at] != end; w.space() {
		if w.text[w.at] == ',' {
			w.take()
			w.space()
		}
		hide := false
		if object {
			key := w.raw()
			w.out = append(w.out, key...)
			w.space()
			w.take()
			name := unquote(key)
			hide = w.secret(name) && !(w.refusal && name == "code")
		}
		from := len(w.out)
		if !w.value(depth) {
			return false
		}
		if hide && !harmless(string(w.out[from:])) {
			w.out = append(w.out[:from], `"`+masked+`"`...)
		}
	}
	w.take()
	return true
}

// harmless values tell nothing, whatever their name.
func harmless(raw string) bool { return raw == "null" || raw == "true" || raw == "false" }

func (w *walk) space() {
	for strings.IndexByte(" \t\r\n", w.text[w.at]) >= 0 {
		w.at++
	}
}

func (w *walk) take() {
	w.out = append(w.out, w.text[w.at])
	w.at++
}

// raw passes a string and returns it as it stands, with its quotes.
func (w *walk) raw() string {
	from := w.at
	for w.at++; w.text[w.at] != '"'; w.at++ {
		if w.text[w.at] == '\\' {
			w.at++
		}
	}
	w.at++
	return w.text[from:w.at]
}

func (w *walk) quoted() {
	raw := w.raw()
	text := unquote(raw)
	if shown := w.masker.text(text); shown != text {
		raw = state.Quote(shown)
	}
	w.out = append(w.out, raw...)
}

func (w *walk) plain() string {
	from := w.at
	for w.at < len(w.text) && strings.IndexByte(",]} \t\r\n", w.text[w.at]) < 0 {
		w.at++
	}
	return w.text[from:w.at]
}

func unquote(raw string) string {
	if strings.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1]
	}
	return gjson.Parse(raw).Str
}
