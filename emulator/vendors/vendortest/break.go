package vendortest

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// wrong is a value that breaks one rule of a schema, at a path below it.
type wrong struct {
	path  string
	rule  spec.Rule
	value string // JSON
}

// below moves a wrong value into its parent.
func (w wrong) below(name, value string) wrong {
	path := name
	switch {
	case strings.HasPrefix(w.path, "["):
		path += w.path
	case w.path != "":
		path += "." + w.path
	}
	return wrong{path: path, rule: w.rule, value: value}
}

// wrongs lists values that each break one rule of a schema or of what is below it. The value itself is well-formed.
func (s *sampler) wrongs(name string, schema *spec.Schema) []wrong {
	if schema == nil {
		return nil
	}
	all := wrongTypes(schema)
	if may(schema, spec.String) {
		all = append(all, s.wrongTexts(schema)...)
	}
	if may(schema, spec.Integer|spec.Number) {
		all = append(all, wrongNumbers(schema)...)
	}
	if may(schema, spec.Array) {
		all = append(all, s.wrongArrays(name, schema)...)
	}
	if may(schema, spec.Object) {
		for _, shape := range schema.Shapes() {
			all = append(all, s.wrongObjects(shape, mayLack(schema))...)
		}
	}
	return all
}

// mayLack is the member that a schema's shapes ask for and the schema itself does not, "" for none.
func mayLack(schema *spec.Schema) string {
	for _, f := range schema.Fields {
		if f.Name == schema.By && !f.Required {
			return f.Name
		}
	}
	return ""
}

// wrongTypes are values of every type that the schema doesn't take.
func wrongTypes(schema *spec.Schema) []wrong {
	var all []wrong
	if schema.Type == 0 {
		return nil
	}
	for _, value := range []string{`{}`, `[]`, `"text"`, `7`, `7.5`, `true`, `null`} {
		if spec.TypeOf(gjson.Parse(value))&schema.Type == 0 {
			all = append(all, wrong{rule: spec.RuleType, value: value})
		}
	}
	return all
}

// oddTexts are tried in turn where a string must break a pattern, a format or an enum.
var oddTexts = []string{"no such value", "\x00", "\x00\x00\x00\x00", " ", "é", "%%%", "A B", "-", "not/valid?", "<b>", strings.Repeat("\x00", 40)}

func (s *sampler) wrongTexts(schema *spec.Schema) []wrong {
	var all []wrong
	if schema.MinLength > 0 {
		all = append(all, wrong{rule: spec.RuleMinLength, value: state.Quote(strings.Repeat("a", schema.MinLength-1))})
	}
	if schema.MaxLength > 0 {
		all = append(all, wrong{rule: spec.RuleMaxLength, value: state.Quote(strings.Repeat("a", schema.MaxLength+1))})
		all = append(all, wrong{rule: spec.RuleMaxLength, value: state.Quote(strings.Repeat("\U0001F600", schema.MaxLength/2+1))}) // two UTF-16 units each
	}
	if schema.Pattern == nil && schema.Format == nil && len(schema.Enum) == 0 {
		return all
	}
	for _, text := range oddTexts {
		v := schema.Check(spec.InBody, state.Doc(state.Quote(text)))
		if v != nil && (v.Rule == spec.RulePattern || v.Rule == spec.RuleFormat || v.Rule == spec.RuleEnum) {
			return append(all, wrong{rule: v.Rule, value: state.Quote(text)})
		}
	}
	rule := spec.RuleEnum
	if schema.Pattern != nil {
		rule = spec.RulePattern
	} else if schema.Format != nil {
		rule = spec.RuleFormat
	}
	return append(all, wrong{rule: rule, value: state.Quote(oddTexts[0])}) // which the table takes: the suite says so
}

func wrongNumbers(schema *spec.Schema) []wrong {
	var all []wrong
	if schema.Min != nil {
		all = append(all, wrong{rule: spec.RuleMin, value: strconv.Itoa(*schema.Min - 1)})
	}
	if schema.Max != nil {
		all = append(all, wrong{rule: spec.RuleMax, value: strconv.Itoa(*schema.Max + 1)})
	}
	return all
}

func (s *sampler) wrongArrays(name string, schema *spec.Schema) []wrong {
	var all []wrong
	add := func(rule spec.Rule, n int) {
		if value, err := s.array(name, schema, n); err == nil {
			all = append(all, wrong{rule: rule, value: value})
		}
	}
	if schema.MinItems > 0 {
		add(spec.RuleMinItems, schema.MinItems-1)
	}
	if schema.MaxItems > 0 {
		add(spec.RuleMaxItems, schema.MaxItems+1)
	}
	if schema.Unique {
		one, err := s.least(name, schema.Items, 0)
		items := make([]state.Doc, max(2, schema.MinItems))
		for i := range items {
			items[i] = state.Doc(one)
		}
		if err == nil {
			all = append(all, wrong{rule: spec.RuleUnique, value: string(state.Array(items))})
		}
	}
	base, err := s.array(name, schema, max(1, schema.MinItems))
	if err != nil {
		return all
	}
	for _, w := range s.wrongs(name, schema.Items) {
		items := gjson.Parse(base).Array()
		docs := []state.Doc{state.Doc(w.value)}
		for _, item := range items[1:] {
			docs = append(docs, state.Doc(item.Raw))
		}
		all = append(all, w.below("[0]", string(state.Array(docs))))
	}
	return all
}

func (s *sampler) wrongObjects(schema *spec.Schema, mayLack string) []wrong {
	raw, err := s.object(schema)
	if err != nil {
		return nil
	}
	base := state.Doc(raw)
	var all []wrong
	if !schema.Open && (schema.Type != 0 || len(schema.Fields) > 0) {
		all = append(all, wrong{rule: spec.RuleAdditional, value: string(base.Set("not_declared", "1"))})
	}
	required := slices.ContainsFunc(schema.Fields, func(f spec.Field) bool { return f.Required })
	if schema.MinProperties > 0 && !required {
		all = append(all, wrong{rule: spec.RuleMinProperties, value: "{}"})
	}
	if schema.MaxProperties > 0 && schema.Open {
		crowd := base
		for i := range schema.MaxProperties + 1 {
			value, _ := s.least("", schema.Values, i)
			crowd = crowd.Set("key"+strconv.Itoa(i), value)
		}
		all = append(all, wrong{rule: spec.RuleMaxProperties, value: string(crowd)})
	}
	for _, f := range schema.Fields {
		if f.Required && f.Name != mayLack {
			all = append(all, wrong{rule: spec.RuleRequired, value: string(base.Drop(f.Name))})
		}
		for _, w := range s.wrongs(f.Name, f.Schema) {
			all = append(all, w.below(f.Name, string(base.Set(f.Name, w.value))))
		}
	}
	if schema.Open && schema.Values != nil {
		for _, w := range s.wrongs("", schema.Values) {
			all = append(all, w.below("free", string(base.Set("free", w.value))))
		}
	}
	return all
}
