package authority

import (
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestTrustNamesTheFileInEachLine(t *testing.T) {
	const path = `/Users/ada/Library/Application Support/it's/ca.pem`
	text := Trust(path)
	for _, want := range []string{
		"certificate authority: " + path + "\n",
		`  export SSL_CERT_FILE='/Users/ada/Library/Application Support/it'\''s/ca.pem'` + "\n",
		`os.ReadFile("/Users/ada/Library/Application Support/it's/ca.pem")`,
		`  certutil -user -addstore Root "` + path + `"` + "\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q", want)
		}
	}
	for _, client := range []string{"Go", "Terraform", "Node", "Python", "curl", "keytool", "macOS keychain", "Windows store"} {
		if !strings.Contains(text, client) {
			t.Errorf("the text does not speak of %s", client)
		}
	}
	if filled := strings.ReplaceAll(text, "tls.Config{RootCAs: roots}", ""); strings.ContainsAny(filled, "{}") {
		t.Errorf("a place for the path was left unfilled:\n%s", text)
	}
	if plain := "  export CURL_CA_BUNDLE=/data/ca.pem\n"; !strings.Contains(Trust("/data/ca.pem"), plain) {
		t.Errorf("the text for a plain path lacks %q", plain)
	}
}

// TestTrustWorksForTheClientsAtHand runs the printed lines with the clients that
// this machine has.
func TestTrustWorksForTheClientsAtHand(t *testing.T) {
	a, err := Open(filepath.Join(t.TempDir(), "a folder"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	config, err := a.TLSConfig(ownHosts)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{
		Handler:  http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "served") }),
		ErrorLog: log.New(io.Discard, "", 0),
	}
	go server.Serve(listener)
	defer server.Close()
	_, port, _ := net.SplitHostPort(listener.Addr().String())

	clients := []struct{ program, variable, line string }{
		{"curl", "CURL_CA_BUNDLE", `curl -sS --noproxy '*' --resolve auth0.localhost:$PORT:127.0.0.1 https://auth0.localhost:$PORT`},
		{"node", "NODE_EXTRA_CA_CERTS", `node -e "require('https').get({host:'127.0.0.1', port:$PORT, servername:'auth0.localhost'}, r => r.pipe(process.stdout)).on('error', e => { console.error(e.message); process.exit(1) })"`},
		{"python3", "SSL_CERT_FILE", `python3 -c "import urllib.request as u; print(u.build_opener(u.ProxyHandler({})).open('https://localhost:$PORT').read().decode())"`},
	}
	for _, c := range clients {
		t.Run(c.program, func(t *testing.T) {
			if exec.Command("sh", "-c", c.program+" --version").Run() != nil {
				t.Skip("this machine lacks " + c.program)
			}
			export := lineWith(t, Trust(a.Path()), "export "+c.variable+"=")
			run := func(script string) (string, error) {
				command := exec.CommandContext(t.Context(), "sh", "-c", script)
				command.Env = append(os.Environ(), "PORT="+port, "SSL_CERT_FILE=", "CURL_CA_BUNDLE=", "NODE_EXTRA_CA_CERTS=")
				out, err := command.CombinedOutput()
				return string(out), err
			}
			if out, err := run(c.line); err == nil || !strings.Contains(strings.ToLower(out), "certificate") {
				t.Errorf("untold, the client should refuse the certificate: %v\n%s", err, out)
			}
			if out, err := run(export + "\n" + c.line); err != nil || strings.TrimSpace(out) != "served" {
				t.Errorf("with %q: %v\n%s", export, err, out)
			}
		})
	}
}

func lineWith(t *testing.T, text, part string) string {
	t.Helper()
	for line := range strings.Lines(text) {
		if strings.Contains(line, part) {
			return strings.TrimSpace(line)
		}
	}
	t.Fatalf("no line has %q", part)
	return ""
}
