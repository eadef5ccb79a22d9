package memnet

import (
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/nettest"
)

func TestNettest(t *testing.T) {
	nettest.TestConn(t, func() (net.Conn, net.Conn, func(), error) {
		client, server := Pair()
		return client, server, func() { client.Close(); server.Close() }, nil
	})
}

func write(t *testing.T, c net.Conn, text string) {
	t.Helper()
	if n, err := c.Write([]byte(text)); n != len(text) || err != nil {
		t.Fatalf("write %q: %d, %v", text, n, err)
	}
}

func wantRead(t *testing.T, c net.Conn, text string, end error) {
	t.Helper()
	if got, err := io.ReadAll(c); string(got) != text || !errors.Is(err, end) {
		t.Errorf("read %q, %v; want %q, %v", got, err, text, end)
	}
}

func wantWriteError(t *testing.T, c net.Conn, want error) {
	t.Helper()
	if n, err := c.Write([]byte("x")); n != 0 || !errors.Is(err, want) {
		t.Errorf("write: %d, %v; want %v", n, err, want)
	}
}

func TestCloseWrite(t *testing.T) {
	client, server := Pair()
	write(t, client, "question")
	for range 2 {
		if err := client.CloseWrite(); err != nil {
			t.Fatal(err)
		}
	}
	wantWriteError(t, client, syscall.EPIPE)
	wantRead(t, server, "question", nil)
	write(t, server, "answer")
	server.Close()
	wantRead(t, client, "answer", nil)
	client.Close()
	if err := client.CloseWrite(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

func TestClose(t *testing.T) {
	client, server := Pair()
	write(t, server, "bye")
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	wantWriteError(t, client, syscall.EPIPE)
	wantRead(t, client, "bye", nil)

	wantRead(t, server, "", net.ErrClosed)
	wantWriteError(t, server, net.ErrClosed)
	for name, err := range map[string]error{
		"Close":       server.Close(),
		"Reset":       server.Reset(),
		"CloseWrite":  server.CloseWrite(),
		"SetDeadline": server.SetDeadline(time.Time{}),
	} {
		if !errors.Is(err, net.ErrClosed) {
			t.Errorf("%s after Close: %v", name, err)
		}
	}
}

func TestCloseWithUnreadInputResets(t *testing.T) {
	client, server := Pair()
	write(t, client, "never read")
	write(t, server, "in flight")
	server.Close()
	wantRead(t, client, "in flight", syscall.ECONNRESET)
	wantWriteError(t, client, syscall.ECONNRESET)
}

func TestReset(t *testing.T) {
	client, server := Pair()
	write(t, server, "in flight")
	if err := server.Reset(); err != nil {
		t.Fatal(err)
	}
	wantWriteError(t, client, syscall.ECONNRESET)
	wantRead(t, client, "in flight", syscall.ECONNRESET)
	wantRead(t, client, "", syscall.ECONNRESET)
	wantRead(t, server, "", net.ErrClosed)
	wantWriteError(t, server, net.ErrClosed)
}

// Whoever waits is woken by what the other end, or another goroutine at this end, does.
func TestWaitersWake(t *testing.T) {
	for name, c := range map[string]struct {
		act                 func(mine, peer *Conn)
		readEnds, writeEnds error
	}{
		"own close":    {func(mine, _ *Conn) { mine.Close() }, net.ErrClosed, net.ErrClosed},
		"own reset":    {func(mine, _ *Conn) { mine.Reset() }, net.ErrClosed, net.ErrClosed},
		"own deadline": {func(mine, _ *Conn) { mine.SetDeadline(time.Unix(1, 0)) }, os.ErrDeadlineExceeded, os.ErrDeadlineExceeded},
		"peer resets":  {func(_, peer *Conn) { peer.Reset() }, syscall.ECONNRESET, syscall.ECONNRESET},
		"peer closes":  {func(_, peer *Conn) { peer.Close() }, syscall.ECONNRESET, syscall.ECONNRESET},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				mine, peer := Pair()
				reads, writes := make(chan error, 1), make(chan error, 1)
				go func() { _, err := mine.Read(make([]byte, 1)); reads <- err }()
				go func() {
					n, err := mine.Write(make([]byte, bufferSize+1))
					if n != bufferSize {
						t.Errorf("wrote %d bytes, want a full buffer", n)
					}
					writes <- err
				}()
				synctest.Wait()
				c.act(mine, peer)
				if err := <-reads; !errors.Is(err, c.readEnds) {
					t.Errorf("read: %v, want %v", err, c.readEnds)
				}
				if err := <-writes; !errors.Is(err, c.writeEnds) {
					t.Errorf("write: %v, want %v", err, c.writeEnds)
				}
			})
		})
	}
}

func TestWritersShareAFullBuffer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := Pair()
		for range 3 {
			go client.Write(make([]byte, bufferSize))
		}
		synctest.Wait()
		if n, err := io.ReadFull(server, make([]byte, 3*bufferSize)); err != nil {
			t.Errorf("read %d bytes: %v", n, err)
		}
	})
}

func TestDeadlinesInVirtualTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := Pair()
		start := time.Now()
		client.SetReadDeadline(start.Add(time.Hour))
		client.SetReadDeadline(start.Add(2 * time.Hour))
		_, err := client.Read(make([]byte, 1))
		var failed net.Error
		if !errors.Is(err, os.ErrDeadlineExceeded) || !errors.As(err, &failed) || !failed.Timeout() {
			t.Errorf("got %v", err)
		}
		if got := time.Since(start); got != 2*time.Hour {
			t.Errorf("waited %s, want 2h", got)
		}

		write(t, client, "a late reader may write")
		write(t, server, "late")
		if _, err := client.Read(make([]byte, 4)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("bytes there, deadline passed: %v", err)
		}
		client.SetReadDeadline(time.Time{})
		if n, err := client.Read(make([]byte, 4)); n != 4 || err != nil {
			t.Errorf("deadline lifted: %d, %v", n, err)
		}
	})
}

// A deadline's timer may have fired and wait for the lock while the deadline is replaced.
func TestReplacedDeadlineDoesNotStrike(t *testing.T) {
	h := newHalf()
	old := time.NewTimer(time.Hour)
	defer old.Stop()
	h.setDeadline(&h.reader, time.Now().Add(time.Hour))
	h.expire(&h.reader, &old)
	if h.reader.late {
		t.Error("an old timer made the reader late")
	}
	h.expire(&h.reader, &h.reader.timer)
	if !h.reader.late {
		t.Error("its own timer did not")
	}
}

func TestErrorTexts(t *testing.T) {
	client, server := Pair()
	server.Reset()
	for want, do := range map[string]func() error{
		"read tcp 192.0.2.1:49152->192.0.2.2:443: read: connection reset by peer":    func() error { _, err := io.ReadAll(client); return err },
		"write tcp 192.0.2.1:49152->192.0.2.2:443: write: connection reset by peer":  func() error { _, err := client.Write([]byte("x")); return err },
		"close tcp 192.0.2.2:443->192.0.2.1:49152: use of closed network connection": server.Close,
	} {
		if err := do(); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

// Whoever reads at the end that is reset, as TLS does, writes no goodbye that the peer would take for an orderly end.
func TestNothingIsSentAfterAReset(t *testing.T) {
	for range 50_000 {
		client, server := Pair()
		reading, done := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(done)
			close(reading)
			server.Read(make([]byte, 1))
			server.Write([]byte("goodbye"))
		}()
		<-reading
		runtime.Gosched()
		server.Reset()
		wantRead(t, client, "", syscall.ECONNRESET)
		<-done
	}
}
