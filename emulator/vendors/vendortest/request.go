package vendortest

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

const (
	jsonMedia = "application/json"
	formMedia = "application/x-www-form-urlencoded"
)

// request is one call of a row.
type request struct {
	op    *spec.Operation
	vars  map[string]string
	query url.Values
	body  string
	media string
}

func (q request) url() string {
	path := q.op.Path
	for name, value := range q.vars {
		path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(value))
	}
	if len(q.query) > 0 {
		path += "?" + q.query.Encode()
	}
	return path
}

func (q request) String() string {
	return fmt.Sprintf("%s %s %.400s", q.op.Method, q.url(), q.body)
}

func (q request) withVar(name, value string) request {
	q.vars = maps.Clone(q.vars)
	q.vars[name] = value
	return q
}

func (q request) withQuery(name, value string) request {
	q.query = maps.Clone(q.query)
	if q.query == nil {
		q.query = url.Values{}
	}
	q.query[name] = []string{value}
	return q
}

// withBody sets a JSON body, or a form where the row takes nothing else.
func (q request) withBody(doc state.Doc) request {
	if q.op.Body == nil {
		return q
	}
	q.body, q.media = string(doc), jsonMedia
	if len(q.op.Media) > 0 && !slices.Contains(q.op.Media, jsonMedia) {
		form := url.Values{}
		doc.Get().ForEach(func(key, value gjson.Result) bool {
			form.Set(key.String(), value.String())
			return true
		})
		q.body, q.media = form.Encode(), formMedia
	}
	return q
}
