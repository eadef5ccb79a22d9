package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/scanner"
	"github.com/goccy/go-yaml/token"
)

const (
	// maxTokens bounds what the parser does, whose time grows with their square; some 1,400 rules have as many.
	maxTokens = 32_000
	// maxBlockKeys is how many keys may stand on lines of their own: the parser recurses from each to the next.
	maxBlockKeys = 4000
	// maxBlank is how many empty lines may follow one another: each costs the scanner all those before it.
	maxBlank = 100
)

// reader reads a text into nodes.
type reader struct {
	*source
	comments []comment
}

// comment is one of YAML's, with its #.
type comment struct {
	position
	text string
}

func (r *reader) problem(at position, format string, args ...any) error {
	return r.source.problem(at, "", format, args...)
}

func (r *reader) yaml(src []byte) (n node, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = r.problem(position{}, "not readable as YAML: %v", cause)
		}
	}()
	tokens, err := r.scan(src)
	if err != nil {
		return node{}, err
	}
	// The parser compares each key with all before it; duplicate does the same in one pass.
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return node{}, r.syntax(err)
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return node{at: position{1, 1}}, nil
	}
	return r.value(file.Docs[0].Body, 1)
}

func (r *reader) syntax(err error) error {
	var syntax interface {
		GetToken() *token.Token
		GetMessage() string
	}
	if !errors.As(err, &syntax) || syntax.GetToken() == nil {
		return r.problem(position{}, "%v", err)
	}
	return r.problem(place(syntax.GetToken()), "%s", syntax.GetMessage())
}

// scan splits a text into tokens and refuses what no scenario may hold before the parser, which recurses and allocates
// freely, sees it.
func (r *reader) scan(src []byte) (token.Tokens, error) {
	if line := blankLines(src); line > 0 {
		return nil, r.problem(position{line, 1}, "more than %d empty lines", maxBlank)
	}
	var s scanner.Scanner
	s.Init(string(src))
	var tokens token.Tokens
	var b bounds
	for {
		found, err := s.Scan()
		if err == io.EOF {
			return tokens, nil
		}
		for _, tk := range found {
			if why := b.refusal(tk); why != "" {
				return nil, r.problem(place(tk), "%s", why)
			}
			if tk.Type == token.CommentType {
				r.comments = append(r.comments, comment{place(tk), "#" + tk.Value})
			}
			tokens.Add(tk)
		}
	}
}

// blankLines returns the line at which more than maxBlank lines of white space follow one another, or 0.
func blankLines(src []byte) int {
	line, blank := 1, 0
	for i, b := range src {
		switch {
		case b == '\n', b == '\r' && !bytes.HasPrefix(src[i+1:], []byte("\n")):
			line++
			if blank++; blank > maxBlank+1 {
				return line
			}
		case b != ' ' && b != '\t' && b != '\r':
			blank = 0
		}
	}
	return 0
}

// bounds follows the tokens of a text.
type bounds struct {
	tokens, open, blockKeys int
	content                 bool // something but comments was seen
	line, dashes            int  // lists that a line opens
}

// refusal says why a token cannot stand in a scenario.
func (b *bounds) refusal(tk *token.Token) string {
	if b.tokens++; b.tokens > maxTokens {
		return fmt.Sprintf("more than %d words and signs: build a scenario of this size in Go, or write it as JSON", maxTokens)
	}
	header := tk.Type == token.DocumentHeaderType && !b.content
	b.content = b.content || tk.Type != token.CommentType
	switch tk.Type {
	case token.InvalidType:
		return tk.Error
	case token.AnchorType, token.AliasType, token.MergeKeyType:
		return "anchors, aliases and merge keys are not read: write the value out"
	case token.TagType:
		return "tags are not read: write the value plainly"
	case token.DirectiveType:
		return "directives are not read"
	case token.MappingKeyType:
		return "write a key as key: value"
	case token.DocumentEndType, token.DocumentHeaderType:
		if !header {
			return "a scenario is one document"
		}
	case token.MappingStartType, token.SequenceStartType:
		b.open++
	case token.MappingEndType, token.SequenceEndType:
		b.open = max(0, b.open-1)
	case token.SequenceEntryType:
		if b.line != tk.Position.Line {
			b.line, b.dashes = tk.Position.Line, 0
		}
		b.dashes++
	case token.MappingValueType:
		if b.open == 0 {
			b.blockKeys++
		}
	}
	if b.open > maxDepth || b.dashes > maxDepth {
		return fmt.Sprintf("nested deeper than %d levels", maxDepth)
	}
	if b.blockKeys > maxBlockKeys {
		return fmt.Sprintf("more than %d keys on lines of their own: write each rule on one line, in braces", maxBlockKeys)
	}
	return ""
}

func (r *reader) value(v ast.Node, depth int) (node, error) {
	n := node{at: place(v.GetToken())}
	if depth > maxDepth {
		return n, r.problem(n.at, "nested deeper than %d levels", maxDepth)
	}
	switch v := v.(type) {
	case *ast.NullNode:
		n.text = "null"
	case *ast.BoolNode:
		n.text = strconv.FormatBool(v.Value)
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		if n.text = v.GetToken().Value; !isNumber(n.text) {
			return n, r.problem(n.at, "%s is not a number as JSON writes it: put it in quotes, or in decimal", n.text)
		}
	case *ast.StringNode:
		if n.text = v.Value; v.Token.Type != token.StringType || !isNumber(n.text) {
			n.kind = textual
		}
	case *ast.LiteralNode:
		n.kind, n.text = textual, v.Value.Value
	case *ast.SequenceNode:
		n.kind = list
		return r.items(n, v, depth)
	case *ast.MappingNode:
		n.kind = mapping
		return r.members(n, v, depth)
	default:
		return n, r.problem(n.at, "%s is not read in a scenario", v.Type())
	}
	if !utf8.ValidString(n.text) {
		return n, r.problem(n.at, "an escape in this string is not a character")
	}
	return n, nil
}

func (r *reader) items(n node, v *ast.SequenceNode, depth int) (node, error) {
	for i, item := range v.Values {
		kid, err := r.value(item, depth+1)
		if err != nil {
			return n, err
		}
		if i < len(v.Entries) {
			kid.dash = place(v.Entries[i].Start).line
		}
		n.kids = append(n.kids, kid)
	}
	return n, nil
}

func (r *reader) members(n node, v *ast.MappingNode, depth int) (node, error) {
	if !v.IsFlowStyle && len(v.Values) > 0 {
		n.at = place(v.Values[0].Key.GetToken())
	}
	for _, member := range v.Values {
		at := place(member.Key.GetToken())
		key, ok := member.Key.(*ast.StringNode)
		if !ok || !utf8.ValidString(key.Value) {
			return n, r.problem(at, "a key must be a string: put it in quotes")
		}
		kid, err := r.value(member.Value, depth+1)
		if err != nil {
			return n, err
		}
		kid.key, kid.keyAt = key.Value, at
		n.kids = append(n.kids, kid)
	}
	return n, r.twice(&n)
}

// twice refuses a mapping that has a key two times.
func (r *reader) twice(n *node) error {
	if second, first := n.duplicate(); second != nil {
		return r.problem(second.keyAt, "%q is set twice; first at line %d", second.key, first.keyAt.line)
	}
	return nil
}

func place(tk *token.Token) position {
	if tk == nil || tk.Position == nil {
		return position{}
	}
	return position{tk.Position.Line, tk.Position.Column}
}
