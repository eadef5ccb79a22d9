package sdktest

import (
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/auth0/go-auth0"
	"github.com/auth0/go-auth0/management"

	"github.com/understudy-dev/understudy/testkit"
)

const acme = "org_Acme000000000001"

// v1 is the SDK as a user configures it, but for the transport.
func v1(t *testing.T, domain string, opts ...management.Option) *management.Management {
	t.Helper()
	api, err := management.New(domain, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return api
}

// TestV1OverHTTPS uses a real port, a real handshake and client credentials, as a service would.
func TestV1OverHTTPS(t *testing.T) {
	w := testkit.Start(t)
	ports := w.Listen(t)
	client := trusting(t, ports.CA)
	ctx := withOAuthClient(t.Context(), client)
	api := v1(t, ports.HTTPS, management.WithClientCredentials(ctx, "any", "secret"), management.WithClient(client))

	provisionV1(t, api)

	w.Saw(t, "auth0.oauth.token", 200)
	w.Saw(t, "auth0.organization_connections.create", 201)
}

func TestV1InABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := testkit.Start(t)
		api := v1(t, w.Auth0().Domain(), management.WithStaticToken(w.Auth0().Token()), management.WithClient(w.Client()))
		provisionV1(t, api)
	})
}

// provisionV1 drives an organization through its life on the older family.
func provisionV1(t *testing.T, api *management.Management) {
	t.Helper()
	ctx := t.Context()
	connection := &management.Connection{
		Name: auth0.String("globex-okta"), Strategy: auth0.String("okta"), ShowAsButton: auth0.Bool(true),
		Options: &management.ConnectionOptionsOkta{ClientID: auth0.String("id"), ClientSecret: auth0.String("secret"), Domain: auth0.String("globex.okta.com")},
	}
	must(t, api.Connection.Create(ctx, connection))
	organization := &management.Organization{Name: auth0.String("globex-labs"), DisplayName: auth0.String("Globex Labs")}
	must(t, api.Organization.Create(ctx, organization))
	id := organization.GetID()

	link := &management.OrganizationConnection{ConnectionID: connection.ID, AssignMembershipOnLogin: auth0.Bool(true)}
	must(t, api.Organization.AddConnection(ctx, id, link))
	if link.Connection.GetName() != "globex-okta" || !link.GetShowAsButton() {
		t.Errorf("added %v", link)
	}
	change := &management.OrganizationConnection{ShowAsButton: auth0.Bool(false)}
	must(t, api.Organization.UpdateConnection(ctx, id, connection.GetID(), change))
	got, err := api.Organization.Connection(ctx, id, connection.GetID())
	must(t, err)
	if got.GetShowAsButton() || !got.GetAssignMembershipOnLogin() {
		t.Errorf("after the change: %v", got)
	}
	list, err := api.Organization.Connections(ctx, id)
	must(t, err)
	if len(list.OrganizationConnections) != 1 || list.Total != 1 {
		t.Errorf("listed %v", list)
	}

	user := &management.User{Connection: auth0.String("Username-Password-Authentication"), Email: auth0.String("grace@globex.example"), Password: auth0.String("Correct-Horse-7")}
	must(t, api.User.Create(ctx, user))
	must(t, api.Organization.AddMembers(ctx, id, []string{user.GetID()}))
	members, err := api.Organization.Members(ctx, id)
	must(t, err)
	if !slices.ContainsFunc(members.Members, func(m management.OrganizationMember) bool { return m.GetUserID() == user.GetID() }) {
		t.Errorf("members are %v", members.Members)
	}

	must(t, api.Organization.DeleteConnection(ctx, id, connection.GetID()))
	must(t, api.Organization.DeleteConnection(ctx, id, connection.GetID())) // a repeat is no error
	_, err = api.Organization.Connection(ctx, id, connection.GetID())
	wantStatus(t, err, http.StatusNotFound)
	must(t, api.Connection.Delete(ctx, connection.GetID()))
	must(t, api.Organization.Delete(ctx, id))
	wantStatus(t, api.Organization.Delete(ctx, id), http.StatusNotFound)
}

// TestV1WaitsForTheBucket drains the endpoint's bucket: 5 writes, then 25 a minute. The SDK's own retry must get through.
func TestV1WaitsForTheBucket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := testkit.Start(t, testkit.Limits("auth0=b2b"))
		api := v1(t, w.Auth0().Domain(), management.WithStaticToken(w.Auth0().Token()), management.WithClient(w.Client()))
		began := time.Now()
		for range 6 {
			must(t, api.Organization.Update(t.Context(), acme, &management.Organization{DisplayName: auth0.String("Acme")}))
		}
		w.Saw(t, "auth0.organizations.update", 200, 200, 200, 200, 200, 429, 200)
		if waited := time.Since(began); waited < 2*time.Second {
			t.Errorf("done after %v of virtual time, before the bucket had a token", waited)
		}
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantStatus(t *testing.T, err error, status int) {
	t.Helper()
	if e, ok := err.(management.Error); !ok || e.Status() != status {
		t.Errorf("error %v, want status %d", err, status)
	}
}
