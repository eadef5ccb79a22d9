package atlas

import (
	"slices"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

const (
	idpsPath = "/federationSettings/{federationSettingsId}/identityProviders"
	idpPath  = idpsPath + "/{identityProviderId}"
)

var identityProviders = slices.Concat(
	on(spec.Operation{
		ID: "identity_providers.list", Method: "GET", Path: idpsPath,
		Summary: "List the identity providers of a federation",
		Needs:   owners, Limit: "user",
		PathParams: []spec.Param{federationIDParam},
		Query:      append([]spec.Param{protocolParam, idpTypeParam}, pageParams...),
		Status:     200, Reply: listOf(identityProvider),
		Handle: listIdentityProviders,
	}, v2(spec.Recorded("cli-identity-providers#15")), onV1, onPublic),
	on(spec.Operation{
		ID: "identity_providers.create", Method: "POST", Path: idpsPath,
		Summary: "Create an OIDC identity provider",
		Needs:   owners, Limit: "user",
		PathParams: []spec.Param{federationIDParam},
		Query:      formParams, Body: newIdentityProvider,
		Status: 200, Reply: identityProvider,
		Errors: []spec.Error{audienceTaken, idpTaken, refused("SAML_NOT_CREATED", "only OIDC identity providers can be created",
			specification+" for the rule")},
		Handle: createIdentityProvider,
	}, v2(spec.Recorded("cli-identity-providers#1"))),
	on(spec.Operation{
		ID: "identity_providers.get", Method: "GET", Path: idpPath,
		Summary: "Get an identity provider; the oldest version knows SAML alone, by its oktaIdpId",
		Needs:   owners, Limit: "user",
		PathParams: []spec.Param{federationIDParam, idpIDParam},
		Query:      formParams,
		Status:     200, Reply: identityProvider,
		Errors: idpErrors,
		Handle: getIdentityProvider,
		Except: []spec.Exception{{What: "in the oldest version", Is: byOkta, Evidence: spec.Documented(specification)}},
	}, v2(spec.Recorded("cli-identity-providers#5"))),
	on(spec.Operation{
		ID: "identity_providers.get", Method: "GET", Path: idpPath,
		Summary: "Get a SAML identity provider",
		Needs:   owners, Limit: "user",
		PathParams: []spec.Param{federationIDParam, oktaIDParam},
		Query:      formParams,
		Status:     200, Reply: identityProvider,
		Errors: idpErrors,
		Handle: getIdentityProvider,
	}, onV1, onPublic),
	on(spec.Operation{
		ID: "identity_providers.update", Method: "PATCH", Path: idpPath,
		Summary: "Change an identity provider; the oldest version knows SAML alone, by its oktaIdpId",
		Needs:   owners, Limit: "user",
		PathParams: []spec.Param{federationIDParam, idpIDParam},
		Query:      formParams, Body: changedIdentityProvider,
		Status: 200, Reply: identityProvider,
		Errors: slices.Concat(changeErrors, idpErrors),
		Handle: updateIdentityProvider,
	}, onV2),
	on(spec.Operation{
		ID: "identity_providers.update", Method: "PATCH", Path: idpPath,
		Summary: "Change a SAML identity provider",
		Needs:   owners, Limit: "user",
		PathParams: []spec.Param{federationIDParam, oktaIDParam},
		Query:      formParams, Body: changedIdentityProvider,
		Status: 200, Reply: identityProvider,
		Errors: slices.Concat(changeErrors, idpErrors),
		Handle: updateIdentityProvider,
	}, onV1),
	on(spec.Operation{
		ID: "identity_providers.delete", Method: "DELETE", Path: idpPath,
		Summary: "Delete an identity provider",
		Needs:   owners, Limit: "user",
		PathParams: []spec.Param{federationIDParam, idpIDParam},
		Query:      formParams, BodyFree: true,
		Status: 204,
		Errors: append([]spec.Error{
			severalOrgs,
			refused("WORKLOAD_CONNECTED", "the identity provider is connected to an organization",
				"terraform-provider-mongodbatlas 468253d, a test's comment"),
		}, idpErrors...),
		Handle: deleteIdentityProvider,
	}, v2(spec.Recorded("cli-identity-providers#21"))),
	on(spec.Operation{
		ID: "identity_provider_jwks.delete", Method: "DELETE", Path: idpPath + "/jwks",
		Summary: "Forget the keys that an OIDC identity provider's tokens were verified with",
		Needs:   owners, Limit: "user",
		PathParams: []spec.Param{federationIDParam, idpIDParam},
		Query:      formParams, BodyFree: true,
		Status: 204,
		Errors: append([]spec.Error{refused("NO_JWKS", "the identity provider is not of the protocol OIDC",
			specification+" for the rule")}, idpErrors...),
		Handle: deleteJWKS,
	}, v2(spec.Recorded("cli-identity-providers#20"))),
	on(metadataOf(nil), v2(spec.Documented(specification+"; that the XML comes as it is under the declared type, and what it says, is assumed"))),
	on(metadataOf([]spec.Param{prettyParam}), onV1, onPublic),
)

var (
	protocolParam = spec.Param{Name: "protocol", Repeat: true, Evidence: spec.Documented(specification), Schema: &spec.Schema{
		Type: spec.String, Enum: []string{"SAML", "OIDC"}, Default: `"SAML"`, Evidence: spec.Documented(specification),
	}}
	idpTypeParam = spec.Param{Name: "idpType", Repeat: true, Evidence: spec.Documented(specification), Schema: &spec.Schema{
		Type: spec.String, Enum: []string{"WORKFORCE", "WORKLOAD"}, Default: `"WORKFORCE"`, Evidence: spec.Documented(specification),
	}}
	idpIDParam = spec.Param{Name: "identityProviderId", Evidence: spec.Documented(specification), Schema: &spec.Schema{
		Type: spec.String, Kind: "identity_providers",
		Pattern: &spec.Pattern{Text: `^([a-f0-9]{24}|[A-Za-z0-9]{20})$`, Is: func(s string) bool { return hexPattern.Is(s) || oktaPattern.Is(s) }},
	}}
	oktaIDParam = spec.Param{Name: "identityProviderId", Schema: &spec.Schema{
		Type: spec.String, Kind: "identity_providers.oktaIdpId", Pattern: oktaPattern,
	}, Evidence: spec.Documented(specification + "; the pattern is that of the recorded ids, which break the published one")}

	noSuchOktaIdp = with(spec.NotFound, standsIn("published; its text speaks of the older paths, where it is answered here",
		published("IDENTITY_PROVIDER_DOES_NOT_EXIST", 404, "The given 'oktaIdpId' does not correspond to an existing Identity Provider in Okta.")))
	idpErrors     = []spec.Error{noSuchOktaIdp}
	severalOrgs   = refused("SEVERAL_ORGS_CONNECTED", "more than one organization is connected", specification+" says that it fails")
	audienceTaken = with(spec.Conflict, spec.Error{
		Code: "AUDIENCE_TAKEN", Wire: "VALIDATION_ERROR", Status: 400, On: state.ErrConflict,
		Message:  validationStart + "audience is taken by another identity provider" + validationEnd,
		Evidence: spec.Assumed("mongodb-atlas-cli 8ddea41, a test's comment, for the rule; where it holds, status, code and text are assumed"),
	})
	changeErrors = []spec.Error{audienceTaken, readOnly, severalOrgs}
)

// byOkta tells whether a request names identity providers by their oktaIdpId: on the older bases, and on v2 in the oldest
// version and for the metadata.
func byOkta(c *spec.Call) bool {
	resolved, _ := version(c)
	return resolved != secondVersion
}

// idpOf is the identity provider of a path. An organization of the federation must be the caller's own.
func idpOf(c *spec.Call) (*state.Object, error) {
	federation, err := federationOf(c)
	if err != nil {
		return nil, err
	}
	id := c.Vars["identityProviderId"]
	if byOkta(c) {
		if idp := samlOf(c.Tx, federation.ID, id); idp != nil {
			return idp, nil
		}
		return nil, c.Fail("IDENTITY_PROVIDER_DOES_NOT_EXIST")
	}
	idp, err := c.Tx.Get("identity_providers", id)
	if err != nil || idp.Parent != federation.ID {
		return nil, missing(c, "identity provider", id)
	}
	return idp, nil
}

// connectedTo lists the configurations to which an identity provider is applied or gives access to data.
func connectedTo(tx *state.Tx, idp *state.Object) []*state.Object {
	var connected []*state.Object
	for _, config := range tx.List("connected_org_configs", "connected_org_configs", idp.Parent) {
		okta := idp.Doc.Text("oktaIdpId")
		applied := okta != "" && config.Doc.Text("identityProviderId") == okta
		if applied || slices.Contains(stringsOf(config.Doc.Get("dataAccessIdentityProviderIds")), idp.ID) {
			connected = append(connected, config)
		}
	}
	return connected
}

// listIdentityProviders filters by both parameters. Those made last come first, as in the recording; the service does not
// keep to one order.
func listIdentityProviders(c *spec.Call) (spec.Reply, error) {
	federation, err := federationOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	protocols, types := askedFor(c, "protocol", "SAML"), askedFor(c, "idpType", "WORKFORCE")
	var found []*state.Object
	for _, idp := range slices.Backward(c.Tx.List("identity_providers", "identity_providers", federation.ID)) {
		if slices.Contains(protocols, idp.Doc.Text("protocol")) && slices.Contains(types, idp.Doc.Text("idpType")) {
			found = append(found, idp)
		}
	}
	return spec.Reply{Body: page(c, found, func(idp *state.Object) state.Doc { return shownIdentityProvider(c.Tx, idp) })}, nil
}

// askedFor are the values of a repeated parameter, or its default.
func askedFor(c *spec.Call, name, otherwise string) []string {
	if values := c.Query[name]; len(values) > 0 {
		return values
	}
	return []string{otherwise}
}

func getIdentityProvider(c *spec.Call) (spec.Reply, error) {
	idp, err := idpOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: shownIdentityProvider(c.Tx, idp)}, nil
}

func createIdentityProvider(c *spec.Call) (spec.Reply, error) {
	federation, err := federationOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	if c.Body.Text("protocol") == "SAML" {
		return spec.Reply{}, c.Fail("SAML_NOT_CREATED")
	}
	if c.Body.Text("authorizationType") != "USER" && c.Body.Text("groupsClaim") == "" {
		return spec.Reply{}, c.Fail("MISSING_ATTRIBUTE", "detail", "groupsClaim")
	}
	idp, err := c.Build("identity_providers", c.Body.SetText("federationSettingsId", federation.ID).SetText("protocol", "OIDC"))
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: shownIdentityProvider(c.Tx, idp)}, nil
}

// deleteIdentityProvider takes an identity provider out of the organization that it is connected to. One for workloads
// must be disconnected first.
func deleteIdentityProvider(c *spec.Call) (spec.Reply, error) {
	idp, err := idpOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	connected := connectedTo(c.Tx, idp)
	switch {
	case len(connected) > 1:
		return spec.Reply{}, c.Fail("SEVERAL_ORGS_CONNECTED")
	case len(connected) == 1 && idp.Doc.Text("idpType") == "WORKLOAD":
		return spec.Reply{}, c.Fail("WORKLOAD_CONNECTED")
	}
	for _, config := range connected {
		if err := owns(c, config.ID); err != nil {
			return spec.Reply{}, err
		}
	}
	return spec.Reply{}, removeIdentityProvider(c.Tx, idp)
}

// removeIdentityProvider deletes an identity provider, and takes it out of the organizations that it is connected to.
func removeIdentityProvider(tx *state.Tx, idp *state.Object) error {
	for _, config := range connectedTo(tx, idp) {
		if _, err := tx.Replace(config, without(config.Doc, idp)); err != nil {
			return err
		}
	}
	return tx.Delete("identity_providers", idp.ID)
}

// without is a configuration without an identity provider.
func without(config state.Doc, idp *state.Object) state.Doc {
	if config.Text("identityProviderId") == idp.Doc.Text("oktaIdpId") {
		config = config.Set("identityProviderId", "null")
	}
	others := slices.DeleteFunc(stringsOf(config.Get("dataAccessIdentityProviderIds")), func(id string) bool { return id == idp.ID })
	return config.Set("dataAccessIdentityProviderIds", quoted(others))
}

// deleteJWKS has nothing to forget: no token is verified here.
func deleteJWKS(c *spec.Call) (spec.Reply, error) {
	idp, err := idpOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	if idp.Doc.Text("protocol") != "OIDC" {
		return spec.Reply{}, c.Fail("NO_JWKS")
	}
	return spec.Reply{}, nil
}
