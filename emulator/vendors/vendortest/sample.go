package vendortest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// commonTexts are tried in turn where a schema asks for a string.
var commonTexts = []string{
	"sample", "Sample", "sample-1", "a", "1", "https://sample.example.com/path", "https://sample.example.com", "sample@example.com",
	"sample.example.com", "2026-01-01T00:00:00.000Z", "2026-01-01", "#0b5fff", "00000000-0000-4000-8000-000000000001",
	"000000000000000000000001", "en", "en-US", "+15550100", "192.0.2.1", "192.0.2.0/24", "read:sample", "openid", "",
}

// sampler makes values that schemas take.
type sampler struct {
	refs  func(name string, schema *spec.Schema) (string, bool) // for a value that names an object
	texts []string                                              // tried after the common ones
}

// least is the JSON of a value with nothing in it that the schema doesn't ask for, for a member or parameter of a name.
// The values for different nth differ, as far as the schema lets them.
func (s *sampler) least(name string, schema *spec.Schema, nth int) (string, error) {
	switch {
	case schema == nil:
		return strconv.Itoa(nth), nil
	case schema.Example != "" && nth == 0:
		return schema.Example, nil
	case may(schema, spec.String) && len(schema.Enum) == 0:
		if id, ok := s.refs(name, schema); ok {
			return state.Quote(id), nil
		}
	}
	switch {
	case may(schema, spec.Object) && (len(schema.Fields) > 0 || schema.Open || schema.Type == spec.Object):
		return s.object(schema)
	case may(schema, spec.String):
		return s.text(schema, nth)
	case may(schema, spec.Array):
		return s.array(name, schema, schema.MinItems)
	case may(schema, spec.Object):
		return s.object(schema)
	case may(schema, spec.Integer|spec.Number):
		return number(schema, nth), nil
	case may(schema, spec.Boolean):
		return "true", nil
	}
	return "null", nil
}

func may(schema *spec.Schema, is spec.Type) bool { return schema.Type == 0 || schema.Type&is != 0 }

func (s *sampler) object(schema *spec.Schema) (string, error) {
	schema = schema.Shapes()[0]
	b := state.NewBuilder()
	count := 0
	for _, required := range []bool{true, false} {
		for _, f := range schema.Fields {
			if f.Required != required || !required && count >= schema.MinProperties {
				continue
			}
			value, err := s.least(f.Name, f.Schema, 0)
			if err != nil {
				return "", fmt.Errorf("%s: %w", f.Name, err)
			}
			b.Raw(f.Name, value)
			count++
		}
	}
	for ; count < schema.MinProperties; count++ {
		value, err := s.least("", schema.Values, count)
		if err != nil {
			return "", err
		}
		b.Raw("key"+strconv.Itoa(count), value)
	}
	return string(b.Doc()), nil
}

func (s *sampler) array(name string, schema *spec.Schema, n int) (string, error) {
	var items []state.Doc
	for i := range n {
		item, err := s.least(name, schema.Items, i)
		if err != nil {
			return "", err
		}
		items = append(items, state.Doc(item))
	}
	return string(state.Array(items)), nil
}

func number(schema *spec.Schema, nth int) string {
	n := 1
	if schema.Min != nil {
		n = max(n, *schema.Min)
	}
	if schema.Max != nil {
		n = min(n, *schema.Max)
	}
	return strconv.Itoa(n + nth)
}

func (s *sampler) text(schema *spec.Schema, nth int) (string, error) {
	if len(schema.Enum) > 0 {
		return state.Quote(schema.Enum[nth%len(schema.Enum)]), nil
	}
	for _, text := range slices.Concat(commonTexts, s.texts) {
		if nth > 0 {
			text = strconv.Itoa(nth) + text
		}
		if missing := schema.MinLength - len(text); missing > 0 && text != "" {
			text += strings.Repeat(text[len(text)-1:], missing)
		}
		if takes(schema, text) {
			return state.Quote(text), nil
		}
	}
	return "", fmt.Errorf("no common string passes %s: the schema needs an Example", ruleOf(schema))
}

func ruleOf(schema *spec.Schema) string {
	for _, rule := range []*spec.Pattern{schema.Pattern, schema.Format} {
		if rule != nil {
			return rule.Text
		}
	}
	return fmt.Sprintf("a length of %d to %d", schema.MinLength, schema.MaxLength)
}

func takes(schema *spec.Schema, text string) bool {
	return utf8.ValidString(text) && schema.Check(spec.InBody, state.Doc(state.Quote(text))) == nil
}

// variant makes one of several values of an object: of each of its shapes first the least, then the least with each
// optional member alone, last with all of them. False after the last.
func (s *sampler) variant(schema *spec.Schema, n int) (state.Doc, bool, error) {
	for _, shape := range schema.Shapes() {
		raw, err := s.least("", shape, 0)
		if err != nil {
			return "", false, err
		}
		doc := state.Doc(raw)
		var optional []spec.Field
		for _, f := range shape.Fields {
			if doc.Get().IsObject() && !doc.Has(f.Name) {
				optional = append(optional, f)
			}
		}
		count := 1 + len(optional) // of this shape's values
		if len(optional) > 1 {
			count++
		}
		if n >= count {
			n -= count
			continue
		}
		switch {
		case n == 0:
			return doc, true, nil
		case n <= len(optional):
			optional = optional[n-1 : n]
		}
		doc, err = s.with(doc, optional)
		return doc, err == nil, err
	}
	return "", false, nil
}

// with adds members to an object.
func (s *sampler) with(doc state.Doc, fields []spec.Field) (state.Doc, error) {
	for _, f := range fields {
		value, err := s.least(f.Name, f.Schema, 0)
		if err != nil {
			return "", fmt.Errorf("%s: %w", f.Name, err)
		}
		doc = doc.Set(f.Name, value)
	}
	return doc, nil
}

// samples holds the suite to the table: the values that it makes are taken.
func (s *suite) samples(t *testing.T) {
	s.each(t, func(t *testing.T, q request) {
		for _, p := range slices.Concat(q.op.PathParams, q.op.Query) {
			if value, err := s.sampler.least(p.Name, p.Schema, 0); err != nil {
				t.Errorf("%s: %v", p.Name, err)
			} else if v := p.Schema.Check(spec.InQuery, state.Doc(value)); v != nil {
				t.Errorf("%s: the table refuses the sample %s: %s at %q", p.Name, value, v.Rule, v.Path)
			}
		}
		if q.op.Body == nil {
			return
		}
		for n := 0; ; n++ {
			doc, exists, err := s.sampler.variant(q.op.Body, n)
			if err != nil {
				t.Error(err)
			}
			if !exists {
				break
			}
			if v := q.op.Body.Check(spec.InBody, doc); v != nil {
				t.Errorf("the table refuses the sample %s: %s at %q", doc, v.Rule, v.Path)
			}
		}
	})
}
