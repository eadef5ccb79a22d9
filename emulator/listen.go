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
)

// Bounds of the listeners.
const (
	readHeaderTimeout = 10 * time.Second
	drainTimeout      = 4 * time.Second // so that a process ends within 5, its export included
)

// listeners are an emulator's open ports.
type listeners struct {
	ca      *authority.Authority
	servers []*http.Server
	urls    Listeners
}

// Ports are real ports of one world.
type Ports struct {
	HTTP, HTTPS string // URLs
	CertPEM     []byte // the certificate to trust

	listeners listeners
}

// Listen opens an HTTP and an HTTPS port on which this world answers where a request chooses none. The certificate
// authority is in memory. Close the ports when done.
func (w *World) Listen(http, https string) (*Ports, error) {
	ca := authority.InMemory()
	conf, err := ca.TLSConfig(leafHosts(w.emulator.server.Vendors(), w.emulator.options.hosts))
	if err != nil {
		return nil, err
	}
	p := &Ports{CertPEM: ca.CertPEM()}
	handler := w.emulator.server.Only(w.Name())
	if p.HTTP, err = p.listeners.listen("http ", http, handler, nil); err != nil {
		return nil, err
	}
	if p.HTTPS, err = p.listeners.listen("https ", https, handler, conf); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// Close lets running requests end, for at most 4 seconds, and closes the ports.
func (p *Ports) Close() error { return p.listeners.close() }

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
	e.urls.Vendors = map[string]string{}
	var secure *tls.Config
	if e.options.https != "" { // before any port is open: the control API hands out the certificate
		if secure, err = e.tlsConfig(); err != nil {
			return err
		}
		e.urls.CA = e.ca.Path()
	}
	if e.options.http != "" {
		if e.urls.HTTP, err = e.listen("--http ", e.options.http, e.server, nil); err != nil {
			return err
		}
	}
	for vendor, address := range e.options.vendors {
		if e.vendor(vendor) == nil {
			return fmt.Errorf("--listen %s=%s: no vendor %q", vendor, address, vendor)
		}
		if e.urls.Vendors[vendor], err = e.listen("--listen "+vendor+"=", address, e.server.Force(vendor), nil); err != nil {
			return err
		}
	}
	if e.options.https == "" {
		return nil
	}
	e.urls.HTTPS, err = e.listen("--https ", e.options.https, e.server, secure)
	return err
}

// leafHosts are the names of the certificate. There is no wildcard under localhost: curl, Python and Node refuse it.
func leafHosts(vendors []*spec.Vendor, more []string) []string {
	hosts := []string{"localhost", "127.0.0.1", "::1", "host.docker.internal", "understudy"}
	for _, v := range vendors {
		hosts = append(hosts, v.Name+".localhost")
	}
	return append(hosts, more...)
}

func (e *Emulator) tlsConfig() (conf *tls.Config, err error) {
	if e.ca, err = e.authority(); err != nil {
		return nil, err
	}
	return e.ca.TLSConfig(leafHosts(e.server.Vendors(), e.options.hosts))
}

func (e *Emulator) authority() (*authority.Authority, error) {
	if e.ca != nil {
		return e.ca, nil
	}
	if e.options.caDir == "" {
		return authority.InMemory(), nil
	}
	return authority.Open(e.options.caDir, clock.System{}.Now)
}

// listen serves one address, on both loopback families where the host is localhost, and returns its URL. Flag is what
// stands before the address on the command line.
func (l *listeners) listen(flag, address string, h http.Handler, conf *tls.Config) (string, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", fmt.Errorf("%s%s: %w", flag, address, err)
	}
	first := host
	if host == "localhost" {
		first = "127.0.0.1"
	}
	taken := func(err error) error {
		return fmt.Errorf("%s%s: %s; choose another with %sHOST:PORT (port 0 picks a free one)", flag, address, plainError(err), flag)
	}
	four, err := net.Listen("tcp", net.JoinHostPort(first, port))
	if err != nil {
		return "", taken(err)
	}
	asked := port
	_, port, _ = net.SplitHostPort(four.Addr().String())
	opened := []net.Listener{four}
	if host == "localhost" {
		six, err := net.Listen("tcp", net.JoinHostPort("::1", port))
		if err == nil {
			opened = append(opened, six)
		} else if asked != "0" && isInUse(err) { // some clients of localhost would reach the other program
			return "", errors.Join(taken(err), four.Close())
		}
	}
	server := &http.Server{Handler: h, TLSConfig: conf, ReadHeaderTimeout: readHeaderTimeout, ErrorLog: quietLog()}
	l.servers = append(l.servers, server)
	scheme := "http://"
	for _, socket := range opened {
		if conf != nil {
			scheme = "https://"
			go func() { _ = server.ServeTLS(socket, "", "") }() // ends with close
			continue
		}
		go func() { _ = server.Serve(socket) }()
	}
	if host == "" || host == "0.0.0.0" || host == "::" {
		host = "localhost"
	}
	return scheme + net.JoinHostPort(host, port), nil
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
func (e *Emulator) Listeners() Listeners { return e.urls }

// Close lets running requests end, for at most 4 seconds, and closes all ports.
func (e *Emulator) Close() error { return e.listeners.close() }

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
	l.servers = nil
	return errors.Join(all...)
}
