package atlas

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

const (
	configsPath = "/federationSettings/{federationSettingsId}/connectedOrgConfigs"
	configPath  = configsPath + "/{orgId}"
)

var connectedOrgConfigs = slices.Concat(
	on(spec.Operation{
		ID: "connected_org_configs.list", Method: "GET", Path: configsPath,
		Summary: "List the organizations that are connected to a federation",
		Needs:   owners, Limit: "user",
		PathParams: []spec.Param{federationIDParam},
		Query:      pageParams,
		Status:     200, Reply: listOf(connectedOrgConfig),
		Handle: listConfigs,
	}, v2(spec.Recorded("cli-identity-providers#18")), onV1, onPublic),
	on(spec.Operation{
		ID: "connected_org_configs.get", Method: "GET", Path: configPath,
		Summary: "Get how an organization is connected to a federation",
		Needs:   owners, Limit: "organization",
		PathParams: []spec.Param{federationIDParam, orgIDParam},
		Query:      formParams,
		Status:     200, Reply: connectedOrgConfig,
		Errors: orgErrors,
		Handle: getConfig,
	}, v2(spec.Recorded("cli-identity-providers#2")), onV1, onPublic),
	on(spec.Operation{
		ID: "connected_org_configs.update", Method: "PATCH", Path: configPath,
		Summary: "Change how an organization is connected to a federation",
		Needs:   owners, Limit: "organization",
		PathParams: []spec.Param{federationIDParam, orgIDParam},
		Query:      formParams, Body: changedConfig,
		Status: 200, Reply: connectedOrgConfig,
		Errors: slices.Concat(configErrors, assignmentErrors, orgErrors),
		Handle: updateConfig,
	}, v2(spec.Recorded("cli-identity-providers#3")), onV1, onPublic),
	on(spec.Operation{
		ID: "connected_org_configs.delete", Method: "DELETE", Path: configPath,
		Summary: "Disconnect an organization from a federation",
		Needs:   owners, Limit: "organization",
		PathParams: []spec.Param{federationIDParam, orgIDParam},
		Query:      formParams, BodyFree: true,
		Status: 204,
		Errors: append([]spec.Error{refused("LAST_CONNECTED_ORG", "the organization is the last one connected",
			specification+" says that it fails")}, orgErrors...),
		Handle: deleteConfig,
	}, onV2, onV1, onPublic),
)

// configKind is an organization's place in a federation, of which it has one at most. domainAllowList holds what is not
// the applied identity provider's own; replies add that.
var configKind = spec.Kind{
	Name: "connected_org_configs", Remove: disconnect,
	Schema: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("federationSettingsId", hexID),
		spec.Req("orgId", hexID),
		spec.Opt("dataAccessIdentityProviderIds", distinct),
		spec.Opt("domainAllowList", distinct),
		spec.Opt("domainRestrictionEnabled", boolean),
		spec.Opt("identityProviderId", &spec.Schema{Type: spec.String | spec.Null, Pattern: oktaPattern}),
		spec.Opt("instantUserProvisioningDisabled", boolean),
		spec.Opt("postAuthRoleGrants", &spec.Schema{Type: spec.Array, Unique: true, Items: &spec.Schema{Type: spec.String, Enum: orgRoles}}),
	}},
	Refs:     map[string]string{"federationSettingsId": "federation_settings", "orgId": "orgs", "dataAccessIdentityProviderIds": "identity_providers"},
	Identify: func(d state.Doc) string { return d.Text("orgId") },
	Parent:   func(d state.Doc) string { return d.Text("federationSettingsId") },
	Key:      func(_ *state.Tx, o *state.Object) string { return o.ID },
	Build: func(c *spec.Call, d state.Doc) (state.Doc, error) {
		if okta := d.Text("identityProviderId"); okta != "" && samlOf(c.Tx, d.Text("federationSettingsId"), okta) == nil {
			return "", fmt.Errorf("identityProviderId: no SAML identity provider of the federation has the oktaIdpId %q", okta)
		}
		if id := foreignDataAccess(c.Tx, d); id != "" {
			return "", fmt.Errorf("dataAccessIdentityProviderIds: %s is no OIDC identity provider of the federation", id)
		}
		return state.NewBuilder().Raw("dataAccessIdentityProviderIds", given(d, "dataAccessIdentityProviderIds", "[]")).
			Raw("domainAllowList", given(d, "domainAllowList", "[]")).
			Raw("domainRestrictionEnabled", given(d, "domainRestrictionEnabled", "false")).
			Raw("federationSettingsId", d.Get("federationSettingsId").Raw).
			Raw("identityProviderId", given(d, "identityProviderId", "null")).
			Raw("instantUserProvisioningDisabled", given(d, "instantUserProvisioningDisabled", "false")).
			Raw("orgId", d.Get("orgId").Raw).Raw("postAuthRoleGrants", given(d, "postAuthRoleGrants", "[]")).Doc(), nil
	},
	Evidence: spec.Recorded("cli-identity-providers#2"),
}

var (
	federatedUser = &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("emailAddress", textSchema), spec.Req("federationSettingsId", hexID), spec.Req("firstName", textSchema),
		spec.Req("lastName", textSchema), spec.Req("userId", hexID),
	}}
	connectedOrgConfig = &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("dataAccessIdentityProviderIds", texts),
		spec.Req("domainAllowList", texts),
		spec.Req("domainRestrictionEnabled", boolean),
		spec.Req("identityProviderId", &spec.Schema{Type: spec.String | spec.Null, Pattern: oktaPattern}),
		spec.Req("instantUserProvisioningDisabled", boolean),
		spec.Req("orgId", hexID),
		spec.Req("postAuthRoleGrants", texts),
		spec.Req("roleMappings", &spec.Schema{Type: spec.Array, Items: roleMapping}),
		spec.Req("userConflicts", &spec.Schema{Type: spec.Array | spec.Null, Items: federatedUser}),
	}}
)

// appliedTo is the SAML identity provider that is applied to a configuration, or nil.
func appliedTo(tx *state.Tx, config state.Doc) *state.Object {
	return samlOf(tx, config.Text("federationSettingsId"), config.Text("identityProviderId"))
}

// foreignDataAccess is the first of the identity providers for access to data that is not the federation's own or not of
// the protocol OIDC, "" for none.
func foreignDataAccess(tx *state.Tx, config state.Doc) string {
	for _, id := range stringsOf(config.Get("dataAccessIdentityProviderIds")) {
		idp, err := tx.Get("identity_providers", id)
		if err != nil || idp.Parent != config.Text("federationSettingsId") || idp.Doc.Text("protocol") != "OIDC" {
			return id
		}
	}
	return ""
}

// samlOf is a federation's identity provider with an oktaIdpId, or nil.
func samlOf(tx *state.Tx, federation, okta string) *state.Object {
	idp, err := tx.Named("identity_providers", state.Claimed, okta)
	if err != nil || idp.Parent != federation {
		return nil
	}
	return idp
}

// allowList is what the applied identity provider's domains and the configured ones make together, without repeats.
func allowList(tx *state.Tx, config state.Doc) []string {
	list := []string{}
	if idp := appliedTo(tx, config); idp != nil {
		list = stringsOf(idp.Doc.Get("associatedDomains"))
	}
	for _, domain := range stringsOf(config.Get("domainAllowList")) {
		if !slices.Contains(list, domain) {
			list = append(list, domain)
		}
	}
	return list
}

func shownConfig(tx *state.Tx, o *state.Object) state.Doc {
	d := o.Doc
	var mappings []state.Doc
	for _, m := range tx.List("role_mappings", "role_mappings", o.ID) {
		mappings = append(mappings, shownMapping(m))
	}
	allowed := allowList(tx, d)
	return state.NewBuilder().Raw("dataAccessIdentityProviderIds", d.Get("dataAccessIdentityProviderIds").Raw).
		Raw("domainAllowList", quoted(allowed)).
		Raw("domainRestrictionEnabled", d.Get("domainRestrictionEnabled").Raw).
		Raw("identityProviderId", d.Get("identityProviderId").Raw).
		Raw("instantUserProvisioningDisabled", d.Get("instantUserProvisioningDisabled").Raw).
		Text("orgId", o.ID).Raw("postAuthRoleGrants", d.Get("postAuthRoleGrants").Raw).List("roleMappings", mappings).
		Raw("userConflicts", userConflicts(tx, o, allowed)).Doc()
}

// userConflicts lists the organization's users whose domain no entry of the allow list is; null where nothing is
// restricted.
func userConflicts(tx *state.Tx, config *state.Object, allowed []string) string {
	if config.Doc.Get("domainRestrictionEnabled").Type != gjson.True {
		return "null"
	}
	var conflicts []state.Doc
	for _, user := range tx.List("org_users", "org_users", config.ID) {
		_, domain, _ := strings.Cut(user.Doc.Text("emailAddress"), "@")
		if slices.ContainsFunc(allowed, func(entry string) bool { return strings.EqualFold(entry, domain) }) {
			continue
		}
		conflicts = append(conflicts, state.NewBuilder().Raw("emailAddress", user.Doc.Get("emailAddress").Raw).
			Text("federationSettingsId", config.Parent).Raw("firstName", user.Doc.Get("firstName").Raw).
			Raw("lastName", user.Doc.Get("lastName").Raw).Raw("userId", user.Doc.Get("id").Raw).Doc())
	}
	return string(state.Array(conflicts))
}

// configOf is the configuration of a path, whose organization the caller must own.
func configOf(c *spec.Call) (*state.Object, error) {
	federation := c.Vars["federationSettingsId"]
	if !c.Tx.Has("federation_settings", federation) {
		return nil, missing(c, "federation settings", federation)
	}
	o, err := orgOf(c)
	if err != nil {
		return nil, err
	}
	config, err := c.Tx.Get("connected_org_configs", o.ID)
	if err != nil || config.Parent != federation {
		return nil, missing(c, "connected organization", o.ID)
	}
	return config, owns(c, o.ID)
}

func listConfigs(c *spec.Call) (spec.Reply, error) {
	federation, err := federationOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	all := slices.DeleteFunc(c.Tx.List("connected_org_configs", "connected_org_configs", federation.ID), func(config *state.Object) bool {
		o, err := c.Tx.Get("orgs", config.ID)
		return err == nil && rightBase(c, o) != nil
	})
	return spec.Reply{Body: page(c, all, func(o *state.Object) state.Doc { return shownConfig(c.Tx, o) })}, nil
}

func getConfig(c *spec.Call) (spec.Reply, error) {
	config, err := configOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: shownConfig(c.Tx, config)}, nil
}

func deleteConfig(c *spec.Call) (spec.Reply, error) {
	config, err := configOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	if c.Tx.Count("connected_org_configs", "connected_org_configs", config.Parent) == 1 {
		return spec.Reply{}, c.Fail("LAST_CONNECTED_ORG")
	}
	return spec.Reply{}, disconnect(c.Tx, config)
}

// disconnect takes an organization out of its federation, with its role mappings.
func disconnect(tx *state.Tx, config *state.Object) error {
	if err := deleteBelow(tx, "role_mappings", config.ID); err != nil {
		return err
	}
	return tx.Delete("connected_org_configs", config.ID)
}
