package scenarios

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/fixtures/tree"
)

// decoder fills the types from nodes, by their key tags, and goes on after a problem.
//
// A tag is the key, and may say more: "json" takes any value, a text as it is and all else as JSON; "always" writes the
// key even where its value is zero.
type decoder struct {
	*source
	problems []*Problem
}

// word is a value with a syntax of its own, within one scalar.
type word interface {
	read(text string) error
	String() string
}

// shaped is a value that has several forms.
type shaped interface {
	decode(d *decoder, n tree.Node, path string)
	encode() tree.Node
}

func (d *decoder) refuse(at tree.Position, path, format string, args ...any) {
	if len(d.problems) < maxProblems {
		d.problems = append(d.problems, d.problem(at, path, format, args...))
	}
}

// wrong refuses a value, by its key.
func (d *decoder) wrong(n tree.Node, path, format string, args ...any) {
	key := path[strings.LastIndexByte(path, '.')+1:]
	d.refuse(n.At, path, "%s: %s", key, fmt.Sprintf(format, args...))
}

func (d *decoder) scenario(s *Scenario, root tree.Node) {
	kids := root.Kids
	root.Kids = make([]tree.Node, 0, len(kids))
	for _, n := range kids {
		if n.Key != versionKey {
			root.Kids = append(root.Kids, n)
		}
	}
	d.members(reflect.ValueOf(s).Elem(), root, "")
}

// value fills v, which can be set, from a node.
func (d *decoder) value(v reflect.Value, n tree.Node, path string) {
	d.at[path] = n.At
	switch to := v.Addr().Interface().(type) {
	case shaped:
		to.decode(d, n, path)
		return
	case word:
		if n.Kind != tree.Text && n.Kind != tree.Literal {
			d.wrong(n, path, "must be a word, not a %s", n.Kind)
		} else if err := to.read(n.Text); err != nil {
			d.wrong(n, path, "%v", err)
		}
		return
	case *time.Duration:
		d.duration(to, n, path)
		return
	case *JSON:
		*to = JSON(n.AppendJSON(nil, nil))
		return
	case *[]Condition:
		d.conditions(to, n, path)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(v.Elem(), n, path)
	case reflect.Struct:
		d.members(v, n, path)
	case reflect.Slice:
		d.items(v, n, path)
	case reflect.Map:
		d.entries(v, n, path)
	default:
		d.scalar(v, n, path)
	}
}

func (d *decoder) duration(to *time.Duration, n tree.Node, path string) {
	if n.Kind != tree.Text {
		d.wrong(n, path, "must be a time, such as 2s or 1m30s")
		return
	}
	var err error
	if *to, err = readDuration(n.Text); err != nil {
		d.wrong(n, path, "%v", err)
	}
}

func (d *decoder) scalar(v reflect.Value, n tree.Node, path string) {
	var err error
	switch v.Kind() {
	case reflect.String:
		if v.SetString(n.Text); n.Kind != tree.Text {
			d.wrong(n, path, "must be a text: put it in quotes")
		}
	case reflect.Bool:
		if v.SetBool(n.Text == "true"); n.Kind != tree.Literal || n.Text != "true" && n.Text != "false" {
			d.wrong(n, path, "must be true or false")
		}
	case reflect.Int:
		var i int64
		if i, err = strconv.ParseInt(n.Text, 10, 32); err != nil || n.Kind != tree.Literal {
			d.wrong(n, path, "must be a whole number of at most %d", maxCount)
		}
		v.SetInt(i)
	case reflect.Uint64:
		var u uint64
		if u, err = strconv.ParseUint(n.Text, 10, 64); err != nil || n.Kind != tree.Literal {
			d.wrong(n, path, "must be a whole number from 0 to %d", uint64(1<<64-1))
		}
		v.SetUint(u)
	case reflect.Float64:
		var f float64
		if f, err = strconv.ParseFloat(n.Text, 64); err != nil || n.Kind != tree.Literal {
			d.wrong(n, path, "must be a number")
		}
		v.SetFloat(f)
	default:
		panic(fmt.Sprintf("scenarios: %s has no form in a text", v.Type()))
	}
}

// items takes one value for a list of one.
func (d *decoder) items(v reflect.Value, n tree.Node, path string) {
	kids := n.Kids
	switch {
	case n.Kind == tree.List:
	case n.Kind == tree.Text && v.Type().Elem().Kind() == reflect.String:
		kids = []tree.Node{n}
	default:
		d.wrong(n, path, "must be a list")
		return
	}
	if len(kids) == 0 {
		return
	}
	all := reflect.MakeSlice(v.Type(), len(kids), len(kids))
	for i, kid := range kids {
		d.value(all.Index(i), kid, fmt.Sprintf("%s[%d]", path, i))
	}
	v.Set(all)
}

func (d *decoder) entries(v reflect.Value, n tree.Node, path string) {
	if n.Kind != tree.Map {
		d.wrong(n, path, "must be a map of keys to values, not a %s", n.Kind)
		return
	}
	if len(n.Kids) == 0 {
		return
	}
	all := reflect.MakeMapWithSize(v.Type(), len(n.Kids))
	for _, kid := range n.Kids {
		entry := reflect.New(v.Type().Elem()).Elem()
		d.value(entry, kid, path+"."+kid.Key)
		all.SetMapIndex(reflect.ValueOf(kid.Key), entry)
	}
	v.Set(all)
}

func (d *decoder) members(v reflect.Value, n tree.Node, path string) {
	if n.Kind != tree.Map {
		d.wrong(n, path, "must be a map of keys to values, not a %s", n.Kind)
		return
	}
	known := keysOf(v.Type())
	for _, kid := range n.Kids {
		k, ok := find(known, kid.Key)
		if !ok {
			d.refuse(kid.KeyAt, path, "no key %q here%s", kid.Key, tree.Meant(kid.Key, names(known)))
			continue
		}
		to, before := v.Field(k.index), len(d.problems)
		inner := strings.TrimPrefix(path+"."+kid.Key, ".")
		switch {
		case kid.Kind == tree.Literal && kid.Text == "null" && !takesNull(k, to.Type()):
			d.refuse(kid.At, inner, "%s has no value: leave it out", kid.Key)
			continue
		case k.json && kid.Kind != tree.Text:
			d.at[inner] = kid.At
			to.SetString(string(kid.AppendJSON(nil, nil)))
		default:
			d.value(to, kid, inner)
		}
		if len(d.problems) == before && to.IsZero() && saysNothing(v.Type(), to.Type()) {
			d.refuse(kid.At, inner, "%s says nothing: leave it out", kid.Key)
		}
	}
}

func takesNull(k key, t reflect.Type) bool {
	return k.json || t == reflect.TypeFor[JSON]() || t == reflect.TypeFor[*Test]()
}

// saysNothing tells whether a zero value, given for a key, would be taken as if the key were left out.
func saysNothing(holder, value reflect.Type) bool {
	switch holder {
	case reflect.TypeFor[Rule](), reflect.TypeFor[Expectation](), reflect.TypeFor[Change](), reflect.TypeFor[Delay]():
		return value.Kind() != reflect.Bool
	}
	return false
}

// key is a field of a type that has a key in a text.
type key struct {
	name         string
	index        int
	json, always bool
}

func keysOf(t reflect.Type) (keys []key) {
	for i := range t.NumField() {
		if tag, ok := t.Field(i).Tag.Lookup("key"); ok {
			name, option, _ := strings.Cut(tag, ",")
			keys = append(keys, key{name, i, option == "json", option == "always"})
		}
	}
	return keys
}

func find(keys []key, name string) (key, bool) {
	for _, k := range keys {
		if k.name == name {
			return k, true
		}
	}
	return key{}, false
}

func names(keys []key) (all []string) {
	for _, k := range keys {
		all = append(all, k.name)
	}
	return all
}
