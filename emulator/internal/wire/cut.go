package wire

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
)

var errNoConn = errors.New("the request came by a listener that is not the emulator's own: its connection cannot be reached")

// reset gives the client ECONNRESET.
func reset(a *Answer, f Fault) error { return a.cut(f, (*Conn).Reset) }

// end gives the client the end of the connection: io.EOF, or io.ErrUnexpectedEOF on HTTP/2 and within a body.
func end(a *Answer, f Fault) error { return a.cut(f, (*Conn).End) }

// cut ends the connection. One that several worlds share is not a fault's to end: there, only the stream is aborted.
func (a *Answer) cut(f Fault, how func(*Conn) error) error {
	c := ConnOf(a.R.Context())
	a.begin(f)
	if f.MidBody || a.R.ProtoMajor == 2 {
		// What was flushed leaves; and a client that acknowledges HTTP/2 settings would meet the reset in that write, and
		// then read no more than the end.
		_ = a.Clock.Settle(a.R.Context()) // the client may be gone: so may the rest
	}
	if !a.Shared || a.R.ProtoMajor != 2 {
		_ = how(c) // fails where the client was faster
	}
	panic(http.ErrAbortHandler)
}

// hang waits until the client is gone or the scenario is disarmed, and then ends the connection; on HTTP/2, the stream.
func hang(a *Answer, f Fault) error {
	a.begin(f)
	select {
	case <-a.R.Context().Done():
	case <-a.Disarmed:
	}
	panic(http.ErrAbortHandler)
}

// begin sends what a fault in the middle of the body lets through.
func (a *Answer) begin(f Fault) {
	if f.MidBody {
		a.declare(len(a.Body))
		a.send(a.Body[:part(a, f)])
	}
}

// truncate sends less than it declares: io.ErrUnexpectedEOF after as many bytes.
func truncate(a *Answer, f Fault) error {
	a.declare(len(a.Body))
	a.send(a.Body[:f.Bytes])
	return nil
}

// closeKeepAlive sends the answer and then closes the connection, as the answer says; on HTTP/2 with a GOAWAY.
func closeKeepAlive(a *Answer, _ Fault) error {
	a.W.Header().Set("Connection", "close")
	a.W.WriteHeader(a.Status)
	a.write(a.Body)
	return nil
}

// declare decides the headers, with a Content-Length. They leave with the first byte that is sent.
func (a *Answer) declare(n int) {
	a.W.Header().Set("Content-Length", strconv.Itoa(n))
	a.W.WriteHeader(a.Status)
}

// send sends a part of the body at once.
func (a *Answer) send(part string) {
	a.write(part)
	_ = http.NewResponseController(a.W).Flush() // fails where the client is gone
}

// write writes a part of the body. It fails where the client is gone, which the request's context tells.
func (a *Answer) write(part string) { _, _ = io.WriteString(a.W, part) }

func (a *Answer) disarmed() bool {
	select {
	case <-a.Disarmed:
		return true
	default:
		return false
	}
}

// watched is the request's context, which also ends when the scenario is disarmed.
func (a *Answer) watched() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(a.R.Context())
	go func() {
		select {
		case <-a.Disarmed:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}
