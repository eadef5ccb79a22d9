package authority

import (
	"strconv"
	"strings"
)

// Trust returns what a user reads about the authority at path: where it is, and
// for each kind of client the line that makes it trust the authority.
func Trust(path string) string {
	return strings.NewReplacer(
		"{path}", path,
		"{sh}", shellQuoted(path),
		"{go}", strconv.Quote(path),
		"{windows}", `"`+path+`"`,
	).Replace(trust)
}

// What each variable does (read in November 2026): NODE_EXTRA_CA_CERTS adds to
// the client's own roots, the others replace its file of roots; crypto/x509 heeds
// SSL_CERT_FILE on neither macOS nor Windows.
const trust = `understudy's certificate authority: {path}

Its key lies beside it. Whoever reads the key can stand in for any site towards
whoever trusts the authority, so trust it on development machines only. The
export lines hold for one shell; in PowerShell write $env:NAME = 'VALUE'. All but
Node's may hide the client's other authorities.

Go and Terraform, on Linux (elsewhere: the macOS keychain or the Windows store, below)
  export SSL_CERT_FILE={sh}
Go, in the program
  ca, err := os.ReadFile({go}); roots := x509.NewCertPool(); roots.AppendCertsFromPEM(ca) // then tls.Config{RootCAs: roots}
Node
  export NODE_EXTRA_CA_CERTS={sh}
Python: ssl, urllib, httpx
  export SSL_CERT_FILE={sh}
Python: requests
  export REQUESTS_CA_BUNDLE={sh}
curl
  export CURL_CA_BUNDLE={sh}
Java: make a trust store, then run with it
  keytool -importcert -noprompt -alias understudy -file {sh} -keystore understudy.p12 -storetype PKCS12 -storepass changeit
  export JAVA_TOOL_OPTIONS='-Djavax.net.ssl.trustStore=understudy.p12 -Djavax.net.ssl.trustStorePassword=changeit'
macOS keychain: add, remove
  security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db {sh}
  security remove-trusted-cert {sh}
Windows store of this user, in PowerShell: add, remove
  certutil -user -addstore Root {windows}
  Get-ChildItem Cert:\CurrentUser\Root | Where-Object Subject -like '*understudy local CA*' | Remove-Item
`

// shellQuoted leaves a path bare where no POSIX shell would touch it.
func shellQuoted(path string) string {
	plain := func(c rune) bool {
		return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.ContainsRune("/._-", c)
	}
	if path != "" && strings.TrimFunc(path, plain) == "" {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}
