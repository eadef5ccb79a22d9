// Package terraform holds a module to what Terraform says of it without the providers.
package terraform

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestTerraformReadsTheModule(t *testing.T) {
	if _, err := exec.LookPath("terraform"); err != nil {
		t.Skip("this machine has no terraform")
	}
	files, err := filepath.Glob("*.tf")
	if err != nil || len(files) != 4 {
		t.Fatal(files, err)
	}
	folder := t.TempDir() // terraform writes beside what it reads
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := terraform(t, folder, "fmt", "-check", "-diff"); err != nil {
		t.Errorf("terraform fmt: %v\n%s", err, out)
	}
	out, err := terraform(t, folder, "providers")
	if err != nil {
		t.Fatalf("terraform providers: %v\n%s", err, out)
	}
	var sources []string
	for _, word := range strings.Fields(out) {
		if _, source, ok := strings.Cut(word, "/"); ok {
			sources = append(sources, strings.Trim(source, "]"))
		}
	}
	slices.Sort(sources)
	if want := []string{"auth0/auth0", "mongodb/mongodbatlas"}; !slices.Equal(sources, want) {
		t.Errorf("it needs %q, want %q:\n%s", sources, want, out)
	}

	broken := filepath.Join(folder, "broken.tf")
	if err := os.WriteFile(broken, []byte("resource \"auth0_organization\" \"globex\" {\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := terraform(t, folder, "providers"); err == nil {
		t.Errorf("terraform takes a file that ends too soon: %s", out)
	}
}

func terraform(t *testing.T, folder string, args ...string) (string, error) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "terraform", args...)
	command.Dir, command.Env = folder, append(os.Environ(), "CHECKPOINT_DISABLE=1")
	out, err := command.Output()
	return string(out), err
}
