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
	return s.check(where, "", gjson.Parse(string(doc)))
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

func (s *Schema) check(where Where, path string, value gjson.Result) *Violation {
	is := TypeOf(value)
	broken := func(rule Rule, size int, names ...string) *Violation {
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
		return s.checkArray(where, path, value, broken)
	case is == Object:
		return s.checkObject(where, path, value, broken)
	}
	return nil
}

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

func (s *Schema) checkArray(where Where, path string, array gjson.Result, broken broken) *Violation {
	items := array.Array()
	if len(items) < s.MinItems {
		return broken(RuleMinItems, len(items))
	}
	if s.MaxItems > 0 && len(items) > s.MaxItems {
		return broken(RuleMaxItems, len(items))
	}
	if s.Unique {
		seen := make(map[string]int, len(items))
		for i, item := range items {
			if first, twice := seen[item.Raw]; twice {
				v := broken(RuleUnique, first)
				v.Other = i
				return v
			}
			seen[item.Raw] = i
		}
	}
	if s.Items == nil {
		return nil
	}
	for i, item := range items {
		if v := s.Items.check(where, path+"["+strconv.Itoa(i)+"]", item); v != nil {
			return v
		}
	}
	return nil
}

func (s *Schema) checkObject(where Where, path string, object gjson.Result, broken broken) *Violation {
	if len(s.Fields) == 0 && s.Values == nil && s.MinProperties == 0 && s.MaxProperties == 0 && (s.Open || s.Type == 0) {
		return nil
	}
	var first *Violation
	var unknown []string
	var present uint64 // by index of Fields; a table has no object of over 64 fields
	count := 0
	object.ForEach(func(key, value gjson.Result) bool {
		count++
		at := slices.IndexFunc(s.Fields, func(f Field) bool { return f.Name == key.Str })
		switch {
		case at >= 0:
			present |= 1 << at
			if first == nil && s.Fields[at].Schema != nil {
				first = s.Fields[at].Schema.check(where, join(path, key.Str), value)
			}
		case !s.Open:
			unknown = append(unknown, key.Str)
		case s.Values != nil && first == nil:
			first = s.Values.check(where, join(path, key.Str), value)
		}
		return true
	})
	if len(unknown) > 0 {
		slices.Reverse(unknown) // as the one recording of several lists them
		return broken(RuleAdditional, 0, unknown...)
	}
	for i := range s.Fields {
		if s.Fields[i].Required && present&(1<<i) == 0 {
			return broken(RuleRequired, 0, s.Fields[i].Name)
		}
	}
	if count < s.MinProperties {
		return broken(RuleMinProperties, count)
	}
	if s.MaxProperties > 0 && count > s.MaxProperties {
		return broken(RuleMaxProperties, count)
	}
	return first
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// CheckQuery returns the first rule that a query breaks, or nil. Values are read as their schema's type.
func (o *Operation) CheckQuery(query url.Values) *Violation {
	if len(query) == 0 {
		return nil
	}
	var unknown []string
	for name := range query {
		if !slices.ContainsFunc(o.Query, func(p Param) bool { return p.Name == name }) {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return &Violation{Where: InQuery, Rule: RuleAdditional, Schema: &Schema{}, Type: Object, Names: unknown}
	}
	for i := range o.Query {
		for _, text := range query[o.Query[i].Name] {
			if v := o.Query[i].Schema.check(InQuery, o.Query[i].Name, typed(o.Query[i].Schema, text)); v != nil {
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
		if v := p.Schema.check(InPath, p.Name, typed(p.Schema, vars[p.Name])); v != nil {
			return v
		}
	}
	return nil
}
