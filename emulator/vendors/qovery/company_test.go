package qovery_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/fixtures"
)

const (
	acme   = "/organization/ac000000-0000-4000-8000-00000000000a"
	bright = "/organization/ac000000-0000-4000-8000-00000000000b"
	nobody = "/organization/ac000000-0000-4000-8000-00000000000f"
	ops    = "ac000000-0000-4000-8000-0000000000e1" // a custom role of acme's

	saml = acme + "/enterpriseconnection/acme-saml"
)

// company is an emulator with two organizations and a stopped clock.
type company struct {
	*testing.T
	*emulator.Emulator
	token string // with its scheme
}

func newCompany(t *testing.T, opts ...emulator.Option) *company {
	t.Helper()
	e, err := emulator.New(append([]emulator.Option{emulator.WithCheckedReplies()}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	e.Default().Freeze()
	return &company{t, e, "Token qov_abc_def"}
}

// of starts from a fixture whose qovery section is given.
func of(t *testing.T, section string) emulator.Option {
	t.Helper()
	f, err := fixtures.Parse("test.yaml", []byte("understudy: 1\nqovery:\n"+section))
	if err != nil {
		t.Fatal(err)
	}
	return emulator.WithFixture(f)
}

// send answers a call of "METHOD PATH BODY".
func (c *company) send(call string) *httptest.ResponseRecorder {
	c.Helper()
	method, rest, _ := strings.Cut(call, " ")
	path, body, _ := strings.Cut(rest, " ")
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Accept", "application/json")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		r.Header.Set("Authorization", c.token)
	}
	answer := httptest.NewRecorder()
	c.Handler().ServeHTTP(answer, r)
	return answer
}

// want fails unless a call is answered with the status and exactly that body.
func (c *company) want(status int, body, call string) {
	c.Helper()
	answer := c.send(call)
	if answer.Code != status || answer.Body.String() != body {
		c.Errorf("%s\nanswered %d %s\nwant     %d %s", call, answer.Code, answer.Body, status, body)
	}
}

// ok returns the body of a call that must be answered with the status.
func (c *company) ok(status int, call string) gjson.Result {
	c.Helper()
	answer := c.send(call)
	if answer.Code != status {
		c.Fatalf("%s\nanswered %d %s", call, answer.Code, answer.Body)
	}
	return gjson.Parse(answer.Body.String())
}

// refuses wants an error with the keys that every client reads, and no change.
func (c *company) refuses(status int, detail, call string) {
	c.Helper()
	before := c.Default().Version()
	answer := c.send(call)
	body := gjson.Parse(answer.Body.String())
	_, path, _ := strings.Cut(call, " ")
	path, _, _ = strings.Cut(path, " ")
	for key, want := range map[string]string{
		"status": strconv.Itoa(status), "error": http.StatusText(status), "detail": detail, "message": detail,
		"timestamp": c.Default().Now().UTC().Format("2006-01-02T15:04:05.000000Z"), "path": path,
	} {
		if got := body.Get(key).String(); got != want {
			c.Errorf("%s\nanswered %s %q, want %q", call, key, got, want)
		}
	}
	if answer.Code != status || answer.Header().Get("Content-Type") != "application/json" || c.Default().Version() != before {
		c.Errorf("%s\nanswered %d %s and changed the state: %v", call, answer.Code, answer.Body, c.Default().Version() != before)
	}
}

// mint makes a token and sends it from now on.
func (c *company) mint(want emulator.Credential) {
	c.Helper()
	fields, err := c.Default().Mint("qovery", want)
	if err != nil {
		c.Fatal(err)
	}
	c.token = gjson.Get(fields, "token_type").Str + " " + gjson.Get(fields, "access_token").Str
}
