package memnet

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// serve runs h over a listener of its own, in the bubble of t, and returns a client and the base URL.
func serve(t *testing.T, secure bool, h http.Handler) (*http.Client, string) {
	l := Listen("example.com:443") // the name in httptest's certificate
	var open sync.WaitGroup
	track := func(_ net.Conn, s http.ConnState) {
		switch s {
		case http.StateNew:
			open.Add(1)
		case http.StateClosed, http.StateHijacked:
			open.Done()
		}
	}
	server := &httptest.Server{Listener: l, EnableHTTP2: true, Config: &http.Server{Handler: h, ConnState: track}}
	if secure {
		server.StartTLS()
	} else {
		server.Start()
	}
	transport := server.Client().Transport.(*http.Transport)
	transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) { return l.Dial(ctx) }
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		server.Close()
		open.Wait()
	})
	return server.Client(), server.URL
}

// inBubbles runs test once over plain HTTP/1.1 and once over TLS and HTTP/2, each in a bubble.
func inBubbles(t *testing.T, test func(t *testing.T, secure bool)) {
	for name, secure := range map[string]bool{"HTTP/1.1": false, "HTTP/2.0": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { test(t, secure) })
		})
	}
}

// patient sends a GET until it is no longer told to come back later.
func patient(client *http.Client, url string) (*http.Response, error) {
	for {
		answer, err := client.Get(url)
		if err != nil || answer.StatusCode != http.StatusTooManyRequests {
			return answer, err
		}
		answer.Body.Close()
		seconds, err := strconv.Atoi(answer.Header.Get("Retry-After"))
		if err != nil {
			return nil, err
		}
		time.Sleep(time.Duration(seconds) * time.Second)
	}
}

func TestRetryAfterTakesNoRealTime(t *testing.T) {
	began := time.Now()
	inBubbles(t, func(t *testing.T, secure bool) {
		var calls atomic.Int32
		client, url := serve(t, secure, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if calls.Add(1) <= 2 {
				w.Header().Set("Retry-After", "60")
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			io.WriteString(w, r.RemoteAddr+" "+r.Proto)
		}))
		start := time.Now()
		answer, err := patient(client, url)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if want := "192.0.2.1:49152 " + answer.Proto; string(body) != want || (answer.ProtoMajor == 2) != secure {
			t.Errorf("body %q, %v; want %q", body, err, want)
		}
		if passed := time.Since(start); passed != 2*time.Minute || calls.Load() != 3 {
			t.Errorf("%d calls in %s, want 3 in 2m", calls.Load(), passed)
		}
	})
	if real := time.Since(began); real > 10*time.Second {
		t.Errorf("took %s of real time", real)
	}
}

func TestLargeBodiesBothWays(t *testing.T) {
	inBubbles(t, func(t *testing.T, secure bool) {
		client, url := serve(t, secure, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			w.Write(body)
		}))
		sent := strings.Repeat("0123456789abcdef", 4*bufferSize/16)
		reader, writer := io.Pipe()
		go func() { io.WriteString(writer, sent); writer.Close() }()
		answer, err := client.Post(url, "text/plain", reader)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if got, err := io.ReadAll(answer.Body); string(got) != sent || err != nil {
			t.Errorf("%d bytes came back of %d, %v", len(got), len(sent), err)
		}
	})
}

func TestClientTimeoutReachesTheHandler(t *testing.T) {
	inBubbles(t, func(t *testing.T, secure bool) {
		gone := make(chan time.Duration, 1)
		client, url := serve(t, secure, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			start := time.Now()
			<-r.Context().Done()
			gone <- time.Since(start)
		}))
		client.Timeout = 30 * time.Second
		_, err := client.Get(url)
		var failed net.Error
		if !errors.As(err, &failed) || !failed.Timeout() {
			t.Errorf("client: %v", err)
		}
		if waited := <-gone; waited != client.Timeout {
			t.Errorf("the handler noticed after %s", waited)
		}
	})
}

func TestRefusedRequest(t *testing.T) {
	l := Listen("example.com:80")
	l.Close()
	client := &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return l.Dial(ctx) },
	}}
	if _, err := client.Get("http://example.com/"); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("got %v", err)
	}
}

// Bytes that were sent before a reset arrive, then the client learns of the reset.
func TestResetMidBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := Listen("example.com:80")
		client := &http.Client{Transport: &http.Transport{
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return l.Dial(ctx) },
		}}
		served := make(chan error, 1)
		go func() {
			conn, err := l.Accept()
			if err == nil {
				_, err = conn.Read(make([]byte, 4096))
				io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
				conn.(*Conn).Reset()
			}
			served <- err
		}()
		answer, err := client.Get("http://example.com/")
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if body, err := io.ReadAll(answer.Body); string(body) != "half" || !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("body %q, %v", body, err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
}
