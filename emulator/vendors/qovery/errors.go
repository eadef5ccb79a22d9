package qovery

import (
	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// errors are the rows that every operation may answer with. The specification declares statuses and no bodies; clients
// read the keys that render writes.
var errors = []spec.Error{
	{
		Code: "unauthorized", Status: 401, Message: "Invalid or missing authentication token", Class: spec.Unauthenticated,
		Evidence: spec.Documented(introduction + ", authentication"),
	},
	{
		Code: "access_denied", Status: 403, Message: "Insufficient permissions to access this resource", Class: spec.Forbidden,
		Evidence: spec.Documented(introduction + ", authentication"),
	},
	{
		Code: "validation_error", Status: 400, Message: "Validation error: {detail}", Class: spec.Invalid,
		Sample:   []string{"detail", "name is required"},
		Evidence: spec.Documented(introduction + "; the details, other than of a missing name, are assumed"),
	},
	{
		Code: "resource_not_found", Status: 404, Message: "Resource not found", Class: spec.NotFound, On: state.ErrNotFound,
		Evidence: spec.Documented(specification + " for the status and the words; the body is assumed"),
	},
	{
		Code: "organization_not_found", Status: 403, Message: "Access forbidden", Class: spec.NotFound,
		Evidence: spec.ClientCode(terraform + ": it takes a 403 for a thing that is missing, until the API is fixed"),
	},
	{
		Code: "too_many_requests", Status: 429, Message: "Rate limit exceeded", Class: spec.Throttled,
		Evidence: spec.Documented(introduction + " for the status; the body is assumed"),
	},
	{
		Code: "internal_server_error", Status: 500, Message: "An unexpected error occurred", Class: spec.Internal,
		Evidence: spec.Assumed("no source shows one; the keys are those of other errors"),
	},
	{
		Code: "service_unavailable", Status: 503, Message: "Service Unavailable", Class: spec.Unavailable,
		Evidence: spec.Assumed("no source shows one; the keys are those of other errors"),
	},
	{
		Code: "payload_too_large", Status: 413, Message: "The request body is over {detail} bytes",
		Sample:   []string{"detail", "1048576"},
		Evidence: spec.Assumed("no source states a bound; 1 MiB is the emulator's"),
	},
	{
		Code: "unsupported_media_type", Status: 415, Message: "Content-Type '{detail}' is not supported",
		Sample:   []string{"detail", "text/plain"},
		Evidence: spec.Assumed("what the Spring framework answers, which the server's errors look like"),
	},
	{
		Code: "method_not_allowed", Status: 405, Message: "Method Not Allowed",
		Evidence: spec.Assumed("what the Spring framework answers, which the server's errors look like"),
	},
}

// nameTaken is the conflict that the specification declares for some names.
func nameTaken(message string, evidence spec.Evidence) spec.Error {
	return spec.Error{Code: "name_taken", Status: 409, Message: message, Class: spec.Conflict, On: state.ErrConflict, Evidence: evidence}
}
