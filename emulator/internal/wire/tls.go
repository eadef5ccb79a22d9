package wire

import (
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The faults of a TLS handshake. With the first two the certificate is wrong; the third is a fatal alert.
const (
	Expired          = "expired"
	Untrusted        = "untrusted"
	HandshakeFailure = "handshake_failure"
)

// TLSFaults lists the faults of a TLS handshake.
func TLSFaults() []string { return []string{Expired, Untrusted, HandshakeFailure} }

func checkTLSFault(name string) error {
	if name != "" && !slices.Contains(TLSFaults(), name) {
		return fmt.Errorf("no TLS fault %q: there are %s", name, strings.Join(TLSFaults(), ", "))
	}
	return nil
}

// handshakeFailure is a TLS record that holds the fatal alert 40, as a server sends it after a ClientHello that it can't
// agree with (RFC 8446, section 6.2; RFC 5246, section 7.2.2). Package crypto/tls would send internal_error.
const handshakeFailure = "\x15\x03\x03\x00\x02\x02\x28"

var errSpoiled = errors.New("a scenario ends this handshake")

// spoiled is a fault of handshakes.
type spoiled struct {
	fault  string
	struck func() // nil: nobody wants to know
}

// Spoil makes the handshakes for a vendor's server names fail, from now on; "" lets them pass again. A server name is a
// vendor's if its first label is the vendor; on a vendor's own listener each is. Struck, unless nil, is called at each handshake that meets the fault. Open
// connections for these names close, busy ones when their answer is out.
func (l *Listener) Spoil(vendor, fault string, struck func()) {
	l.mu.Lock()
	if fault == "" {
		delete(l.spoiled, vendor)
	} else {
		if l.spoiled == nil {
			l.spoiled = map[string]spoiled{}
		}
		l.spoiled[vendor] = spoiled{fault, struck}
	}
	l.mu.Unlock()
	if fault != "" {
		l.leave(func(c *Conn) bool {
			host := c.host.Load()
			return host != nil && l.vendorOf(*host) == vendor
		})
	}
}

// Label is the first label of a host name in lower case: auth0 of Auth0.localhost. A name of one label has none.
func Label(host string) string {
	label, _, dotted := strings.Cut(host, ".")
	if !dotted {
		return ""
	}
	return strings.ToLower(label)
}

// vendorOf is the vendor with which a client that asks for this server name shakes hands.
func (l *Listener) vendorOf(host string) string {
	if l.Vendor != "" {
		return l.Vendor
	}
	return Label(host)
}

func (l *Listener) spoiledFor(host string) spoiled {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.spoiled[l.vendorOf(host)]
}

// TLSConfig is base for servers on this package's listeners: handshakes meet the faults of the listener that they come
// by. Flawed gives the leaf for an expired or untrusted certificate. No session is resumed past a fault.
func TLSConfig(base *tls.Config, flawed func(fault, serverName string) (*tls.Certificate, error)) *tls.Config {
	conf := base.Clone()
	conf.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		c, ok := hello.Conn.(*Conn)
		if !ok {
			return nil, nil
		}
		c.host.Store(&hello.ServerName)
		met := c.listener.spoiledFor(hello.ServerName)
		if met.fault == "" {
			return nil, nil
		}
		if met.struck != nil {
			met.struck()
		}
		if met.fault == HandshakeFailure {
			_, err := c.Write([]byte(handshakeFailure))
			return nil, errors.Join(errSpoiled, err, c.End())
		}
		wrong := base.Clone()
		wrong.SessionTicketsDisabled = true
		wrong.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return flawed(met.fault, hello.ServerName)
		}
		return wrong, nil
	}
	return conf
}
