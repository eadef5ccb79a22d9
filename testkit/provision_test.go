package testkit_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/understudy-dev/understudy/testkit"
)

// wanted is what a provisioning job makes true: an organization of this name, with these connections and no others.
type wanted struct {
	organization string
	connections  []connection
}

// organization and connection are what the jobs know of Auth0's, the connection of an organization.
type (
	organization struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	connection struct {
		ID     string `json:"connection_id"`
		Assign bool   `json:"assign_membership_on_login"`
	}
)

// organizations are a page of a tenant's.
type organizations struct {
	Organizations []organization
	Total         int
}

// pageOf asks for one organization, by its place in the list.
func pageOf(n int) string {
	return fmt.Sprintf("%s?include_totals=true&per_page=1&page=%d", organizationsPath, n)
}

// provisioner is a job, as people write them for Auth0. It knows nothing of what may be played to it.
type provisioner interface {
	provision(ctx context.Context, want wanted) error
	names(ctx context.Context) ([]string, error) // of the tenant's organizations
}

// provisioners are a job that takes nothing for granted and one that was tried once, when all went well.
var provisioners = map[string]func(c *http.Client, base string) provisioner{
	"careful":  func(c *http.Client, base string) provisioner { return &careful{http: c, base: base} },
	"careless": func(c *http.Client, base string) provisioner { return &careless{http: c, base: base} },
}

// newcomer is a customer's first day; leaver a customer who gives up all connections but one.
var (
	newcomer = wanted{"globex", []connection{{"con_AcmeEntra0000001", true}, {"con_AcmeOkta00000001", true}}}
	leaver   = wanted{"acme", []connection{{"con_AcmeOkta00000001", true}}}
)

const (
	organizationsPath = "/api/v2/organizations"
	clientCredentials = `{"grant_type":"client_credentials","client_id":"any","client_secret":"secret","audience":"https://auth0.understudy.test/api/v2/"}`
)

func newRequest(ctx context.Context, method, url, token, body string) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return r, nil
}

// TestProvisionersOnAGoodDay runs each twice: nothing goes wrong, and the second run finds all done.
func TestProvisionersOnAGoodDay(t *testing.T) {
	for name, start := range provisioners {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := testkit.Start(t)
				for range 2 {
					if err := start(w.Client(), w.URL("auth0")).provision(t.Context(), newcomer); err != nil {
						t.Fatal(err)
					}
				}
				w.Saw(t, "auth0.organizations.create", 201)
				w.Saw(t, "auth0.organization_connections.create", 201, 201)
			})
		})
	}
}
