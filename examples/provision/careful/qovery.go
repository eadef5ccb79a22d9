package careful

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"strings"

	"github.com/understudy-dev/understudy/examples/provision/job"
)

// qoveryNamed is an organization or a role.
type qoveryNamed struct{ ID, Name string }

type qoveryList struct{ Results []qoveryNamed }

type qoveryConnection struct {
	Name             string              `json:"connection_name"`
	DefaultRole      string              `json:"default_role"`
	EnforceGroupSync bool                `json:"enforce_group_sync"`
	GroupMappings    map[string][]string `json:"group_mappings"`
}

func syncQovery(ctx context.Context, a *api, want *job.Qovery) error {
	org, err := qoveryFind(ctx, a, "/organization", "organization", want.Organization)
	if err != nil {
		return err
	}
	if org == nil {
		return fmt.Errorf("there is no organization %s", want.Organization)
	}
	path := "/organization/" + org.ID
	for _, name := range want.CustomRoles {
		err := a.ensure(ctx, func() (*change, error) {
			role, err := qoveryFind(ctx, a, path+"/customRole", "custom role", name)
			if err != nil || role != nil {
				return nil, err
			}
			return &change{"create custom role " + name, "POST", path + "/customRole", map[string]string{"name": name}}, nil
		})
		if err != nil {
			return err
		}
	}
	roles, err := qoveryRoles(ctx, a, path)
	if err != nil {
		return err
	}
	for _, c := range want.Connections {
		wanted, err := qoveryWanted(c, roles)
		if err != nil {
			return err
		}
		own := path + "/enterpriseconnection/" + url.PathEscape(c.Name)
		if err := a.ensure(ctx, func() (*change, error) { return qoveryMissing(ctx, a, own, wanted) }); err != nil {
			return err
		}
	}
	return nil
}

// qoveryMissing is what a connection lacks. It is sent whole, as the API wants it.
func qoveryMissing(ctx context.Context, a *api, path string, want qoveryConnection) (*change, error) {
	have, found, err := read[qoveryConnection](ctx, a, path)
	switch {
	case err != nil:
		return nil, err
	case !found:
		return nil, fmt.Errorf("there is no connection %s, and only Qovery's staff can make one", want.Name)
	case have.DefaultRole == want.DefaultRole && have.EnforceGroupSync == want.EnforceGroupSync &&
		maps.EqualFunc(have.GroupMappings, want.GroupMappings, sameSet):
		return nil, nil
	}
	return &change{"update connection " + want.Name, "PUT", path, want}, nil
}

// qoveryRoles are the words that a connection has for an organization's roles, by their names: the name of one that
// Qovery provides, the id of one of its own.
func qoveryRoles(ctx context.Context, a *api, org string) (map[string]string, error) {
	words := map[string]string{}
	provided, err := must[qoveryList](ctx, a, org+"/availableRole")
	if err != nil {
		return nil, err
	}
	for _, role := range provided.Results {
		words[role.Name] = strings.ToLower(role.Name)
	}
	own, err := must[qoveryList](ctx, a, org+"/customRole")
	for _, role := range own.Results {
		words[role.Name] = role.ID
	}
	return words, err
}

func qoveryWanted(c job.QoveryConnection, roles map[string]string) (qoveryConnection, error) {
	want := qoveryConnection{c.Name, roles[c.DefaultRole], c.EnforceGroupSync, map[string][]string{}}
	if want.DefaultRole == "" {
		return want, fmt.Errorf("connection %s: the organization has no role %s", c.Name, c.DefaultRole)
	}
	for name, groups := range c.GroupMappings {
		if roles[name] == "" {
			return want, fmt.Errorf("connection %s: the organization has no role %s", c.Name, name)
		}
		want.GroupMappings[roles[name]] = groups
	}
	return want, nil
}

// qoveryFind is what has a name in a list, which has no pages; nil for none.
func qoveryFind(ctx context.Context, a *api, path, what, name string) (*qoveryNamed, error) {
	list, err := must[qoveryList](ctx, a, path)
	if err != nil {
		return nil, err
	}
	return only(list.Results, what, name, func(n qoveryNamed) string { return n.Name })
}
