package scenarios_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// docs are the comments of this package's types ("Rule"), their fields ("Rule.Name") and its constants, and the values of
// the constants of a type in their order.
type docs struct {
	text   map[string]string
	values map[string][]constant
}

type constant struct{ value, doc string }

func readDocs(t *testing.T) docs {
	t.Helper()
	d := docs{map[string]string{}, map[string][]constant{}}
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, decl := range file.Decls {
			if general, ok := decl.(*ast.GenDecl); ok {
				for _, spec := range general.Specs {
					d.add(spec, general)
				}
			}
		}
	}
	return d
}

func (d *docs) add(spec ast.Spec, of *ast.GenDecl) {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		d.text[s.Name.Name] = words(s.Doc, of.Doc)
		if fields, ok := s.Type.(*ast.StructType); ok {
			for _, f := range fields.Fields.List {
				for _, name := range f.Names {
					d.text[s.Name.Name+"."+name.Name] = words(f.Doc, f.Comment)
				}
			}
		}
	case *ast.ValueSpec:
		kind, isNamed := s.Type.(*ast.Ident)
		if of.Tok != token.CONST || !isNamed || len(s.Values) != 1 {
			return
		}
		if literal, ok := s.Values[0].(*ast.BasicLit); ok {
			value, _ := strconv.Unquote(literal.Value)
			d.values[kind.Name] = append(d.values[kind.Name], constant{value, words(s.Comment)})
		}
	}
}

// words is the first comment that is there, each paragraph on one line.
func words(comments ...*ast.CommentGroup) string {
	for _, c := range comments {
		if c == nil {
			continue
		}
		var paragraphs []string
		for p := range strings.SplitSeq(c.Text(), "\n\n") {
			paragraphs = append(paragraphs, strings.Join(strings.Fields(p), " "))
		}
		return strings.Join(paragraphs, "\n\n")
	}
	return ""
}

// heldTo compares a generated file with the committed one, or writes it.
func heldTo(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s is not what the types say: go test ./scenarios -update", name)
	}
}
