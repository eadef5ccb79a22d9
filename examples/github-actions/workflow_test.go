// Package githubactions runs the steps of a workflow.
package githubactions

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/understudy-dev/understudy/emulator"
)

type workflow struct {
	Name        string
	On          []string
	Permissions map[string]string
	Jobs        map[string]struct {
		RunsOn   string `yaml:"runs-on"`
		Minutes  int    `yaml:"timeout-minutes"`
		Services map[string]struct {
			Image string
			Env   map[string]string
			Ports []string
		}
		Env   map[string]string
		Steps []step
	}
}

type step struct {
	Name, Uses, Run string
	With            map[string]string
}

// TestWorkflow reads the workflow, and runs its commands as a runner does, against a world on ports of its own.
func TestWorkflow(t *testing.T) {
	text, err := os.ReadFile("understudy.yml")
	if err != nil {
		t.Fatal(err)
	}
	e := serve(t)
	read := readWorkflow(t, string(text), e)
	job := read.Jobs["test"]
	service := job.Services["understudy"]
	if len(read.Jobs) != 1 || len(read.On) == 0 || !strings.HasPrefix(job.RunsOn, "ubuntu-") || service.Env["UNDERSTUDY_FIXTURE"] != "acme" {
		t.Errorf("%+v", read)
	}
	if want := exposed(t); !slices.Equal(service.Ports, want) {
		t.Errorf("it maps the ports %q, the image has %q", service.Ports, want)
	}
	for _, tool := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("the steps call %s, which this machine lacks", tool)
		}
	}
	if _, err := os.Stat("/etc/ssl/certs/ca-certificates.crt"); err != nil {
		t.Skipf("the steps are for Ubuntu: %v", err)
	}
	for _, s := range job.Steps {
		if (s.Uses == "") == (s.Run == "") {
			t.Errorf("the step %q has to use or to run something", cmp.Or(s.Name, s.Uses))
		}
	}
	if failed, out := runSteps(t, read); failed != "" {
		t.Errorf("%s: %s", failed, out)
	}
	if made := e.Default().Journal(emulator.Filter{Operation: "auth0.organization_connections.create"}); len(made) != 2 {
		t.Errorf("%d connections were added, want 2", len(made))
	}

	const client = "go run ./examples/provision examples/provision/sso.yaml"
	if !strings.Contains(string(text), client) {
		t.Fatal("no step provisions")
	}
	for what, command := range map[string]string{"a careless client": strings.Replace(client, "provision ", "provision -naive ", 1) + " || true", "one that calls nothing": "true"} {
		if failed, out := runSteps(t, readWorkflow(t, strings.Replace(string(text), client, command, 1), serve(t))); failed != "Verdicts" {
			t.Errorf("%s fails at %q: %s", what, failed, out)
		}
	}
}

// readWorkflow reads a workflow whose ports are an emulator's.
func readWorkflow(t *testing.T, text string, e *emulator.Emulator) (read workflow) {
	t.Helper()
	here := strings.NewReplacer("http://localhost:4010", e.Listeners().HTTP, "https://localhost:4443", e.Listeners().HTTPS,
		"localhost:4443", strings.TrimPrefix(e.Listeners().HTTPS, "https://")).Replace(text)
	if err := yaml.UnmarshalWithOptions([]byte(here), &read, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	return read
}

// serve opens an emulator on ports of its own, as the container has them.
func serve(t *testing.T) *emulator.Emulator {
	t.Helper()
	e, err := emulator.New(emulator.WithHTTP("127.0.0.1:0"), emulator.WithHTTPS("127.0.0.1:0"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := e.Start(); err != nil {
		t.Fatal(err)
	}
	return e
}

// exposed are the image's ports, each on the same one of the runner.
func exposed(t *testing.T) (ports []string) {
	t.Helper()
	text, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "EXPOSE "); ok {
			for _, port := range strings.Fields(rest) {
				ports = append(ports, port+":"+port)
			}
		}
	}
	slices.Sort(ports)
	return slices.Compact(ports) // both stages have them
}

// runSteps runs the commands until one fails, and returns that step's name and output.
func runSteps(t *testing.T, read workflow) (failed, out string) {
	t.Helper()
	job := read.Jobs["test"]
	env := map[string]string{"RUNNER_TEMP": t.TempDir(), "GITHUB_ENV": filepath.Join(t.TempDir(), "env")}
	maps.Copy(env, job.Env)
	for _, s := range job.Steps {
		if s.Run == "" {
			continue
		}
		if out, err := runStep(t, s, env); err != nil {
			return s.Name, fmt.Sprintf("%v\n%s", err, out)
		}
	}
	return "", ""
}

// runStep runs a step as bash of a Linux runner, and takes over what it writes to GITHUB_ENV.
func runStep(t *testing.T, s step, env map[string]string) ([]byte, error) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", s.Run)
	command.Dir, command.Env = filepath.Join("..", ".."), os.Environ()
	for name, value := range env {
		command.Env = append(command.Env, name+"="+value)
	}
	out, err := command.CombinedOutput()
	set, _ := os.ReadFile(env["GITHUB_ENV"])
	for line := range strings.Lines(string(set)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		env[name] = value
	}
	return out, err
}
