package auth0

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// render writes an error in Auth0's envelope, or in OAuth's for the token endpoint.
func render(c *spec.Call, e *spec.Error, message string) spec.Reply {
	body := state.NewBuilder()
	if c.Operation != nil && c.Operation.ID == "oauth.token" {
		body.Text("error", e.WireCode()).Text("error_description", message)
	} else {
		body.Int("statusCode", e.Status).Text("error", http.StatusText(e.Status)).Text("message", message)
		if code := e.WireCode(); code != "" {
			body.Text("errorCode", code)
		}
		switch e.Code {
		case "invalid_token", "expired_token", "invalid_signature":
			body.Raw("attributes", string(state.NewBuilder().Text("error", message).Doc()))
		}
	}
	return spec.Reply{Status: e.Status, Body: body.Doc(), Header: e.Header}
}

var headers = []spec.Header{
	{Name: "Content-Type", Example: jsonType[0], Evidence: spec.Recorded("every recording; on 204 too")},
	{Name: "Cache-Control", Example: noCache[0], Evidence: spec.Recorded("ruby:Auth0_Api_V2_Connections, 2021")},
	{Name: "Vary", Example: vary[0], Evidence: spec.Recorded("ruby:Auth0_Api_V2_Connections, 2021")},
	{Name: "Strict-Transport-Security", Example: strictTransport[0], Evidence: spec.Recorded("ruby:Auth0_Api_V2_Connections, 2021")},
	{Name: "X-Content-Type-Options", Example: noSniff[0], Evidence: spec.Recorded("ruby:Auth0_Api_V2_Connections, 2021")},
	{Name: "X-Ratelimit-Limit", Example: "50", Evidence: spec.Recorded("ruby:Auth0_Api_V2_Connections, 2021: not on a 401")},
	{Name: "X-Ratelimit-Remaining", Example: "49", Evidence: spec.Recorded("ruby:Auth0_Api_V2_Connections, 2021: not on a 401")},
	{Name: "X-Ratelimit-Reset", Example: "1786000000", Evidence: spec.Recorded("ruby:Auth0_Api_V2_Connections, 2021: Unix seconds. That a 429 of an endpoint's bucket tells when that bucket lets a call through is assumed")},
}

// Header values are shared: nobody writes into them.
var (
	jsonType        = []string{"application/json; charset=utf-8"}
	noCache         = []string{"no-cache"}
	vary            = []string{"origin,accept-encoding"}
	strictTransport = []string{"max-age=31536000"}
	noSniff         = []string{"nosniff"}
)

func decorate(c *spec.Call, h http.Header, quota spec.Quota) {
	h["Content-Type"] = jsonType
	h["Cache-Control"] = noCache
	h["Vary"] = vary
	h["Strict-Transport-Security"] = strictTransport
	h["X-Content-Type-Options"] = noSniff
	if quota.Limit == 0 && quota.Refused == "" {
		return // not authenticated
	}
	values := []string{strconv.Itoa(quota.Limit), strconv.Itoa(quota.Remaining), strconv.FormatInt(wholeSecond(quota.Reset), 10)}
	h["X-Ratelimit-Limit"], h["X-Ratelimit-Remaining"], h["X-Ratelimit-Reset"] = values[0:1:1], values[1:2:2], values[2:3:3]
}

// wholeSecond is the first whole second at or after t.
func wholeSecond(t time.Time) int64 {
	if t.Nanosecond() > 0 {
		return t.Unix() + 1
	}
	return t.Unix()
}

// wording is Auth0's grammar of what is wrong with a request.
func wording(v spec.Violation) (code, detail string) {
	switch v.Rule {
	case spec.RuleTooLarge:
		return "payload_too_large", strconv.Itoa(v.Size)
	case spec.RuleMedia:
		return "unsupported_media_type", ""
	case spec.RuleSyntax:
		return "invalid_body", "Invalid request payload JSON format"
	}
	code, what := "invalid_body", "Payload"
	switch v.Where {
	case spec.InQuery:
		code, what = "invalid_query_string", "Query"
	case spec.InPath:
		code, what = "invalid_uri", "Path"
	}
	text := what + " validation error: '" + broken(v) + "'"
	if v.Path != "" {
		text += " on property " + v.Path
		if v.Schema.Description != "" {
			text += " (" + v.Schema.Description + ")"
		}
	}
	return code, text + "."
}

// broken words one rule, in the manner of the z-schema library.
func broken(v spec.Violation) string {
	size := strconv.Itoa(v.Size)
	switch v.Rule {
	case spec.RuleAdditional:
		return "Additional properties not allowed: " + strings.Join(v.Names, ",")
	case spec.RuleRequired:
		return "Missing required property: " + v.Names[0]
	case spec.RuleType:
		return "Expected type " + typeNames(v.Schema.Type) + " but found type " + typeName(v.Type)
	case spec.RuleMinLength:
		return "String is too short (" + size + " chars), minimum " + strconv.Itoa(v.Schema.MinLength)
	case spec.RuleMaxLength:
		return "String is too long (" + size + " chars), maximum " + strconv.Itoa(v.Schema.MaxLength)
	case spec.RulePattern:
		return "String does not match pattern " + v.Schema.Pattern.Text + ": " + v.Text
	case spec.RuleFormat:
		return "Object didn't pass validation for format " + v.Schema.Format.Text + ": " + v.Text
	case spec.RuleEnum:
		return "No enum match for: " + v.Text
	case spec.RuleMin:
		return "Value " + v.Text + " is less than minimum " + strconv.Itoa(*v.Schema.Min)
	case spec.RuleMax:
		return "Value " + v.Text + " is greater than maximum " + strconv.Itoa(*v.Schema.Max)
	case spec.RuleMinItems:
		return "Array is too short (" + size + "), minimum " + strconv.Itoa(v.Schema.MinItems)
	case spec.RuleMaxItems:
		return "Array is too long (" + size + "), maximum " + strconv.Itoa(v.Schema.MaxItems)
	case spec.RuleUnique:
		return "Array items are not unique (indexes " + size + " and " + strconv.Itoa(v.Other) + ")"
	case spec.RuleMinProperties:
		return "Too few properties defined (" + size + "), minimum " + strconv.Itoa(v.Schema.MinProperties)
	}
	return "Too many properties defined (" + size + "), maximum " + strconv.Itoa(v.Schema.MaxProperties)
}

var typeWords = []struct {
	is   spec.Type
	word string
}{
	{spec.Object, "object"}, {spec.Array, "array"}, {spec.String, "string"}, {spec.Integer, "integer"},
	{spec.Number, "number"}, {spec.Boolean, "boolean"}, {spec.Null, "null"},
}

func typeNames(t spec.Type) string {
	var names []string
	for _, w := range typeWords {
		if t&w.is != 0 && (w.is != spec.Integer || t&spec.Number == 0) {
			names = append(names, w.word)
		}
	}
	return strings.Join(names, ",")
}

func typeName(t spec.Type) string {
	for _, w := range typeWords {
		if t&w.is != 0 {
			return w.word
		}
	}
	return "undefined"
}
