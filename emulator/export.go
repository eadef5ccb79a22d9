package emulator

import (
	"slices"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
	"github.com/understudy-dev/understudy/emulator/vendors"
	"github.com/understudy-dev/understudy/fixtures"
)

func catalogue() []*spec.Vendor { return vendors.All() }

// export writes every object of a store into a fixture, in the order in which they were made.
func export(vendors []*spec.Vendor, store *state.Store, from *fixtures.Fixture, now time.Time) *fixtures.Fixture {
	still := store.Snapshot().Store()
	f := &fixtures.Fixture{Name: from.Name, About: from.About, Sequence: max(1, still.Seq()), Clock: now}
	for _, v := range vendors {
		section := fixtures.Vendor{Name: v.Name}
		_ = still.View(v.Name, func(tx *state.Tx) error {
			for i := range v.Kinds {
				if kind := exportKind(tx, &v.Kinds[i]); len(kind.Objects) > 0 {
					section.Kinds = append(section.Kinds, kind)
				}
			}
			return nil
		})
		if len(section.Kinds) > 0 {
			f.Vendors = append(f.Vendors, section)
		}
	}
	return f
}

func exportKind(tx *state.Tx, k *spec.Kind) fixtures.Kind {
	objects := slices.SortedFunc(tx.All(k.Name), func(a, b *state.Object) int { return int(a.Seq) - int(b.Seq) })
	kind := fixtures.Kind{Name: k.Name}
	for _, o := range objects {
		kind.Objects = append(kind.Objects, fixtures.Object{Doc: string(o.Doc)})
	}
	return kind
}
