package examples

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// TestEveryPublicFunctionHasAnExample holds the public packages to it: an Example calls each exported function and
// method, or a test does where it takes a testing.TB.
func TestEveryPublicFunctionHasAnExample(t *testing.T) {
	for _, folder := range []string{"../emulator", "../fixtures", "../scenarios", "../testkit", "../testkit/container"} {
		public, shown, tested := surface(t, folder)
		for name, takesTB := range public {
			if !shown[name] && !(takesTB && tested[name]) {
				t.Errorf("%s: no Example calls %s", strings.TrimPrefix(folder, "../"), name)
			}
		}
	}
}

// surface lists a package's exported functions (true where one takes a testing.TB, by itself or through its receiver),
// and the names that its Examples and its tests call.
func surface(t *testing.T, folder string) (public, shown, tested map[string]bool) {
	t.Helper()
	public, shown, tested = map[string]bool{}, map[string]bool{}, map[string]bool{}
	packages, err := parser.ParseDir(token.NewFileSet(), folder, func(fs.FileInfo) bool { return true }, 0)
	if err != nil {
		t.Fatal(err)
	}
	ofTests := filepath.Base(folder) == "testkit" || filepath.Base(folder) == "container"
	for _, p := range packages {
		for path, file := range p.Files {
			for _, d := range file.Decls {
				function, ok := d.(*ast.FuncDecl)
				switch name := ""; {
				case !ok:
				case strings.HasSuffix(path, "_test.go"):
					into := tested
					if name = function.Name.Name; strings.HasPrefix(name, "Example") {
						into = shown
					}
					called(function, into)
				case function.Name.IsExported() && exportedReceiver(function) && !isStandard(function.Name.Name):
					public[function.Name.Name] = ofTests || takesTB(function)
				}
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

func takesTB(f *ast.FuncDecl) bool {
	for _, p := range f.Type.Params.List {
		if selector, ok := p.Type.(*ast.SelectorExpr); ok && selector.Sel.Name == "TB" {
			return true
		}
	}
	return false
}

// isStandard: methods of the standard library's interfaces are shown by what uses them.
func isStandard(name string) bool {
	return name == "Error" || name == "String" || name == "RoundTrip" || name == "Read" || name == "Close" || name == "CloseIdleConnections"
}
