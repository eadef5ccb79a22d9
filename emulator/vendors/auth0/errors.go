package auth0

import (
	"github.com/understudy-dev/understudy/emulator/internal/spec"
)

// errors are the rows that every operation may answer with.
var errors = []spec.Error{
	{
		Code: "missing_authentication", Wire: "-", Status: 401, Message: "Missing authentication", Class: spec.Unauthenticated,
		Header:   map[string]string{"Www-Authenticate": "Bearer"},
		Evidence: spec.Recorded("ruby:Auth0_Api_V2_DeviceCredentials/create_test_credential"),
	},
	{
		Code: "Bearer", Status: 400, Message: "Bad HTTP authentication header format",
		Evidence: spec.Documented("community.auth0.com/t/11660, a quoted live answer"),
	},
	{
		Code: "invalid_token", Wire: "-", Status: 401, Message: "Invalid token",
		Evidence: spec.Documented("community.auth0.com/t/11660, a quoted live answer"),
	},
	{
		Code: "expired_token", Wire: "-", Status: 401, Message: "Expired token received for JSON Web Token validation",
		Evidence: spec.Documented("a public quote of a live answer"),
	},
	{
		Code: "invalid_signature", Wire: "-", Status: 401, Message: "Invalid signature received for JSON Web Token validation",
		Evidence: spec.Assumed("the specification has the message; the envelope is that of an expired token"),
	},
	{
		Code: "insufficient_scope", Status: 403, Message: "Insufficient scope, expected any of: {scopes}", Class: spec.Forbidden,
		Sample:   []string{"scopes", "read:organizations"},
		Evidence: spec.Recorded("tf:TestAccDataSourceOrganizationInsufficientScope"),
	},
	{
		Code: "insufficient_entitlement", Status: 403, Message: "Please upgrade your subscription to use {feature}",
		Sample:   []string{"feature", "organizations"},
		Evidence: spec.Recorded("tf:TestAccAttackProtectionBotDetectionInsufficientEntitlement"),
	},
	{
		Code: "invalid_body", Status: 400, Message: "{detail}", Class: spec.Invalid,
		Sample:   []string{"detail", "Payload validation error: 'Missing required property: name'."},
		Evidence: spec.Recorded("tf-TestAccDirectorySynchronizedGroupsMetadata#22"),
	},
	{
		Code: "invalid_uri", Status: 400, Message: "{detail}",
		Sample:   []string{"detail", "Path validation error: 'String is too long (51 chars), maximum 50' on property id."},
		Evidence: spec.Recorded("tf:TestAccDataSourceEventStream"),
	},
	{
		Code: "invalid_query_string", Status: 400, Message: "{detail}",
		Sample:   []string{"detail", "Query validation error: 'Expected type integer but found type string' on property page."},
		Evidence: spec.Assumed("the message is quoted on community.auth0.com, the code is by analogy with invalid_uri"),
	},
	{
		Code: "payload_too_large", Wire: "-", Status: 413, Message: "Payload content length greater than maximum allowed: {detail}",
		Sample:   []string{"detail", "1048576"},
		Evidence: spec.Assumed("the status is in the specification; the text is that of the hapi server"),
	},
	{
		Code: "unsupported_media_type", Wire: "-", Status: 415, Message: "Unsupported Media Type",
		Evidence: spec.Assumed("the text is that of the hapi server"),
	},
	{
		Code: "too_many_requests", Status: 429, Message: "Global limit has been reached", Class: spec.Throttled,
		Evidence: spec.Recorded("tf:TestAccAction, 28 endpoints"),
	},
	{
		Code: "internal_error", Wire: "-", Status: 500, Message: "An internal server error occurred", Class: spec.Internal,
		Evidence: spec.Assumed("the text is that of the hapi server"),
	},
	{
		Code: "service_unavailable", Wire: "-", Status: 503, Message: "Service Unavailable", Class: spec.Unavailable,
		Evidence: spec.Assumed("503 is in the SDK's map of errors; the envelope is that of the others"),
	},
	{
		Code: "method_not_allowed", Wire: "-", Status: 404, Message: "Not Found",
		Evidence: spec.Assumed("what the service answers to a path that it does not have"),
	},
}

// organizationNotFound is what the organization's own path answers; the paths below it are assumed to do the same.
func organizationNotFound(evidence spec.Evidence) spec.Error {
	return spec.Error{
		Code: "organization_not_found", Wire: "-", Status: 404, Message: "No organization found by that id or name",
		Class: spec.NotFound, Evidence: evidence,
	}
}

var belowOrganization = spec.Assumed("recorded for the organization's own path only; the specification's texts vary")
