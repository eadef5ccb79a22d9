package devrev_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/fixtures"
)

// org is an emulator whose world has the organization of acme or of a fixture's text, and a stopped clock.
type org struct {
	*testing.T
	*emulator.Emulator
	token string // "" for none
}

func newOrg(t *testing.T, opts ...emulator.Option) *org {
	t.Helper()
	e, err := emulator.New(append([]emulator.Option{emulator.WithCheckedReplies()}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	e.Default().Freeze()
	return &org{t, e, "PAT123"}
}

// of starts from a fixture whose devrev section is given.
func of(t *testing.T, section string) emulator.Option {
	t.Helper()
	f, err := fixtures.Parse("test.yaml", []byte("understudy: 1\ndevrev:\n"+section))
	if err != nil {
		t.Fatal(err)
	}
	return emulator.WithFixture(f)
}

// send answers a call of "METHOD PATH BODY", with further headers as name, value pairs.
func (o *org) send(call string, headers ...string) *httptest.ResponseRecorder {
	o.Helper()
	method, rest, _ := strings.Cut(call, " ")
	path, body, _ := strings.Cut(rest, " ")
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if o.token != "" {
		r.Header.Set("Authorization", o.token)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer := httptest.NewRecorder()
	o.Handler().ServeHTTP(answer, r)
	return answer
}

// want fails unless a call is answered with the status and exactly that body. It returns the body.
func (o *org) want(status int, body, call string, headers ...string) gjson.Result {
	o.Helper()
	answer := o.send(call, headers...)
	if answer.Code != status || answer.Body.String() != body {
		o.Errorf("%s\nanswered %d %s\nwant     %d %s", call, answer.Code, answer.Body, status, body)
	}
	return gjson.Parse(answer.Body.String())
}

// ok returns the body of a call that must be answered with the status.
func (o *org) ok(status int, call string) gjson.Result {
	o.Helper()
	answer := o.send(call)
	if answer.Code != status {
		o.Fatalf("%s\nanswered %d %s", call, answer.Code, answer.Body)
	}
	return gjson.Parse(answer.Body.String())
}

// refuses wants an error of a type, with the members that the type has beside it.
func (o *org) refuses(status int, kind, members, call string, headers ...string) {
	o.Helper()
	phrase := map[int]string{400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 413: "Request Entity Too Large"}[status]
	if members != "" {
		members = "," + members
	}
	before := o.Default().Version()
	o.want(status, `{"message":"`+phrase+`","type":"`+kind+`"`+members+`}`, call, headers...)
	if o.Default().Version() != before {
		o.Errorf("%s was refused and changed the state", call)
	}
}

// detail is the member of a bad_request that says what is wrong.
func detail(text string) string { return `"detail":"` + text + `"` }

// field is the member that names what is wrong.
func field(name string) string { return `"field_name":"` + name + `"` }
