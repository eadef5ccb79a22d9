//go:build race

package container_test

import (
	"testing"

	"github.com/understudy-dev/understudy/testkit/container"
)

const slowV2 = "go-auth0 v2 takes minutes to compile under the race detector"

func testV2(t *testing.T, _ *container.Container)      { t.Skip(slowV2) }
func testCompose(t *testing.T, _ *container.Container) { t.Skip(slowV2) }
