package qovery

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// render writes an error with the keys that each client reads: status and detail the Terraform provider's, error the
// console's, detail the CLI's, message that of the documentation and of older providers.
func render(c *spec.Call, e *spec.Error, message string) spec.Reply {
	path := ""
	if c.Request != nil {
		path = c.Request.URL.Path
	}
	body := state.NewBuilder().Int("status", e.Status).Text("error", http.StatusText(e.Status)).
		Text("detail", message).Text("message", message).
		Text("timestamp", stamp(c.Now)).Text("path", path).Doc()
	return spec.Reply{Status: e.Status, Body: body, Header: e.Header}
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

var headers = []spec.Header{
	{Name: "Content-Type", Example: "application/json", Evidence: spec.Documented(specification + "; the Go SDK decodes nothing without it")},
	{Name: "X-RateLimit-Limit", Example: "1000", Limited: true, Evidence: limitHeaders},
	{Name: "X-RateLimit-Remaining", Example: "999", Limited: true, Evidence: limitHeaders},
	{Name: "X-RateLimit-Reset", Example: "1786000000", Limited: true, Evidence: limitHeaders},
	{Name: "Retry-After", Example: "1", Refusing: true, Evidence: spec.Assumed("no source names it; clients in general look for it before anything else")},
}

var limitHeaders = spec.Documented(introduction + ", which the specification does not bear out: so they come with limits only; that the reset is in Unix seconds is assumed")

// decorate sets the headers that every reply carries, and those of the rate limit where it is on.
func decorate(_ *spec.Call, h http.Header, q spec.Quota) {
	h.Set("Content-Type", "application/json")
	if !q.Counted && q.Refused == "" {
		return
	}
	h.Set("X-RateLimit-Limit", strconv.Itoa(q.Limit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(q.Remaining))
	h.Set("X-RateLimit-Reset", strconv.FormatInt(q.Reset.Add(time.Second-1).Unix(), 10))
	if q.Refused != "" {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(q.Wait.Seconds()))))
	}
}

// wording says what is wrong with a request, in the manner of the documentation's one example.
func wording(v spec.Violation) (code, detail string) {
	switch v.Rule {
	case spec.RuleTooLarge:
		return "payload_too_large", strconv.Itoa(v.Size)
	case spec.RuleMedia:
		return "unsupported_media_type", v.Text
	case spec.RuleSyntax:
		return "validation_error", "the body is not valid JSON"
	}
	name := v.Path
	if name == "" {
		name = "the body"
	}
	return "validation_error", phrase(v, name)
}

func phrase(v spec.Violation, name string) string {
	switch v.Rule {
	case spec.RuleRequired:
		return below(v.Path, v.Names[0]) + " is required"
	case spec.RuleAdditional:
		return below(v.Path, v.Names[len(v.Names)-1]) + " is not known"
	case spec.RuleType:
		if v.Type == spec.Null {
			return name + " is required"
		}
		return name + " has the wrong type"
	case spec.RuleEnum:
		return name + " must be one of " + strings.Join(v.Schema.Enum, ", ")
	case spec.RuleMinLength:
		return name + " must not be empty"
	}
	return fmt.Sprintf("%s must be a valid %s", name, formatOf(v.Schema))
}

func formatOf(s *spec.Schema) string {
	if s.Format != nil {
		return s.Format.Text
	}
	return "name"
}

func below(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
