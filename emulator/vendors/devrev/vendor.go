package devrev

import (
	"slices"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
)

// Vendor is DevRev: authentication connections, and what their clients read around them.
var Vendor = &spec.Vendor{
	Name:     "devrev",
	Title:    "DevRev API",
	Prefixes: []string{"/dev-orgs.", "/dev-users.", "/internal/dev-orgs."},
	Lacks: []string{
		"every method but those of `dev-orgs.auth-connections`, `dev-orgs.get`, `dev-users.self`, `get` and `list`: `route not found`, as an unknown route",
		"more than one organization in a world",
		"a user's picture, skills, job history, manager, phone numbers and who made or changed it",
		"system users' and session tokens; the exchange of an application's token for one",
		"the prefix of a `connection_name` and the content of certificates are not held to anything",
		"webhooks, and the beta API's own methods: `X-Devrev-Scope` is taken and changes nothing",
		"a window of calls for each user: all callers of a world share one, and calls come back one by one",
		"logging in through a connection",
	},
	Operations:   slices.Concat(authConnections, devOrgs, devUsers),
	Errors:       errors,
	Kinds:        []spec.Kind{devOrgKind, devUserKind, authConnectionKind, tokenKind},
	Buckets:      buckets,
	Presets:      []string{"live", "documented"},
	Headers:      headers,
	Roles:        []string{admin, member},
	Credential:   credential,
	Authenticate: authenticate,
	Ended:        ended,
	Whole:        someEnabled,
	Mint:         mint,
	Authorize:    authorize,
	Order:        order,
	PermitLast:   true,
	Wording:      wording,
	Render:       render,
	Decorate:     decorate,
	Standing:     true,
}

const (
	specification = "DevRev OpenAPI document, 2025-10-16"
	sdk           = "@devrev/typescript-sdk 1.1.71"
	article       = "DevRev support article ART-21858"
	liveNotes     = "a third party's notes of live calls, July 2026"
)

// quota is how many calls a window takes.
const quota = 8000

var buckets = []spec.Bucket{{
	Name: "global", Global: true,
	Rates: map[string]spec.Rate{
		"live": {Burst: quota, Refill: quota, Per: time.Minute},
		"documented": {
			Burst: quota, Refill: quota, Per: 5 * time.Minute,
			Evidence: spec.Assumed("the page on rate limits gives the window of 5 minutes and no number: that of a live organization"),
		},
	},
	Evidence: spec.Assumed(liveNotes + ": 8,000 calls a minute, of one organization; that calls come back one by one is assumed too"),
}}

// order is how the service tells what is wrong with a body that breaks several rules.
var order = []spec.Rule{
	spec.RuleType, spec.RuleAdditional, spec.RuleRequired, spec.RuleEnum,
	spec.RuleMinLength, spec.RuleMaxLength, spec.RulePattern, spec.RuleFormat,
}
