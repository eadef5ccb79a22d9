package careful

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/understudy-dev/understudy/examples/provision/job"
)

type atlasProvider struct{ ID, DisplayName, OktaIdpID string }

// atlasKept are the members of an organization's configuration that this client leaves as they are.
var atlasKept = []string{"dataAccessIdentityProviderIds", "domainAllowList", "domainRestrictionEnabled", "instantUserProvisioningDisabled"}

type atlasAssignment struct {
	OrgID   string `json:"orgId,omitempty"`
	GroupID string `json:"groupId,omitempty"`
	Role    string `json:"role"`
}

type atlasMapping struct {
	ID          string            `json:"id,omitempty"`
	Group       string            `json:"externalGroupName"`
	Assignments []atlasAssignment `json:"roleAssignments"`
}

func syncAtlas(ctx context.Context, a *api, want *job.Atlas) error {
	settings, err := must[struct{ ID string }](ctx, a, "/api/atlas/v2/orgs/"+want.Organization+"/federationSettings")
	if err != nil {
		return err
	}
	federation := "/api/atlas/v2/federationSettings/" + settings.ID
	provider, err := atlasProviderNamed(ctx, a, federation, want.IdentityProvider)
	if err != nil {
		return err
	}
	config := federation + "/connectedOrgConfigs/" + want.Organization
	err = a.ensure(ctx, func() (*change, error) {
		have, err := must[map[string]any](ctx, a, config)
		if err != nil || have["identityProviderId"] == provider && sameSet(texts(have["postAuthRoleGrants"]), want.RoleGrants) {
			return nil, err
		}
		// What a PATCH leaves out is disconnected, so all that it takes is sent back; role mappings have their own calls.
		body := map[string]any{}
		for _, name := range atlasKept {
			if value, there := have[name]; there {
				body[name] = value
			}
		}
		body["identityProviderId"], body["postAuthRoleGrants"] = provider, want.RoleGrants
		return &change{"update organization " + want.Organization, "PATCH", config, body}, nil
	})
	for _, m := range want.RoleMappings {
		if err != nil {
			return err
		}
		err = a.ensure(ctx, func() (*change, error) { return atlasMissing(ctx, a, config+"/roleMappings", want.Organization, m) })
	}
	return err
}

// atlasMissing is what a role mapping lacks. Roles in projects are left as they are.
func atlasMissing(ctx context.Context, a *api, path, org string, want job.RoleMapping) (*change, error) {
	page, err := must[struct{ Results []atlasMapping }](ctx, a, path)
	if err != nil {
		return nil, err
	}
	have, err := only(page.Results, "role mapping", want.Group, func(m atlasMapping) string { return m.Group })
	if err != nil {
		return nil, err
	}
	wanted, roles := atlasMapping{Group: want.Group}, []string{}
	for _, role := range want.Roles {
		wanted.Assignments = append(wanted.Assignments, atlasAssignment{OrgID: org, Role: role})
	}
	if have == nil {
		return &change{"create role mapping " + want.Group, "POST", path, wanted}, nil
	}
	for _, assignment := range have.Assignments {
		if assignment.GroupID != "" {
			wanted.Assignments = append(wanted.Assignments, assignment)
		} else {
			roles = append(roles, assignment.Role)
		}
	}
	if sameSet(roles, want.Roles) {
		return nil, nil
	}
	return &change{"update role mapping " + want.Group, "PUT", path + "/" + have.ID, wanted}, nil
}

// atlasProviderNamed is the oktaIdpId of a federation's SAML identity provider. The list goes on until all are counted; one
// that it shows twice, because another came before it meanwhile, counts once.
func atlasProviderNamed(ctx context.Context, a *api, federation, name string) (string, error) {
	all, seen := []atlasProvider{}, map[string]bool{}
	for n := 1; ; n++ {
		page, err := must[struct {
			Results    []atlasProvider
			TotalCount int
		}](ctx, a, federation+"/identityProviders?protocol=SAML&itemsPerPage=100&pageNum="+strconv.Itoa(n))
		if err != nil {
			return "", err
		}
		for _, p := range page.Results {
			if !seen[p.ID] {
				all, seen[p.ID] = append(all, p), true
			}
		}
		if len(page.Results) == 0 || len(all) >= page.TotalCount {
			break
		}
	}
	provider, err := only(all, "SAML identity provider", name, func(p atlasProvider) string { return p.DisplayName })
	if err != nil {
		return "", err
	}
	if provider == nil {
		return "", fmt.Errorf("the federation has no SAML identity provider %s", name)
	}
	return provider.OktaIdpID, nil
}

// only finds what has a name; nil where nothing has. Two of a name are an error: which one is meant, nobody knows.
func only[T any](all []T, what, name string, of func(T) string) (found *T, err error) {
	for _, one := range all {
		if of(one) != name {
			continue
		}
		if found != nil {
			return nil, fmt.Errorf("there is more than one %s %s", what, name)
		}
		found = &one
	}
	return found, nil
}

// texts are the strings of a JSON array.
func texts(array any) (all []string) {
	elements, _ := array.([]any)
	for _, e := range elements {
		text, _ := e.(string)
		all = append(all, text)
	}
	return all
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Compact(slices.Sorted(slices.Values(a))), slices.Compact(slices.Sorted(slices.Values(b))))
}
