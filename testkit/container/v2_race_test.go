//go:build race

package container_test

import (
	"testing"

	"github.com/understudy-dev/understudy/testkit/container"
)

func testV2(t *testing.T, _ *container.Container) {
	t.Skip("go-auth0 v2 takes minutes to compile under the race detector")
}
