package serve

import (
	"context"
	"crypto/sha256"
	"io"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/clock"
	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
	"github.com/understudy-dev/understudy/emulator/internal/wire"
)

// ControlPath is where the control API lives; everything else belongs to vendors.
const ControlPath = "/_understudy"

// DefaultWorld answers where a request chooses none.
const DefaultWorld = "default"

// Control answers under ControlPath; otherwise is the world where a request chooses none.
type Control func(w http.ResponseWriter, r *http.Request, otherwise string)

// Server answers requests for all worlds.
type Server struct {
	Control      Control                           // nil: no control API
	CheckReplies bool                              // hold every success to its reply schema
	Markers      bool                              // say in a header which rule struck
	Log          func(e Entry, took time.Duration) // one call per exchange, with neither headers nor bodies; nil: none

	vendors  []*spec.Vendor
	router   *router // shared with other servers, as rows is
	rows     []row
	weakest  spec.Grade               // that answers; Ungraded: all do. See Hold
	withheld map[string][]spec.Header // by vendor: those that are known less well
	armings  atomic.Uint64

	mu          sync.RWMutex
	worlds      map[string]*World
	credentials map[fingerprint]string // credential -> world that minted it, where that is not the default
	bound       []fingerprint          // the keys of credentials, oldest first
}

// fingerprint stands for a credential, which may be long.
type fingerprint [sha256.Size]byte

// maxBound is how many credentials the server leads to their worlds; the oldest go first, and then reach the world that
// the listener says.
const maxBound = 100_000

// New makes a server for a list of vendors.
func New(vendors []*spec.Vendor) *Server {
	t := tablesOf(vendors)
	return &Server{vendors: vendors, router: t.router, rows: t.rows, worlds: map[string]*World{}, credentials: map[fingerprint]string{}, Markers: true}
}

// Vendors lists the vendors.
func (s *Server) Vendors() []*spec.Vendor { return s.vendors }

// World returns a world by name, or nil.
func (s *Server) World(name string) *World {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.worlds[name]
}

// Add makes a world answer under its name; false where the name is taken.
func (s *Server) Add(w *World) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.worlds[w.Name] != nil {
		return false
	}
	w.vendors = s.vendors
	s.worlds[w.Name] = w
	return true
}

// Remove forgets a world. Its credentials stay bound: they reach no other world, but are told that theirs is gone.
func (s *Server) Remove(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.worlds, name)
}

// Bind makes requests with a credential reach the world that minted it, even after its reset or end.
func (s *Server) Bind(world string, credentials ...string) {
	if world == DefaultWorld || len(credentials) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range credentials {
		print := fingerprint(sha256.Sum256([]byte(c)))
		if _, known := s.credentials[print]; !known {
			s.bound = append(s.bound, print)
		}
		s.credentials[print] = world
	}
	for len(s.bound) > maxBound {
		delete(s.credentials, s.bound[0])
		s.bound = s.bound[1:]
	}
}

// Find returns the operation that a method and path reach, or nil.
func (s *Server) Find(method, path string) (*spec.Vendor, *spec.Operation) {
	u, err := url.ParseRequestURI(path)
	if err != nil {
		return nil, nil
	}
	found, _, _ := s.router.find(&http.Request{Method: method, URL: u}, u.EscapedPath())
	if found == nil {
		return nil, nil
	}
	return found.vendor, found.op
}

// ServeHTTP chooses the world and walks the stages.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.serve(w, r, DefaultWorld, "") }

// Only returns a handler for which another world answers where a request chooses none. Every path is the vendor's there,
// unless that is "".
func (s *Server) Only(world, vendor string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, world, vendor) })
}

type schemeKey struct{}

// Secure marks a connection's context: its client speaks https, though no TLS is seen here.
func Secure(ctx context.Context) context.Context { return context.WithValue(ctx, schemeKey{}, true) }

func (s *Server) serve(w http.ResponseWriter, r *http.Request, otherwise, forced string) {
	if s.Control != nil && (r.URL.Path == ControlPath || strings.HasPrefix(r.URL.Path, ControlPath+"/")) {
		s.Control(w, r, otherwise)
		return
	}
	var began time.Time
	if s.Log != nil {
		began = clock.System{}.Now()
	}
	if forced == "" {
		forced = s.hostVendor(r.Host)
	}
	x := &exchange{server: s, w: w, r: r, forced: forced}
	defer func() {
		if caught := recover(); caught != nil {
			if caught != http.ErrAbortHandler {
				x.crashed(caught)
			} else {
				defer panic(caught) // net/http ends the connection by it
			}
		}
		if s.Log != nil && x.world != nil {
			s.Log(x.summary(), clock.System{}.Now().Sub(began))
		}
	}()
	x.body, x.bodyErr = readBody(r)
	name := x.chooseWorld(otherwise)
	if x.world = s.World(name); x.world == nil {
		x.worldless(name, otherwise)
		return
	}
	if r.ProtoMajor == 2 {
		if conn := wire.ConnOf(r.Context()); conn != nil {
			x.shared = conn.Carry(name)
		}
	}
	x.read()
	x.walk()
}

// read takes the world's time.
func (x *exchange) read() {
	x.clock = x.world.Clock.Read()
	x.now, x.began = x.clock.Now, x.clock.Now
}

// worldless answers where there is no world of a name. The journal of the world that would have answered where no other
// is chosen has it, so that whoever looks there learns of it.
func (x *exchange) worldless(name, otherwise string) {
	x.reply = problem(http.StatusNotFound, "unknown_world", "There is no world "+state.Quote(name)+".")
	if x.world = x.server.World(otherwise); x.world == nil {
		writeReply(x.w, x.reply)
		return
	}
	x.read()
	x.stage, x.code, x.unrouted = "world", "unknown_world", true
	x.prefix = "" // no world has taken it off
	x.send()
}

// chooseWorld goes by header, then path prefix, then credential, then what the listener says. A prefix is taken off the
// path also where the header wins.
func (x *exchange) chooseWorld(otherwise string) string {
	prefixed, ok := x.cutPrefix()
	if name := x.r.Header.Get("X-Understudy-World"); name != "" {
		return name
	}
	if ok {
		return prefixed
	}
	return x.server.worldOf(x.r, x.body, otherwise)
}

// cutPrefix takes /w/NAME off the path and returns the name.
func (x *exchange) cutPrefix() (name string, ok bool) {
	rest, ok := strings.CutPrefix(x.r.URL.Path, "/w/")
	if !ok {
		return "", false
	}
	name, path, _ := strings.Cut(rest, "/")
	x.prefix = "/w/" + name
	inner := *x.r
	u := *x.r.URL
	u.Path = "/" + path
	if u.RawPath != "" {
		_, after, _ := strings.Cut(u.RawPath[len("/w/"):], "/")
		u.RawPath = "/" + after
	}
	inner.URL = &u
	x.r = &inner
	return name, true
}

func (s *Server) worldOf(r *http.Request, body []byte, otherwise string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if len(s.credentials) == 0 {
		return otherwise
	}
	for _, v := range s.vendors {
		if world, ok := s.credentials[sha256.Sum256([]byte(v.Credential(r, body)))]; ok {
			return world
		}
	}
	return otherwise
}

// hostVendor is the vendor that a host like auth0.localhost names, or "".
func (s *Server) hostVendor(host string) string {
	label, _, dotted := strings.Cut(host, ".")
	if !dotted {
		return ""
	}
	for _, v := range s.vendors {
		if v.Name == label {
			return label
		}
	}
	return ""
}

// crashed answers for a fault of the emulator's. Nothing was committed.
func (x *exchange) crashed(caught any) {
	if x.world == nil {
		writeReply(x.w, problem(http.StatusInternalServerError, "emulator_bug", "a panic before the world was chosen"))
		return
	}
	x.stage = "panic"
	x.bug(panicText(caught) + "\n" + string(debug.Stack()))
	x.send()
}

// readBody reads at most MaxBody bytes, before anything else: a lost client is noticed, and a close stays a close.
func readBody(r *http.Request) ([]byte, error) {
	if r.Body == nil || r.ContentLength == 0 {
		return nil, nil
	}
	if r.ContentLength > MaxBody {
		_, _ = io.CopyN(io.Discard, r.Body, 8*MaxBody) // a client that is still writing would not read the answer
		return nil, errTooLarge
	}
	if r.ContentLength > 0 {
		body := make([]byte, r.ContentLength)
		_, err := io.ReadFull(r.Body, body)
		return body, err
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, MaxBody+1))
	if err == nil && len(body) > MaxBody {
		_, _ = io.CopyN(io.Discard, r.Body, 8*MaxBody)
		return nil, errTooLarge
	}
	return body, err
}
