// Package wire spoils connections and answers, below HTTP where that is where a network fails. It has two means: a
// listener and connections that lie under TLS, the same for HTTP/1.1 and HTTP/2, sockets and memory; and, on HTTP/1.1
// alone, an answer's raw bytes. Whatever a fault broke is closed: nothing of it reaches a later request.
package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// Clock is what waits go by. A world's clock is one.
type Clock interface {
	Now() time.Time
	Sleep(ctx context.Context, d time.Duration) error // nil, or ctx.Err() where ctx ended first
	Settle(ctx context.Context) error                 // a moment of package time, frozen or not, for bytes to leave
}

// Conn is a connection that a Listener accepted.
type Conn struct {
	net.Conn
	listener *Listener
	state    atomic.Int32           // an http.ConnState
	closing  atomic.Bool            // once it is idle
	host     atomic.Pointer[string] // the server name of its TLS handshake
	world    atomic.Pointer[string] // of its first request
	several  atomic.Bool            // there were requests to other worlds
}

type connKey struct{}

// ConnOf returns the connection of a request's context; nil where the server's listener is none of this package.
func ConnOf(ctx context.Context) *Conn {
	c, _ := ctx.Value(connKey{}).(*Conn)
	return c
}

// Attach makes the requests of a server know their connections. Call it before the server serves, and after its own
// ConnContext and ConnState are set: they are called as before.
func Attach(s *http.Server) {
	inContext, onState := s.ConnContext, s.ConnState
	s.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		if inContext != nil {
			ctx = inContext(ctx, c)
		}
		return context.WithValue(ctx, connKey{}, under(c))
	}
	s.ConnState = func(c net.Conn, state http.ConnState) {
		if own := under(c); own != nil {
			own.state.Store(int32(state))
			// HTTP/2 is idle before its last frame has left. There the answer's "Connection: close" ends the connection.
			if state == http.StateIdle && own.Closing() && !isHTTP2(c) {
				_ = c.Close()
			}
		}
		if onState != nil {
			onState(c, state)
		}
	}
}

// under is the connection below TLS, or nil.
func under(c net.Conn) *Conn {
	if secure, ok := c.(*tls.Conn); ok {
		c = secure.NetConn()
	}
	own, _ := c.(*Conn)
	return own
}

func isHTTP2(c net.Conn) bool {
	secure, ok := c.(*tls.Conn)
	return ok && secure.ConnectionState().NegotiatedProtocol == "h2"
}

// leave closes the connection now if it carries no request, else once its answer is out.
func (c *Conn) leave() {
	c.closing.Store(true)
	if s := http.ConnState(c.state.Load()); s == http.StateNew || s == http.StateIdle {
		_ = c.Close()
	}
}

// Closing tells whether the answer about to be sent should say "Connection: close": a fault of the listener began.
func (c *Conn) Closing() bool { return c.closing.Load() }

// Carry notes that a request to a world came, and tells whether requests to other worlds came before or since the first.
func (c *Conn) Carry(world string) (several bool) {
	first := c.world.Load()
	if first == nil {
		named := world
		c.world.CompareAndSwap(nil, &named)
		first = c.world.Load()
	}
	if *first != world {
		c.several.Store(true)
	}
	return c.several.Load()
}

// Close implements net.Conn.
func (c *Conn) Close() error {
	c.listener.forget(c)
	return c.Conn.Close()
}

// CloseWrite sends what a half-closed connection does, so that net/http can linger as it does on a socket.
func (c *Conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}

// End closes the connection so that the peer sees its end, even where bytes of the peer's are unread: a plain Close
// would then be a reset.
func (c *Conn) End() error {
	_ = c.CloseWrite() // fails where the peer was faster
	return c.Close()
}

// Reset closes the connection so that the peer gets ECONNRESET: a TCP reset, or what package memnet has for one.
func (c *Conn) Reset() error {
	switch conn := c.Conn.(type) {
	case interface{ Reset() error }:
		c.listener.forget(c)
		return conn.Reset()
	case interface{ SetLinger(sec int) error }:
		_ = conn.SetLinger(0) // fails where the connection is closed, and Close says so
	}
	return c.Close()
}
