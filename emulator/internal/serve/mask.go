package serve

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

const masked = "***"

// secretHeaders carry credentials.
var secretHeaders = []string{"Authorization", "Cookie", "Set-Cookie", "X-Understudy-Control-Token"}

// secretMembers are names that mean a secret in any vendor's words; the secrets of the tables' kinds come to them.
var secretMembers = []string{
	"access_token", "api_key", "client_assertion", "client_secret", "id_token", "password", "private_key", "refresh_token", "secret", "token",
}

// secretNames collects the members that are masked wherever they stand.
func secretNames(vendors []*spec.Vendor) map[string]bool {
	names := map[string]bool{}
	for _, name := range secretMembers {
		names[name] = true
	}
	for _, v := range vendors {
		for i := range v.Kinds {
			for _, name := range v.Kinds[i].Secrets {
				names[name] = true
			}
		}
	}
	return names
}

func (e *Entry) mask(secrets map[string]bool) {
	e.RequestHeader = maskHeader(e.RequestHeader)
	e.Header = maskHeader(e.Header)
	e.RequestBody = maskBody(secrets, e.RequestBody, e.RequestHeader.Get("Content-Type"))
	e.Body = maskBody(secrets, e.Body, e.Header.Get("Content-Type"))
	if path, query, found := strings.Cut(e.Path, "?"); found {
		e.Path = path + "?" + maskQuery(secrets, query)
	}
}

// maskQuery leaves a query with no secret as it came.
func maskQuery(secrets map[string]bool, query string) string {
	values, err := url.ParseQuery(query)
	if err != nil {
		return masked
	}
	hit := false
	for name := range values {
		if secrets[name] {
			values.Set(name, masked)
			hit = true
		}
	}
	if hit {
		return values.Encode()
	}
	return query
}

func maskHeader(h http.Header) http.Header {
	out := h.Clone()
	for _, name := range secretHeaders {
		if value := out.Get(name); value != "" {
			scheme, _, found := strings.Cut(value, " ")
			if !found || name != "Authorization" { // only there is the first word no secret
				scheme = ""
			}
			out.Set(name, strings.TrimSpace(scheme+" "+masked))
		}
	}
	return out
}

func maskBody(secrets map[string]bool, body, contentType string) string {
	switch {
	case body == "":
		return ""
	case strings.HasPrefix(contentType, "application/x-www-form-urlencoded"):
		return maskQuery(secrets, body)
	}
	if doc, err := state.Parse([]byte(body)); err == nil {
		return string(maskValue(secrets, doc.Get()))
	}
	if strings.Contains(contentType, "json") {
		return state.Quote(masked + " a body that is cut or no JSON: secrets can't be told apart in it")
	}
	return body
}

func maskValue(secrets map[string]bool, value gjson.Result) state.Doc {
	switch {
	case value.IsObject():
		b := state.NewBuilder()
		value.ForEach(func(key, member gjson.Result) bool {
			if secrets[key.Str] && member.Type != gjson.Null {
				b.Text(key.Str, masked)
			} else {
				b.Raw(key.Str, string(maskValue(secrets, member)))
			}
			return true
		})
		return b.Doc()
	case value.IsArray():
		var items []state.Doc
		value.ForEach(func(_, item gjson.Result) bool {
			items = append(items, maskValue(secrets, item))
			return true
		})
		return state.Array(items)
	}
	return state.Doc(value.Raw)
}
