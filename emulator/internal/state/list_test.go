package state

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// model is the store as a person would write it: a slice.
type model struct{ objects []Object }

func (m *model) find(kind, id string) int {
	return slices.IndexFunc(m.objects, func(o Object) bool { return o.Kind == kind && o.ID == id })
}

func (m *model) clash(o Object) bool {
	return slices.ContainsFunc(m.objects, func(p Object) bool {
		same := o.Kind == p.Kind && o.ID != p.ID && o.Kind == "things" && o.Parent == p.Parent
		return same && o.Doc.Text("name") != "" && strings.EqualFold(o.Doc.Text("name"), p.Doc.Text("name"))
	})
}

// list sorts what a list holds.
func (m *model) list(kind, list, parent string) []Object {
	var all []Object
	for _, o := range m.objects {
		under := o.Parent
		if list == "owned" {
			under = o.Doc.Text("owner")
		}
		if o.Kind == kind && under == parent {
			all = append(all, o)
		}
	}
	slices.SortFunc(all, func(a, b Object) int {
		if kind == "words" {
			return cmp.Or(cmp.Compare(strings.ToLower(a.ID), strings.ToLower(b.ID)), cmp.Compare(a.ID, b.ID))
		}
		return cmp.Compare(a.Seq, b.Seq)
	})
	return all
}

var allLists = []struct{ kind, list string }{{"things", "things"}, {"words", "words"}, {"words", "owned"}}

// TestListsAgreeWithASlice changes a store and a slice alike, and then asks both for pages, places and counts.
func TestListsAgreeWithASlice(t *testing.T) {
	// ids and parents that lie close together in the trees, and begin with each other
	id := rapid.SampledFrom([]string{"a", "A", "b", "B", "aa", "a/b", "a\x01", "é", "", "zz", "c", "d", "e"})
	parent := rapid.SampledFrom([]string{"", "p", "p/", "pp", "q"})
	name := rapid.SampledFrom([]string{"", "n", "N", "m", "nn"})
	rapid.Check(t, func(t *rapid.T) {
		s, m := New(1, kinds()...), &model{}
		for range rapid.IntRange(0, 40).Draw(t, "changes") {
			kind := rapid.SampledFrom([]string{"things", "words"}).Draw(t, "kind")
			o := Object{Kind: kind, ID: id.Draw(t, "id"), Parent: parent.Draw(t, "parent")}
			o.Doc = NewBuilder().Text("name", name.Draw(t, "name")).Text("owner", parent.Draw(t, "owner")).Doc()
			change(t, s, m, o, rapid.SampledFrom([]string{"insert", "insert", "insert", "replace", "delete"}).Draw(t, "change"))
		}
		for _, l := range allLists {
			compare(t, s, m, l.kind, l.list, parent.Draw(t, "asked"), rapid.IntRange(-1, 12).Draw(t, "offset"), rapid.IntRange(-1, 12).Draw(t, "limit"))
		}
	})
}

func change(t *rapid.T, s *Store, m *model, o Object, what string) {
	at := m.find(o.Kind, o.ID)
	err := s.Update("v", noon, func(tx *Tx) error {
		switch what {
		case "insert":
			made, err := tx.Insert(o)
			if err == nil {
				o = *made
			}
			return err
		case "replace":
			old, err := tx.Get(o.Kind, o.ID)
			if err != nil {
				return err
			}
			_, err = tx.Replace(old, o.Doc)
			return err
		}
		return tx.Delete(o.Kind, o.ID)
	})
	var want error
	switch {
	case what == "insert" && (at >= 0 || m.clash(o)):
		want = ErrConflict
	case what == "insert":
		m.objects = append(m.objects, o)
	case at < 0:
		want = ErrNotFound
	case what == "delete":
		m.objects = slices.Delete(m.objects, at, at+1)
	default:
		changed := m.objects[at]
		changed.Doc = o.Doc
		if m.clash(changed) {
			want = ErrConflict
		} else {
			m.objects[at] = changed
		}
	}
	if !errors.Is(err, want) {
		t.Fatalf("%s %+v: %v, want %v", what, o, err, want)
	}
}

func compare(t *rapid.T, s *Store, m *model, kind, list, parent string, offset, limit int) {
	want := m.list(kind, list, parent)
	names := func(objects []Object) []string {
		all := []string{}
		for _, o := range objects {
			all = append(all, o.ID+string(o.Doc))
		}
		return all
	}
	same := func(what string, got []*Object, want []Object) {
		var have []Object
		for _, o := range got {
			have = append(have, *o)
		}
		if !slices.Equal(names(have), names(want)) {
			t.Fatalf("%s of %s/%s under %q: %q, want %q", what, kind, list, parent, names(have), names(want))
		}
	}
	_ = s.View("v", func(tx *Tx) error {
		if n := tx.Count(kind, list, parent); n != len(want) {
			t.Fatalf("Count of %s/%s under %q is %d, want %d", kind, list, parent, n, len(want))
		}
		same("List", tx.List(kind, list, parent), want)
		var page []Object
		if offset >= 0 && limit > 0 && offset < len(want) {
			page = want[offset:min(offset+limit, len(want))]
		}
		same("Page", tx.Page(kind, list, parent, offset, limit), page)
		if offset >= 0 && offset < len(want) {
			o := want[offset]
			rest := want[offset+1:]
			same("After", tx.After(kind, list, parent, tx.OrderOf(&o), o.ID, max(0, limit)), rest[:min(max(0, limit), len(rest))])
		}
		return nil
	})
}

func TestAllIsByID(t *testing.T) {
	s := New(1, kinds()...)
	insert(t, s, thing("b", "1"), thing("a", "2"), thing("", "3"), Object{Kind: "words", ID: "w"})
	got := read(t, s, func(tx *Tx) string {
		var all []string
		for o := range tx.All("things") {
			all = append(all, o.ID)
			if o.ID == "a" {
				break
			}
		}
		return strings.Join(all, ",")
	})
	if got != ",a" {
		t.Errorf("All yields %q", got)
	}
}
