package spec

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// Check returns the first rule that a document breaks, or nil.
func (s *Schema) Check(where Where, doc state.Doc) *Violation {
	return s.check(where, "", gjson.Parse(string(doc)), "")
}

// CheckBy returns what breaks the foremost of the rules in an order, or nil. Within one rule it is the first as Check
// finds them.
func (s *Schema) CheckBy(order []Rule, where Where, doc state.Doc) *Violation {
	value := gjson.Parse(string(doc))
	for _, rule := range order {
		if v := s.check(where, "", value, rule); v != nil {
			return v
		}
	}
	return s.check(where, "", value, "")
}

// TypeOf returns the JSON type of a value; a whole number is both Integer and Number.
func TypeOf(value gjson.Result) Type {
	switch value.Type {
	case gjson.Null:
		return Null
	case gjson.True, gjson.False:
		return Boolean
	case gjson.String:
		return String
	case gjson.Number:
		if value.Num == float64(int64(value.Num)) {
			return Integer | Number
		}
		return Number
	}
	if value.IsArray() {
		return Array
	}
	return Object
}

// check returns the first violation, or the first of one rule alone.
func (s *Schema) check(where Where, path string, value gjson.Result, only Rule) *Violation {
	is := TypeOf(value)
	broken := func(rule Rule, size int, names ...string) *Violation {
		if only != "" && rule != only {
			return nil
		}
		text := value.Raw
		if value.Type == gjson.String {
			text = value.Str
		}
		return &Violation{Where: where, Path: path, Rule: rule, Schema: s, Text: text, Type: is, Size: size, Names: names}
	}
	if s.Type != 0 && is&s.Type == 0 {
		return broken(RuleType, 0)
	}
	switch {
	case is == String:
		return s.checkString(value.Str, broken)
	case is&Number != 0:
		if s.Min != nil && value.Num < float64(*s.Min) {
			return broken(RuleMin, int(value.Num))
		}
		if s.Max != nil && value.Num > float64(*s.Max) {
			return broken(RuleMax, int(value.Num))
		}
	case is == Array:
		return s.checkArray(where, path, value, broken, only)
	case is == Object:
		return s.checkObject(where, path, value, broken, only)
	}
	return nil
}

// broken makes a violation, or none of a rule that is not looked for.
type broken func(rule Rule, size int, names ...string) *Violation

func (s *Schema) checkString(text string, broken broken) *Violation {
	if s.MinLength > 0 || s.MaxLength > 0 {
		length := utf16Length(text)
		if length < s.MinLength {
			return broken(RuleMinLength, length)
		}
		if s.MaxLength > 0 && length > s.MaxLength {
			return broken(RuleMaxLength, length)
		}
	}
	switch {
	case s.Pattern != nil && !s.Pattern.Is(text):
		return broken(RulePattern, 0)
	case s.Format != nil && !s.Format.Is(text):
		return broken(RuleFormat, 0)
	case len(s.Enum) > 0 && !slices.Contains(s.Enum, text):
		return broken(RuleEnum, 0)
	}
	return nil
}

func utf16Length(text string) int {
	n := 0
	for _, r := range text {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

func (s *Schema) checkArray(where Where, path string, array gjson.Result, broken broken, only Rule) *Violation {
	items := array.Array()
	if v := s.checkSize(items, broken); v != nil {
		return v
	}
	if s.Items == nil {
		return nil
	}
	for i, item := range items {
		if v := s.Items.check(where, path+"["+strconv.Itoa(i)+"]", item, only); v != nil {
			return v
		}
	}
	return nil
}

func (s *Schema) checkSize(items []gjson.Result, broken broken) *Violation {
	if len(items) < s.MinItems {
		return broken(RuleMinItems, len(items))
	}
	if s.MaxItems > 0 && len(items) > s.MaxItems {
		return broken(RuleMaxItems, len(items))
	}
	if !s.Unique {
		return nil
	}
	seen := make(map[string]int, len(items))
	for i, item := range items {
		if first, twice := seen[item.Raw]; twice {
			v := broken(RuleUnique, first)
			if v != nil {
				v.Other = i
			}
			return v
		}
		seen[item.Raw] = i
	}
	return nil
}

func (s *Schema) checkObject(where Where, path string, object gjson.Result, broken broken, only Rule) *Violation {
	if len(s.Fields) == 0 && s.Values == nil && s.MinProperties == 0 && s.MaxProperties == 0 && (s.Open || s.Type == 0) {
		return nil
	}
	fields, all := s.members(object)
	var first *Violation
	var unknown []string
	var present uint64 // by index of fields; a table has no object of over 64 fields
	count := 0
	object.ForEach(func(key, value gjson.Result) bool {
		count++
		at := slices.IndexFunc(fields, func(f Field) bool { return f.Name == key.Str })
		switch {
		case at >= 0:
			present |= 1 << at
			if first == nil && fields[at].Schema != nil {
				first = fields[at].Schema.check(where, join(path, key.Str), value, only)
			}
		case !s.Open && (all || !s.anyVariantHas(key.Str)):
			unknown = append(unknown, key.Str)
		case s.Values != nil && first == nil:
			first = s.Values.check(where, join(path, key.Str), value, only)
		}
		return true
	})
	if len(unknown) > 0 {
		slices.Reverse(unknown) // as the one recording of several lists them
		if v := broken(RuleAdditional, 0, unknown...); v != nil {
			return v
		}
	}
	for i := range fields {
		if fields[i].Required && present&(1<<i) == 0 {
			if v := broken(RuleRequired, 0, fields[i].Name); v != nil {
				return v
			}
		}
	}
	if v := s.checkCount(count, broken); v != nil {
		return v
	}
	return first
}

func (s *Schema) checkCount(count int, broken broken) *Violation {
	if count < s.MinProperties {
		return broken(RuleMinProperties, count)
	}
	if s.MaxProperties > 0 && count > s.MaxProperties {
		return broken(RuleMaxProperties, count)
	}
	return nil
}

// anyVariantHas tells whether an object may have a member for some value of By.
func (s *Schema) anyVariantHas(name string) bool {
	return slices.ContainsFunc(s.Variants, func(v Variant) bool {
		return slices.ContainsFunc(v.Fields, func(f Field) bool { return f.Name == name })
	})
}

// members are the fields that an object may have. They are not all where By has no value that says which others there
// are: then that is what is wrong, and only members that no variant has are unknown.
func (s *Schema) members(object gjson.Result) (fields []Field, all bool) {
	if s.By == "" {
		return s.Fields, true
	}
	by := slices.IndexFunc(s.Fields, func(f Field) bool { return f.Name == s.By })
	value := object.Get(s.By)
	if !value.Exists() {
		return s.Fields, !s.Fields[by].Required
	}
	for _, v := range s.Variants {
		if value.Type == gjson.String && value.Str == v.Value {
			return slices.Concat(s.Fields, v.Fields), true
		}
	}
	return s.Fields, false
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// CheckQuery returns the first rule that a query breaks, or nil. Values are read as their schema's type.
func (o *Operation) CheckQuery(query url.Values) *Violation {
	if len(query) == 0 && !slices.ContainsFunc(o.Query, func(p Param) bool { return p.Required }) {
		return nil
	}
	var unknown []string
	for name := range query {
		if !o.QueryOpen && !slices.ContainsFunc(o.Query, func(p Param) bool { return p.Name == name }) {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return &Violation{Where: InQuery, Rule: RuleAdditional, Schema: &Schema{}, Type: Object, Names: unknown}
	}
	for i := range o.Query {
		if o.Query[i].Required && !query.Has(o.Query[i].Name) {
			return &Violation{Where: InQuery, Rule: RuleRequired, Schema: &Schema{}, Type: Object, Names: []string{o.Query[i].Name}}
		}
		for _, text := range query[o.Query[i].Name] {
			if v := o.Query[i].Schema.check(InQuery, o.Query[i].Name, typed(o.Query[i].Schema, text), ""); v != nil {
				return v
			}
		}
	}
	return nil
}

// typed reads a parameter's text as the JSON type that its schema asks for; one that isn't stays a string.
func typed(s *Schema, text string) gjson.Result {
	asString := gjson.Result{Type: gjson.String, Str: text, Raw: text}
	switch {
	case s.Type&String != 0 || text == "" || !utf8.ValidString(text):
		return asString
	case s.Type&Boolean != 0 && (text == "true" || text == "false"):
		return gjson.Parse(text)
	case s.Type&(Integer|Number) != 0 && strings.Trim(text, "+-.0123456789eE") == "": // not 0x1p2, not inf
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			return gjson.Result{Type: gjson.Number, Num: n, Raw: text}
		}
	}
	return asString
}

// CheckPath returns the first rule that the path's parameters break, or nil.
func (o *Operation) CheckPath(vars map[string]string) *Violation {
	for i := range o.PathParams {
		p := &o.PathParams[i]
		if v := p.Schema.check(InPath, p.Name, typed(p.Schema, vars[p.Name]), ""); v != nil {
			return v
		}
	}
	return nil
}
