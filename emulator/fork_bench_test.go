package emulator

import (
	"fmt"
	"testing"

	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// BenchmarkFork forks worlds of so many objects, writes to the fork, and forgets it: the cost does not grow with them.
func BenchmarkFork(b *testing.B) {
	for _, objects := range []int{10_000, 1_000_000} {
		b.Run(fmt.Sprint("objects=", objects), func(b *testing.B) {
			e := filled(b, objects)
			for b.Loop() {
				fork, err := e.Default().Fork("fork")
				if err != nil {
					b.Fatal(err)
				}
				if err := fork.Delete("auth0", "roles", "rol_0"); err != nil {
					b.Fatal(err)
				}
				if err := e.DeleteWorld("fork"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// filled is an emulator with so many roles, past the tables' own checks, which would take minutes.
func filled(b *testing.B, objects int) *Emulator {
	b.Helper()
	e, err := New()
	if err != nil {
		b.Fatal(err)
	}
	w := e.Default()
	err = w.inner.Store.Update("auth0", w.Now(), func(tx *state.Tx) error {
		for i := range objects {
			doc := state.Doc(fmt.Sprintf(`{"name":"role-%d","description":"one of many"}`, i))
			if _, err := tx.Insert(state.Object{Kind: "roles", ID: fmt.Sprint("rol_", i), Doc: doc}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return e
}
