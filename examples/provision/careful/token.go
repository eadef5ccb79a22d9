package careful

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// grant is how a token is had: client credentials, by RFC 6749.
type grant struct {
	path             string
	clientID, secret string
	inForm           url.Values // what the form has beside the grant's type
	basic            bool       // client id and secret are Basic credentials, not in the form
}

// send makes a call with a token. Where the token has ended, it comes again with a new one: what was refused so was not
// carried out.
func (a *api) send(ctx context.Context, c call) (*answer, error) {
	if err := a.renew(ctx); err != nil {
		return nil, err
	}
	got, err := a.heed(ctx, c, a.scheme+a.token)
	if err != nil || got.status != http.StatusUnauthorized || a.grant == nil {
		return got, err
	}
	a.token = ""
	if err := a.renew(ctx); err != nil {
		return nil, err
	}
	return a.heed(ctx, c, a.scheme+a.token)
}

// renew gets a token where there is none that lasts. To ask twice for one harms nobody.
func (a *api) renew(ctx context.Context) error {
	if a.grant == nil || a.token != "" && time.Now().Before(a.expires) {
		return nil
	}
	form := url.Values{"grant_type": {"client_credentials"}}
	c := call{method: "POST", path: a.grant.path, media: "application/x-www-form-urlencoded"}
	for name, values := range a.grant.inForm {
		form[name] = values
	}
	if a.grant.basic {
		c.basic = a.grant
	} else {
		form.Set("client_id", a.grant.clientID)
		form.Set("client_secret", a.grant.secret)
	}
	c.body = []byte(form.Encode())
	got, err := a.insist(ctx, c, func(ctx context.Context, c call) (*answer, error) { return a.heed(ctx, c, "") })
	if err != nil {
		return fmt.Errorf("no token: %w", err)
	}
	if got.status != http.StatusOK {
		return a.refused(c, got)
	}
	var granted struct {
		Token   string `json:"access_token"`
		Seconds int    `json:"expires_in"`
	}
	if err := json.Unmarshal(got.body, &granted); err != nil {
		return err
	}
	if granted.Token == "" {
		return errors.New("the answer to " + c.path + " has no access_token")
	}
	life := time.Duration(granted.Seconds) * time.Second
	a.token, a.expires = granted.Token, time.Now().Add(life-life/10)
	return nil
}
