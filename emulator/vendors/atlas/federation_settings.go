package atlas

import (
	"slices"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

var federationSettings = slices.Concat(
	on(spec.Operation{
		ID: "federation_settings.get", Method: "GET", Path: "/orgs/{orgId}/federationSettings",
		Summary: "Get the federation settings of an organization",
		Needs:   owners, Limit: "organization",
		PathParams: []spec.Param{orgIDParam},
		Query:      formParams,
		Status:     200, Reply: orgFederationSettings,
		Errors: orgErrors,
		Handle: getFederationSettings,
	}, v2(spec.Recorded("cli-identity-providers#0")), onV1, onPublic),
	on(deletionOfFederation(nil), onV2),
	on(deletionOfFederation([]spec.Param{prettyParam}), onV1, onPublic),
)

// deletionOfFederation is a row with what its base takes in the query: v2 declares nothing.
func deletionOfFederation(query []spec.Param) spec.Operation {
	return spec.Operation{
		ID: "federation_settings.delete", Method: "DELETE", Path: "/federationSettings/{federationSettingsId}",
		Summary: "Delete a federation with its identity providers and domains",
		Needs:   owners, Limit: "user",
		PathParams: []spec.Param{federationIDParam},
		Query:      query, BodyFree: true,
		Status: 204,
		Errors: []spec.Error{severalOrgs},
		Handle: deleteFederation,
	}
}

// federationKind is no more than an id: what a federation is stands in its identity providers and connected organizations.
var federationKind = spec.Kind{
	Name: "federation_settings", Remove: removeFederation,
	Schema:   &spec.Schema{Type: spec.Object, Fields: []spec.Field{spec.Opt("id", hexID)}},
	Identify: func(d state.Doc) string { return d.Text("id") },
	Key:      func(_ *state.Tx, o *state.Object) string { return o.ID },
	Build: func(c *spec.Call, d state.Doc) (state.Doc, error) {
		return state.NewBuilder().Text("id", idOf(c, d, "federation_settings")).Doc(), nil
	},
	Evidence: spec.Recorded("cli-identity-providers#0"),
}

var orgFederationSettings = &spec.Schema{Type: spec.Object, Fields: []spec.Field{
	spec.Req("federatedDomains", texts),
	spec.Req("hasRoleMappings", boolean),
	spec.Req("id", hexID),
	spec.Req("identityProviderId", &spec.Schema{Type: spec.String | spec.Null, Pattern: oktaPattern}),
	spec.Req("identityProviderStatus", idpStatus),
}}

// getFederationSettings tells of the identity provider that is applied to the organization, not of the federation's
// others: so it was recorded.
func getFederationSettings(c *spec.Call) (spec.Reply, error) {
	o, err := ownOrg(c)
	if err != nil {
		return spec.Reply{}, err
	}
	config, err := c.Tx.Get("connected_org_configs", o.ID)
	if err != nil {
		return spec.Reply{}, missing(c, "federation settings of organization", o.ID)
	}
	domains, status := "[]", `"INACTIVE"`
	if idp := appliedTo(c.Tx, config.Doc); idp != nil {
		domains, status = idp.Doc.Get("associatedDomains").Raw, idp.Doc.Get("status").Raw
	}
	return spec.Reply{Body: state.NewBuilder().Raw("federatedDomains", domains).
		Bool("hasRoleMappings", c.Tx.Count("role_mappings", "role_mappings", o.ID) > 0).Text("id", config.Parent).
		Raw("identityProviderId", config.Doc.Get("identityProviderId").Raw).Raw("identityProviderStatus", status).Doc()}, nil
}

// federationOf is the federation of a path, of which the caller must own an organization.
func federationOf(c *spec.Call) (*state.Object, error) {
	federation, err := c.Tx.Get("federation_settings", c.Vars["federationSettingsId"])
	if err != nil {
		return nil, missing(c, "federation settings", c.Vars["federationSettingsId"])
	}
	return federation, ownsOneOf(c, federation.ID)
}

func deleteFederation(c *spec.Call) (spec.Reply, error) {
	federation, err := federationOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	if c.Tx.Count("connected_org_configs", "connected_org_configs", federation.ID) > 1 {
		return spec.Reply{}, c.Fail("SEVERAL_ORGS_CONNECTED")
	}
	return spec.Reply{}, removeFederation(c.Tx, federation)
}

// removeFederation deletes a federation with its identity providers, and disconnects its organizations.
func removeFederation(tx *state.Tx, federation *state.Object) error {
	for _, config := range tx.List("connected_org_configs", "connected_org_configs", federation.ID) {
		if err := disconnect(tx, config); err != nil {
			return err
		}
	}
	if err := deleteBelow(tx, "identity_providers", federation.ID); err != nil {
		return err
	}
	return tx.Delete("federation_settings", federation.ID)
}
