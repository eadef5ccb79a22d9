package devrev

import (
	"time"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
)

var dateTime = &spec.Schema{Type: spec.String, Format: &spec.Pattern{Text: "date-time", Is: func(s string) bool {
	_, err := time.Parse(time.RFC3339, s)
	return err == nil
}}}

// dateFilter is a range between two moments, both of them in it, or the days before or after now.
var dateFilter = &spec.Schema{
	Type: spec.Object, By: "type",
	Fields: []spec.Field{spec.Req("type", &spec.Schema{Type: spec.String, Enum: []string{"preset", "range"}})},
	Variants: []spec.Variant{
		{Value: "range", Fields: []spec.Field{spec.Opt("after", dateTime), spec.Opt("before", dateTime)}},
		{Value: "preset", Fields: []spec.Field{
			spec.Req("preset_type", &spec.Schema{Type: spec.String, Enum: []string{"last_n_days", "next_n_days"}}),
			spec.Req("days", &spec.Schema{Type: spec.Integer, Min: spec.Int(0), Max: spec.Int(maxDays)}),
		}},
	},
}

// maxDays is the specification's bound.
const maxDays = 4294967295

// inRange tells whether a date passes a filter; a filter that is not there takes all.
func inRange(filter gjson.Result, date string, now time.Time) bool {
	if !filter.Exists() {
		return true
	}
	at, err := time.Parse(time.RFC3339, date)
	if err != nil {
		return false
	}
	days := int(filter.Get("days").Int())
	switch filter.Get("preset_type").Str {
	case "last_n_days":
		return !at.Before(now.AddDate(0, 0, -days)) && !at.After(now)
	case "next_n_days":
		return !at.Before(now) && !at.After(now.AddDate(0, 0, days))
	}
	after, noAfter := time.Parse(time.RFC3339, filter.Get("after").Str)
	before, noBefore := time.Parse(time.RFC3339, filter.Get("before").Str)
	return (noAfter != nil || !at.Before(after)) && (noBefore != nil || !at.After(before))
}
