package scenarios

import (
	"fmt"
	"reflect"
	"strings"
	"text/tabwriter"
	"time"
)

// unbraced writes a part of a scenario on one line, as a file has it, without the braces around it.
func unbraced(part any) string {
	return strings.TrimSuffix(strings.TrimPrefix(inline(encode(reflect.ValueOf(part))), "{"), "}")
}

// String is the verdict for terminals and logs of tests: a line that says it, and the calls that prove it, one a line.
// Neither bodies nor headers, queries or credentials are in it.
func (v Verdict) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s — %s\n", strings.ToUpper(string(v.Outcome)), v.Expectation, v.Why)
	b.WriteString(Timeline(v.Timeline))
	return b.String()
}

// Timeline is moments as a table, one a line, behind a line of headings; "" for none.
func Timeline(moments []Moment) string {
	if len(moments) == 0 {
		return ""
	}
	var b, table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "  time\toperation\tanswer\ttold\twaited\trule, note")
	for _, m := range moments {
		fmt.Fprintf(w, "  +%s\t%s\t%s\t%s\t%s\t%s\n", inWords(m.Time.Sub(moments[0].Time)), m.Operation, m.Answer,
			unlessZero(m.Told), unlessZero(m.Waited), joined(m.Rule, m.Note))
	}
	w.Flush()
	for line := range strings.Lines(table.String()) {
		b.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	return b.String()
}

func unlessZero(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return inWords(d)
}
