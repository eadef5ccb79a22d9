package vendortest

import (
	"math/rand/v2"
	"net/url"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// pool holds bodies for a row: each variant of the least, and each that breaks a rule.
func (s *suite) pool(op *spec.Operation) []string {
	if op.Body == nil {
		return []string{"", "{}"}
	}
	var all []string
	for n := 0; ; n++ {
		doc, exists, err := s.sampler.variant(op.Body, n)
		if !exists || err != nil {
			break
		}
		all = append(all, string(doc))
	}
	for _, w := range s.sampler.wrongs("", op.Body) {
		all = append(all, w.value)
	}
	return all
}

func (s *suite) mutatedQuery(dice *rand.Rand, q request) string {
	values := url.Values{}
	for _, p := range q.op.Query {
		if dice.IntN(2) == 0 {
			value, _ := s.sampler.least(p.Name, p.Schema, 0)
			values.Add(p.Name, mutatedText(dice, plainText(value)))
		}
	}
	if len(values) == 0 {
		return mutatedText(dice, "not_declared=1")
	}
	return values.Encode()
}

var oddValues = []string{
	"null", "true", "0", "-1", "1e400", "9007199254740993", `""`, `"\u0000"`, `"\ud83d\ude00"`, `"a.b*c"`, "[]", "{}", `[null]`, `{"":null}`, `{"a.b":{"*":1}}`,
	`"` + strings.Repeat("a", 5000) + `"`,
}

// mutated changes a body: another of the pool, a member gone, odd or double, or bytes that are cut or turned.
func mutated(dice *rand.Rand, body string, pool []string) string {
	if dice.IntN(3) > 0 {
		body = pool[dice.IntN(len(pool))]
	}
	doc := state.Doc(body)
	var names []string
	if gjson.Valid(body) && doc.Get().IsObject() {
		doc.Get().ForEach(func(key, _ gjson.Result) bool { names = append(names, key.String()); return true })
	}
	odd := oddValues[dice.IntN(len(oddValues))]
	switch n := dice.IntN(8); {
	case n == 0:
		return body
	case n == 1 && body != "":
		return body[:dice.IntN(len(body))]
	case n == 2:
		return odd
	case n == 3 && len(names) > 0:
		return string(doc.Drop(names[dice.IntN(len(names))]))
	case n == 4 && len(names) > 0:
		name := names[dice.IntN(len(names))]
		return strings.TrimSuffix(body, "}") + "," + state.Quote(name) + ":" + odd + "}"
	case n == 5 && body != "":
		bytes := []byte(body)
		bytes[dice.IntN(len(bytes))] ^= 1 << dice.IntN(8)
		return string(bytes)
	case len(names) > 0:
		return string(doc.Set(names[dice.IntN(len(names))], odd))
	}
	return body
}

var oddWords = []string{"", "x", "%", "a/b", "..", "é", "\x00", "a b", "name", "*", "null", "-1", "99999999999999999999", strings.Repeat("x", 300)}

func mutatedText(dice *rand.Rand, text string) string {
	switch dice.IntN(4) {
	case 0:
		return oddWords[dice.IntN(len(oddWords))]
	case 1:
		return text + oddWords[dice.IntN(len(oddWords))]
	}
	return text
}
