package testkit_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// careless has one answer to whatever fails: the same again a second later, three times. It takes what it has seen of the
// vendor's answers for all that can ever be in them, and does not ask how cleaning up went.
type careless struct {
	http  *http.Client
	base  string
	token string
}

func (c *careless) provision(ctx context.Context, want wanted) error {
	if err := c.logIn(ctx); err != nil {
		return err
	}
	id, err := c.organization(ctx, want.organization)
	if err != nil {
		return err
	}
	return c.connections(ctx, organizationsPath+"/"+id+"/connections", want.connections)
}

func (c *careless) logIn(ctx context.Context) error {
	var granted struct {
		Token string `json:"access_token"`
		Type  string `json:"token_type"`
		Ends  int    `json:"expires_in"`
		Scope string `json:"scope"`
	}
	err := c.call(ctx, "POST", "/oauth/token", clientCredentials, &granted)
	c.token = granted.Token
	return err
}

// names lists the tenant's organizations, as many as the first page says.
func (c *careless) names(ctx context.Context) (all []string, err error) {
	if err := c.logIn(ctx); err != nil {
		return nil, err
	}
	for n, total := 0, 1; n < total; n++ {
		var page struct {
			Organizations       []tenantOrganization
			Start, Limit, Total int
		}
		if err := c.call(ctx, "GET", pageOf(n), "", &page); err != nil {
			return nil, err
		}
		for _, o := range page.Organizations {
			all = append(all, o.Name)
		}
		if n == 0 {
			total = page.Total
		}
	}
	return all, nil
}

// tenantOrganization and tenantConnection are all that the careless job has ever seen of them.
type (
	tenantOrganization struct {
		organization
		DisplayName string            `json:"display_name"`
		Branding    object            `json:"branding"`
		Metadata    map[string]string `json:"metadata"`
		Access      access            `json:"third_party_client_access"`
		Entitlement bool              `json:"is_app_entitlement_active"`
	}
	tenantConnection struct {
		connection
		Signup     bool   `json:"is_signup_enabled"`
		Button     bool   `json:"show_as_button"`
		Enabled    bool   `json:"is_enabled"`
		Level      string `json:"organization_access_level"`
		Connection struct {
			Name     string
			Strategy strategy
		}
	}
	object   struct{}
	access   string
	strategy string
)

func (*object) UnmarshalJSON(text []byte) error {
	if text[0] != '{' {
		return fmt.Errorf("%s is no object", text)
	}
	return nil
}

func (a *access) UnmarshalJSON(text []byte) error {
	return oneOf(text, `"allow"`, `"block"`)
}

func (s *strategy) UnmarshalJSON(text []byte) error {
	return oneOf(text, `"auth0"`, `"okta"`, `"samlp"`, `"waad"`)
}

func oneOf(text []byte, known ...string) error {
	if !slices.Contains(known, string(text)) {
		return fmt.Errorf("%s is none of %s", text, known)
	}
	return nil
}

// organization finds or makes one.
func (c *careless) organization(ctx context.Context, name string) (id string, err error) {
	var all []tenantOrganization
	if err := c.call(ctx, "GET", organizationsPath, "", &all); err != nil {
		return "", err
	}
	for _, o := range all {
		if o.Name == name {
			return o.ID, nil
		}
	}
	var created tenantOrganization
	err = c.call(ctx, "POST", organizationsPath, fmt.Sprintf(`{"name":%q}`, name), &created)
	return created.ID, err
}

func (c *careless) connections(ctx context.Context, path string, want []connection) error {
	have, err := c.list(ctx, path)
	if err != nil {
		return err
	}
	for _, w := range want {
		if _, found := have[w.ID]; !found {
			if err := c.call(ctx, "POST", path, fmt.Sprintf(`{"connection_id":%q}`, w.ID), nil); err != nil {
				return err
			}
		}
		if err := c.call(ctx, "PATCH", path+"/"+w.ID, fmt.Sprintf(`{"assign_membership_on_login":%t}`, w.Assign), nil); err != nil {
			return err
		}
	}
	if have, err = c.list(ctx, path); err != nil {
		return err
	}
	for _, w := range want {
		if have[w.ID] != w {
			return fmt.Errorf("%s is %v, want %v", w.ID, have[w.ID], w)
		}
		delete(have, w.ID)
	}
	for id := range have {
		_, _, _ = c.once(ctx, "DELETE", path+"/"+id, "")
	}
	return nil
}

func (c *careless) list(ctx context.Context, path string) (map[string]connection, error) {
	var all []tenantConnection
	err := c.call(ctx, "GET", path, "", &all)
	byID := map[string]connection{}
	for _, one := range all {
		byID[one.ID] = one.connection
	}
	return byID, err
}

// call repeats what fails, whatever the reason.
func (c *careless) call(ctx context.Context, method, path, body string, into any) (err error) {
	for range 4 {
		var status int
		var text []byte
		if status, text, err = c.once(ctx, method, path, body); err == nil && status < 300 {
			if into == nil {
				return nil
			}
			strict := json.NewDecoder(bytes.NewReader(text))
			strict.DisallowUnknownFields()
			return strict.Decode(into)
		}
		if untrusted := (*tls.CertificateVerificationError)(nil); errors.As(err, &untrusted) {
			c.base = strings.Replace(c.base, "https:", "http:", 1)
		}
		if err == nil {
			err = fmt.Errorf("%s %s: %d %s", method, path, status, text)
		}
		time.Sleep(time.Second)
	}
	return err
}

func (c *careless) once(ctx context.Context, method, path, body string) (int, []byte, error) {
	c.http.Timeout = 30 * time.Second
	request, err := newRequest(ctx, method, c.base+path, c.token, body)
	if err != nil {
		return 0, nil, err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	return response.StatusCode, text, nil
}
