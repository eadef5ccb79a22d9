package testkit

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/understudy-dev/understudy/emulator"
)

// Ports are real loopback ports of a world, for other processes and languages.
type Ports struct {
	HTTP, HTTPS string            // URLs
	Vendors     map[string]string // vendor -> URL of its own port, at which faults of the connection strike; Auth0's is https
	CA          string            // path of the certificate to trust
	Bundle      string            // path of the roots of this machine and that certificate
}

// Listen opens ports that end with the test that tb is. Inside a testing/synctest bubble it fails the test: a waiting
// socket stops virtual time. Env gives what makes real clients find the ports.
func (w *World) Listen(tb testing.TB) Ports {
	tb.Helper()
	if emulator.InBubble() {
		tb.Fatalf("testkit: Listen inside a synctest bubble: a waiting socket stops virtual time; use Client, or call it outside")
	}
	ports, err := w.world.Listen("127.0.0.1:0", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("testkit: %v", err)
	}
	folder := tb.TempDir()
	p := &Ports{
		HTTP: ports.HTTP, HTTPS: ports.HTTPS, Vendors: ports.Vendors,
		CA: filepath.Join(folder, "ca.pem"), Bundle: filepath.Join(folder, "bundle.pem"),
	}
	tb.Cleanup(func() {
		w.ports.CompareAndSwap(p, nil)
		if err := ports.Close(); err != nil {
			tb.Errorf("testkit: %v", err)
		}
	})
	err = errors.Join(os.WriteFile(p.CA, ports.CertPEM, 0o600), os.WriteFile(p.Bundle, emulator.TrustBundle(ports.CertPEM), 0o600))
	if err != nil {
		tb.Fatalf("testkit: %v", err)
	}
	w.ports.Store(p)
	return *p
}
