package scenarios

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/fixtures/tree"
)

// Reformat returns a text in its canonical form: YAML as Format writes it, JSON indented. YAML's comments are kept: those
// on lines of their own stay above what they stood above, one behind a rule stays behind it, and one within a rule, or
// behind one that takes several lines, goes above the rule. An empty line above a rule stays, too.
func Reformat(name string, src []byte) ([]byte, error) {
	s, root, comments, err := read(name, src)
	if err == nil {
		err = s.validate()
	}
	if err != nil {
		return nil, err
	}
	if isJSON(src) {
		return indented(s)
	}
	w := writer{margin: newMargin(root, s.source.lines, comments)}
	w.scenario(s.node())
	if again, err := Parse(name, w.out.Bytes()); err != nil || !bytes.Equal(again.Format(), s.Format()) {
		return nil, errors.Join(fmt.Errorf("%s can't be written in its canonical form without loss", name), err)
	}
	return w.out.Bytes(), nil
}

func indented(s *Scenario) ([]byte, error) {
	plain, err := s.MarshalJSON()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, plain, "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// margin is what a text has around its parts: comments and empty lines.
type margin struct {
	order  []string            // the parts' paths
	above  map[string][]string // lines above a part; "" is an empty one
	behind map[string]aside    // comments behind a part
	below  map[string][]string // comments below a list, as deep as its items
	end    []string            // lines below the last part
}

// aside is the comments behind the first line of a part, and how many lines above it came before them.
type aside struct {
	texts []string
	after int
}

// span is the lines of a part.
type span struct {
	path        string
	first, last int
	indent      int
}

func newMargin(root tree.Node, lines []string, comments []tree.Comment) *margin {
	m := &margin{above: map[string][]string{}, behind: map[string]aside{}, below: map[string][]string{}}
	spans := spansOf(root)
	for _, s := range spans {
		m.order = append(m.order, s.path)
	}
	at := 0
	for i, line := range lines {
		number := i + 1
		for at < len(spans) && max(spans[at].first, spans[at].last) < number {
			at++
		}
		if strings.TrimSpace(line) == "" && !within(spans, at, number) {
			m.add(spans, at, "")
		}
		for len(comments) > 0 && comments[0].At.Line <= number {
			c := comments[0]
			comments = comments[1:]
			m.comment(spans, at, c, []rune(line))
		}
	}
	for _, c := range comments {
		m.end = append(m.end, c.Text)
	}
	for len(m.end) > 0 && m.end[len(m.end)-1] == "" {
		m.end = m.end[:len(m.end)-1]
	}
	return m
}

// comment keeps one that stands on a line, which is of a part or above it.
func (m *margin) comment(spans []span, at int, c tree.Comment, line []rune) {
	alone := strings.TrimSpace(string(line[:min(c.At.Column-1, len(line))])) == ""
	holder := holder(spans, c.At.Line)
	switch {
	case alone && c.At.Column > 1 && at > 0 && spans[at-1].indent > 0 && (at == len(spans) || spans[at].indent == 0):
		m.below[spans[at-1].path] = append(m.below[spans[at-1].path], c.Text)
	case alone:
		m.add(spans, at, c.Text)
	case holder.first < c.At.Line:
		m.above[holder.path] = append(m.above[holder.path], c.Text)
	default:
		m.behind[holder.path] = aside{append(m.behind[holder.path].texts, c.Text), len(m.above[holder.path])}
	}
}

func within(spans []span, at, line int) bool { return at < len(spans) && spans[at].first < line }

// holder is the last part that begins at a line or above.
func holder(spans []span, line int) (last span) {
	for _, s := range spans {
		if s.first > line {
			break
		}
		last = s
	}
	return last
}

func (m *margin) add(spans []span, at int, line string) {
	if at == len(spans) {
		m.end = addLine(m.end, line)
	} else {
		m.above[spans[at].path] = addLine(m.above[spans[at].path], line)
	}
}

// addLine makes one empty line of several.
func addLine(lines []string, line string) []string {
	if line == "" && len(lines) > 0 && lines[len(lines)-1] == "" {
		return lines
	}
	return append(lines, line)
}

// spansOf lists what is written on lines of its own: the scenario's keys, and the limits, rules and expectations.
func spansOf(root tree.Node) (spans []span) {
	for _, kid := range root.Kids {
		first := kid.KeyAt.Line
		if kid.Kind == tree.Literal || kid.Kind == tree.Text {
			spans = append(spans, span{kid.Key, first, kid.At.Line, 0})
			continue
		}
		spans = append(spans, span{kid.Key, first, first, 0})
		for i, item := range kid.Kids {
			first := item.Place().Line
			if item.Dash > 0 {
				first = item.Dash
			}
			spans = append(spans, span{itemPath(kid, i), first, lastLine(&item), 2})
		}
	}
	return spans
}

// itemPath is the path of a limit, a rule or an expectation.
func itemPath(of tree.Node, i int) string {
	if of.Kind == tree.Map {
		return of.Key + "." + of.Kids[i].Key
	}
	return fmt.Sprintf("%s[%d]", of.Key, i)
}

func lastLine(n *tree.Node) int {
	last := max(n.At.Line, n.KeyAt.Line)
	for i := range n.Kids {
		last = max(last, lastLine(&n.Kids[i]))
	}
	return last
}

// around writes what is above a part, the part, and what is behind it.
func (w *writer) around(path string, indent int, part func()) {
	if w.margin == nil {
		part()
		return
	}
	start := w.out.Len()
	part()
	text := bytes.Clone(w.out.Bytes()[start:])
	w.out.Truncate(start)
	above, behind, below := w.above[path], w.behind[path], w.below[path]
	delete(w.above, path)
	delete(w.behind, path)
	delete(w.below, path)
	if len(behind.texts) == 1 && bytes.Count(text, []byte("\n")) == 1 {
		text = append(bytes.TrimSuffix(text, []byte("\n")), " "+behind.texts[0]+"\n"...)
	} else {
		above = slices.Insert(above, behind.after, behind.texts...)
	}
	w.lines(above, indent)
	w.out.Write(text)
	w.lines(below, indent)
}

func (w *writer) lines(all []string, indent int) {
	for _, line := range all {
		if line == "" && w.out.Len() > 0 {
			w.out.WriteByte('\n')
		} else if line != "" {
			w.out.WriteString(strings.Repeat(" ", indent) + line + "\n")
		}
	}
}

// leftover writes what stood around parts that the canonical form leaves out, and what stood below all.
func (w *writer) leftover() {
	if w.margin == nil {
		return
	}
	for _, path := range w.order {
		for _, line := range slices.Concat(w.above[path], w.behind[path].texts, w.below[path]) {
			if line != "" {
				w.lines([]string{line}, 0)
			}
		}
	}
	w.lines(w.end, 0)
}
