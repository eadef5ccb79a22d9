package emulator

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/clock"
	"github.com/understudy-dev/understudy/emulator/internal/serve"
	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/scenarios"
)

// World is one isolated run of all vendors: state, clock, limits, credentials, scenario and journal.
type World struct {
	emulator *Emulator
	inner    *serve.World

	mu    sync.Mutex
	start start

	checkpoints checkpoints
}

func newWorld(e *Emulator, name string, from start) *World {
	limits, _ := serve.Presets(e.server.Vendors(), e.options.limits) // New has refused bad ones
	w := &World{emulator: e, start: from, inner: &serve.World{
		Name: name, Store: from.snapshot.Reseeded(e.options.seed).Store(), Clock: clock.NewWorld(), Journal: serve.NewJournal(e.server.Vendors()),
		Strict: e.options.strict, Limits: limits, Admin: admin,
	}}
	w.rewind(from)
	return w
}

// rewind puts the clock where a start has it.
func (w *World) rewind(from start) {
	if from.clock != nil {
		w.inner.Clock.Restore(*from.clock)
		return
	}
	w.setClock(from.fixture.Clock)
}

// setClock puts the clock where a fixture wants it: running, from that moment; zero means now.
func (w *World) setClock(at time.Time) {
	s := clock.State{}
	if !at.IsZero() {
		s.Offset = at.Sub(clock.System{}.Now())
	}
	w.inner.Clock.Restore(s)
}

// Name is the world's name.
func (w *World) Name() string { return w.inner.Name }

// Fixture is the name of the fixture that the world starts from.
func (w *World) Fixture() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.start.fixture.Name
}

// Reset goes back to what the world started from, or to another fixture by name, which becomes its start. Objects,
// clock, limits, minted credentials and counters are as at the start, the scenario is disarmed, the journal empty. A
// fork goes back to the moment of the fork. Credentials minted since still lead to this world, which no longer knows them.
func (w *World) Reset(fixture string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if fixture != "" {
		from, err := w.emulator.startNamed(fixture)
		if err != nil {
			return err
		}
		w.start = from
	}
	w.inner.Disarm()
	w.inner.Store.Restore(w.start.snapshot.Reseeded(w.emulator.options.seed))
	w.rewind(w.start)
	w.inner.Journal.Clear()
	return nil
}

// Snapshot is a world at one moment: its whole state and its clock. The journal is not in it.
type Snapshot struct {
	state state.Snapshot
	clock clock.State
}

// Snapshot takes one, at a cost that does not grow with the state.
func (w *World) Snapshot() Snapshot {
	w.inner.Settle()
	return Snapshot{state: w.inner.Store.Snapshot(), clock: w.inner.ClockState()}
}

// Restore puts a snapshot in the place of the present state.
func (w *World) Restore(s Snapshot) {
	w.inner.Settle()
	w.inner.Restore(s.state)
	w.inner.RestoreClock(s.clock)
}

// Fork makes a world that begins where this one is now. Credentials that this one minted work in the fork where a
// request chooses it by header or path; its journal is empty and no scenario is armed.
func (w *World) Fork(name string) (*World, error) {
	s := w.Snapshot()
	w.mu.Lock()
	from := start{name: w.start.name, snapshot: s.state, fixture: w.start.fixture, clock: &s.clock}
	w.mu.Unlock()
	return w.emulator.addWorld(name, from)
}

// Now is the world's time.
func (w *World) Now() time.Time { return w.inner.Clock.Now() }

// Advance moves the clock on and wakes what is due. Inside a testing/synctest bubble it sleeps, in virtual time.
func (w *World) Advance(d time.Duration) error { return w.inner.Clock.Advance(d) }

// Freeze stops the clock; only Advance moves it then.
func (w *World) Freeze() { w.inner.Clock.Freeze() }

// Resume lets a frozen clock run again, from where it is.
func (w *World) Resume() { w.inner.Clock.Resume() }

// Frozen tells whether the clock stands.
func (w *World) Frozen() bool { return w.inner.Clock.Frozen() }

// Journal returns what the world answered, oldest first, with secrets masked.
func (w *World) Journal(f Filter) []Entry { return w.inner.Journal.Entries(f) }

// Await waits until the journal has n exchanges that the filter takes, those that it has already among them, and returns
// all such; Limit is not heeded. Nothing is polled: inside a testing/synctest bubble time goes on as it likes. Error: ctx
// ends first. Inside a bubble the world must answer in that bubble.
func (w *World) Await(ctx context.Context, f Filter, n int) ([]Entry, error) {
	done, forget := w.inner.Journal.Await(f, n)
	defer forget()
	f.Limit = 0
	select {
	case <-done:
		return w.Journal(f), nil
	case <-ctx.Done():
		came := w.Journal(f)
		return came, fmt.Errorf("%d of %d exchanges came: %w", len(came), n, ctx.Err())
	}
}

// ClearJournal forgets what was answered.
func (w *World) ClearJournal() { w.inner.Journal.Clear() }

// Version counts the changes of objects.
func (w *World) Version() uint64 { return w.inner.Store.Version() }

// Get returns the document of an object by its id. Error: ErrNotFound.
func (w *World) Get(vendor, kind, id string) (string, error) {
	if _, err := w.emulator.kind(vendor, kind); err != nil {
		return "", err
	}
	w.inner.Settle()
	var doc state.Doc
	err := w.inner.Store.View(vendor, func(tx *state.Tx) error {
		o, err := tx.Get(kind, id)
		if err != nil {
			return fmt.Errorf("%w: %s %s %q", ErrNotFound, vendor, kind, id)
		}
		doc = o.Doc
		return nil
	})
	return string(doc), err
}

// Put adds an object, completed as the vendor completes a new one, or changes the one with its id: members that the
// document leaves out stay as they are. It returns the id. Errors: what the table says against the document; ErrExists
// where another object has its name.
func (w *World) Put(vendor, kind, doc string) (string, error) {
	w.inner.Settle()
	k, err := w.emulator.kind(vendor, kind)
	if err != nil {
		return "", err
	}
	parsed, err := state.Parse([]byte(doc))
	if err != nil {
		return "", err
	}
	p := planter{vendor: w.emulator.vendor(vendor), now: w.Now()}
	var id string
	err = w.inner.Store.Update(vendor, p.now, func(tx *state.Tx) error {
		id, err = p.put(tx, k, parsed)
		return err
	})
	return id, err
}

// Delete removes an object. What hangs on it stays: deletion with its consequences is the vendor's operation.
func (w *World) Delete(vendor, kind, id string) error {
	w.inner.Settle()
	if _, err := w.emulator.kind(vendor, kind); err != nil {
		return err
	}
	return w.inner.Store.Update(vendor, w.Now(), func(tx *state.Tx) error {
		if tx.Delete(kind, id) != nil {
			return fmt.Errorf("%w: %s %s %q", ErrNotFound, vendor, kind, id)
		}
		return nil
	})
}

// Objects lists all objects by their kinds, such as auth0.organizations, with ids, natural keys and documents, in which
// secrets are masked. Tokens and their like are not among them. An object whose kind has no natural key goes by its id.
func (w *World) Objects() map[string][]scenarios.Object {
	w.inner.Settle()
	return w.inner.Objects()
}

// Export returns the world's state as a fixture: every object, minted credentials included, and the time where the clock
// was set, moved or frozen. Neither that it was frozen nor the list of Credentials is in it.
func (w *World) Export() *fixtures.Fixture {
	w.inner.Settle()
	w.mu.Lock()
	from := w.start.fixture
	w.mu.Unlock()
	var at time.Time
	if w.inner.Clock.State() != (clock.State{}) {
		at = w.Now()
	}
	return export(w.emulator.server.Vendors(), w.inner.Store, from, at)
}

// Import puts a fixture in the place of the present state, its clock included: all of it, or nothing. A frozen clock
// stays frozen, at the fixture's time. Minted credentials of the fixture work; Credentials lists none of them.
func (w *World) Import(f *fixtures.Fixture) error {
	w.inner.Settle()
	built, err := build(w.emulator.server.Vendors(), f)
	if err != nil {
		return err
	}
	frozen := w.Frozen()
	w.inner.Restore(built.snapshot.Reseeded(w.emulator.options.seed))
	w.setClock(f.Clock)
	if at := f.Clock; frozen {
		if at.IsZero() {
			at = w.Now()
		}
		w.inner.Clock.Restore(clock.State{Frozen: true, At: at})
	}
	return nil
}

func (e *Emulator) vendor(name string) *spec.Vendor {
	for _, v := range e.server.Vendors() {
		if v.Name == name {
			return v
		}
	}
	return nil
}

func (e *Emulator) kind(vendor, kind string) (*spec.Kind, error) {
	v := e.vendor(vendor)
	if v == nil {
		return nil, fmt.Errorf("%w: a vendor %q", ErrNotFound, vendor)
	}
	k := v.Kind(kind)
	if k == nil {
		return nil, fmt.Errorf("%w: %s has no kind %q", ErrNotFound, vendor, kind)
	}
	return k, nil
}
