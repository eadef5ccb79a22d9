package examples

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// TestEveryPublicFunctionHasAnExample holds the public packages to it: an Example calls each exported function and
// method, or a test does where it takes a testing.TB or a *testing.T, or is an option of one that does.
func TestEveryPublicFunctionHasAnExample(t *testing.T) {
	for _, folder := range []string{"../emulator", "../fixtures", "../scenarios", "../scenarios/gauntlet", "../testkit", "../testkit/container"} {
		public, shown, tested := surface(t, folder)
		for name, byTest := range public {
			if !shown[name] && !(byTest && tested[name]) {
				t.Errorf("%s: no Example calls %s", strings.TrimPrefix(folder, "../"), name)
			}
		}
	}
}

// surface lists a package's exported functions (true where a test may show it), and the names that its Examples and its
// tests call.
func surface(t *testing.T, folder string) (public, shown, tested map[string]bool) {
	t.Helper()
	public, shown, tested = map[string]bool{}, map[string]bool{}, map[string]bool{}
	paths, err := filepath.Glob(folder + "/*.go")
	if err != nil || len(paths) == 0 {
		t.Fatal("no files in", folder, err)
	}
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			function, ok := d.(*ast.FuncDecl)
			switch {
			case !ok:
			case strings.HasSuffix(path, "_test.go") && strings.HasPrefix(function.Name.Name, "Example"):
				called(function, shown)
			case strings.HasSuffix(path, "_test.go"):
				called(function, tested)
			case function.Name.IsExported() && exportedReceiver(function) && !isStandard(function.Name.Name):
				public[function.Name.Name] = takesTest(function) || isOption(function) && filepath.Base(folder) == "testkit"
			}
		}
	}
	return public, shown, tested
}

func called(in ast.Node, into map[string]bool) {
	ast.Inspect(in, func(n ast.Node) bool {
		if selector, ok := n.(*ast.SelectorExpr); ok {
			into[selector.Sel.Name] = true
		}
		return true
	})
}

func exportedReceiver(f *ast.FuncDecl) bool {
	if f.Recv == nil {
		return true
	}
	receiver := f.Recv.List[0].Type
	if star, ok := receiver.(*ast.StarExpr); ok {
		receiver = star.X
	}
	name, ok := receiver.(*ast.Ident)
	return ok && name.IsExported()
}

func takesTest(f *ast.FuncDecl) bool {
	for _, p := range f.Type.Params.List {
		of := p.Type
		if star, ok := of.(*ast.StarExpr); ok {
			of = star.X
		}
		if selector, ok := of.(*ast.SelectorExpr); ok && (selector.Sel.Name == "TB" || selector.Sel.Name == "T") {
			return true
		}
	}
	return false
}

func isOption(f *ast.FuncDecl) bool {
	if f.Type.Results == nil {
		return false
	}
	of, ok := f.Type.Results.List[0].Type.(*ast.Ident)
	return ok && of.Name == "Option"
}

// isStandard: methods of the standard library's interfaces are shown by what uses them.
func isStandard(name string) bool {
	return name == "Error" || name == "String" || name == "RoundTrip" || name == "Read" || name == "Close" || name == "CloseIdleConnections"
}
