package authority

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"
)

// maxLeaves bounds the leaves that are kept; the one unused longest goes first.
const maxLeaves = 64

type signed struct {
	names string // the hosts, joined with spaces
	leaf  *tls.Certificate
}

// TLSConfig returns the settings of a listener that is reached as hosts: names
// and IP addresses, at least one, in any case. A client that asks for one of
// them, or for none (as those that dial an IP address do), gets the leaf that
// names them all; one that asks for another name gets a leaf of that name. What
// is no host name fails the handshake. Leaves are signed on first use and again
// on the day they end. The error is that of CheckHost.
func (a *Authority) TLSConfig(hosts []string) (*tls.Config, error) {
	own, err := checkedHosts(hosts)
	if err != nil {
		return nil, err
	}
	choose := func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		name := fold(hello.ServerName)
		// RFC 6066 bars addresses from the server name; some clients send them.
		if name == "" || net.ParseIP(name) != nil || slices.Contains(own, name) {
			return a.leaf(own)
		}
		if err := CheckHost(hello.ServerName); err != nil {
			return nil, err
		}
		return a.leaf([]string{name})
	}
	return &tls.Config{
		GetCertificate: choose,
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"h2", "http/1.1"},
	}, nil
}

// leaf signs under the lock: it takes a tenth of a millisecond, and so each name
// is signed once however many ask for it together.
func (a *Authority) leaf(hosts []string) (*tls.Certificate, error) {
	names := strings.Join(hosts, " ")
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	if i := slices.IndexFunc(a.leaves, func(s signed) bool { return s.names == names }); i >= 0 {
		found := a.leaves[i]
		a.leaves = slices.Delete(a.leaves, i, i+1)
		if fresh(found.leaf.Leaf, now) {
			a.leaves = append(a.leaves, found)
			return found.leaf, nil
		}
	}
	leaf, err := a.sign(hosts, now)
	if err != nil {
		return nil, err
	}
	if len(a.leaves) == maxLeaves {
		a.leaves = slices.Delete(a.leaves, 0, 1)
	}
	a.leaves = append(a.leaves, signed{names, leaf})
	return leaf, nil
}

// fresh is false from a day before the end, and where the clock was set back
// behind the start.
func fresh(leaf *x509.Certificate, now time.Time) bool {
	return !now.Before(leaf.NotBefore) && now.Add(day).Before(leaf.NotAfter)
}

// sign makes a leaf that starts a day ago, for clients whose clock is late.
func (a *Authority) sign(hosts []string, now time.Time) (*tls.Certificate, error) {
	root, err := a.root()
	if err != nil {
		return nil, err
	}
	from, to := now.Add(-day), now.Add(a.leafLifetime)
	if from.Before(root.cert.NotBefore) {
		from = root.cert.NotBefore
	}
	if to.After(root.cert.NotAfter) {
		to = root.cert.NotAfter
	}
	if !now.Before(to) {
		return nil, fmt.Errorf("certificate authority: it ended on %s", root.cert.NotAfter.Format(time.DateOnly))
	}
	return root.sign(hosts, from, to)
}

func (r root) sign(hosts []string, from, to time.Time) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("certificate authority: %w", err)
	}
	template := &x509.Certificate{
		Subject:               pkix.Name{CommonName: "understudy"},
		NotBefore:             from,
		NotAfter:              to,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, r.cert, key.Public(), r.key)
	if err != nil {
		return nil, fmt.Errorf("certificate authority: %w", err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("certificate authority: %w", err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: parsed}, nil
}
