package atlas

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
)

const (
	firstVersion  = "2023-01-01"
	secondVersion = "2023-11-15"

	mediaStart, mediaEnd = "application/vnd.atlas.", "+json"

	// deprecated and sunset are the dates of the first version of an identity provider's own path: the latter is declared,
	// the former is that of the version that followed, which is assumed. Their form is recorded elsewhere.
	deprecated = "Wed, 15 Nov 2023 00:00:00 GMT"
	sunset     = "Wed, 1 Jan 2025 00:00:00 GMT"
)

// versions are those that an operation of v2 declares, the oldest first.
func versions(op *spec.Operation) []string {
	switch op.ID {
	case "identity_providers.get", "identity_providers.update":
		return []string{firstVersion, secondVersion}
	case "identity_providers.create", "identity_providers.delete", "identity_provider_jwks.delete":
		return []string{secondVersion}
	}
	return []string{firstVersion}
}

// asked are the version dates of the Atlas media types that a client accepts, in its order.
func asked(h http.Header) (dates []string) {
	for _, line := range h["Accept"] {
		for accepted := range strings.SplitSeq(line, ",") {
			media, _, _ := strings.Cut(accepted, ";")
			date, dated := strings.CutPrefix(strings.ToLower(strings.TrimSpace(media)), mediaStart)
			date, json := strings.CutSuffix(date, mediaEnd)
			if dated && json {
				dates = append(dates, date)
			}
		}
	}
	return dates
}

// version resolves the first date that a request asks for and the operation has: down to the newest declared one that is
// not after it. Off v2 it is "". Errors: no date, none late enough, or no date of the calendar.
func version(c *spec.Call) (string, error) {
	if c.Operation.Family != v2Family {
		return "", nil
	}
	refusal := "NOT_ACCEPTABLE"
	for _, date := range asked(c.Request.Header) {
		if _, err := time.Parse(time.DateOnly, date); err != nil && date != "" {
			refusal = "INVALID_VERSION_DATE"
			continue
		}
		for _, declared := range slices.Backward(versions(c.Operation)) {
			if declared <= date {
				return declared, nil
			}
		}
	}
	return "", c.Fail(refusal)
}

// media sets the content type of a success, and what a deprecated version says of itself.
func media(c *spec.Call, h http.Header) {
	h["Content-Type"] = plainJSON
	if c.Operation == nil || c.Operation.Family != v2Family {
		return
	}
	resolved, err := version(c)
	if err != nil {
		return
	}
	h["Content-Type"] = []string{mediaStart + resolved + mediaEnd + ";charset=utf-8"}
	if declared := versions(c.Operation); resolved != declared[len(declared)-1] {
		h["Deprecation"], h["Sunset"] = []string{deprecated}, []string{sunset}
	}
}
