package emulator

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"os"
	"sync"
	"syscall"

	"github.com/understudy-dev/understudy/emulator/internal/authority"
	"github.com/understudy-dev/understudy/emulator/internal/memnet"
	"github.com/understudy-dev/understudy/emulator/internal/serve"
	"github.com/understudy-dev/understudy/emulator/internal/wire"
)

// Endpoint serves one world over an in-memory network: no port, no handshake unless asked for. Each vendor's hosts, such
// as auth0.localhost, are a listener of their own, and all other hosts are one more. Inside a testing/synctest bubble it
// must be opened and closed in the bubble.
type Endpoint struct {
	world   *World
	tls     bool
	ca      *authority.Authority
	conf    func() (*tls.Config, error) // of real handshakes, made when there is one
	base    context.Context             // of every request
	stop    context.CancelFunc
	running sync.WaitGroup // connections, handlers and accept loops

	mu         sync.Mutex
	closed     bool
	listeners  map[entry]*wire.Listener // made when they are first needed
	servers    []*http.Server
	spoiled    map[string]bool // vendors whose handshakes a fault spoils
	transports []*http.Transport
}

// entry is what a client dials.
type entry struct {
	vendor string // "" for hosts of none
	side   side
}

// side is how a listener's connections begin.
type side string

const (
	plain   side = "http"
	assumed side = "https without a handshake"
	secure  side = "https"
)

// Open starts an endpoint for the world. With realTLS, https means a TLS handshake and HTTP/2; else https URLs run over
// plain memory, at no cost.
func (w *World) Open(realTLS bool) (*Endpoint, error) {
	p := &Endpoint{world: w, tls: realTLS, ca: authority.InMemory(), listeners: map[entry]*wire.Listener{}, spoiled: map[string]bool{}}
	p.conf = sync.OnceValues(func() (*tls.Config, error) {
		conf, err := p.ca.TLSConfig(leafHosts(w.emulator.server.Vendors(), nil))
		if err != nil {
			return nil, err
		}
		return wire.TLSConfig(conf, flawed(p.ca)), nil
	})
	if realTLS {
		if _, err := p.conf(); err != nil {
			return nil, err
		}
	}
	p.base, p.stop = context.WithCancel(context.Background())
	w.inner.Doors.Add(memoryDoor{p})
	return p, nil
}

// listener is the one behind an entry; nil after Close.
func (p *Endpoint) listener(e entry) (*wire.Listener, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if l := p.listeners[e]; l != nil || p.closed {
		return l, nil
	}
	address := "192.0.2.80:443"
	var conf *tls.Config
	switch e.side {
	case plain:
		address = "192.0.2.80:80"
	case secure:
		shared, err := p.conf()
		if err != nil {
			return nil, err
		}
		conf = shared.Clone() // net/http changes its server's
	}
	l, err := wire.Listen(p.world.inner.Clock, address, func(address string) (net.Listener, error) { return memnet.Listen(address), nil })
	if err != nil {
		return nil, err
	}
	p.listeners[e] = l
	p.serve(l, e.side, conf)
	return l, nil
}

// serve runs a server on a listener. It has no time-outs: in a bubble they would fire in virtual time.
func (p *Endpoint) serve(l net.Listener, s side, conf *tls.Config) {
	handler := p.world.emulator.server.Only(p.world.Name(), "")
	server := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			p.running.Add(1)
			defer p.running.Done()
			handler.ServeHTTP(w, r)
		}),
		TLSConfig: conf, ErrorLog: quietLog(),
		BaseContext: func(net.Listener) context.Context { return p.base },
		ConnState: func(_ net.Conn, state http.ConnState) {
			switch state {
			case http.StateNew:
				p.running.Add(1)
			case http.StateClosed, http.StateHijacked:
				p.running.Done()
			}
		},
	}
	if s == assumed {
		server.ConnContext = func(ctx context.Context, _ net.Conn) context.Context { return serve.Secure(ctx) }
	}
	wire.Attach(server)
	p.servers = append(p.servers, server)
	p.running.Add(1)
	go func() {
		defer p.running.Done()
		if s == secure {
			_ = server.ServeTLS(l, "", "") // ends when Close closes the listener
			return
		}
		_ = server.Serve(l)
	}()
}

// Dial connects to the world: port 443 is the secure side, any other the plain one. The host says whose listener is
// meant: a vendor's, if its first label is the vendor.
func (p *Endpoint) Dial(ctx context.Context, _, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err == nil && port == "443" {
		return p.dial(ctx, p.secureEntry(host))
	}
	return p.dial(ctx, entry{p.vendorOf(host), plain})
}

func (p *Endpoint) dial(ctx context.Context, e entry) (net.Conn, error) {
	l, err := p.listener(e)
	if err != nil {
		return nil, err
	}
	if l == nil {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	}
	conn, err := l.Dial(ctx)
	if errors.Is(err, syscall.ECONNREFUSED) {
		p.world.inner.Refused(e.vendor)
	}
	return conn, err
}

// secureEntry is where https to a host arrives: a real handshake where that is asked for, or spoiled by a fault.
func (p *Endpoint) secureEntry(host string) entry {
	vendor := p.vendorOf(host)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tls || p.spoiled[vendor] {
		return entry{vendor, secure}
	}
	return entry{vendor, assumed}
}

// vendorOf is the vendor that a host names, or "".
func (p *Endpoint) vendorOf(host string) string {
	label := wire.Label(host)
	if label == "" || p.world.emulator.vendor(label) == nil {
		return ""
	}
	return label
}

// Transport reaches the world whatever host a URL names.
func (p *Endpoint) Transport() *http.Transport {
	t := &http.Transport{DialContext: p.Dial, DialTLSContext: p.dialTLS}
	if p.tls {
		t = &http.Transport{DialContext: p.dialAnyPort, ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: p.ca.Pool()}}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.transports = append(p.transports, t)
	return t
}

// dialAnyPort is Dial for transports that handshake by themselves: https may be on any port but 80.
func (p *Endpoint) dialAnyPort(ctx context.Context, network, address string) (net.Conn, error) {
	if host, port, err := net.SplitHostPort(address); err == nil && port != "80" {
		return p.dial(ctx, p.secureEntry(host))
	}
	return p.Dial(ctx, network, address)
}

// dialTLS connects for an https URL, without a handshake but where a fault spoils it.
func (p *Endpoint) dialTLS(ctx context.Context, _, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	e := p.secureEntry(host)
	conn, err := p.dial(ctx, e)
	if err != nil || e.side == assumed {
		return conn, err
	}
	client := tls.Client(conn, &tls.Config{ServerName: host, RootCAs: p.ca.Pool()})
	if err := client.HandshakeContext(ctx); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return client, nil
}

// Close ends all connections and waits for their handlers. Close idle connections of clients first.
func (p *Endpoint) Close() error {
	p.world.inner.Doors.Remove(memoryDoor{p})
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	var all []error
	for _, s := range p.servers { // none is added any more
		all = append(all, s.Close())
	}
	p.stop()
	for _, l := range p.listeners {
		l.CloseConns()
	}
	p.running.Wait()
	return errors.Join(all...)
}
