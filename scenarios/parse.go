package scenarios

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/understudy-dev/understudy/fixtures/tree"
)

const (
	// MaxSize is the size in bytes of the largest text that Parse reads: 256 KiB.
	MaxSize = 256 << 10
	// maxDepth is how deep maps and lists may nest, the text itself being the first level.
	maxDepth = 32
)

// Parse reads a scenario from YAML, or from JSON where the text begins with a brace and a quote; name is what problems call
// the text.
// It refuses what can be told without knowing the vendors; Check does the rest. The error joins up to 20 values of type
// *Problem, which Problems lists.
func Parse(name string, src []byte) (*Scenario, error) {
	s, _, _, err := read(name, src)
	if err != nil {
		return nil, err
	}
	if err := s.validate(); err != nil {
		return nil, err
	}
	return s, nil
}

// reader bounds what the YAML parser does, whose time grows with the square of the words; some 1,400 rules have as many.
var reader = tree.Reader{
	What: "a scenario", MaxDepth: maxDepth, MaxTokens: 32_000, MaxImplied: 4000,
	Otherwise: "build a scenario of this size in Go, or write it as JSON",
}

// read is Parse before anything is asked of the values.
func read(name string, src []byte) (*Scenario, tree.Node, []tree.Comment, error) {
	from := &source{file: name, at: map[string]tree.Position{}}
	root, comments, err := from.read(src)
	if err != nil {
		return nil, root, nil, from.located(err)
	}
	s := &Scenario{source: from}
	d := decoder{source: from}
	d.scenario(s, root)
	return s, root, comments, join(d.problems)
}

func (s *source) read(src []byte) (root tree.Node, comments []tree.Comment, err error) {
	if len(src) > MaxSize {
		return root, nil, s.problem(tree.Position{}, "", "%d bytes: a scenario has at most %d", len(src), MaxSize)
	}
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	s.lines = strings.Split(string(src), "\n")
	if at, invalid := tree.Invalid(src); invalid {
		return root, nil, s.problem(at, "", "not UTF-8")
	}
	if isJSON(src) {
		root, err = reader.JSON(src)
	} else {
		root, comments, err = reader.YAML(src)
	}
	if err != nil {
		return root, nil, err
	}
	return root, comments, s.version(root, isJSON(src))
}

// isJSON tells JSON from YAML, whose maps can begin with a brace too.
func isJSON(src []byte) bool {
	const space = " \t\r\n"
	inner, isMap := bytes.CutPrefix(bytes.TrimLeft(bytes.TrimPrefix(src, []byte("\ufeff")), space), []byte("{"))
	inner = bytes.TrimLeft(inner, space)
	return isMap && (len(inner) == 0 || inner[0] == '"' || inner[0] == '}')
}

// version looks at the version of the format before anything else is. JSON's members may come in any order.
func (s *source) version(root tree.Node, isJSON bool) error {
	for i, n := range root.Kids {
		if n.Key != versionKey || i > 0 && !isJSON {
			continue
		}
		version, err := strconv.ParseUint(n.Text, 10, 32)
		switch {
		case err != nil || version == 0 || n.Kind != tree.Literal:
			return s.problem(n.At, "", "%s must be the version of the format: %d", versionKey, Version)
		case version > Version:
			return s.problem(n.At, "", "%s: %d is a newer format than this understudy reads (%d); upgrade it", versionKey, version, Version)
		}
		return nil
	}
	return s.problem(root.At, "", "a scenario begins with %s: %d", versionKey, Version)
}

// versionKey is the first key of every text.
const versionKey = "understudy"
