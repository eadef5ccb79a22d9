package testkit

import (
	"net/http"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator"
)

// Auth0 is the world's Auth0 tenant, in the words of its clients.
type Auth0 struct{ w *World }

// Auth0 gives typed access to the Auth0 tenant.
func (w *World) Auth0() Auth0 { return Auth0{w} }

// Domain is the tenant's, as SDKs take it. It works with the world's Client only.
func (a Auth0) Domain() string { return host("auth0") }

// URL is the tenant's base.
func (a Auth0) URL() string { return a.w.URL("auth0") }

// Token mints an access token with these scopes; with none, it may do everything.
func (a Auth0) Token(scopes ...string) string {
	a.w.tb.Helper()
	return a.w.mint("auth0", emulator.Credential{Scopes: scopes})
}

func (w *World) mint(vendor string, want emulator.Credential) string {
	w.tb.Helper()
	fields, err := w.world.Mint(vendor, want)
	if err != nil {
		w.tb.Fatalf("testkit: %v", err)
	}
	return gjson.Get(fields, "access_token").String()
}

// Request is a request with a token that may do everything, to a path such as /api/v2/organizations. A body is sent as JSON.
func (a Auth0) Request(tb testing.TB, method, path, body string) *http.Request {
	tb.Helper()
	request, err := http.NewRequestWithContext(tb.Context(), method, a.URL()+path, strings.NewReader(body))
	if err != nil {
		tb.Fatalf("testkit: %v", err)
	}
	request.Header.Set("Authorization", "Bearer "+a.w.token)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	return request
}
