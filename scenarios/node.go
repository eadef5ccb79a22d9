package scenarios

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

type nodeKind byte

const (
	literal nodeKind = iota // a number, true, false or null
	textual
	list
	mapping
)

// node is a value of a text, the same for YAML and JSON.
type node struct {
	kind  nodeKind
	key   string // in a mapping
	keyAt position
	at    position
	dash  int    // the line of an item's dash
	text  string // of a literal its JSON, of a text its characters
	bare  bool   // a text that needs no quotes in YAML
	kids  []node
}

// place is where a problem with the value is reported: at its key, where it has one.
func (n *node) place() position {
	if n.keyAt != (position{}) {
		return n.keyAt
	}
	return n.at
}

// json appends the value as compact JSON.
func (n *node) json(doc []byte) []byte {
	switch n.kind {
	case literal:
		return append(doc, n.text...)
	case textual:
		return appendQuoted(doc, n.text)
	}
	brackets := "[]"
	if n.kind == mapping {
		brackets = "{}"
	}
	doc = append(doc, brackets[0])
	for i := range n.kids {
		if i > 0 {
			doc = append(doc, ',')
		}
		if n.kind == mapping {
			doc = append(appendQuoted(doc, n.kids[i].key), ':')
		}
		doc = n.kids[i].json(doc)
	}
	return append(doc, brackets[1])
}

// duplicate returns the second member of a mapping that has the key of an earlier one.
func (n *node) duplicate() (second, first *node) {
	if n.kind != mapping || len(n.kids) < 2 {
		return nil, nil
	}
	seen := make(map[string]*node, len(n.kids))
	for i := range n.kids {
		kid := &n.kids[i]
		if first, ok := seen[kid.key]; ok {
			return kid, first
		}
		seen[kid.key] = kid
	}
	return nil, nil
}

// appendQuoted appends s as a JSON string, with only those characters escaped that JSON or a terminal needs.
func appendQuoted(doc []byte, s string) []byte {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		panic(err) // a string always encodes
	}
	return append(doc, bytes.TrimSuffix(out.Bytes(), []byte("\n"))...)
}

// isNumber tells whether s is a number as JSON writes it.
func isNumber(s string) bool {
	return s != "" && (s[0] == '-' || s[0] >= '0' && s[0] <= '9') && json.Valid([]byte(s))
}

// firstInvalid is where a text stops being UTF-8, or -1.
func firstInvalid(src []byte) int {
	for i := 0; i < len(src); {
		r, size := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}
