package gauntlet

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/scenarios"
)

// thing is an object as a person would name it: by kind and natural key. Where several share both, they are numbered.
type thing struct {
	scenarios.Key
	number int // from 0
}

func (t thing) String() string {
	if t.number > 0 {
		return fmt.Sprintf("%s %q (number %d)", t.Kind, t.Name, t.number+1)
	}
	return fmt.Sprintf("%s %q", t.Kind, t.Name)
}

// members are the leaves of a document by their dotted paths, as JSON. Ids of objects stand there as the objects' kinds
// and natural keys; lists are leaves, in an order that does not depend on theirs.
type members map[string]string

// state is what there is in a world.
type state map[thing]members

func stateOf(w *emulator.World) state {
	all := w.Objects()
	names := map[string]string{} // of ids
	for _, kind := range slices.Sorted(maps.Keys(all)) {
		for _, o := range all[kind] {
			if names[o.ID] == "" { // kinds that share ids, as parts of an object do, go by the first
				names[o.ID] = kind + " " + o.Key
			}
		}
	}
	s := state{}
	for kind, objects := range all {
		alike := map[string][]members{}
		for _, o := range objects {
			alike[o.Key] = append(alike[o.Key], leaves(o.Doc, names))
		}
		for key, docs := range alike {
			slices.SortFunc(docs, func(a, b members) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
			for n, doc := range docs {
				s[thing{scenarios.Key{Kind: kind, Name: key}, n}] = doc
			}
		}
	}
	return s
}

func leaves(doc string, names map[string]string) members {
	m := members{}
	m.add("", gjson.Parse(doc), names)
	return m
}

func (m members) add(path string, value gjson.Result, names map[string]string) {
	if !value.IsObject() || value.Raw == "{}" && path != "" {
		m[path] = canonical(value, names)
		return
	}
	value.ForEach(func(name, v gjson.Result) bool {
		m.add(strings.TrimPrefix(path+"."+named(name.Str, names), "."), v, names)
		return true
	})
}

// canonical is a value as JSON, with objects' names for their ids and lists sorted.
func canonical(value gjson.Result, names map[string]string) string {
	switch {
	case value.Type == gjson.String:
		if name, known := names[value.Str]; known {
			return strconv.Quote(name)
		}
	case value.IsArray() || value.IsObject():
		var items []string
		value.ForEach(func(name, item gjson.Result) bool {
			text := canonical(item, names)
			if value.IsObject() {
				text = canonical(name, names) + ":" + text
			}
			items = append(items, text)
			return true
		})
		slices.Sort(items)
		return value.Raw[:1] + strings.Join(items, ",") + value.Raw[len(value.Raw)-1:]
	}
	return value.Raw
}

// named is a text, or the name of the object whose id it is.
func named(text string, names map[string]string) string {
	if name, known := names[text]; known {
		return name
	}
	return text
}

// place is a member of all objects of a kind.
type place struct{ kind, path string }

// comparison says which differences count.
type comparison struct {
	counts   func(t thing) bool              // nil: all things do
	members  func(t thing, path string) bool // nil: all members do
	volatile map[place]bool                  // members that differ from run to run anyway
}

// maxDifferences bounds how many are told.
const maxDifferences = 20

// differences says in words what is there and should not be, or otherwise, sorted.
func (c comparison) differences(want, have state) (lines []string) {
	for t, doc := range want {
		switch other, there := have[t]; {
		case c.counts != nil && !c.counts(t):
		case !there:
			lines = append(lines, t.String()+" is missing")
		default:
			lines = append(lines, c.within(t, doc, other)...)
		}
	}
	for t := range have {
		if _, wanted := want[t]; !wanted && (c.counts == nil || c.counts(t)) {
			lines = append(lines, t.String()+" is there, and should not be")
		}
	}
	slices.Sort(lines)
	if len(lines) > maxDifferences {
		lines = append(lines[:maxDifferences:maxDifferences], fmt.Sprintf("… and %d more", len(lines)-maxDifferences))
	}
	return lines
}

func (c comparison) within(t thing, want, have members) (lines []string) {
	for path := range union(want, have) {
		was, is := want[path], have[path]
		if was == is || c.volatile[place{t.Kind, path}] || isTime(was) && isTime(is) || c.members != nil && !c.members(t, path) {
			continue
		}
		lines = append(lines, fmt.Sprintf("%s: %s is %s, not %s", t, path, shown(is), shown(was)))
	}
	return lines
}

func union(a, b members) map[string]bool {
	all := map[string]bool{}
	for path := range a {
		all[path] = true
	}
	for path := range b {
		all[path] = true
	}
	return all
}

// shown is a leaf in a sentence, cut where it is long.
func shown(leaf string) string {
	const most = 80
	switch {
	case leaf == "":
		return "missing"
	case len(leaf) > most:
		return strings.ToValidUTF8(leaf[:most], "") + "…"
	}
	return leaf
}

// isTime tells whether a leaf is a moment: when something was done is not compared.
func isTime(leaf string) bool {
	_, err := time.Parse(`"`+time.RFC3339+`"`, leaf)
	return err == nil
}
