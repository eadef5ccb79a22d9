package atlas

import (
	"strings"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// pretty writes a document as the recorded refusal is written: two blanks a level, blanks around the colon, and the
// brackets of arrays on the line of what they hold.
func pretty(d state.Doc) state.Doc {
	var b strings.Builder
	prettyValue(&b, d.Get(), "\n")
	return state.Doc(b.String())
}

// prettyValue writes a value; line begins a line of what surrounds it. Depth is bounded by state.Parse and the handlers.
func prettyValue(b *strings.Builder, value gjson.Result, line string) {
	open, shut, separator := "[ ", " ]", ", "
	inner := line
	switch {
	case value.IsObject():
		inner = line + "  "
		open, shut, separator = "{"+inner, line+"}", ","+inner
	case !value.IsArray():
		b.WriteString(value.Raw)
		return
	}
	first := true
	value.ForEach(func(key, member gjson.Result) bool {
		if first {
			b.WriteString(open)
		} else {
			b.WriteString(separator)
		}
		first = false
		if value.IsObject() {
			b.WriteString(key.Raw + " : ")
		}
		prettyValue(b, member, inner)
		return true
	})
	if first {
		b.WriteString(open[:1] + " " + shut[len(shut)-1:])
		return
	}
	b.WriteString(shut)
}
