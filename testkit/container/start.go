package container

import (
	"context"
	"fmt"
	"testing"

	"github.com/testcontainers/testcontainers-go"
)

// Start is Run for a test, which the container ends with. It skips the test where no Docker engine answers, and says why;
// where one does and the container does not come up, it fails the test with what the container printed.
func Start(tb testing.TB, img string, opts ...testcontainers.ContainerCustomizer) *Container {
	tb.Helper()
	if err := engine(tb.Context()); err != nil {
		tb.Skipf("container: no Docker engine answers: %v", err)
	}
	c, err := Run(tb.Context(), img, opts...)
	testcontainers.CleanupContainer(tb, c)
	if err != nil {
		tb.Fatalf("container: %v", err)
	}
	return c
}

// engine says why no Docker engine can be had. testcontainers panics where it finds none at all.
func engine(ctx context.Context) (err error) {
	defer func() {
		if found := recover(); found != nil {
			err = fmt.Errorf("%v", found)
		}
	}()
	provider, err := testcontainers.NewDockerProvider()
	if err != nil {
		return err
	}
	defer provider.Close()
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	return provider.Health(ctx)
}
