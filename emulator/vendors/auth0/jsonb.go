package auth0

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// jsonb writes a value as PostgreSQL's jsonb does: of an object's members the shorter name first, then bytewise.
func jsonb(value gjson.Result) string {
	var out strings.Builder
	writeJSONB(&out, value)
	return out.String()
}

func writeJSONB(out *strings.Builder, value gjson.Result) {
	switch {
	case value.IsArray():
		separator := "["
		value.ForEach(func(_, item gjson.Result) bool {
			out.WriteString(separator)
			writeJSONB(out, item)
			separator = ","
			return true
		})
		if separator == "[" {
			out.WriteByte('[')
		}
		out.WriteByte(']')
	case value.IsObject():
		type member struct{ key, value gjson.Result }
		var members []member
		value.ForEach(func(key, value gjson.Result) bool {
			members = append(members, member{key, value})
			return true
		})
		slices.SortFunc(members, func(a, b member) int {
			if len(a.key.Str) != len(b.key.Str) {
				return len(a.key.Str) - len(b.key.Str)
			}
			return strings.Compare(a.key.Str, b.key.Str)
		})
		out.WriteByte('{')
		for i, m := range members {
			if i > 0 {
				out.WriteByte(',')
			}
			out.WriteString(m.key.Raw)
			out.WriteByte(':')
			writeJSONB(out, m.value)
		}
		out.WriteByte('}')
	default:
		out.WriteString(value.Raw)
	}
}
