package testkit_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/oauth2/clientcredentials"

	"github.com/understudy-dev/understudy/testkit"
)

func TestAtlasServiceAccount(t *testing.T) {
	w := testkit.Start(t, testkit.Strict())
	id, secret := w.Atlas().ServiceAccount()
	account := clientcredentials.Config{ClientID: id, ClientSecret: secret, TokenURL: w.Atlas().URL() + "/api/oauth/token"}
	request, err := http.NewRequestWithContext(t.Context(), "GET", w.Atlas().URL()+"/api/atlas/v2/orgs", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", "application/vnd.atlas.2023-01-01+json")

	response, err := account.Client(w.Context(t.Context())).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != 200 || !strings.Contains(string(body), `"name":"Acme"`) {
		t.Errorf("answered %d %s %v", response.StatusCode, body, err)
	}
	w.Saw(t, "atlas.oauth.token", 200)
	w.Saw(t, "atlas.orgs.list", 200)
}

func TestAtlasKeysAndAccountsAreAllDifferent(t *testing.T) {
	w := testkit.Start(t, testkit.Strict())
	seen := map[string]bool{}
	for range 3 {
		public, private := w.Atlas().APIKey()
		id, secret := w.Atlas().ServiceAccount()
		for _, text := range []string{public, private, id, secret} {
			if seen[text] || text == "" {
				t.Errorf("%q was minted before", text)
			}
			seen[text] = true
		}
		if len(public) != 8 || url.QueryEscape(id) != id || !strings.HasPrefix(id, "mdb_sa_id_") || !strings.HasPrefix(secret, "mdb_sa_sk_") {
			t.Errorf("minted %s, %s and %s", public, id, secret)
		}
	}
}
