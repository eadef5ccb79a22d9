package emulator_test

import (
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/fixtures"
)

func TestCheckFixtureSaysWhatIsWrongAndWhatIsWanted(t *testing.T) {
	for name, c := range map[string]struct{ kinds, want string }{
		"good":             {`organizations: [{name: acme}]`, ""},
		"an unknown kind":  {`organisations: []`, `f.yaml:3:3: auth0 has no kind "organisations"; did you mean "organizations"?`},
		"an unknown field": {`organizations: [{name: acme, dispay_name: x}]`, `f.yaml:3:32: organizations has no field "dispay_name"; did you mean "display_name"?`},
		"an unknown field within": {`organizations: [{name: acme, branding: {colors: {primry: "#000000"}}}]`,
			`f.yaml:3:52: organizations.branding.colors has no field "primry"; did you mean "primary"?`},
		"a missing field": {`organizations: [{display_name: x}]`, `f.yaml:3:19: organizations: the field "name" is missing`},
		"a missing field within": {`organizations: [{name: acme, branding: {colors: {primary: "#000000"}}}]`,
			`f.yaml:3:43: organizations.branding.colors: the field "page_background" is missing`},
		"a string for a number": {`organizations: [{name: acme, token_quota: {client_credentials: {per_day: "5"}}}]`,
			`f.yaml:3:67: token_quota.client_credentials.per_day: "5" must be a whole number`},
		"a number for a string":          {`organizations: [{name: 5}]`, `f.yaml:3:20: name: 5 must be a string`},
		"a string for an object or null": {`organizations: [{name: acme, metadata: x}]`, `f.yaml:3:32: metadata: "x" must be an object or null`},
		"a number too low": {`organizations: [{name: acme, token_quota: {client_credentials: {per_day: 0}}}]`,
			`f.yaml:3:67: token_quota.client_credentials.per_day: 0 must be at least 1`},
		"a format": {`organizations: [{name: acme, branding: {colors: {primary: blue, page_background: "#000000"}}}]`,
			`f.yaml:3:52: branding.colors.primary: "blue" must have the format html-color: HEX Color for primary elements.`},
		"a string too long": {`organizations: [{name: ` + strings.Repeat("x", 100) + `}]`,
			`f.yaml:3:20: name: "` + strings.Repeat("x", 79) + `… has 100 characters, must have at most 50`},
		"a value of few, misspelled": {`organizations: [{name: acme, third_party_client_access: alow}]`,
			`f.yaml:3:32: third_party_client_access: "alow" is none of block, allow; did you mean "allow"?`},
		"a name twice": {"organizations:\n    - name: acme\n    - name: initech\n    - name: acme", `f.yaml:6:7: organizations: another object has the name "acme", at f.yaml:4`},
		"an id twice": {"organizations:\n    - {id: org_Acme000000000001, name: acme}\n    - {id: org_Acme000000000001, name: initech}",
			`f.yaml:5:7: organizations: another object has the id "org_Acme000000000001", at f.yaml:4`},
		"a role's name twice": {"organizations: [{name: acme}]\n  roles: [{id: rol_Admin00000000001, name: admin}, {name: admin}]",
			`f.yaml:4:52: roles: another object has the name "admin", at f.yaml:4`},
		"a user twice": {"connections: [{name: sso, strategy: samlp}]\n  users:\n    - {email: a@b.co, connection: sso}\n    - {email: a@b.co, connection: sso}",
			"f.yaml:6:7: users: another object is the same"},
		"a connection's name twice": {"connections:\n    - {name: sso, strategy: samlp}\n    - {name: sso, strategy: auth0}", `f.yaml:5:7: connections: another object has the name "sso", at f.yaml:4`},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := fixtures.Parse("f.yaml", []byte("understudy: 1\nauth0:\n  "+c.kinds+"\n"))
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if err := emulator.CheckFixture(f); err != nil {
				got = err.Error()
			}
			if got != c.want {
				t.Errorf("%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestCheckFixtureListsFewOfManyValues(t *testing.T) {
	f, err := fixtures.Parse("f.yaml", []byte("understudy: 1\nauth0:\n  connections: [{name: sso, strategy: okat}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	got := emulator.CheckFixture(f)
	if got == nil || !strings.HasSuffix(got.Error(), ` others; did you mean "okta"?`) || strings.Count(got.Error(), ",") != 9 {
		t.Error(got)
	}
}

func TestCheckFixtureKnowsNoPlaceInWhatWasNotRead(t *testing.T) {
	twice := []fixtures.Object{{Doc: `{"name":"acme"}`}, {Doc: `{"name":"acme"}`}}
	f := &fixtures.Fixture{File: "made", Vendors: []fixtures.Vendor{{Name: "auth0", Kinds: []fixtures.Kind{{Name: "organizations", Objects: twice}}}}}
	if err := emulator.CheckFixture(f); err == nil || err.Error() != `made: organizations: another object has its id, or the name "acme"` {
		t.Error(err)
	}
}
