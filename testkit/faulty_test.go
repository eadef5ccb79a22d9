package testkit_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/understudy-dev/understudy/testkit"
)

// fault is what a client does wrong. Each is one switch on a client that is right without it.
type fault string

const (
	none                 fault = ""
	noRetry              fault = "no retry"
	retryWithoutWait     fault = "retry without wait"
	blindRepeat          fault = "blind repeat of creates"
	ignoresRetryAfter    fault = "ignores Retry-After"
	insistsWhenForbidden fault = "infinite retry on 403"
	firstPageOnly        fault = "stops at the first page"
	tokenForEver         fault = "caches a token for ever"
	conflictIsFailure    fault = "treats 409 as failure after a lost answer"
	crashesOnUnknown     fault = "crashes on unknown fields"
	leavesHalf           fault = "leaves half the work"
)

// globex is what the client makes at Auth0: an organization, and connections of the tenant that its people sign in by.
const globex = "globex"

var (
	globexConnections = []string{"acme-entra", "acme-okta", "acme-saml"}

	// knownMembers are all that answers to reads have.
	knownMembers = map[string]bool{
		"id": true, "name": true, "display_name": true, "third_party_client_access": true, "is_app_entitlement_active": true,
		"start": true, "limit": true, "length": true, "total": true, "connections": true,
		"connection_id": true, "assign_membership_on_login": true, "show_as_button": true, "is_signup_enabled": true, "connection": true,
		"organization_connection_name": true, "organization_access_level": true, "is_enabled": true,
	}
)

const (
	perPage      = "4" // of which the last is acme-saml, as long as nobody adds one before it
	tokenRequest = `{"grant_type":"client_credentials","client_id":"any","client_secret":"secret","audience":"https://auth0.understudy.test/api/v2/"}`
)

var (
	errTakenAway = errors.New("what it builds on is gone")
	errUnknown   = errors.New("nobody knows what has become of it")
	errNoGrant   = errors.New("no token is to be had")
)

// faulty is a client that provisions globex. Its workers share a token, and the waits that the vendor asks for.
type faulty struct {
	fault fault
	http  *http.Client
	base  string

	one   chan struct{} // holds whoever looks at what is below; a mutex would keep virtual time from passing
	token string
	quiet time.Time // no call before
}

func newFaulty(w *testkit.World, f fault) *faulty {
	return &faulty{fault: f, http: w.Client(), base: w.URL("auth0"), one: make(chan struct{}, 1)}
}

// provisions is a gauntlet's client with a fault.
func provisions(f fault) func(context.Context, *testkit.World) error {
	return func(ctx context.Context, w *testkit.World) (err error) {
		c := newFaulty(w, f)
		for range 3 {
			if err = c.converge(ctx); !errors.Is(err, errTakenAway) {
				return err
			}
		}
		return err
	}
}

func (c *faulty) converge(ctx context.Context) error {
	var org struct{ ID string }
	created, err := c.ensure(ctx, "/api/v2/organizations/name/"+globex, &org, "/api/v2/organizations", `{"name":"globex","display_name":"Globex"}`)
	if err != nil || !created && c.fault == leavesHalf {
		return err
	}
	path := "/api/v2/organizations/" + org.ID + "/connections"
	for _, name := range globexConnections {
		id, err := c.connection(ctx, name)
		if err != nil {
			return err
		}
		body := fmt.Sprintf(`{"connection_id":%q,"assign_membership_on_login":true}`, id)
		if _, err := c.ensure(ctx, path+"/"+id, &struct{}{}, path, body); err != nil {
			return err
		}
	}
	return nil
}

// ensure looks for what is at a path, makes it where it is not there, and looks again until it is.
func (c *faulty) ensure(ctx context.Context, path string, into any, list, body string) (created bool, err error) {
	for pause := time.Second; ; pause *= 2 {
		found, err := c.read(ctx, path, into)
		if found || err != nil {
			return created, err
		}
		if !created {
			if err = c.create(ctx, list, body); err == nil {
				created = true
				continue
			}
			if !errors.Is(err, errUnknown) {
				return false, err
			}
		}
		if err := c.wait(ctx, pause, fmt.Errorf("POST %s is not to be seen: %w", list, err)); err != nil {
			return created, err
		}
	}
}

// create makes something once. Of an outcome that is not known, it says so.
func (c *faulty) create(ctx context.Context, path, body string) error {
	repeats := c.fault == blindRepeat || c.fault == conflictIsFailure
	for pause := time.Second; ; pause *= 2 {
		answer, err := c.send(ctx, "POST", path, body)
		switch {
		case errors.Is(err, errNoGrant):
			return err
		case err == nil && answer.status == http.StatusConflict && c.fault == conflictIsFailure:
			return fmt.Errorf("POST %s: 409", path)
		case err == nil && (answer.status == http.StatusCreated || answer.status == http.StatusConflict):
			return nil
		case err == nil && answer.status == http.StatusNotFound:
			return fmt.Errorf("POST %s: %w", path, errTakenAway)
		case err == nil && answer.status < 500:
			return fmt.Errorf("POST %s: %d", path, answer.status)
		case err == nil:
			err = fmt.Errorf("POST %s: %d", path, answer.status)
		}
		if !repeats {
			return fmt.Errorf("%w: %w", errUnknown, err)
		}
		if err := c.wait(ctx, pause, err); err != nil {
			return err
		}
	}
}

// connection is the id of the tenant's connection of a name.
func (c *faulty) connection(ctx context.Context, name string) (string, error) {
	for n := 0; ; n++ {
		var page struct {
			Start, Total int
			Connections  []struct{ ID, Name string }
		}
		path := "/api/v2/connections?include_totals=true&per_page=" + perPage + "&page=" + strconv.Itoa(n)
		if found, err := c.read(ctx, path, &page); err != nil || !found {
			return "", errors.Join(err, errTakenAway)
		}
		for _, one := range page.Connections {
			if one.Name == name {
				return one.ID, nil
			}
		}
		if c.fault == firstPageOnly || page.Start+len(page.Connections) >= page.Total {
			return "", fmt.Errorf("the tenant has no connection %s", name)
		}
	}
}

// read tells what is at a path, where there is something.
func (c *faulty) read(ctx context.Context, path string, into any) (found bool, err error) {
	for pause := time.Second; ; pause *= 2 {
		answer, err := c.send(ctx, "GET", path, "")
		switch {
		case errors.Is(err, errNoGrant):
			return false, err
		case err == nil && answer.status == http.StatusOK:
			if err = c.decode(answer.body, into); err == nil {
				return true, nil
			}
		case err == nil && answer.status == http.StatusNotFound:
			return false, nil
		case err == nil && answer.status < 500:
			return false, fmt.Errorf("GET %s: %d", path, answer.status)
		case err == nil:
			err = fmt.Errorf("GET %s: %d", path, answer.status)
		}
		if err := c.wait(ctx, pause, err); err != nil {
			return false, err
		}
	}
}

func (c *faulty) decode(body []byte, into any) error {
	var members map[string]any
	if err := json.Unmarshal(body, &members); err != nil {
		return err
	}
	for name := range members {
		if c.fault == crashesOnUnknown && !knownMembers[name] {
			panic("unknown member " + name)
		}
	}
	return json.Unmarshal(body, into)
}

// wait is a pause before one more try. After the sixth, of half a minute, there is none.
func (c *faulty) wait(ctx context.Context, pause time.Duration, failed error) error {
	switch {
	case pause > 32*time.Second || c.fault == noRetry:
		return failed
	case c.fault == retryWithoutWait:
		return ctx.Err()
	}
	return asleep(ctx, pause)
}

type answered struct {
	status int
	header http.Header
	body   []byte
}

// send comes again where the vendor asks for it: later, or with another token.
func (c *faulty) send(ctx context.Context, method, path, body string) (*answered, error) {
	refused := ""
	for pause := time.Second; ; {
		token, err := c.ready(ctx, refused)
		if err != nil {
			return nil, err
		}
		answer, err := c.once(ctx, method, path, body, token)
		if err != nil {
			return nil, err
		}
		wait, told := toldToWait(answer)
		switch {
		case answer.status == http.StatusForbidden && c.fault == insistsWhenForbidden:
			if err := asleep(ctx, time.Second); err != nil {
				return nil, err
			}
		case answer.status == http.StatusUnauthorized && refused == "" && c.fault != tokenForEver:
			refused = token
		case answer.status == http.StatusTooManyRequests || answer.status == http.StatusServiceUnavailable && told:
			switch {
			case !told || c.fault == retryWithoutWait || c.fault == noRetry:
				err = c.wait(ctx, pause, fmt.Errorf("%s %s: %d", method, path, answer.status))
				pause *= 2
			case c.fault == ignoresRetryAfter:
				err = asleep(ctx, time.Second)
			default:
				c.hush(time.Now().Add(wait))
			}
			if err != nil {
				return nil, err
			}
		default:
			return answer, nil
		}
	}
}

// ready waits until calls are welcome, and has a token that is another one than the refused.
func (c *faulty) ready(ctx context.Context, refused string) (string, error) {
	c.one <- struct{}{}
	defer func() { <-c.one }()
	for time.Now().Before(c.quiet) {
		pause := time.Until(c.quiet)
		<-c.one
		err := asleep(ctx, pause)
		c.one <- struct{}{}
		if err != nil {
			return "", err
		}
	}
	if c.token != refused {
		return c.token, nil
	}
	token, err := c.renew(ctx)
	c.token = token
	return token, err
}

// hush keeps all workers from calls until a moment.
func (c *faulty) hush(until time.Time) {
	c.one <- struct{}{}
	defer func() { <-c.one }()
	if until.After(c.quiet) {
		c.quiet = until
	}
}

// renew gets a token. To ask twice for one harms nobody.
func (c *faulty) renew(ctx context.Context) (string, error) {
	for pause := time.Second; ; pause *= 2 {
		answer, err := c.once(ctx, "POST", "/oauth/token", tokenRequest, "")
		if err == nil && answer.status == http.StatusOK {
			var granted struct {
				Token string `json:"access_token"`
			}
			if err = json.Unmarshal(answer.body, &granted); err == nil {
				return granted.Token, nil
			}
		} else if err == nil {
			err = fmt.Errorf("%w: %d", errNoGrant, answer.status)
			if answer.status < 500 && answer.status != http.StatusTooManyRequests {
				return "", err
			}
		}
		if err := c.wait(ctx, pause, err); err != nil {
			return "", err
		}
	}
}

// once is one attempt, which takes no more than its time and counts only when its answer is whole.
func (c *faulty) once(ctx context.Context, method, path, body, token string) (*answered, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader([]byte(body)))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return &answered{response.StatusCode, response.Header, text}, err
}

// toldToWait is how long the vendor asks to be left alone, by its own clock and to the end of the second that it names.
func toldToWait(a *answered) (time.Duration, bool) {
	now, err := http.ParseTime(a.header.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	after := a.header.Get("Retry-After")
	if seconds, err := strconv.Atoi(after); err == nil {
		return time.Duration(seconds) * time.Second, true
	}
	if at, err := http.ParseTime(after); err == nil {
		return at.Add(time.Second).Sub(now), true
	}
	if at, err := strconv.ParseInt(a.header.Get("X-RateLimit-Reset"), 10, 64); err == nil && a.status == http.StatusTooManyRequests {
		return time.Unix(at+1, 0).Sub(now), true
	}
	return 0, false
}

func asleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
