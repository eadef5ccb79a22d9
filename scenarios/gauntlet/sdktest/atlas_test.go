package sdktest

import (
	"context"
	"slices"
	"time"

	"github.com/mongodb-forks/digest"
	"go.mongodb.org/atlas/mongodbatlas"

	"github.com/understudy-dev/understudy/testkit"
)

// What the driver for Atlas makes: an organization of the federation signs on by its identity provider, with three role
// mappings.
const (
	federation  = "ac0000000000000000000031"
	brightforge = "ac0000000000000000000002"
	provider    = "0oaacme0000000000001"
)

var groups = []string{"atlas-admins", "atlas-engineers", "atlas-readers"}

func atlas(ctx context.Context, w *testkit.World) error { return provisionAtlas(ctx, w, 0) }

// atlasConfigured waits 10 s for each call at most.
func atlasConfigured(ctx context.Context, w *testkit.World) error {
	return provisionAtlas(ctx, w, 10*time.Second)
}

func provisionAtlas(ctx context.Context, w *testkit.World, timeout time.Duration) error {
	public, private := w.Atlas().APIKey()
	client, err := digest.NewTransportWithHTTPRoundTripper(public, private, w.Transport()).Client()
	if err != nil {
		return err
	}
	client.Timeout = timeout
	api, err := mongodbatlas.New(client, mongodbatlas.SetBaseURL(w.Atlas().URL()+"/"))
	if err != nil {
		return err
	}
	config, _, err := api.FederatedSettings.GetConnectedOrg(ctx, federation, brightforge)
	if err != nil {
		return err
	}
	if config.IdentityProviderID != provider {
		config.IdentityProviderID = provider
		if _, _, err := api.FederatedSettings.UpdateConnectedOrg(ctx, federation, brightforge, config); err != nil {
			return err
		}
	}
	have, _, err := api.FederatedSettings.ListRoleMappings(ctx, federation, brightforge, nil)
	if err != nil {
		return err
	}
	for _, group := range groups {
		if slices.ContainsFunc(have.Results, func(m *mongodbatlas.FederatedSettingsOrganizationRoleMapping) bool {
			return m.ExternalGroupName == group
		}) {
			continue
		}
		if _, _, err := api.FederatedSettings.CreateRoleMapping(ctx, federation, brightforge, &mongodbatlas.FederatedSettingsOrganizationRoleMapping{
			ExternalGroupName: group, RoleAssignments: []*mongodbatlas.RoleAssignments{{OrgID: brightforge, Role: "ORG_MEMBER"}},
		}); err != nil {
			return err
		}
	}
	return nil
}
