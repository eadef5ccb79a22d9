package authority

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

var ownHosts = []string{
	"localhost", "127.0.0.1", "::1", "auth0.localhost", "atlas.localhost", "devrev.localhost", "qovery.localhost",
	"host.docker.internal", "understudy", "sso.example.test",
}

func chosen(t testing.TB, config *tls.Config, serverName string) *x509.Certificate {
	t.Helper()
	cert, err := config.GetCertificate(&tls.ClientHelloInfo{ServerName: serverName})
	if err != nil {
		t.Fatal(err)
	}
	return cert.Leaf
}

func leafFor(t testing.TB, a *Authority, hosts ...string) *x509.Certificate {
	t.Helper()
	config, err := a.TLSConfig(hosts)
	if err != nil {
		t.Fatal(err)
	}
	return chosen(t, config, "")
}

// startServer serves the HTTP version of each request, and returns a client that
// reaches it under every name.
func startServer(t testing.TB, a *Authority) *http.Client {
	t.Helper()
	config, err := a.TLSConfig(ownHosts)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, r.Proto)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	listener := tls.NewListener(server.Listener, config)
	server.Listener = listener
	server.Config.TLSConfig = config
	server.Start()
	t.Cleanup(server.Close)
	transport := &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: a.Pool()},
		ForceAttemptHTTP2: true,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, listener.Addr().String())
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func TestEveryNameIsServedOverHTTP2(t *testing.T) {
	client := startServer(t, InMemory())
	for _, host := range append([]string{"tenant.eu.auth0.com", "LOCALHOST", "my_service"}, ownHosts...) {
		if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
		reply, err := client.Get("https://" + host + "/")
		if err != nil {
			t.Errorf("%s: %v", host, err)
			continue
		}
		body, err := io.ReadAll(reply.Body)
		reply.Body.Close()
		if err != nil || string(body) != "HTTP/2.0" {
			t.Errorf("%s was served %q (%v), want HTTP/2.0", host, body, err)
		}
	}
	if _, err := client.Get("https://10.0.0.9/"); err == nil {
		t.Error("an address that the leaf doesn't name was served")
	}
}

func TestLeafNamesEachHostOfTheListener(t *testing.T) {
	a := InMemory()
	config, err := a.TLSConfig(append(ownHosts, "LocalHost.", "0:0:0:0:0:0:0:1"))
	if err != nil {
		t.Fatal(err)
	}
	leaf := chosen(t, config, "")
	for _, host := range ownHosts {
		if _, err := leaf.Verify(x509.VerifyOptions{DNSName: host, Roots: a.Pool()}); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
	if got := len(leaf.DNSNames) + len(leaf.IPAddresses); got != len(ownHosts) {
		t.Errorf("the leaf has %d names, want %d: %v %v", got, len(ownHosts), leaf.DNSNames, leaf.IPAddresses)
	}
	for _, serverName := range []string{"auth0.localhost", "AUTH0.localhost", "127.0.0.1", "10.0.0.9"} {
		if chosen(t, config, serverName) != leaf {
			t.Errorf("%s got another leaf", serverName)
		}
	}
	if err := leaf.VerifyHostname("other.localhost"); err == nil {
		t.Error("the leaf covers other.localhost")
	}
}

func TestAnotherNameGetsItsOwnLeaf(t *testing.T) {
	a := InMemory()
	config, err := a.TLSConfig(ownHosts)
	if err != nil {
		t.Fatal(err)
	}
	leaf := chosen(t, config, "Tenant.EU.auth0.com")
	if len(leaf.DNSNames) != 1 || leaf.DNSNames[0] != "tenant.eu.auth0.com" || leaf.IPAddresses != nil {
		t.Errorf("the leaf names %v %v, want tenant.eu.auth0.com alone", leaf.DNSNames, leaf.IPAddresses)
	}
	for _, bad := range []string{"*.localhost", "a..b", "a..", "-a", "a b", "ex\x00ample", "\u212aube", strings.Repeat("a", 64)} {
		if cert, err := config.GetCertificate(&tls.ClientHelloInfo{ServerName: bad}); err == nil {
			t.Errorf("%q got a leaf for %q", bad, cert.Leaf.DNSNames)
		}
	}
	if len(a.leaves) != 1 {
		t.Errorf("%d leaves are kept, want 1", len(a.leaves))
	}
}

func TestTLSConfigRefuses(t *testing.T) {
	a := InMemory()
	for _, hosts := range [][]string{nil, {""}, {"localhost", "*.localhost"}, {"https://localhost"}, {"localhost:443"}, {"[::1]"}} {
		if _, err := a.TLSConfig(hosts); err == nil {
			t.Errorf("hosts %q were accepted", hosts)
		}
	}
}

func TestOneNameAskedTogetherIsSignedOnce(t *testing.T) {
	a := InMemory()
	var wg sync.WaitGroup
	got := make([]*tls.Certificate, 32)
	for i := range got {
		wg.Go(func() { got[i], _ = a.leaf([]string{"localhost"}) })
	}
	wg.Wait()
	for i, leaf := range got {
		if leaf == nil || leaf != got[0] {
			t.Fatalf("caller %d got %p, caller 0 %p", i, leaf, got[0])
		}
	}
}

func TestLeavesAreBounded(t *testing.T) {
	a := InMemory()
	first := leafFor(t, a, "first.test")
	second := leafFor(t, a, "second.test")
	for i := range maxLeaves - 2 {
		leafFor(t, a, fmt.Sprintf("host%d.test", i))
	}
	if leafFor(t, a, "first.test") != first {
		t.Error("the first of 64 leaves was signed again")
	}
	leafFor(t, a, "one-more.test")
	if len(a.leaves) != maxLeaves {
		t.Errorf("%d leaves are kept, want %d", len(a.leaves), maxLeaves)
	}
	if leafFor(t, a, "first.test") != first {
		t.Error("the leaf used a moment ago was dropped")
	}
	if leafFor(t, a, "second.test") == second {
		t.Error("the leaf unused longest was kept")
	}
}

func TestLeavesAreRenewed(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	a, err := Open(t.TempDir(), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	leaf := leafFor(t, a, "localhost")
	if want := now.Add(-day); !leaf.NotBefore.Equal(want) {
		t.Errorf("the leaf starts at %s, want %s", leaf.NotBefore, want)
	}
	if life := leaf.NotAfter.Sub(leaf.NotBefore); life > 825*day {
		t.Errorf("the leaf lives for %s, which macOS refuses", life)
	}
	now = leaf.NotAfter.Add(-2 * day)
	if leafFor(t, a, "localhost") != leaf {
		t.Error("the leaf was signed again two days before its end")
	}
	now = leaf.NotAfter.Add(time.Second)
	renewed := leafFor(t, a, "localhost")
	if _, err := renewed.Verify(x509.VerifyOptions{DNSName: "localhost", Roots: a.Pool(), CurrentTime: now}); err != nil {
		t.Errorf("after the end of the leaf: %v", err)
	}
	now = renewed.NotBefore.Add(-time.Hour)
	if leafFor(t, a, "localhost") == renewed {
		t.Error("the leaf was kept on a clock set back behind its start")
	}

	root, err := a.root()
	if err != nil {
		t.Fatal(err)
	}
	now = root.cert.NotAfter.Add(-2 * day)
	if last := leafFor(t, a, "localhost"); last.NotAfter.After(root.cert.NotAfter) {
		t.Errorf("the leaf outlives its authority: %s, %s", last.NotAfter, root.cert.NotAfter)
	}
	now = root.cert.NotAfter.Add(time.Second)
	if _, err := a.leaf([]string{"localhost"}); err == nil || !strings.Contains(err.Error(), "ended on 2036-11-17") {
		t.Errorf("after the end of the authority: %v", err)
	}
}

func FuzzServerName(f *testing.F) {
	a := InMemory()
	config, err := a.TLSConfig(ownHosts)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"", "localhost", "Tenant.EU.auth0.com.", "::1", "1.2.3.4.", "*.localhost", "a..", "xn--bcher-kva.test", "a_b", "\u212aube"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, serverName string) {
		cert, err := config.GetCertificate(&tls.ClientHelloInfo{ServerName: serverName})
		if refused := CheckHost(serverName) != nil && serverName != ""; refused != (err != nil) {
			// A lone dot is the empty name: it gets the listener's own leaf.
			if serverName != "." {
				t.Fatalf("%q: refused %v, but the handshake's error is %v", serverName, refused, err)
			}
		}
		if len(a.leaves) > maxLeaves {
			t.Fatalf("%d leaves are kept", len(a.leaves))
		}
		if err != nil || serverName == "" || serverName == "." || net.ParseIP(fold(serverName)) != nil {
			return
		}
		if _, err := cert.Leaf.Verify(x509.VerifyOptions{DNSName: fold(serverName), Roots: a.Pool()}); err != nil {
			t.Fatalf("%q: %v", serverName, err)
		}
	})
}
