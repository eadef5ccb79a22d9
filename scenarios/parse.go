package scenarios

import (
	"bytes"
	"strconv"
	"strings"
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

// read is Parse before anything is asked of the values.
func read(name string, src []byte) (*Scenario, node, []comment, error) {
	r := &reader{source: &source{file: name, at: map[string]position{}}}
	root, err := r.read(src)
	if err != nil {
		return nil, root, nil, err
	}
	s := &Scenario{source: r.source}
	d := decoder{source: r.source}
	d.scenario(s, root)
	return s, root, r.comments, join(d.problems)
}

func (r *reader) read(src []byte) (node, error) {
	if len(src) > MaxSize {
		return node{}, r.problem(position{}, "%d bytes: a scenario has at most %d", len(src), MaxSize)
	}
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	r.lines = strings.Split(string(src), "\n")
	if at := firstInvalid(src); at >= 0 {
		return node{}, r.problem(position{1 + bytes.Count(src[:at], []byte("\n")), 1}, "not UTF-8")
	}
	read := r.yaml
	if isJSON(src) {
		read = r.json
	}
	root, err := read(src)
	if err != nil {
		return node{}, err
	}
	return root, r.version(root, isJSON(src))
}

// isJSON tells JSON from YAML, whose maps can begin with a brace too.
func isJSON(src []byte) bool {
	const space = " \t\r\n"
	inner, isMap := bytes.CutPrefix(bytes.TrimLeft(bytes.TrimPrefix(src, []byte("\ufeff")), space), []byte("{"))
	inner = bytes.TrimLeft(inner, space)
	return isMap && (len(inner) == 0 || inner[0] == '"' || inner[0] == '}')
}

// version looks at the version of the format before anything else is. JSON's members may come in any order.
func (r *reader) version(root node, isJSON bool) error {
	for i, n := range root.kids {
		if n.key != versionKey || i > 0 && !isJSON {
			continue
		}
		version, err := strconv.ParseUint(n.text, 10, 32)
		switch {
		case err != nil || version == 0 || n.kind != literal:
			return r.problem(n.at, "%s must be the version of the format: %d", versionKey, Version)
		case version > Version:
			return r.problem(n.at, "%s: %d is a newer format than this understudy reads (%d); upgrade it", versionKey, version, Version)
		}
		return nil
	}
	return r.problem(root.at, "a scenario begins with %s: %d", versionKey, Version)
}

// versionKey is the first key of every text.
const versionKey = "understudy"
