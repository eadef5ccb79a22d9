package emulator_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/understudy-dev/understudy/"

// arrow says which packages of ours those under a path may import, and why no others. The longest path that fits counts;
// a * is one element, and … any number.
type arrow struct {
	from   string
	may    []string
	reason string
}

var arrows = []arrow{
	{"cmd/understudy", []string{"emulator", "scenarios", "scenarios/gauntlet", "fixtures", "fixtures/tree", "scenarios/gauntlet/junit"}, "testkit would drag package testing into the binary, and the internals have one door: emulator"},
	{"testkit", []string{"emulator", "scenarios", "scenarios/gauntlet", "fixtures", "fixtures/tree", "testkit/internal/report"}, "tests see what users see"},
	{"testkit/internal/report", []string{"emulator", "scenarios"}, "it knows what a world has seen, not where the world is"},
	{"testkit/container", []string{"emulator", "scenarios", "testkit/internal/report"}, "what runs in a container is reached over HTTP alone; emulator names what that says"},
	{"scenarios/gauntlet", []string{"emulator", "scenarios", "fixtures", "scenarios/gauntlet/junit"}, "the binary uses it, so nothing of testkit may come with it"},
	{"scenarios", []string{"fixtures/tree"}, "the language is a leaf: everything else speaks it"},
	{"scenarios/scenariotest", []string{"scenarios"}, "it makes scenarios up for tests, and no more than those"},
	{"scenarios/gauntlet/junit", nil, "a form of files is a leaf"},
	{"fixtures", []string{"fixtures/tree"}, "files are a leaf: the tables check them, not they the tables"},
	{"fixtures/tree", nil, "it reads texts, and knows nothing of what they say"},
	{"emulator", []string{"emulator/vendors", "emulator/internal/*", "scenarios", "fixtures", "fixtures/tree"}, "it is below cmd, testkit and the gauntlet, and it reaches a vendor through the list of them"},
	{"emulator/vendors", []string{"emulator/internal/spec", "emulator/vendors/*"}, "it is a list of tables"},
	{"emulator/vendors/*", []string{"emulator/internal/spec", "emulator/internal/state"}, "a vendor is a table and its handlers: it knows neither other vendors nor how a request is served"},
	{"emulator/vendors/*/…", []string{"testkit", "emulator", "fixtures"}, "real clients drive a vendor from outside"},
	{"emulator/vendors/vendortest", []string{"emulator", "emulator/internal/spec", "emulator/internal/state", "scenarios"}, "the suite knows no vendor by name"},
	{"emulator/internal/serve", []string{"emulator/internal/spec", "emulator/internal/state", "emulator/internal/clock", "emulator/internal/wire", "scenarios"}, "the path of a request is the same for every vendor and every fixture"},
	{"emulator/internal/control", []string{"emulator/internal/serve", "emulator/internal/spec", "emulator/internal/state", "emulator/internal/clock", "scenarios", "fixtures"}, "it is served by the emulator, and must not import it back"},
	{"emulator/internal/spec", []string{"emulator/internal/state"}, "the words of a table stand below everything that reads tables"},
	{"emulator/internal/*", nil, "state, clocks, networks and authorities are leaves: each can be understood alone"},
	{"examples", []string{"emulator", "scenarios", "fixtures", "testkit"}, "examples show what users can import, and testkit/container is another module"},
	{"examples/…", []string{"emulator", "scenarios", "fixtures", "testkit", "examples/…"}, "examples show what users can import, and testkit/container is another module"},
}

// outside are packages of others that only some of ours may import.
var outside = []arrow{
	{"github.com/tidwall/btree", []string{"emulator/internal/state"}, "the store can be replaced only while nobody else knows what it is made of"},
	{"github.com/testcontainers/", []string{"testkit/container"}, "whoever imports testkit must not compile Docker's client"},
	{"github.com/brianvoe/gofakeit", []string{"fixtures"}, "made-up names belong into fixtures; what is served follows from the state"},
	{"github.com/spf13/", []string{"cmd/understudy"}, "flags are wiring"},
	{"github.com/gorilla/mux", []string{"emulator/internal/serve"}, "tables hold path templates; only the router compiles them"},
	{"github.com/goccy/go-yaml", []string{"fixtures/tree", "examples/…"}, "YAML ends where files are read"},
	{"testing", []string{"testkit", "testkit/container", "testkit/internal/report", "emulator/vendors/vendortest"}, "package testing registers flags in every binary that links it"},
	{"pgregory.net/rapid", nil, "tests only"},
	{"github.com/auth0/", nil, "tests only"},
	{"github.com/mongodb-forks/", nil, "tests only"},
	{"go.mongodb.org/", nil, "tests only"},
	{"math/rand", []string{"emulator/vendors/vendortest"}, "chance follows from the world's seed, so that forks and reruns agree"},
	{"crypto/rand", []string{"emulator/internal/authority"}, "chance follows from the world's seed; only keys are secret"},
}

// clockless are the functions of package time that read the machine's clock or wait for it. A world has its own clock.
var clockless = []string{"Now", "Sleep", "Since", "Until", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}

// clocks may use them: the clock itself, the network, whose deadlines are package time's, the command, the testkit, whose
// gauntlet tells how long it takes, what waits for a container, and examples, which are clients and live in nobody's world.
var clocks = []string{"emulator/internal/clock", "emulator/internal/memnet", "cmd/understudy", "cmd/understudy/…", "testkit", "testkit/container", "examples/…"}

func TestImportArrows(t *testing.T) {
	eachFile(t, func(pkg, file string, f *ast.File) {
		for _, spec := range f.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			if ours, ok := strings.CutPrefix(imported, module); ok {
				a := arrowOf(pkg)
				if a == nil {
					t.Errorf("%s: no arrow says what %s may import", file, pkg)
				} else if !slices.ContainsFunc(a.may, func(may string) bool { return fits(may, ours) }) {
					t.Errorf("%s: %s may not import %s: %s", file, pkg, ours, a.reason)
				}
			}
			for _, o := range outside {
				if strings.HasPrefix(imported+"/", strings.TrimSuffix(o.from, "/")+"/") && !slices.ContainsFunc(o.may, func(may string) bool { return fits(may, pkg) }) {
					t.Errorf("%s: %s may not import %s: %s", file, pkg, imported, o.reason)
				}
			}
		}
	})
}

func TestTimeComesFromTheWorldsClock(t *testing.T) {
	eachFile(t, func(pkg, file string, f *ast.File) {
		if slices.ContainsFunc(clocks, func(c string) bool { return fits(c, pkg) }) {
			return
		}
		ast.Inspect(f, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := s.X.(*ast.Ident); ok && x.Name == "time" && x.Obj == nil && slices.Contains(clockless, s.Sel.Name) {
				t.Errorf("%s uses time.%s: time is the world's, read once per request, and waits are Clock.Sleep", file, s.Sel.Name)
			}
			return true
		})
	})
}

// TestArrowsFit holds the rules' own language to examples.
func TestArrowsFit(t *testing.T) {
	for _, c := range []struct {
		pattern, pkg string
		want         bool
	}{
		{"a", "a", true}, {"a", "a/b", false}, {"a/*", "a/b", true}, {"a/*", "a", false}, {"a/*", "a/b/c", false},
		{"a/…", "a/b/c", true}, {"a/…", "a", false}, {"a/*/…", "a/b/c", true}, {"a/*/…", "a/b", false}, {"a/*/…", "a/b/c/d", true},
	} {
		if fits(c.pattern, c.pkg) != c.want {
			t.Errorf("%s fits %s: %v", c.pattern, c.pkg, !c.want)
		}
	}
	if a := arrowOf("emulator/vendors/vendortest"); a == nil || a.from != "emulator/vendors/vendortest" {
		t.Errorf("the longest pattern does not count: %+v", a)
	}
	if a := arrowOf("emulator/internal/clock"); a == nil || a.from != "emulator/internal/*" {
		t.Errorf("%+v", a)
	}
}

func arrowOf(pkg string) *arrow {
	var best *arrow
	for i := range arrows {
		if fits(arrows[i].from, pkg) && (best == nil || !strings.ContainsAny(arrows[i].from, "*…")) {
			best = &arrows[i]
		}
	}
	return best
}

func fits(pattern, pkg string) bool {
	head, deep := strings.CutSuffix(pattern, "/…")
	if deep {
		n := strings.Count(head, "/") + 1
		parts := strings.Split(pkg, "/")
		if len(parts) <= n {
			return false
		}
		pkg = strings.Join(parts[:n], "/")
	}
	ok, err := path.Match(head, pkg)
	return ok && err == nil
}

// eachFile parses every Go file of the module that is no test, with its package's path in the module.
func eachFile(t *testing.T, visit func(pkg, file string, f *ast.File)) {
	t.Helper()
	seen := 0
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (name != ".." && strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel("..", name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		seen++
		visit(path.Dir(rel), rel, f)
		return nil
	})
	if err != nil || seen < 50 {
		t.Fatalf("%d files: %v", seen, err)
	}
}
