package wire

import (
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/authority"
	"github.com/understudy-dev/understudy/emulator/internal/clock"
	"github.com/understudy-dev/understudy/emulator/internal/memnet"
)

// TestMain fails where a goroutine stays. Inside bubbles synctest would say so; this counts those outside.
func TestMain(m *testing.M) {
	before := runtime.NumGoroutine()
	code := m.Run()
	for range 10_000_000 {
		if runtime.NumGoroutine() <= before {
			os.Exit(code)
		}
		runtime.Gosched()
	}
	_ = pprof.Lookup("goroutine").WriteTo(os.Stderr, 1)
	os.Exit(1)
}

// network is one way in which a client can reach a server.
type network struct {
	name               string
	memory, tls, http2 bool
}

var networks = []network{
	{name: "TCP HTTP1"},
	{name: "TCP TLS HTTP1", tls: true},
	{name: "TCP TLS HTTP2", tls: true, http2: true},
	{name: "memory HTTP1", memory: true},
	{name: "memory TLS HTTP1", memory: true, tls: true},
	{name: "memory TLS HTTP2", memory: true, tls: true, http2: true},
}

// onEach runs a test on every network, in memory inside a bubble.
func onEach(t *testing.T, test func(t *testing.T, n network)) {
	for _, n := range networks {
		t.Run(n.name, func(t *testing.T) {
			if n.memory {
				synctest.Test(t, func(t *testing.T) { test(t, n) })
			} else {
				test(t, n)
			}
		})
	}
}

var trusted = authority.InMemory()

// site is a server on a network, and a client for it.
type site struct {
	network
	client   *http.Client
	url      string
	listener *Listener
}

func serve(t *testing.T, n network, c Clock, h http.Handler) *site {
	t.Helper()
	open := func(address string) (net.Listener, error) { return net.Listen("tcp", address) }
	if n.memory {
		open = func(address string) (net.Listener, error) { return memnet.Listen(address), nil }
	}
	l, err := Listen(c, "127.0.0.1:0", open)
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	base, cancel := context.WithCancel(context.Background())
	server := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			running.Add(1)
			defer running.Done()
			h.ServeHTTP(w, r)
		}),
		BaseContext: func(net.Listener) context.Context { return base },
		ErrorLog:    log.New(complaints{t}, "", 0),
		ConnState: func(_ net.Conn, s http.ConnState) {
			switch s {
			case http.StateNew:
				running.Add(1)
			case http.StateClosed, http.StateHijacked:
				running.Done()
			}
		},
	}
	Attach(server)
	conf, err := trusted.TLSConfig([]string{"vendor.test"})
	if err != nil {
		t.Fatal(err)
	}
	server.TLSConfig = TLSConfig(conf, flawed)
	running.Add(1)
	go func() {
		defer running.Done()
		if n.tls {
			_ = server.ServeTLS(l, "", "")
			return
		}
		_ = server.Serve(l)
	}()
	transport := &http.Transport{
		DialContext:       func(ctx context.Context, _, _ string) (net.Conn, error) { return l.Dial(ctx) },
		TLSClientConfig:   &tls.Config{RootCAs: trusted.Pool()},
		ForceAttemptHTTP2: n.http2,
	}
	s := &site{network: n, listener: l, url: "http://vendor.test", client: &http.Client{Transport: transport, Timeout: 20 * time.Second}}
	if n.tls {
		s.url = "https://vendor.test"
	}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		l.CloseConns()
		cancel()
		running.Wait()
		if left := l.connections(); len(left) != 0 {
			t.Errorf("%d connections are left", len(left))
		}
	})
	return s
}

func flawed(fault, host string) (*tls.Certificate, error) {
	if fault == Expired {
		return trusted.Expired(host)
	}
	return trusted.Untrusted(host)
}

// instant does not wait, but remembers how long it should have. In memory the waits are real, as virtual time is free.
type instant struct {
	*clock.World
	mu    sync.Mutex
	slept []time.Duration
}

func (i *instant) Sleep(ctx context.Context, d time.Duration) error {
	i.mu.Lock()
	i.slept = append(i.slept, d)
	i.mu.Unlock()
	if clock.InBubble() {
		return i.World.Sleep(ctx, d)
	}
	return ctx.Err()
}

// total is how long was slept, and how often.
func (i *instant) total() (total time.Duration, times int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, d := range i.slept {
		total += d
	}
	return total, len(i.slept)
}

// seen is what a client saw of a request.
type seen struct {
	err     error // of Do
	answer  *http.Response
	body    string
	bodyErr error
	took    time.Duration
}

func (s *site) get() seen { return s.do(http.MethodGet) }

func (s *site) do(method string) seen {
	began := time.Now()
	request, err := http.NewRequest(method, s.url, nil)
	if err != nil {
		return seen{err: err}
	}
	answer, err := s.client.Do(request)
	if err != nil {
		return seen{err: err, took: time.Since(began)}
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return seen{answer: answer, body: string(body), bodyErr: err, took: time.Since(began)}
}

// complaints fails a test where net/http complains of a handler.
type complaints struct{ t *testing.T }

func (c complaints) Write(line []byte) (int, error) {
	if text := string(line); !strings.Contains(text, "TLS handshake error") && !strings.Contains(text, "Accept error") { // some tests are about those
		c.t.Errorf("net/http: %s", line)
	}
	return len(line), nil
}
