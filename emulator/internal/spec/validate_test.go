package spec

import (
	"net/url"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/emulator/internal/state"
)

var (
	text   = &Schema{Type: String, MinLength: 2, MaxLength: 4}
	lower  = &Schema{Type: String, Pattern: &Pattern{Text: "^[a-z]*$", Is: func(s string) bool { return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") == "" }}}
	dated  = &Schema{Type: String, Format: &Pattern{Text: "date", Is: func(s string) bool { return len(s) == 10 }}}
	choice = &Schema{Type: String | Null, Enum: []string{"on", "off"}}
	count  = &Schema{Type: Integer, Min: Int(-1), Max: Int(10)}
	list   = &Schema{Type: Array, MinItems: 1, MaxItems: 3, Unique: true, Items: lower}
	free   = &Schema{Type: Object, Open: true, MinProperties: 1, MaxProperties: 2, Values: text}
	person = &Schema{Type: Object, Fields: []Field{
		Req("name", text), Opt("tags", list), Opt("free", free), Opt("choice", choice), Opt("anything", &Schema{}), Opt("nothing", nil),
		Opt("inner", &Schema{Type: Object, Fields: []Field{Req("n", count), Opt("list", &Schema{Type: Array, Items: &Schema{Type: Object, Fields: []Field{Req("n", count)}}})}}),
	}}
)

func TestCheckTakes(t *testing.T) {
	for _, c := range []struct {
		schema *Schema
		doc    state.Doc
	}{
		{text, `"ab"`}, {text, `"abcd"`}, {text, `"éé"`}, {text, `"😀😀"`}, // two UTF-16 units each
		{lower, `""`}, {lower, `"abc"`}, {dated, `"2026-01-01"`}, {choice, `"off"`}, {choice, `null`},
		{count, `-1`}, {count, `10`}, {count, `1.0`}, {count, `1e1`}, {&Schema{Type: Number}, `1`}, {&Schema{Type: Number, Max: Int(2)}, `1.5`},
		{list, `["a"]`}, {list, `["a","b","c"]`}, {free, `{"a.b":"xx"}`}, {free, `{"":"xx","*":"xx"}`},
		{&Schema{}, `{"a":[1,null]}`}, {&Schema{}, `null`}, {&Schema{Type: Any}, `7`}, {&Schema{Type: Boolean}, `false`},
		{&Schema{Type: Object, Open: true}, `{"a":1}`}, {&Schema{Type: Array}, `[]`}, {&Schema{Type: Object}, `{}`},
		{person, `{"name":"ab"}`}, {person.Nullable(), `null`},
		{person, `{"nothing":[1],"anything":{"x":1},"inner":{"list":[{"n":1},{"n":2}],"n":0},"choice":null,"name":"ab","tags":["a"]}`},
	} {
		if v := c.schema.Check(InBody, c.doc); v != nil {
			t.Errorf("Check(%s) = %+v", c.doc, v)
		}
	}
}

func TestCheckRefuses(t *testing.T) {
	for _, c := range []struct {
		schema *Schema
		doc    state.Doc
		want   Violation // Schema and Names apart
		names  string
	}{
		{text, `7`, Violation{Rule: RuleType, Text: `7`, Type: Integer | Number}, ""},
		{text, `null`, Violation{Rule: RuleType, Text: `null`, Type: Null}, ""},
		{count, `1.5`, Violation{Rule: RuleType, Text: `1.5`, Type: Number}, ""},
		{count, `"1"`, Violation{Rule: RuleType, Text: `1`, Type: String}, ""},
		{&Schema{Type: Boolean}, `0`, Violation{Rule: RuleType, Text: `0`, Type: Integer | Number}, ""},
		{&Schema{Type: Object}, `[]`, Violation{Rule: RuleType, Text: `[]`, Type: Array}, ""},
		{&Schema{Type: Array}, `{}`, Violation{Rule: RuleType, Text: `{}`, Type: Object}, ""},
		{text, `"a"`, Violation{Rule: RuleMinLength, Text: "a", Type: String, Size: 1}, ""},
		{text, `"abcde"`, Violation{Rule: RuleMaxLength, Text: "abcde", Type: String, Size: 5}, ""},
		{text, `"😀😀a"`, Violation{Rule: RuleMaxLength, Text: "😀😀a", Type: String, Size: 5}, ""},
		{lower, `"aB"`, Violation{Rule: RulePattern, Text: "aB", Type: String}, ""},
		{dated, `"today"`, Violation{Rule: RuleFormat, Text: "today", Type: String}, ""},
		{choice, `"maybe"`, Violation{Rule: RuleEnum, Text: "maybe", Type: String}, ""},
		{count, `-2`, Violation{Rule: RuleMin, Text: "-2", Type: Integer | Number, Size: -2}, ""},
		{count, `11`, Violation{Rule: RuleMax, Text: "11", Type: Integer | Number, Size: 11}, ""},
		{list, `[]`, Violation{Rule: RuleMinItems, Text: "[]", Type: Array}, ""},
		{list, `["a","b","c","d"]`, Violation{Rule: RuleMaxItems, Text: `["a","b","c","d"]`, Type: Array, Size: 4}, ""},
		{list, `["a","b","a"]`, Violation{Rule: RuleUnique, Text: `["a","b","a"]`, Type: Array, Size: 0, Other: 2}, ""},
		{list, `["a","B"]`, Violation{Rule: RulePattern, Path: "[1]", Text: "B", Type: String}, ""},
		{free, `{}`, Violation{Rule: RuleMinProperties, Text: "{}", Type: Object}, ""},
		{free, `{"a":"xx","b":"xx","c":"xx"}`, Violation{Rule: RuleMaxProperties, Text: `{"a":"xx","b":"xx","c":"xx"}`, Type: Object, Size: 3}, ""},
		{free, `{"a":"x"}`, Violation{Rule: RuleMinLength, Path: "a", Text: "x", Type: String, Size: 1}, ""},
		{&Schema{Type: Object}, `{"b":1}`, Violation{Rule: RuleAdditional, Text: `{"b":1}`, Type: Object}, "b"},
		{person, `{"x":1,"name":"a","y":1}`, Violation{Rule: RuleAdditional, Text: `{"x":1,"name":"a","y":1}`, Type: Object}, "y,x"}, // before what is wrong inside
		{person, `{"tags":[]}`, Violation{Rule: RuleRequired, Text: `{"tags":[]}`, Type: Object}, "name"},
		{person, `{"name":"ab","tags":["a",""],"inner":{"list":[{"n":1},{"n":11}],"n":1}}`, Violation{Rule: RuleMax, Path: "inner.list[1].n", Text: "11", Type: Integer | Number, Size: 11}, ""},
		{person, `{"inner":{},"name":"ab"}`, Violation{Rule: RuleRequired, Path: "inner", Text: `{}`, Type: Object}, "n"},
	} {
		v := c.schema.Check(InBody, c.doc)
		if v == nil {
			t.Errorf("Check(%s) found nothing", c.doc)
			continue
		}
		if strings.Join(v.Names, ",") != c.names || v.Schema == nil || v.Where != InBody {
			t.Errorf("Check(%s) names %v of %v", c.doc, v.Names, v.Where)
		}
		v.Names, v.Schema, v.Where = nil, nil, ""
		if got, want := *v, c.want; got.Path != want.Path || got.Rule != want.Rule || got.Text != want.Text || got.Type != want.Type || got.Size != want.Size || got.Other != want.Other {
			t.Errorf("Check(%s)\n got %+v\nwant %+v", c.doc, got, want)
		}
	}
}

// shape is an object whose kind says what else it has; loose may leave the kind out.
var (
	shape = &Schema{Type: Object, By: "kind", Fields: []Field{Req("kind", &Schema{Type: String, Enum: []string{"circle", "box"}}), Opt("name", text)}, Variants: []Variant{
		{"circle", []Field{Req("radius", count)}}, {"box", []Field{Req("width", count), Opt("height", count)}},
	}}
	loose = &Schema{Type: Object, By: "kind", Fields: []Field{Opt("kind", shape.Fields[0].Schema), Opt("name", text)}, Variants: shape.Variants}
)

func TestCheckOfVariants(t *testing.T) {
	for _, c := range []struct {
		schema     *Schema
		doc        state.Doc
		rule       Rule // "": taken
		path, name string
	}{
		{shape, `{"kind":"circle","radius":1}`, "", "", ""}, {shape, `{"height":1,"kind":"box","width":1,"name":"ab"}`, "", "", ""},
		{loose, `{}`, "", "", ""}, {loose, `{"name":"ab"}`, "", "", ""}, {loose, `{"kind":"circle","radius":1}`, "", "", ""},
		{shape, `{"kind":"circle"}`, RuleRequired, "", "radius"}, {shape, `{"kind":"box","radius":1,"width":1}`, RuleAdditional, "", "radius"},
		{shape, `{"kind":"box","width":11}`, RuleMax, "width", ""},
		{loose, `{"radius":1}`, RuleAdditional, "", "radius"},
		// what says which members there are is what is wrong: the others are not
		{shape, `{"radius":1}`, RuleRequired, "", "kind"}, {shape, `{"kind":"cone","radius":1}`, RuleEnum, "kind", ""}, {shape, `{"kind":7,"radius":1}`, RuleType, "kind", ""},
	} {
		v := c.schema.Check(InBody, c.doc)
		if (v == nil) != (c.rule == "") || v != nil && (v.Rule != c.rule || v.Path != c.path || strings.Join(v.Names, "") != c.name) {
			t.Errorf("Check(%s) = %+v", c.doc, v)
		}
	}
}

func TestShapesSayTheSame(t *testing.T) {
	if plain := person.Shapes(); len(plain) != 1 || plain[0] != person {
		t.Errorf("%v", plain)
	}
	for _, c := range []struct {
		schema *Schema
		want   string
	}{{shape, "kind name radius, kind name width height"}, {loose, "name, kind name radius, kind name width height"}} {
		var all []string
		for _, s := range c.schema.Shapes() {
			var names []string
			for _, f := range s.Fields {
				names = append(names, f.Name)
			}
			all = append(all, strings.Join(names, " "))
		}
		if got := strings.Join(all, ", "); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}

func TestCheckByTellsTheForemostRule(t *testing.T) {
	order := []Rule{RuleType, RuleAdditional, RuleRequired, RuleEnum, RuleMinItems}
	for _, c := range []struct {
		doc  state.Doc
		rule Rule
		path string
	}{
		{`{"name":7,"x":1}`, RuleType, "name"}, {`{"x":1,"choice":"no"}`, RuleAdditional, ""}, {`{"choice":"no","tags":[]}`, RuleRequired, ""},
		{`{"name":"ab","tags":[],"choice":"no"}`, RuleEnum, "choice"}, {`{"name":"a","tags":[]}`, RuleMinItems, "tags"},
		{`{"name":"a","tags":["a","a"]}`, RuleMinLength, "name"}, // not in the order: as Check finds them
		{`{"name":"ab","tags":["a","b","c",7]}`, RuleType, "tags[3]"}, {`[]`, RuleType, ""},
		{`{"name":"ab","tags":["a"],"free":{},"inner":{"list":[{}],"n":1}}`, RuleRequired, "inner.list[0]"},
	} {
		if v := person.CheckBy(order, InBody, c.doc); v == nil || v.Rule != c.rule || v.Path != c.path {
			t.Errorf("CheckBy(%s) = %+v", c.doc, v)
		}
	}
	if v := person.CheckBy(order, InBody, `{"name":"ab"}`); v != nil {
		t.Errorf("%+v", v)
	}
	if v := shape.CheckBy(order, InBody, `{"kind":"cone","name":7,"x":1}`); v == nil || v.Rule != RuleType {
		t.Errorf("%+v", v)
	}
}

func TestCheckNamesTheSchemaOfTheValue(t *testing.T) {
	if v := person.Check(InBody, `{"name":"ab","tags":["A"]}`); v == nil || v.Schema != lower {
		t.Errorf("%+v", v)
	}
}

func TestCheckQueryReadsTextsAsTheirTypes(t *testing.T) {
	op := Operation{Query: []Param{
		{Name: "page", Schema: count}, {Name: "all", Schema: &Schema{Type: Boolean}}, {Name: "q", Schema: text},
		{Name: "ratio", Schema: &Schema{Type: Number}}, {Name: "any", Schema: &Schema{}}, {Name: "many", Schema: lower, Repeat: true},
	}}
	for _, query := range []string{"", "page=3", "page=-1", "all=true&all=false", "q=12", "q=true", "ratio=1.5", "any=x", "many=a&many=b", "page=%31"} {
		values, _ := url.ParseQuery(query)
		if v := op.CheckQuery(values); v != nil {
			t.Errorf("?%s: %+v", query, v)
		}
	}
	for _, c := range []struct {
		query string
		rule  Rule
		path  string
		names string
	}{
		{"page=x", RuleType, "page", ""}, {"page=1.5", RuleType, "page", ""}, {"page=", RuleType, "page", ""}, {"page=inf", RuleType, "page", ""},
		{"page=0x1p2", RuleType, "page", ""}, {"page=nan", RuleType, "page", ""}, {"page=11", RuleMax, "page", ""}, {"page=-2", RuleMin, "page", ""},
		{"page=1&page=x", RuleType, "page", ""}, {"all=TRUE", RuleType, "all", ""}, {"all=1", RuleType, "all", ""}, {"q=a", RuleMinLength, "q", ""},
		{"many=a&many=B", RulePattern, "many", ""}, {"b=1&a=2&page=x", RuleAdditional, "", "a,b"}, {"page=%ff", RuleType, "page", ""},
	} {
		values, _ := url.ParseQuery(c.query)
		v := op.CheckQuery(values)
		if v == nil || v.Rule != c.rule || v.Path != c.path || v.Where != InQuery || strings.Join(v.Names, ",") != c.names {
			t.Errorf("?%s: %+v", c.query, v)
		}
	}
}

func TestCheckQueryAsksForRequiredParameters(t *testing.T) {
	op := Operation{Query: []Param{{Name: "page", Schema: count}, {Name: "id", Schema: text, Required: true}}}
	for _, c := range []struct {
		query string
		open  bool
		rule  Rule // "": taken
		names string
	}{
		{"id=ab", false, "", ""}, {"id=ab&x=1", true, "", ""}, {"id=ab&x=1", false, RuleAdditional, "x"},
		{"", false, RuleRequired, "id"}, {"page=1", true, RuleRequired, "id"}, {"id=a", false, RuleMinLength, ""},
	} {
		values, _ := url.ParseQuery(c.query)
		op.QueryOpen = c.open
		v := op.CheckQuery(values)
		if (v == nil) != (c.rule == "") || v != nil && (v.Rule != c.rule || strings.Join(v.Names, ",") != c.names) {
			t.Errorf("?%s, open %v: %+v", c.query, c.open, v)
		}
	}
}

func TestCheckPath(t *testing.T) {
	op := Operation{Path: "/a/{id}/b/{n}", PathParams: []Param{{Name: "id", Schema: text}, {Name: "n", Schema: count}}}
	if v := op.CheckPath(map[string]string{"id": "abc", "n": "3"}); v != nil {
		t.Errorf("%+v", v)
	}
	for _, c := range []struct {
		id, n string
		rule  Rule
		path  string
	}{{"abcde", "3", RuleMaxLength, "id"}, {"abc", "x", RuleType, "n"}, {"abc", "11", RuleMax, "n"}, {"a", "x", RuleMinLength, "id"}} {
		v := op.CheckPath(map[string]string{"id": c.id, "n": c.n})
		if v == nil || v.Rule != c.rule || v.Path != c.path || v.Where != InPath {
			t.Errorf("%s, %s: %+v", c.id, c.n, v)
		}
	}
}

func FuzzCheck(f *testing.F) {
	for _, seed := range []string{`{"name":"ab","inner":{"list":[{"n":1}],"n":2},"free":{"a":"b"}}`, `[1e999]`, `"x"`, `{"":{"":{"":null}}}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		doc, err := state.Parse([]byte(body))
		if err != nil {
			return
		}
		if v := person.Check(InBody, doc); v != nil && v.Schema == nil {
			t.Errorf("Check(%s) names no schema: %+v", doc, v)
		}
	})
}
