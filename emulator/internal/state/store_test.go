package state

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

var noon = time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC)

// kinds: things stand as they were made and have a name that is unique in their parent; words stand by their id in any
// case, and are listed by their owner too.
func kinds() []Kind {
	return []Kind{
		{Tenant: "v", Name: "things", Unique: func(o *Object) (string, string) { return o.Parent, strings.ToLower(o.Doc.Text("name")) }},
		{
			Tenant: "v", Name: "words", Order: func(o *Object) string { return strings.ToLower(o.ID) },
			Also:   map[string]func(*Object) string{"owned": func(o *Object) string { return o.Doc.Text("owner") }},
			Claims: func(o *Object) []string { return strings.Fields(o.Doc.Text("synonyms")) },
		},
		{Tenant: "w", Name: "things"},
	}
}

func update(t testing.TB, s *Store, fn func(tx *Tx) error) {
	t.Helper()
	if err := s.Update("v", noon, fn); err != nil {
		t.Fatal(err)
	}
}

func insert(t testing.TB, s *Store, objects ...Object) {
	t.Helper()
	update(t, s, func(tx *Tx) error {
		for _, o := range objects {
			if _, err := tx.Insert(o); err != nil {
				return fmt.Errorf("%s: %w", o.ID, err)
			}
		}
		return nil
	})
}

// read returns what fn says of the present state.
func read[T any](t testing.TB, s *Store, fn func(tx *Tx) T) T {
	t.Helper()
	var got T
	if err := s.View("v", func(tx *Tx) error { got = fn(tx); return nil }); err != nil {
		t.Fatal(err)
	}
	return got
}

func ids(objects []*Object) string {
	var all []string
	for _, o := range objects {
		all = append(all, o.ID)
	}
	return strings.Join(all, " ")
}

func thing(id, name string) Object {
	return Object{Kind: "things", ID: id, Parent: "p", Doc: Doc("{}").SetText("name", name)}
}

func TestObjects(t *testing.T) {
	s := New(1, kinds()...)
	insert(t, s, thing("b", "Bee"), thing("a", "Ant"))
	o := read(t, s, func(tx *Tx) *Object { o, _ := tx.Get("things", "a"); return o })
	if o.Seq != 2 || o.Parent != "p" || o.Doc != `{"name":"Ant"}` {
		t.Errorf("Get: %+v", o)
	}
	update(t, s, func(tx *Tx) error {
		changed, err := tx.Replace(o, `{"name":"Asp"}`)
		if err == nil && (changed.Seq != 2 || changed == o || o.Doc != `{"name":"Ant"}`) {
			t.Errorf("Replace: %+v from %+v", changed, o)
		}
		return err
	})
	named := func(name string) error {
		return s.View("v", func(tx *Tx) error { _, err := tx.Named("things", "p", name); return err })
	}
	if named("asp") != nil || !errors.Is(named("ant"), ErrNotFound) {
		t.Error("a name follows its object")
	}
	if got := read(t, s, func(tx *Tx) string { return ids(tx.List("things", "things", "p")) }); got != "b a" {
		t.Errorf("List: %s", got)
	}
	update(t, s, func(tx *Tx) error { return tx.Delete("things", "a") })
	if !errors.Is(named("asp"), ErrNotFound) || read(t, s, func(tx *Tx) bool { return tx.Has("things", "a") }) {
		t.Error("Delete left something")
	}
	insert(t, s, thing("c", "ASP")) // the name is free again
}

func TestClaims(t *testing.T) {
	s := New(1, kinds()...)
	word := func(id, synonyms string) Object {
		return Object{Kind: "words", ID: id, Doc: Doc("{}").SetText("synonyms", synonyms)}
	}
	holder := func(synonym string) string {
		return read(t, s, func(tx *Tx) string {
			o, err := tx.Named("words", Claimed, synonym)
			if err != nil {
				return ""
			}
			return o.ID
		})
	}
	insert(t, s, word("large", "big great big"), word("small", "little"))
	if holder("big") != "large" || holder("great") != "large" || holder("little") != "small" {
		t.Error("an object holds each of its names, one given twice too")
	}
	update(t, s, func(tx *Tx) error {
		if _, err := tx.Insert(word("fat", "stout great")); !errors.Is(err, ErrConflict) {
			t.Errorf("a name of another: %v", err)
		}
		small, _ := tx.Get("words", "small")
		if _, err := tx.Replace(small, `{"synonyms":"tiny big"}`); !errors.Is(err, ErrConflict) {
			t.Errorf("a change to a name of another: %v", err)
		}
		_, err := tx.Replace(small, `{"synonyms":"tiny"}`)
		return err
	})
	if holder("tiny") != "small" || holder("little")+holder("stout") != "" || holder("big") != "large" {
		t.Error("names follow changes, and refusals leave none")
	}
	update(t, s, func(tx *Tx) error { return tx.Delete("words", "large") })
	insert(t, s, word("fat", "great big little"))
}

func TestRefusals(t *testing.T) {
	s := New(1, kinds()...)
	insert(t, s, thing("a", "Ant"), thing("b", "Bee"), Object{Kind: "things", ID: "c", Parent: "other", Doc: `{"name":"ant"}`}, Object{Kind: "things", ID: "nameless", Parent: "p", Doc: "{}"})
	version := s.Version()
	for _, c := range []struct {
		what string
		want error
		fn   func(tx *Tx) error
	}{
		{"the id is taken", ErrConflict, func(tx *Tx) error { _, err := tx.Insert(thing("a", "Cat")); return err }},
		{"the name is taken", ErrConflict, func(tx *Tx) error { _, err := tx.Insert(thing("d", "ANT")); return err }},
		{"a rename to a taken name", ErrConflict, func(tx *Tx) error {
			o, _ := tx.Get("things", "b")
			_, err := tx.Replace(o, `{"name":"ant"}`)
			return err
		}},
		{"replacing what is gone", ErrNotFound, func(tx *Tx) error { _, err := tx.Replace(&Object{Kind: "things", ID: "x"}, "{}"); return err }},
		{"deleting what is gone", ErrNotFound, func(tx *Tx) error { return tx.Delete("things", "x") }},
		{"getting what is gone", ErrNotFound, func(tx *Tx) error { _, err := tx.Get("things", "x"); return err }},
		{"a name of nothing", ErrNotFound, func(tx *Tx) error { _, err := tx.Named("things", "p", "x"); return err }},
		{"another scope's name", ErrNotFound, func(tx *Tx) error { _, err := tx.Named("things", "", "ant"); return err }},
	} {
		if err := s.Update("v", noon, c.fn); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.what, err, c.want)
		}
	}
	if s.Version() != version {
		t.Error("a refusal changed the version")
	}
	insert(t, s, Object{Kind: "things", ID: "nameless too", Parent: "p", Doc: "{}"}) // no name, no conflict
	update(t, s, func(tx *Tx) error {                                                // a rename to the own name in another case
		o, _ := tx.Get("things", "a")
		_, err := tx.Replace(o, `{"name":"ANT"}`)
		return err
	})
}

func TestAnAbortedUpdateLeavesNoTrace(t *testing.T) {
	s := New(1, kinds()...)
	insert(t, s, thing("a", "Ant"))
	version, seq := s.Version(), s.Seq()
	change := func(tx *Tx) {
		o, _ := tx.Get("things", "a")
		_, _ = tx.Replace(o, `{"name":"Asp"}`)
		_, _ = tx.Insert(thing("b", "Bee"))
		tx.SetNote("n", "1")
		tx.Hash("x")
		if !tx.Has("things", "b") || tx.Note("n") != "1" || tx.Count("things", "things", "p") != 2 {
			t.Error("a transaction does not see its own writes")
		}
	}
	failed := errors.New("failed")
	if err := s.Update("v", noon, func(tx *Tx) error { change(tx); return failed }); err != failed {
		t.Errorf("Update returned %v", err)
	}
	func() {
		defer func() {
			if recover() != "boom" {
				t.Error("the panic was swallowed")
			}
		}()
		_ = s.Update("v", noon, func(tx *Tx) error { change(tx); panic("boom") })
	}()
	if s.Version() != version || s.Seq() != seq {
		t.Errorf("version %d became %d, sequence %d became %d", version, s.Version(), seq, s.Seq())
	}
	got := read(t, s, func(tx *Tx) string {
		o, _ := tx.Get("things", "a")
		return string(o.Doc) + tx.Note("n") + ids(tx.List("things", "things", "p"))
	})
	if got != `{"name":"Ant"}a` {
		t.Errorf("left behind: %s", got)
	}
	insert(t, s, thing("c", "Bee")) // the lock is free, and the name
}

func TestOnlyObjectsCountAsAVersion(t *testing.T) {
	s := New(1, kinds()...)
	update(t, s, func(tx *Tx) error { tx.SetNote("bucket", "5"); tx.Hash("id"); return nil })
	if s.Version() != 0 || s.Seq() != 1 {
		t.Errorf("version %d, sequence %d", s.Version(), s.Seq())
	}
	if got := read(t, s, func(tx *Tx) string { return tx.Note("bucket") }); got != "5" {
		t.Errorf("the note is %q", got)
	}
	update(t, s, func(tx *Tx) error { tx.SetNote("bucket", ""); return nil })
	if got := read(t, s, func(tx *Tx) string { return tx.Note("bucket") }); got != "" {
		t.Errorf("the note is still %q", got)
	}
	insert(t, s, thing("a", "Ant"))
	if s.Version() != 1 {
		t.Errorf("version %d after one insert", s.Version())
	}
	s.SetSeq(100)
	s.SetSeq(50)
	if s.Seq() != 100 {
		t.Errorf("SetSeq lowered the sequence to %d", s.Seq())
	}
}

func TestTenantsAreApart(t *testing.T) {
	s := New(1, kinds()...)
	insert(t, s, thing("a", "Ant"))
	update(t, s, func(tx *Tx) error {
		tx.SetNote("n", "v")
		return tx.In("w", func(tx *Tx) error {
			if tx.Has("things", "a") || tx.Note("n") != "" {
				t.Error("a tenant sees another's")
			}
			_, err := tx.Insert(thing("a", "Ant"))
			return err
		})
	})
	counts := read(t, s, func(tx *Tx) int { return tx.Count("things", "things", "p") })
	if counts != 1 {
		t.Errorf("%d objects in the first tenant", counts)
	}
}

func TestFaultsOfOursPanic(t *testing.T) {
	s := New(1, kinds()...)
	for what, fn := range map[string]func(tx *Tx) error{
		"a write in a View":     func(tx *Tx) error { _, err := tx.Insert(thing("a", "Ant")); return err },
		"a note in a View":      func(tx *Tx) error { tx.SetNote("n", "1"); return nil },
		"a hash in a View":      func(tx *Tx) error { tx.Hash("x"); return nil },
		"a kind that is none":   func(tx *Tx) error { _, err := tx.Get("none", "a"); return err },
		"a list that is none":   func(tx *Tx) error { tx.Count("things", "none", "p"); return nil },
		"another tenant's kind": func(tx *Tx) error { return tx.In("w", func(tx *Tx) error { tx.Has("words", "a"); return nil }) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s did not panic", what)
				}
			}()
			_ = s.View("v", fn)
		}()
	}
}

func TestHashDependsOnSeedSequenceAndLabelAlone(t *testing.T) {
	hash := func(s *Store, label string) (sum [32]byte) {
		update(t, s, func(tx *Tx) error { sum = tx.Hash(label); return nil })
		return sum
	}
	a, b := New(1, kinds()...), New(1, kinds()...)
	first := hash(a, "x")
	if hash(b, "x") != first {
		t.Error("equal worlds disagree")
	}
	fork := a.Snapshot().Store()
	if second := hash(a, "x"); second == first || second != hash(fork, "x") {
		t.Error("a fork disagrees, or the sequence does not count")
	}
	if hash(New(2, kinds()...), "x") == first || hash(New(1, kinds()...), "y") == first || hash(New(1).Snapshot().Reseeded(2).Store(), "x") == first {
		t.Error("the seed or the label does not count")
	}
	if hash(New(2).Snapshot().Reseeded(1).Store(), "x") != first {
		t.Error("a reseeded store is not like a new one")
	}
}

func TestSnapshotsForksAndRestores(t *testing.T) {
	s := New(1, kinds()...)
	insert(t, s, thing("a", "Ant"))
	update(t, s, func(tx *Tx) error { tx.SetNote("n", "1"); return nil })
	saw := func(s *Store) string {
		return read(t, s, func(tx *Tx) string { return ids(tx.List("things", "things", "p")) + "/" + tx.Note("n") })
	}
	snapshot := s.Snapshot()
	fork := snapshot.Store()
	insert(t, s, thing("b", "Bee"))
	insert(t, fork, thing("c", "Bee")) // no conflict: another world
	update(t, fork, func(tx *Tx) error { tx.SetNote("n", "2"); return tx.Delete("things", "a") })
	if saw(s) != "a b/1" || saw(fork) != "c/2" || saw(snapshot.Store()) != "a/1" {
		t.Errorf("world %s, fork %s, snapshot %s", saw(s), saw(fork), saw(snapshot.Store()))
	}
	for range 2 { // any number of times
		s.Restore(snapshot)
		if saw(s) != "a/1" || s.Seq() != 1 || s.Version() != 1 {
			t.Errorf("restored: %s, sequence %d, version %d", saw(s), s.Seq(), s.Version())
		}
		insert(t, s, thing("d", "Bee"))
	}
	if saw(fork) != "c/2" || saw(s) != "a d/1" {
		t.Errorf("world %s, fork %s", saw(s), saw(fork))
	}
}

func TestAsOf(t *testing.T) {
	s := New(1, kinds()...)
	for i := range Remembered + 10 {
		if err := s.Update("v", noon.Add(time.Duration(i)*time.Second), func(tx *Tx) error { _, err := tx.Insert(thing(fmt.Sprint(i), fmt.Sprint(i))); return err }); err != nil {
			t.Fatal(err)
		}
	}
	count := func(at time.Time) int {
		return read(t, s.AsOf(at).Store(), func(tx *Tx) int { return tx.Count("things", "things", "p") })
	}
	last := noon.Add((Remembered + 9) * time.Second)
	for _, c := range []struct {
		at   time.Time
		want int
	}{
		{last.Add(time.Hour), Remembered + 10}, {last, Remembered + 10}, {last.Add(-1), Remembered + 9}, {last.Add(-5 * time.Second), Remembered + 5},
		{noon.Add(9 * time.Second), 10}, {noon, 10}, {time.Time{}, 10}, // the oldest that is remembered
	} {
		if got := count(c.at); got != c.want {
			t.Errorf("as of %s there were %d, want %d", c.at.Sub(noon), got, c.want)
		}
	}
	for range Remembered {
		if err := s.Update("v", last, func(tx *Tx) error { tx.SetNote("n", "1"); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if got := count(noon); got != 10 {
		t.Errorf("notes pushed out what is remembered: %d", got)
	}
	s.Restore(s.Snapshot())
	if got := count(noon); got != Remembered+10 {
		t.Errorf("another history is remembered after a restore: %d", got)
	}
}

// TestConcurrentForksAndReads is for the race detector: snapshots of one world are forked, restored and written by many
// at once, while others read and write the world.
func TestConcurrentForksAndReads(t *testing.T) {
	s := New(1, kinds()...)
	insert(t, s, thing("a", "Ant"))
	shared := s.Snapshot()
	var all sync.WaitGroup
	work := func(fn func(i int)) {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := range 50 {
				fn(i)
			}
		}()
	}
	for n := range 4 {
		work(func(i int) { insert(t, s, thing(fmt.Sprint(n, "-", i), fmt.Sprint(n, "-", i))) })
		work(func(int) { _ = read(t, s, func(tx *Tx) string { return ids(tx.List("things", "things", "p")) }) })
		work(func(i int) {
			fork := shared.Store()
			insert(t, fork, thing("z", "z"))
			if n := read(t, fork, func(tx *Tx) int { return tx.Count("things", "things", "p") }); n != 2 {
				t.Errorf("a fork has %d objects", n)
			}
			fork.Restore(shared)
		})
		work(func(int) {
			_ = s.Snapshot().Store()
			_ = s.AsOf(noon).Store()
			_, _ = s.Version(), s.Seq()
		})
	}
	all.Wait()
	if got := read(t, s, func(tx *Tx) int { return tx.Count("things", "things", "p") }); got != 201 {
		t.Errorf("%d objects in the end", got)
	}
}
