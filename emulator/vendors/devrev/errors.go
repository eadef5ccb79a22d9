package devrev

import (
	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// badRequest is a 400 that a rule of the service's own raises: its type is always bad_request, its detail is ours.
func badRequest(code, detail, why string) spec.Error {
	return spec.Error{Code: code, Wire: "bad_request", Status: 400, Message: detail, Evidence: spec.Assumed(why)}
}

// typed is a 400 whose type has members of its own. Its sample stands for what Wording or a handler fills in.
func typed(code, sample string, evidence spec.Evidence) spec.Error {
	return spec.Error{Code: code, Status: 400, Message: "{detail}", Sample: []string{"detail", sample}, Evidence: evidence}
}

// unused is a type of 400 that no operation here raises by itself.
func unused(code, sample string, evidence spec.Evidence) spec.Error {
	e := typed(code, sample, evidence)
	e.Message, e.Sample = sample, nil
	return e
}

// notFound is the answer of the operations that declare a 404.
var notFound = spec.Error{
	Code: "not_found", Status: 404, Class: spec.NotFound, On: state.ErrNotFound,
	Evidence: spec.Documented(specification),
}

// errors are the rows that every operation may answer with. A message that is an object is merged into the body, any
// other is its detail.
var errors = []spec.Error{
	{
		Code: "unauthenticated", Status: 401, Class: spec.Unauthenticated,
		Evidence: spec.Documented(specification),
	},
	{Code: "token_expired", Status: 401, Evidence: spec.ClientCode(sdk + " for the type; that it stands where a token's time is up follows from its name")},
	{Code: "token_revoked", Status: 401, Evidence: spec.ClientCode(sdk + " for the type; that it stands where a token is revoked follows from its name")},
	{Code: "dev_org_deactivated", Status: 401, Evidence: spec.ClientCode(sdk + " for the type; that it stands where the organization is deactivated follows from its name")},
	{Code: "forbidden", Status: 403, Class: spec.Forbidden, Evidence: spec.Documented(specification)},
	{
		Code: "bad_request", Status: 400, Class: spec.Invalid,
		Evidence: spec.Documented(specification + "; the order in which broken rules are told, and that whether the caller may is asked after them, is assumed"),
	},
	typed("invalid_field", `{"field_name":"limit"}`, spec.Documented(specification+"; "+liveNotes)),
	typed("missing_required_field", `{"field_name":"id"}`, spec.Documented(specification+"; "+liveNotes)),
	typed("invalid_enum_value", `{"allowed_values":["disable","enable"],"field_name":"toggle","value":"on"}`, spec.Documented(specification)),
	typed("unexpected_json_type", `{"actual":"number","expected":"string","field_name":"id"}`, spec.Documented(specification+"; "+liveNotes)),
	typed("value_not_permitted", `{"field_name":"display_name","reason":"must have at most 128 characters"}`, spec.Documented(specification+"; pattern: "+sdk)),
	typed("invalid_id", `{"field_name":"id"}`, spec.Documented(specification+"; "+liveNotes)),
	typed("unexpected_id_type", `{"field_name":"id","value":"don:identity:dvrv-us-1:devo/0:revu/1","allowed_types":["dev_user"]}`, spec.Documented(specification+"; value and allowed_types: "+sdk)),
	typed("invalid_api_version", `{"value":"1999-01-01"}`, spec.Documented(specification+"; that two dates are known, the default and that of the older client, and no others, is assumed")),
	typed("invalid_content_type", `{"value":"text/plain"}`, spec.ClientCode(sdk+"; "+liveNotes+", for a body that is missing")),
	{Code: "parse_error", Status: 400, Evidence: spec.Documented(specification)},
	{
		Code: "request_entity_too_large", Status: 413, Message: "{detail}", Sample: []string{"detail", `{"max_bytes":1048576}`},
		Evidence: spec.ClientCode(sdk + "; the bound of 1 MiB is assumed"),
	},
	{Code: "conflict", Status: 409, Class: spec.Conflict, Evidence: spec.Documented(specification + ": defined, and declared by none of these operations")},
	{Code: "too_many_requests", Status: 429, Class: spec.Throttled, Evidence: spec.Documented(specification)},
	{Code: "internal_error", Status: 500, Class: spec.Internal, Evidence: spec.Documented(specification)},
	{Code: "service_unavailable", Status: 503, Class: spec.Unavailable, Evidence: spec.Documented(specification)},
	{
		Code: "route_not_found", Wire: "-", Status: 404, Message: "route not found",
		Evidence: spec.Documented("developer.devrev.ai, responses; " + liveNotes + ". That a caller must be known first is assumed"),
	},

	unused("missing_dependency", `{"dependencies":[{"field_name":"type","field_value":"samlp"}],"dependent_field_name":"type","dependent_field_value":"samlp","provided_field_name":"fields_map","provided_field_value":"{}"}`, spec.Documented(specification)),
	unused("artifact_already_attached_to_a_parent", `{"existing_parent":"don:core:dvrv-us-1:devo/0:issue/1","is_same":false}`, spec.Documented(specification)),
	unused("customization_validation_error", `{"subtype":"field_required","field_name":"tnt__stage","reason":"missing"}`, spec.Documented(specification)),
	unused("merge_works_error", `{"errors":[]}`, spec.Documented(specification)),
	unused("stale_schema_fragments", ``, spec.Documented(specification)),
	unused("workflow_component_validation_errors", `{"errors":[]}`, spec.Documented(specification)),
	unused("group_hierarchy_circular_dependency", ``, spec.ClientCode(sdk)),
	unused("group_hierarchy_depth_exceeded", `{"actual_depth":6,"max_depth":5}`, spec.ClientCode(sdk)),
	unused("group_hierarchy_invalid_parent", `{"reason":"multiple_parents"}`, spec.ClientCode(sdk)),
}
