package careful_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/understudy-dev/understudy/examples/provision/careful"
	"github.com/understudy-dev/understudy/examples/provision/job"
	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/testkit"
)

// acme is the job that the README shows, or one vendor's part of it.
func acme(t *testing.T, vendor string) job.Job {
	t.Helper()
	text, err := os.ReadFile("../sso.yaml")
	if err != nil {
		t.Fatal(err)
	}
	all, err := job.Parse(text, func(string) string { return "secret" })
	if err != nil {
		t.Fatal(err)
	}
	switch vendor {
	case "auth0":
		return job.Job{Auth0: all.Auth0}
	case "atlas":
		return job.Job{Atlas: all.Atlas}
	case "devrev":
		return job.Job{DevRev: all.DevRev}
	case "qovery":
		return job.Job{Qovery: all.Qovery}
	}
	return all
}

// sync runs a new client once, and tells what it changed.
func sync(ctx context.Context, w *testkit.World, want job.Job) (changes []string, err error) {
	id, secret := w.Atlas().ServiceAccount()
	client := careful.Client{
		HTTP: w.Client(),
		Access: job.Accesses{
			Auth0:  job.Access{URL: w.Auth0().URL(), ClientID: "provision", ClientSecret: "secret"},
			Atlas:  job.Access{URL: w.Atlas().URL(), ClientID: id, ClientSecret: secret},
			DevRev: job.Access{URL: w.DevRev().URL(), Token: w.DevRev().Token("admin")},
			Qovery: job.Access{URL: w.Qovery().URL(), Token: w.Qovery().Token("owner")},
		},
		Changed: func(what string) { changes = append(changes, what) },
	}
	err = client.Sync(ctx, want)
	return changes, err
}

// settled fails the test unless a run finds nothing to change.
func settled(t *testing.T, w *testkit.World, want job.Job) {
	t.Helper()
	if changes, err := sync(t.Context(), w, want); changes != nil || err != nil {
		t.Errorf("a second run changed %q: %v", changes, err)
	}
}

func TestSyncsFourVendors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := testkit.Start(t)
		changes, err := sync(t.Context(), w, acme(t, ""))
		if err != nil {
			t.Fatal(err)
		}
		want := []string{
			"auth0: update organization acme", "auth0: update connection acme-okta",
			"auth0: add connection acme-entra", "auth0: add connection acme-google",
			"atlas: update organization ac0000000000000000000001",
			"atlas: update role mapping atlas-admins", "atlas: create role mapping atlas-auditors",
			"devrev: update connection Acme (OpenID Connect)",
			"devrev: create connection Acme (Okta)", "devrev: enable connection Acme (Okta)",
			"qovery: create custom role Auditors", "qovery: update connection acme-saml", "qovery: update connection acme oidc/é",
		}
		if !slices.Equal(changes, want) {
			t.Errorf("it changed\n%s", strings.Join(changes, "\n"))
		}
		writes := writesOf(w)
		settled(t, w, acme(t, ""))
		if again := writesOf(w); again != writes {
			t.Errorf("the second run sent %d writes", again-writes)
		}
		for _, kept := range []struct{ vendor, kind, id, member string }{ // beside what it was to change
			{"auth0", "organizations", "org_Acme000000000001", `"plan":"enterprise"`},
			{"auth0", "organization_connections", "org_Acme000000000001/con_AcmeOkta00000001", `"organization_access_level":"full"`},
			{"atlas", "connected_org_configs", "ac0000000000000000000001", `"domainRestrictionEnabled":true`},
			{"atlas", "connected_org_configs", "ac0000000000000000000001", `"dataAccessIdentityProviderIds":["ac0000000000000000000042"]`},
		} {
			if doc := w.Get(kept.vendor, kept.kind, kept.id); !strings.Contains(doc, kept.member) {
				t.Errorf("%s %s lost %s: %s", kept.kind, kept.id, kept.member, doc)
			}
		}
	})
}

// writesOf counts the requests that change something, by their methods; reads of all four vendors are GETs here.
func writesOf(w *testkit.World) (n int) {
	for _, e := range w.Requests(testkit.Filter{}) {
		if e.Method != "GET" && !strings.HasSuffix(e.Operation, "oauth.token") {
			n++
		}
	}
	return n
}

// ends says at which vendor a scenario can't end well, with what the client then says. Where it says nothing, all is done.
var ends = map[string]map[string]string{
	"concurrent-edit": {
		"atlas":  "atlas: there is no /api/atlas/v2/orgs/ac0000000000000000000001/federationSettings", // no call connects an organization anew
		"qovery": "qovery: there is no connection acme-saml, and only Qovery's staff can make one",
	},
	"credential-revoked": {
		"auth0":  "auth0: POST /oauth/token: 401 ",
		"atlas":  "atlas: POST /api/oauth/token: 401 ",
		"devrev": "devrev: GET /dev-orgs.auth-connections.list: 401 ",
		"qovery": "qovery: GET /organization/ac000000-0000-4000-8000-00000000000a/customRole: 401 ",
		"all":    "auth0: POST /oauth/token: 401 ",
	},
	"one-vendor-down": {
		"auth0":  "auth0: no token: POST /oauth/token: 503 ",
		"atlas":  "atlas: no token: POST /api/oauth/token: 503 ",
		"devrev": "devrev: GET /dev-orgs.auth-connections.list: 503 ",
		"qovery": "qovery: GET /organization: 503 ",
		"all":    "atlas: no token: POST /api/oauth/token: 503 ",
	},
	"permission-lost": {
		"auth0":  "auth0: update connection acme-okta: PATCH /api/v2/organizations/org_Acme000000000001/connections/con_AcmeOkta00000001: 403 ",
		"atlas":  "atlas: update role mapping atlas-admins: PUT /api/atlas/v2/federationSettings/ac0000000000000000000031/connectedOrgConfigs/ac0000000000000000000001/roleMappings/ac0000000000000000000051: 401 ",
		"devrev": "devrev: create connection Acme (Okta): POST /dev-orgs.auth-connections.create: 403 ",
		"qovery": "qovery: update connection acme-saml: PUT /organization/ac000000-0000-4000-8000-00000000000a/enterpriseconnection/acme-saml: 403 ",
		"all":    "auth0: update connection acme-okta: PATCH ",
	},
	"resource-deleted-behind-back": {
		"qovery": "qovery: there is no connection acme oidc/é, and only Qovery's staff can make one",
	},
	"tls-certificate-expired": {
		"auth0":  `auth0: no token: Post "https://auth0.understudy.test/oauth/token": tls: failed to verify certificate: x509: certificate has expired`,
		"atlas":  `atlas: no token: Post "https://atlas.understudy.test/api/oauth/token": tls: failed to verify certificate: x509: certificate has expired`,
		"devrev": `devrev: Get "https://devrev.understudy.test/dev-orgs.auth-connections.list": tls: failed to verify certificate: x509: certificate has expired`,
		"qovery": `qovery: Get "https://qovery.understudy.test/organization": tls: failed to verify certificate: x509: certificate has expired`,
		"all":    `auth0: no token: Post "https://auth0.understudy.test/oauth/token": tls: failed to verify certificate: x509: certificate has expired`,
	},
	"token-expires-mid-run": { // no call renews this token
		"devrev": "devrev: GET /dev-orgs.auth-connections.list: 401 ",
	},
}

// never says where a scenario has nothing to strike, and why, as its verdicts have it.
var never = map[string]map[string]string{
	"lost-answer-on-delete": { // the job deletes nothing
		"all": noSuchCall, "auth0": noSuchCall, "atlas": noSuchCall, "devrev": noSuchCall, "qovery": noSuchCall,
	},
	"page-shifts-while-listing": { // what is read there comes in one page
		"devrev": "no answer said that there is more",
		"qovery": "no answer said that there is more",
	},
	"token-expires-mid-run": {"qovery": "the caller's sort of credential is never expired"}, // its API tokens have no end
}

const noSuchCall = "no call was one that it is about"

func TestPassesTheLibrary(t *testing.T) {
	for _, name := range scenarios.ShippedNames() {
		t.Run(name, func(t *testing.T) {
			for _, vendor := range []string{"auth0", "atlas", "devrev", "qovery", "all"} {
				t.Run(vendor, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) { passes(t, name, vendor) })
				})
			}
		})
	}
}

// passes plays a scenario for one vendor, or to a job at all of them, to a run of the job.
func passes(t *testing.T, name, vendor string) {
	w := testkit.Start(t)
	// A third connection, so that the job has three writes at this vendor too.
	w.Put("qovery", "enterprise_connections", `{"organization_id":"acme","connection_name":"acme-partners"}`)
	want := acme(t, vendor)
	if want.Qovery != nil {
		want.Qovery.Connections = append(want.Qovery.Connections, job.QoveryConnection{Name: "acme-partners", DefaultRole: "billing"})
	}
	if name == "page-shifts-while-listing" {
		crowd(w, 100) // a page of what each vendor lists by pages, and some of the next
		if want.Atlas != nil {
			want.Atlas.IdentityProvider = "Many 0" // the last of the first page, as the newest comes first; the new one pushes it onto the second
		}
	}
	scenario, err := scenarios.Shipped(name).Scenario()
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case vendor != "all":
		scenario = scenario.For(vendor)
	case name == "one-vendor-down":
		scenario = scenario.For("atlas")
	}
	w.Play(t, scenario)
	changes, err := sync(t.Context(), w, want)
	if says := ends[name][vendor]; says != "" {
		if err == nil || !strings.HasPrefix(err.Error(), says) {
			t.Errorf("it ended with %v, want %s", err, says)
		}
		gaveUp(t, w)
		if name == "one-vendor-down" && vendor == "all" && (len(changes) != 11 || strings.Contains(err.Error(), "\n")) {
			t.Errorf("it changed %q at the others, and ended with %v", changes, err)
		}
		if w.Disarm(); !strings.Contains(says, "there is no") { // what is gone nobody gives back
			if _, err := sync(t.Context(), w, want); err != nil {
				t.Errorf("a later run does not finish it: %v", err)
			}
			settled(t, w, want)
		}
		return
	}
	if err != nil {
		t.Error(err)
	}
	if why := never[name][vendor]; why != "" {
		provesNothing(t, w, why)
	} else {
		w.Passed(t)
	}
	w.Disarm()
	time.Sleep(time.Minute) // what was behind has caught up
	settled(t, w, want)
}

// crowd adds so many of what Auth0 and Atlas list by pages.
func crowd(w *testkit.World, many int) {
	for i := range many {
		w.Put("auth0", "connections", fmt.Sprintf(`{"id":"con_%016d","name":"many-%d","strategy":"oidc"}`, i, i))
		w.Put("auth0", "organization_connections", fmt.Sprintf(`{"organization_id":"acme","connection_id":"many-%d"}`, i))
		w.Put("atlas", "identity_providers", fmt.Sprintf(
			`{"federationSettingsId":"ac0000000000000000000031","protocol":"SAML","oktaIdpId":"0oa%017d","displayName":"Many %d"}`, i, i))
	}
}

// provesNothing holds the verdicts of a scenario that has nothing to strike to saying so.
func provesNothing(t *testing.T, w *testkit.World, why string) {
	t.Helper()
	for _, v := range w.Verdicts() {
		if !v.Undecided() && (v.Outcome != scenarios.Unproven || !strings.Contains(v.Why, why)) {
			t.Errorf("want unproven, because %s:\n%s", why, v)
		}
	}
}

// gaveUp holds a run that could not succeed to not having made more of it than the call that was refused, and a look.
func gaveUp(t *testing.T, w *testkit.World) {
	t.Helper()
	refused := map[string]int{}
	for _, e := range w.Requests(testkit.Filter{}) {
		if e.Status >= 400 && e.Status < 500 {
			refused[e.Vendor]++
		}
	}
	for vendor, n := range refused {
		if n > 2 {
			t.Errorf("%d calls were refused at %s", n, vendor)
		}
	}
	for _, v := range w.Verdicts() {
		if v.Outcome != scenarios.Pass && !v.Undecided() && !strings.HasPrefix(v.Expectation, "renewed_token") {
			t.Errorf("%s", v)
		}
	}
}

// TestReadsListsToTheirEnds has what is wanted on a page behind the first.
func TestReadsListsToTheirEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := testkit.Start(t)
		want := job.Job{
			Auth0: &job.Auth0{Organization: "acme", DisplayName: "Acme", Connections: []job.Auth0Connection{{Name: "many-249"}}},
			Atlas: &job.Atlas{Organization: "ac0000000000000000000001", IdentityProvider: "Many 0", RoleGrants: []string{"ORG_MEMBER"}},
		}
		crowd(w, 250)
		w.Play(t, scenarios.New("pages").
			Rule(scenarios.On("auth0.organizations.get_by_name").Name("nothing").Calls(1, 1).Delay(time.Millisecond)).
			Expect(
				scenarios.PagedToTheEnd(scenarios.Scope{On: []string{"auth0.connections.list"}}),
				scenarios.PagedToTheEnd(scenarios.Scope{On: []string{"auth0.organization_connections.list"}}),
				scenarios.PagedToTheEnd(scenarios.Scope{On: []string{"atlas.identity_providers.list"}})))
		changes, err := sync(t.Context(), w, want)
		if err != nil || !slices.Equal(changes, []string{"atlas: update organization ac0000000000000000000001"}) {
			t.Errorf("it changed %q: %v", changes, err)
		}
		w.Passed(t)
	})
}
