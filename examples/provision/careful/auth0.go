package careful

import (
	"context"
	"fmt"
	"net/url"
	"strconv"

	"github.com/understudy-dev/understudy/examples/provision/job"
)

const auth0Organizations = "/api/v2/organizations"

type auth0Organization struct {
	ID          string `json:"id,omitempty"`
	Name        string `json:"name,omitempty"`
	DisplayName string `json:"display_name"`
}

type auth0Connection struct {
	ID               string `json:"connection_id,omitempty"`
	AssignMembership bool   `json:"assign_membership_on_login"`
}

func syncAuth0(ctx context.Context, a *api, want *job.Auth0) error {
	var org auth0Organization
	err := a.ensure(ctx, func() (due *change, err error) {
		var found bool
		org, found, err = read[auth0Organization](ctx, a, auth0Organizations+"/name/"+url.PathEscape(want.Organization))
		switch {
		case err != nil:
			return nil, err
		case !found:
			return &change{"create organization " + want.Organization, "POST", auth0Organizations,
				auth0Organization{Name: want.Organization, DisplayName: want.DisplayName}}, nil
		case org.DisplayName != want.DisplayName:
			return &change{"update organization " + want.Organization, "PATCH", auth0Organizations + "/" + org.ID,
				auth0Organization{DisplayName: want.DisplayName}}, nil
		}
		return nil, nil
	})
	if err != nil {
		return err
	}
	ids, err := auth0TenantConnections(ctx, a)
	if err != nil {
		return err
	}
	path := auth0Organizations + "/" + org.ID + "/connections"
	have, err := auth0ConnectionsOf(ctx, a, path)
	if err != nil {
		return err
	}
	for _, c := range want.Connections {
		id := ids[c.Name]
		if id == "" {
			return fmt.Errorf("the tenant has no connection %s", c.Name)
		}
		wanted := auth0Connection{id, c.AssignMembership}
		if have[id] == wanted {
			continue
		}
		if err := a.ensure(ctx, func() (*change, error) { return auth0Missing(ctx, a, path, c.Name, wanted) }); err != nil {
			return err
		}
	}
	return nil
}

// auth0Missing is what a connection of an organization lacks.
func auth0Missing(ctx context.Context, a *api, path, name string, want auth0Connection) (*change, error) {
	have, found, err := read[auth0Connection](ctx, a, path+"/"+want.ID)
	switch {
	case err != nil || have == want:
		return nil, err
	case !found:
		return &change{"add connection " + name, "POST", path, want}, nil
	}
	return &change{"update connection " + name, "PATCH", path + "/" + want.ID, auth0Connection{AssignMembership: want.AssignMembership}}, nil
}

// auth0TenantConnections are the ids of the tenant's connections by their names. The list goes on where an answer has next.
func auth0TenantConnections(ctx context.Context, a *api) (map[string]string, error) {
	ids := map[string]string{}
	for query := (url.Values{"take": {"100"}}); ; {
		page, err := must[struct {
			Connections []struct{ ID, Name string }
			Next        string
		}](ctx, a, "/api/v2/connections?"+query.Encode())
		if err != nil {
			return nil, err
		}
		for _, c := range page.Connections {
			ids[c.Name] = c.ID
		}
		if page.Next == "" {
			return ids, nil
		}
		query.Set("from", page.Next)
	}
}

// auth0ConnectionsOf are an organization's by their ids. The list goes on until all are counted.
func auth0ConnectionsOf(ctx context.Context, a *api, path string) (map[string]auth0Connection, error) {
	all := map[string]auth0Connection{}
	for n := 0; ; n++ {
		page, found, err := read[struct {
			Connections []auth0Connection
			Total       int
		}](ctx, a, path+"?include_totals=true&per_page=100&page="+strconv.Itoa(n))
		for _, c := range page.Connections {
			all[c.ID] = c
		}
		if err != nil || !found || len(page.Connections) == 0 || len(all) >= page.Total {
			return all, err
		}
	}
}
