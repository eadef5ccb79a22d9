package atlas

import (
	"strings"
	"time"
	"unicode"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

const (
	hexDigits = "0123456789abcdef"
	letters   = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
)

func made(text, of string, n int) bool { return len(text) == n && strings.Trim(text, of) == "" }

var (
	hexPattern  = &spec.Pattern{Text: `^([a-f0-9]{24})$`, Is: func(s string) bool { return made(s, hexDigits, 24) }}
	oktaPattern = &spec.Pattern{Text: `^([A-Za-z0-9]{20})$`, Is: func(s string) bool { return made(s, letters, 20) }}
	namePattern = &spec.Pattern{Text: `^[\p{L}\p{N}\-_.(),:&@+']{1,64}$`, Is: isName}

	hexID    = &spec.Schema{Type: spec.String, Pattern: hexPattern}
	name     = &spec.Schema{Type: spec.String, Pattern: namePattern}
	boolean  = &spec.Schema{Type: spec.Boolean}
	moment   = &spec.Schema{Type: spec.String, Format: &spec.Pattern{Text: "date-time", Is: isMoment}}
	texts    = &spec.Schema{Type: spec.Array, Items: textSchema}
	distinct = &spec.Schema{Type: spec.Array, Items: textSchema, Unique: true}
)

// isName takes blanks too: the published pattern lacks them, and the service's own organizations have them.
func isName(s string) bool {
	n := 0
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsNumber(r) && !strings.ContainsRune("-_.(),:&@+' ", r) {
			return false
		}
		n++
	}
	return n >= 1 && n <= 64
}

func isMoment(s string) bool {
	_, err := time.Parse(time.RFC3339, s)
	return err == nil
}

// timestamp is a time as Atlas writes it.
func timestamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// pathID is a path parameter that names an object by its id.
func pathID(name, kind string) spec.Param {
	return spec.Param{Name: name, Evidence: spec.Documented(specification), Schema: &spec.Schema{Type: spec.String, Pattern: hexPattern, Kind: kind}}
}

var (
	orgIDParam        = pathID("orgId", "orgs")
	groupIDParam      = pathID("groupId", "groups")
	federationIDParam = pathID("federationSettingsId", "federation_settings")
)

// given is the JSON of a member, or what stands for it where it is absent or null.
func given(d state.Doc, name, otherwise string) string {
	if value := d.Get(name); value.Exists() && value.Type != gjson.Null {
		return value.Raw
	}
	return otherwise
}

// idOf is the id that a fixture's document has, or a new one.
func idOf(c *spec.Call, d state.Doc, kind string) string {
	if id := d.Text("id"); id != "" {
		return id
	}
	return c.Hex(kind, 24)
}

// strings of an array.
func stringsOf(list gjson.Result) []string {
	all := []string{}
	for _, item := range list.Array() {
		all = append(all, item.String())
	}
	return all
}

// quoted writes an array of strings.
func quoted(list []string) string {
	docs := make([]state.Doc, len(list))
	for i, text := range list {
		docs[i] = state.Doc(state.Quote(text))
	}
	return string(state.Array(docs))
}

// hoursLater is a time some hours on, at most a century.
func hoursLater(t time.Time, hours int64) time.Time {
	const century = 100 * 365 * 24
	return t.Add(time.Duration(min(hours, century)) * time.Hour)
}
