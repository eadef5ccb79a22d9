package authority

import (
	"bytes"
	"os"
	"slices"
)

// TrustVariables are those that name a file of roots: SSL_CERT_FILE for Go on Linux and whatever uses OpenSSL's
// defaults, such as Python's ssl and Ruby; NIX_SSL_CERT_FILE for what Nix built; CURL_CA_BUNDLE for curl;
// REQUESTS_CA_BUNDLE for Python's requests; NODE_EXTRA_CA_CERTS and DENO_CERT for Node and Deno, which add it to
// their own roots.
func TrustVariables() []string {
	return []string{"SSL_CERT_FILE", "NIX_SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "DENO_CERT"}
}

// systemRoots are where systems keep their roots in one file, as crypto/x509 looks for them; the last is macOS's.
func systemRoots() []string {
	return []string{
		"/etc/ssl/certs/ca-certificates.crt",                // Debian, Ubuntu, Gentoo, Arch
		"/etc/pki/tls/certs/ca-bundle.crt",                  // Fedora, RHEL 6
		"/etc/ssl/ca-bundle.pem",                            // openSUSE
		"/etc/pki/tls/cacert.pem",                           // OpenELEC
		"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // CentOS, RHEL 7
		"/usr/local/share/certs/ca-root-nss.crt",            // FreeBSD
		"/etc/ssl/cert.pem",                                 // Alpine, macOS, OpenBSD
	}
}

// Bundle joins the roots of this machine, the files that the trust variables of an environment name, each once, and a
// certificate. What can't be read is left out, as clients leave it out. A file of roots that SSL_CERT_FILE names
// stands in the place of the machine's, as it does for clients.
func Bundle(certPEM []byte, env func(string) string) []byte {
	var files [][]byte
	add := func(path string) bool {
		text, err := os.ReadFile(path)
		text = bytes.TrimSpace(text)
		if err == nil && len(text) > 0 && !slices.ContainsFunc(files, func(have []byte) bool { return bytes.Equal(have, text) }) {
			files = append(files, text)
		}
		return err == nil
	}
	for _, name := range TrustVariables() {
		if path := env(name); path != "" {
			add(path)
		}
	}
	if env("SSL_CERT_FILE") == "" {
		for _, path := range systemRoots() {
			if add(path) {
				break
			}
		}
	}
	return append(bytes.Join(append(files, bytes.TrimSpace(certPEM)), []byte("\n")), '\n')
}
