package atlas

import (
	"strconv"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
)

// published is a row whose code and text stand in the list of error codes.
func published(code string, status int, message string, sample ...string) spec.Error {
	return spec.Error{Code: code, Status: status, Message: message, Sample: sample, Evidence: spec.Documented(errorPages)}
}

// with gives a row the class that scenarios know it by.
func with(class spec.Class, e spec.Error) spec.Error {
	e.Class = class
	return e
}

// standsIn is a published row for a failure whose code nobody knows.
func standsIn(why string, e spec.Error) spec.Error {
	e.Evidence = spec.Assumed(why)
	return e
}

// raised is a published row that only a scenario raises.
func raised(e spec.Error) spec.Error {
	e.Evidence.Source += "; only a scenario raises it"
	return e
}

// The text of a VALIDATION_ERROR, around its one parameter.
const (
	validationStart = "The request content produced the validation error: "
	validationEnd   = "."
)

// refused is a failure without a published code: the code of its row is ours, the wire's is VALIDATION_ERROR. The rule may
// be known, as why says; status, code and text are not.
func refused(code, detail, why string) spec.Error {
	return spec.Error{
		Code: code, Wire: "VALIDATION_ERROR", Status: 400, Message: validationStart + detail + validationEnd,
		Evidence: spec.Assumed(why + "; status, code and text are assumed"),
	}
}

const exampleID = "5f0000000000000000000001"

// errors are the rows that every operation may answer with.
var errors = []spec.Error{
	{
		Code: unauthorized, Wire: noCode, Status: 401, Message: "You are not authorized for this resource.", Class: spec.Unauthenticated,
		Sample:   []string{"stale", "false"},
		Fresh:    func(c *spec.Call) []string { return []string{"nonce", newNonce(c)} },
		Evidence: spec.Recorded("cli:TestSetupFailureFlow, 2026-08-10; that a refused token is answered so too is assumed"),
	},
	with(spec.Forbidden, standsIn("published for a role that is missing; which code these operations answer with is not known",
		published("USER_UNAUTHORIZED", 401, "Current user is not authorized to perform this action."))),
	standsIn("published; that these operations answer with it is not known",
		published("NOT_ORG_OWNER", 401, "The currently logged in user does not have the owner role in organization {org}.", "org", exampleID)),
	standsIn("published; that these operations answer with it is not known",
		published("USER_CANNOT_ACCESS_ORG", 401, "User cannot access this organization.")),
	{
		Code: "IP_ADDRESS_NOT_ON_ACCESS_LIST", Status: 403, Message: "IP address {address} is not allowed to access this resource.",
		Sample:   []string{"address", "192.0.2.1"},
		Evidence: spec.Documented("terraform-provider-mongodbatlas issue 1048, a quoted live answer"),
	},
	{
		Code: "NOT_ACCEPTABLE", Wire: noCode, Status: 406, Message: "Not Acceptable",
		Evidence: spec.Documented("Atlas versioned API overview, for the status; code and text are assumed"),
	},
	standsIn("published for a request without a version, for which the overview has 406; so it is left to malformed dates",
		published("INVALID_VERSION_DATE", 400, "There is no version number in the request.")),
	{
		Code: "VERSION_GONE", Status: 410, Message: "This happens when a resource is marked for sunset and the sunset date is in the past.",
		Evidence: spec.Documented(specification + ", as an example; only a scenario raises it"),
	},
	with(spec.Invalid, published("VALIDATION_ERROR", 400, validationStart+"{detail}"+validationEnd, "detail", "displayName must have at most 50 characters")),
	published("INVALID_ATTRIBUTE", 400, "Invalid attribute {detail} specified.", "detail", "role"),
	standsIn("published; that it is this code which a missing attribute is answered with is not known",
		published("MISSING_ATTRIBUTE", 400, "The required attribute {detail} was not specified.", "detail", "displayName")),
	raised(published("MISSING_ATTRIBUTES", 400, "The required attributes {detail} were not specified.", "detail", "externalGroupName, roleAssignments")),
	raised(published("MISSING_OR_INVALID_ATTRIBUTE", 400, "The required attribute {detail} was incorrectly specified or omitted.", "detail", "orgId")),
	published("INVALID_ENUM_VALUE", 400, "An invalid enumeration value {detail} was specified.", "detail", "KERBEROS"),
	published("MALFORMED_JSON", 400, "Received JSON is malformed."),
	published("INVALID_JSON", 400, "Received JSON does not match expected format."),
	published("INVALID_JSON_ATTRIBUTE", 400, "Received JSON for the {detail} attribute does not match expected format.", "detail", "domainAllowList"),
	standsIn("published; whether a malformed id is answered with it, or with a 404, is not known",
		published("INVALID_PATH_PARAMETER", 400, "Invalid path parameter {detail} specified.", "detail", "orgId")),
	standsIn("published; whether a value out of range is refused or brought into it, and with which code a filter's, is not known",
		published("INVALID_QUERY_PARAMETER", 400, "Invalid query parameter {detail} specified.", "detail", "pageNum")),
	{
		Code: "PAYLOAD_TOO_LARGE", Wire: noCode, Status: 413, Message: "The request has more than {detail} bytes.",
		Sample:   []string{"detail", "1048576"},
		Evidence: spec.Assumed("the bound is the emulator's"),
	},
	{
		Code: "UNSUPPORTED_MEDIA_TYPE", Wire: noCode, Status: 415, Message: "Unsupported Media Type",
		Evidence: spec.Assumed("what the service answers to another content type is not known"),
	},
	with(spec.NotFound, standsIn("published; no code is for federations, connected organizations, role mappings or identity providers that are not there",
		published("RESOURCE_NOT_FOUND", 404, "Cannot find resource {resource}.", "resource", "federation settings with id "+exampleID))),
	{
		Code: "RATE_LIMITED_TOKEN_BUCKET", Status: 429, Class: spec.Throttled,
		Message: "Rate limit exceeded for {resource}. Please retry after {seconds} seconds. Request capacity: {capacity}. " +
			"Refill rate: {refill} per {period} seconds.",
		Sample:   []string{"resource", "api/atlas/v2/orgs", "seconds", "55", "capacity", "10", "refill", "5", "period", "60"},
		Evidence: spec.Documented("Atlas API rate limits, 4b3224e8; how it writes a path with ids in it is assumed"),
	},
	{
		Code: "RATE_LIMITED", Status: 429, Message: "Resource {resource} is limited to {requests} requests every {minutes} minutes.",
		Sample:   []string{"resource", "/orgs", "requests", "10", "minutes", "1"},
		Evidence: spec.Documented(errorPages + "; the older refusal, which only a scenario raises"),
	},
	{
		Code: noCode, Status: 500, Message: "Unexpected error.", Class: spec.Internal,
		Evidence: spec.Documented("terraform-provider-mongodbatlas issue 920, a quoted live answer"),
	},
	{
		Code: "SERVICE_UNAVAILABLE", Wire: noCode, Status: 503, Message: "Service Unavailable", Class: spec.Unavailable,
		Evidence: spec.Assumed("the specification has 503 with Retry-After; code and text are not known"),
	},
	{
		Code: "method_not_allowed", Wire: noCode, Status: 405, Message: "Method Not Allowed",
		Evidence: spec.Assumed("405 is declared; code and text are not known"),
	},
}

var (
	orgNotFound = with(spec.NotFound, published("ORG_NOT_FOUND", 404, "No organization with ID {org} exists.", "org", exampleID))
	atlasOrg    = spec.Error{
		Code: "ATLAS_ORG", Wire: "ATLAS_GROUP", Status: 404, Sample: []string{"org", exampleID},
		Message:  "Organization {org} is an Atlas organization; use the Atlas Public API at /api/atlas/v1.0 to access it.",
		Evidence: spec.Assumed("published for a project; the text is that of NOT_ATLAS_ORG turned round"),
	}
	notAtlasOrg = spec.Error{
		Code: "NOT_ATLAS_ORG", Status: 404, Sample: []string{"org", exampleID},
		Message:  "Organization {org} is not an Atlas organization; use the Cloud Manager Public API at /api/public/v1.0 to access it.",
		Evidence: spec.Documented(errorPages),
	}
	// orgErrors are what every path with an organization may answer with.
	orgErrors = []spec.Error{
		orgNotFound, atlasOrg, notAtlasOrg,
		raised(published("INVALID_ORG_ID", 404, "An invalid organization ID {org} was specified.", "org", exampleID)),
	}
)

// missing answers for a thing that is not there.
func missing(c *spec.Call, what, id string) error {
	return c.Fail("RESOURCE_NOT_FOUND", "resource", what+" with id "+id)
}

const rateLimits = "Atlas API rate limits, 4b3224e8"

// buckets are counted by organization or by caller. The page names the operations of each for federations; that
// organizations and projects are counted by caller is assumed.
var buckets = []spec.Bucket{
	{
		Name: "organization", Key: orgKey, Rates: perMinute(500, 250),
		Evidence: spec.Documented(rateLimits + "; the limit is recorded too, cli:TestIdentityProviders"),
	},
	{
		Name: "user", Key: callerKey, Rates: perMinute(300, 100),
		Evidence: spec.Documented(rateLimits + "; the limit is recorded too, cli:TestIdentityProviders"),
	},
	{
		Name: "orgs.create", Key: callerKey, Rates: perMinute(10, 5),
		Evidence: spec.Documented(rateLimits + ", in its sample of a refusal; that it is the caller's is assumed"),
	},
}

func perMinute(burst, refill int) map[string]spec.Rate {
	return map[string]spec.Rate{"documented": {Burst: burst, Refill: refill, Per: time.Minute}}
}

// orgKey is the organization of a path. Those that do not exist share a bucket.
func orgKey(c *spec.Call) string {
	if org := c.Vars["orgId"]; c.Tx.Has("orgs", org) {
		return org
	}
	return ""
}

// callerKey is the caller's API key or service account, or who a token names that has no account. Callers of whom the
// world has none of these share a bucket.
func callerKey(c *spec.Call) string {
	name := c.Caller.Name
	token, _ := bearer(c.Request.Header.Get("Authorization"))
	if c.Tx.Has("api_keys", name) || c.Tx.Has("service_accounts", name) || c.Tx.Has("tokens", token) {
		return name
	}
	return ""
}

// throttled are the numbers that a refusal tells: those of the bucket that refused, and how long to wait.
func throttled(c *spec.Call) []string {
	rate := c.Quota.Rate
	return []string{
		"resource", c.Operation.Path[1:], "seconds", strconv.Itoa(wholeSeconds(c.Quota.Wait)), "capacity", strconv.Itoa(rate.Burst),
		"refill", strconv.Itoa(rate.Refill), "period", strconv.Itoa(wholeSeconds(rate.Per)),
	}
}
