package atlas_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/fixtures"
)

const (
	federation = "ac0000000000000000000031"
	labs       = "ac0000000000000000000032"
	acme       = "ac0000000000000000000001"
	bright     = "ac0000000000000000000002"
	acmeLabs   = "ac0000000000000000000003"
	orders     = "ac0000000000000000000021"
	saml       = "0oaacme0000000000001"
	samlID     = "ac0000000000000000000041"
	oidcID     = "ac0000000000000000000042"
	workloadID = "ac0000000000000000000043"

	v2       = "/api/atlas/v2"
	v1       = "/api/atlas/v1.0"
	public   = "/api/public/v1.0"
	settings = "/federationSettings/" + federation
	config   = settings + "/connectedOrgConfigs/" + acme
	mappings = config + "/roleMappings"
	idps     = settings + "/identityProviders"

	first, second, sample = "application/vnd.atlas.2023-01-01+json", "application/vnd.atlas.2023-11-15+json", "application/vnd.atlas.2025-03-12+json"
)

// door is an emulator with the acme fixture and a stopped clock.
type door struct {
	*testing.T
	*emulator.Emulator
}

func newDoor(t *testing.T, opts ...emulator.Option) door {
	t.Helper()
	f, err := fixtures.Load("acme")
	if err != nil {
		t.Fatal(err)
	}
	e, err := emulator.New(append([]emulator.Option{emulator.WithFixture(f), emulator.WithCheckedReplies()}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	e.Default().Freeze()
	return door{t, e}
}

// send answers a request whose headers come as name, value pairs.
func (d door) send(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	d.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer := httptest.NewRecorder()
	d.Handler().ServeHTTP(answer, r)
	return answer
}

// ask is send as anybody, who may do everything in a lenient world, with the media type of the documented samples.
func (d door) ask(method, path, body string) *httptest.ResponseRecorder {
	d.Helper()
	return d.send(method, path, body, "Authorization", "Bearer any", "Accept", sample)
}

// gets asks and fails unless the answer has the status; it returns the body.
func (d door) gets(status int, method, path, body string) gjson.Result {
	d.Helper()
	answer := d.ask(method, path, body)
	if answer.Code != status {
		d.Fatalf("%s %s %s\nanswered %d %s, not %d", method, path, body, answer.Code, answer.Body, status)
	}
	return gjson.Parse(answer.Body.String())
}

// refuses asks and fails unless the answer is an error of this code that leaves the state as it was.
func (d door) refuses(status int, code, method, path, body string) gjson.Result {
	d.Helper()
	before := d.Default().Version()
	got := d.gets(status, method, path, body)
	if got.Get("errorCode").Str != code {
		d.Errorf("%s %s %s\nanswered %s, not %s", method, path, body, got.Raw, code)
	}
	if d.Default().Version() != before {
		d.Errorf("%s %s %s\nwas refused and changed the state", method, path, body)
	}
	return got
}

// reads fails unless the value at a path is this JSON.
func (d door) reads(got gjson.Result, path, want string) {
	d.Helper()
	if value := got.Get(path); value.Raw != want {
		d.Errorf("%s is %s, not %s, in %s", path, value.Raw, want, got.Raw)
	}
}

// put changes an object of the world past the wire.
func (d door) put(kind, doc string) {
	d.Helper()
	if _, err := d.Default().Put("atlas", kind, doc); err != nil {
		d.Fatal(err)
	}
}

// mint makes a credential and returns its fields.
func (d door) mint(world *emulator.World, want emulator.Credential) gjson.Result {
	d.Helper()
	fields, err := world.Mint("atlas", want)
	if err != nil {
		d.Fatal(err)
	}
	return gjson.Parse(fields)
}

func wantHeader(t *testing.T, h http.Header, name, want string) {
	t.Helper()
	if got := h.Get(name); got != want {
		t.Errorf("%s is %q, not %q", name, got, want)
	}
}
