package container_test

import (
	"testing"

	"github.com/testcontainers/testcontainers-go"

	"github.com/understudy-dev/understudy/testkit/container"
)

// BenchmarkRun is how long it takes from nothing until all ports of a container answer, and what a test pays that shares
// one: a world of its own, made and deleted.
func BenchmarkRun(b *testing.B) {
	build(b)
	b.Run("container", func(b *testing.B) {
		for b.Loop() {
			c, err := container.Run(b.Context(), image)
			b.StopTimer()
			testcontainers.CleanupContainer(b, c)
			if err != nil {
				b.Fatal(err)
			}
			check(testcontainers.TerminateContainer(c))
			b.StartTimer()
		}
	})
	b.Run("world", func(b *testing.B) {
		c := container.Start(b, image)
		for b.Loop() {
			check(must(c.World(b.Context(), "mine")).Delete(b.Context()))
		}
	})
}
