package scenarios

import (
	"errors"
	"fmt"
	"strings"
)

// maxProblems is how many problems one look at a scenario reports.
const maxProblems = 20

// Problem is one thing that is wrong with a scenario, and where.
type Problem struct {
	// File is what Parse was told; of a scenario that was not read from a text, "scenario" and its name.
	File string
	// Line and Column count from 1, columns in characters; 0 where the place is unknown.
	Line, Column int
	// Path leads to the part: rules[0].fail; "" for the whole.
	Path string
	// Text says what is wrong.
	Text string
	// Excerpt is the line of the file and a caret under the place, on two lines; "" where the place is unknown.
	Excerpt string
}

// Error is "file:line:column: text" and the excerpt below; where the place is unknown, "file: path: text".
func (p *Problem) Error() string {
	switch {
	case p.Line > 0 && p.Excerpt != "":
		return fmt.Sprintf("%s:%d:%d: %s\n%s", p.File, p.Line, p.Column, p.Text, p.Excerpt)
	case p.Line > 0:
		return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Text)
	case p.Path != "":
		return p.File + ": " + p.Path + ": " + p.Text
	}
	return p.File + ": " + p.Text
}

// Problems lists the problems that an error of this package holds, in the order of the file; nil for other errors.
func Problems(err error) []*Problem {
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		var found []*Problem
		for _, one := range several.Unwrap() {
			found = append(found, Problems(one)...)
		}
		return found
	}
	var one *Problem
	if errors.As(err, &one) {
		return []*Problem{one}
	}
	return nil
}

// join makes one error of problems, nil where there are none.
func join(problems []*Problem) error {
	all := make([]error, 0, len(problems))
	for _, p := range problems {
		all = append(all, p)
	}
	return errors.Join(all...)
}

// maxExcerpt is how many characters of a line are shown on either side of the place.
const maxExcerpt = 70

// excerpt is a line and a caret under a column of it.
func excerpt(line string, column int) string {
	runes := []rune(strings.TrimRight(line, "\r"))
	place := min(column-1, len(runes))
	from, to := max(0, place-maxExcerpt), min(len(runes), place+maxExcerpt)
	var caret strings.Builder
	for i, r := range runes[from:to] {
		if r < ' ' && r != '\t' {
			runes[from+i] = ' '
		}
		if i < place-from && r == '\t' {
			caret.WriteByte('\t')
		} else if i < place-from {
			caret.WriteByte(' ')
		}
	}
	return "  " + string(runes[from:to]) + "\n  " + caret.String() + "^"
}
