package auth0_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/fixtures"
)

// tenant is an emulator of the acme fixture, whose clock stands still.
type tenant struct {
	*testing.T
	emulator *emulator.Emulator
}

const (
	acme        = "/api/v2/organizations/org_Acme000000000001"
	brightforge = "/api/v2/organizations/org_Brightforge00001"
	ada         = "auth0|ac0000000000000000000001"
	ben         = "auth0|ac0000000000000000000002"
	dev         = "auth0|ac0000000000000000000004"
	adminRole   = "rol_Admin00000000001"
	memberRole  = "rol_Member0000000001"
	billingRole = "rol_Billing000000001"
)

func newTenant(t *testing.T) *tenant {
	t.Helper()
	f, err := fixtures.Load("acme")
	if err != nil {
		t.Fatal(err)
	}
	e, err := emulator.New(emulator.WithFixture(f), emulator.WithCheckedReplies())
	if err != nil {
		t.Fatal(err)
	}
	e.Default().Freeze()
	return &tenant{t, e}
}

// call sends a request that has to answer with a status. Body "" sends none.
func (w *tenant) call(status int, method, path, body string) gjson.Result {
	w.Helper()
	r := httptest.NewRequest(method, strings.ReplaceAll(path, "|", "%7C"), strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer token")
	r.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	w.emulator.Handler().ServeHTTP(answer, r)
	if answer.Code != status {
		w.Fatalf("%s %s answered %d, want %d: %s", method, path, answer.Code, status, answer.Body)
	}
	return gjson.Parse(answer.Body.String())
}

// is compares a value's JSON.
func (w *tenant) is(got gjson.Result, want string) {
	w.Helper()
	if got.Raw != want {
		w.Errorf("got %s\nwant %s", got.Raw, want)
	}
}

// refused sends a request that has to fail with a message.
func (w *tenant) refused(status int, method, path, body, message string) {
	w.Helper()
	if got := w.call(status, method, path, body).Get("message").String(); got != message {
		w.Errorf("%s %s says %q\nwant %q", method, path, got, message)
	}
}

// column is a field of each item, joined by blanks.
func column(list gjson.Result, field string) string {
	var all []string
	for _, item := range list.Array() {
		all = append(all, item.Get(field).String())
	}
	return strings.Join(all, " ")
}

func (w *tenant) column(list gjson.Result, field, want string) {
	w.Helper()
	if got := column(list, field); got != want {
		w.Errorf("%s: got %q, want %q", field, got, want)
	}
}

// with adds members to an object's text.
func with(object, members string) string {
	return strings.TrimSuffix(object, "}") + "," + members + "}"
}
