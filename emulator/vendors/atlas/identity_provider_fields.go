package atlas

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"slices"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// Which members an identity provider has follows from its protocol and type.
var (
	commonMembers    = []string{"createdAt", "description", "displayName", "id", "idpType", "issuerUri", "oktaIdpId", "protocol", "updatedAt"}
	workloadMembers  = []string{"audience", "authorizationType", "groupsClaim", "userClaim"}
	workforceMembers = []string{"associatedDomains", "clientId", "requestedScopes"}
	samlMembers      = []string{
		"acsUrl", "associatedDomains", "audienceUri", "pemFileInfo", "requestBinding", "responseSignatureAlgorithm", "slug",
		"ssoDebugEnabled", "ssoUrl", "status",
	}
)

// membersOf lists the members of an identity provider's reply, but for associatedOrgs, in order.
func membersOf(d state.Doc) []string {
	members := slices.Concat(commonMembers, workloadMembers)
	switch {
	case d.Text("protocol") == "SAML":
		members = slices.Concat(commonMembers, samlMembers)
	case d.Text("idpType") == "WORKFORCE":
		members = append(members, workforceMembers...)
	}
	slices.Sort(members)
	return members
}

// foreignMember is the first member of a document that only providers of the other protocol have, "" for none. Empty ones
// are nobody's: clients of both send them.
func foreignMember(protocol string, d state.Doc) string {
	foreign := slices.DeleteFunc(slices.Clone(samlMembers), func(name string) bool { return name == "associatedDomains" })
	if protocol == "SAML" {
		foreign = append(slices.Clone(workloadMembers), "clientId", "requestedScopes")
	}
	for _, name := range foreign {
		if value := d.Get(name); value.Exists() && !slices.Contains([]string{"null", `""`, "[]", "false"}, value.Raw) {
			return name
		}
	}
	return ""
}

var (
	idpStatus    = &spec.Schema{Type: spec.String, Enum: []string{"ACTIVE", "INACTIVE"}}
	protocol     = &spec.Schema{Type: spec.String, Enum: []string{"SAML", "OIDC"}}
	idpType      = &spec.Schema{Type: spec.String, Enum: []string{"WORKFORCE", "WORKLOAD"}}
	binding      = &spec.Schema{Type: spec.String, Enum: []string{"HTTP-POST", "HTTP-REDIRECT"}}
	signature    = &spec.Schema{Type: spec.String, Enum: []string{"SHA-1", "SHA-256"}}
	authorizes   = &spec.Schema{Type: spec.String, Enum: []string{"GROUP", "USER"}}
	displayName  = &spec.Schema{Type: spec.String, MinLength: 1, MaxLength: 50}
	optionalText = &spec.Schema{Type: spec.String | spec.Null}

	certificate = &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Opt("content", textSchema), spec.Opt("notAfter", moment), spec.Opt("notBefore", moment),
	}}
	pemFileInfo = &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Opt("certificates", &spec.Schema{Type: spec.Array, Items: certificate}), spec.Opt("fileName", optionalText),
	}}

	oidcFields = []spec.Field{
		spec.Opt("associatedDomains", distinct),
		spec.Opt("audience", textSchema),
		spec.Opt("authorizationType", authorizes),
		spec.Opt("clientId", optionalText),
		spec.Opt("description", optionalText),
		spec.Opt("displayName", displayName),
		spec.Opt("groupsClaim", optionalText),
		spec.Opt("idpType", &spec.Schema{Type: spec.String, Enum: idpType.Enum, Default: `"WORKFORCE"`, Evidence: spec.Documented(specification)}),
		spec.Opt("issuerUri", textSchema),
		spec.Opt("protocol", protocol),
		spec.Opt("requestedScopes", texts),
		spec.Opt("userClaim", textSchema),
	}
	samlFields = []spec.Field{
		spec.Opt("pemFileInfo", pemFileInfo),
		spec.Opt("requestBinding", binding),
		spec.Opt("responseSignatureAlgorithm", signature),
		spec.Opt("slug", optionalText),
		spec.Opt("ssoDebugEnabled", boolean),
		spec.Opt("ssoUrl", textSchema),
		spec.Opt("status", idpStatus), // the last, which a change may have as null
	}
	// echoes are members of what was read, which the older client sends back.
	echoes = []spec.Field{
		spec.Opt("acsUrl", optionalText), spec.Opt("associatedOrgs", &spec.Schema{Type: spec.Array}), spec.Opt("audienceUri", optionalText),
		spec.Opt("oktaIdpId", optionalText),
	}

	newIdentityProvider = &spec.Schema{
		Type: spec.Object, Fields: required(oidcFields, "audience", "displayName", "issuerUri", "userClaim"),
		Evidence: spec.Recorded("cli-identity-providers#1"),
	}
	changedIdentityProvider = &spec.Schema{
		Type: spec.Object, Evidence: spec.Documented(specification),
		Fields: slices.Concat(oidcFields, samlFields[:len(samlFields)-1], []spec.Field{spec.Opt("status", idpStatus.Nullable())}, echoes),
	}
	// identityProvider is any of the three forms.
	identityProvider = &spec.Schema{Type: spec.Object, Fields: slices.Concat([]spec.Field{
		spec.Req("associatedOrgs", &spec.Schema{Type: spec.Array, Items: connectedOrgConfig}),
		spec.Req("createdAt", moment), spec.Req("id", hexID), spec.Req("oktaIdpId", optionalText),
		spec.Req("updatedAt", &spec.Schema{Type: spec.String | spec.Null}), spec.Opt("acsUrl", textSchema), spec.Opt("audienceUri", textSchema),
	}, nullable(required(oidcFields, "description", "displayName", "idpType", "issuerUri", "protocol")), samlFields)}
)

// required are fields of which some must be there.
func required(fields []spec.Field, names ...string) []spec.Field {
	out := slices.Clone(fields)
	for i := range out {
		out[i].Required = slices.Contains(names, out[i].Name)
	}
	return out
}

// nullable are fields that may be null.
func nullable(fields []spec.Field) []spec.Field {
	out := slices.Clone(fields)
	for i := range out {
		out[i].Schema = out[i].Schema.Nullable()
	}
	return out
}

// identityProviderKind holds providers of both protocols. A fixture may give what the service makes up.
var identityProviderKind = spec.Kind{
	Name: "identity_providers", Remove: removeIdentityProvider,
	Schema: &spec.Schema{Type: spec.Object, Fields: slices.Concat([]spec.Field{
		spec.Req("federationSettingsId", hexID),
		spec.Opt("id", hexID), spec.Opt("oktaIdpId", &spec.Schema{Type: spec.String | spec.Null, Pattern: oktaPattern}),
		spec.Opt("createdAt", moment), spec.Opt("updatedAt", &spec.Schema{Type: spec.String | spec.Null, Format: moment.Format}),
		spec.Opt("acsUrl", textSchema), spec.Opt("audienceUri", textSchema),
	}, required(oidcFields, "displayName"), samlFields)},
	Refs:     map[string]string{"federationSettingsId": "federation_settings"},
	Identify: func(d state.Doc) string { return d.Text("id") },
	Parent:   func(d state.Doc) string { return d.Text("federationSettingsId") },
	Unique:   func(o *state.Object) (string, string) { return o.Parent, o.Doc.Text("audience") },
	Claims: func(o *state.Object) []string {
		if okta := o.Doc.Text("oktaIdpId"); okta != "" {
			return []string{okta}
		}
		return nil
	},
	Key:      func(_ *state.Tx, o *state.Object) string { return o.Doc.Text("displayName") },
	Build:    buildIdentityProvider,
	Evidence: spec.Recorded("cli-identity-providers#1"),
}

func buildIdentityProvider(c *spec.Call, d state.Doc) (state.Doc, error) {
	okta, kind := "null", given(d, "idpType", `"WORKFORCE"`)
	if d.Text("protocol") == "SAML" {
		okta = given(d, "oktaIdpId", state.Quote("0oa"+c.ID("identity_providers", 17)))
	}
	members := map[string]string{
		"createdAt": given(d, "createdAt", state.Quote(timestamp(c.Now))), "description": given(d, "description", "null"),
		"displayName": d.Get("displayName").Raw, "id": state.Quote(idOf(c, d, "identity_providers")), "idpType": kind,
		"issuerUri": given(d, "issuerUri", `""`), "oktaIdpId": okta, "protocol": given(d, "protocol", `"OIDC"`),
		"updatedAt": given(d, "updatedAt", "null"), "associatedDomains": given(d, "associatedDomains", "[]"),
	}
	var err error
	if name := foreignMember(d.Text("protocol"), d); name != "" {
		return "", fmt.Errorf("%s: the other protocol's identity providers have it", name)
	}
	if d.Text("protocol") == "SAML" {
		err = buildSAML(c, d, members)
	} else {
		buildOIDC(d, members)
	}
	if err != nil {
		return "", err
	}
	b := state.NewBuilder().Raw("federationSettingsId", d.Get("federationSettingsId").Raw)
	form := state.NewBuilder().Raw("idpType", kind).Raw("protocol", members["protocol"]).Doc()
	for _, name := range membersOf(form) {
		b.Raw(name, members[name])
	}
	return b.Doc(), nil
}

func buildOIDC(d state.Doc, members map[string]string) {
	members["audience"] = given(d, "audience", "null")
	members["authorizationType"] = given(d, "authorizationType", `"GROUP"`)
	members["clientId"] = given(d, "clientId", "null")
	members["groupsClaim"] = given(d, "groupsClaim", "null")
	members["requestedScopes"] = given(d, "requestedScopes", "[]")
	members["userClaim"] = given(d, "userClaim", "null")
}

// buildSAML completes what the service makes up for SAML: it is inactive until it has a domain.
func buildSAML(c *spec.Call, d state.Doc, members map[string]string) error {
	okta := gjson.Parse(members["oktaIdpId"]).Str
	status := `"INACTIVE"`
	if len(d.Get("associatedDomains").Array()) > 0 {
		status = `"ACTIVE"`
	}
	certificates, err := pemOf(d.Get("pemFileInfo"))
	switch {
	case err != nil:
		return err
	case d.Text("idpType") == "WORKLOAD":
		return fmt.Errorf("idpType: WORKLOAD is OIDC's alone")
	case d.Text("status") == "ACTIVE" && status != state.Quote("ACTIVE"):
		return fmt.Errorf("status: without associatedDomains it is INACTIVE")
	}
	audience := ""
	if !d.Has("audienceUri") {
		audience = state.Quote("https://www.okta.com/saml2/service-provider/" + c.ID("audience", 20))
	}
	members["acsUrl"] = given(d, "acsUrl", state.Quote("https://auth.mongodb.com/sso/saml2/"+okta))
	members["audienceUri"] = given(d, "audienceUri", audience)
	members["pemFileInfo"] = certificates
	members["requestBinding"] = given(d, "requestBinding", `"HTTP-POST"`)
	members["responseSignatureAlgorithm"] = given(d, "responseSignatureAlgorithm", `"SHA-256"`)
	members["slug"] = given(d, "slug", `""`)
	members["ssoDebugEnabled"] = given(d, "ssoDebugEnabled", "false")
	members["ssoUrl"] = given(d, "ssoUrl", `""`)
	members["status"] = given(d, "status", status)
	return nil
}

// pemOf is a file of certificates as it is shown: their dates, which the content of one that is sent says itself.
func pemOf(info gjson.Result) (string, error) {
	var certificates []state.Doc
	for i, item := range info.Get("certificates").Array() {
		after, before := given(state.Doc(item.Raw), "notAfter", "null"), given(state.Doc(item.Raw), "notBefore", "null")
		if content := item.Get("content"); content.Exists() {
			block, _ := pem.Decode([]byte(content.Str))
			if block == nil {
				return "", fmt.Errorf("pemFileInfo: certificate %d is no PEM block", i)
			}
			parsed, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return "", fmt.Errorf("pemFileInfo: certificate %d: %w", i, err)
			}
			after, before = state.Quote(timestamp(parsed.NotAfter)), state.Quote(timestamp(parsed.NotBefore))
		}
		certificates = append(certificates, state.NewBuilder().Raw("notAfter", after).Raw("notBefore", before).Doc())
	}
	file := "null"
	if name := info.Get("fileName"); name.Exists() {
		file = name.Raw
	}
	return string(state.NewBuilder().List("certificates", certificates).Raw("fileName", file).Doc()), nil
}

// shownIdentityProvider writes the members of its form, with its organizations' whole configurations.
func shownIdentityProvider(tx *state.Tx, idp *state.Object) state.Doc {
	var connected []state.Doc
	for _, config := range connectedTo(tx, idp) {
		connected = append(connected, shownConfig(tx, config))
	}
	b := state.NewBuilder()
	for _, member := range membersOf(idp.Doc) {
		if member == "audience" || member == "audienceUri" { // behind which associatedOrgs would be out of order
			b.List("associatedOrgs", connected)
		}
		b.Raw(member, idp.Doc.Get(member).Raw)
	}
	return b.Doc()
}
