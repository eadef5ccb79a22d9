// Package careful is a client of four vendors that takes nothing for granted: it waits as it is told, backs off where it
// is told nothing, looks before it writes and after, repeats no write whose outcome it does not know before a look, gets
// new tokens, reads lists to their ends, and writes only what is not yet as it should be.
package careful

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/understudy-dev/understudy/examples/provision/job"
)

// Client syncs jobs. Its fields are not changed while it does.
type Client struct {
	HTTP    *http.Client // its own time-out is not needed: each attempt has one
	Access  job.Accesses
	Changed func(what string) // is told each change, such as "auth0: create organization acme"
}

// mostBeginnings is how often a vendor's part is begun where somebody takes away what it builds on.
const mostBeginnings = 3

// Sync makes a job true, vendor by vendor. What one vendor fails at does not keep it from the others; the error says all
// that failed.
func (c Client) Sync(ctx context.Context, want job.Job) error {
	return errors.Join(
		sync(ctx, c.auth0(), want.Auth0, syncAuth0),
		sync(ctx, c.atlas(), want.Atlas, syncAtlas),
		sync(ctx, c.devrev(), want.DevRev, syncDevRev),
		sync(ctx, c.qovery(), want.Qovery, syncQovery),
	)
}

func sync[T any](ctx context.Context, a *api, want *T, part func(context.Context, *api, *T) error) (err error) {
	if want == nil {
		return nil
	}
	if a.base == "" || a.token == "" && (a.grant == nil || a.grant.clientID == "") {
		return fmt.Errorf("%s: no base URL or no credential in the environment", a.vendor)
	}
	for range mostBeginnings {
		if err = part(ctx, a, want); !errors.Is(err, errGone) {
			break
		}
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", a.vendor, err)
	}
	return err
}

func (c Client) api(vendor string, access job.Access, scheme string) *api {
	return &api{
		vendor: vendor, http: c.HTTP, base: access.URL, token: access.Token, scheme: scheme, media: "application/json",
		changed: func(what string) { c.Changed(vendor + ": " + what) },
	}
}

func (c Client) auth0() *api {
	a := c.api("auth0", c.Access.Auth0, "Bearer ")
	if a.token == "" {
		a.grant = &grant{
			path: "/oauth/token", clientID: c.Access.Auth0.ClientID, secret: c.Access.Auth0.ClientSecret,
			inForm: url.Values{"audience": {a.base + "/api/v2/"}},
		}
	}
	return a
}

func (c Client) atlas() *api {
	a := c.api("atlas", c.Access.Atlas, "Bearer ")
	a.media = "application/vnd.atlas.2023-01-01+json" // every operation that is called here has this version
	if a.token == "" {
		a.grant = &grant{path: "/api/oauth/token", clientID: c.Access.Atlas.ClientID, secret: c.Access.Atlas.ClientSecret, basic: true}
	}
	return a
}

func (c Client) devrev() *api { return c.api("devrev", c.Access.DevRev, "Bearer ") }

func (c Client) qovery() *api { return c.api("qovery", c.Access.Qovery, "Token ") }
