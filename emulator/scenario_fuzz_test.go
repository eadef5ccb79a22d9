package emulator_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/scenarios/scenariotest"
)

// client is somebody who calls one world and has patience for half a minute.
type client struct {
	*http.Client
	world *emulator.World
}

func newClient(t *testing.T, w *emulator.World, realTLS bool) client {
	endpoint := must(w.Open(realTLS))
	transport := endpoint.Transport()
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		check(endpoint.Close())
	})
	return client{&http.Client{Transport: transport, Timeout: patience}, w}
}

const patience = 30 * time.Second

// request is one that the shipped fixture takes.
type request struct{ vendor, method, path, body string }

// requests are of every vendor and every intent, and some of objects that earlier ones make.
var requests = []request{
	{"auth0", "GET", "/api/v2/organizations", ""},
	{"auth0", "GET", "/api/v2/organizations?page=1&per_page=1&include_totals=true", ""},
	{"auth0", "POST", "/api/v2/organizations", `{"name":"globex","metadata":{"plan":"free"}}`},
	{"auth0", "GET", "/api/v2/organizations/name/globex", ""},
	{"auth0", "GET", "/api/v2/organizations/org_Acme000000000001", ""},
	{"auth0", "PATCH", "/api/v2/organizations/org_Acme000000000001", `{"display_name":"Acme"}`},
	{"auth0", "GET", "/api/v2/organizations/org_Acme000000000001/connections", ""},
	{"auth0", "POST", "/api/v2/organizations/org_Acme000000000001/connections", `{"connection_id":"con_AcmeEntra0000001"}`},
	{"auth0", "PATCH", "/api/v2/organizations/org_Acme000000000001/connections/con_AcmeOkta00000001", `{"show_as_button":false}`},
	{"auth0", "DELETE", "/api/v2/organizations/org_Acme000000000001/enabled_connections/con_AcmeOkta00000001", ""},
	{"auth0", "POST", "/api/v2/connections", `{"name":"globex-saml","strategy":"samlp"}`},
	{"auth0", "GET", "/api/v2/connections/con_AcmeOkta00000001", ""},
	{"auth0", "DELETE", "/api/v2/connections/con_AcmeSaml00000001", ""},
	{"auth0", "POST", "/oauth/token", `{"grant_type":"client_credentials","client_id":"any","client_secret":"secret","audience":"https://auth0.localhost/api/v2/"}`},
	{"auth0", "DELETE", "/api/v2/organizations/org_Acme000000000001", ""},
	{"atlas", "GET", "/api/atlas/v1.0/federationSettings/ac0000000000000000000031/identityProviders", ""},
	{"atlas", "POST", "/api/atlas/v1.0/federationSettings/ac0000000000000000000031/connectedOrgConfigs/ac0000000000000000000001/roleMappings", `{"externalGroupName":"more","roleAssignments":[{"orgId":"ac0000000000000000000001","role":"ORG_MEMBER"}]}`},
	{"atlas", "PATCH", "/api/atlas/v1.0/federationSettings/ac0000000000000000000031/connectedOrgConfigs/ac0000000000000000000001", `{"domainRestrictionEnabled":false}`},
	{"atlas", "DELETE", "/api/atlas/v1.0/federationSettings/ac0000000000000000000031/connectedOrgConfigs/ac0000000000000000000001/roleMappings/ac0000000000000000000051", ""},
	{"devrev", "GET", "/dev-orgs.auth-connections.list", ""},
	{"devrev", "POST", "/dev-orgs.auth-connections.create", `{"type":"oidc","display_name":"More","client_id":"id","client_secret":"secret","issuer":"https://login.example.com"}`},
	{"devrev", "POST", "/dev-orgs.auth-connections.delete", `{"id":"con_AcmeDevSaml00001"}`},
	{"qovery", "GET", "/organization/ac000000-0000-4000-8000-00000000000a/enterpriseConnection/acme-saml", ""},
	{"qovery", "PUT", "/organization/ac000000-0000-4000-8000-00000000000a/enterpriseConnection/acme-saml", `{"default_role":"viewer","enforce_group_sync":false,"group_mappings":{}}`},
	{"qovery", "POST", "/organization/ac000000-0000-4000-8000-00000000000a/customRole", `{"name":"Watchers"}`},
}

// send returns all that a client sees.
func (c client) send(r request) string {
	q := must(http.NewRequest(r.method, "https://"+r.vendor+".localhost"+r.path, strings.NewReader(r.body)))
	q.Header.Set("Authorization", "Bearer any")
	q.Header.Set("Content-Type", "application/json")
	answer, err := c.Do(q)
	if err != nil {
		return err.Error()
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return fmt.Sprint(answer.StatusCode, answer.Header, string(body), err)
}

// FuzzScenarios arms made-up scenarios on one world of an emulator, and holds everybody else to what they see with none:
// the world beside it all the while, and the world itself once the scenario is over and its state is as before.
func FuzzScenarios(f *testing.F) {
	for seed := range byte(50) {
		data := make([]byte, 1000)
		_, _ = rand.NewChaCha8([32]byte{seed}).Read(data)
		f.Add(data)
	}
	c := calledUpon()
	f.Fuzz(func(t *testing.T, data []byte) {
		synctest.Test(t, func(t *testing.T) { plays(t, scenariotest.Bytes(data), c) })
	})
}

// plays checks one scenario. Everybody has a twin in an emulator in which nothing is ever armed.
func plays(t *testing.T, pick scenariotest.Pick, c scenarios.Catalogue) {
	scenario := scenariotest.Scenario(pick, c)
	realTLS := pick(8) == 0
	start := func() (own, beside client) {
		e := must(emulator.New(emulator.WithCheckedReplies()))
		return newClient(t, e.Default(), realTLS), newClient(t, must(e.CreateWorld("beside", "")), realTLS)
	}
	struck, beside := start()
	calm, calmBeside := start()
	same := func(r request, is, twin client, what string) {
		t.Helper()
		if got, want := is.send(r), twin.send(r); got != want {
			t.Errorf("%s %s: %v\n got %s\nwant %s\n%s", r.method, r.path, what, got, want, scenario.Format())
		}
	}
	before := struck.world.Snapshot()
	if err := struck.world.Play(scenario); scenarios.Problems(err) != nil {
		return // a glob of it reaches operations beyond the requests', and they can't give what it wants
	} else if err != nil {
		t.Fatal(err)
	}
	began, patient := time.Now(), time.Duration(0)
	for range 1 + pick(10) {
		var together []request
		for range 1 + pick(3) {
			together = append(together, requests[pick(len(requests))])
		}
		struck.sendAll(together)
		same(together[0], beside, calmBeside, "another world is struck too")
		if pick(4) == 0 {
			_, _ = struck.world.Release("gate") // as made-up holds call it; most scenarios have none
		}
		pause := []time.Duration{0, 0, time.Second, time.Minute}[pick(4)]
		time.Sleep(pause)
		patient += patience + pause
	}
	if long := time.Since(began); long > patient {
		t.Errorf("it took %v, where clients have no patience for more than %v\n%s", long, patient, scenario.Format())
	}
	must(json.Marshal(struck.world.Scenario()))
	must(json.Marshal(struck.world.Verdicts()))
	struck.world.Disarm()
	if got, want := struck.world.Now(), beside.world.Now(); !got.Equal(want) {
		t.Errorf("the clock is %v apart\n%s", got.Sub(want), scenario.Format())
	}
	synctest.Wait()
	struck.world.Restore(before)
	for _, r := range requests {
		same(r, struck, calm, "the scenario outlives its end")
	}
	for _, e := range struck.world.Journal(emulator.Filter{}) {
		if e.Undeclared {
			t.Errorf("%s %s was answered by no table: %s\n%s", e.Method, e.Path, e.Body, scenario.Format())
		}
	}
}

// calledUpon is the part of the catalogue that the requests touch: about the rest a rule would have nothing to say.
func calledUpon() scenarios.Catalogue {
	e, c := must(emulator.New()), emulator.Catalogue()
	called := map[string]bool{}
	for _, r := range requests {
		path, _, _ := strings.Cut(r.path, "?")
		o, known := e.Match(r.method, path)
		if !known {
			panic("no operation is " + r.method + " " + r.path)
		}
		called[o.ID] = true
	}
	c.Operations = slices.DeleteFunc(slices.Clone(c.Operations), func(o scenarios.Operation) bool { return !called[o.ID] })
	return c
}

// sendAll sends requests at once and waits until all have an answer, or none.
func (c client) sendAll(all []request) {
	var done sync.WaitGroup
	for _, r := range all {
		done.Go(func() { c.send(r) })
	}
	done.Wait()
}
