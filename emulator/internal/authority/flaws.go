package authority

import (
	"crypto/tls"
	"time"
)

// Expired signs a leaf for one host name or address that ended an hour after the
// authority began, in 1999 for one in memory, so that it is over at any clock by
// which the authority is valid. Error: that of CheckHost, of a host that is not
// empty.
func (a *Authority) Expired(host string) (*tls.Certificate, error) {
	root, err := a.root()
	if err != nil {
		return nil, err
	}
	hosts, err := named(host)
	if err != nil {
		return nil, err
	}
	return root.sign(hosts, root.cert.NotBefore, root.cert.NotBefore.Add(time.Hour))
}

// Untrusted signs a leaf for one host name or address as Authority does
// otherwise, but by another authority that nobody knows. Error: that of
// CheckHost, of a host that is not empty.
func (a *Authority) Untrusted(host string) (*tls.Certificate, error) {
	hosts, err := named(host)
	if err != nil {
		return nil, err
	}
	now := a.now()
	stranger, err := newRoot(now.Add(-day), now.Add(a.leafLifetime))
	if err != nil {
		return nil, err
	}
	return stranger.sign(hosts, stranger.cert.NotBefore, stranger.cert.NotAfter)
}

// named is a list of the one host; a client that sends no server name, as those
// that dial an address do, gets a leaf for all that a loopback port is reached as.
func named(host string) ([]string, error) {
	if host == "" {
		return []string{"localhost", "127.0.0.1", "::1"}, nil
	}
	return checkedHosts([]string{host})
}
