package wire

import (
	"context"
	"net"
	"sync"
	"time"
)

// Listener is a net.Listener that can refuse connections for a while and knows those that are open.
type Listener struct {
	// Vendor, unless empty, is the one whose handshakes are all that come here, whatever server name they have: clients
	// that dial an address send none. Set it before the first Accept.
	Vendor string

	clock Clock
	open  func(address string) (net.Listener, error)
	addr  net.Addr

	mu      sync.Mutex
	inner   net.Listener // closed while connections are refused
	refusal *refusal     // nil: there is none
	closed  bool
	conns   map[*Conn]struct{}
	spoiled map[string]spoiled // what TLS handshakes meet, by vendor
}

// refusal is a time without a listener.
type refusal struct {
	ctx   context.Context // ends it early
	end   context.CancelFunc
	until time.Time
}

// Listen opens a listener at an address. After a refusal, open is called again with the address that the first one
// turned out to have. The clock says how long refusals last. Error: that of open.
func Listen(clock Clock, address string, open func(address string) (net.Listener, error)) (*Listener, error) {
	inner, err := open(address)
	if err != nil {
		return nil, err
	}
	return &Listener{clock: clock, open: open, addr: inner.Addr(), inner: inner, conns: map[*Conn]struct{}{}}, nil
}

// Addr implements net.Listener.
func (l *Listener) Addr() net.Addr { return l.addr }

// Accept implements net.Listener. While connections are refused it waits. Where the address cannot be had again
// afterwards, it fails with an error that net/http takes as temporary, and the next call tries again.
func (l *Listener) Accept() (net.Conn, error) {
	for {
		l.mu.Lock()
		inner, now := l.inner, l.refusal
		l.mu.Unlock()
		if now != nil {
			// What is left counts: the clock may have gone on before this goroutine noticed.
			_ = l.clock.Sleep(now.ctx, now.until.Sub(l.clock.Now())) // its early end is this listener's own doing
			if err := l.over(now); err != nil {
				return nil, err
			}
			continue
		}
		conn, err := inner.Accept()
		if err != nil && l.isOpen(inner) {
			return nil, err
		}
		if err == nil {
			if own := l.add(inner, conn); own != nil {
				return own, nil
			}
		}
	}
}

// isOpen tells whether a failure of inner is the caller's to see: no refusal has closed it.
func (l *Listener) isOpen(inner net.Listener) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed || l.inner == inner && l.refusal == nil
}

// over ends a refusal whose time has passed, unless it has ended before.
func (l *Listener) over(r *refusal) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || l.refusal != r {
		return nil
	}
	return l.reopen()
}

// reopen ends the present refusal. Where it fails the refusal stands, but without its wait: Accept tries again.
func (l *Listener) reopen() error {
	l.refusal.end()
	inner, err := l.open(l.addr.String())
	if err != nil {
		return taken{err}
	}
	l.inner, l.refusal = inner, nil
	return nil
}

// taken is an address that another program took during a refusal.
type taken struct{ error }

func (t taken) Unwrap() error { return t.error }
func (taken) Timeout() bool   { return false }
func (taken) Temporary() bool { return true }

// add registers a connection; nil where it came too late and is reset, as one that nobody accepted would be.
func (l *Listener) add(inner net.Listener, conn net.Conn) *Conn {
	own := &Conn{Conn: conn, listener: l}
	l.mu.Lock()
	late := l.closed || l.refusal != nil || l.inner != inner
	if !late {
		l.conns[own] = struct{}{}
	}
	l.mu.Unlock()
	if late {
		_ = own.Reset()
		return nil
	}
	return own
}

func (l *Listener) forget(c *Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.conns, c)
}

// Refuse refuses connections for d of the clock's time from now, in place of an earlier refusal; d <= 0 takes them again
// at once. Connections that are open close, busy ones when their answer is out. Errors: net.ErrClosed; at the end of a
// refusal, that the address cannot be had.
func (l *Listener) Refuse(d time.Duration) error {
	err := l.refuse(d)
	if err == nil && d > 0 {
		l.Leave()
	}
	return err
}

func (l *Listener) refuse(d time.Duration) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	former := l.refusal
	switch {
	case l.closed:
		return net.ErrClosed
	case d <= 0 && former == nil:
		return nil
	case d <= 0:
		return l.reopen()
	}
	ctx, end := context.WithCancel(context.Background())
	l.refusal = &refusal{ctx: ctx, end: end, until: l.clock.Now().Add(d)}
	if former != nil {
		former.end()
		return nil
	}
	return l.inner.Close()
}

// Leave closes the open connections, busy ones when their answer is out.
func (l *Listener) Leave() { l.leave(func(*Conn) bool { return true }) }

// leave is Leave for those that which chooses.
func (l *Listener) leave(which func(*Conn) bool) {
	for _, c := range l.connections() {
		if which(c) {
			c.leave()
		}
	}
}

func (l *Listener) connections() []*Conn {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := make([]*Conn, 0, len(l.conns))
	for c := range l.conns {
		all = append(all, c)
	}
	return all
}

// Dial connects to the listener: in memory by the listener's own Dial, else by its address. In memory a refusal ends at
// its very instant, even where that one has come and Accept has not yet noticed.
func (l *Listener) Dial(ctx context.Context) (net.Conn, error) {
	l.mu.Lock()
	if r := l.refusal; r != nil && !l.closed && !l.clock.Now().Before(r.until) {
		_ = l.reopen() // the dial below says what is wrong
	}
	inner := l.inner
	l.mu.Unlock()
	if memory, ok := inner.(interface {
		Dial(context.Context) (net.Conn, error)
	}); ok {
		return memory.Dial(ctx)
	}
	var d net.Dialer
	return d.DialContext(ctx, l.addr.Network(), l.addr.String())
}

// Close implements net.Listener. It also closes the connections on which no request ever began: a server that drains
// would wait for them. A second call does nothing.
func (l *Listener) Close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil
	}
	l.closed = true
	var err error
	if l.refusal != nil {
		l.refusal.end()
		l.refusal = nil
	} else {
		err = l.inner.Close()
	}
	l.mu.Unlock()
	for _, c := range l.connections() {
		if c.state.Load() == 0 { // http.StateNew
			_ = c.Close()
		}
	}
	return err
}

// CloseConns closes every connection that is still open, those that handlers took over from net/http included.
func (l *Listener) CloseConns() {
	for _, c := range l.connections() {
		_ = c.Close()
	}
}
