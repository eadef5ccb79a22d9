//go:build !race

package container_test

import (
	"testing"

	"github.com/auth0/go-auth0/v2/management"
	"github.com/auth0/go-auth0/v2/management/client"
	"github.com/auth0/go-auth0/v2/management/option"

	"github.com/understudy-dev/understudy/testkit/container"
)

// testV2 drives a world of the container over HTTPS, from outside, by Auth0's newest SDK.
func testV2(t *testing.T, c *container.Container) {
	w := must(c.World(t.Context(), "v2"))
	api := must(client.New(must(c.HTTPSURL(t.Context())), option.WithHTTPClient(must(w.Client(t.Context()))), option.WithToken("any")))
	created := must(api.Organizations.Create(t.Context(), &management.CreateOrganizationRequestContent{Name: "globex"}))
	must(api.Organizations.Connections.Create(t.Context(), created.GetID(), &management.CreateOrganizationAllConnectionRequestParameters{
		ConnectionID: "con_AcmeOkta00000001", AssignMembershipOnLogin: management.Bool(true),
	}))
	page := must(api.Organizations.Connections.List(t.Context(), created.GetID(), &management.ListOrganizationAllConnectionsRequestParameters{}))
	if len(page.Results) != 1 || !page.Results[0].GetAssignMembershipOnLogin() {
		t.Errorf("%v", page.Results)
	}
	w.Saw(t, "auth0.organizations.create", 201)
}
