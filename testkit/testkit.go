// Package testkit puts emulated vendors into a Go test: in process, with no port, inside or outside a testing/synctest
// bubble.
//
//	w := testkit.Start(t)
//	client, _ := management.New(w.Auth0().Domain(), management.WithStaticToken(w.Auth0().Token()), management.WithClient(w.Client()))
//
// Each Start is a world of its own, gone when the test ends. The test fails where the world answered what no table
// declares, where a path was called that is not emulated, where a response body was never closed, and where a rule of the
// scenario never fired. A test that failed logs at most 25 lines for each world: the last exchanges, what the rules that
// never fired waited for, and the command that repeats it, which keeps the whole journal as an artifact from Go 1.26 on.
//
// Inside a bubble use the bubble's own t and context. A goroutine that the test leaves behind, asleep or waiting, is
// synctest's panic "main bubble goroutine has exited but blocked goroutines remain"; the log above it says which it is and
// where it was started, unless more than 100 goroutines run in the process, where nobody looks. A hang with no time-out
// anywhere is its "deadlock: all goroutines in bubble are blocked".
package testkit

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/testkit/internal/report"
)

// World is an emulator's world in a test.
type World struct {
	tb          testing.TB
	emulator    *emulator.Emulator
	world       *emulator.World
	settings    settings
	inBubble    bool
	transport   *http.Transport
	tracker     *tracker
	forks       *atomic.Int64         // shared by a world and its forks: their names
	token       string                // of Auth0.Request, likewise
	playedAfter uint64                // the journal's last entry before the scenario was armed
	ports       atomic.Pointer[Ports] // of the latest Listen
}

// Option configures Start.
type Option func(*settings)

type settings struct {
	fixture string
	options []emulator.Option
	strict  bool
	realTLS bool
	seed    uint64
	prepare []func(*World)

	scenarios []scenarios.Source // of a gauntlet
	known     []string           // likewise
}

// Fixture chooses what the world starts from: a shipped fixture's name or a file. Default: acme.
func Fixture(nameOrPath string) Option {
	return func(s *settings) { s.fixture = nameOrPath }
}

// Limits turns rate limits on, as emulator.WithLimits says. Default: off.
func Limits(limits string) Option {
	return func(s *settings) { s.options = append(s.options, emulator.WithLimits(limits)) }
}

// Strict takes only credentials that the world minted or its fixture declares. Default: lenient.
func Strict() Option {
	return func(s *settings) { s.strict, s.options = true, append(s.options, emulator.WithAuth("strict")) }
}

// Seed decides generated ids. Default: 1.
func Seed(seed uint64) Option {
	return func(s *settings) { s.seed, s.options = seed, append(s.options, emulator.WithSeed(seed)) }
}

// TLS makes https mean a real handshake and HTTP/2. By default https URLs run over plain memory, which costs nothing.
func TLS() Option {
	return func(s *settings) { s.realTLS = true }
}

// Start gives the test a world of its own. It costs well under a millisecond, opens no port, is safe under t.Parallel,
// and cleans up by itself. It fails the test at once where an option is wrong.
func Start(tb testing.TB, opts ...Option) *World {
	tb.Helper()
	var s settings
	for _, opt := range opts {
		opt(&s)
	}
	options := append(s.options, emulator.WithCheckedReplies())
	if s.fixture != "" && s.fixture != "acme" {
		f, err := fixtures.Load(s.fixture)
		if err != nil {
			tb.Fatalf("testkit: %v", err)
		}
		options = append(options, emulator.WithFixture(f))
	}
	e, err := emulator.New(options...)
	if err != nil {
		tb.Fatalf("testkit: %v", err)
	}
	w := &World{tb: tb, emulator: e, world: e.Default(), settings: s, forks: new(atomic.Int64), token: "any"}
	if s.strict { // before any snapshot, so that it is in all of them
		w.token = w.mint("auth0", emulator.Credential{TTL: forever})
	}
	w.open()
	for _, do := range s.prepare {
		do(w)
	}
	return w
}

// forever is longer than a world's clock goes.
const forever = 200 * 365 * 24 * time.Hour

func (w *World) open() *World {
	tb := w.tb
	tb.Helper()
	w.inBubble = emulator.InBubble()
	if w.inBubble && isOutside(tb) {
		tb.Fatalf("testkit: %s", outsideTB)
	}
	endpoint, err := w.world.Open(w.settings.realTLS)
	if err != nil {
		tb.Fatalf("testkit: %v", err)
	}
	w.transport = endpoint.Transport()
	w.tracker = &tracker{inner: w.transport, open: map[*trackedBody]string{}, inBubble: w.inBubble}
	tb.Cleanup(func() {
		if emulator.InBubble() != w.inBubble {
			tb.Errorf("testkit: %s", outsideTB) // and what belongs to another bubble can't be touched
			return
		}
		if w.inBubble {
			synctest.Wait() // a client that is still reading an answer has not forgotten it
		}
		forgotten := w.tracker.cancelOpen()
		w.transport.CloseIdleConnections()
		if err := endpoint.Close(); err != nil {
			tb.Errorf("testkit: %v", err)
		}
		leaked := leakedGoroutines()
		w.report(forgotten == nil && leaked == nil).End(tb, forgotten, leaked)
	})
	return w
}

const outsideTB = "the world was started inside a synctest bubble with a t from outside, or the reverse: give Start and Fork the t of the bubble that they are called in"

// isOutside tells, in a bubble, whether a test is known not to be the bubble's: the deadline of those that are can't be asked
// for. Of wrappers that hide it, and where tests have none, nothing is known before the end.
func isOutside(tb testing.TB) (outside bool) {
	t, ok := tb.(interface{ Deadline() (time.Time, bool) })
	if !ok {
		return false
	}
	defer func() {
		if recover() != nil {
			outside = false
		}
	}()
	_, outside = t.Deadline()
	return outside
}

// report is what is known at the end. Where all went well so far, it has only what may still show otherwise: to mask every
// exchange is work, which a test that passes is spared.
func (w *World) report(well bool) report.World {
	r := report.World{Kit: "testkit", Name: w.world.Name(), Scenario: w.world.Scenario(), PlayedAfter: w.playedAfter}
	if !well || w.tb.Failed() || r.Scenario != nil || len(w.Requests(Filter{Undeclared: true, Limit: 1})) > 0 {
		r.Entries = w.Requests(Filter{})
	}
	return r
}

// again is the command that runs a test once more.
func again(test string) string { return report.Again(test) }

// Client reaches the world, whatever host a URL names, and trusts its certificate. It never reads ahead.
func (w *World) Client() *http.Client { return &http.Client{Transport: w.tracker} }

// Transport is Client's, for SDKs that take one.
func (w *World) Transport() http.RoundTripper { return w.tracker }

// Context carries Client to libraries that fetch tokens by themselves through golang.org/x/oauth2.
func (w *World) Context(ctx context.Context) context.Context {
	return context.WithValue(ctx, oauth2.HTTPClient, w.Client())
}

// URL is a vendor's base, such as https://auth0.understudy.test. It works with Client only; Listen gives real ones.
// An unknown vendor fails the test.
func (w *World) URL(vendor string) string {
	w.tb.Helper()
	w.known(vendor)
	return "https://" + host(vendor)
}

func host(vendor string) string { return vendor + ".understudy.test" }

func (w *World) known(vendor string) {
	w.tb.Helper()
	for _, known := range emulator.Vendors() {
		if known == vendor {
			return
		}
	}
	w.tb.Fatalf("testkit: no vendor %q; there are %s", vendor, strings.Join(emulator.Vendors(), ", "))
}

// Fork is a world that begins where this one is now and shares nothing with it. It is gone when the test that tb is ends.
func (w *World) Fork(tb testing.TB) *World {
	tb.Helper()
	fork, err := w.world.Fork(fmt.Sprintf("fork-%d", w.forks.Add(1)))
	if err != nil {
		tb.Fatalf("testkit: %v", err)
	}
	tb.Cleanup(func() {
		if err := w.emulator.DeleteWorld(fork.Name()); err != nil {
			tb.Errorf("testkit: %v", err)
		}
	})
	forked := &World{tb: tb, emulator: w.emulator, world: fork, settings: w.settings, forks: w.forks, token: w.token}
	return forked.open()
}

// Snapshot is the world's state and clock at this moment, at a cost that does not grow with the state.
func (w *World) Snapshot() emulator.Snapshot { return w.world.Snapshot() }

// Restore goes back to a snapshot.
func (w *World) Restore(s emulator.Snapshot) { w.world.Restore(s) }

// Export is the world's state as a fixture: every object, minted credentials included.
func (w *World) Export() *fixtures.Fixture { return w.world.Export() }

// Now is the world's time.
func (w *World) Now() time.Time { return w.world.Now() }

// Freeze stops the world's clock. Tests outside bubbles freeze and advance.
func (w *World) Freeze() { w.world.Freeze() }

// Advance moves the clock on; inside a bubble, where nothing is frozen, it sleeps in virtual time.
func (w *World) Advance(d time.Duration) {
	w.tb.Helper()
	if err := w.world.Advance(d); err != nil {
		w.tb.Fatalf("testkit: %v", err)
	}
}

// Get returns an object's document as JSON. An unknown id fails the test.
func (w *World) Get(vendor, kind, id string) string {
	w.tb.Helper()
	doc, err := w.world.Get(vendor, kind, id)
	if err != nil {
		w.tb.Fatalf("testkit: %v", err)
	}
	return doc
}

// Put adds an object, or changes the members that it has of the one with its id, past the wire, and returns the id.
// What the table refuses fails the test.
func (w *World) Put(vendor, kind, doc string) string {
	w.tb.Helper()
	id, err := w.world.Put(vendor, kind, doc)
	if err != nil {
		w.tb.Fatalf("testkit: %v", err)
	}
	return id
}

// Delete removes an object, past the wire and with no consequences. An unknown id fails the test.
func (w *World) Delete(vendor, kind, id string) {
	w.tb.Helper()
	if err := w.world.Delete(vendor, kind, id); err != nil {
		w.tb.Fatalf("testkit: %v", err)
	}
}
