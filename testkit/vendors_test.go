package testkit_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/testkit"
)

// TestOneWorldHoldsEveryVendor sends what each vendor's clients send, to one world.
func TestOneWorldHoldsEveryVendor(t *testing.T) {
	w := testkit.Start(t, testkit.Strict())
	for _, c := range []struct {
		url, authorization, operation string
		status                        int
		want                          string
	}{
		{w.Auth0().URL() + "/api/v2/organizations", "Bearer " + w.Auth0().Token(), "auth0.organizations.list", 200, `"name":"acme"`},
		{w.DevRev().URL() + "/dev-orgs.auth-connections.list", w.DevRev().Token(""), "devrev.auth_connections.list", 200, `"type":"samlp"`},
		{w.DevRev().URL() + "/dev-users.self", "Bearer " + w.DevRev().Token("member"), "devrev.dev_users.self", 200, `"email":"ben.okafor@acme.example"`},
		{w.Qovery().URL() + "/organization", "Token " + w.Qovery().Token(""), "qovery.organizations.list", 200, `"name":"acme"`},
		{w.Qovery().URL() + "/organization/ac000000-0000-4000-8000-00000000000a/apiToken", "Token " + w.Qovery().Token("viewer"), "qovery.api_tokens.list", 403, `"detail":"Insufficient permissions`},
	} {
		request, err := http.NewRequestWithContext(t.Context(), "GET", c.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", c.authorization)
		response, err := w.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != c.status || !strings.Contains(string(body), c.want) {
			t.Errorf("%s: %d %s %v", c.url, response.StatusCode, body, err)
		}
		w.Saw(t, c.operation, c.status)
	}
}
