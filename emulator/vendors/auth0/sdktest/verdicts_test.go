package sdktest

import (
	"flag"
	"os"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/auth0/go-auth0"
	managementv1 "github.com/auth0/go-auth0/management"
	"github.com/auth0/go-auth0/v2/management"
	"github.com/auth0/go-auth0/v2/management/option"

	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/testkit"
)

// sdks make an organization and rename it twice, and end at the first error that the SDK hands to its caller.
var sdks = map[string]func(t *testing.T, w *testkit.World) error{
	"v1": renameByV1,
	"v2": renameByV2,
}

func renameByV1(t *testing.T, w *testkit.World) error {
	api := v1(t, w.Auth0().Domain(), managementv1.WithStaticToken(w.Auth0().Token()), managementv1.WithClient(w.Client()))
	organization := &managementv1.Organization{Name: auth0.String("globex")}
	if err := api.Organization.Create(t.Context(), organization); err != nil {
		return err
	}
	for _, name := range []string{"Globex", "Globex Corporation"} {
		if err := api.Organization.Update(t.Context(), organization.GetID(), &managementv1.Organization{DisplayName: &name}); err != nil {
			return err
		}
	}
	return nil
}

func renameByV2(t *testing.T, w *testkit.World) error {
	api := v2(t, w.Auth0().Domain(), option.WithHTTPClient(w.Client()), option.WithToken(w.Auth0().Token()))
	organization, err := api.Organizations.Create(t.Context(), &management.CreateOrganizationRequestContent{Name: "globex"})
	if err != nil {
		return err
	}
	for _, name := range []string{"Globex", "Globex Corporation"} {
		if _, err := api.Organizations.Update(t.Context(), organization.GetID(), &management.UpdateOrganizationRequestContent{DisplayName: &name}); err != nil {
			return err
		}
	}
	return nil
}

var update = flag.Bool("update", false, "write the generated part of the scenarios' page anew")

const (
	workedExample = "../../../../scenarios/README.md"
	exampleBegin  = "<!-- generated: go test ./emulator/vendors/auth0/sdktest -update -->\n"
	exampleEnd    = "<!-- end of generated -->"
)

// TestTheWorkedExample holds the page to the verdict that it explains.
func TestTheWorkedExample(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := testkit.Start(t)
		w.Play(t, scenarios.Shipped("rate-limit-burst"))
		must(t, renameByV1(t, w))
		verdict := w.Verdicts()[1].String()

		page, err := os.ReadFile(workedExample)
		must(t, err)
		before, rest, begun := strings.Cut(string(page), exampleBegin)
		_, after, ended := strings.Cut(rest, exampleEnd)
		if !begun || !ended {
			t.Fatalf("%s lacks the lines %q and %q", workedExample, exampleBegin, exampleEnd)
		}
		want := before + exampleBegin + "```text\n" + verdict + "```\n" + exampleEnd + after
		switch {
		case want == string(page):
		case *update:
			must(t, os.WriteFile(workedExample, []byte(want), 0o644))
		default:
			t.Errorf("%s shows another verdict than:\n%s", workedExample, verdict)
		}
	})
}
