package testkit_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/understudy-dev/understudy/testkit"
)

const (
	acmeOrganization = "org_Acme000000000001"
	path             = "/api/v2/organizations/" + acmeOrganization
)

// do sends a request with a token that may do everything and returns status and body.
func do(t testing.TB, w *testkit.World, method, path, body string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, w.URL("auth0")+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer any")
	request.Header.Set("Content-Type", "application/json")
	response, err := w.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func TestStart(t *testing.T) {
	w := testkit.Start(t)

	status, body := do(t, w, "PATCH", path, `{"display_name":"Acme Incorporated"}`)
	if status != 200 || !strings.Contains(body, `"display_name":"Acme Incorporated"`) {
		t.Errorf("PATCH answered %d %s", status, body)
	}
	w.Saw(t, "auth0.organizations.update", 200)
}

func TestStartInABubble(t *testing.T) {
	for name, opts := range map[string][]testkit.Option{"plain": nil, "TLS and HTTP/2": {testkit.TLS()}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := testkit.Start(t, append(opts, testkit.Limits("auth0=b2b"))...)
				for range 6 { // organizations.write holds 5 and gains 25 a minute
					do(t, w, "PATCH", path, `{"display_name":"Acme"}`)
				}
				time.Sleep(3 * time.Second)
				do(t, w, "PATCH", path, `{"display_name":"Acme"}`)

				w.Saw(t, "auth0.organizations.update", 200, 200, 200, 200, 200, 429, 200)
			})
		})
	}
}
