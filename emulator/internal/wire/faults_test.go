package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/clock"
)

const body = `{"id":"org_1","name":"acme"}`

// struck serves body; its answer after so many others is spoiled by the fault. A strike that failed is told to refused.
type struck struct {
	fault   Fault
	after   int
	clock   Clock
	mu      sync.Mutex
	conns   []*Conn // of the requests
	refused error
}

func (s *struck) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	s.mu.Lock()
	s.conns = append(s.conns, ConnOf(r.Context()))
	strikes := len(s.conns) == s.after+1
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if strikes {
		err := s.fault.Strike(&Answer{W: w, R: r, Status: 200, Body: body, Clock: s.clock})
		if err == nil {
			return
		}
		s.mu.Lock()
		s.refused = err
		s.mu.Unlock()
	}
	_, _ = io.WriteString(w, body)
}

type check func(t *testing.T, s seen)

// doFails: the request fails with an error that is target.
func doFails(target error) check {
	return func(t *testing.T, s seen) {
		t.Helper()
		if !errors.Is(s.err, target) {
			t.Errorf("the client saw %v, want %v", s.err, target)
		}
	}
}

// doSays: the request fails with an error that has text.
func doSays(text string) check {
	return func(t *testing.T, s seen) {
		t.Helper()
		if s.err == nil || !strings.Contains(s.err.Error(), text) {
			t.Errorf("the client saw %v, want %s", s.err, text)
		}
	}
}

// bodyFails: the first n bytes of the body arrive, then an error that is target.
func bodyFails(n int, target error) check {
	return func(t *testing.T, s seen) {
		t.Helper()
		if s.err != nil || s.answer.StatusCode != 200 || s.body != body[:n] || !errors.Is(s.bodyErr, target) {
			t.Errorf("the client saw %v, %q, %v; want %q and %v", s.err, s.body, s.bodyErr, body[:n], target)
		}
	}
}

// bodySays: the first n bytes of the body arrive, then an error that has text.
func bodySays(n int, text string) check {
	return func(t *testing.T, s seen) {
		t.Helper()
		if s.err != nil || s.body != body[:n] || s.bodyErr == nil || !strings.Contains(s.bodyErr.Error(), text) {
			t.Errorf("the client saw %v, %q, %v; want %q and %s", s.err, s.body, s.bodyErr, body[:n], text)
		}
	}
}

// arrives: the first n bytes of the body arrive, and the client takes them for all.
func arrives(n int) check {
	return func(t *testing.T, s seen) {
		t.Helper()
		if s.err != nil || s.answer.StatusCode != 200 || s.body != body[:n] || s.bodyErr != nil {
			t.Errorf("the client saw %v, %q, %v; want %q", s.err, s.body, s.bodyErr, body[:n])
		}
	}
}

func timesOut(err error) bool {
	var failed net.Error
	return errors.As(err, &failed) && failed.Timeout()
}

func hangs(t *testing.T, s seen) {
	t.Helper()
	if !timesOut(s.err) {
		t.Errorf("the client saw %v", s.err)
	}
}

func hangsInBody(t *testing.T, s seen) {
	t.Helper()
	if s.err != nil || s.body != body[:14] || !timesOut(s.bodyErr) {
		t.Errorf("the client saw %v, %q, %v", s.err, s.body, s.bodyErr)
	}
}

func closes(t *testing.T, s seen) {
	t.Helper()
	arrives(len(body))(t, s)
	if s.err == nil && s.answer.ProtoMajor == 1 && !s.answer.Close {
		t.Error("the answer does not say that the connection closes")
	}
}

var all = len(body)

// faultTable says what a Go client sees of each fault. Where it has no http2, HTTP/2 cannot show the fault.
var faultTable = []struct {
	name         string
	fault        Fault
	http1, http2 check
	lives1       bool // the connection carries the next request, on HTTP/1.1
	lives2       bool // and on HTTP/2
	every        time.Duration
	pauses       int // of every; -1: one before each byte of the headers but the first
	patience     time.Duration
}{
	{name: "reset", fault: Fault{Name: "reset"}, http1: doFails(syscall.ECONNRESET), http2: doFails(syscall.ECONNRESET)},
	{name: "reset in the body", fault: Fault{Name: "reset", MidBody: true}, http1: bodyFails(14, syscall.ECONNRESET), http2: bodyFails(14, syscall.ECONNRESET)},
	{name: "reset after 5 bytes", fault: Fault{Name: "reset", MidBody: true, Bytes: 5}, http1: bodyFails(5, syscall.ECONNRESET), http2: bodyFails(5, syscall.ECONNRESET)},
	{name: "close", fault: Fault{Name: "close"}, http1: doFails(io.EOF), http2: doFails(io.ErrUnexpectedEOF)},
	{name: "close in the body", fault: Fault{Name: "close", MidBody: true}, http1: bodyFails(14, io.ErrUnexpectedEOF), http2: bodyFails(14, io.ErrUnexpectedEOF)},
	{name: "hang", fault: Fault{Name: "hang"}, http1: hangs, http2: hangs, lives2: true, patience: 250 * time.Millisecond},
	{name: "hang in the body", fault: Fault{Name: "hang", MidBody: true}, http1: hangsInBody, http2: hangsInBody, lives2: true, patience: 250 * time.Millisecond},
	{name: "truncate", fault: Fault{Name: "truncate", Bytes: 9}, http1: bodyFails(9, io.ErrUnexpectedEOF), http2: bodyFails(9, io.ErrUnexpectedEOF), lives2: true},
	{name: "truncate all", fault: Fault{Name: "truncate"}, http1: bodyFails(0, io.ErrUnexpectedEOF), http2: bodyFails(0, io.ErrUnexpectedEOF), lives2: true},
	{name: "drip", fault: Fault{Name: "drip", Bytes: 10, Every: 3 * time.Second}, http1: arrives(all), http2: arrives(all), lives1: true, lives2: true, every: 3 * time.Second, pauses: 2},
	{name: "bad_length", fault: Fault{Name: "bad_length"}, http1: arrives(14), http2: bodySays(14, "more than declared Content-Length; truncated"), lives2: true},
	{name: "slow_headers", fault: Fault{Name: "slow_headers"}, http1: arrives(all), every: slowEvery, pauses: -1},
	{name: "close_keepalive", fault: Fault{Name: "close_keepalive"}, http1: closes, http2: closes},
	{name: "garbage", fault: Fault{Name: "garbage"}, http1: doSays(`malformed HTTP response "\x00`)},
	{name: "bad_chunk", fault: Fault{Name: "bad_chunk"}, http1: bodySays(14, "invalid byte in chunk length")},
}

func TestFaultsOnNetworks(t *testing.T) {
	for _, row := range faultTable {
		t.Run(row.name, func(t *testing.T) {
			onEach(t, func(t *testing.T, n network) {
				pace := &instant{World: clock.NewWorld()}
				h := &struck{fault: row.fault, clock: pace}
				s := serve(t, n, pace, h)
				patience := s.client.Timeout
				if row.patience > 0 {
					s.client.Timeout = row.patience
				}
				want, lives := row.http1, row.lives1
				if n.http2 {
					want, lives = row.http2, row.lives2
					// A client that acknowledges settings at that moment may meet a reset in its write, and read EOF. (On
					// HTTP/1.1 a GET on a connection that was used before would be repeated, unseen.)
					h.after = 1
					arrives(all)(t, s.get())
				}
				got := s.get()
				if want == nil {
					kind, _ := KindOf(row.fault.Name)
					if h.refused == nil || kind.Why == "" || !strings.Contains(h.refused.Error(), kind.Why) {
						t.Errorf("HTTP/2 was refused with %v", h.refused)
					}
					arrives(all)(t, got)
					return
				}
				if h.refused != nil {
					t.Fatal(h.refused)
				}
				want(t, got)
				if got.answer != nil && (got.answer.ProtoMajor == 2) != n.http2 {
					t.Errorf("it went over %s", got.answer.Proto)
				}
				if row.patience > 0 && clock.InBubble() && got.took != row.patience {
					t.Errorf("it took %v", got.took)
				}
				paused(t, pace, row.every, row.pauses, got)

				s.client.Timeout = patience
				arrives(all)(t, s.get())
				if reused := h.conns[h.after] == h.conns[len(h.conns)-1]; reused != lives {
					t.Errorf("the connection carried the next request: %v", reused)
				}
			})
		})
	}
}

// paused checks what was waited for, in virtual time too.
func paused(t *testing.T, pace *instant, every time.Duration, pauses int, got seen) {
	t.Helper()
	total, times := pace.total()
	if pauses < 0 && times < 100 || pauses >= 0 && times != pauses || total != every*time.Duration(times) {
		t.Errorf("paused %d times, %v in all; want %d times %v", times, total, pauses, every)
	}
	if clock.InBubble() && every > 0 && got.took != total {
		t.Errorf("it took the client %v, not %v", got.took, total)
	}
}

// Every fault of Kinds has a row in the table, and where HTTP/2 cannot show one there is no expectation.
func TestFaultTableIsWhole(t *testing.T) {
	for _, k := range Kinds() {
		found := false
		for _, row := range faultTable {
			if row.fault.Name == k.Name {
				found = true
				if (row.http2 != nil) != k.HTTP2 || k.HTTP2 == (k.Why != "") {
					t.Errorf("%s: HTTP/2 %v, because %q", row.name, k.HTTP2, k.Why)
				}
			}
		}
		if !found {
			t.Errorf("%s is not in the table", k.Name)
		}
	}
}

// On a connection that several worlds share only the stream is aborted; the other worlds' stay.
func TestCutsSpareSharedConnections(t *testing.T) {
	for _, name := range []string{"reset", "close"} {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, n network) {
				if !n.http2 {
					t.Skip("an HTTP/1.1 connection carries one request at a time")
				}
				var conns []*Conn
				s := serve(t, n, clock.NewWorld(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					c := ConnOf(r.Context())
					conns = append(conns, c)
					if several := c.Carry(fmt.Sprint("world ", len(conns))); several {
						t.Error(Fault{Name: name}.Strike(&Answer{W: w, R: r, Status: 200, Body: body, Clock: clock.NewWorld(), Shared: several}))
					}
				}))
				if got := s.get(); got.err != nil {
					t.Fatal(got.err)
				}
				doSays("stream error: stream ID 3; INTERNAL_ERROR")(t, s.get())
				doSays("stream error: stream ID 5; INTERNAL_ERROR")(t, s.get())
				if conns[0] != conns[2] {
					t.Error("the connection was cut")
				}
			})
		})
	}
}

func TestHangEndsWhenDisarmed(t *testing.T) {
	onEach(t, func(t *testing.T, n network) {
		began, disarmed := make(chan struct{}), make(chan struct{})
		s := serve(t, n, clock.NewWorld(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			close(began)
			t.Error(Fault{Name: "hang"}.Strike(&Answer{W: w, R: r, Clock: clock.NewWorld(), Disarmed: disarmed}))
		}))
		go func() {
			<-began
			close(disarmed)
		}()
		if n.http2 {
			doSays("INTERNAL_ERROR")(t, s.do(http.MethodPost))
		} else {
			doFails(io.EOF)(t, s.do(http.MethodPost))
		}
	})
}

// What is slow goes on at once when the scenario is disarmed, though the clock stands.
func TestSlowAnswersSpeedUpWhenDisarmed(t *testing.T) {
	for _, fault := range []Fault{{Name: "drip", Bytes: 1, Every: time.Hour}, {Name: "slow_headers"}} {
		t.Run(fault.Name, func(t *testing.T) {
			onEach(t, func(t *testing.T, n network) {
				frozen := clock.NewWorld()
				frozen.Freeze()
				disarmed := make(chan struct{})
				var calls atomic.Int32
				s := serve(t, n, frozen, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					calls.Add(1)
					err := fault.Strike(&Answer{W: w, R: r, Status: 200, Body: body, Clock: &noticed{frozen, disarmed}, Disarmed: disarmed})
					if (err != nil) != (n.http2 && fault.Name == "slow_headers") {
						t.Error(err)
					}
					if err != nil {
						_, _ = io.WriteString(w, body)
					}
				}))
				arrives(all)(t, s.get())
			})
		})
	}
}

// noticed disarms as soon as somebody sleeps.
type noticed struct {
	*clock.World
	disarm chan struct{}
}

func (n *noticed) Sleep(ctx context.Context, d time.Duration) error {
	close(n.disarm)
	return n.World.Sleep(ctx, d)
}

// A client that leaves ends what is slow, though the clock stands.
func TestSlowAnswersEndWithTheClient(t *testing.T) {
	for _, fault := range []Fault{{Name: "drip", Bytes: 1, Every: time.Hour}, {Name: "slow_headers"}} {
		t.Run(fault.Name, func(t *testing.T) {
			onEach(t, func(t *testing.T, n network) {
				if n.http2 && fault.Name == "slow_headers" {
					kind, _ := KindOf(fault.Name)
					t.Skip(kind.Why)
				}
				frozen := clock.NewWorld()
				frozen.Freeze()
				ended := make(chan struct{})
				s := serve(t, n, frozen, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					defer close(ended)
					_ = fault.Strike(&Answer{W: w, R: r, Status: 200, Body: body, Clock: frozen})
				}))
				s.client.Timeout = 250 * time.Millisecond
				if got := s.get(); !timesOut(errors.Join(got.err, got.bodyErr)) {
					t.Errorf("the client saw %v, %v", got.err, got.bodyErr)
				}
				<-ended
			})
		})
	}
}

func TestFaultsThatCannotBeShown(t *testing.T) {
	plain := &http.Request{Method: "GET", ProtoMajor: 1}
	for _, row := range []struct {
		name   string
		fault  Fault
		answer Answer
		want   string
	}{
		{"unknown", Fault{Name: "rest"}, Answer{R: plain}, `no network fault "rest": there are reset, close, hang, truncate, drip, bad_length, slow_headers, close_keepalive, garbage, bad_chunk`},
		{"place", Fault{Name: "truncate", MidBody: true}, Answer{R: plain}, "truncate cannot strike in the middle of a body"},
		{"negative", Fault{Name: "truncate", Bytes: -1}, Answer{R: plain}, "truncate: -1 bytes"},
		{"standing drip", Fault{Name: "drip", Every: time.Second}, Answer{R: plain}, "drip needs at least 1 byte each time, and some time between two; it has 0 every 1s"},
		{"no answer", Fault{Name: "truncate"}, Answer{R: plain}, "truncate needs an answer, and none is decided yet"},
		{"no answer to cut", Fault{Name: "hang", MidBody: true}, Answer{R: plain}, "hang needs an answer, and none is decided yet"},
		{"empty", Fault{Name: "truncate"}, Answer{R: plain, Status: 200}, "truncate needs a body, and this answer has none"},
		{"204", Fault{Name: "bad_chunk"}, Answer{R: plain, Status: 204, Body: body}, "bad_chunk needs a body, and this answer has none"},
		{"HEAD", Fault{Name: "drip", Bytes: 1, Every: 1}, Answer{R: &http.Request{Method: "HEAD", ProtoMajor: 1}, Status: 200, Body: body}, "drip needs a body, and this answer has none"},
		{"short", Fault{Name: "truncate", Bytes: 28}, Answer{R: plain, Status: 200, Body: body}, "truncate after 28 bytes needs a longer body than this one of 28"},
		{"one byte", Fault{Name: "bad_length"}, Answer{R: plain, Status: 200, Body: "1"}, "bad_length after 1 bytes needs a longer body than this one of 1"},
		{"hung after all", Fault{Name: "hang", MidBody: true, Bytes: 99}, Answer{R: plain, Status: 200, Body: body}, "hang after 99 bytes needs a longer body than this one of 28"},
		{"HTTP/2", Fault{Name: "garbage"}, Answer{R: &http.Request{ProtoMajor: 2}}, "garbage is for HTTP/1.1: HTTP/2 frames every answer, and net/http lets nothing past the frames; use reset or close"},
		{"foreign", Fault{Name: "reset"}, Answer{R: plain}, errNoConn.Error()},
	} {
		t.Run(row.name, func(t *testing.T) {
			row.answer.W = unused{t}
			if err := row.fault.Strike(&row.answer); err == nil || err.Error() != row.want {
				t.Errorf("%v", err)
			}
		})
	}
}

// unused is a ResponseWriter that must not be touched.
type unused struct{ t *testing.T }

func (u unused) Header() http.Header         { u.t.Error("headers"); return http.Header{} }
func (u unused) Write(p []byte) (int, error) { u.t.Error("a body"); return len(p), nil }
func (u unused) WriteHeader(int)             { u.t.Error("a status") }
