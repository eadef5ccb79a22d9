package emulator

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"sync"

	"github.com/understudy-dev/understudy/emulator/internal/authority"
	"github.com/understudy-dev/understudy/emulator/internal/memnet"
	"github.com/understudy-dev/understudy/emulator/internal/serve"
)

// Endpoint serves one world over an in-memory network: no port, no handshake unless asked for. Inside a
// testing/synctest bubble it must be opened and closed in the bubble.
type Endpoint struct {
	plain, secure *memnet.Listener
	servers       []*http.Server
	running       sync.WaitGroup // connections, handlers and accept loops
	pool          func() *tls.Config
	tls           bool
}

// Open starts an endpoint for the world. With realTLS, https means a TLS handshake and HTTP/2; else https URLs run over
// plain memory, at no cost.
func (w *World) Open(realTLS bool) (*Endpoint, error) {
	p := &Endpoint{plain: memnet.Listen("192.0.2.80:80"), secure: memnet.Listen("192.0.2.80:443"), tls: realTLS}
	handler := w.emulator.server.Only(w.Name())
	p.serve(p.plain, handler, nil, nil)
	if !realTLS {
		p.serve(p.secure, handler, nil, func(ctx context.Context, _ net.Conn) context.Context { return serve.Secure(ctx) })
		return p, nil
	}
	ca := authority.InMemory()
	conf, err := ca.TLSConfig(leafHosts(w.emulator.server.Vendors(), nil))
	if err != nil {
		p.Close()
		return nil, err
	}
	p.pool = func() *tls.Config { return &tls.Config{RootCAs: ca.Pool()} }
	p.serve(p.secure, handler, conf, nil)
	return p, nil
}

// serve runs a server on a listener. It has no time-outs: in a bubble they would fire in virtual time.
func (p *Endpoint) serve(l net.Listener, h http.Handler, conf *tls.Config, conn func(context.Context, net.Conn) context.Context) {
	server := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			p.running.Add(1)
			defer p.running.Done()
			h.ServeHTTP(w, r)
		}),
		TLSConfig: conf, ConnContext: conn,
		ConnState: func(_ net.Conn, s http.ConnState) {
			switch s {
			case http.StateNew:
				p.running.Add(1)
			case http.StateClosed, http.StateHijacked:
				p.running.Done()
			}
		},
	}
	p.servers = append(p.servers, server)
	p.running.Add(1)
	go func() {
		defer p.running.Done()
		if conf != nil {
			_ = server.ServeTLS(l, "", "") // ends when Close closes the listener
			return
		}
		_ = server.Serve(l)
	}()
}

// Dial connects to the world: port 443 is the secure side, any other the plain one. The host does not matter.
func (p *Endpoint) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if _, port, err := net.SplitHostPort(address); err == nil && port == "443" {
		return p.secure.Dial(ctx)
	}
	return p.plain.Dial(ctx)
}

// Transport reaches the world whatever host a URL names.
func (p *Endpoint) Transport() *http.Transport {
	t := &http.Transport{DialContext: p.Dial, ForceAttemptHTTP2: p.tls}
	secure := func(ctx context.Context, _, _ string) (net.Conn, error) { return p.secure.Dial(ctx) }
	if p.tls {
		t.TLSClientConfig = p.pool()
		t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			if _, port, _ := net.SplitHostPort(address); port != "80" {
				return p.secure.Dial(ctx)
			}
			return p.plain.Dial(ctx)
		}
		return t
	}
	t.DialTLSContext = secure
	return t
}

// Close ends all connections and waits for their handlers. Close idle connections of clients first.
func (p *Endpoint) Close() error {
	var all []error
	for _, s := range p.servers {
		all = append(all, s.Close())
	}
	p.running.Wait()
	return errors.Join(all...)
}
