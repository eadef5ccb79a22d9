package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/testcontainers/testcontainers-go"

	"github.com/understudy-dev/understudy/testkit/container"
)

// TestAgainstTheContainer runs the command against the image, which it builds and removes.
func TestAgainstTheContainer(t *testing.T) {
	image := build(t)
	t.Setenv("TESTCONTAINERS_RYUK_DISABLED", "true") // its image would have to be pulled; the test ends what it starts
	c, err := container.Run(t.Context(), image)
	testcontainers.CleanupContainer(t, c)
	if err != nil {
		t.Fatal(err)
	}
	url, err := c.URL(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	provisions(t, url)
}

// build makes the image around a binary of this source, for an engine that need reach no registry.
func build(t *testing.T) (image string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	engine, err := exec.CommandContext(ctx, "docker", "info", "--format", "{{.OSType}} {{.Name}}").CombinedOutput()
	osType, name, _ := strings.Cut(strings.TrimSpace(string(engine)), " ")
	if err != nil || osType != "linux" {
		t.Skipf("no Docker engine for Linux containers answers: %v: %s", err, engine)
	}
	// In a container testcontainers takes the default gateway for the engine's host, even if the engine runs in there too.
	if host, _ := os.Hostname(); name == host && os.Getenv("TESTCONTAINERS_HOST_OVERRIDE") == "" {
		t.Setenv("TESTCONTAINERS_HOST_OVERRIDE", "localhost")
	}
	image, folder := fmt.Sprintf("understudy:provision-%d", os.Getpid()), t.TempDir()
	if err := os.MkdirAll(filepath.Join(folder, "dist", "image", "var", "lib", "understudy"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Dockerfile", "go.mod"} {
		text, err := os.ReadFile(filepath.Join("..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	command(t, "go", "build", "-o", filepath.Join(folder, "dist", "image", "understudy"), "github.com/understudy-dev/understudy/cmd/understudy")
	command(t, "docker", "build", "--target", "prebuilt", "--tag", image, folder)
	t.Cleanup(func() { command(t, "docker", "image", "rm", image) })
	return image
}

func command(t *testing.T, name string, args ...string) {
	t.Helper()
	c := exec.Command(name, args...)
	c.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+runtime.GOARCH, "DOCKER_BUILDKIT=0")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", c, err, out)
	}
}
