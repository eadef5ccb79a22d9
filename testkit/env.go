package testkit

import (
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/emulator"
)

// Env returns what makes real clients in other processes call this world, by the ports of the latest Listen, for the end of
// exec.Cmd's Env: NAME=VALUE pairs, sorted, with credentials minted for it. World.Env of package emulator lists them by vendor.
// Before Listen it fails the test.
func (w *World) Env() []string {
	w.tb.Helper()
	p := w.ports.Load()
	if p == nil {
		w.tb.Fatalf("testkit: Env before Listen: only ports can be reached from other processes")
	}
	pairs, err := w.world.Env(emulator.Listeners{HTTP: p.HTTP, HTTPS: p.HTTPS, CA: p.CA, Vendors: p.Vendors}, p.Bundle)
	if err != nil {
		w.tb.Fatalf("testkit: %v", err)
	}
	return pairs
}

// Setenv sets Env's variables for the rest of the test that tb is, which must not be parallel: for what it starts, and for
// clients in this process that read them when they are made. Go itself reads SSL_CERT_FILE once a process, and the proxies
// too: in this process trust Ports.CA by hand, or use Client.
func (w *World) Setenv(tb testing.TB) {
	tb.Helper()
	for _, pair := range w.Env() {
		name, value, _ := strings.Cut(pair, "=")
		tb.Setenv(name, value)
	}
}
