package serve

import (
	"errors"
	"mime"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// MaxBody bounds a request's body, in bytes: what the vendors document as about 1 MB.
const MaxBody = 1 << 20

var errTooLarge = errors.New("the request body is too large")

// validate holds path, query and body against the table; the vendor words what is wrong.
func (x *exchange) validate() bool {
	violation := x.op.CheckPath(x.call.Vars)
	if violation == nil {
		violation = x.op.CheckQuery(x.call.Query)
	}
	if violation == nil {
		violation = x.checkBody()
	}
	if violation == nil {
		return false
	}
	code, detail := x.vendor.Wording(*violation)
	return x.fail(x.call.Fail(code, "detail", detail))
}

func (x *exchange) checkBody() *spec.Violation {
	if x.bodyErr != nil && !errors.Is(x.bodyErr, errTooLarge) {
		return &spec.Violation{Where: spec.InBody, Rule: spec.RuleSyntax, Cause: x.bodyErr.Error()}
	}
	if x.bodyErr != nil {
		return &spec.Violation{Where: spec.InBody, Rule: spec.RuleTooLarge, Size: MaxBody, Cause: x.bodyErr.Error()}
	}
	if x.op.Body == nil || len(x.op.Media) > 0 {
		return nil // a form is the handler's to read
	}
	if len(x.body) == 0 {
		violation := x.op.Body.Check(spec.InBody, "null")
		if violation != nil {
			violation.Text, violation.Empty = x.r.Header.Get("Content-Type"), true
		}
		return violation
	}
	if media, _, err := mime.ParseMediaType(x.r.Header.Get("Content-Type")); err != nil && media == "" || !isJSON(media) {
		return &spec.Violation{Where: spec.InBody, Rule: spec.RuleMedia, Text: x.r.Header.Get("Content-Type")}
	}
	doc, err := state.Parse(x.body)
	if err != nil {
		return &spec.Violation{Where: spec.InBody, Rule: spec.RuleSyntax, Cause: err.Error()}
	}
	x.call.Body = doc
	violation := x.op.Body.Check(spec.InBody, doc)
	if violation != nil && x.vendor.Order != nil {
		return x.op.Body.CheckBy(x.vendor.Order, spec.InBody, doc)
	}
	return violation
}

func isJSON(media string) bool {
	return media == "application/json" || strings.HasSuffix(media, "+json")
}

// declared tells whether the table lets the operation answer a success with this status.
func declared(op *spec.Operation, status int) bool {
	return status == op.Status || slices.Contains(op.Also, status)
}
