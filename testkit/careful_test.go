package testkit_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// careful looks before it writes and after, waits as told, and sends no write again whose outcome it does not know.
type careful struct {
	http  *http.Client
	base  string
	token string
}

// Bounds of its patience.
const (
	attemptTimeout = 10 * time.Second
	longestPause   = 32 * time.Second
	mostAttempts   = 5
)

// errGone says that what a write is about is not there any more, errNoToken that nothing can be asked.
var (
	errGone    = errors.New("what was to be changed is gone")
	errNoToken = errors.New("no token to be had")
)

// provision begins anew where somebody takes away what it builds on.
func (c *careful) provision(ctx context.Context, want wanted) (err error) {
	for range mostAttempts {
		if err = c.converge(ctx, want); !errors.Is(err, errGone) {
			return err
		}
	}
	return err
}

func (c *careful) converge(ctx context.Context, want wanted) error {
	var org organization
	exists := func() (bool, error) { return c.read(ctx, organizationsPath+"/name/"+want.organization, &org) }
	if err := c.ensure(ctx, exists, "POST", organizationsPath, fmt.Sprintf(`{"name":%q}`, want.organization)); err != nil {
		return err
	}
	connections := organizationsPath + "/" + org.ID + "/connections"
	for _, wanted := range want.connections {
		var have connection
		own := connections + "/" + wanted.ID
		added := func() (bool, error) { return c.read(ctx, own, &have) }
		if err := c.ensure(ctx, added, "POST", connections, fmt.Sprintf(`{"connection_id":%q}`, wanted.ID)); err != nil {
			return err
		}
		set := func() (bool, error) {
			found, err := c.read(ctx, own, &have)
			return found && have == wanted, err
		}
		if err := c.ensure(ctx, set, "PATCH", own, fmt.Sprintf(`{"assign_membership_on_login":%t}`, wanted.Assign)); err != nil {
			return err
		}
	}
	return c.removeOthers(ctx, connections, want.connections)
}

// removeOthers takes away the connections that are not wanted.
func (c *careful) removeOthers(ctx context.Context, path string, wanted []connection) error {
	var all []connection
	if _, err := c.read(ctx, path, &all); err != nil {
		return err
	}
	for _, have := range all {
		if slices.ContainsFunc(wanted, func(w connection) bool { return w.ID == have.ID }) {
			continue
		}
		own := path + "/" + have.ID
		removed := func() (bool, error) {
			found, err := c.read(ctx, own, &connection{})
			return !found, err
		}
		if err := c.ensure(ctx, removed, "DELETE", own, ""); err != nil {
			return err
		}
	}
	return nil
}

// names lists the tenant's organizations. It goes on as long as an answer says that there is more, and knows what it has
// seen before.
func (c *careful) names(ctx context.Context) (all []string, err error) {
	for n := 0; ; n++ {
		var page organizations
		if _, err := c.read(ctx, pageOf(n), &page); err != nil {
			return nil, err
		}
		for _, o := range page.Organizations {
			if !slices.Contains(all, o.Name) {
				all = append(all, o.Name)
			}
		}
		if n+1 >= page.Total {
			return all, nil
		}
	}
}

// ensure writes where what it sees is not what is wanted, and looks until it is. Only after a look does it write again.
func (c *careful) ensure(ctx context.Context, done func() (bool, error), method, path, body string) error {
	written := false
	for pause := time.Second; pause <= longestPause; {
		if ok, err := done(); ok || err != nil {
			return err
		}
		if !written {
			status, _, err := c.send(ctx, method, path, body)
			switch {
			case errors.Is(err, errNoToken):
				return err
			case err != nil || status >= 500: // it may have been carried out, or not
			case status < 300, status == http.StatusConflict: // it is there, whoever made it
				written, pause = true, time.Second
				continue
			case status == http.StatusNotFound:
				return errGone
			default:
				return fmt.Errorf("%s %s: %d", method, path, status)
			}
		}
		time.Sleep(pause)
		pause *= 2
	}
	return fmt.Errorf("%s %s: it does not show", method, path)
}

// read tells whether there is something at a path, and what.
func (c *careful) read(ctx context.Context, path string, into any) (found bool, err error) {
	for pause := time.Second; pause <= longestPause; pause *= 2 {
		status, body, failed := c.send(ctx, "GET", path, "")
		switch {
		case failed == nil && status == http.StatusOK:
			return true, json.Unmarshal(body, into)
		case failed == nil && status == http.StatusNotFound:
			return false, nil
		case errors.Is(failed, errNoToken):
			return false, failed
		case failed == nil && status < 500:
			return false, fmt.Errorf("GET %s: %d", path, status)
		}
		err = errors.Join(fmt.Errorf("GET %s: %d", path, status), failed)
		time.Sleep(pause)
	}
	return false, err
}

// send comes again where the vendor asks for it: later, or with a token that is valid.
func (c *careful) send(ctx context.Context, method, path, body string) (status int, answer []byte, err error) {
	pause := time.Second // where it says that it was too much, and not for how long
	for range mostAttempts {
		if c.token == "" {
			if err := c.renew(ctx); err != nil {
				return 0, nil, err
			}
		}
		var header http.Header
		status, header, answer, err = c.once(ctx, method, path, body)
		if err != nil {
			return 0, nil, err
		}
		wait, asked := told(status, header)
		switch {
		case asked:
			time.Sleep(wait)
		case status == http.StatusTooManyRequests:
			time.Sleep(pause)
			pause *= 2
		case status == http.StatusUnauthorized:
			c.token = ""
		default:
			return status, answer, nil
		}
	}
	return status, answer, nil
}

// told is how long the vendor, or what stands before it, wants to be left alone: to the end of the second that it names, by
// its own clock.
func told(status int, header http.Header) (wait time.Duration, asked bool) {
	if status != http.StatusTooManyRequests && status != http.StatusServiceUnavailable {
		return 0, false
	}
	if seconds, err := strconv.Atoi(header.Get("Retry-After")); err == nil {
		return time.Duration(seconds) * time.Second, true
	}
	now, undated := http.ParseTime(header.Get("Date"))
	if date, err := http.ParseTime(header.Get("Retry-After")); err == nil && undated == nil {
		return date.Add(time.Second).Sub(now), true
	}
	at, err := strconv.ParseInt(header.Get("X-RateLimit-Reset"), 10, 64)
	return time.Unix(at+1, 0).Sub(now), err == nil && undated == nil && status == http.StatusTooManyRequests
}

// renew gets a token. To ask twice for one harms nobody.
func (c *careful) renew(ctx context.Context) error {
	var granted struct {
		Token string `json:"access_token"`
	}
	for pause := time.Second; pause <= longestPause; pause *= 2 {
		status, _, body, err := c.once(ctx, "POST", "/oauth/token", clientCredentials)
		if err == nil && status == http.StatusOK {
			err = json.Unmarshal(body, &granted)
			c.token = granted.Token
			return err
		}
		if err == nil && status < 500 && status != http.StatusTooManyRequests {
			break // no pause mends that
		}
		time.Sleep(pause)
	}
	return errNoToken
}

// once is one attempt, which takes no more than its time and counts only when its answer is whole.
func (c *careful) once(ctx context.Context, method, path, body string) (int, http.Header, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	request, err := newRequest(ctx, method, c.base+path, c.token, body)
	if err != nil {
		return 0, nil, nil, err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return 0, nil, nil, err
	}
	defer response.Body.Close()
	var whole bytes.Buffer
	if _, err := io.Copy(&whole, response.Body); err != nil {
		return 0, nil, nil, err
	}
	return response.StatusCode, response.Header, whole.Bytes(), nil
}
