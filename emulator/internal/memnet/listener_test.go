package memnet

import (
	"context"
	"errors"
	"net"
	"syscall"
	"testing"
	"testing/synctest"
)

func TestListener(t *testing.T) {
	l := Listen("acme.example:443")
	if l.Addr().String() != "acme.example:443" || l.Addr().Network() != "tcp" {
		t.Errorf("address %s %s", l.Addr().Network(), l.Addr())
	}
	var clients [2]net.Conn
	for i := range clients {
		var err error
		if clients[i], err = l.Dial(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for i, text := range []string{"first", "second"} {
		server, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		if local, remote := server.LocalAddr().String(), server.RemoteAddr().String(); local != "acme.example:443" || remote != "192.0.2.1:49152" {
			t.Errorf("server end: local %s, remote %s", local, remote)
		}
		if local, remote := clients[i].LocalAddr().String(), clients[i].RemoteAddr().String(); local != "192.0.2.1:49152" || remote != "acme.example:443" {
			t.Errorf("client end: local %s, remote %s", local, remote)
		}
		write(t, clients[i], text)
		clients[i].Close()
		wantRead(t, server, text, nil)
	}
}

func wantRefused(t *testing.T, l *Listener) {
	t.Helper()
	conn, err := l.Dial(t.Context())
	var failed *net.OpError
	if conn != nil || !errors.As(err, &failed) || failed.Op != "dial" || !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("got %v, %v", conn, err)
	} else if want := "dial tcp acme.example:443: connect: connection refused"; err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
}

func TestListenerClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := Listen("acme.example:443")
		lives, err := l.Dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		server, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		accepts := make(chan error, 1)
		go func() { _, err := l.Accept(); accepts <- err }()
		synctest.Wait()
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if err := <-accepts; !errors.Is(err, net.ErrClosed) {
			t.Errorf("waiting Accept: %v", err)
		}
		wantRefused(t, l)
		if err := l.Close(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("second Close: %v", err)
		}
		write(t, lives, "accepted before")
		lives.Close()
		wantRead(t, server, "accepted before", nil)
	})
}

func TestListenerResetsWhatNobodyAccepted(t *testing.T) {
	l := Listen("acme.example:443")
	waiting, err := l.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	wantRead(t, waiting, "", syscall.ECONNRESET)
}

func TestDialRefuses(t *testing.T) {
	l := Listen("acme.example:443")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if conn, err := l.Dial(ended); conn != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("context over: %v, %v", conn, err)
	}
	for range backlog {
		if _, err := l.Dial(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	wantRefused(t, l)
	l.Accept()
	if _, err := l.Dial(t.Context()); err != nil {
		t.Errorf("room again: %v", err)
	}
}
