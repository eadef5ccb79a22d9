package atlas

import (
	"math"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

const noCode = "UNEXPECTED_ERROR" // what stands where a failure has no code of its own

// render writes an error with its keys in order, and parameters as the values of the message's places. The refusal of
// whoever does not say who they are has a form of its own, and so have OAuth's errors.
func render(c *spec.Call, e *spec.Error, message string) spec.Reply {
	header := map[string]string{"Content-Type": "application/json"}
	if c.Operation != nil && isOAuth(c.Operation) {
		body := state.NewBuilder().Text("error_description", message).Text("error", oauthCode(e))
		return spec.Reply{Status: e.Status, Body: body.Doc(), Header: header}
	}
	args := slices.Concat(c.Args, e.Sample) // the first of a name counts: the sample speaks where nothing else does
	if e.Code == "RATE_LIMITED_TOKEN_BUCKET" && c.Quota.Wait > 0 {
		args = throttled(c)
		message = spec.Fill(e.Message, args...)
	}
	code, reason := e.WireCode(), state.Quote(http.StatusText(e.Status))
	if e.Code == unauthorized {
		header["Www-Authenticate"] = challenge(args)
		body := state.NewBuilder().Int("error", e.Status).Raw("reason", reason).Text("detail", message).Text("errorCode", code).Doc()
		return spec.Reply{Status: e.Status, Body: pretty(body), Header: header}
	}
	parameters := "null"
	if code != noCode {
		header["X-Error-Code"] = code
		parameters = parametersOf(e.Message, args)
		if code == "VALIDATION_ERROR" { // rows of ours have their parameter in the message
			detail := strings.TrimSuffix(strings.TrimPrefix(message, validationStart), validationEnd)
			parameters = string(state.Array([]state.Doc{state.Doc(state.Quote(detail))}))
		}
	}
	body := state.NewBuilder().Text("detail", message).Int("error", e.Status).Text("errorCode", code).
		Raw("parameters", parameters).Raw("reason", reason).Doc()
	if c.Query.Get("pretty") == "true" {
		body = pretty(body)
	}
	return spec.Reply{Status: e.Status, Body: body, Header: header}
}

var place = regexp.MustCompile(`\{(\w+)\}`)

// parametersOf lists the values that a message's places were filled with, in order: numbers where the place is one's.
func parametersOf(message string, args []string) string {
	list := []state.Doc{}
	for _, found := range place.FindAllStringSubmatch(message, -1) {
		value := spec.Fill(found[0], args...)
		switch found[1] {
		case "seconds", "capacity", "refill", "period":
			list = append(list, state.Doc(value))
		default:
			list = append(list, state.Doc(state.Quote(value)))
		}
	}
	return string(state.Array(list))
}

// shape wraps a success in an envelope and indents it, where the request asks for that.
func shape(c *spec.Call, reply *spec.Reply) {
	if len(c.Query) == 0 || !strings.HasPrefix(string(reply.Body), "{") { // XML has one form
		return
	}
	if c.Query.Get("envelope") == "true" {
		reply.Body = envelope(reply.Body, reply.Status)
	}
	if c.Query.Get("pretty") == "true" {
		reply.Body = pretty(reply.Body)
	}
}

// envelope puts a resource under "content", and a list's status into the list.
func envelope(body state.Doc, status int) state.Doc {
	if list := body.Get("results"); list.IsArray() && body.Has("links") {
		return state.NewBuilder().Raw("links", body.Get("links").Raw).Raw("results", list.Raw).
			Int("status", status).Raw("totalCount", body.Get("totalCount").Raw).Doc()
	}
	return state.NewBuilder().Raw("content", string(body)).Int("status", status).Doc()
}

const recordedHeaders = "cli:TestIdentityProviders, 2026-08-10"

var headers = []spec.Header{
	{Name: "Content-Type", Example: plainJSON[0], Evidence: spec.Recorded(recordedHeaders + "; of a success on v2 the resolved version's type, on a 204 too")},
	{Name: "Referrer-Policy", Example: referrerPolicy[0], Evidence: spec.Recorded(recordedHeaders)},
	{Name: "Server", Example: server[0], Evidence: spec.Recorded(recordedHeaders)},
	{Name: "Strict-Transport-Security", Example: strictTransport[0], Evidence: spec.Recorded(recordedHeaders)},
	{Name: "X-Content-Type-Options", Example: noSniff[0], Evidence: spec.Recorded(recordedHeaders)},
	{Name: "X-Frame-Options", Example: deny[0], Evidence: spec.Recorded(recordedHeaders)},
	{Name: "X-Permitted-Cross-Domain-Policies", Example: none[0], Evidence: spec.Recorded(recordedHeaders)},
	{Name: "Ratelimit-Limit", Example: "500", Evidence: spec.Recorded(recordedHeaders + "; of the operation's bucket")},
	{Name: "Ratelimit-Remaining", Example: "499", Evidence: spec.Recorded(recordedHeaders)},
	{Name: "Retry-After", Example: "55", Only: "refusals with a wait", Evidence: spec.Documented(specification + ", of 429 and 503, in whole seconds")},
	{Name: "X-Error-Code", Example: "ORG_NOT_FOUND", Only: "errors with a code", Evidence: spec.Recorded("cli:projects")},
	{Name: "Www-Authenticate", Example: "Digest", Only: "challenges", Evidence: spec.Recorded("cli:TestSetupFailureFlow, 2026-08-10; that a refused token is challenged so too is assumed")},
	{Name: "Deprecation", Example: deprecated, Only: "deprecated versions", Evidence: spec.Assumed("recorded elsewhere, for the form; the date is that of the version that followed")},
	{Name: "Sunset", Example: sunset, Only: "deprecated versions", Evidence: spec.Documented(specification + " for the date; the form is recorded elsewhere")},
}

// Header values are shared: nobody writes into them.
var (
	plainJSON       = []string{"application/json"}
	referrerPolicy  = []string{"strict-origin-when-cross-origin"}
	server          = []string{"mdbws"}
	strictTransport = []string{"max-age=31536000; includeSubdomains;"}
	noSniff         = []string{"nosniff"}
	deny            = []string{"DENY"}
	none            = []string{"none"}
)

func decorate(c *spec.Call, h http.Header, quota spec.Quota) {
	media(c, h)
	h["Referrer-Policy"] = referrerPolicy
	h["Server"] = server
	h["Strict-Transport-Security"] = strictTransport
	h["X-Content-Type-Options"] = noSniff
	h["X-Frame-Options"] = deny
	h["X-Permitted-Cross-Domain-Policies"] = none
	if quota.Limit > 0 {
		h["Ratelimit-Limit"] = []string{strconv.Itoa(quota.Limit)}
		h["Ratelimit-Remaining"] = []string{strconv.Itoa(quota.Remaining)}
	}
	if quota.Wait > 0 {
		h["Retry-After"] = []string{strconv.Itoa(wholeSeconds(quota.Wait))}
	}
}

func wholeSeconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }

// wording says what is wrong with a request by one of the published codes, whose messages have one place.
func wording(v spec.Violation) (code, detail string) {
	switch {
	case v.Rule == spec.RuleTooLarge:
		return "PAYLOAD_TOO_LARGE", strconv.Itoa(v.Size)
	case v.Rule == spec.RuleMedia:
		return "UNSUPPORTED_MEDIA_TYPE", ""
	case v.Rule == spec.RuleSyntax:
		return "MALFORMED_JSON", ""
	case v.Where == spec.InPath:
		return "INVALID_PATH_PARAMETER", v.Path
	case v.Where == spec.InQuery && v.Rule == spec.RuleAdditional:
		return "INVALID_QUERY_PARAMETER", v.Names[0]
	case v.Where == spec.InQuery:
		return "INVALID_QUERY_PARAMETER", v.Path
	case v.Rule == spec.RuleAdditional:
		return "INVALID_ATTRIBUTE", v.Names[0]
	case v.Rule == spec.RuleRequired:
		return "MISSING_ATTRIBUTE", v.Names[0]
	case v.Rule == spec.RuleType && v.Path == "":
		return "INVALID_JSON", ""
	case v.Rule == spec.RuleType:
		return "INVALID_JSON_ATTRIBUTE", v.Path
	case v.Rule == spec.RuleEnum:
		return "INVALID_ENUM_VALUE", v.Text
	}
	return "VALIDATION_ERROR", v.Path + " " + broken(v)
}

// broken says which bound a value of a body breaks.
func broken(v spec.Violation) string {
	switch v.Rule {
	case spec.RuleMinLength:
		return "must have at least " + strconv.Itoa(v.Schema.MinLength) + " characters"
	case spec.RuleMaxLength:
		return "must have at most " + strconv.Itoa(v.Schema.MaxLength) + " characters"
	case spec.RulePattern:
		return "must match " + v.Schema.Pattern.Text
	case spec.RuleMin:
		return "must be at least " + strconv.Itoa(*v.Schema.Min)
	case spec.RuleMinItems:
		return "must have at least " + strconv.Itoa(v.Schema.MinItems) + " items"
	case spec.RuleUnique:
		return "must not have the same item twice"
	}
	return "is not valid: " + strings.ReplaceAll(string(v.Rule), "_", " ")
}
