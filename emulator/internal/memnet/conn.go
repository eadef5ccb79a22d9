// Package memnet is a network in memory: buffered connections that close, half-close, reset and time out as TCP's do,
// and a listener that hands them out. It waits on sync.Cond only, so in a testing/synctest bubble a wait for the peer
// lets virtual time pass.
package memnet

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"time"
)

// Addr is a fixed "host:port", so that what two runs log is equal byte by byte.
type Addr string

// Network returns "tcp": error texts then read as those of sockets.
func (a Addr) Network() string { return "tcp" }

// String returns the "host:port".
func (a Addr) String() string { return string(a) }

// The ends of a connection; the addresses are of RFC 5737, for documentation.
const (
	clientAddr Addr = "192.0.2.1:49152"
	serverAddr Addr = "192.0.2.2:443"
)

// Conn is one end of a connection. All its methods may be called at the same time; Writes that do not fit into the
// buffer may then mix. Errors are those of package net: *net.OpError around net.ErrClosed, os.ErrDeadlineExceeded,
// ECONNRESET (the peer reset, or closed without reading all) or EPIPE (the peer has closed, or CloseWrite was called).
type Conn struct {
	in, out       *half
	local, remote Addr
}

// Pair returns the two ends of a new connection.
func Pair() (client, server *Conn) { return pair(serverAddr) }

func pair(addr Addr) (client, server *Conn) {
	up, down := newHalf(), newHalf()
	return &Conn{in: down, out: up, local: clientAddr, remote: addr},
		&Conn{in: up, out: down, local: addr, remote: clientAddr}
}

// Read implements net.Conn. What arrived before the peer closed or reset is read first.
func (c *Conn) Read(p []byte) (int, error) {
	n, err := c.in.read(p)
	return n, c.fail("read", err)
}

// Write implements net.Conn. It blocks only while 256 KiB are on their way and unread.
func (c *Conn) Write(p []byte) (int, error) {
	n, err := c.out.write(p)
	return n, c.fail("write", err)
}

// CloseWrite tells the peer that nothing more will come: after what is on its way it reads io.EOF.
func (c *Conn) CloseWrite() error {
	return c.fail("close", c.out.endWrite(syscall.EPIPE, io.EOF))
}

// Close implements net.Conn. The peer reads what is on its way, then io.EOF; or ECONNRESET if this end had not read
// all that it was sent.
func (c *Conn) Close() error {
	unread, err := c.in.endRead(false)
	if err != nil {
		return c.fail("close", err)
	}
	var last error = io.EOF
	if unread {
		last = syscall.ECONNRESET
	}
	return c.fail("close", c.out.endWrite(net.ErrClosed, last))
}

// Reset closes the connection so that the peer, after what is on its way, gets ECONNRESET.
func (c *Conn) Reset() error {
	// Writing ends first: a reader at this end that wakes, such as TLS, must not say goodbye any more.
	err := c.out.endWrite(net.ErrClosed, syscall.ECONNRESET)
	if err == nil {
		_, err = c.in.endRead(true)
	}
	return c.fail("close", err)
}

// LocalAddr implements net.Conn.
func (c *Conn) LocalAddr() net.Addr { return c.local }

// RemoteAddr implements net.Conn.
func (c *Conn) RemoteAddr() net.Addr { return c.remote }

// SetDeadline implements net.Conn. Deadlines are instants of package time.
func (c *Conn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

// SetReadDeadline implements net.Conn.
func (c *Conn) SetReadDeadline(t time.Time) error {
	return c.fail("set", c.in.setDeadline(&c.in.reader, t))
}

// SetWriteDeadline implements net.Conn.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	return c.fail("set", c.out.setDeadline(&c.out.writer, t))
}

func (c *Conn) fail(op string, err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	if code, ok := err.(syscall.Errno); ok {
		err = os.NewSyscallError(op, code)
	}
	return &net.OpError{Op: op, Net: c.local.Network(), Source: c.local, Addr: c.remote, Err: err}
}
