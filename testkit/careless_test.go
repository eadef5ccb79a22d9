package testkit_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// careless has one answer to whatever fails: the same again a second later, three times. How cleaning up goes it does not
// ask.
type careless struct {
	http  *http.Client
	base  string
	token string
}

func (c *careless) provision(ctx context.Context, want wanted) error {
	c.http.Timeout = 30 * time.Second
	var granted struct {
		Token string `json:"access_token"`
	}
	if err := c.call(ctx, "POST", "/oauth/token", clientCredentials, &granted); err != nil {
		return err
	}
	c.token = granted.Token
	id, err := c.organization(ctx, want.organization)
	if err != nil {
		return err
	}
	return c.connections(ctx, organizationsPath+"/"+id+"/connections", want.connections)
}

// organization finds or makes one.
func (c *careless) organization(ctx context.Context, name string) (id string, err error) {
	var all []organization
	if err := c.call(ctx, "GET", organizationsPath, "", &all); err != nil {
		return "", err
	}
	for _, o := range all {
		if o.Name == name {
			return o.ID, nil
		}
	}
	var created organization
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
	var all []connection
	err := c.call(ctx, "GET", path, "", &all)
	byID := map[string]connection{}
	for _, one := range all {
		byID[one.ID] = one
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
			return json.Unmarshal(text, into)
		}
		if err == nil {
			err = fmt.Errorf("%s %s: %d %s", method, path, status, text)
		}
		time.Sleep(time.Second)
	}
	return err
}

func (c *careless) once(ctx context.Context, method, path, body string) (int, []byte, error) {
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
