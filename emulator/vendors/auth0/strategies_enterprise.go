package auth0

import (
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"encoding/xml"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// needsDomain refuses an Okta connection that says neither its domain nor its endpoints.
func needsDomain(e *edit) error {
	if e.options.Text("domain") == "" && e.options.Text("issuer") == "" && e.options.Text("authorization_endpoint") == "" {
		return e.c.Fail("domain_required")
	}
	return nil
}

// proofKey is the use of PKCE: a change that doesn't say turns it off.
func proofKey(e *edit) error {
	if e.creates() {
		e.add(`{"connection_settings":{"pkce":"auto"}}`)
	} else {
		e.add(`{"connection_settings":{"pkce":"disabled"}}`)
	}
	return nil
}

// providerMetadata stands in for the fetch of the provider's discovery document, which the service makes unless the request
// brings the document. Endpoints that the request leaves open come from it. Fetch returns "" where there is nowhere to look.
func providerMetadata(fetch func(options state.Doc) state.Doc) step {
	return func(e *edit) error {
		metadata := edit{options: state.Doc(e.options.Get("oidc_metadata").Raw)}
		if !e.options.Get("oidc_metadata").IsObject() {
			metadata.options = fetch(e.options)
		}
		if metadata.options != "" {
			e.complete(metadata)
		}
		return nil
	}
}

func (e *edit) complete(metadata edit) {
	metadata.add(`{"claims_parameter_supported":false,"request_parameter_supported":false,"request_uri_parameter_supported":false,
		"require_request_uri_registration":false}`)
	for _, name := range []string{"issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"} {
		given, known := e.options.Get(name), metadata.options.Has(name)
		if given.Type == gjson.Null && (given.Exists() || known) {
			e.options = e.options.SetText(name, metadata.options.Text(name))
		}
	}
	e.options = e.options.Set("oidc_metadata", string(metadata.options))
}

// oktaMetadata has the endpoints that Okta's own document has, and the claims that clients look at.
func oktaMetadata(options state.Doc) state.Doc {
	if options.Text("domain") == "" {
		return ""
	}
	at := "https://" + options.Text("domain")
	b := state.NewBuilder().Text("issuer", at)
	for _, endpoint := range [][2]string{
		{"authorization_endpoint", "authorize"}, {"token_endpoint", "token"}, {"userinfo_endpoint", "userinfo"},
		{"registration_endpoint", "clients"}, {"jwks_uri", "keys"},
	} {
		b.Text(endpoint[0], at+"/oauth2/v1/"+endpoint[1])
	}
	return b.Raw("response_types_supported", `["code","id_token","code id_token","code token","id_token token","code id_token token"]`).
		Raw("subject_types_supported", `["public"]`).
		Raw("id_token_signing_alg_values_supported", `["RS256"]`).
		Raw("scopes_supported", `["openid","email","profile","address","phone","offline_access","groups"]`).
		Text("introspection_endpoint", at+"/oauth2/v1/introspect").
		Text("revocation_endpoint", at+"/oauth2/v1/revoke").
		Text("end_session_endpoint", at+"/oauth2/v1/logout").
		Bool("request_parameter_supported", true).Doc()
}

// discoveredMetadata guesses the document behind a discovery URL: what the request says, else the paths that Auth0 itself uses.
func discoveredMetadata(options state.Doc) state.Doc {
	if options.Text("discovery_url") == "" {
		return ""
	}
	issuer := strings.TrimSuffix(options.Text("discovery_url"), "/.well-known/openid-configuration")
	b := state.NewBuilder().Text("issuer", issuer)
	for _, endpoint := range [][2]string{
		{"authorization_endpoint", "/authorize"}, {"token_endpoint", "/oauth/token"}, {"userinfo_endpoint", "/userinfo"},
		{"jwks_uri", "/.well-known/jwks.json"},
	} {
		b.Raw(endpoint[0], rawOr(options, endpoint[0], state.Quote(issuer+endpoint[1])))
	}
	return b.Raw("response_types_supported", `["code"]`).Raw("subject_types_supported", `["public"]`).
		Raw("id_token_signing_alg_values_supported", `["RS256"]`).Doc()
}

// tokenKeys stands in for the fetch of the keys of a Microsoft tenant: one thumbprint, made up from the tenant's domain. That
// there is none where no domain says where to look is assumed.
func tokenKeys(e *edit) error {
	domain := e.options.Text("tenant_domain")
	if domain == "" {
		return nil
	}
	sum := sha1.Sum([]byte(domain))
	e.add(state.Doc(`{"thumbprints":["` + hex.EncodeToString(sum[:]) + `"]}`))
	return nil
}

// needsGoogleDomain refuses options that name no domain of Google Workspace. An issue quotes the refusal, of options without
// tenant_domain. No options at all are taken (go-TestConnectionManager_Update__It_can_successfully_update_a_GoogleApps_Connection#0);
// that domain alone is enough is assumed, as every recording has both.
func needsGoogleDomain(e *edit) error {
	if e.options != "{}" && e.options.Text("tenant_domain") == "" && e.options.Text("domain") == "" {
		return e.c.Fail("google_domain_invalid")
	}
	return nil
}

// keepsUserIDs keeps map_user_id_to_id where a change leaves it out (tf-TestAccConnectionGoogleApps#5), and turns on
// api_enable_users, which no creation does, where a change leaves that out
// (go-TestConnectionManager_Update__It_can_successfully_update_a_GoogleApps_Connection#1). No other change is recorded.
func keepsUserIDs(e *edit) error {
	if !e.creates() {
		e.add(state.NewBuilder().Raw("map_user_id_to_id", e.before.Get("map_user_id_to_id").Raw).Bool("api_enable_users", true).Doc())
	}
	e.add(`{"map_user_id_to_id":false}`)
	return nil
}

// federationMetadata reads where users sign in from the provider's WS-Federation document.
func federationMetadata(e *edit) error {
	e.add(`{"thumbprints":[]}`)
	if at := passiveEndpoint(e.options.Text("fedMetadataXml")); at != "" {
		e.options = e.options.SetText("signInEndpoint", at)
	}
	return nil
}

// passiveEndpoint is the address in a document's PassiveRequestorEndpoint, "" where there is none.
func passiveEndpoint(document string) string {
	decoder := xml.NewDecoder(strings.NewReader(document))
	passive, address := false, false
	for {
		token, err := decoder.Token()
		if err != nil {
			return ""
		}
		switch t := token.(type) {
		case xml.StartElement:
			passive = passive || t.Name.Local == "PassiveRequestorEndpoint"
			address = passive && t.Name.Local == "Address"
		case xml.EndElement:
			passive = passive && t.Name.Local != "PassiveRequestorEndpoint"
			address = false
		case xml.CharData:
			if address {
				return strings.TrimSpace(string(t))
			}
		}
	}
}

func pingEndpoint(e *edit) error {
	if base := e.options.Get("pingFederateBaseUrl"); base.Type == gjson.String {
		e.add(state.NewBuilder().Text("signInEndpoint", base.Str).Doc())
	}
	return nil
}

// signingCertificate puts what the provider's certificate says in the place of signingCert: PEM, or base64 of PEM or DER.
// A text that is no certificate stays as it is, which is assumed.
func signingCertificate(e *edit) error {
	certificate := readCertificate(e.options.Text("signingCert"))
	if certificate == nil {
		return nil
	}
	sum := sha1.Sum(certificate.Raw)
	e.options = e.options.Drop("signingCert", "expires", "subject", "thumbprints", "cert").Merge(state.NewBuilder().
		Text("expires", timestamp(certificate.NotAfter)).
		Raw("subject", string(subject(certificate.Subject))).
		Raw("thumbprints", `["`+hex.EncodeToString(sum[:])+`"]`).
		Text("cert", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Raw}))).Doc())
	return nil
}

func readCertificate(text string) *x509.Certificate {
	raw := []byte(text)
	if decoded, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), "")); err == nil {
		raw = decoded
	}
	if block, _ := pem.Decode(raw); block != nil {
		raw = block.Bytes
	}
	certificate, err := x509.ParseCertificate(raw)
	if err != nil {
		return nil
	}
	return certificate
}

// subject writes a distinguished name in its own order, with the long names of its attributes.
func subject(name pkix.Name) state.Doc {
	b := state.Doc("{}")
	for _, attribute := range name.Names {
		value, isText := attribute.Value.(string)
		if known := attributeNames[attribute.Type.String()]; known != "" && isText {
			b = b.SetText(known, value)
		}
	}
	return b
}

var attributeNames = map[string]string{
	"2.5.4.3": "commonName", "2.5.4.5": "serialNumber", "2.5.4.6": "countryName", "2.5.4.7": "localityName",
	"2.5.4.8": "stateOrProvinceName", "2.5.4.10": "organizationName", "2.5.4.11": "organizationalUnitName",
	"1.2.840.113549.1.9.1": "emailAddress",
}
