package careful_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/understudy-dev/understudy/testkit"
)

// fewSeeds are as many as every test run has time for. UNDERSTUDY_GAUNTLET_SEEDS has more of them.
const fewSeeds = 3

// TestRunsTheGauntlet passes every scenario at every vendor, whatever is generated: a failure here is a false alarm, or the
// client's own.
func TestRunsTheGauntlet(t *testing.T) {
	want, seeds := acme(t, ""), fewSeeds
	if text := os.Getenv("UNDERSTUDY_GAUNTLET_SEEDS"); text != "" {
		var err error
		if seeds, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprintf("seed %d", seed+1), func(t *testing.T) {
			testkit.Gauntlet(t, func(ctx context.Context, w *testkit.World) error {
				_, err := sync(ctx, w, want)
				return err
			}, testkit.Seed(seed+1))
		})
	}
}
