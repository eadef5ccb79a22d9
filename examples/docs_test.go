// Package examples holds what a reader can run, and the test that runs the documentation.
package examples

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/scenarios"
)

// A block of the documentation: sh runs in one folder a page, one after another; "output" behind it is what it must
// print, "output like" the same but for its spaces, and for what … stands for; file=NAME is written first; needs=docker runs
// where an engine answers, needs=linux there alone; yaml is a scenario that is checked.
type block struct {
	line       int
	kind, info string
	text       string
}

var fence = regexp.MustCompile("(?ms)^```([a-z]*)([^\n]*)\n(.*?)^```$")

func blocks(page string) []block {
	var found []block
	for _, m := range fence.FindAllStringSubmatchIndex(page, -1) {
		found = append(found, block{
			line: 1 + strings.Count(page[:m[0]], "\n"),
			kind: page[m[2]:m[3]], info: strings.TrimSpace(page[m[4]:m[5]]), text: page[m[6]:m[7]],
		})
	}
	return found
}

// TestDocs executes every code block of the documentation.
func TestDocs(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("the blocks are for bash, which this machine lacks")
	}
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("the blocks call curl, which this machine lacks")
	}
	pages, err := filepath.Glob("../*.md")
	if err != nil || len(pages) == 0 {
		t.Fatal("no pages", err)
	}
	inner, _ := filepath.Glob("../*/*.md")
	examples, _ := filepath.Glob("../examples/*/*.md")
	parts, _ := filepath.Glob("../examples/*/*/*.md")
	gauntlet, _ := filepath.Glob("../scenarios/*/*.md")
	for _, page := range slices.Concat(pages, inner, examples, parts, gauntlet) {
		t.Run(strings.TrimPrefix(page, "../"), func(t *testing.T) { runPage(t, page) })
	}
}

// runPage runs a page's blocks in a copy of the project, on ports of its own in the place of 4010 and 4443.
func runPage(t *testing.T, page string) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	all := blocks(string(text))
	if len(all) == 0 {
		return
	}
	d := newDesk(t)
	for i, b := range all {
		switch {
		case b.kind == "text" || b.kind == "output":
		case b.info == "needs=docker" && !dockerAnswers():
			t.Logf("%s:%d is not run: no Docker engine answers", page, b.line)
		case b.info == "needs=linux" && runtime.GOOS != "linux":
			t.Logf("%s:%d is not run: it is for Linux", page, b.line)
		case strings.HasPrefix(b.info, "file="):
			d.write(t, b)
		case b.kind == "sh":
			var want block
			if i+1 < len(all) && all[i+1].kind == "output" {
				want = all[i+1]
			}
			if b.info == "needs=docker" {
				t.Cleanup(func() { _ = exec.Command("docker", "image", "rm", "-f", "understudy:prebuilt").Run() })
			}
			d.run(t, page, b, want)
		case b.kind == "yaml":
			checkScenario(t, page, b)
		default:
			t.Errorf("%s:%d: a %q block that no test runs: give it file=NAME, or make it sh, output or text", page, b.line, b.kind)
		}
	}
}

// checkScenario holds a scenario to the tables. The reference of the language shows parts of scenarios too: what generates
// it checks them.
func checkScenario(t *testing.T, page string, b block) {
	if filepath.Base(page) == "REFERENCE.md" && !strings.HasPrefix(b.text, "understudy:") {
		return
	}
	s, err := scenarios.Parse(fmt.Sprintf("%s:%d", page, b.line), []byte(b.text))
	if err == nil {
		err = s.Check(emulator.Catalogue())
	}
	if err != nil {
		t.Error(err)
	}
}

// desk is where a page's commands run: a working copy, a server in the background.
type desk struct {
	folder      string
	http, https string
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{folder: t.TempDir(), http: freePort(t), https: freePort(t)}
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries { // a copy: a page may write files, but none of the project's
		if e.Name() == ".git" || e.Name() == "dist" {
			continue
		}
		from, to := filepath.Join(root, e.Name()), filepath.Join(d.folder, e.Name())
		if e.IsDir() {
			err = os.CopyFS(to, os.DirFS(from))
		} else {
			err = copyFile(from, to)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func copyFile(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o644)
}

func dockerAnswers() bool { return exec.Command("docker", "version").Run() == nil }

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

func (d *desk) write(t *testing.T, b block) {
	t.Helper()
	name := strings.TrimPrefix(strings.Fields(b.info)[0], "file=")
	path := filepath.Join(d.folder, name)
	if b.kind == "go" {
		path = filepath.Join(d.folder, fmt.Sprint("block", b.line), name)
		if err := os.Mkdir(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(path, []byte(b.text), 0o600); err != nil {
		t.Fatal(err)
	}
	if b.kind == "go" {
		test := exec.CommandContext(t.Context(), "go", "test", "-count=1", "./"+filepath.Base(filepath.Dir(path)))
		test.Dir, test.Env = d.folder, d.env()
		if out, err := test.CombinedOutput(); err != nil {
			t.Errorf("line %d: go test: %v\n%s", b.line, err, out)
		}
	}
}

// run executes a block and compares what it printed. A command that ends in & is a server: the block waits for it.
func (d *desk) run(t *testing.T, page string, b, want block) {
	t.Helper()
	text := strings.NewReplacer("localhost:4010", "localhost:"+d.http, "localhost:4443", "localhost:"+d.https).Replace(b.text)
	var script strings.Builder
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		if command, background := strings.CutSuffix(line, " &"); background {
			d.start(t, command)
			continue
		}
		fmt.Fprintln(&script, line+"\necho -n '"+endOfCommand+"'")
	}
	if strings.Contains(text, "localhost:") {
		d.start(t, "go run ./cmd/understudy serve")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", script.String())
	command.Dir, command.Env = d.folder, d.env()
	var printed, problems bytes.Buffer
	command.Stdout, command.Stderr = &printed, &problems
	if err := command.Run(); err != nil {
		t.Errorf("%s:%d: %v\n%s%s", page, b.line, err, printed.String(), problems.String())
		return
	}
	var lines []string
	for _, part := range strings.Split(printed.String(), endOfCommand) {
		if part = strings.TrimSpace(part); part != "" {
			lines = append(lines, part)
		}
	}
	if got := strings.Join(lines, "\n") + "\n"; !want.is(got) {
		t.Errorf("%s:%d printed\n%s\nwant\n%s", page, b.line, got, want.text)
	}
}

// is tells whether the block shows what was printed, by its own measure.
func (b block) is(printed string) bool {
	if b.info != "like" {
		return b.text == "" || b.text == printed
	}
	var pattern strings.Builder
	for line := range strings.Lines(b.text) {
		words := regexp.QuoteMeta(strings.Join(strings.Fields(line), " "))
		pattern.WriteString(strings.ReplaceAll(words, "…", ".*") + "\n")
	}
	var flat strings.Builder
	for line := range strings.Lines(printed) {
		flat.WriteString(strings.Join(strings.Fields(line), " ") + "\n")
	}
	return regexp.MustCompile("^" + pattern.String() + "$").MatchString(flat.String())
}

const endOfCommand = "\x01"

func (d *desk) env() []string {
	return append(os.Environ(), "UNDERSTUDY_HTTP=localhost:"+d.http, "UNDERSTUDY_HTTPS=localhost:"+d.https,
		"UNDERSTUDY_CA_DIR="+filepath.Join(d.folder, "ca-of-the-page"),
		"GOFLAGS="+os.Getenv("GOFLAGS")+" -trimpath") // else each page's copy is compiled anew, for its path
}

// start runs a server for the rest of the page, unless one answers already.
func (d *desk) start(t *testing.T, command string) {
	t.Helper()
	if d.answers() {
		return
	}
	server := exec.Command("bash", "-c", "exec "+strings.Replace(command, "go run ./cmd/understudy", d.binary(t), 1))
	server.Dir, server.Env = d.folder, append(d.env(), "UNDERSTUDY_QUIET=true")
	var problems bytes.Buffer
	server.Stderr = &problems
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Process.Signal(os.Interrupt); _ = server.Wait() })
	for range 200 {
		if d.answers() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s does not answer: %s", command, problems.String())
}

func (d *desk) answers() bool {
	conn, err := net.DialTimeout("tcp", "127.0.0.1:"+d.http, time.Second)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

// binary is what go run would build: a signal to go run itself would not reach the server.
func (d *desk) binary(t *testing.T) string {
	t.Helper()
	path := filepath.Join(d.folder, "understudy-of-the-page")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", path, "./cmd/understudy")
	build.Dir, build.Env = d.folder, d.env()
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}
