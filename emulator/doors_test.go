package emulator

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/wire"
)

const listOrganizations = "/api/v2/organizations"

// ask sends a GET with any token and returns the status; 0 and the error where there is none.
func ask(c *http.Client, method, url string) (int, error) {
	request, err := http.NewRequest(method, url, strings.NewReader("{}"))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Authorization", "Bearer any")
	request.Header.Set("Content-Type", "application/json")
	answer, err := c.Do(request)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode, err
}

func answers(t *testing.T, c *http.Client, url string) {
	t.Helper()
	if status, err := ask(c, "GET", url+listOrganizations); status != 200 || err != nil {
		t.Errorf("%s: %d, %v", url, status, err)
	}
}

func isRefused(t *testing.T, c *http.Client, url string) {
	t.Helper()
	if _, err := ask(c, "POST", url+listOrganizations); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("%s: %v", url, err)
	}
}

// inMemory runs a test in a bubble with an endpoint that handshakes and with one that does not.
func inMemory(t *testing.T, test func(t *testing.T, w *World, c *http.Client)) {
	for name, realTLS := range map[string]bool{"assumed": false, "handshake": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e, err := New()
				if err != nil {
					t.Fatal(err)
				}
				endpoint, err := e.Default().Open(realTLS)
				if err != nil {
					t.Fatal(err)
				}
				transport := endpoint.Transport()
				test(t, e.Default(), &http.Client{Transport: transport, Timeout: time.Hour})
				transport.CloseIdleConnections()
				if err := endpoint.Close(); err != nil {
					t.Error(err)
				}
				if _, err := endpoint.Dial(t.Context(), "tcp", "a.example:80"); !errors.Is(err, syscall.ECONNREFUSED) {
					t.Errorf("a closed endpoint is dialled: %v", err)
				}
			})
		})
	}
}

func TestRefuseInMemory(t *testing.T) {
	inMemory(t, func(t *testing.T, w *World, c *http.Client) {
		answers(t, c, "https://auth0.understudy.test") // its connection is in the client's pool
		if err := w.inner.Doors.Refuse("auth0", 10*time.Second); err != nil {
			t.Fatal(err)
		}
		isRefused(t, c, "https://auth0.understudy.test")
		isRefused(t, c, "http://AUTH0.localhost")
		answers(t, c, "https://tenant.example")
		time.Sleep(10 * time.Second)
		answers(t, c, "https://auth0.understudy.test")
		answers(t, c, "http://auth0.localhost")

		if err := w.inner.Doors.Refuse("auth0", time.Hour); err != nil {
			t.Fatal(err)
		}
		isRefused(t, c, "https://auth0.understudy.test")
		if err := w.inner.Doors.Refuse("auth0", 0); err != nil {
			t.Fatal(err)
		}
		answers(t, c, "https://auth0.understudy.test")
	})
}

func TestSpoiledHandshakesInMemory(t *testing.T) {
	for _, fault := range wire.TLSFaults() {
		t.Run(fault, func(t *testing.T) {
			inMemory(t, func(t *testing.T, w *World, c *http.Client) {
				answers(t, c, "https://auth0.understudy.test")
				if err := w.inner.Doors.Spoil("auth0", fault, nil); err != nil {
					t.Fatal(err)
				}
				_, err := ask(c, "POST", "https://auth0.understudy.test"+listOrganizations)
				sees(t, fault, err)
				answers(t, c, "http://auth0.understudy.test")
				answers(t, c, "https://tenant.example")
				if err := w.inner.Doors.Spoil("auth0", "", nil); err != nil {
					t.Fatal(err)
				}
				answers(t, c, "https://auth0.understudy.test")
			})
		})
	}
}

// sees checks what a client sees of a TLS fault.
func sees(t *testing.T, fault string, err error) {
	t.Helper()
	var invalid x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	ok := map[string]bool{
		wire.Expired:          errors.As(err, &invalid) && invalid.Reason == x509.Expired,
		wire.Untrusted:        errors.As(err, &unknown),
		wire.HandshakeFailure: err != nil && strings.Contains(err.Error(), "remote error: tls: handshake failure"),
	}
	if !ok[fault] {
		t.Errorf("%s: the client saw %v", fault, err)
	}
}

// opened is an emulator with all its ports, and a client that trusts it and finds every host there.
func opened(t *testing.T) (*Emulator, *http.Client) {
	t.Helper()
	e, err := New(WithHTTP("127.0.0.1:0"), WithHTTPS("127.0.0.1:0"), WithVendorListener("auth0", "localhost:0"))
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: e.ca.Pool()},
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			_, port, _ := net.SplitHostPort(address)
			return (&net.Dialer{}).DialContext(ctx, network, "127.0.0.1:"+port)
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	return e, &http.Client{Transport: transport}
}

func TestRefuseAVendorsPort(t *testing.T) {
	e, c := opened(t)
	w := e.Default()
	w.Freeze()
	own := e.Listeners().Vendors["auth0"]
	answers(t, c, own)
	if err := w.inner.Doors.Refuse("auth0", 30*time.Second); err != nil {
		t.Fatal(err)
	}
	c.CloseIdleConnections()
	isRefused(t, c, own)
	answers(t, c, e.Listeners().HTTP)
	if err := w.Advance(30 * time.Second); err != nil {
		t.Fatal(err)
	}
	answersSoon(t, c, own)
}

// answersSoon asks until a port that was refused is open again: on a real network that takes a moment.
func answersSoon(t *testing.T, c *http.Client, url string) {
	t.Helper()
	for range 100_000 {
		if _, err := ask(c, "GET", url+listOrganizations); !errors.Is(err, syscall.ECONNREFUSED) {
			break
		}
	}
	answers(t, c, url)
}

func TestSpoiledHandshakesOfAServerName(t *testing.T) {
	e, c := opened(t)
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(e.Listeners().HTTPS, "https://"))
	for _, fault := range wire.TLSFaults() {
		if err := e.Default().inner.Doors.Spoil("auth0", fault, nil); err != nil {
			t.Fatal(err)
		}
		_, err := ask(c, "GET", "https://auth0.localhost:"+port+listOrganizations)
		sees(t, fault, err)
		answers(t, c, "https://localhost:"+port)
	}
	if err := e.Default().inner.Doors.Spoil("auth0", "", nil); err != nil {
		t.Fatal(err)
	}
	answers(t, c, "https://auth0.localhost:"+port)
}

// Each vendor's port of a world is its own, by whatever name or address a client reaches it.
func TestFaultsOfAVendorsOwnPort(t *testing.T) {
	e, c := opened(t)
	other, err := e.CreateWorld("other", "")
	if err != nil {
		t.Fatal(err)
	}
	ports, err := other.Listen("127.0.0.1:0", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ports.Close()
	other.Freeze()
	for _, vendor := range Vendors() {
		if url := ports.Vendors[vendor]; strings.HasPrefix(url, "https://127.0.0.1:") != (vendor == "auth0") {
			t.Errorf("%s is reached at %q", vendor, url)
		}
	}
	own, doors := ports.Vendors["auth0"], &other.inner.Doors
	answers(t, c, own)
	for _, fault := range wire.TLSFaults() {
		if err := errors.Join(doors.Spoil("auth0", fault, nil), doors.Spoil("atlas", fault, nil)); err != nil {
			t.Fatal(err)
		}
		_, err := ask(c, "GET", own+listOrganizations)
		sees(t, fault, err)
		answers(t, c, ports.HTTPS)
	}
	if err := doors.Spoil("auth0", "", nil); err != nil {
		t.Fatal(err)
	}
	answers(t, c, own)
	if err := doors.Refuse("auth0", time.Second); err != nil {
		t.Fatal(err)
	}
	c.CloseIdleConnections()
	isRefused(t, c, own)
	answers(t, c, ports.HTTPS)
	if err := other.Advance(time.Second); err != nil {
		t.Fatal(err)
	}
	answersSoon(t, c, own)
	if got := other.Journal(Filter{}); len(got) == 0 || got[0].World != "other" {
		t.Errorf("the calls went to another world: %v", got)
	}
}

func TestFaultsOfTheConnectionNeedAListener(t *testing.T) {
	e, err := New(WithHTTP("127.0.0.1:0"))
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Start(); err != nil {
		t.Fatal(err)
	}
	other, err := e.CreateWorld("other", "")
	if err != nil {
		t.Fatal(err)
	}
	doors, foreign := &e.Default().inner.Doors, &other.inner.Doors
	for want, err := range map[string]error{
		"auth0 has no listener of its own: start understudy with --listen auth0=HOST:PORT, or use a world in memory":                 doors.Refuse("auth0", time.Second),
		"auth0 has no listener of its own that handshakes: start understudy with --https HOST:PORT, and reach it as auth0.localhost": doors.Spoil("auth0", wire.Expired, nil),
		"the world has no listener of its own: ports that worlds share are the default world's; open one for this world alone":       foreign.Refuse("auth0", time.Second),
	} {
		if !errors.Is(err, wire.ErrNoListener) || err.Error() != want {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
	ports, err := other.Listen("127.0.0.1:0", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := foreign.Spoil("auth0", wire.Expired, nil); err != nil {
		t.Errorf("with a port of its own: %v", err)
	}
	shared, err := New(WithHTTPS("127.0.0.1:0"))
	if err == nil {
		err = shared.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	defer shared.Close()
	if _, err := shared.CreateWorld("other", ""); err != nil {
		t.Fatal(err)
	}
	if err := shared.Default().inner.Doors.Spoil("auth0", wire.Expired, nil); !errors.Is(err, wire.ErrNoListener) {
		t.Errorf("a port that worlds share: %v", err)
	}
	if err := errors.Join(ports.Close(), e.Close()); err != nil {
		t.Error(err)
	}
	if err := errors.Join(foreign.Spoil("auth0", "", nil), doors.Refuse("auth0", 0)); !errors.Is(err, wire.ErrNoListener) {
		t.Errorf("after the ports are closed: %v", err)
	}
}

// Connections on which nothing was ever asked do not hold up the end.
func TestSilentConnectionsDoNotDelayClose(t *testing.T) {
	e, c := opened(t)
	answers(t, c, e.Listeners().HTTP)
	for _, url := range []string{e.Listeners().HTTP, e.Listeners().HTTPS, e.Listeners().Vendors["auth0"]} {
		_, address, _ := strings.Cut(url, "://")
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	began := time.Now()
	if err := e.Close(); err != nil || time.Since(began) > drainTimeout/2 {
		t.Errorf("closed after %v: %v", time.Since(began), err)
	}
}
