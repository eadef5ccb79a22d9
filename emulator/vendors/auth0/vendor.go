package auth0

import (
	"slices"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
)

// Vendor is Auth0: its Management API v2 for organizations and their connections, and what those need.
var Vendor = &spec.Vendor{
	Name:     "auth0",
	Title:    "Auth0 Management API v2",
	Prefixes: []string{"/api/v2", "/oauth/token", "/.well-known"},
	Lacks: []string{
		"logging in: `/authorize`, user sessions, tokens for end users",
		"actions, branding, jobs, log streams, tickets, prompts, grants of users and the rest of the Management API: `501 not_emulated`",
		"groups and their roles are always empty lists",
		"a tenant's settings can't be changed",
		"the verification of client assertions: strict worlds refuse them, lenient ones take any",
		"deliveries by mail: an invitation is made and nobody gets it",
	},
	Operations: slices.Concat(
		organizations, organizationConnections, enabledConnections,
		connections, connectionClients, connectionKeys, connectionStatus,
		scimConfigurations, scimTokens, directoryProvisionings, synchronizedGroups,
		organizationClientGrants, organizationClients, discoveryDomains,
		clients, clientGrants, resourceServers, tenants, oauth,
		members, memberRoles, organizationRoles, invitations,
		users, userRoles, userIdentities, permissions, roles,
	),
	Errors:       errors,
	Kinds:        kinds,
	Buckets:      buckets,
	Presets:      []string{"enterprise", "b2b", "free"},
	Headers:      headers,
	Credential:   credential,
	Authenticate: authenticate,
	Ended:        ended,
	Mint:         mint,
	Authorize:    authorize,
	Wording:      wording,
	Render:       render,
	Decorate:     decorate,
}

// kinds stand in the order in which a fixture's objects can be built: what is referred to comes first.
var kinds = []spec.Kind{
	clientKind, connectionKind, connectionClientKind, connectionKeysKind,
	scimConfigurationKind, scimTokenKind, directoryProvisioningKind, synchronizedGroupKind,
	userKind, organizationKind, roleKind, resourceServerKind, clientGrantKind,
	organizationConnectionKind, memberKind, organizationClientKind, organizationClientGrantKind, discoveryDomainKind,
	invitationKind, waitingRoleKind, userRoleKind, rolePermissionKind, userPermissionKind,
	tokenKind,
}

const limitsPage = "auth0.com/docs rate-limit-configurations, Nov 2026"

// perMinute and perSecond are token buckets as Auth0 documents them.
func perMinute(burst, refill int) spec.Rate {
	return spec.Rate{Burst: burst, Refill: refill, Per: time.Minute}
}

func perSecond(burst, refill int) spec.Rate {
	return spec.Rate{Burst: burst, Refill: refill, Per: time.Second}
}

func bucket(name string, b2b, enterprise spec.Rate) spec.Bucket {
	return spec.Bucket{
		Name: name, Rates: map[string]spec.Rate{"b2b": b2b, "enterprise": enterprise},
		Evidence: spec.Documented(limitsPage),
	}
}

var buckets = []spec.Bucket{
	{
		Name: "global", Global: true,
		Rates: map[string]spec.Rate{
			"free":       perSecond(2, 2),
			"b2b":        {Burst: 50, Refill: 16, Per: time.Second, Evidence: spec.Assumed("not stated for this plan; enterprise's")},
			"enterprise": perSecond(50, 16),
		},
		Evidence: spec.Documented(limitsPage),
	},
	bucket("organizations.list", perMinute(5, 50), perMinute(10, 100)),
	bucket("organizations.get", perMinute(20, 200), perMinute(10, 100)),
	bucket("organizations.get_by_name", perMinute(10, 100), perMinute(20, 200)),
	bucket("organizations.write", perMinute(5, 25), perMinute(5, 150)),
	bucket("organization_connections.read", perMinute(5, 50), perMinute(10, 100)),
	bucket("organization_connections.write", perMinute(5, 25), perMinute(5, 150)),
	bucket("organization_members.read", perMinute(40, 500), perMinute(40, 500)),
	bucket("organization_members.write", perMinute(20, 200), perMinute(20, 200)),
	bucket("organization_member_roles", perMinute(20, 200), perMinute(20, 200)),
	bucket("organization_invitations", perMinute(20, 200), perMinute(20, 200)),
	bucket("organization_client_grants.read", perMinute(10, 100), perMinute(10, 100)),
	bucket("organization_client_grants.write", perMinute(5, 150), perMinute(5, 150)),
	{
		Name: "connections.status", Rates: map[string]spec.Rate{"enterprise": perSecond(100, 15)},
		Evidence: spec.Documented(limitsPage),
	},
}
