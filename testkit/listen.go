package testkit

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/understudy-dev/understudy/emulator"
)

// Ports are real loopback ports of a world, for other processes and languages.
type Ports struct {
	HTTP, HTTPS string // URLs
	CA          string // path of the certificate to trust
}

// Listen opens ports that end with the test that tb is. Inside a testing/synctest bubble it fails the test: a waiting
// socket stops virtual time.
func (w *World) Listen(tb testing.TB) Ports {
	tb.Helper()
	if emulator.InBubble() {
		tb.Fatal("testkit: Listen inside a synctest bubble: a waiting socket stops virtual time; use Client, or call it outside")
	}
	ports, err := w.world.Listen("127.0.0.1:0", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("testkit: %v", err)
	}
	tb.Cleanup(func() {
		if err := ports.Close(); err != nil {
			tb.Errorf("testkit: %v", err)
		}
	})
	ca := filepath.Join(tb.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, ports.CertPEM, 0o600); err != nil {
		tb.Fatalf("testkit: %v", err)
	}
	return Ports{HTTP: ports.HTTP, HTTPS: ports.HTTPS, CA: ca}
}
