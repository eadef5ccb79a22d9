package sdktest

import (
	"flag"
	"maps"
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

// TestWhatTheSDKsDoUnderFaults judges go-auth0 v1.47.0 and v2.14.0 as they come, with no option that touches retries. What
// is expected is what their sources say: v1's internal/client/client.go, v2's management/internal/retrier.go and
// management/client/management.go.
func TestWhatTheSDKsDoUnderFaults(t *testing.T) {
	const pass, fail, unproven = scenarios.Pass, scenarios.Fail, scenarios.Unproven
	for _, c := range []struct {
		scenario, sdk string
		ends          string // what the caller is told; "" for success
		want          map[string]scenarios.Outcome
	}{
		// v1 goes by X-RateLimit-Reset and adds a quarter, but backoffDelay waits 10 s at most.
		{"rate-limit-burst", "v1", "", map[string]scenarios.Outcome{"waited: short": pass, "waited: long": fail}},
		// v2's retryDelay goes by it too, and its cap is 60 s.
		{"rate-limit-burst", "v2", "", map[string]scenarios.Outcome{"waited: short": pass, "waited: long": pass}},
		// v1's DefaultRetryOptions repeat after 429 alone: no pause comes about that could grow.
		{"flapping-503", "v1", "503", map[string]scenarios.Outcome{"backed_off: flap": unproven}},
		// v2's shouldRetry takes every 5xx, for any method; New allows 3 attempts, and exponentialBackoff pauses 1 s and 2 s,
		// each give or take a tenth. The third 503 is the caller's.
		{"flapping-503", "v2", "503", map[string]scenarios.Outcome{"backed_off: flap": pass}},
		// v1's retryErrors takes every error of the transport but those of redirects and certificates, for any method: the
		// POST is sent again, and its caller sees the conflict with what the first one made.
		{"lost-answer-on-create", "v1", "409", map[string]scenarios.Outcome{"no_blind_repeat: {intent: creates}": fail, "reconciled: lost": pass}},
		// v2's run returns errors of the transport as they are: whether the organization exists is left to its caller, and
		// this one does not look.
		{"lost-answer-on-create", "v2", "connection reset by peer", map[string]scenarios.Outcome{"no_blind_repeat: {intent: creates}": pass, "reconciled: lost": fail}},
	} {
		t.Run(c.scenario+"/"+c.sdk, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := testkit.Start(t)
				w.Play(t, scenarios.Shipped(c.scenario))
				err := sdks[c.sdk](t, w)
				if (c.ends == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), c.ends) {
					t.Errorf("its caller was told %v, want %q", err, c.ends)
				}
				got := map[string]scenarios.Outcome{}
				for _, v := range w.Verdicts() {
					got[v.Expectation] = v.Outcome
				}
				if !maps.Equal(got, c.want) {
					t.Errorf("verdicts %v, want %v:\n%v", got, c.want, w.Verdicts())
				}
			})
		})
	}
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
