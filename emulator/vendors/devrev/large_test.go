package devrev_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestLargeBodiesAreAnsweredAtOnce: the work grows with the body and with the users, not with both at once.
func TestLargeBodiesAreAnsweredAtOnce(t *testing.T) {
	const users, bytes = 2000, 1 << 20
	var section strings.Builder
	section.WriteString("  dev_orgs: [{display_name: A}]\n  dev_users:\n")
	for i := range users {
		fmt.Fprintf(&section, "    - {email: u%d@x.example, role: admin, external_identities: [{id: '%d', issuer: okta}, {id: x, issuer: other}]}\n", i, i)
	}
	o := newOrg(t, of(t, section.String()))
	list := func(name, item string) string {
		return `POST /dev-users.list {"limit":1,"` + name + `":[` + strings.TrimSuffix(strings.Repeat(item+",", (bytes-100)/(len(item)+1)), ",") + `]}`
	}
	for call, want := range map[string]int{
		list("sort_by", `"state"`): 1, list("sort_by", `"email:desc"`): 1, list("email", `"nobody@x.example"`): 0,
		list("state", `"active"`): 1, list("external_identity", `{"id":"none"}`): 0,
		create + `{"type":"oidc"` + strings.Repeat(`,"client_id":"c"`, bytes/20) + `}`: -1,
	} {
		began := time.Now()
		answer := o.send(call)
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("%.80s took %s", call, took)
		}
		if got := strings.Count(answer.Body.String(), `"email":`); want >= 0 && (answer.Code != 200 || got != want) || want < 0 && answer.Code != 400 {
			t.Errorf("%.80s answered %d with %d users, want %d", call, answer.Code, got, want)
		}
	}
}
