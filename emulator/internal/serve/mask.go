package serve

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/state"
)

const masked = "***"

// secretHeaders carry credentials.
var secretHeaders = []string{"Authorization", "Cookie", "Set-Cookie", "X-Understudy-Control-Token"}

// secretMembers hold secrets wherever they stand in a body, in any vendor's words.
var secretMembers = map[string]bool{
	"access_token": true, "api_key": true, "apiKey": true, "client_assertion": true, "client_secret": true, "clientSecret": true,
	"password": true, "private_key": true, "privateKey": true, "refresh_token": true, "secret": true, "token": true,
	"twilio_token": true, "app_secret": true, "key": true, "pkcs7": true, "consumerSecret": true, "consumer_secret": true,
}

func (e *Entry) mask() {
	e.RequestHeader = maskHeader(e.RequestHeader)
	e.Header = maskHeader(e.Header)
	e.RequestBody = maskBody(e.RequestBody, e.RequestHeader.Get("Content-Type"))
	e.Body = maskBody(e.Body, e.Header.Get("Content-Type"))
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

func maskBody(body, contentType string) string {
	switch {
	case body == "":
		return ""
	case strings.HasPrefix(contentType, "application/x-www-form-urlencoded"):
		form, err := url.ParseQuery(body)
		if err != nil {
			return masked
		}
		for name := range form {
			if secretMembers[name] {
				form.Set(name, masked)
			}
		}
		return form.Encode()
	case gjson.Valid(body):
		return string(maskValue(gjson.Parse(body)))
	case strings.Contains(contentType, "json"):
		return clipped(body)
	}
	return body
}

// clipped is what can be shown of a JSON text that is cut or broken: secrets can't be told apart in it.
func clipped(body string) string { return state.Quote(masked + " a body that is no JSON") }

func maskValue(value gjson.Result) state.Doc {
	switch {
	case value.IsObject():
		b := state.NewBuilder()
		value.ForEach(func(key, member gjson.Result) bool {
			if secretMembers[key.Str] && member.Type == gjson.String {
				b.Text(key.Str, masked)
			} else {
				b.Raw(key.Str, string(maskValue(member)))
			}
			return true
		})
		return b.Doc()
	case value.IsArray():
		var items []state.Doc
		value.ForEach(func(_, item gjson.Result) bool {
			items = append(items, maskValue(item))
			return true
		})
		return state.Array(items)
	}
	return state.Doc(value.Raw)
}
