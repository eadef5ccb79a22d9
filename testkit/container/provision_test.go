package container_test

import (
	"os"
	"slices"
	"testing"

	"github.com/understudy-dev/understudy/examples/provision/careful"
	"github.com/understudy-dev/understudy/examples/provision/job"
	"github.com/understudy-dev/understudy/testkit/container"
)

// testProvision runs the example's job against a container of its own, over HTTP: it changes what the example's page
// shows, and then nothing.
func testProvision(t *testing.T) {
	c := container.Start(t, image)
	url := must(c.URL(t.Context()))
	environment := map[string]string{
		"AUTH0_DOMAIN": url, "AUTH0_CLIENT_ID": "any", "AUTH0_CLIENT_SECRET": "any",
		"MONGODB_ATLAS_BASE_URL": url, "MONGODB_ATLAS_CLIENT_ID": "mdb_sa_id_ac0000000000000000000061",
		"MONGODB_ATLAS_CLIENT_SECRET": "mdb_sa_sk_acme-provisioning",
		"DEVREV_ENDPOINT":             url, "DEVREV_TOKEN": "any", "QOVERY_API_URL": url, "QOVERY_CLI_ACCESS_TOKEN": "any",
		"ACME_OIDC_SECRET": "any", "ACME_OKTA_SECRET": "any",
	}
	getenv := func(name string) string { return environment[name] }
	want := must(job.Parse(must(os.ReadFile("../../examples/provision/sso.yaml")), getenv))
	for run, changes := range []int{13, 0} {
		var changed []string
		client := careful.Client{
			HTTP: must(c.Client(t.Context())), Access: job.FromEnvironment(getenv),
			Changed: func(what string) { changed = append(changed, what) },
		}
		if err := client.Sync(t.Context(), want); err != nil {
			t.Fatal(err)
		}
		if len(changed) != changes || run == 0 && !slices.Contains(changed, "qovery: create custom role Auditors") {
			t.Errorf("run %d changed %q, want %d changes", run+1, changed, changes)
		}
	}
}
