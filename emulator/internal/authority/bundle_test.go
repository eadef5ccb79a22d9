package authority

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBundle(t *testing.T) {
	own := string(InMemory().CertPEM())
	company, extra := string(InMemory().CertPEM()), string(InMemory().CertPEM())
	folder := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	roots, again, more := file("roots.pem", company), file("again.pem", company+"\n"), file("more.pem", strings.TrimSpace(extra))
	for name, c := range map[string]struct {
		env  map[string]string
		want string
	}{
		"the machine's file is replaced": {map[string]string{"SSL_CERT_FILE": roots}, company + own},
		"each file once":                 {map[string]string{"SSL_CERT_FILE": roots, "CURL_CA_BUNDLE": again, "NODE_EXTRA_CA_CERTS": more}, company + extra + own},
		"what can't be read":             {map[string]string{"SSL_CERT_FILE": filepath.Join(folder, "none"), "REQUESTS_CA_BUNDLE": folder}, own},
	} {
		got := string(Bundle([]byte(own), func(name string) string { return c.env[name] }))
		if got != c.want {
			t.Errorf("%s: %d bytes, want %d", name, len(got), len(c.want))
		}
		if !x509.NewCertPool().AppendCertsFromPEM([]byte(got)) {
			t.Errorf("%s: no certificate in it", name)
		}
	}
}

func TestBundleHasTheRootsOfTheMachine(t *testing.T) {
	own := InMemory().CertPEM()
	with := Bundle(own, func(string) string { return "" })
	for _, path := range systemRoots() {
		if text, err := os.ReadFile(path); err == nil {
			if want := strings.TrimSpace(string(text)) + "\n" + string(own); string(with) != want {
				t.Errorf("%d bytes, want those %d of %s before it", len(with), len(text), path)
			}
			return
		}
	}
	if string(with) != string(own) {
		t.Errorf("a machine without a file of roots: %d bytes", len(with))
	}
}
