package atlas_test

import (
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/emulator"
)

// TestWhatNoSourceSettlesIsAssumed: an emulator that answers with what is documented or better withholds the rest.
func TestWhatNoSourceSettlesIsAssumed(t *testing.T) {
	d := newDoor(t, emulator.WithEvidence("documented"))
	d.put("connected_org_configs", `{"orgId":"`+acmeLabs+`","federationSettingsId":"`+labs+`","postAuthRoleGrants":["ORG_MEMBER"]}`)
	applied := `{"identityProviderId":"` + saml + `",`
	for _, c := range []struct{ method, path, body string }{
		{"GET", "/orgs/x/federationSettings", ""},
		{"GET", idps + "?pageNum=0", ""},
		{"GET", idps + "?protocol=KERBEROS", ""},
		{"POST", idps, strings.Replace(newOIDC, "OIDC", "SAML", 1)},
		{"POST", idps, "{}"},
		{"POST", idps, strings.Replace(newOIDC, `"audience":"a"`, `"audience":"acme-data"`, 1)},
		{"POST", mappings, `{"externalGroupName":"x","roleAssignments":[{"role":"KING"}]}`},
		{"POST", mappings, `{"externalGroupName":"x","roleAssignments":[{"role":"ORG_OWNER"}]}`},
		{"POST", mappings, `{"externalGroupName":"x","roleAssignments":[{"role":"GROUP_OWNER","groupId":"` + orders + `"}]}`},
		{"POST", mappings, `{"externalGroupName":"atlas-admins","roleAssignments":[{"role":"ORG_OWNER","orgId":"` + acme + `"}]}`},
		{"PATCH", config, applied + `"orgId":"` + bright + `"}`},
		{"PATCH", config, `{"identityProviderId":"0oa00000000000000000"}`},
		{"PATCH", config, `{"postAuthRoleGrants":["ORG_OWNER"]}`},
		{"DELETE", settings, ""},
		{"DELETE", "/federationSettings/" + labs + "/connectedOrgConfigs/" + acmeLabs, ""},
		{"DELETE", idps + "/" + samlID + "/jwks", ""},
	} {
		if got := d.ask(c.method, v2+c.path, c.body); got.Code != 501 || !strings.Contains(got.Body.String(), "not_proven") {
			t.Errorf("%s %s %s answered %d %s", c.method, c.path, c.body, got.Code, got.Body)
		}
	}
	d.refuses(400, "INVALID_ATTRIBUTE", "PATCH", v2+config, `{"role":"x"}`) // seen live
	d.refuses(400, "VALIDATION_ERROR", "PATCH", v2+config, `{"identityProviderId":""}`)
}

func TestHeadersAreJudgedToo(t *testing.T) {
	for weakest, want := range map[string][2]string{
		"any": {"Wed, 15 Nov 2023 00:00:00 GMT", "Wed, 1 Jan 2025 00:00:00 GMT"}, "documented": {"", "Wed, 1 Jan 2025 00:00:00 GMT"},
	} {
		d := newDoor(t, emulator.WithEvidence(weakest))
		old := d.send("GET", v2+idps+"/"+saml, "", "Authorization", "Bearer any", "Accept", first).Header()
		wantHeader(t, old, "Deprecation", want[0])
		wantHeader(t, old, "Sunset", want[1])
		wantHeader(t, d.ask("GET", v2+"/orgs/"+orders, "").Header(), "X-Error-Code", "ORG_NOT_FOUND")
		d.challenge(d.send("GET", v2+config, ""), "false")
	}
}

func TestTheOldestVersionIsNotRecorded(t *testing.T) {
	d := newDoor(t, emulator.WithEvidence("recorded"))
	for _, c := range []struct {
		id, accept string
		status     int
	}{{samlID, second, 200}, {saml, first, 501}} {
		if got := d.send("GET", v2+idps+"/"+c.id, "", "Authorization", "Bearer any", "Accept", c.accept); got.Code != c.status {
			t.Errorf("%s as %s answered %d %s", c.id, c.accept, got.Code, got.Body)
		}
	}
}
