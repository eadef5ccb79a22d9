package wire

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/clock"
)

var greet = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	if ConnOf(r.Context()).Closing() {
		w.Header().Set("Connection", "close")
	}
	_, _ = io.WriteString(w, body)
})

func TestRefusal(t *testing.T) {
	onEach(t, func(t *testing.T, n network) {
		w := clock.NewWorld()
		if !n.memory {
			w.Freeze()
		}
		s := serve(t, n, w, greet)
		arrives(all)(t, s.get())

		if err := s.listener.Refuse(10 * time.Second); err != nil {
			t.Fatal(err)
		}
		s.client.CloseIdleConnections()
		doFails(syscall.ECONNREFUSED)(t, s.get())
		if err := w.Advance(10*time.Second - 1); err != nil {
			t.Fatal(err)
		}
		doFails(syscall.ECONNREFUSED)(t, s.get())
		if err := w.Advance(1); err != nil {
			t.Fatal(err)
		}
		arrives(all)(t, s.get())
	})
}

func TestRefusalIsLiftedAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, n network) {
		w := clock.NewWorld()
		w.Freeze()
		s := serve(t, n, w, greet)
		for _, d := range []time.Duration{time.Hour, 2 * time.Hour} { // the second takes the first's place
			if err := s.listener.Refuse(d); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Advance(time.Hour); err != nil {
			t.Fatal(err)
		}
		doFails(syscall.ECONNREFUSED)(t, s.get())
		for range 2 { // again changes nothing
			if err := s.listener.Refuse(0); err != nil {
				t.Fatal(err)
			}
		}
		arrives(all)(t, s.get())
	})
}

// A server can be closed while it refuses connections; serve's cleanup waits for everything that runs.
func TestCloseDuringARefusal(t *testing.T) {
	onEach(t, func(t *testing.T, n network) {
		w := clock.NewWorld()
		w.Freeze()
		s := serve(t, n, w, greet)
		if err := s.listener.Refuse(time.Hour); err != nil {
			t.Fatal(err)
		}
		if err := s.listener.Close(); err != nil {
			t.Fatal(err)
		}
		doFails(syscall.ECONNREFUSED)(t, s.get())
		if err := s.listener.Refuse(time.Hour); !errors.Is(err, net.ErrClosed) {
			t.Errorf("a closed listener refuses: %v", err)
		}
	})
}

// Another program takes the port during a refusal: net/http is told that this passes, and tries again.
func TestPortTakenDuringARefusal(t *testing.T) {
	w := clock.NewWorld()
	w.Freeze()
	s := serve(t, networks[0], w, greet)
	if err := s.listener.Refuse(time.Minute); err != nil {
		t.Fatal(err)
	}
	other, err := net.Listen("tcp", s.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.listener.Refuse(0); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("the port was had: %v", err)
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	for s.listener.Refuse(0) != nil { // Accept may try at this moment too
	}
	arrives(all)(t, s.get())
}

// The instant at which a refusal ends belongs to the time after it, whoever wakes first.
func TestDialAtTheEndOfARefusal(t *testing.T) {
	for range 50 {
		synctest.Test(t, func(t *testing.T) {
			s := serve(t, networks[3], clock.NewWorld(), greet)
			if err := s.listener.Refuse(10 * time.Second); err != nil {
				t.Fatal(err)
			}
			time.Sleep(10*time.Second - 1)
			doFails(syscall.ECONNREFUSED)(t, s.get())
			time.Sleep(time.Nanosecond)
			arrives(all)(t, s.get())
		})
	}
}

// A refusal closes idle connections now and a busy one after its answer, which says so.
func TestRefusalEndsConnections(t *testing.T) {
	onEach(t, func(t *testing.T, n network) {
		began, goOn := make(chan struct{}), make(chan struct{})
		var calls atomic.Int32
		w := clock.NewWorld()
		w.Freeze()
		s := serve(t, n, w, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if calls.Add(1) == 1 {
				close(began)
				<-goOn
			}
			greet(w, r)
		}))
		got := make(chan seen)
		go func() { got <- s.get() }()
		<-began
		if err := s.listener.Refuse(time.Hour); err != nil {
			t.Fatal(err)
		}
		close(goOn)
		answer := <-got
		arrives(all)(t, answer)
		if !n.http2 && !answer.answer.Close {
			t.Error("the answer does not say that the connection closes")
		}
		doFails(syscall.ECONNREFUSED)(t, s.get())
	})
}

func TestTLSFaults(t *testing.T) {
	checks := map[string]check{
		Expired: func(t *testing.T, s seen) {
			var invalid x509.CertificateInvalidError
			if !errors.As(s.err, &invalid) || invalid.Reason != x509.Expired {
				t.Errorf("the client saw %v", s.err)
			}
			var failed *tls.CertificateVerificationError
			if !errors.As(s.err, &failed) {
				t.Errorf("the client saw %T", s.err)
			}
		},
		Untrusted: func(t *testing.T, s seen) {
			var unknown x509.UnknownAuthorityError
			if !errors.As(s.err, &unknown) {
				t.Errorf("the client saw %v", s.err)
			}
		},
		HandshakeFailure: doSays("remote error: tls: handshake failure"),
	}
	for _, fault := range TLSFaults() {
		t.Run(fault, func(t *testing.T) {
			onEach(t, func(t *testing.T, n network) {
				if !n.tls {
					t.Skip("there is no handshake without TLS")
				}
				s := serve(t, n, clock.NewWorld(), greet)
				arrives(all)(t, s.get())
				var struck atomic.Int32
				s.listener.Spoil("vendor", fault, func() { struck.Add(1) })
				s.client.CloseIdleConnections() // a client that has not noticed the end yet could lose a POST

				checks[fault](t, s.get())
				if struck.Load() == 0 { // a transport may dial twice
					t.Error("no handshake met the fault")
				}
				s.url = strings.Replace(s.url, "vendor.", "other.", 1)
				arrives(all)(t, s.get())
				s.url = strings.Replace(s.url, "other.", "VENDOR.", 1)
				checks[fault](t, s.get())
				s.listener.Spoil("vendor", "", nil)
				arrives(all)(t, s.get())
			})
		})
	}
}

// A client that kept a session is not let past the certificate.
func TestNoSessionIsResumedPastAFault(t *testing.T) {
	onEach(t, func(t *testing.T, n network) {
		if !n.tls {
			t.Skip("there is no handshake without TLS")
		}
		s := serve(t, n, clock.NewWorld(), greet)
		transport := s.client.Transport.(*http.Transport)
		transport.TLSClientConfig.ClientSessionCache = tls.NewLRUClientSessionCache(0)
		arrives(all)(t, s.get())
		transport.CloseIdleConnections()
		again := s.get()
		arrives(all)(t, again)
		if !again.answer.TLS.DidResume {
			t.Fatal("no session is resumed at all")
		}
		s.listener.Spoil("vendor", Untrusted, nil)
		transport.CloseIdleConnections()
		var unknown x509.UnknownAuthorityError
		if got := s.get(); !errors.As(got.err, &unknown) {
			t.Errorf("the client saw %v", got.err)
		}
	})
}

// Idle connections to the vendor's names notice that a TLS fault began; those to others stay.
func TestTLSFaultEndsConnectionsOfItsVendor(t *testing.T) {
	onEach(t, func(t *testing.T, n network) {
		if !n.tls {
			t.Skip("there is no handshake without TLS")
		}
		s := serve(t, n, clock.NewWorld(), greet)
		arrives(all)(t, s.get())
		mine := s.listener.connections()
		s.url = "https://other.test"
		arrives(all)(t, s.get())
		for _, c := range append(mine, s.listener.connections()...) {
			waitFor(t, func() bool { return http.ConnState(c.state.Load()) == http.StateIdle })
		}
		s.listener.Spoil("vendor", Expired, nil)
		left := s.listener.connections()
		if len(left) != 1 || *left[0].host.Load() != "other.test" {
			t.Errorf("%d connections are left", len(left))
		}
	})
}

// waitFor gives the server's goroutines time to come to rest.
func waitFor(t *testing.T, what func() bool) {
	t.Helper()
	for range 10_000_000 {
		if what() {
			return
		}
		runtime.Gosched()
	}
	t.Error("it never came to rest")
}

// A server that stops does not wait for connections that never sent a request.
func TestSilentConnectionsDoNotDelayShutdown(t *testing.T) {
	onEach(t, func(t *testing.T, n network) {
		s := serve(t, n, clock.NewWorld(), greet)
		silent, err := s.listener.Dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer silent.Close()
		waitFor(t, func() bool { return len(s.listener.connections()) == 1 })
		if err := s.listener.Close(); err != nil {
			t.Fatal(err)
		}
		if n, err := silent.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
			t.Errorf("the silent client read %d, %v", n, err)
		}
	})
}

// A connection that a handler took over is net/http's no more, and is closed with the others.
func TestHijackedConnectionsAreClosed(t *testing.T) {
	onEach(t, func(t *testing.T, n network) {
		if n.http2 {
			t.Skip("net/http hands out no HTTP/2 connection")
		}
		s := serve(t, n, clock.NewWorld(), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if _, _, err := http.NewResponseController(w).Hijack(); err != nil {
				t.Error(err)
			}
		}))
		var asked sync.WaitGroup
		asked.Add(1)
		go func() {
			defer asked.Done()
			doFails(io.EOF)(t, s.do(http.MethodPost))
		}()
		waitFor(t, func() bool {
			c := s.listener.connections()
			return len(c) == 1 && http.ConnState(c[0].state.Load()) == http.StateHijacked
		})
		s.listener.CloseConns()
		asked.Wait()
	})
}

func TestConnOfAnotherListener(t *testing.T) {
	if c := ConnOf(t.Context()); c != nil {
		t.Error(c)
	}
	server := &http.Server{}
	Attach(server)
	near, far := net.Pipe()
	defer far.Close()
	defer near.Close()
	if c := ConnOf(server.ConnContext(t.Context(), near)); c != nil {
		t.Error(c)
	}
	server.ConnState(near, http.StateIdle)
}

func TestListenFails(t *testing.T) {
	failed := errors.New("no")
	if _, err := Listen(clock.NewWorld(), "", func(string) (net.Listener, error) { return nil, failed }); !errors.Is(err, failed) {
		t.Error(err)
	}
}
