// Package authority is the local certificate authority behind the HTTPS
// listeners. It signs a leaf for the listener's own hosts and one for any other
// server name that a client asks for, so an SDK that insists on https needs to
// trust one file and nothing else.
//
// Whoever holds the key can stand in for any site towards whoever trusts the
// authority. That is why the key never leaves its folder and each installation
// makes its own.
package authority

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"sync"
	"time"
)

const (
	day = 24 * time.Hour
	// lifetime of an authority that is kept in a folder.
	lifetime = 10 * 365 * day
	// leafLifetime stays below the 825 days that macOS allows a leaf under a
	// root that its user trusts.
	leafLifetime = 397 * day
)

// Authority signs leaves. It is safe for concurrent use and holds no channel, so
// several synctest bubbles may share one.
type Authority struct {
	root         func() (root, error)
	path         string
	now          func() time.Time
	leafLifetime time.Duration

	mu     sync.Mutex
	leaves []signed // at most maxLeaves, the latest used last
}

type root struct {
	cert *x509.Certificate
	key  crypto.Signer
}

// InMemory returns an authority that is written nowhere. It and its leaves are
// valid from 1999 to 2049 at any clock: a synctest bubble starts in 2000. It is
// made on first use, so that an emulator without TLS pays nothing for it.
func InMemory() *Authority {
	from := time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)
	to := time.Date(2049, 12, 31, 23, 59, 59, 0, time.UTC)
	signedAt := from.Add(day)
	made := sync.OnceValues(func() (root, error) { return newRoot(from, to) })
	return &Authority{root: made, now: func() time.Time { return signedAt }, leafLifetime: to.Sub(from)}
}

// CertPEM returns the authority's certificate, or nil if none could be made; the
// handshake's error then says why.
func (a *Authority) CertPEM() []byte {
	root, err := a.root()
	if err != nil {
		return nil
	}
	return certPEM(root.cert.Raw)
}

// Path returns the absolute path of the file that holds the certificate, or ""
// for an authority in memory.
func (a *Authority) Path() string { return a.path }

// Pool returns a new pool that holds the authority's certificate alone, or none
// if none could be made.
func (a *Authority) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	if root, err := a.root(); err == nil {
		pool.AddCert(root.cert)
	}
	return pool
}

func newRoot(from, to time.Time) (root, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return root{}, fmt.Errorf("certificate authority: %w", err)
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return root{}, fmt.Errorf("certificate authority: %w", err)
	}
	// Two authorities in one trust store need two names: some verifiers look a
	// root up by its name alone.
	mark := sha256.Sum256(public)
	template := &x509.Certificate{
		Subject:               pkix.Name{CommonName: fmt.Sprintf("understudy local CA %x", mark[:4])},
		NotBefore:             from,
		NotAfter:              to,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
		MaxPathLenZero:        true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return root{}, fmt.Errorf("certificate authority: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return root{}, fmt.Errorf("certificate authority: %w", err)
	}
	return root{cert, key}, nil
}

func certPEM(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
