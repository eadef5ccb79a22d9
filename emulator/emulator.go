// Package emulator runs emulated vendors. An Emulator holds worlds; each world has its own state, clock, limits,
// credentials and journal. It answers over HTTP and HTTPS, or over an in-memory network for tests.
package emulator

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/understudy-dev/understudy/emulator/internal/authority"
	"github.com/understudy-dev/understudy/emulator/internal/clock"
	"github.com/understudy-dev/understudy/emulator/internal/serve"
	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
	"github.com/understudy-dev/understudy/emulator/vendors"
	"github.com/understudy-dev/understudy/fixtures"
)

// Emulator answers for all vendors. It is safe for concurrent use.
type Emulator struct {
	options options
	server  *serve.Server

	mu     sync.Mutex
	worlds map[string]*World
	bases  map[string]start     // what named fixtures build, once each
	ca     *authority.Authority // of all HTTPS ports; nil before the first

	listeners listeners
	opening   atomic.Bool // while Start has not opened every port
}

// start is where a world begins: a fixture, built, or another world at the moment of a fork.
type start struct {
	name     string
	snapshot state.Snapshot
	fixture  *fixtures.Fixture
	clock    *clock.State // of a fork; nil: as the fixture says
}

// New builds an emulator with one world, "default". It opens no port.
// Errors: a fixture that breaks the tables (file:line:column), unknown limits or vendors, limits that are known less well
// than WithEvidence asks.
func New(opts ...Option) (*Emulator, error) {
	o := options{seed: 1}
	for _, opt := range opts {
		if err := opt(&o); err != nil {
			return nil, err
		}
	}
	e := &Emulator{options: o, server: serve.New(vendors.All()), worlds: map[string]*World{}, bases: map[string]start{}}
	e.server.CheckReplies = o.checkReplies
	e.server.Markers = !o.noMarkers
	e.server.Log = o.log
	e.server.Control = e.control
	limits, err := serve.Presets(e.server.Vendors(), o.limits)
	if err != nil {
		return nil, err
	}
	if err := e.server.Hold(o.evidence, limits); err != nil {
		return nil, err
	}
	first, err := e.defaultStart()
	if err != nil {
		return nil, err
	}
	if _, err := e.addWorld(serve.DefaultWorld, first); err != nil {
		return nil, err
	}
	return e, nil
}

// acme builds the shipped company once for every emulator: a snapshot never changes.
var acme = sync.OnceValues(func() (start, error) {
	f, err := fixtures.Load("acme")
	if err != nil {
		return start{}, err
	}
	return build(vendors.All(), f)
})

// defaultStart is where the default world begins.
func (e *Emulator) defaultStart() (start, error) {
	if e.options.imported == nil {
		return e.firstStart()
	}
	imported, err := build(e.server.Vendors(), e.options.imported)
	if err != nil {
		return start{}, fmt.Errorf("import: %w", err)
	}
	return imported, nil
}

func (e *Emulator) firstStart() (start, error) {
	if e.options.fixture == nil {
		return acme()
	}
	return build(e.server.Vendors(), e.options.fixture)
}

// Vendors lists the names of the emulated vendors, in the order of the documentation.
func Vendors() []string {
	return names(catalogue(), func(v *spec.Vendor) string { return v.Name })
}

// InBubble tells whether the caller runs inside a testing/synctest bubble.
func InBubble() bool { return clock.InBubble() }

// Handler answers as Start's listeners do.
func (e *Emulator) Handler() http.Handler { return e.server }

// Default is the world that answers where a request chooses none.
func (e *Emulator) Default() *World { return e.World(serve.DefaultWorld) }

// World returns a world by name, or nil.
func (e *Emulator) World(name string) *World {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.worlds[name]
}

// startNamed finds a fixture by name for a reset or a new world: "" is what the emulator began with.
func (e *Emulator) startNamed(name string) (start, error) {
	if name == "" {
		return e.firstStart()
	}
	f, err := e.options.dir.Load(name)
	if err != nil {
		return start{}, fmt.Errorf("%w: %w", ErrNoFixture, err)
	}
	e.mu.Lock()
	known, ok := e.bases[name]
	e.mu.Unlock()
	if ok && string(known.fixture.Format()) == string(f.Format()) {
		return known, nil
	}
	built, err := build(e.server.Vendors(), f)
	if err != nil {
		return start{}, err
	}
	built.name = name
	e.mu.Lock()
	e.bases[name] = built
	e.mu.Unlock()
	return built, nil
}

// MaxWorlds bounds how many worlds one emulator runs.
const MaxWorlds = 10_000

// CreateWorld makes a world that starts from a fixture by name, "" for the one that the emulator began with.
// A name has letters, digits, '-', '_' and '.', at most 64. Errors: a bad or taken name, an unknown fixture.
func (e *Emulator) CreateWorld(name, fixture string) (*World, error) {
	from, err := e.startNamed(fixture)
	if err != nil {
		return nil, err
	}
	return e.addWorld(name, from)
}

func (e *Emulator) addWorld(name string, from start) (*World, error) {
	if !isWorldName(name) {
		return nil, fmt.Errorf("%w: %q has something else than 1 to 64 letters, digits, '-', '_' and '.'", ErrBadName, name)
	}
	w := newWorld(e, name, from)
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.worlds) >= MaxWorlds {
		return nil, fmt.Errorf("%w: there are %d already", ErrTooMany, MaxWorlds)
	}
	if !e.server.Add(w.inner) {
		return nil, fmt.Errorf("%w: a world %q", ErrExists, name)
	}
	e.worlds[name] = w
	return w, nil
}

// Worlds lists the names of all worlds, sorted.
func (e *Emulator) Worlds() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return sortedKeys(e.worlds)
}

// DeleteWorld forgets a world. The default one stays. Errors: ErrNotFound, ErrBadName for the default.
func (e *Emulator) DeleteWorld(name string) error {
	if name == serve.DefaultWorld {
		return fmt.Errorf("%w: the default world stays", ErrBadName)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	w := e.worlds[name]
	if w == nil {
		return fmt.Errorf("%w: a world %q", ErrNotFound, name)
	}
	delete(e.worlds, name)
	e.server.Remove(name)
	w.Disarm() // calls that it keeps go on
	return nil
}
