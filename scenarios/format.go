package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/understudy-dev/understudy/fixtures/tree"
)

// maxWidth is how wide a line may be that holds a whole rule, in characters.
const maxWidth = 120

// Format returns the scenario as YAML in its canonical form: Parse of it is this scenario. A text holds about a thousand
// rules; Parse refuses more.
func (s *Scenario) Format() []byte {
	w := writer{}
	w.scenario(s.node())
	return w.out.Bytes()
}

// MarshalJSON returns the scenario as JSON: Parse and UnmarshalJSON of it are this scenario.
func (s Scenario) MarshalJSON() ([]byte, error) {
	n := s.node()
	return n.AppendJSON(nil, nil), nil
}

// UnmarshalJSON is Parse of JSON.
func (s *Scenario) UnmarshalJSON(src []byte) error {
	if !bytes.HasPrefix(bytes.TrimSpace(src), []byte("{")) {
		return errors.New("a scenario in JSON is an object")
	}
	read, err := Parse("JSON", src)
	if err != nil {
		return err
	}
	*s = *read
	return nil
}

// writer writes nodes as YAML.
type writer struct {
	out bytes.Buffer
	*margin
}

// scenario writes each of the scenario's own keys, limits, rules and expectations on a line, or on several.
func (w *writer) scenario(n tree.Node) {
	for _, kid := range n.Kids {
		isOne := kid.Kind == tree.Literal || kid.Kind == tree.Text
		w.around(kid.Key, 0, func() {
			w.out.WriteString(kid.Key + ":")
			if isOne {
				w.rest(kid, 2, 0)
			} else {
				w.out.WriteByte('\n')
			}
		})
		for i, item := range kid.Kids {
			w.around(itemPath(kid, i), 2, func() {
				if kid.Kind == tree.Map {
					w.out.WriteString("  " + name(item.Key) + ":")
				} else {
					w.out.WriteString("  -")
				}
				w.rest(item, 4, w.width())
			})
		}
	}
	w.leftover()
}

// width is how much the line holds that is being written.
func (w *writer) width() int {
	return utf8.RuneCount(w.out.Bytes()[bytes.LastIndexByte(w.out.Bytes(), '\n')+1:])
}

// rest writes a value behind its key or dash, which took up so much of the line, and ends the line. What goes on below
// is indented.
func (w *writer) rest(n tree.Node, indent, used int) {
	line := inline(n)
	if n.Kind == tree.Text && bareLine.MatchString(n.Text) && !bareWords.MatchString(n.Text) {
		line = n.Text
	}
	isItem := bytes.HasSuffix(w.out.Bytes(), []byte("-"))
	switch {
	case n.Kind == tree.Text && isBlock(n.Text):
		w.literal(n.Text, indent)
	case n.Kind == tree.Literal || n.Kind == tree.Text || len(n.Kids) == 0 || !hasBlock(n) && fits(line, used) && !(isItem && len(n.Kids) == 1 && n.Kind == tree.Map):
		w.out.WriteString(" " + line + "\n")
	default:
		w.block(n, indent, isItem)
	}
}

func fits(line string, used int) bool { return used+1+utf8.RuneCountInString(line) <= maxWidth }

// block writes a collection over several lines, the first of which goes on behind a dash.
func (w *writer) block(n tree.Node, indent int, isItem bool) {
	for i, kid := range n.Kids {
		switch {
		case i == 0 && isItem:
			w.out.WriteByte(' ')
		case i == 0:
			w.out.WriteString("\n" + strings.Repeat(" ", indent))
		default:
			w.out.WriteString(strings.Repeat(" ", indent))
		}
		if n.Kind == tree.List {
			w.out.WriteByte('-')
		} else {
			w.out.WriteString(name(kid.Key) + ":")
		}
		w.rest(kid, indent+2, w.width())
	}
}

// tree.Literal writes text of several lines as it is.
func (w *writer) literal(s string, indent int) {
	header, body := " |-\n", s
	if strings.HasSuffix(s, "\n") {
		header, body = " |\n", strings.TrimSuffix(s, "\n")
	}
	w.out.WriteString(header)
	for line := range strings.SplitSeq(body, "\n") {
		w.out.WriteString(strings.Repeat(" ", indent) + line + "\n")
	}
}

// inline writes a value on one line.
func inline(n tree.Node) string {
	switch n.Kind {
	case tree.Literal:
		return n.Text
	case tree.Text:
		if n.Bare {
			return n.Text
		}
		return scalar(n.Text)
	}
	parts := make([]string, len(n.Kids))
	for i, kid := range n.Kids {
		if parts[i] = inline(kid); n.Kind == tree.Map {
			parts[i] = name(kid.Key) + ": " + parts[i]
		}
	}
	if n.Kind == tree.Map {
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// hasBlock tells whether a text in the value is to be written over several lines.
func hasBlock(n tree.Node) bool {
	if n.Kind == tree.Text {
		return isBlock(n.Text)
	}
	for _, kid := range n.Kids {
		if hasBlock(kid) {
			return true
		}
	}
	return false
}

// isBlock tells whether s is text of several lines that reads well, and back without loss, as a block: such as a page.
func isBlock(s string) bool {
	if !strings.Contains(s, "\n") || !isPrintable(s) {
		return false
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(s, "\n"), "\n") {
		if line == "" || line != strings.TrimSpace(line) {
			return false
		}
	}
	return true
}

// isPrintable tells whether s is text that a YAML file may hold as it is, over one line or several.
func isPrintable(s string) bool {
	for _, r := range s {
		if r != '\n' && !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}

// bareText is text that every reader of YAML takes for the same string without quotes, but for bareWords.
var bareText = regexp.MustCompile(`^[A-Za-z_](?:[A-Za-z0-9_./@+-]| [A-Za-z0-9_./@+])*$`)

// bareKey is such text before a colon.
var bareKey = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`)

// bareLine is such text where no braces are open around it.
var bareLine = regexp.MustCompile(`^[A-Za-z_](?:[A-Za-z0-9_./@+,;()%'-]|[ :][A-Za-z0-9_./@+(])*$`)

var bareWords = regexp.MustCompile(`^(?i:true|false|null|yes|no|on|off|y|n|nan|inf)$`)

// name writes a key: on is a word like others for readers of YAML 1.2, which this package's is.
func name(key string) string {
	if key == "on" || bareKey.MatchString(key) && !bareWords.MatchString(key) {
		return key
	}
	return quoted(key)
}

// scalar writes a string as YAML on one line, in quotes where it could be taken for something else.
func scalar(s string) string {
	if bareText.MatchString(s) && !bareWords.MatchString(s) {
		return s
	}
	return quoted(s)
}

// quoted writes a string as JSON does, with escapes for all that is not printable.
func quoted(s string) string {
	json := string(tree.AppendQuoted(nil, s))
	if isPrintable(s) {
		return json
	}
	var out strings.Builder
	for _, r := range json {
		if unicode.IsPrint(r) {
			out.WriteRune(r)
		} else {
			fmt.Fprintf(&out, `\U%08X`, r)
		}
	}
	return out.String()
}
