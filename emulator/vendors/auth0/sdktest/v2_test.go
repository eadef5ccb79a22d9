package sdktest

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/auth0/go-auth0/v2/management"
	"github.com/auth0/go-auth0/v2/management/client"
	"github.com/auth0/go-auth0/v2/management/option"

	"github.com/understudy-dev/understudy/testkit"
)

func v2(t *testing.T, domain string, opts ...option.RequestOption) *client.Management {
	t.Helper()
	api, err := client.New(domain, opts...)
	must(t, err)
	return api
}

// TestV2OverHTTPS uses a real port, a real handshake and client credentials, as a service would.
func TestV2OverHTTPS(t *testing.T) {
	w := testkit.Start(t)
	ports := w.Listen(t)
	http := trusting(t, ports.CA)
	ctx := withOAuthClient(t.Context(), http)
	provisionV2(t, v2(t, ports.HTTPS, option.WithHTTPClient(http), option.WithClientCredentials(ctx, "any", "secret")))
	w.Saw(t, "auth0.organization_connections.update", 200)
}

func TestV2InABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := testkit.Start(t)
		provisionV2(t, v2(t, w.Auth0().Domain(), option.WithHTTPClient(w.Client()), option.WithToken(w.Auth0().Token())))
	})
}

// provisionV2 drives an organization through its life on the newer family.
func provisionV2(t *testing.T, api *client.Management) {
	t.Helper()
	ctx := t.Context()
	organization, err := api.Organizations.Create(ctx, &management.CreateOrganizationRequestContent{Name: "globex-labs"})
	must(t, err)
	id := organization.GetID()
	var connections []string
	for _, name := range []string{"globex-one", "globex-two", "globex-three"} {
		created, err := api.Connections.Create(ctx, &management.CreateConnectionRequestContent{Name: name, Strategy: management.ConnectionIdentityProviderEnumSamlp})
		must(t, err)
		connections = append(connections, created.GetID())
		link, err := api.Organizations.Connections.Create(ctx, id, &management.CreateOrganizationAllConnectionRequestParameters{
			ConnectionID: created.GetID(), AssignMembershipOnLogin: management.Bool(true), IsEnabled: management.Bool(true),
		})
		must(t, err)
		if link.Connection.GetName() != name || link.GetIsSignupEnabled() || link.GetOrganizationAccessLevel() != management.OrganizationAccessLevelEnumNone {
			t.Errorf("created %v", link)
		}
	}

	page, err := api.Organizations.Connections.List(ctx, id, &management.ListOrganizationAllConnectionsRequestParameters{PerPage: management.Int(2), IsEnabled: management.Bool(true)})
	must(t, err)
	seen := 0
	for all := page.Iterator(); all.Next(ctx); { // the pager goes on until a page is empty
		seen++
	}
	if seen != 3 {
		t.Errorf("the pager saw %d connections, want 3", seen)
	}

	changed, err := api.Organizations.Connections.Update(ctx, id, connections[0], &management.UpdateOrganizationConnectionRequestParameters{
		OrganizationConnectionName: management.String("Headquarters"), ShowAsButton: management.Bool(false),
	})
	must(t, err)
	if changed.GetOrganizationConnectionName() != "Headquarters" || changed.GetShowAsButton() || !changed.GetAssignMembershipOnLogin() {
		t.Errorf("changed to %v", changed)
	}
	_, err = api.Organizations.Connections.Create(ctx, id, &management.CreateOrganizationAllConnectionRequestParameters{ConnectionID: connections[0]})
	if conflict := new(management.ConflictError); !errors.As(err, &conflict) {
		t.Errorf("a second link: %v, want a conflict", err)
	}
	must(t, api.Organizations.Connections.Delete(ctx, id, connections[0]))
	_, err = api.Organizations.Connections.Get(ctx, id, connections[0])
	if missing := new(management.NotFoundError); !errors.As(err, &missing) {
		t.Errorf("after the deletion: %v, want not found", err)
	}
	must(t, api.Organizations.Members.Create(ctx, id, &management.CreateOrganizationMemberRequestContent{Members: []string{anyUser(t, api)}}))
	members, err := api.Organizations.Members.List(ctx, id, &management.ListOrganizationMembersRequestParameters{})
	must(t, err)
	if len(members.Results) != 1 {
		t.Errorf("members are %v", members.Results)
	}
	must(t, api.Organizations.Delete(ctx, id))
}

func anyUser(t *testing.T, api *client.Management) string {
	t.Helper()
	users, err := api.Users.List(t.Context(), &management.ListUsersRequestParameters{})
	must(t, err)
	if len(users.Results) == 0 {
		t.Fatal("the fixture has no users")
	}
	return users.Results[0].GetUserID()
}

// TestV2WaitsForTheBucket drains the endpoint's bucket: 5 writes, then 25 a minute. The SDK's own retry must get through.
func TestV2WaitsForTheBucket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := testkit.Start(t, testkit.Limits("auth0=b2b"))
		api := v2(t, w.Auth0().Domain(), option.WithHTTPClient(w.Client()), option.WithToken(w.Auth0().Token()))
		began := time.Now()
		for range 6 {
			_, err := api.Organizations.Update(t.Context(), acme, &management.UpdateOrganizationRequestContent{DisplayName: management.String("Acme")})
			must(t, err)
		}
		w.Saw(t, "auth0.organizations.update", 200, 200, 200, 200, 200, 429, 200)
		if waited := time.Since(began); waited < 2*time.Second {
			t.Errorf("done after %v of virtual time, before the bucket had a token", waited)
		}
	})
}
