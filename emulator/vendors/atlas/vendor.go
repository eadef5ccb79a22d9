package atlas

import (
	"slices"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
)

// Vendor is MongoDB Atlas: federated authentication, and what clients need of organizations and projects for it.
var Vendor = &spec.Vendor{
	Name:     "atlas",
	Title:    "MongoDB Atlas Administration API",
	Prefixes: []string{v2Prefix, v1Prefix, publicPrefix, oauthPrefix},
	Slash:    true,
	Lacks: []string{
		"signing in through an identity provider, and metadata that the service signs",
		"invitations, teams, billing, alerts, and whatever else organizations and projects have beside their members and roles",
		"the permanent deletion of a federation's organizations, which only the console has",
		"`X-Java-Method`, `X-Java-Version` and `X-Mongodb-Service-Version`, which tell one build of the service from another",
		"the codes of refusals that the service publishes without one: their rows say which one stands in",
	},
	Operations: slices.Concat(
		federationSettings, connectedOrgConfigs, roleMappings, identityProviders, orgs, groups, oauth,
	),
	Errors:       errors,
	Kinds:        kinds,
	Buckets:      buckets,
	Presets:      []string{"documented"},
	Headers:      headers,
	Roles:        everyRole,
	Credential:   credential,
	Authenticate: authenticate,
	Ended:        ended,
	Challenges:   true,
	Mint:         mint,
	Authorize:    authorize,
	Wording:      wording,
	Render:       render,
	Shape:        shape,
	Decorate:     decorate,
}

// kinds stand in the order in which a fixture's objects can be built: what is referred to comes first.
var kinds = []spec.Kind{
	orgKind, orgUserKind, groupKind, federationKind, identityProviderKind, configKind, roleMappingKind,
	apiKeyKind, serviceAccountKind, tokenKind,
}
