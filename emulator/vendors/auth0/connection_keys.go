package auth0

import (
	"crypto/sha1" //nolint:gosec // fingerprints are SHA-1 there
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

var connectionKeys = []spec.Operation{
	{
		ID: "connection_keys.list", Method: "GET", Path: "/api/v2/connections/{id}/keys",
		Summary:    "List the keys with which an Okta or OIDC connection signs",
		Needs:      []string{"read:connections_keys"},
		PathParams: []spec.Param{connectionPathID},
		Status:     200, Reply: &spec.Schema{Type: spec.Array, Items: connectionKey},
		Errors:   []spec.Error{connectionNotFound(spec.Assumed("what the connection's own path answers"))},
		Handle:   listConnectionKeys,
		Evidence: spec.Recorded("tf-TestAccConnectionRotateDataKeys#5; the empty list of a connection without keys is assumed"),
	},
	{
		ID: "connection_keys.rotate", Method: "POST", Path: "/api/v2/connections/{id}/keys/rotate",
		Summary:    "Put the next key in the place of the current one and make a new next key",
		Needs:      []string{"create:connections_keys", "update:connections_keys"},
		PathParams: []spec.Param{connectionPathID},
		Body: &spec.Schema{Type: spec.Object | spec.Null, Evidence: spec.ClientCode(sdkSource), Fields: []spec.Field{
			spec.Opt("signing_alg", &spec.Schema{
				Type: spec.String, Enum: []string{"RS256", "RS384", "RS512", "PS256", "PS384", "ES256", "ES384"}, Default: `"RS256"`,
				Evidence: spec.ClientCode(sdkSource),
			}),
		}},
		Status: 201, Reply: connectionKey,
		Errors: []spec.Error{
			connectionNotFound(spec.Assumed("what the connection's own path answers")),
			{
				Code: "keys_not_supported", Wire: "operation_not_supported", Status: 400, Message: "Connection keys are not supported for this connection.",
				Evidence: spec.Assumed("documented for Okta and OIDC connections alone; code and text are by analogy"),
			},
		},
		Handle:   rotateConnectionKeys,
		Evidence: spec.Recorded("tf-TestAccConnectionRotateDataKeys#4"),
	},
}

// connectionKeysKind holds a connection's keys, oldest first: the previous one if there was a rotation, the current one, the
// next one. A key is its number, its time and its algorithm; the rest follows from them and the connection.
var connectionKeysKind = spec.Kind{
	Name: "connection_keys",
	Schema: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("connection_id", text),
		spec.Opt("keys", &spec.Schema{Type: spec.Array, MinItems: 2, MaxItems: 3, Items: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
			spec.Req("number", &spec.Schema{Type: spec.Integer, Min: spec.Int(0)}), spec.Req("made_at", text), spec.Req("algorithm", text),
		}}}),
	}},
	Refs:     map[string]string{"connection_id": "connections"},
	Identify: func(d state.Doc) string { return d.Text("connection_id") },
	Parent:   func(d state.Doc) string { return d.Text("connection_id") },
	Key:      func(tx *state.Tx, o *state.Object) string { return nameOf(tx, "connections", o.ID) },
	Build: func(c *spec.Call, d state.Doc) (state.Doc, error) {
		return state.NewBuilder().Text("connection_id", d.Text("connection_id")).Raw("keys", rawOr(d, "keys", firstKeys(c.Now))).Doc(), nil
	},
	Evidence: spec.Recorded("tf-TestAccConnectionRotateDataKeys#5"),
}

var connectionKey = &spec.Schema{Type: spec.Object, Fields: []spec.Field{
	spec.Req("kid", text), spec.Req("algorithm", text), spec.Req("key_use", text), spec.Req("subject_dn", text), spec.Req("cert", text),
	spec.Req("fingerprint", text), spec.Req("thumbprint", text), spec.Req("pkcs", text), spec.Opt("current", &spec.Schema{Type: spec.Boolean}),
	spec.Opt("current_since", text), spec.Opt("previous", &spec.Schema{Type: spec.Boolean}), spec.Opt("next", &spec.Schema{Type: spec.Boolean}),
}}

func firstKeys(now time.Time) string {
	return string(state.Array([]state.Doc{newKey(0, now, "RS256"), newKey(1, now, "RS256")}))
}

func newKey(number int, now time.Time, algorithm string) state.Doc {
	return state.NewBuilder().Int("number", number).Text("made_at", timestamp(now)).Text("algorithm", algorithm).Doc()
}

// needKeys makes the first keys of a connection that authenticates with them.
func needKeys(c *spec.Call, strategy, id string, options state.Doc) error {
	if strategy != "okta" && strategy != "oidc" || options.Text("token_endpoint_auth_method") != "private_key_jwt" || c.Tx.Has("connection_keys", id) {
		return nil
	}
	return addKeys(c, id)
}

func addKeys(c *spec.Call, id string) error {
	_, err := c.Tx.Insert(connectionKeysKind.Object(state.NewBuilder().Text("connection_id", id).Raw("keys", firstKeys(c.Now)).Doc()))
	return err
}

func listConnectionKeys(c *spec.Call) (spec.Reply, error) {
	connection, err := connectionOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	keys, err := c.Tx.Get("connection_keys", connection.ID)
	if err != nil {
		return spec.Reply{Body: state.Array(nil)}, nil
	}
	all := keys.Doc.Get("keys").Array()
	next, current := all[len(all)-1], all[len(all)-2]
	shown := []gjson.Result{current}
	if len(all) > 2 {
		shown = append(shown, all[0])
	}
	var items []state.Doc
	for i, key := range append(shown, next) {
		item, err := shownKey(connection, state.Doc(key.Raw))
		if err != nil {
			return spec.Reply{}, err
		}
		switch {
		case i == 0:
			item.Bool("current", true).Text("current_since", key.Get("made_at").Str)
		case i < len(shown):
			item.Bool("previous", true)
		default:
			item.Bool("next", true)
		}
		items = append(items, item.Doc())
	}
	return spec.Reply{Body: state.Array(items)}, nil
}

// rotateConnectionKeys answers with the new next key.
func rotateConnectionKeys(c *spec.Call) (spec.Reply, error) {
	connection, err := connectionOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	if strategy := connection.Doc.Text("strategy"); strategy != "okta" && strategy != "oidc" {
		return spec.Reply{}, c.Fail("keys_not_supported")
	}
	if !c.Tx.Has("connection_keys", connection.ID) {
		if err := addKeys(c, connection.ID); err != nil {
			return spec.Reply{}, err
		}
	}
	keys, err := c.Tx.Get("connection_keys", connection.ID)
	if err != nil {
		return spec.Reply{}, err
	}
	all := keys.Doc.Get("keys").Array()
	current, next := all[len(all)-2], all[len(all)-1]
	made := newKey(int(next.Get("number").Int())+1, c.Now, algorithmOr(c.Body, "RS256"))
	rotated := state.Array([]state.Doc{state.Doc(current.Raw), state.Doc(next.Raw), made})
	if _, err := c.Tx.Replace(keys, keys.Doc.Set("keys", string(rotated))); err != nil {
		return spec.Reply{}, err
	}
	shown, err := shownKey(connection, made)
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: shown.Bool("next", true).Doc()}, nil
}

func algorithmOr(body state.Doc, otherwise string) string {
	if given := body.Text("signing_alg"); given != "" {
		return given
	}
	return otherwise
}

// shownKey writes a key with a certificate of its own, good for a year. All certificates bear the one RSA key that this
// vendor signs with, for elliptic algorithms too: nothing here signs with a connection's keys.
func shownKey(connection *state.Object, key state.Doc) (*state.Builder, error) {
	name := connection.Doc.Text("name")
	id := sha256.Sum256([]byte(connection.ID + "/" + key.Text("number")))
	from, err := time.Parse(time.RFC3339Nano, key.Text("made_at"))
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(id[:8]),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    from, NotAfter: from.AddDate(1, 0, 0),
		IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(nil, template, template, &signer().key.PublicKey, signer().key)
	if err != nil {
		return nil, err
	}
	bundle, err := certificateBundle(der)
	if err != nil {
		return nil, err
	}
	sum := sha1.Sum(der) //nolint:gosec // as above
	print := strings.ToUpper(hex.EncodeToString(sum[:]))
	return state.NewBuilder().Text("kid", base64.RawURLEncoding.EncodeToString(id[:])).Text("algorithm", key.Text("algorithm")).
		Text("key_use", "signing").Text("subject_dn", "/CN="+name).Text("cert", windowsPEM("CERTIFICATE", der)).
		Text("fingerprint", colons(print)).Text("thumbprint", print).Text("pkcs", windowsPEM("PKCS7", bundle)), nil
}

// windowsPEM ends lines with CR LF, as recorded.
func windowsPEM(kind string, der []byte) string {
	return strings.ReplaceAll(string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})), "\n", "\r\n")
}

func colons(digits string) string {
	var out strings.Builder
	for i := 0; i < len(digits); i += 2 {
		if i > 0 {
			out.WriteByte(':')
		}
		out.WriteString(digits[i : i+2])
	}
	return out.String()
}

// certificateBundle is a PKCS #7 message that holds one certificate and is signed by nobody.
func certificateBundle(der []byte) ([]byte, error) {
	type content struct{ Type asn1.ObjectIdentifier }
	type signedData struct {
		Version      int
		Digests      []asn1.RawValue `asn1:"set"`
		Content      content
		Certificates asn1.RawValue
		Signers      []asn1.RawValue `asn1:"set"`
	}
	inner, err := asn1.Marshal(signedData{
		Version: 1, Digests: []asn1.RawValue{}, Content: content{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}},
		Certificates: asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: der},
		Signers:      []asn1.RawValue{},
	})
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue
	}{
		asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2},
		asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: inner},
	})
}
