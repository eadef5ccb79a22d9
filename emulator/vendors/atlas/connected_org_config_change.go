package atlas

import (
	"slices"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// changedConfig is what a PATCH may hold. orgId and userConflicts are echoes of what was read.
var changedConfig = &spec.Schema{Type: spec.Object, Evidence: spec.Recorded("cli-identity-providers#3"), Fields: []spec.Field{
	spec.Opt("dataAccessIdentityProviderIds", &spec.Schema{Type: spec.Array | spec.Null, Unique: true, Items: &spec.Schema{
		Type: spec.String, Pattern: hexPattern, Kind: "identity_providers",
	}}),
	spec.Opt("domainAllowList", &spec.Schema{Type: spec.Array | spec.Null, Items: textSchema, Unique: true}),
	spec.Opt("domainRestrictionEnabled", boolean),
	spec.Opt("identityProviderId", &spec.Schema{Type: spec.String | spec.Null, Pattern: oktaPattern, Kind: "identity_providers.oktaIdpId"}),
	spec.Opt("instantUserProvisioningDisabled", &spec.Schema{Type: spec.Boolean | spec.Null}),
	spec.Opt("orgId", hexID),
	spec.Opt("postAuthRoleGrants", &spec.Schema{Type: spec.Array | spec.Null, Items: textSchema, Unique: true}),
	spec.Opt("roleMappings", &spec.Schema{Type: spec.Array | spec.Null, Items: newRoleMapping, Unique: true}),
	spec.Opt("userConflicts", &spec.Schema{Type: spec.Array | spec.Null}),
}}

var (
	notInFederation = standsIn("published; that it is the answer to a foreign provider in a configuration follows from its text alone",
		published("CONNECTED_ORG_CONFIG_IDP_NOT_IN_FEDERATION", 400,
			"The specified Identity Provider Id {id} does not match an Identity Provider in this Federation.", "id", "0oa00000000000000000"))
	notOrgRoles = published("POST_AUTH_ROLE_GRANTS_MUST_CONTAIN_ORG_ROLES", 400, "Post auth role grants can only consist of Organization roles.")
	readOnly    = standsIn("published; whether another id than the path's is refused or passed over is not known",
		published("ATTRIBUTE_READ_ONLY", 400, "The attribute {name} is read-only and cannot be changed by the user.", "name", "orgId"))
	orgTaken = raised(published("ORG_ALREADY_ASSOCIATED_WITH_FEDERATION", 400, "An Organization can only be associated with a single Federation."))
	idpTaken = raised(published("IDENTITY_PROVIDER_ALREADY_ASSOCIATED_WITH_FEDERATION", 400,
		"An Identity Provider can only be associated with a single Federation."))
	configErrors = []spec.Error{
		notInFederation, notOrgRoles, readOnly, orgTaken, idpTaken,
		{
			Code: "NO_IDENTITY_PROVIDER", Wire: "VALIDATION_ERROR", Status: 400,
			Message:  validationStart + "role mappings need an identity provider" + validationEnd,
			Evidence: spec.ClientCode("terraform-provider-mongodbatlas 468253d names the code; the text is assumed"),
		},
		refused("GRANTS_NEED_IDENTITY_PROVIDER", "other post-authentication role grants need an identity provider",
			specification+" for the rule, and the same grants are recorded to be taken"),
	}
)

// updateConfig replaces some members also where they are absent: that disconnects the identity providers and lifts the
// restriction of domains. The others stay as they are.
func updateConfig(c *spec.Call) (spec.Reply, error) {
	config, err := configOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	if org := c.Body.Get("orgId"); org.Exists() && org.Str != config.ID {
		return spec.Reply{}, c.Fail("ATTRIBUTE_READ_ONLY", "name", "orgId")
	}
	changed := config.Doc.Merge(state.NewBuilder().
		Raw("dataAccessIdentityProviderIds", given(c.Body, "dataAccessIdentityProviderIds", "[]")).
		Raw("domainAllowList", given(c.Body, "domainAllowList", "")).
		Raw("domainRestrictionEnabled", given(c.Body, "domainRestrictionEnabled", "false")).
		Raw("identityProviderId", given(c.Body, "identityProviderId", "null")).
		Raw("instantUserProvisioningDisabled", given(c.Body, "instantUserProvisioningDisabled", "")).
		Raw("postAuthRoleGrants", given(c.Body, "postAuthRoleGrants", "")).Doc())
	if err := checkConfig(c, config.Doc, changed); err != nil {
		return spec.Reply{}, err
	}
	if config, err = c.Tx.Replace(config, changed.Set("domainAllowList", quoted(customDomains(c.Tx, changed)))); err != nil {
		return spec.Reply{}, err
	}
	if mappings := c.Body.Get("roleMappings"); mappings.IsArray() && !sameMappings(c.Tx, config.ID, mappings.Array()) {
		if err := replaceMappings(c, config.ID, mappings.Array()); err != nil {
			return spec.Reply{}, err
		}
	}
	return spec.Reply{Body: shownConfig(c.Tx, config)}, nil
}

// customDomains is the allow list without the applied identity provider's own domains, which are in it as long as that
// one is applied.
func customDomains(tx *state.Tx, config state.Doc) []string {
	own := []string{}
	if idp := appliedTo(tx, config); idp != nil {
		own = stringsOf(idp.Doc.Get("associatedDomains"))
	}
	return slices.DeleteFunc(stringsOf(config.Get("domainAllowList")), func(domain string) bool { return slices.Contains(own, domain) })
}

// checkConfig holds a changed configuration to its federation. Without an identity provider neither other role mappings
// nor other grants than before are taken.
func checkConfig(c *spec.Call, before, changed state.Doc) error {
	idp := appliedTo(c.Tx, changed)
	if okta := changed.Text("identityProviderId"); okta != "" && idp == nil {
		return c.Fail("CONNECTED_ORG_CONFIG_IDP_NOT_IN_FEDERATION", "id", okta)
	}
	if id := foreignDataAccess(c.Tx, changed); id != "" {
		return c.Fail("CONNECTED_ORG_CONFIG_IDP_NOT_IN_FEDERATION", "id", id)
	}
	grants := stringsOf(changed.Get("postAuthRoleGrants"))
	if slices.ContainsFunc(grants, func(role string) bool { return !slices.Contains(orgRoles, role) }) {
		return c.Fail("POST_AUTH_ROLE_GRANTS_MUST_CONTAIN_ORG_ROLES")
	}
	others := !sameSet(before.Get("postAuthRoleGrants"), changed.Get("postAuthRoleGrants"))
	switch mappings := c.Body.Get("roleMappings"); {
	case idp != nil:
		return nil
	case others:
		return c.Fail("GRANTS_NEED_IDENTITY_PROVIDER")
	case mappings.IsArray() && !sameMappings(c.Tx, changed.Text("orgId"), mappings.Array()):
		return c.Fail("NO_IDENTITY_PROVIDER")
	}
	return nil
}

func sameSet(a, b gjson.Result) bool {
	one, other := stringsOf(a), stringsOf(b)
	slices.Sort(one)
	slices.Sort(other)
	return slices.Equal(one, other)
}
