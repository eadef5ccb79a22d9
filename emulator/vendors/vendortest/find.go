package vendortest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// maxTries bounds the search over all rows.
const maxTries = 200_000

// finder looks for a request that succeeds: it tries the fixture's objects wherever something names one, and the members
// of the body that may be left out.
type finder struct {
	*rig
	ids     map[string][]string // by kind: the ids of its objects
	docs    map[string][]state.Doc
	texts   []string
	choices odometer
	tries   int
	answer  answer // the last
}

func newFinder(r *rig) *finder {
	f := &finder{rig: r, ids: map[string][]string{}, docs: map[string][]state.Doc{}}
	for _, section := range r.world.Export().Vendors {
		if section.Name != r.vendor.Name {
			continue
		}
		for _, kind := range section.Kinds {
			for _, object := range kind.Objects {
				doc := state.Doc(object.Doc)
				f.docs[kind.Name] = append(f.docs[kind.Name], doc)
				f.ids[kind.Name] = append(f.ids[kind.Name], r.vendor.Kind(kind.Name).Identify(doc))
				f.texts = append(f.texts, textsIn(doc.Get())...)
			}
		}
	}
	return f
}

// textsIn lists the strings of a document.
func textsIn(value gjson.Result) []string {
	var texts []string
	value.ForEach(func(_, member gjson.Result) bool {
		if member.Type == gjson.String {
			texts = append(texts, member.Str)
		} else if member.IsObject() || member.IsArray() {
			texts = append(texts, textsIn(member)...)
		}
		return true
	})
	return texts
}

func (f *finder) sampler() *sampler { return &sampler{refs: f.pick, texts: f.texts} }

// named are the values that name an object of a kind: ids, or for kind.member that member of every document.
func (f *finder) named(kind string) []string {
	name, member, byMember := strings.Cut(kind, ".")
	if !byMember {
		return f.ids[name]
	}
	var values []string
	for _, doc := range f.docs[name] {
		values = append(values, membersOf(doc.Get(), strings.Split(member, "."))...)
	}
	return values
}

// membersOf goes down a path, through every item of the arrays on its way.
func membersOf(value gjson.Result, path []string) []string {
	if value.IsArray() {
		var all []string
		for _, item := range value.Array() {
			all = append(all, membersOf(item, path)...)
		}
		return all
	}
	if len(path) == 0 || !value.IsObject() {
		return []string{value.String()}
	}
	return membersOf(state.Doc(value.Raw).Get(path[0]), path[1:])
}

// pick chooses among the objects that a value of a name may name; false where it names none.
func (f *finder) pick(name string, schema *spec.Schema) (string, bool) {
	kind := schema.Kind
	if kind == "" {
		kind = kindOfWord(f.vendor, name)
	}
	names := slices.DeleteFunc(slices.Clone(f.named(kind)), func(text string) bool { return !takes(schema, text) })
	if len(names) == 0 {
		return "", false
	}
	return names[f.choices.pick(len(names))], true
}

// kindOfWord is the kind that a word speaks of, "" for none: users for user_id, userId and users.
func kindOfWord(v *spec.Vendor, word string) string {
	var snake strings.Builder
	for _, r := range strings.ReplaceAll(word, "-", "_") {
		if r >= 'A' && r <= 'Z' {
			snake.WriteByte('_')
			r += 'a' - 'A'
		}
		snake.WriteRune(r)
	}
	kind, isID := strings.CutSuffix(snake.String(), "_id")
	if isID {
		kind += "s"
	}
	if v.Kind(kind) == nil {
		return ""
	}
	return kind
}

// kindOf is the kind that a path parameter names: what its schema says, or its own name, or the word before it.
func kindOf(v *spec.Vendor, op *spec.Operation, name string) string {
	for _, p := range op.PathParams {
		switch {
		case p.Name != name:
		case p.Schema.Kind != "":
			return p.Schema.Kind
		case len(p.Schema.Enum) > 0 || p.Schema.Example != "":
			return ""
		}
	}
	if kind := kindOfWord(v, name); kind != "" {
		return kind
	}
	before, _, _ := strings.Cut(op.Path, "/{"+name+"}")
	return kindOfWord(v, before[strings.LastIndexByte(before, '/')+1:])
}

// find returns a request that succeeds; of a row that writes, one that changes something if there is any.
func (f *finder) find(op *spec.Operation) (request, error) {
	var fallback, last request
	for _, query := range append([]spec.Param{{}}, op.Query...) {
		for variant := 0; variant == 0 || op.Body != nil; variant++ {
			f.choices = odometer{}
			exists := true
			for more := true; more && f.tries < maxTries; more = f.choices.next() {
				q, ok, err := f.attempt(op, query, variant)
				if err != nil {
					return q, err
				}
				if exists = ok; !exists {
					break
				}
				last = q
				changed, succeeded := f.try(q)
				if succeeded && (changed || op.Reads()) {
					return q, nil
				}
				if succeeded && fallback.op == nil {
					fallback = q
				}
			}
			if !exists {
				break
			}
		}
	}
	if fallback.op == nil {
		return last, fmt.Errorf("no request succeeds; the last was %s\nand got %d %.400s", last, f.answer.Status, f.answer.Body)
	}
	return fallback, nil
}

func (f *finder) try(q request) (changed, ok bool) {
	f.tries++
	f.world.Restore(f.start)
	before := f.world.Version()
	f.answer = f.send(q, f.owner)
	return f.world.Version() != before, succeeded(q.op, f.answer)
}

// attempt is the request of the present choices, with the required parameters, one other of the query or none, and a variant of the body;
// false after the last variant.
func (f *finder) attempt(op *spec.Operation, query spec.Param, variant int) (request, bool, error) {
	q := request{op: op, vars: map[string]string{}}
	for _, name := range op.Vars() {
		value, err := f.variable(op, name)
		if err != nil {
			return q, false, err
		}
		q.vars[name] = value
	}
	for _, p := range op.Query {
		if !p.Required && p.Name != query.Name {
			continue
		}
		value, err := f.sampler().least(p.Name, p.Schema, 0)
		if err != nil {
			return q, false, err
		}
		q = q.withQuery(p.Name, plainText(value))
	}
	if op.Body == nil {
		return q, true, nil
	}
	doc, exists, err := f.sampler().variant(op.Body, variant)
	return q.withBody(doc), exists, err
}

func (f *finder) variable(op *spec.Operation, name string) (string, error) {
	kind := kindOf(f.vendor, op, name)
	for _, p := range op.PathParams {
		if p.Name == name && kind == "" && (p.Schema.Example != "" || len(p.Schema.Enum) > 0) {
			value, err := f.sampler().least(name, p.Schema, 0)
			return plainText(value), err
		}
	}
	if kind == "" {
		return "", fmt.Errorf("path parameter %s: its schema needs a Kind, an Enum or an Example", name)
	}
	names := f.named(kind)
	if len(names) == 0 {
		return "", fmt.Errorf("path parameter %s: the fixture has no object of %s", name, kind)
	}
	return names[f.choices.pick(len(names))], nil
}

// plainText is a JSON value as a path or query writes it.
func plainText(raw string) string { return gjson.Parse(raw).String() }

// odometer counts through all combinations of choices whose number shows only while they are made.
type odometer struct {
	digits, sizes []int
	at            int
}

func (o *odometer) pick(n int) int {
	if o.at == len(o.digits) {
		o.digits, o.sizes = append(o.digits, 0), append(o.sizes, n)
	}
	o.at++
	return o.digits[o.at-1]
}

// next goes to the next combination; false after the last.
func (o *odometer) next() bool {
	o.at = 0
	for i := len(o.digits) - 1; i >= 0; i-- {
		if o.digits[i]+1 < o.sizes[i] {
			o.digits[i]++
			o.digits, o.sizes = o.digits[:i+1], o.sizes[:i+1]
			return true
		}
	}
	return false
}
