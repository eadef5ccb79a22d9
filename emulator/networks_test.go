package emulator_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/scenarios"
)

// network is one way to a world, with a client of its own for each request: no connection is reused.
type network struct {
	name string
	open func(t *testing.T, w *emulator.World) (base string, transport *http.Transport)
}

// networks are sockets with HTTP/1.1, with TLS, with HTTP/2, and memory with and without a handshake.
var networks = []network{
	{"tcp", func(t *testing.T, w *emulator.World) (string, *http.Transport) {
		ports := opened(t, w)
		return ports.HTTP, &http.Transport{}
	}},
	{"tls", func(t *testing.T, w *emulator.World) (string, *http.Transport) {
		ports := opened(t, w)
		return ports.HTTPS, &http.Transport{TLSClientConfig: trust(ports)}
	}},
	{"h2", func(t *testing.T, w *emulator.World) (string, *http.Transport) {
		ports := opened(t, w)
		return ports.HTTPS, &http.Transport{TLSClientConfig: trust(ports), ForceAttemptHTTP2: true}
	}},
	{"memory", func(t *testing.T, w *emulator.World) (string, *http.Transport) {
		endpoint := must(w.Open(false))
		t.Cleanup(func() { endpoint.Close() })
		return "https://auth0.understudy.test", endpoint.Transport()
	}},
	{"memory-h2", func(t *testing.T, w *emulator.World) (string, *http.Transport) {
		endpoint := must(w.Open(true))
		t.Cleanup(func() { endpoint.Close() })
		return "https://auth0.understudy.test", endpoint.Transport()
	}},
}

func opened(t *testing.T, w *emulator.World) *emulator.Ports {
	ports := must(w.Listen("127.0.0.1:0", "127.0.0.1:0"))
	t.Cleanup(func() { ports.Close() })
	return ports
}

func trust(ports *emulator.Ports) *tls.Config {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ports.CertPEM)
	return &tls.Config{RootCAs: pool}
}

// observed is what a client sees of one request, in a few words.
func observed(c *http.Client, method, url, body string) string {
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return err.Error()
	}
	r.Header.Set("Authorization", "Bearer any")
	r.Header.Set("Content-Type", "application/json")
	answer, err := c.Do(r)
	if err != nil {
		return failure(err)
	}
	defer answer.Body.Close()
	got, err := io.ReadAll(answer.Body)
	seen := fmt.Sprint(answer.StatusCode)
	if err != nil {
		return fmt.Sprintf("%s, %d bytes, %s", seen, len(got), failure(err))
	}
	if !strings.HasPrefix(string(got), "{") || !strings.HasSuffix(string(got), "}") {
		seen += fmt.Sprintf(", %d bytes", len(got))
	}
	return seen
}

// failure names what is wrong with a request, by the error's kind where it has one.
func failure(err error) string {
	var late net.Error
	switch {
	case errors.Is(err, syscall.ECONNRESET):
		return "ECONNRESET"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "ECONNREFUSED"
	case errors.As(err, &late) && late.Timeout():
		return "time-out"
	case errors.Is(err, io.ErrUnexpectedEOF) || err.Error() == "unexpected EOF":
		return "unexpected EOF"
	case errors.Is(err, io.EOF):
		return "EOF"
	}
	for _, text := range []string{
		"malformed HTTP response", "invalid byte in chunk length", "server replied with more than declared Content-Length",
		"certificate has expired", "certificate signed by unknown authority", "remote error: tls: handshake failure",
	} {
		if strings.Contains(err.Error(), text) {
			return text
		}
	}
	return err.Error()
}

// effectsSeen are rules about the creation of an organization, or its reading where get is set, and what a client sees on
// each network: the first on those that the others do not name.
var effectsSeen = []struct {
	rule  string
	get   bool
	sees  string
	on    map[string]string
	stays string // what becomes of the organization that the call creates: "yes", "no", or "" where nothing is created
}{
	{rule: `fail: throttled, retry_after: 2s`, sees: "429", stays: "no"},
	{rule: `fail: internal, phase: after_commit`, sees: "500", stays: "yes"},
	{rule: `fail: unauthenticated, phase: before_auth`, sees: "401", stays: "no"},
	{rule: `answer: {status: 502, body: "<html>bad gateway</html>"}`, sees: "502, 24 bytes", stays: "no"},
	{rule: `patch: {remove: [id]}`, sees: "201", stays: "yes"},
	{rule: `delay: 2ms`, sees: "201", stays: "yes"},
	{rule: `revoke: true, phase: before_auth`, sees: "401", stays: "no"},
	{rule: `expire: true, phase: before_auth`, sees: "401", stays: "no"},
	{rule: `rate_limit: {bucket: global, left: 0}, phase: before_auth`, sees: "429", stays: "no"},
	{rule: `clock: {skew: 90s}`, sees: "201", stays: "yes"},
	{rule: `change: {create: auth0.organizations, set: {name: acme-2}}`, sees: "409", stays: "yes"},
	{rule: `hold: {until: release go}`, sees: "time-out", stays: "no"},
	{rule: `lag: 1h`, get: true, sees: "404"},
	{rule: `network: reset`, sees: "ECONNRESET", stays: "no"},
	{rule: `network: reset, phase: after_commit`, sees: "ECONNRESET", stays: "yes"},
	{rule: `network: {reset: 5}, phase: mid_body`, get: true, sees: "200, 5 bytes, ECONNRESET"},
	{rule: `network: close`, sees: "EOF", on: map[string]string{"h2": "unexpected EOF", "memory-h2": "unexpected EOF"}},
	{rule: `network: {close: 5}, phase: mid_body`, get: true, sees: "200, 5 bytes, unexpected EOF"},
	{rule: `network: hang, phase: after_commit`, sees: "time-out", stays: "yes"},
	{rule: `network: {hang: 5}, phase: mid_body`, get: true, sees: "200, 5 bytes, time-out"},
	{rule: `network: {truncate: 7}`, get: true, sees: "200, 7 bytes, unexpected EOF"},
	{rule: `network: {drip: {bytes: 20, every: 1ms}}`, get: true, sees: "200"},
	{rule: `network: close_keepalive`, get: true, sees: "200"},
	{rule: `network: bad_length`, get: true, sees: "200, 67 bytes", on: map[string]string{
		"h2":        "200, 67 bytes, server replied with more than declared Content-Length",
		"memory-h2": "200, 67 bytes, server replied with more than declared Content-Length"}},
	{rule: `network: garbage`, sees: "malformed HTTP response", on: onlyHTTP1("201"), stays: "no"},
	{rule: `network: bad_chunk`, get: true, sees: "200, 68 bytes, invalid byte in chunk length", on: onlyHTTP1("200")},
	{rule: `network: slow_headers`, get: true, sees: "time-out", on: onlyHTTP1("200")},
}

// onlyHTTP1 is for effects that HTTP/2 can't show: the call goes through, and the journal says why.
func onlyHTTP1(goesThrough string) map[string]string {
	return map[string]string{"h2": goesThrough, "memory-h2": goesThrough}
}

func TestWhatClientsSee(t *testing.T) {
	for _, n := range networks {
		for _, c := range effectsSeen {
			t.Run(n.name+"/"+c.rule, func(t *testing.T) {
				w := must(emulator.New()).Default()
				base, transport := n.open(t, w)
				client := &http.Client{Transport: transport, Timeout: 10 * time.Second}
				defer transport.CloseIdleConnections()
				if strings.HasSuffix(n.name, "h2") { // a client that still acknowledges settings would meet a reset in that write
					observed(client, "GET", base+"/api/v2/clients?per_page=1", "")
					w.ClearJournal()
				}
				on := "auth0.organizations.create"
				if c.get {
					on = "auth0.organizations.get_by_name"
				}
				rule := fmt.Sprintf("understudy: 1\nrules: [{name: r, on: %s, calls: 1, %s}]", on, c.rule)
				if err := w.Play(scenarios.YAML(rule)); err != nil {
					t.Fatal(err)
				}
				method, path, body := "POST", "/api/v2/organizations", `{"name":"acme-2"}`
				if c.get {
					must(w.Put("auth0", "organizations", `{"name":"seen","id":"org_0000000000000001"}`))
					method, path, body = "GET", path+"/name/seen", ""
				}
				want, special := c.on[n.name]
				if !special {
					want = c.sees
				}
				if strings.Contains(want, "time-out") {
					client.Timeout = 300 * time.Millisecond
				}
				if got := observed(client, method, base+path, body); got != want {
					t.Errorf("a client sees %q, want %q", got, want)
				}
				if report := w.Scenario().Rules[0]; report.Matched != 1 || (report.Fired == 1) == (special && strings.HasPrefix(want, "20") && !strings.Contains(want, ",")) {
					t.Errorf("%+v", report)
				}
				if special && !strings.Contains(want, " ") && !strings.Contains(w.Journal(emulator.Filter{})[0].Fault, "none: ") {
					t.Errorf("the journal does not say why: %+v", w.Journal(emulator.Filter{})[0])
				}
				w.Disarm()
				client.Timeout = 10 * time.Second
				if stays := made(w, "acme-2"); c.stays != "" && !special && stays != (c.stays == "yes") {
					t.Errorf("the organization is there: %v", stays)
				}
				if got := observed(client, "GET", base+"/api/v2/clients?per_page=1&fields=name", ""); !strings.HasPrefix(got, "200") && !strings.Contains(c.rule, "revoke") && !strings.Contains(c.rule, "expire") {
					t.Errorf("after the scenario a client sees %q", got)
				}
			})
		}
	}
}

// made tells whether there is an organization of a name.
func made(w *emulator.World, name string) bool {
	return strings.Contains(string(w.Export().Format()), "name: "+name+"\n")
}

// TestFaultsOfConnections are those that strike before any request is read: in memory each vendor's hosts are a listener of
// their own.
func TestFaultsOfConnections(t *testing.T) {
	for _, n := range networks {
		for fault, want := range map[string]string{
			`{refuse: 1h}`: "ECONNREFUSED", `{tls: expired}`: "certificate has expired", `{tls: untrusted}`: "certificate signed by unknown authority",
			`{tls: handshake_failure}`: "remote error: tls: handshake failure",
		} {
			t.Run(n.name+"/"+fault, func(t *testing.T) {
				w := must(emulator.New()).Default()
				base, transport := n.open(t, w)
				defer transport.CloseIdleConnections()
				client := &http.Client{Transport: transport, Timeout: 10 * time.Second}
				if base = strings.Replace(base, "127.0.0.1", "auth0.localhost", 1); strings.Contains(base, "localhost") {
					transport.DialContext = loopback(base)
				}
				if err := w.Play(scenarios.YAML("understudy: 1\nrules: [{name: r, listener: auth0, network: " + fault + "}]")); err != nil {
					t.Fatal(err)
				}
				if n.name == "tcp" || strings.Contains(fault, "refuse") && !strings.HasPrefix(n.name, "memory") {
					want = "200" // the handshakes that fail are on another port, and ports that vendors share refuse none
				}
				for range 2 {
					if got := observed(client, "GET", base+"/api/v2/organizations/name/acme", ""); got != want && !(n.name == "tcp" && got == "404") {
						t.Errorf("a client sees %q, want %q", got, want)
					}
				}
				if report := w.Scenario().Rules[0]; n.name != "tcp" && report.Fired == 0 {
					t.Errorf("%+v", report)
				}
				w.Disarm()
				if got := observed(client, "GET", base+"/api/v2/clients?per_page=1", ""); !strings.HasPrefix(got, "200") {
					t.Errorf("after the scenario a client sees %q", got)
				}
			})
		}
	}
}

// loopback dials the port of a URL whatever the host is called: not every resolver knows names under localhost.
func loopback(base string) func(context.Context, string, string) (net.Conn, error) {
	_, port, _ := net.SplitHostPort(base[strings.Index(base, "//")+2:])
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, "127.0.0.1:"+port)
	}
}
