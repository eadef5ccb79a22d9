package auth0

import (
	"net/http"
	"strings"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// tokenKind holds access tokens that this world minted. A token that is not here is a stranger: lenient worlds take it.
var tokenKind = spec.Kind{
	Name: "tokens", Internal: true, Secrets: []string{"access_token"},
	Schema:   &spec.Schema{Type: spec.Object, Open: true},
	Identify: func(d state.Doc) string { return d.Text("access_token") },
	Key:      func(_ *state.Tx, o *state.Object) string { return o.ID },
}

func credential(r *http.Request, _ []byte) string {
	token, _ := bearer(r)
	return token
}

func bearer(r *http.Request) (string, bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return token, strings.EqualFold(scheme, "Bearer") && token != "" && !strings.Contains(token, " ")
}

func authenticate(c *spec.Call) error {
	if c.Request.Header.Get("Authorization") == "" {
		return c.Fail("missing_authentication")
	}
	token, ok := bearer(c.Request)
	if !ok {
		return c.Fail("Bearer")
	}
	known, err := c.Tx.Get("tokens", token)
	if err != nil {
		c.Caller = spec.Caller{Name: "bearer", All: true}
		return nil
	}
	_ = known
	return nil
}

func mint(c *spec.Call, want spec.Credential) (spec.Minted, error) { return spec.Minted{}, nil }
