package devrev

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// render writes an error: the reason phrase, the type, and what the type has beside them.
func render(c *spec.Call, e *spec.Error, message string) spec.Reply {
	if e.Code == "route_not_found" {
		return spec.Reply{Status: e.Status, Body: state.NewBuilder().Text("message", message).Doc()}
	}
	body := state.NewBuilder().Text("message", http.StatusText(e.Status)).Text("type", e.WireCode())
	switch {
	case e.Class == spec.Throttled:
		body.Int("retry_after", wholeSeconds(c.Quota.Wait))
	case e.Class == spec.Internal:
		body.Text("reference_id", reference(c))
	case message != "" && !strings.HasPrefix(message, "{"):
		body.Text("detail", message)
	}
	doc := body.Doc()
	if strings.HasPrefix(message, "{") {
		doc = doc.Merge(state.Doc(message))
	}
	return spec.Reply{Status: e.Status, Body: doc, Header: e.Header}
}

func wholeSeconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }

// reference names a failure: the same for the same call at the same moment, so that forks and reruns agree.
func reference(c *spec.Call) string {
	operation := ""
	if c.Operation != nil {
		operation = c.Operation.Name()
	}
	sum := sha256.Sum256([]byte(operation + " " + c.Now.Format(time.RFC3339Nano)))
	return hex.EncodeToString(sum[:16])
}

var headers = []spec.Header{
	{Name: "Content-Type", Example: "application/json", Evidence: spec.Documented("developer.devrev.ai, responses")},
	{Name: "X-Ratelimit-Limit", Example: "8000", Evidence: spec.Documented("developer.devrev.ai, rate limits")},
	{Name: "X-Ratelimit-Remaining", Example: "7999", Evidence: spec.Documented("developer.devrev.ai, rate limits")},
	{Name: "X-Ratelimit-Reset", Example: "1786000000", Evidence: spec.Documented("developer.devrev.ai, rate limits: Unix seconds")},
	{Name: "Retry-After", Example: "1", Refusing: true, Evidence: spec.Documented("developer.devrev.ai, rate limits; " + specification)},
}

// decorate sets the headers that every reply carries, those to unknown callers too, as Standing has it.
func decorate(_ *spec.Call, h http.Header, q spec.Quota) {
	h.Set("Content-Type", "application/json")
	h.Set("X-Ratelimit-Limit", strconv.Itoa(q.Limit))
	h.Set("X-Ratelimit-Remaining", strconv.Itoa(q.Remaining))
	h.Set("X-Ratelimit-Reset", strconv.FormatInt(q.Reset.Add(time.Second-1).Unix(), 10))
	if q.Refused != "" {
		h.Set("Retry-After", strconv.Itoa(wholeSeconds(q.Wait)))
	}
}

// wording chooses the type of a broken rule; its detail is an object with the type's own members.
func wording(v spec.Violation) (code, detail string) {
	b := state.NewBuilder()
	switch {
	case v.Rule == spec.RuleTooLarge:
		return "request_entity_too_large", string(b.Int("max_bytes", v.Size).Doc())
	case v.Rule == spec.RuleSyntax:
		return "parse_error", ""
	case v.Rule == spec.RuleMedia, v.Empty:
		return "invalid_content_type", string(b.Text("value", v.Text).Doc())
	case v.Rule == spec.RuleType && !fraction(v):
		return "unexpected_json_type", string(b.Text("actual", typeWord(v.Type)).Text("expected", typeWord(v.Schema.Type)).Text("field_name", v.Path).Doc())
	case v.Rule == spec.RuleAdditional: // of several, the one that stands first
		return "invalid_field", fieldName(below(v.Path, v.Names[len(v.Names)-1]))
	case v.Rule == spec.RuleRequired:
		return "missing_required_field", fieldName(below(v.Path, v.Names[0]))
	case v.Rule == spec.RuleEnum:
		return "invalid_enum_value", notOneOf(v.Path, v.Text, v.Schema.Enum)
	case v.Rule == spec.RuleFormat && v.Schema != dateTime:
		return "invalid_id", fieldName(v.Path)
	}
	b.Text("field_name", v.Path).Text("reason", reason(v))
	if v.Rule == spec.RulePattern {
		b.Text("pattern", v.Schema.Pattern.Text)
	}
	return "value_not_permitted", string(b.Doc())
}

// fraction tells a number that is not whole, or too large to be, from what is no number at all.
func fraction(v spec.Violation) bool { return v.Type == spec.Number && v.Schema.Type&spec.Integer != 0 }

func fieldName(name string) string { return string(state.NewBuilder().Text("field_name", name).Doc()) }

// notOneOf are the members of invalid_enum_value.
func notOneOf(field, value string, allowed []string) string {
	var quoted []state.Doc
	for _, word := range allowed {
		quoted = append(quoted, state.Doc(state.Quote(word)))
	}
	return string(state.NewBuilder().List("allowed_values", quoted).Text("field_name", field).Text("value", value).Doc())
}

func below(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func reason(v spec.Violation) string {
	switch v.Rule {
	case spec.RuleType:
		return "must be a whole number of at most 64 bits"
	case spec.RuleMinLength:
		return fmt.Sprintf("must have at least %d characters", v.Schema.MinLength)
	case spec.RuleMaxLength:
		return fmt.Sprintf("must have at most %d characters", v.Schema.MaxLength)
	case spec.RuleFormat:
		return "must be a date and time"
	case spec.RuleMin:
		return fmt.Sprintf("must be at least %d", *v.Schema.Min)
	case spec.RuleMax:
		return fmt.Sprintf("must be at most %d", *v.Schema.Max)
	}
	return "must match the pattern"
}

// typeWord names a JSON type as the service does; of several, the first.
func typeWord(t spec.Type) string {
	for _, w := range []struct {
		is   spec.Type
		word string
	}{
		{spec.Array, "array"}, {spec.Boolean, "bool"}, {spec.Number | spec.Integer, "number"}, {spec.Object, "object"},
		{spec.String, "string"},
	} {
		if t&w.is != 0 {
			return w.word
		}
	}
	return "null"
}
