package authority

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"testing"
	"time"
)

func TestFlawedLeaves(t *testing.T) {
	folder, err := Open(t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		authority *Authority
		now       time.Time // of the client
	}{
		"in memory":             {InMemory(), time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)},
		"in memory, much later": {InMemory(), time.Date(2049, 1, 1, 0, 0, 0, 0, time.UTC)},
		"in a folder":           {folder, time.Now()},
	} {
		t.Run(name, func(t *testing.T) {
			verify := func(sign func(string) (*tls.Certificate, error)) error {
				leaf, err := sign("Auth0.localhost.")
				if err != nil {
					t.Fatal(err)
				}
				_, err = leaf.Leaf.Verify(x509.VerifyOptions{DNSName: "auth0.localhost", Roots: c.authority.Pool(), CurrentTime: c.now})
				return err
			}
			var expired x509.CertificateInvalidError
			if err := verify(c.authority.Expired); !errors.As(err, &expired) || expired.Reason != x509.Expired {
				t.Errorf("expired: %v", err)
			}
			var unknown x509.UnknownAuthorityError
			if err := verify(c.authority.Untrusted); !errors.As(err, &unknown) {
				t.Errorf("untrusted: %v", err)
			}
		})
	}
}

// A client that dials an address sends no name.
func TestFlawedLeavesWithoutAName(t *testing.T) {
	a := InMemory()
	for name, sign := range map[string]func(string) (*tls.Certificate, error){"expired": a.Expired, "untrusted": a.Untrusted} {
		leaf, err := sign("")
		if err != nil || leaf.Leaf.VerifyHostname("localhost") != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := sign("not a host"); err == nil {
			t.Errorf("%s: signed for what is no host", name)
		}
	}
}
