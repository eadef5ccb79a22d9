package memnet

import (
	"context"
	"net"
	"os"
	"sync"
	"syscall"
)

// backlog bounds the connections that were dialled and not yet accepted, as Linux does.
const backlog = 4096

// Listener is a net.Listener that is dialled by its own Dial.
type Listener struct {
	addr   Addr
	mu     sync.Mutex
	cond   *sync.Cond // queue or closed changed
	queue  []*Conn
	closed bool
}

// Listen returns a listener that calls itself addr, a "host:port". Listeners know nothing of each other: two may have
// one address.
func Listen(addr string) *Listener {
	l := &Listener{addr: Addr(addr)}
	l.cond = sync.NewCond(&l.mu)
	return l
}

// Dial connects to the listener. It does not wait for Accept, so ctx matters only if it has ended. A closed listener
// and one with 4096 connections waiting refuse: *net.OpError with Op "dial" and ECONNREFUSED.
func (l *Listener) Dial(ctx context.Context) (net.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, l.fail("dial", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || len(l.queue) >= backlog {
		return nil, l.fail("dial", os.NewSyscallError("connect", syscall.ECONNREFUSED))
	}
	client, server := pair(l.addr)
	l.queue = append(l.queue, server)
	l.cond.Signal()
	return client, nil
}

// Accept implements net.Listener. After Close it fails with net.ErrClosed.
func (l *Listener) Accept() (net.Conn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.queue) == 0 && !l.closed {
		l.cond.Wait()
	}
	if l.closed {
		return nil, l.fail("accept", net.ErrClosed)
	}
	conn := l.queue[0]
	l.queue = l.queue[1:]
	return conn, nil
}

// Close implements net.Listener. Connections that nobody has accepted are reset; accepted ones live on.
func (l *Listener) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return l.fail("close", net.ErrClosed)
	}
	l.closed = true
	for _, conn := range l.queue {
		conn.Reset()
	}
	l.queue = nil
	l.cond.Broadcast()
	return nil
}

// Addr implements net.Listener.
func (l *Listener) Addr() net.Addr { return l.addr }

func (l *Listener) fail(op string, err error) error {
	return &net.OpError{Op: op, Net: l.addr.Network(), Addr: l.addr, Err: err}
}
