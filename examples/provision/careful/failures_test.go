package careful_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/understudy-dev/understudy/examples/provision/job"
	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/testkit"
)

// TestFailures plays what the library has not. says is the end of a run that fails, "" of one that does its work; at least
// and at most are how long it takes.
func TestFailures(t *testing.T) {
	for _, test := range []struct {
		name, vendor, rule, says string
		atLeast, atMost          time.Duration
	}{
		{"a wait that is too long", "auth0",
			`{intent: writes, calls: 1, answer: {status: 429, headers: {Retry-After: "3600"}}}`,
			"it asks to wait 1h0m0s, and more than 15m0s is too long", 0, time.Second},
		{"throttled, and not told how long", "atlas",
			`{intent: writes, calls: 1..3, answer: {status: 429, body: "{}"}}`, "", 7 * time.Second, 8 * time.Second},
		{"throttled for ever", "qovery",
			`{intent: writes, answer: {status: 429, body: "{}"}}`, "create custom role Auditors: POST", time.Minute, 2 * time.Minute},
		{"a moment of the token endpoint's", "auth0",
			`{intent: tokens, calls: 1..2, network: reset}`, "", 3 * time.Second, 4 * time.Second},
		{"no token to be had", "atlas",
			`{intent: tokens, answer: {status: 401, body: "{\"error\":\"invalid_client\"}"}}`, `401 {"error":"invalid_client"}`, 0, time.Second},
		{"a gateway's page in the place of JSON", "devrev",
			`{intent: reads, calls: 1, answer: {status: 200, headers: {Content-Type: text/html}, body: "<html>"}}`, "", time.Second, 2 * time.Second},
		{"reads that never come back", "qovery",
			`{intent: reads, network: hang}`, "context deadline exceeded", 2 * time.Minute, 3 * time.Minute},
		{"a write that is refused", "devrev",
			`{intent: updates, fail: forbidden}`, "update connection Acme (OpenID Connect): POST /dev-orgs.auth-connections.update: 403", 0, time.Second},
		{"a write that is said to be done and is not", "auth0",
			`{on: auth0.organizations.update, answer: {status: 200, body: "{}"}}`, "written, and not to be seen", time.Minute, 2 * time.Minute},
		{"a connection that somebody else adds first, and otherwise", "auth0",
			`{on: auth0.organization_connections.create, calls: 1, change: {create: auth0.organization_connections, set: ` +
				`{organization_id: acme, connection_id: acme-entra, assign_membership_on_login: false}}}`, "", time.Second, 2 * time.Second},
		{"a conflict that is answered as invalid", "qovery",
			`{on: qovery.custom_roles.create, calls: 1, phase: after_commit, fail: name_taken}`, "", time.Second, 2 * time.Second},
		{"what is invalid", "qovery",
			`{on: qovery.custom_roles.create, fail: invalid}`, "create custom role Auditors: POST", time.Second, 2 * time.Second},
		{"a configuration with more in it than documented", "atlas",
			`{on: atlas.connected_org_configs.get, patch: {set: {addedLately: true}}}`, "", 0, time.Second},
		{"what somebody always takes away", "auth0",
			`{on: auth0.organization_connections.update, change: {delete: target}}`, "", 0, time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := testkit.Start(t)
				scenario, err := scenarios.YAML("understudy: 1\nscenario: failure\nrules:\n  - " + test.rule + "\n").Scenario()
				if err != nil {
					t.Fatal(err)
				}
				w.Play(t, scenario.For(test.vendor))
				begun := time.Now()
				_, err = sync(t.Context(), w, acme(t, test.vendor))
				if took := time.Since(begun); took < test.atLeast || took > test.atMost {
					t.Errorf("it took %v", took)
				}
				if test.says == "" && err != nil || test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)) {
					t.Errorf("it ended with: %v", err)
				}
				if w.Disarm(); test.says == "" {
					settled(t, w, acme(t, test.vendor))
				}
			})
		})
	}
}

// TestOneVendorDoesNotKeepItFromTheOthers has one that is down.
func TestOneVendorDoesNotKeepItFromTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := testkit.Start(t)
		w.Play(t, scenarios.New("down").Rule(scenarios.On("atlas.*").Phase(scenarios.BeforeAuth).Fail("unavailable")))
		changes, err := sync(t.Context(), w, acme(t, ""))
		if err == nil || !strings.HasPrefix(err.Error(), "atlas: no token: POST /api/oauth/token: 503") || strings.Contains(err.Error(), "\n") {
			t.Errorf("it ended with: %v", err)
		}
		if all := strings.Join(changes, "\n"); len(changes) != 10 || strings.Contains(all, "atlas") {
			t.Errorf("it changed\n%s", all)
		}
	})
}

// TestRenewsATokenBeforeItEnds has one that lasts for an hour, of which nine tenths go by in waiting: nothing is refused.
func TestRenewsATokenBeforeItEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := testkit.Start(t)
		w.Play(t, scenarios.YAML(`{understudy: 1, scenario: busy, rules: [
			{on: atlas.federation_settings.get, calls: 1..4, answer: {status: 429, headers: {Retry-After: "840"}}}]}`))
		if _, err := sync(t.Context(), w, acme(t, "atlas")); err != nil {
			t.Error(err)
		}
		w.Saw(t, "atlas.oauth.token", 200, 200)
		w.Saw(t, "atlas.federation_settings.get", 429, 429, 429, 429, 200)
	})
}

// TestStopsWhenItIsTold is stopped in the middle of a pause.
func TestStopsWhenItIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := testkit.Start(t)
		w.Play(t, scenarios.New("down").Rule(scenarios.On("auth0.*").Phase(scenarios.BeforeAuth).Fail("unavailable")))
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		begun := time.Now()
		if _, err := sync(ctx, w, acme(t, "auth0")); !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) != 5*time.Second {
			t.Errorf("after %v: %v", time.Since(begun), err)
		}
	})
}

// TestRefusesToGuess has jobs that can't be done, each refused before anything is written.
func TestRefusesToGuess(t *testing.T) {
	oidc := `{"type":"oidc","display_name":"Acme (OpenID Connect)","client_id":"c","client_secret":"s","issuer":"https://login.acme.example"}`
	for _, test := range []struct {
		says string
		want job.Job
		put  string
	}{
		{"auth0: the tenant has no connection nobody",
			job.Job{Auth0: &job.Auth0{Organization: "acme", DisplayName: "Acme", Connections: []job.Auth0Connection{{Name: "nobody"}}}}, ""},
		{"atlas: there is no /api/atlas/v2/orgs/ac0000000000000000000099/federationSettings",
			job.Job{Atlas: &job.Atlas{Organization: "ac0000000000000000000099", IdentityProvider: "Acme SAML"}}, ""},
		{"atlas: the federation has no SAML identity provider Acme OIDC",
			job.Job{Atlas: &job.Atlas{Organization: "ac0000000000000000000001", IdentityProvider: "Acme OIDC"}}, ""},
		{"devrev: there is more than one connection Acme (OpenID Connect)",
			job.Job{DevRev: &job.DevRev{Connections: []job.DevRevConnection{{Name: "Acme (OpenID Connect)", Type: "oidc"}}}}, oidc},
		{"devrev: the connection Google is of type social, and a type does not change",
			job.Job{DevRev: &job.DevRev{Connections: []job.DevRevConnection{{Name: "Google", Type: "google_apps"}}}}, ""},
		{"qovery: there is no organization nobody", job.Job{Qovery: &job.Qovery{Organization: "nobody"}}, ""},
		{"qovery: connection acme-saml: the organization has no role nobody",
			job.Job{Qovery: &job.Qovery{Organization: "acme", Connections: []job.QoveryConnection{{Name: "acme-saml", DefaultRole: "nobody"}}}}, ""},
	} {
		t.Run(test.says, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := testkit.Start(t)
				if test.put != "" {
					w.Put("devrev", "auth_connections", test.put)
				}
				if _, err := sync(t.Context(), w, test.want); fmt.Sprint(err) != test.says {
					t.Errorf("it ended with: %v", err)
				}
				if n := writesOf(w); n != 0 {
					t.Errorf("it sent %d writes", n)
				}
			})
		})
	}
}
