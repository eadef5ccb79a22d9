package sdktest

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/testkit"
)

// curl runs a real curl with a minted key against a real port and returns what it prints: the body, then the status and
// the content type.
func curl(t *testing.T, w *testkit.World, args ...string) string {
	t.Helper()
	path, err := exec.LookPath("curl")
	if err != nil {
		t.Skip("no curl to test with: ", err)
	}
	public, private := w.Atlas().APIKey()
	base := w.Listen(t).HTTP
	args[len(args)-1] = base + args[len(args)-1]
	args = append([]string{"--silent", "--show-error", "--max-time", "20", "--user", public + ":" + private, "--digest", "--write-out", "\n%{http_code} %{content_type}"}, args...)
	out, err := exec.CommandContext(t.Context(), path, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("curl %q: %v\n%s", args, err, out)
	}
	return strings.ReplaceAll(string(out), base, "{base}")
}

func TestCurlChangesAConnectedOrgOfCloudManager(t *testing.T) {
	w := testkit.Start(t, testkit.Strict())
	got := curl(t, w, "--request", "PATCH", "--header", "Accept: application/json", "--header", "Content-Type: application/json",
		"--data", `{"domainAllowList":["contractors.example"],"domainRestrictionEnabled":true,"identityProviderId":"`+saml+`","postAuthRoleGrants":["ORG_OWNER"]}`,
		"/api/public/v1.0/federationSettings/"+federation+"/connectedOrgConfigs/"+acme+"/?pretty=true&envelope=true")
	for _, want := range []string{
		"{\n  \"content\" : {\n    \"dataAccessIdentityProviderIds\" : [ ],\n    \"domainAllowList\" : [ \"acme.example\", \"contractors.example\" ],\n",
		"\n    \"roleMappings\" : [ {\n      \"externalGroupName\" : \"atlas-admins\",\n",
		"\n    \"userConflicts\" : [ ]\n  },\n  \"status\" : 200\n}\n200 application/json",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("curl printed\n%s\nwhich lacks\n%s", got, want)
		}
	}
	w.Saw(t, "atlas.connected_org_configs.update", 401, 200) // the first is drained and changes nothing
}

func TestCurlAsksForAVersion(t *testing.T) {
	w := testkit.Start(t)
	got := curl(t, w, "--header", "Accept: application/vnd.atlas.2025-03-12+json", "--request", "GET",
		"/api/atlas/v2/orgs/"+acme+"/federationSettings?pretty=true")
	want := "{\n  \"federatedDomains\" : [ \"acme.example\" ],\n  \"hasRoleMappings\" : true,\n  \"id\" : \"" + federation +
		"\",\n  \"identityProviderId\" : \"" + saml + "\",\n  \"identityProviderStatus\" : \"ACTIVE\"\n}\n200 application/vnd.atlas.2023-01-01+json;charset=utf-8"
	if got != want {
		t.Errorf("curl printed\n%s\nnot\n%s", got, want)
	}
}

func TestCurlWithoutAVersion(t *testing.T) {
	got := curl(t, testkit.Start(t), "/api/atlas/v2/orgs") // Accept: */*
	want := `{"detail":"Not Acceptable","error":406,"errorCode":"UNEXPECTED_ERROR","parameters":null,"reason":"Not Acceptable"}` + "\n406 application/json"
	if got != want {
		t.Errorf("curl printed\n%s\nnot\n%s", got, want)
	}
}
