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

// members are the leaves of a document by their dotted paths, as JSON. Ids of objects stand there as the objects' kinds
// and natural keys, and moments as moments, whenever they are; lists are leaves, in an order that does not depend on theirs.
type members map[string]string

// state is what there is in a world: the objects of each kind and natural key, which is how a person would name them.
type state map[scenarios.Key][]*members

// beginning is how a world began. What has not changed since is not read again.
type beginning struct {
	state
	names map[string]string   // of ids
	read  map[string]*members // by document
}

func beginningOf(w *emulator.World) *beginning {
	b := &beginning{read: map[string]*members{}}
	all := w.Objects()
	b.names = namesOf(all)
	b.state = stateOf(all, func(o scenarios.Object) *members {
		b.read[o.Doc] = leaves(o.Doc, b.names)
		return b.read[o.Doc]
	})
	return b
}

// end is what there is now in a world that began so.
func (b *beginning) end(w *emulator.World) state {
	all := w.Objects()
	names := namesOf(all)
	same := true // all that documents of the beginning may name
	for id, name := range b.names {
		same = same && names[id] == name
	}
	return stateOf(all, func(o scenarios.Object) *members {
		isNew := b.names[o.ID] == ""
		if read := b.read[o.Doc]; read != nil && same && !isNew {
			return read
		}
		m := leaves(o.Doc, names)
		if isNew {
			(*m)[remade] = "true"
		}
		return m
	})
}

// remade stands beside the members of what was not there at the beginning: others may know what was by its id.
const remade = "(new)"

func namesOf(all map[string][]scenarios.Object) map[string]string {
	names := map[string]string{}
	for _, kind := range slices.Sorted(maps.Keys(all)) {
		for _, o := range all[kind] {
			if names[o.ID] == "" { // kinds that share ids, as parts of an object do, go by the first
				names[o.ID] = kind + " " + o.Key
			}
		}
	}
	return names
}

func stateOf(all map[string][]scenarios.Object, read func(scenarios.Object) *members) state {
	s := state{}
	for kind, objects := range all {
		for _, o := range objects {
			key := scenarios.Key{Kind: kind, Name: o.Key}
			s[key] = append(s[key], read(o))
		}
	}
	return s
}

// values are what a member is in all objects of a name, in an order that does not depend on theirs.
func (s state) values(key scenarios.Key, path string) string {
	var all []string
	for _, doc := range s[key] {
		all = append(all, (*doc)[path])
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

func leaves(doc string, names map[string]string) *members {
	m := members{}
	m.add("", gjson.Parse(doc), names)
	return &m
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
		if isTime(value.Str) {
			return "a time"
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
	counts   func(key scenarios.Key) bool              // nil: all objects do
	members  func(key scenarios.Key, path string) bool // nil: all members do
	volatile map[place]bool                            // members that differ from run to run anyway
}

// maxDifferences bounds how many are told.
const maxDifferences = 20

// differences says in words what is there and should not be, or otherwise, sorted.
func (c comparison) differences(want, have state) (lines []string) {
	keys := map[scenarios.Key]bool{}
	for _, s := range []state{want, have} {
		for key := range s {
			keys[key] = c.counts == nil || c.counts(key)
		}
	}
	for key, counts := range keys {
		if counts {
			lines = append(lines, c.of(key, want[key], have[key])...)
		}
	}
	slices.Sort(lines)
	if len(lines) > maxDifferences {
		lines = append(lines[:maxDifferences:maxDifferences], fmt.Sprintf("… and %d more", len(lines)-maxDifferences))
	}
	return lines
}

// of compares the objects of one name. Of several, those that are alike are taken for the same.
func (c comparison) of(key scenarios.Key, want, have []*members) (lines []string) {
	name := fmt.Sprintf("%s %q", key.Kind, key.Name)
	if n := max(len(want), len(have)); n > 1 {
		name += fmt.Sprintf(" (one of %d)", n)
		have = slices.Clone(have)
		want = slices.DeleteFunc(slices.Clone(want), func(w *members) bool {
			alike := slices.IndexFunc(have, func(h *members) bool { return len(c.within(key, name, w, h)) == 0 })
			if alike >= 0 {
				have = slices.Delete(have, alike, alike+1)
			}
			return alike >= 0
		})
	}
	for i := range max(len(want), len(have)) {
		switch {
		case i >= len(have):
			lines = append(lines, name+" is missing")
		case i >= len(want):
			lines = append(lines, name+" is there, and should not be")
		default:
			lines = append(lines, c.within(key, name, want[i], have[i])...)
		}
	}
	return lines
}

func (c comparison) within(key scenarios.Key, name string, want, have *members) (lines []string) {
	if want == have {
		return nil
	}
	for path := range union(*want, *have) {
		was, is := (*want)[path], (*have)[path]
		if was == is || c.volatile[place{key.Kind, path}] || c.members != nil && !c.members(key, path) {
			continue
		}
		if path == remade {
			lines = append(lines, name+map[bool]string{true: " is another one: it was deleted and made anew", false: " is still the one of the beginning"}[is != ""])
			continue
		}
		is, was = apart(is, was)
		lines = append(lines, fmt.Sprintf("%s: %s is %s, not %s", name, path, shown(is), shown(was)))
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

// apart cuts off what two long leaves begin with alike, but for a few words.
func apart(a, b string) (string, string) {
	const most, kept = 60, 30
	same := 0
	for same < min(len(a), len(b)) && a[same] == b[same] {
		same++
	}
	if same <= most {
		return a, b
	}
	return "…" + strings.ToValidUTF8(a[same-kept:], ""), "…" + strings.ToValidUTF8(b[same-kept:], "")
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

// isTime tells whether a text is a moment: when something was done is not compared.
func isTime(text string) bool {
	if len(text) < len("2006-01-02T15:04:05Z") || text[len("2006-01-02")] != 'T' {
		return false
	}
	_, err := time.Parse(time.RFC3339, text)
	return err == nil
}
