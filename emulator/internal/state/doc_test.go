package state

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// odd has keys that path languages would read as something else.
const odd Doc = `{"a.b":{"*":1,"c":[10,{"d.e":null}]},"a":{"b":2},"":3,"#":4,"@this":5,"\"q\"":6,"a|b":7,"0":8,"é":9,"a\\b":10,"..x":11,"nul\u0000":12}`

func TestGetTakesSegmentsAsTheyAre(t *testing.T) {
	for _, c := range []struct {
		path []string
		want string // "" for absent
	}{
		{[]string{"a.b", "*"}, "1"}, {[]string{"a", "b"}, "2"}, {[]string{"a.b", "c", "0"}, "10"},
		{[]string{"a.b", "c", "1", "d.e"}, "null"}, {[]string{""}, "3"}, {[]string{"#"}, "4"}, {[]string{"@this"}, "5"},
		{[]string{`"q"`}, "6"}, {[]string{"a|b"}, "7"}, {[]string{"0"}, "8"}, {[]string{"é"}, "9"}, {[]string{`a\b`}, "10"},
		{[]string{"..x"}, "11"}, {[]string{"nul\x00"}, "12"}, {nil, string(odd)},
		{[]string{"a.c"}, ""}, {[]string{"*"}, ""}, {[]string{"?"}, ""}, {[]string{"a.b", "c", "2"}, ""}, {[]string{"a.b", "c", "#"}, ""},
		{[]string{"a.b", "c", "01"}, ""}, {[]string{"a.b", "c", "-1"}, ""}, {[]string{"a", "b", "c"}, ""}, {[]string{"a", "b", ""}, ""}, {[]string{"absent", ""}, ""},
	} {
		got := odd.Get(c.path...)
		if got.Exists() != (c.want != "") || got.Raw != c.want {
			t.Errorf("Get(%q) = %q, exists %v; want %q", c.path, got.Raw, got.Exists(), c.want)
		}
		if odd.Has(c.path...) != (c.want != "") {
			t.Errorf("Has(%q) is wrong", c.path)
		}
	}
	if got := Doc(`{"a":{"b":"\u00e9\n"}}`).Text("a", "b"); got != "é\n" {
		t.Errorf("Text unescapes: %q", got)
	}
}

func TestChangesLeaveTheRestInPlace(t *testing.T) {
	doc := Doc(`{"a":1,"b":{"c":2},"d":3}`)
	for _, c := range []struct{ what, got, want string }{
		{"Set known", string(doc.Set("b", `[]`)), `{"a":1,"b":[],"d":3}`},
		{"Set new", string(doc.Set("e", `null`)), `{"a":1,"b":{"c":2},"d":3,"e":null}`},
		{"Set dotted", string(doc.Set("b.c", `9`)), `{"a":1,"b":{"c":2},"d":3,"b.c":9}`},
		{"Set starred", string(doc.Set("*", `9`)), `{"a":1,"b":{"c":2},"d":3,"*":9}`},
		{"SetText", string(doc.SetText("a", "x\"\n\x01é")), `{"a":"x\"\n\u0001é","b":{"c":2},"d":3}`},
		{"Merge", string(doc.Merge(`{"z":0,"a":{"x":1},"b":null}`)), `{"a":{"x":1},"b":null,"d":3,"z":0}`},
		{"Merge nothing", string(doc.Merge(`{}`)), string(doc)},
		{"Merge into nothing", string(Doc(`{}`).Merge(doc)), string(doc)},
		{"Pick", string(doc.Pick("d", "none", "a")), `{"d":3,"a":1}`},
		{"Drop", string(doc.Drop("a", "none", "d")), `{"b":{"c":2}}`},
		{"Drop all", string(doc.Drop("a", "b", "d")), `{}`},
		{"Drop dotted", string(doc.Drop("b.c")), string(doc)},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", c.what, c.got, c.want)
		}
	}
	if doc != `{"a":1,"b":{"c":2},"d":3}` {
		t.Errorf("the document changed: %s", doc)
	}
}

func TestBuilder(t *testing.T) {
	got := NewBuilder().Text("t", `"`).Int("i", -3).Bool("b", true).Raw("r", `{"x":null}`).Raw("nothing", "").
		List("l", []Doc{"1", `{}`}).List("none", nil).Text("a.*\n", "").Doc()
	want := Doc(`{"t":"\"","i":-3,"b":true,"r":{"x":null},"l":[1,{}],"none":[],"a.*\n":""}`)
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := new(Builder).Doc(); got != `{}` {
		t.Errorf("the zero builder writes %s", got)
	}
	b := NewBuilder().Int("a", 1)
	first := b.Doc()
	b.Int("b", 2)
	if first != `{"a":1}` {
		t.Errorf("a document changed with its builder: %s", first)
	}
	if got := Array(nil); got != `[]` {
		t.Errorf("Array(nil) = %s", got)
	}
}

func TestQuoteEscapesAsJavaScriptDoes(t *testing.T) {
	for text, want := range map[string]string{
		"":             `""`,
		"a\"b\\c/d":    `"a\"b\\c/d"`,
		"\b\f\n\r\t":   `"\b\f\n\r\t"`,
		"\x00\x1f\x7f": "\"\\u0000\\u001f\x7f\"",
		"<&>\u2028é😀":  "\"<&>\u2028é😀\"",
	} {
		if got := Quote(text); got != want {
			t.Errorf("Quote(%q) = %s, want %s", text, got, want)
		}
	}
}

// TestDocAgreesWithAMap holds the changes to those of a map, whatever the keys.
func TestDocAgreesWithAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.StringOfN(rapid.SampledFrom([]rune(weird)), 0, 3, -1)
		doc, model := Doc("{}"), map[string]string{}
		for range rapid.IntRange(0, 12).Draw(t, "changes") {
			name, value := key.Draw(t, "name"), rapid.String().Draw(t, "value")
			switch rapid.IntRange(0, 3).Draw(t, "change") {
			case 0, 1:
				doc, model[name] = doc.SetText(name, value), value
			case 2:
				doc = doc.Drop(name)
				delete(model, name)
			case 3:
				other := key.Draw(t, "other")
				doc = doc.Merge(NewBuilder().Text(name, value).Doc().SetText(other, "o"))
				model[name] = value
				model[other] = "o"
			}
		}
		var got map[string]string
		if err := json.Unmarshal([]byte(doc), &got); err != nil || !maps.Equal(got, model) {
			t.Fatalf("%s is %v, want %v: %v", doc, got, model, err)
		}
		names := slices.Sorted(maps.Keys(model))
		if picked := doc.Pick(names...); len(names) > 0 && !strings.HasPrefix(string(picked), "{"+Quote(names[0])+":") {
			t.Fatalf("Pick(%q) of %s = %s", names, doc, picked)
		}
		for name, value := range model {
			if !doc.Has(name) || doc.Text(name) != value {
				t.Fatalf("Get(%q) of %s = %q", name, doc, doc.Text(name))
			}
		}
	})
}
