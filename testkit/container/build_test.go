package container_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/testcontainers/testcontainers-go"
)

// image is what `docker build -t` made; here it is one of the test's own, built by build.
var image = fmt.Sprintf("understudy:test-%d", os.Getpid())

const hostOverride = "TESTCONTAINERS_HOST_OVERRIDE"

// build makes the image around a static binary of this source, and removes it at the end of the test, which fails where
// a container of it is left, or a network or volume. It skips the test where no Docker engine answers.
func build(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("docker"); err != nil {
		t.Skip("no docker command, which would build the image")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	engine, err := exec.CommandContext(ctx, "docker", "version", "--format", "{{.Server.Os}}/{{.Server.Arch}}").CombinedOutput()
	if err != nil {
		t.Skipf("no Docker engine answers: %v: %s", err, engine)
	}
	goos, goarch, _ := strings.Cut(strings.TrimSpace(string(engine)), "/")
	if goos != "linux" {
		t.Skipf("the Docker engine runs containers of %s, not of linux", goos)
	}

	// Ryuk's image would have to be pulled; each test here ends what it starts.
	if ryuk, err := exec.CommandContext(ctx, "docker", "image", "ls", "--quiet", "testcontainers/ryuk").Output(); err != nil || len(ryuk) == 0 {
		t.Setenv("TESTCONTAINERS_RYUK_DISABLED", "true")
	}

	// In a container testcontainers takes the default gateway for the engine's host, even if the engine runs in there too.
	name, err := exec.CommandContext(ctx, "docker", "info", "--format", "{{.Name}}").Output()
	if hostname, _ := os.Hostname(); err == nil && strings.TrimSpace(string(name)) == hostname && os.Getenv(hostOverride) == "" {
		t.Setenv(hostOverride, "localhost")
	}

	folder := t.TempDir()
	binary := filepath.Join(folder, "dist", "image", "understudy")
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
	// By the root's go.mod, as the Dockerfile does, not by this workspace.
	run(t, []string{"CGO_ENABLED=0", "GOOS=" + goos, "GOARCH=" + goarch},
		"go", "-C", "../..", "build", "-tags", "container", "-trimpath", "-ldflags", "-s -w", "-o", binary, "./cmd/understudy")
	run(t, []string{"DOCKER_BUILDKIT=0"}, "docker", "build", "--target", "prebuilt", "--tag", image, folder)
	t.Cleanup(func() {
		if ids := left("org.testcontainers.sessionId=" + testcontainers.SessionID()); ids != "" {
			t.Errorf("left behind: %s", ids)
		}
		run(t, nil, "docker", "image", "rm", image)
	})
}

// left are the containers, networks and volumes with a label.
func left(label string) (ids string) {
	for _, list := range [][]string{{"container", "ls", "--all"}, {"network", "ls"}, {"volume", "ls"}} {
		ids += string(must(exec.Command("docker", append(list, "--quiet", "--filter", "label="+label)...).Output()))
	}
	return ids
}

func run(t testing.TB, env []string, name string, args ...string) {
	t.Helper()
	command := exec.Command(name, args...)
	command.Env = append(os.Environ(), env...)
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
}
