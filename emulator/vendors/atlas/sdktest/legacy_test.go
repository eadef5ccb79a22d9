package sdktest

import (
	"errors"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/mongodb-forks/digest"
	"go.mongodb.org/atlas/mongodbatlas"

	"github.com/understudy-dev/understudy/testkit"
)

const (
	federation = "ac0000000000000000000031"
	labs       = "ac0000000000000000000032"
	acme       = "ac0000000000000000000001"
	bright     = "ac0000000000000000000002"
	saml       = "0oaacme0000000000001"
)

// client is the older Go client with a minted key, over its own digest transport.
func client(t *testing.T, w *testkit.World) *mongodbatlas.Client {
	t.Helper()
	public, private := w.Atlas().APIKey()
	return clientWith(t, w, public, private)
}

func clientWith(t *testing.T, w *testkit.World, public, private string) *mongodbatlas.Client {
	t.Helper()
	c, err := mongodbatlas.New(&http.Client{Transport: digest.NewTransportWithHTTPRoundTripper(public, private, w.Transport())},
		mongodbatlas.SetBaseURL(w.Atlas().URL()+"/"))
	must(t, err)
	return c
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantError fails unless an error is the service's, with a status and a code.
func wantError(t *testing.T, err error, status int, code string) {
	t.Helper()
	var refusal *mongodbatlas.ErrorResponse
	if !errors.As(err, &refusal) || refusal.HTTPCode != status || refusal.ErrorCode != code {
		t.Errorf("got %v, not %d %s", err, status, code)
	}
}

func TestLegacyReads(t *testing.T) {
	w := testkit.Start(t, testkit.Strict())
	service := client(t, w).FederatedSettings
	settings, _, err := service.Get(t.Context(), acme)
	must(t, err)
	if settings.ID != federation || settings.IdentityProviderID != saml || settings.IdentityProviderStatus != "ACTIVE" ||
		!*settings.HasRoleMappings || !slices.Equal(settings.FederatedDomains, []string{"acme.example"}) {
		t.Errorf("the organization's settings are %+v", settings)
	}
	configs, _, err := service.ListConnectedOrgs(t.Context(), federation, &mongodbatlas.ListOptions{ItemsPerPage: 1})
	must(t, err)
	if configs.TotalCount != 2 || len(configs.Results) != 1 || configs.Results[0].IdentityProviderID != saml || len(configs.Links) != 2 {
		t.Errorf("connected are %+v", configs)
	}
	config, _, err := service.GetConnectedOrg(t.Context(), federation, acme)
	must(t, err)
	conflicts := *config.UserConflicts
	if len(conflicts) != 1 || conflicts[0].EmailAddress != "gita.sharma@contractors.example" || conflicts[0].FederationSettingsID != federation {
		t.Errorf("conflicts are %+v", conflicts)
	}
	providers, _, err := service.ListIdentityProviders(t.Context(), federation, nil)
	must(t, err)
	if len(providers) != 1 || providers[0].OktaIdpID != saml || len(providers[0].AssociatedOrgs) != 1 || len(providers[0].PemFileInfo.Certificates) != 1 {
		t.Errorf("identity providers are %+v", providers)
	}
	w.Saw(t, "atlas.federation_settings.get", 401, 200) // each call is two: the client reuses no nonce
}

func TestLegacyChangesAConnectedOrg(t *testing.T) {
	w := testkit.Start(t)
	service := client(t, w).FederatedSettings
	config, _, err := service.GetConnectedOrg(t.Context(), federation, acme)
	must(t, err)
	config.PostAuthRoleGrants = []string{"ORG_READ_ONLY"}
	config.DomainAllowList = append(config.DomainAllowList, "contractors.example")

	changed, _, err := service.UpdateConnectedOrg(t.Context(), federation, acme, config) // with all that was read, as Terraform does
	must(t, err)
	if changed.IdentityProviderID != saml || !slices.Equal(changed.PostAuthRoleGrants, []string{"ORG_READ_ONLY"}) || len(*changed.UserConflicts) != 0 ||
		!slices.Equal(changed.DomainAllowList, []string{"acme.example", "partners.example", "contractors.example"}) || len(changed.RoleMappings) != 2 {
		t.Errorf("after the change: %+v", changed)
	}
	changed, _, err = service.UpdateConnectedOrg(t.Context(), federation, acme, &mongodbatlas.FederatedSettingsConnectedOrganization{OrgID: acme})
	must(t, err)
	if changed.IdentityProviderID != "" || *changed.DomainRestrictionEnabled || changed.UserConflicts != nil || len(changed.RoleMappings) != 2 {
		t.Errorf("after a change that leaves everything out: %+v", changed)
	}
	_, err = service.DeleteConnectedOrg(t.Context(), federation, bright)
	must(t, err)
	_, err = service.DeleteConnectedOrg(t.Context(), federation, acme)
	wantError(t, err, 400, "VALIDATION_ERROR")
	_, _, err = service.GetConnectedOrg(t.Context(), federation, bright)
	wantError(t, err, 404, "RESOURCE_NOT_FOUND")
}

func TestLegacyRoleMappings(t *testing.T) {
	w := testkit.Start(t)
	service := client(t, w).FederatedSettings
	wish := &mongodbatlas.FederatedSettingsOrganizationRoleMapping{
		ExternalGroupName: "atlas-readers", RoleAssignments: []*mongodbatlas.RoleAssignments{{OrgID: acme, Role: "ORG_READ_ONLY"}},
	}
	made, _, err := service.CreateRoleMapping(t.Context(), federation, acme, wish)
	must(t, err)
	wish.RoleAssignments = append(wish.RoleAssignments, &mongodbatlas.RoleAssignments{GroupID: "ac0000000000000000000021", Role: "GROUP_READ_ONLY"})
	wish.ID = made.ID
	replaced, _, err := service.UpdateRoleMapping(t.Context(), federation, acme, made.ID, wish)
	must(t, err)
	if replaced.ID != made.ID || len(replaced.RoleAssignments) != 2 {
		t.Errorf("replaced by %+v", replaced)
	}
	all, _, err := service.ListRoleMappings(t.Context(), federation, acme, nil)
	must(t, err)
	if all.TotalCount != 3 || len(all.Results) != 3 {
		t.Errorf("listed %+v", all)
	}
	_, err = service.DeleteRoleMapping(t.Context(), federation, acme, made.ID)
	must(t, err)
	_, _, err = service.GetRoleMapping(t.Context(), federation, acme, made.ID)
	wantError(t, err, 404, "RESOURCE_NOT_FOUND")
	wish.RoleAssignments = []*mongodbatlas.RoleAssignments{{Role: "ORG_OWNER"}}
	_, _, err = service.CreateRoleMapping(t.Context(), federation, acme, wish)
	wantError(t, err, 400, "ROLE_NEEDS_ORG_ID")
}

func TestLegacyIdentityProviders(t *testing.T) {
	w := testkit.Start(t)
	service := client(t, w).FederatedSettings
	provider, _, err := service.GetIdentityProvider(t.Context(), federation, saml)
	must(t, err)
	provider.SsoURL, provider.PemFileInfo = "https://new.acme.example/saml2", nil
	changed, _, err := service.UpdateIdentityProvider(t.Context(), federation, saml, provider)
	must(t, err)
	if changed.SsoURL != provider.SsoURL || changed.AcsURL != provider.AcsURL || len(changed.PemFileInfo.Certificates) != 1 {
		t.Errorf("changed to %+v", changed)
	}
	_, _, err = service.GetIdentityProvider(t.Context(), labs, saml)
	wantError(t, err, 404, "IDENTITY_PROVIDER_DOES_NOT_EXIST")
	_, err = service.Delete(t.Context(), federation)
	wantError(t, err, 400, "VALIDATION_ERROR")
	_, err = service.Delete(t.Context(), labs)
	must(t, err)
	_, _, err = service.Get(t.Context(), "ac0000000000000000000003")
	wantError(t, err, 404, "RESOURCE_NOT_FOUND")
}

func TestLegacyOrgsAndProjects(t *testing.T) {
	w := testkit.Start(t)
	c := client(t, w)
	orgs, _, err := c.Organizations.List(t.Context(), nil)
	must(t, err)
	if orgs.TotalCount != 3 || orgs.Results[0].Name != "Acme" {
		t.Errorf("organizations are %+v", orgs)
	}
	project, _, err := c.Projects.Create(t.Context(), &mongodbatlas.Project{Name: "Billing", OrgID: acme}, nil)
	must(t, err)
	found, _, err := c.Projects.GetOneProjectByName(t.Context(), "Billing")
	must(t, err)
	if found.ID != project.ID || found.OrgID != acme || len(found.Created) != len("2026-01-01T00:00:00Z") {
		t.Errorf("found %+v", found)
	}
	_, err = c.Projects.Delete(t.Context(), project.ID)
	must(t, err)
	_, _, err = c.Projects.GetOneProject(t.Context(), project.ID)
	wantError(t, err, 404, "GROUP_NOT_FOUND")
}

func TestWrongKeysAreRefused(t *testing.T) {
	w := testkit.Start(t) // a known key is verified in a lenient world too
	public, _ := w.Atlas().APIKey()
	_, _, err := clientWith(t, w, public, "wrong").FederatedSettings.Get(t.Context(), acme)
	wantError(t, err, 401, "UNEXPECTED_ERROR")
	w.Saw(t, "atlas.federation_settings.get", 401, 401)
	_, _, err = clientWith(t, w, "stranger", "any").FederatedSettings.Get(t.Context(), acme)
	must(t, err)
}

func TestLegacyInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := testkit.Start(t, testkit.Limits("on"))
		service := client(t, w).FederatedSettings
		for range 500 {
			_, _, err := service.GetConnectedOrg(t.Context(), federation, acme)
			must(t, err)
		}
		_, _, err := service.GetConnectedOrg(t.Context(), federation, acme)
		wantError(t, err, 429, "RATE_LIMITED_TOKEN_BUCKET")
		_, _, err = service.GetConnectedOrg(t.Context(), federation, bright) // another organization's bucket is full
		must(t, err)
	})
}
