package vendors_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
)

// outline writes what clients can tell of the tables, in their order: a paragraph for each vendor and each row. What a
// line says belongs to the last line that is not indented.
type outline struct{ strings.Builder }

func (o *outline) line(format string, args ...any) {
	o.WriteString(strings.TrimRight(fmt.Sprintf(format, args...), " ") + "\n")
}

func outlineOf(all []*spec.Vendor) string {
	var o outline
	for _, v := range all {
		o.vendor(v)
		for i := range v.Operations {
			o.operation(v.Name, &v.Operations[i])
		}
	}
	return o.String()
}

func (o *outline) vendor(v *spec.Vendor) {
	o.line("%s", v.Name)
	o.line("  paths %s", strings.Join(v.Prefixes, " "))
	for _, h := range v.Headers {
		when := ""
		if h.Limited {
			when = " while limits are on"
		} else if h.Refusing {
			when = " where limits refuse"
		}
		o.line("  header %s: %s%s", h.Name, h.Example, when)
	}
	for _, b := range v.Buckets {
		o.line("  bucket %s%s", b.Name, rates(b))
	}
	for i := range v.Kinds {
		o.line("  kind %s", v.Kinds[i].Name)
	}
	o.errors(v.Errors)
}

func rates(b spec.Bucket) string {
	text := ""
	for _, preset := range slices.Sorted(maps.Keys(b.Rates)) {
		r := b.Rates[preset]
		text += fmt.Sprintf(" %s=%d+%d/%v", preset, r.Burst, r.Refill, r.Per)
	}
	return text
}

func (o *outline) operation(vendor string, op *spec.Operation) {
	needs := "needs " + strings.Join(op.Needs, " or ")
	switch {
	case op.Public:
		needs = "public"
	case len(op.Needs) == 0:
		needs = "needs a credential"
	}
	statuses := []string{strconv.Itoa(op.Status)}
	for _, status := range op.Also {
		statuses = append(statuses, strconv.Itoa(status))
	}
	o.line("\n%s.%s", vendor, op.Name())
	o.line("  %s %s -> %s", op.Method, op.Path, strings.Join(statuses, " or "))
	o.line("  %s", needs)
	if op.Limit != "" {
		o.line("  bucket %s", op.Limit)
	}
	o.params("path", op.PathParams)
	o.params("query", op.Query)
	if op.QueryOpen {
		o.line("  query open")
	}
	switch {
	case op.Body != nil:
		o.line("  body%s", rules(op.Body))
		o.members("body", op.Body)
	case op.BodyFree:
		o.line("  body anything")
	}
	if len(op.Media) > 0 {
		o.line("  body as %s", strings.Join(op.Media, " or "))
	}
	o.errors(op.Errors)
}

func (o *outline) params(where string, params []spec.Param) {
	for _, p := range params {
		repeat := ""
		if p.Repeat {
			repeat = " repeated"
		}
		if p.Required {
			repeat += " required"
		}
		o.line("  %s %s%s%s", where, p.Name, repeat, rules(p.Schema))
		o.members(where+" "+p.Name, p.Schema)
	}
}

// members are a line for each member and item below a schema, with dotted names.
func (o *outline) members(name string, s *spec.Schema) {
	if s == nil {
		return
	}
	separator := "."
	if name == "body" {
		separator = " "
	}
	for _, f := range s.Fields {
		o.member(name+separator+f.Name, f.Required, f.Schema)
	}
	for _, v := range s.Variants {
		for _, f := range v.Fields {
			o.member(name+"("+v.Value+")"+separator+f.Name, f.Required, f.Schema)
		}
	}
	if s.Values != nil {
		o.member(name+separator+"*", false, s.Values)
	}
	if s.Items != nil {
		o.member(name+"[]", false, s.Items)
	}
}

func (o *outline) member(name string, required bool, s *spec.Schema) {
	text := ""
	if required {
		text = " required"
	}
	o.line("  %s%s%s", name, text, rules(s))
	o.members(name, s)
}

func (o *outline) errors(rows []spec.Error) {
	for i := range rows {
		e := &rows[i]
		wire := e.WireCode()
		if wire == "" {
			wire = "no code"
		}
		text := fmt.Sprintf("  error %s: %d, %s, %q", e.Code, e.Status, wire, e.Message)
		if e.Class != "" {
			text += ", " + string(e.Class)
		}
		for _, name := range slices.Sorted(maps.Keys(e.Header)) {
			text += ", " + name + ": " + e.Header[name]
		}
		o.line("%s", text)
	}
}

// rules are a schema's own rules, each with a blank before it.
func rules(s *spec.Schema) string {
	if s == nil {
		return " anything"
	}
	text := " " + types(s.Type)
	if s.Type&spec.Object != 0 && s.Open {
		text += " open"
	}
	text += bounds(count(s.MinLength), count(s.MaxLength), " long") + bounds(count(s.MinItems), count(s.MaxItems), " items") +
		bounds(count(s.MinProperties), count(s.MaxProperties), " members") + bounds(number(s.Min), number(s.Max), "")
	if s.Unique {
		text += " unique"
	}
	if s.Pattern != nil {
		text += " /" + s.Pattern.Text + "/"
	}
	if s.Format != nil {
		text += " format " + s.Format.Text
	}
	if len(s.Enum) > 0 {
		text += " one of " + strings.Join(s.Enum, " ")
	}
	if s.Default != "" {
		text += " default " + s.Default
	}
	return text
}

func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func number(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

func bounds(low, high, unit string) string {
	if low == "" && high == "" {
		return ""
	}
	return " " + low + ".." + high + unit
}

func types(t spec.Type) string {
	if t == 0 {
		return "anything"
	}
	var names []string
	for i, name := range []string{"object", "array", "string", "integer", "number", "boolean", "null"} {
		if t&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, "|")
}
