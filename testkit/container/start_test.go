package container_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/testkit/container"
)

// testStart: an engine is there and the container does not come up, which fails the test with what it printed.
func testStart(t *testing.T) {
	f := &failing{TB: t}
	f.run(func(f *failing) { container.Start(f, image, container.WithFixture("acne")) })
	for _, part := range []string{"container: run understudy: ", "the container printed:\n", `no fixture "acne": did you mean "acme"?`} {
		if !f.failed || !strings.Contains(f.said, part) {
			t.Errorf("no %q in %q", part, f.said)
		}
	}
}

// TestStartWithoutAnEngine starts a container in a process of its own, which looks for an engine where none is. Then
// testcontainers tries the usual socket, where one may be: that one knows no such version.
func TestStartWithoutAnEngine(t *testing.T) {
	if os.Getenv("UNDERSTUDY_NO_ENGINE") != "" {
		container.Start(t, image)
		t.Fatal("it has started")
	}
	alone := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestStartWithoutAnEngine$", "-test.v")
	alone.Env = append(os.Environ(), "UNDERSTUDY_NO_ENGINE=1", "HOME="+t.TempDir(), "DOCKER_HOST=tcp://127.0.0.1:1", "DOCKER_API_VERSION=9.99")
	text, err := alone.CombinedOutput()
	if err != nil || !strings.Contains(string(text), "--- SKIP") || !strings.Contains(string(text), "container: no Docker engine answers: ") {
		t.Errorf("%v: %s", err, text)
	}
}
