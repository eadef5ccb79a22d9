// Package naive is a client of four vendors as one writes it at first: it reads well, does its work on every good day, and
// tries again where something fails. Its gauntlet shows what that leaves out; careful, beside it, is what it grows into.
package naive

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/examples/provision/job"
)

// Client syncs jobs.
type Client struct {
	HTTP    *http.Client
	Access  job.Accesses
	Changed func(what string) // is told each change, such as "auth0: update organization acme"
}

// Sync makes a job true, vendor by vendor, and stops at the first error.
func (c Client) Sync(ctx context.Context, want job.Job) error {
	if want.Auth0 != nil {
		if err := c.syncAuth0(ctx, want.Auth0); err != nil {
			return fmt.Errorf("auth0: %w", err)
		}
	}
	if want.Atlas != nil {
		if err := c.syncAtlas(ctx, want.Atlas); err != nil {
			return fmt.Errorf("atlas: %w", err)
		}
	}
	if want.DevRev != nil {
		if err := c.syncDevRev(ctx, want.DevRev); err != nil {
			return fmt.Errorf("devrev: %w", err)
		}
	}
	if want.Qovery != nil {
		if err := c.syncQovery(ctx, want.Qovery); err != nil {
			return fmt.Errorf("qovery: %w", err)
		}
	}
	return nil
}

// api is one vendor's.
type api struct {
	http          *http.Client
	base          string
	media         string
	authorization string
}

// Failures are repeated so often, with this pause.
const (
	attempts = 3
	pause    = time.Second
)

// statusError is an answer that is not a success.
type statusError struct {
	status int
	text   string
}

func (e *statusError) Error() string { return e.text }

// is tells whether an error is an answer of this status.
func is(err error, status int) bool {
	e, ok := err.(*statusError)
	return ok && e.status == status
}

// call sends a body as JSON, reads the answer into a value, and tries again when that fails.
func (a *api) call(ctx context.Context, method, path string, body, into any) error {
	var payload []byte
	if body != nil {
		var err error
		if payload, err = json.Marshal(body); err != nil {
			return err
		}
	}
	var err error
	for range attempts {
		err = a.once(ctx, method, path, a.media, payload, into)
		if e, ok := err.(*statusError); err == nil || ok && e.status < 500 && e.status != http.StatusTooManyRequests {
			return err
		}
		time.Sleep(pause)
	}
	return err
}

func (a *api) once(ctx context.Context, method, path, media string, payload []byte, into any) error {
	request, err := http.NewRequestWithContext(ctx, method, a.base+path, bytes.NewReader(payload))
	if err != nil {
		return err
	}
	request.Header.Set("Accept", media)
	request.Header.Set("Content-Type", media)
	if a.authorization != "" {
		request.Header.Set("Authorization", a.authorization)
	}
	response, err := a.http.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode >= 300 {
		return &statusError{response.StatusCode, fmt.Sprintf("%s %s: %d %.300s", method, path, response.StatusCode, bytes.TrimSpace(text))}
	}
	if into == nil || len(text) == 0 {
		return nil
	}
	return json.Unmarshal(text, into)
}

// login gets a token, where none is given, with a form of client credentials.
func (a *api) login(ctx context.Context, access job.Access, path string, form url.Values) error {
	if access.Token != "" {
		a.authorization = "Bearer " + access.Token
		return nil
	}
	form.Set("grant_type", "client_credentials")
	form.Set("client_id", access.ClientID)
	form.Set("client_secret", access.ClientSecret)
	var granted struct {
		Token string `json:"access_token"`
	}
	if err := a.once(ctx, "POST", path, "application/x-www-form-urlencoded", []byte(form.Encode()), &granted); err != nil {
		return err
	}
	a.authorization = "Bearer " + granted.Token
	return nil
}

func (c Client) syncAuth0(ctx context.Context, want *job.Auth0) error {
	a := &api{http: c.HTTP, base: c.Access.Auth0.URL, media: "application/json"}
	if err := a.login(ctx, c.Access.Auth0, "/oauth/token", url.Values{"audience": {a.base + "/api/v2/"}}); err != nil {
		return err
	}
	type object struct{ ID, Name string }
	var organizations []object
	if err := a.call(ctx, "GET", "/api/v2/organizations", nil, &organizations); err != nil {
		return err
	}
	var org object
	for _, o := range organizations {
		if o.Name == want.Organization {
			org = o
		}
	}
	display := map[string]any{"display_name": want.DisplayName}
	if org.ID != "" {
		if err := a.call(ctx, "PATCH", "/api/v2/organizations/"+org.ID, display, nil); err != nil {
			return err
		}
		c.Changed("auth0: update organization " + want.Organization)
	} else {
		display["name"] = want.Organization
		if err := a.call(ctx, "POST", "/api/v2/organizations", display, &org); err != nil {
			return err
		}
		c.Changed("auth0: create organization " + want.Organization)
	}

	var connections []object
	if err := a.call(ctx, "GET", "/api/v2/connections", nil, &connections); err != nil {
		return err
	}
	ids := map[string]string{}
	for _, connection := range connections {
		ids[connection.Name] = connection.ID
	}
	path := "/api/v2/organizations/" + org.ID + "/connections"
	for _, w := range want.Connections {
		body := map[string]any{"assign_membership_on_login": w.AssignMembership}
		err := a.call(ctx, "PATCH", path+"/"+ids[w.Name], body, nil)
		if is(err, http.StatusNotFound) { // it is not there yet
			body["connection_id"] = ids[w.Name]
			err = a.call(ctx, "POST", path, body, nil)
		}
		if err != nil {
			return err
		}
		c.Changed("auth0: set connection " + w.Name)
	}
	return nil
}

func (c Client) syncAtlas(ctx context.Context, want *job.Atlas) error {
	a := &api{http: c.HTTP, base: c.Access.Atlas.URL, media: "application/vnd.atlas.2023-01-01+json"}
	if err := a.login(ctx, c.Access.Atlas, "/api/oauth/token", url.Values{}); err != nil {
		return err
	}
	var settings struct{ ID string }
	if err := a.call(ctx, "GET", "/api/atlas/v2/orgs/"+want.Organization+"/federationSettings", nil, &settings); err != nil {
		return err
	}
	federation := "/api/atlas/v2/federationSettings/" + settings.ID
	var providers struct {
		Results []struct{ DisplayName, OktaIdpID string }
	}
	if err := a.call(ctx, "GET", federation+"/identityProviders", nil, &providers); err != nil {
		return err
	}
	config := federation + "/connectedOrgConfigs/" + want.Organization
	var organization map[string]any
	if err := a.call(ctx, "GET", config, nil, &organization); err != nil {
		return err
	}
	for _, p := range providers.Results {
		if p.DisplayName == want.IdentityProvider {
			organization["identityProviderId"] = p.OktaIdpID
		}
	}
	organization["postAuthRoleGrants"] = want.RoleGrants
	delete(organization, "roleMappings")
	if err := a.call(ctx, "PATCH", config, organization, nil); err != nil {
		return err
	}
	c.Changed("atlas: update organization " + want.Organization)

	var mappings struct {
		Results []struct{ ID, ExternalGroupName string }
	}
	if err := a.call(ctx, "GET", config+"/roleMappings", nil, &mappings); err != nil {
		return err
	}
	for _, w := range want.RoleMappings {
		roles := []map[string]string{}
		for _, role := range w.Roles {
			roles = append(roles, map[string]string{"orgId": want.Organization, "role": role})
		}
		method, path := "POST", config+"/roleMappings"
		for _, m := range mappings.Results {
			if m.ExternalGroupName == w.Group {
				method, path = "PUT", path+"/"+m.ID
			}
		}
		if err := a.call(ctx, method, path, map[string]any{"externalGroupName": w.Group, "roleAssignments": roles}, nil); err != nil {
			return err
		}
		c.Changed("atlas: set role mapping " + w.Group)
	}
	return nil
}

func (c Client) syncDevRev(ctx context.Context, want *job.DevRev) error {
	a := &api{http: c.HTTP, base: c.Access.DevRev.URL, media: "application/json", authorization: "Bearer " + c.Access.DevRev.Token}
	var list struct {
		Connections []map[string]any `json:"auth_connections"`
	}
	if err := a.call(ctx, "GET", "/dev-orgs.auth-connections.list", nil, &list); err != nil {
		return err
	}
	for _, w := range want.Connections {
		body := map[string]any{"type": w.Type}
		for name, value := range w.Options {
			body[name] = value
		}
		id := ""
		for _, connection := range list.Connections {
			if connection["display_name"] == w.Name {
				id = connection["id"].(string)
			}
		}
		if id != "" {
			body["id"] = id
			if err := a.call(ctx, "POST", "/dev-orgs.auth-connections.update", body, nil); err != nil {
				return err
			}
		} else {
			body["display_name"] = w.Name
			for name, value := range w.Secrets {
				body[name] = value
			}
			var created struct {
				Connection struct{ ID string } `json:"auth_connection"`
			}
			if err := a.call(ctx, "POST", "/dev-orgs.auth-connections.create", body, &created); err != nil {
				return err
			}
			id = created.Connection.ID
		}
		toggle := "disable"
		if w.Enabled {
			toggle = "enable"
		}
		if err := a.call(ctx, "POST", "/dev-orgs.auth-connections.toggle", map[string]any{"id": id, "toggle": toggle}, nil); err != nil {
			return err
		}
		c.Changed("devrev: set connection " + w.Name)
	}
	return nil
}

func (c Client) syncQovery(ctx context.Context, want *job.Qovery) error {
	a := &api{http: c.HTTP, base: c.Access.Qovery.URL, media: "application/json", authorization: "Token " + c.Access.Qovery.Token}
	type list struct{ Results []struct{ ID, Name string } }
	var organizations, own, provided list
	if err := a.call(ctx, "GET", "/organization", nil, &organizations); err != nil {
		return err
	}
	path := ""
	for _, o := range organizations.Results {
		if o.Name == want.Organization {
			path = "/organization/" + o.ID
		}
	}
	if path == "" {
		return fmt.Errorf("there is no organization %s", want.Organization)
	}
	if err := a.call(ctx, "GET", path+"/customRole", nil, &own); err != nil {
		return err
	}
	if err := a.call(ctx, "GET", path+"/availableRole", nil, &provided); err != nil {
		return err
	}
	roles := map[string]string{} // a provided one goes by its name, an own one by its id
	for _, role := range provided.Results {
		roles[role.Name] = strings.ToLower(role.Name)
	}
	for _, role := range own.Results {
		roles[role.Name] = role.ID
	}
	for _, name := range want.CustomRoles {
		if roles[name] != "" {
			continue
		}
		var created struct{ ID string }
		if err := a.call(ctx, "POST", path+"/customRole", map[string]string{"name": name}, &created); err != nil {
			return err
		}
		roles[name] = created.ID
		c.Changed("qovery: create custom role " + name)
	}
	for _, w := range want.Connections {
		groups := map[string][]string{}
		for name, all := range w.GroupMappings {
			groups[roles[name]] = all
		}
		body := map[string]any{
			"connection_name": w.Name, "default_role": roles[w.DefaultRole], "enforce_group_sync": w.EnforceGroupSync, "group_mappings": groups,
		}
		if err := a.call(ctx, "PUT", path+"/enterpriseconnection/"+url.PathEscape(w.Name), body, nil); err != nil {
			return err
		}
		c.Changed("qovery: set connection " + w.Name)
	}
	return nil
}
