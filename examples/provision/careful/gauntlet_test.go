package careful_test

import (
	"context"
	"testing"

	"github.com/understudy-dev/understudy/testkit"
)

func TestRunsTheGauntlet(t *testing.T) {
	want := acme(t, "")
	testkit.Gauntlet(t, func(ctx context.Context, w *testkit.World) error {
		_, err := sync(ctx, w, want)
		return err
	})
}
