package spec

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// Call is one request on its way through the stages, as handlers see it.
type Call struct {
	Vendor    *Vendor
	Operation *Operation
	Request   *http.Request
	Secure    bool   // the client speaks https
	Prefix    string // /w/NAME where the path chose the world
	World     string
	Args      []string          // of the error row that is rendered: name, value pairs that filled its message
	Vars      map[string]string // path parameters, unescaped once
	Query     url.Values
	Body      state.Doc // "" where the request has none
	Raw       []byte    // the body as it came
	Now       time.Time // read once per request
	Strict    bool      // only minted and declared credentials are taken
	Caller    Caller
	Quota     Quota // where the caller stands, when an error row is rendered
	Tx        *state.Tx
}

// Base is scheme and host as the client used them, with the world's prefix; "" where there is no request.
func (c *Call) Base() string {
	if c.Request == nil {
		return ""
	}
	scheme := "http://"
	if c.Secure {
		scheme = "https://"
	}
	return scheme + c.Request.Host + c.Prefix
}

// Caller is who sent a request.
type Caller struct {
	Name   string   // stable: what `per: caller` and verdicts count by
	Scopes []string // or roles
	All    bool     // may do everything
	// Stranger is set where the credential is one that nobody minted: another credential may be the same caller's.
	Stranger bool
}

// May tells whether the caller has one of the needed scopes.
func (c *Caller) May(needs []string) bool {
	if c.All || len(needs) == 0 {
		return true
	}
	for _, need := range needs {
		for _, has := range c.Scopes {
			if has == need {
				return true
			}
		}
	}
	return false
}

// Credential is what a client wants to be given.
type Credential struct {
	Kind   string // the vendor's word: "token", "client", "api_key", "service_account"; "" is its default
	Scopes []string
	Role   string
	TTL    time.Duration // 0: the vendor's default
}

// Minted is a credential, ready to use: Fields are what a client needs, in order; Names are what Vendor.Credential finds
// in its requests.
type Minted struct {
	Fields state.Doc
	Names  []string
}

// Failure is an answer with an error row of the table.
type Failure struct {
	Code string
	Args []string // name, value pairs for the message's places
}

func (f *Failure) Error() string { return f.Code }

// Fail answers with the operation's row for a code; args are name, value pairs for its message.
func (c *Call) Fail(code string, args ...string) error { return &Failure{Code: code, Args: args} }

// Resolve finds the row and the message that an error of a handler stands for, and sets Args. Nil: the table has no such
// row.
func (c *Call) Resolve(err error) (*Error, string) {
	var failure *Failure
	if errors.As(err, &failure) {
		row := c.Vendor.Error(c.Operation, failure.Code)
		if row == nil {
			return nil, ""
		}
		c.Args = failure.Args
		return row, Fill(row.Message, failure.Args...)
	}
	for _, cause := range []error{state.ErrNotFound, state.ErrConflict} {
		if errors.Is(err, cause) {
			if row := c.Vendor.ErrorOn(c.Operation, cause); row != nil {
				return row, row.Message
			}
		}
	}
	return nil, ""
}

const alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// ID makes an identifier of n letters and digits, the same for the same world, history and label.
func (c *Call) ID(label string, n int) string {
	out := make([]byte, 0, n)
	for len(out) < n {
		for _, b := range c.Tx.Hash(label) {
			if b < 4*62 && len(out) < n { // else the first letters come up more often
				out = append(out, alphanumeric[b%62])
			}
		}
	}
	return string(out)
}

// Hex makes an identifier of n hexadecimal digits.
func (c *Call) Hex(label string, n int) string {
	const digits = "0123456789abcdef"
	sum := c.Tx.Hash(label)
	out := make([]byte, n)
	for i := range out {
		out[i] = digits[sum[i/2%32]>>(4*(i%2))&15]
	}
	return string(out)
}

// Secret makes a secret of n characters.
func (c *Call) Secret(label string, n int) string {
	out := ""
	for len(out) < n {
		sum := c.Tx.Hash(label)
		out += base64.RawURLEncoding.EncodeToString(sum[:])
	}
	return out[:n]
}

// Build runs a kind's Build and inserts the object.
func (c *Call) Build(kind string, doc state.Doc) (*state.Object, error) {
	k := c.Vendor.Kind(kind)
	if k.Build != nil {
		built, err := k.Build(c, doc)
		if err != nil {
			return nil, err
		}
		doc = built
	}
	return c.Tx.Insert(k.Object(doc))
}
