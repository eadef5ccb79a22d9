package qovery

import (
	"slices"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
)

// Vendor is Qovery: enterprise connections, and what their clients call around them.
var Vendor = &spec.Vendor{
	Name:     "qovery",
	Title:    "Qovery API",
	Prefixes: []string{"/organization"},
	Lacks: []string{
		"everything below `/organization` but enterprise connections, roles, members and API tokens: `501 not_emulated`",
		"creating and deleting an enterprise connection, which the API has not: the fixture or the control API stands for Qovery's staff",
		"a connection's SAML or OpenID Connect settings, which the API does not show",
		"clusters and projects, beyond the names that a fixture gives for custom roles",
		"the membership of who creates an organization: it has no members at first",
		"invitations, the transfer of ownership, billing and the limits of plans",
		"the lag of the list of members behind its changes; audit events",
		"what a custom role may do: its token reads, and changes nothing",
		"a window of calls for each token: all callers of a world share one, and calls come back one by one",
		"logging in, and the roles that groups give at a login",
	},
	Operations:   slices.Concat(organizations, enterpriseConnections, availableRoles, customRoles, members, apiTokens),
	Errors:       errors,
	Kinds:        []spec.Kind{organizationKind, customRoleKind, memberKind, enterpriseConnectionKind, apiTokenKind, credentialKind},
	Buckets:      buckets,
	Presets:      []string{"documented"},
	Headers:      headers,
	Roles:        slices.Concat(builtInRoles, []string{custom}),
	Credential:   credential,
	Authenticate: authenticate,
	Ended:        ended,
	Mint:         mint,
	Authorize:    authorize,
	Wording:      wording,
	Render:       render,
	Decorate:     decorate,
}

const (
	specification = "Qovery OpenAPI document, 2026-08-20"
	cli           = "qovery-cli 210d6c6"
	terraform     = "terraform-provider-qovery c186979"
	console       = "Qovery console 720181b"
	introduction  = "Qovery documentation, api-reference/introduction"
	adminsOnly    = "; that only owners and admins may is assumed"
	rolesPage     = "Qovery documentation, members-rbac"
)

// The roles of an organization: those that Qovery provides, and custom for all that an organization makes itself.
const (
	owner   = "owner"
	admin   = "admin"
	devops  = "devops"
	billing = "billing"
	viewer  = "viewer"
	custom  = "custom"
)

var (
	builtInRoles = []string{owner, admin, devops, billing, viewer}
	anyone       = slices.Concat(builtInRoles, []string{custom})
	ssoManagers  = []string{owner, admin, devops}
	admins       = []string{owner, admin}
)

// perHour is how many calls a token may make in an hour.
const perHour = 1000

var buckets = []spec.Bucket{{
	Name: "global", Global: true,
	Rates:    map[string]spec.Rate{"documented": {Burst: perHour, Refill: perHour, Per: time.Hour}},
	Evidence: spec.Documented(introduction + ", a page written by hand; the specification has no 429"),
}}
