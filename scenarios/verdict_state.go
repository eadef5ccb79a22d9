package scenarios

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
)

func (h *history) state(want map[string]StateCheck) Verdict {
	var seen []string
	var missing string
	for _, kind := range slices.Sorted(maps.Keys(want)) {
		check := want[kind]
		objects, known := h.objects[kind]
		if !known {
			missing = kind
			continue
		}
		n := 0
		for _, o := range objects {
			if o.fits(check.Where) {
				n++
			}
		}
		has := fmt.Sprintf("%s of %s%s", count(n, "object"), kind, check.condition())
		if check.Count != nil && n != *check.Count || check.Count == nil && n == 0 {
			return fail(fmt.Sprintf("at the end there should be %s, and what there is: %s", check.wanted(), has), h.writers(kind))
		}
		seen = append(seen, has)
	}
	if missing != "" {
		return unproven(fmt.Sprintf("which objects of %s there are at the end is not known", missing))
	}
	return pass("at the end there is what there should be: "+strings.Join(seen, "; "), nil)
}

func (c StateCheck) wanted() string {
	if c.Count == nil {
		return "one or more"
	}
	return fmt.Sprint(*c.Count)
}

func (c StateCheck) condition() string {
	if len(c.Where) == 0 {
		return ""
	}
	return " where " + unbraced(c.Where)
}

// writers shows the calls that wrote objects of a kind.
func (h *history) writers(kind string) []Moment {
	var found []int
	for i, c := range h.calls {
		if c.Committed && slices.ContainsFunc(c.Keys, func(k Key) bool { return k.Kind == kind }) {
			found = append(found, i)
		}
	}
	return h.timeline(found, noNote)
}

// fits tells whether an object has all these members and values; id is its id.
func (o Object) fits(where map[string]JSON) bool {
	var doc map[string]json.RawMessage
	if len(where) > 0 && json.Unmarshal([]byte(o.Doc), &doc) != nil {
		return false
	}
	for name, want := range where {
		have, ok := doc[name]
		if name == "id" {
			have, _ = json.Marshal(o.ID)
			ok = true
		}
		if !ok || !sameJSON(string(have), string(want)) {
			return false
		}
	}
	return true
}

// sameJSON tells whether two texts are the same JSON value: members in any order, numbers by what they are worth.
func sameJSON(a, b string) bool {
	if a == b {
		return true
	}
	x, ok := decode(a)
	y, well := decode(b)
	return ok && well && sameValue(x, y)
}

func decode(text string) (v any, ok bool) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	err := d.Decode(&v)
	return v, err == nil
}

func sameValue(a, b any) bool {
	switch a := a.(type) {
	case json.Number:
		n, ok := b.(json.Number)
		return ok && sameNumber(string(a), string(n))
	case []any:
		items, ok := b.([]any)
		return ok && slices.EqualFunc(a, items, sameValue)
	case map[string]any:
		members, ok := b.(map[string]any)
		return ok && maps.EqualFunc(a, members, sameValue)
	}
	return a == b
}

// sameNumber compares without rounding, save numbers so long that it would take a file to write them out.
func sameNumber(a, b string) bool {
	if len(a) > 100 || len(b) > 100 || strings.ContainsAny(a+b, "eE") {
		return a == b
	}
	x, ok := new(big.Rat).SetString(a)
	y, well := new(big.Rat).SetString(b)
	return ok && well && x.Cmp(y) == 0
}
