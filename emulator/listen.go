package emulator

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/authority"
	"github.com/understudy-dev/understudy/emulator/internal/clock"
	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/wire"
)

// Bounds of the listeners.
const (
	readHeaderTimeout = 10 * time.Second
	drainTimeout      = 4 * time.Second // so that a process ends within 5, its export included
)

// listeners are the open ports of an emulator or a world. The zero value has none.
type listeners struct {
	servers []*http.Server
	sockets []socket
	base    context.Context // of every request; nil before the first port
	stop    context.CancelFunc
	urls    Listeners
}

// socket is one open address.
type socket struct {
	*wire.Listener
	vendor string // whose own it is, or ""
	secure bool
}

// port is an address to be opened.
type port struct {
	flag, address string // flag is what stands before the address on the command line
	vendor        string // whose own it is, or ""
	handler       http.Handler
	tls           *tls.Config // nil: plain
}

// Ports are real ports of one world.
type Ports struct {
	Listeners
	CertPEM []byte // the certificate to trust

	world     *World
	listeners listeners
}

// Listen opens an HTTP and an HTTPS port on which this world answers where a request chooses none, and for each vendor a
// free one of its own, at which faults of the connection can be aimed: on the host of the first, or for vendors whose
// clients insist on https, that of the second. The certificate authority is that of Start: in memory, unless WithCA names a
// folder. Close the ports when done.
func (w *World) Listen(http, https string) (*Ports, error) {
	ca, secure, err := w.emulator.tlsConfig()
	if err != nil {
		return nil, err
	}
	p := &Ports{Listeners: Listeners{CA: ca.Path()}, CertPEM: ca.CertPEM(), world: w}
	if err := p.open(http, https, secure); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	w.inner.Doors.Add(portDoor{&p.listeners, w})
	return p, nil
}

func (p *Ports) open(http, https string, secure *tls.Config) (err error) {
	listen := func(flag, address, vendor string, tls *tls.Config) (string, error) {
		handler := p.world.emulator.server.Only(p.world.Name(), vendor)
		return p.listeners.listen(p.world.inner.Clock, port{flag, address, vendor, handler, tls})
	}
	if p.HTTP, err = listen("http ", http, "", nil); err != nil {
		return err
	}
	if p.HTTPS, err = listen("https ", https, "", secure); err != nil {
		return err
	}
	p.Vendors = map[string]string{}
	for _, v := range Vendors() {
		near, tls := http, (*tls.Config)(nil)
		if insistsOnHTTPS(v) {
			near, tls = https, secure
		}
		host, _, _ := net.SplitHostPort(near) // listen has taken it
		if p.Vendors[v], err = listen(v+" ", net.JoinHostPort(host, "0"), v, tls); err != nil {
			return err
		}
	}
	return nil
}

// Close lets running requests end, for at most 4 seconds, and closes the ports.
func (p *Ports) Close() error {
	p.world.inner.Doors.Remove(portDoor{&p.listeners, p.world})
	return p.listeners.close()
}

// Listeners says where an emulator answers.
type Listeners struct {
	HTTP    string            `json:"http,omitempty"`  // a URL
	HTTPS   string            `json:"https,omitempty"` // a URL
	CA      string            `json:"ca,omitempty"`    // path of the certificate
	Vendors map[string]string `json:"listeners"`       // vendor -> URL of its own listener
}

// Start opens the ports that the options name. Error: a port in use says so in one line, with the way out.
func (e *Emulator) Start() error {
	e.opening.Store(true)
	defer e.opening.Store(false)
	if err := e.open(); err != nil {
		return errors.Join(err, e.Close())
	}
	return nil
}

func (e *Emulator) open() (err error) {
	e.listeners.urls.Vendors = map[string]string{}
	urls, clock := &e.listeners.urls, e.Default().inner.Clock
	var secure *tls.Config
	if e.options.https != "" { // before any port is open: the control API hands out the certificate
		var ca *authority.Authority
		if ca, secure, err = e.tlsConfig(); err != nil {
			return err
		}
		urls.CA = ca.Path()
	}
	if e.options.http != "" {
		if urls.HTTP, err = e.listeners.listen(clock, port{flag: "--http ", address: e.options.http, handler: e.server}); err != nil {
			return err
		}
	}
	for vendor, address := range e.options.vendors {
		if e.vendor(vendor) == nil {
			return fmt.Errorf("--listen %s=%s: no vendor %q", vendor, address, vendor)
		}
		own := port{flag: "--listen " + vendor + "=", address: address, vendor: vendor, handler: e.server.Only(e.Default().Name(), vendor)}
		if urls.Vendors[vendor], err = e.listeners.listen(clock, own); err != nil {
			return err
		}
	}
	if secure != nil {
		if urls.HTTPS, err = e.listeners.listen(clock, port{flag: "--https ", address: e.options.https, handler: e.server, tls: secure}); err != nil {
			return err
		}
	}
	e.Default().inner.Doors.Add(portDoor{&e.listeners, e.Default()})
	return nil
}

// leafHosts are the names of the certificate. There is no wildcard under localhost: curl, Python and Node refuse it.
func leafHosts(vendors []*spec.Vendor, more []string) []string {
	hosts := []string{"localhost", "127.0.0.1", "::1", "host.docker.internal", "understudy"}
	for _, v := range vendors {
		hosts = append(hosts, v.Name+".localhost")
	}
	return append(hosts, more...)
}

func (e *Emulator) tlsConfig() (*authority.Authority, *tls.Config, error) {
	ca, err := e.authority()
	if err != nil {
		return nil, nil, err
	}
	conf, err := ca.TLSConfig(leafHosts(e.server.Vendors(), e.options.hosts))
	if err != nil {
		return nil, nil, err
	}
	return ca, wire.TLSConfig(conf, flawed(ca)), nil
}

// authority is the one behind all HTTPS ports, made for the first of them.
func (e *Emulator) authority() (ca *authority.Authority, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.ca != nil:
		return e.ca, nil
	case e.options.caDir == "":
		ca = authority.InMemory()
	default:
		ca, err = authority.Open(e.options.caDir, clock.System{}.Now)
	}
	if err == nil {
		e.ca = ca
	}
	return ca, err
}

// listen serves one address, on both loopback families where the host is localhost, and returns its URL. Refusals go by
// the clock.
func (l *listeners) listen(clock wire.Clock, p port) (string, error) {
	host, number, err := net.SplitHostPort(p.address)
	if err != nil {
		return "", fmt.Errorf("%s%s: %w", p.flag, p.address, err)
	}
	opened, err := openLoopback(clock, host, number)
	if err != nil {
		return "", fmt.Errorf("%s%s: %s; choose another with %sHOST:PORT (port 0 picks a free one)", p.flag, p.address, plainError(err), p.flag)
	}
	if l.base == nil {
		l.base, l.stop = context.WithCancel(context.Background())
	}
	server := &http.Server{
		Handler: p.handler, TLSConfig: p.tls.Clone(), ReadHeaderTimeout: readHeaderTimeout, ErrorLog: quietLog(),
		BaseContext: func(net.Listener) context.Context { return l.base },
	}
	wire.Attach(server)
	l.servers = append(l.servers, server)
	scheme := "http://"
	if p.tls != nil {
		scheme = "https://"
	}
	for _, listener := range opened {
		listener.Vendor = p.vendor
		l.sockets = append(l.sockets, socket{listener, p.vendor, p.tls != nil})
		go func() { // ends with close
			if p.tls != nil {
				_ = server.ServeTLS(listener, "", "")
				return
			}
			_ = server.Serve(listener)
		}()
	}
	if host == "" || host == "0.0.0.0" || host == "::" {
		host = "localhost"
	}
	_, number, _ = net.SplitHostPort(opened[0].Addr().String())
	return scheme + net.JoinHostPort(host, number), nil
}

// openLoopback opens an address; for localhost the same port of ::1 too, where the machine has that.
func openLoopback(clock wire.Clock, host, number string) ([]*wire.Listener, error) {
	first := host
	if host == "localhost" {
		first = "127.0.0.1"
	}
	open := func(address string) (net.Listener, error) { return net.Listen("tcp", address) }
	four, err := wire.Listen(clock, net.JoinHostPort(first, number), open)
	if err != nil || host != "localhost" {
		return []*wire.Listener{four}, err
	}
	_, actual, _ := net.SplitHostPort(four.Addr().String())
	six, err := wire.Listen(clock, net.JoinHostPort("::1", actual), open)
	switch {
	case err == nil:
		return []*wire.Listener{four, six}, nil
	case number != "0" && isInUse(err): // some clients of localhost would reach the other program
		return nil, errors.Join(err, four.Close())
	}
	return []*wire.Listener{four}, nil
}

func isInUse(err error) bool {
	return errors.Is(err, syscall.EADDRINUSE) || strings.Contains(err.Error(), "Only one usage of each socket address") // Windows
}

func plainError(err error) string {
	if isInUse(err) {
		return "the port is in use"
	}
	return err.Error()
}

// Listeners tells where the emulator answers, after Start.
func (e *Emulator) Listeners() Listeners { return e.listeners.urls }

// Close lets running requests end, for at most 4 seconds, and closes all ports.
func (e *Emulator) Close() error {
	e.Default().inner.Doors.Remove(portDoor{&e.listeners, e.Default()})
	return e.listeners.close()
}

func (l *listeners) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), drainTimeout)
	defer cancel()
	all := make([]error, len(l.servers))
	var closing sync.WaitGroup
	for i, server := range l.servers { // together: no port takes new requests while another drains
		closing.Add(1)
		go func() {
			defer closing.Done()
			if err := server.Shutdown(ctx); err != nil {
				all[i] = server.Close()
			}
		}()
	}
	closing.Wait()
	if l.stop != nil {
		l.stop()
	}
	for _, s := range l.sockets { // those that handlers took over are net/http's no more
		s.CloseConns()
	}
	l.servers, l.sockets = nil, nil
	return errors.Join(all...)
}
