package authority

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

func TestInMemory(t *testing.T) {
	a := InMemory()
	if a.Path() != "" {
		t.Errorf("Path() = %q, want none", a.Path())
	}
	block, rest := pem.Decode(a.CertPEM())
	if block == nil || len(rest) != 0 {
		t.Fatalf("CertPEM() is not one PEM block: %s", a.CertPEM())
	}
	root, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := a.leaf([]string{"localhost"})
	if err != nil {
		t.Fatal(err)
	}
	for _, cert := range []*x509.Certificate{root, leaf.Leaf} {
		if cert.NotBefore.Year() != 1999 || cert.NotAfter.Year() != 2049 {
			t.Errorf("%s is valid from %s to %s, want 1999 to 2049", cert.Subject, cert.NotBefore, cert.NotAfter)
		}
	}
	again, err := a.leaf([]string{"localhost"})
	if err != nil {
		t.Fatal(err)
	}
	if again != leaf {
		t.Error("the same hosts were signed twice")
	}
}

func TestTwoAuthoritiesHaveTwoNames(t *testing.T) {
	one, two := InMemory(), InMemory()
	first, second := leafFor(t, one, "localhost"), leafFor(t, two, "localhost")
	if first.Issuer.String() == second.Issuer.String() {
		t.Errorf("both are named %s", first.Issuer)
	}
	if _, err := first.Verify(x509.VerifyOptions{Roots: two.Pool()}); err == nil {
		t.Error("the leaf of one verifies with the pool of the other")
	}
}

// TestOneAuthorityInManyBubbles would end in a fatal error of the runtime if the
// authority held a channel, or in a refused certificate if it used a real clock.
func TestOneAuthorityInManyBubbles(t *testing.T) {
	a := InMemory()
	for range 3 {
		synctest.Test(t, func(t *testing.T) {
			config, err := a.TLSConfig([]string{"localhost"})
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(365 * day)
			near, far := net.Pipe()
			server := tls.Server(far, config)
			served := make(chan error)
			go func() { served <- server.Handshake() }()
			client := tls.Client(near, &tls.Config{ServerName: "localhost", RootCAs: a.Pool()})
			if err := client.Handshake(); err != nil {
				t.Error(err)
			}
			near.Close()
			<-served
			far.Close()
		})
	}
}

func BenchmarkInMemory(b *testing.B) {
	for b.Loop() {
		InMemory().CertPEM()
	}
}

func BenchmarkSign(b *testing.B) {
	a := InMemory()
	for b.Loop() {
		if _, err := a.sign([]string{"localhost", "127.0.0.1"}, a.now()); err != nil {
			b.Fatal(err)
		}
	}
}
