package testkit_test

import (
	"cmp"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/testkit"
)

var update = flag.Bool("update", false, "write the golden files anew")

// everywhere is one way to create, read, change and delete an object at each vendor, with the credential that clients bear.
var everywhere = []struct {
	vendor, credential string
	authorization      func(t *testing.T, w *testkit.World) string
	create, read       call
	update, remove     call
	id                 string // where the answer to create has it
	known              string // the id of one that acme has, for when that answer is lost
}{
	{"auth0", "access token", func(_ *testing.T, w *testkit.World) string { return "Bearer " + w.Auth0().Token() },
		call{"POST", "/api/v2/organizations", `{"name":"newco"}`}, call{"GET", "/api/v2/organizations/ID", ""},
		call{"PATCH", "/api/v2/organizations/ID", `{"display_name":"Newco"}`}, call{"DELETE", "/api/v2/organizations/ID", ""}, "id", "org_Acme000000000001"},
	{"atlas", "service account's token", atlasToken,
		call{"POST", mappings, `{"externalGroupName":"newco","roleAssignments":[{"orgId":"ac0000000000000000000001","role":"ORG_MEMBER"}]}`},
		call{"GET", mappings + "/ID", ""},
		call{"PUT", mappings + "/ID", `{"externalGroupName":"newco","roleAssignments":[{"orgId":"ac0000000000000000000001","role":"ORG_OWNER"}]}`},
		call{"DELETE", mappings + "/ID", ""}, "id", "ac0000000000000000000051"},
	{"devrev", "personal access token", func(_ *testing.T, w *testkit.World) string { return w.DevRev().Token("admin") },
		call{"POST", "/dev-orgs.auth-connections.create", `{"type":"oidc","display_name":"Newco","client_id":"c","client_secret":"s","issuer":"https://login.newco.example"}`},
		call{"GET", "/dev-orgs.auth-connections.get?id=ID", ""},
		call{"POST", "/dev-orgs.auth-connections.update", `{"id":"ID","display_name":"New company"}`},
		call{"POST", "/dev-orgs.auth-connections.delete", `{"id":"ID"}`}, "auth_connection.id", "con_AcmeDevOidc00001"},
	{"qovery", "user's token", func(*testing.T, *testkit.World) string { return "Bearer eyJhbGciOiJSUzI1NiJ9.e30.c2ln" }, // an API token has no end
		call{"POST", customRoles, `{"name":"Newco"}`}, call{"GET", customRoles + "/ID", ""},
		call{"PUT", customRoles + "/ID", `{"name":"Newco","description":"New","cluster_permissions":[],"project_permissions":[]}`},
		call{"DELETE", customRoles + "/ID", ""}, "id", "ac000000-0000-4000-8000-0000000000e1"},
}

const (
	mappings    = "/api/atlas/v2/federationSettings/ac0000000000000000000031/connectedOrgConfigs/ac0000000000000000000001/roleMappings"
	customRoles = "/organization/ac000000-0000-4000-8000-00000000000a/customRole"
)

// looks are further reads: a list of several pages, where the vendor has one, and what the vendor alone decides about.
var looks = map[string][]call{
	"auth0":  {{"GET", "/api/v2/organizations?include_totals=true&per_page=1", ""}},
	"atlas":  {{"GET", "/api/atlas/v2/orgs?itemsPerPage=1", ""}, {"GET", "/api/atlas/v2/orgs/ac0000000000000000000001/federationSettings", ""}},
	"devrev": {{"GET", "/dev-users.list?limit=1", ""}},
	"qovery": {{"GET", "/organization", ""}},
}

// nowhere says where a scenario can strike nothing.
var nowhere = map[string]string{
	"page-shifts-while-listing": "qovery", // its lists have no pages
}

type call struct{ method, path, body string }

// atlasToken fetches a token as a service account does.
func atlasToken(t *testing.T, w *testkit.World) string {
	id, secret := w.Atlas().ServiceAccount()
	request, _ := http.NewRequestWithContext(t.Context(), "POST", w.Atlas().URL()+"/api/oauth/token", strings.NewReader("grant_type=client_credentials"))
	request.SetBasicAuth(id, secret)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := w.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	return "Bearer " + gjson.GetBytes(body, "access_token").Str
}

// TestTheLibraryRunsEverywhere plays each shipped scenario to a job at each vendor: it strikes there, as its page says.
func TestTheLibraryRunsEverywhere(t *testing.T) {
	var page strings.Builder
	page.WriteString("| scenario |")
	for _, v := range everywhere {
		fmt.Fprintf(&page, " %s, %s |", v.vendor, v.credential)
	}
	page.WriteString("\n|---|" + strings.Repeat("---|", len(everywhere)) + "\n")
	for _, scenario := range scenarios.ShippedNames() {
		fmt.Fprintf(&page, "| %s |", scenario)
		for _, v := range everywhere {
			var struck []string
			t.Run(scenario+"/"+v.vendor, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := testkit.Start(t)
					bearing := v.authorization(t, w)
					s, err := scenarios.Shipped(scenario).Scenario()
					if err != nil {
						t.Fatal(err)
					}
					w.Play(t, s.For(v.vendor))
					id := cmp.Or(gjson.Get(persist(t, w, v.vendor, bearing, v.create), v.id).Str, v.known)
					for range 2 {
						persist(t, w, v.vendor, bearing, v.update.of(id))
						persist(t, w, v.vendor, bearing, v.read.of(id))
					}
					for _, look := range looks[v.vendor] {
						persist(t, w, v.vendor, bearing, look)
					}
					persist(t, w, v.vendor, bearing, v.remove.of(id))
					struck = struckIn(w)
					w.Disarm()
				})
			})
			if (struck == nil) != (nowhere[scenario] == v.vendor) {
				t.Errorf("%s strikes %q at %s", scenario, struck, v.vendor)
			}
			fmt.Fprintf(&page, " %s |", cmp.Or(strings.Join(struck, ", "), "—"))
		}
		page.WriteString("\n")
	}
	holdPage(t, page.String())
}

func (c call) of(id string) call {
	return call{c.method, strings.ReplaceAll(c.path, "ID", id), strings.ReplaceAll(c.body, `"ID"`, `"`+id+`"`)}
}

// persist makes a call until it succeeds, four times at most, with pauses longer than any vendor tells; it returns the last
// answer's body.
func persist(t *testing.T, w *testkit.World, vendor, bearing string, c call) (body string) {
	for range 4 {
		answer, text, err := attempt(t, w, vendor, bearing, c)
		if answer != nil {
			body = text
		}
		if err == nil && answer.StatusCode < 300 {
			return body
		}
		time.Sleep(65 * time.Second)
	}
	return body
}

// attempt makes a call once.
func attempt(t *testing.T, w *testkit.World, vendor, bearing string, c call) (answer *http.Response, body string, err error) {
	client := w.Client()
	client.Timeout = 30 * time.Second
	request, err := http.NewRequestWithContext(t.Context(), c.method, w.URL(vendor)+c.path, strings.NewReader(c.body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", bearing)
	if c.body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	if vendor == "atlas" {
		request.Header.Set("Accept", "application/vnd.atlas.2023-01-01+json")
		request.Header.Set("Content-Type", "application/vnd.atlas.2023-01-01+json")
	}
	if answer, err = client.Do(request); err != nil {
		return nil, "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return answer, string(text), err
}

// struckIn lists the operations on which rules fired, without their vendor; connections before them.
func struckIn(w *testkit.World) (operations []string) {
	report := w.Scenario()
	for i, r := range report.Rules {
		if report.Scenario.Rules[i].Listener != "" && r.Fired > 0 {
			operations = append(operations, "connections")
		}
	}
	for _, e := range w.Requests(testkit.Filter{}) {
		if _, name, _ := strings.Cut(e.Operation, "."); e.Rule != "" && !slices.Contains(operations, name) {
			operations = append(operations, name)
		}
	}
	return operations
}

const (
	everywhereBegins = "<!-- generated: where the library strikes -->\n"
	everywhereEnds   = "<!-- end -->\n"
)

// holdPage fails when the documentation says something else than what was seen.
func holdPage(t *testing.T, table string) {
	const page = "../scenarios/README.md"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(text), everywhereBegins)
	was, after, ends := strings.Cut(rest, everywhereEnds)
	if !begins || !ends {
		t.Fatalf("%s has no place for the table", page)
	}
	if *update {
		if err := os.WriteFile(page, []byte(before+everywhereBegins+table+everywhereEnds+after), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if was != table {
		t.Errorf("%s does not say where the library strikes: go test ./testkit -update\n%s", page, table)
	}
}
