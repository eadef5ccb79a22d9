package vendors_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestAFurtherVendorTakesAFolderAndALine overlays the project with a toy vendor's folder and one line of the catalogue,
// and runs the suite, and the catalogue's own tests but for the golden files, on it.
func TestAFurtherVendorTakesAFolderAndALine(t *testing.T) {
	const anchor = "\t\tqovery.Vendor,\n"
	text, err := os.ReadFile("catalog.go")
	if err != nil || !strings.Contains(string(text), anchor) {
		t.Fatalf("catalog.go has no line %q: %v", anchor, err)
	}
	const imports = "import (\n"
	catalog := strings.Replace(string(text), anchor, anchor+"\t\ttoys.Vendor,\n", 1)
	catalog = strings.Replace(catalog, imports, imports+"\t\"github.com/understudy-dev/understudy/emulator/vendors/toys\"\n", 1)
	changed := filepath.Join(t.TempDir(), "catalog.go")
	if err := os.WriteFile(changed, []byte(catalog), 0o644); err != nil {
		t.Fatal(err)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {
		filepath.Join(here, "catalog.go"):             changed,
		filepath.Join(here, "toys", "vendor.go"):      filepath.Join(here, "testdata", "toys", "vendor.go.txt"),
		filepath.Join(here, "toys", "vendor_test.go"): filepath.Join(here, "testdata", "toys", "vendor_test.go.txt"),
	}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(file, overlay, 0o644); err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(t.TempDir(), "toys.test") // run by itself: the folder is there for the compiler alone
	run := func(name string, args ...string) string {
		out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		return string(out)
	}
	run("go", "test", "-c", "-vet=off", "-overlay", file, "-o", binary, "./toys")
	out := run(binary, "-test.v") + run("go", "test", "-v", "-vet=off", "-overlay", file, "-run", "Disjoint|TestNames", ".")
	for _, want := range []string{"--- PASS: TestVendor/isolation/toys.create", "--- PASS: TestVendor/permission/toys.list", "--- PASS: TestRowsAreDisjoint"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %s in:\n%s", want, out)
		}
	}
}
