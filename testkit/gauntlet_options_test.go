package testkit_test

import (
	"context"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/scenarios/gauntlet"
	"github.com/understudy-dev/understudy/testkit"
)

// TestGauntletWithItsOptions: the careful client passes the library and a scenario of its own, in a world that was prepared;
// what no client can do is listed.
func TestGauntletWithItsOptions(t *testing.T) {
	report := testkit.Gauntlet(t, func(ctx context.Context, w *testkit.World) error {
		return provisioners["careful"](w.Client(), w.URL("auth0")).provision(ctx, newcomer)
	},
		testkit.Prepare(func(w *testkit.World) { w.Put("auth0", "organizations", `{"name":"globex"}`) }),
		testkit.Scenarios(
			scenarios.New("told").Rule(scenarios.By(scenarios.Creates).Name("busy").Calls(1, 1).Fail("throttled").RetryAfter(time.Minute)).Expect(scenarios.Waited("busy")),
			scenarios.New("never").Rule(scenarios.By(scenarios.Creates).Fail("throttled").RetryAfter(time.Minute)).Expect(scenarios.Converged()),
		),
		testkit.KnownFailures("never@auth0"))
	if len(report.Failed()) > 0 {
		t.Error(report.Summary())
	}
	seen := 0
	for _, r := range report.Results {
		if r.Trial == "told@auth0" && r.End == gauntlet.Converged && r.Outcome == scenarios.Pass && r.Took > time.Minute ||
			r.Trial == "never@auth0" && r.End == gauntlet.FailedCleanly && r.Outcome == scenarios.Fail && r.Known {
			seen++
		}
	}
	if seen != 2 {
		t.Errorf("its own scenarios show %v", report.Results)
	}
}
