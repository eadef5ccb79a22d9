package auth0

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // x5t is defined as a SHA-1 thumbprint, RFC 7517 section 4.8
	"crypto/sha256"
	"crypto/x509"
	_ "embed"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"strings"
	"sync"

	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// signingFile holds a certificate and the RSA key of every emulated tenant. It is no secret.
//
//go:embed signing_key.pem
var signingFile []byte

// signingKeyID names the key in token headers and in the JWKS.
const signingKeyID = "understudy-auth0-1"

// signing is the key as its users need it.
type signing struct {
	key         *rsa.PrivateKey
	der         []byte // the certificate
	certificate string // the same in PEM
}

// signer reads the key on first use: a start that mints no token and shows no client does not pay for it.
var signer = sync.OnceValue(func() signing {
	first, rest := pem.Decode(signingFile)
	second, _ := pem.Decode(rest)
	key, err := x509.ParsePKCS1PrivateKey(second.Bytes)
	if err != nil {
		panic("auth0: the embedded signing key: " + err.Error())
	}
	return signing{key: key, der: first.Bytes, certificate: string(pem.EncodeToMemory(first))}
})

// sign makes a JWT of claims, RS256. Equal claims make equal tokens.
func sign(claims state.Doc) (string, error) {
	header := state.NewBuilder().Text("alg", "RS256").Text("typ", "JWT").Text("kid", signingKeyID).Doc()
	head := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims))
	signature, err := signatures.of(sha256.Sum256([]byte(head)))
	return head + "." + signature, err
}

// signatures remembers those made lately: tests in virtual time begin at the same moment with the same seed, and ask for the same
// token again and again, each of which costs a millisecond.
var signatures = signatureCache{known: map[[sha256.Size]byte]string{}}

type signatureCache struct {
	mu    sync.Mutex
	known map[[sha256.Size]byte]string // in base64, by what is signed
}

const maxSignatures = 256

func (c *signatureCache) of(sum [sha256.Size]byte) (string, error) {
	c.mu.Lock()
	text, known := c.known[sum]
	c.mu.Unlock()
	if known {
		return text, nil
	}
	signature, err := rsa.SignPKCS1v15(nil, signer().key, crypto.SHA256, sum[:])
	if err != nil {
		return "", err
	}
	text = base64.RawURLEncoding.EncodeToString(signature)
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.known) >= maxSignatures {
		clear(c.known)
	}
	c.known[sum] = text
	return text, nil
}

// claimsOf reads a JWT's claims; ok is false for a text that is no JWT. Signed tells whether our key made it.
func claimsOf(token string) (claims state.Doc, signed, ok bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return "", false, false
	}
	for i, part := range parts[:2] {
		raw, err := base64.RawURLEncoding.DecodeString(part)
		if err != nil {
			return "", false, false
		}
		doc, err := state.Parse(raw)
		if err != nil || !doc.Get().IsObject() {
			return "", false, false
		}
		if i == 1 {
			claims = doc
		}
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		return "", false, false
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	return claims, rsa.VerifyPKCS1v15(&signer().key.PublicKey, crypto.SHA256, sum[:], signature) == nil, true
}

// jwks is the published half of the key.
func jwks() state.Doc {
	key, der := signer().key.PublicKey, signer().der
	thumbprint := sha1.Sum(der) //nolint:gosec // as above
	shown := state.NewBuilder().Text("kty", "RSA").Text("use", "sig").
		Text("n", base64.RawURLEncoding.EncodeToString(key.N.Bytes())).
		Text("e", base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes())).
		Text("kid", signingKeyID).Text("x5t", base64.RawURLEncoding.EncodeToString(thumbprint[:])).
		Raw("x5c", "["+state.Quote(base64.StdEncoding.EncodeToString(der))+"]").Text("alg", "RS256").Doc()
	return state.NewBuilder().List("keys", []state.Doc{shown}).Doc()
}
