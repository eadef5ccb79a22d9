package state

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseWritesTheNormalForm(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`{}`, `{}`},
		{` { "a" : [ 1 , null , true , "x" ] } `, `{"a":[1,null,true,"x"]}`},
		{"\t[ ]\r\n", `[]`},
		{`"A\u0042\/\u00e9\n\u0001\u007f"`, "\"AB/é\\n\\u0001\x7f\""},
		{`"\ud83d\ude00"`, `"😀"`},
		{`{"a\u0062":1}`, `{"ab":1}`},
		{`1`, `1`}, {`-0`, `0`}, {`0.0`, `0`}, {`-0.0`, `0`}, {`1.0`, `1`}, {`1.50`, `1.5`},
		{`1e3`, `1000`}, {`1E-2`, `0.01`}, {`1e21`, `1e+21`}, {`123e18`, `123000000000000000000`},
		{`1e-6`, `0.000001`}, {`1e-7`, `1e-7`}, {`1.5e300`, `1.5e+300`},
		{`9007199254740991`, `9007199254740991`}, {`9007199254740993`, `9007199254740992`}, {`-12345678901234567`, `-12345678901234568`},
		{`12345678901234567890`, `12345678901234567000`},                             // JSON.parse rounds
		{`100000000000000000000000`, `1e+23`}, {`1e400`, `null`}, {`-1e400`, `null`}, // JSON.stringify(Infinity)
	} {
		got, err := Parse([]byte(c.text))
		if err != nil || string(got) != c.want {
			t.Errorf("Parse(%s) = %s, %v; want %s", c.text, got, err, c.want)
		}
	}
}

func TestParseKeepsTheLastOfEqualNamesInTheFirstPlace(t *testing.T) {
	many := `{"k":0`
	for i := range 40 {
		many += `,"n` + strings.Repeat("i", i) + `":1`
	}
	for _, c := range []struct{ text, want string }{
		{`{"a":1,"b":2,"a":3}`, `{"a":3,"b":2}`},
		{`{"a":1,"\u0061":2}`, `{"a":2}`},
		{`{"x":{"a":1,"a":{"b":1,"b":2}}}`, `{"x":{"a":{"b":2}}}`},
		{many + `,"k":7}`, strings.Replace(many, `"k":0`, `"k":7`, 1) + `}`},
		{many + `}`, many + `}`},
	} {
		got, err := Parse([]byte(c.text))
		if err != nil || string(got) != c.want {
			t.Errorf("Parse(%s) = %s, %v; want %s", c.text, got, err, c.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	deepest := strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth)
	if _, err := Parse([]byte(deepest)); err != nil {
		t.Errorf("a document of %d levels: %v", MaxDepth, err)
	}
	for _, c := range []struct {
		text string
		want error
	}{
		{``, ErrSyntax}, {` `, ErrSyntax}, {`{`, ErrSyntax}, {`{"a":}`, ErrSyntax}, {`{'a':1}`, ErrSyntax}, {`[1,]`, ErrSyntax},
		{`{} {}`, ErrSyntax}, {`nul`, ErrSyntax}, {`01`, ErrSyntax}, {`+1`, ErrSyntax}, {`"a` + "\n" + `"`, ErrSyntax}, {`"\x"`, ErrSyntax}, {`]`, ErrSyntax},
		{"\"\xff\"", ErrUTF8}, {"\"\xed\xa0\x80\"", ErrUTF8},
		{"[" + deepest + "]", ErrDepth}, {strings.Repeat(`{"a":`, 100_000), ErrDepth},
	} {
		if got, err := Parse([]byte(c.text)); !errors.Is(err, c.want) || got != "" {
			t.Errorf("Parse(%.40q) = %.40q, %v; want %v", c.text, got, err, c.want)
		}
	}
	if _, err := Parse([]byte(`"` + strings.Repeat(`[`, 1000) + `\"["`)); err != nil {
		t.Errorf("brackets in a string are no depth: %v", err)
	}
}

// TestParseAgreesWithEncodingJSON: what is parsed means the same as before, and parsing it again changes nothing.
func TestParseAgreesWithEncodingJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.Custom(func(t *rapid.T) string { return drawJSON(t, 3) }).Draw(t, "text")
		got, err := Parse([]byte(text))
		if err != nil {
			t.Fatalf("Parse(%s): %v", text, err)
		}
		var before, after any
		if err := json.Unmarshal([]byte(text), &before); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(got), &after); err != nil {
			t.Fatalf("Parse(%s) = %s: %v", text, got, err)
		}
		a, _ := json.Marshal(before)
		b, _ := json.Marshal(after)
		if !bytes.Equal(a, b) {
			t.Fatalf("Parse(%s) = %s", text, got)
		}
		if again, err := Parse([]byte(got)); again != got || err != nil {
			t.Fatalf("Parse(%s) = %s, and then %s, %v", text, got, again, err)
		}
	})
}

func drawJSON(t *rapid.T, depth int) string {
	n := 5
	if depth > 0 {
		n = 7
	}
	switch rapid.IntRange(0, n).Draw(t, "what") {
	case 0:
		return rapid.SampledFrom([]string{"null", "true", "false"}).Draw(t, "word")
	case 1:
		raw, _ := json.Marshal(rapid.Int32().Draw(t, "int"))
		return string(raw)
	case 2:
		raw, _ := json.Marshal(rapid.Float64Range(-1e25, 1e25).Draw(t, "float") + 0.5)
		return string(raw)
	case 3, 4, 5:
		raw, _ := json.Marshal(rapid.String().Draw(t, "string"))
		return string(raw)
	case 6:
		return "[" + strings.Join(drawItems(t, depth, ""), " , ") + "]"
	}
	return "{ " + strings.Join(drawItems(t, depth, weird), ",") + "}"
}

const weird = "abc.*?|#@\"\\é\x00 "

func drawItems(t *rapid.T, depth int, keys string) []string {
	items := make([]string, rapid.IntRange(0, 20).Draw(t, "items"))
	for i := range items {
		items[i] = drawJSON(t, depth-1)
		if keys != "" {
			key := rapid.StringOfN(rapid.SampledFrom([]rune(keys)), 0, 2, -1).Draw(t, "key")
			raw, _ := json.Marshal(key)
			items[i] = string(raw) + ":" + items[i]
		}
	}
	return items
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{`{"a":[1,2.5e3,"x\u0000"],"a":null}`, `"\ud800"`, `-0.0e-0`, `[[[]]]`, "\"\xff\""} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := Parse(text)
		if err != nil {
			return
		}
		if !json.Valid([]byte(got)) {
			t.Errorf("Parse(%q) = %q, which is no JSON", text, got)
		}
		if again, err := Parse([]byte(got)); again != got || err != nil {
			t.Errorf("Parse(%q) = %q, and then %q, %v", text, got, again, err)
		}
	})
}
