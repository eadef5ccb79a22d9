package state

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// MaxDepth bounds how deep a document may nest.
const MaxDepth = 64

// Why Parse refuses a text.
var (
	ErrSyntax = errors.New("not valid JSON")
	ErrUTF8   = errors.New("not valid UTF-8")
	ErrDepth  = errors.New("JSON nested deeper than 64 levels")
)

// Parse checks a JSON text and returns it as a JavaScript service would write it after JSON.parse: no white space,
// strings with the fewest escapes, numbers in their shortest form, and of equal member names the last value in the
// first place. Errors: ErrSyntax, ErrUTF8, ErrDepth.
func Parse(text []byte) (Doc, error) {
	if !utf8.Valid(text) {
		return "", ErrUTF8
	}
	if deep(text) {
		return "", ErrDepth
	}
	if !gjson.ValidBytes(text) {
		return "", ErrSyntax
	}
	return Doc(appendNormal(make([]byte, 0, len(text)), gjson.ParseBytes(text))), nil
}

// deep looks at brackets outside strings alone, before anything recurses over the text.
func deep(text []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > MaxDepth {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}

func appendNormal(buf []byte, value gjson.Result) []byte {
	switch {
	case value.IsObject():
		return appendObject(buf, value)
	case value.IsArray():
		buf = append(buf, '[')
		start := len(buf)
		value.ForEach(func(_, item gjson.Result) bool {
			if len(buf) > start {
				buf = append(buf, ',')
			}
			buf = appendNormal(buf, item)
			return true
		})
		return append(buf, ']')
	case value.Type == gjson.String:
		return appendString(buf, value)
	case value.Type == gjson.Number:
		return appendNumber(buf, value)
	}
	return append(buf, strings.TrimSpace(value.Raw)...)
}

func appendObject(buf []byte, object gjson.Result) []byte {
	latest := duplicates(object)
	var done map[string]bool
	buf = append(buf, '{')
	start := len(buf)
	object.ForEach(func(key, value gjson.Result) bool {
		if latest != nil {
			if done[key.Str] {
				return true
			}
			if done == nil {
				done = make(map[string]bool, len(latest))
			}
			done[key.Str] = true
			value = latest[key.Str]
		}
		if len(buf) > start {
			buf = append(buf, ',')
		}
		buf = append(appendString(buf, key), ':')
		buf = appendNormal(buf, value)
		return true
	})
	return append(buf, '}')
}

// duplicates returns the last value of each member where a name stands twice, else nil.
func duplicates(object gjson.Result) map[string]gjson.Result {
	var names [16]string
	count, twice := 0, false
	object.ForEach(func(key, _ gjson.Result) bool {
		for i := 0; i < min(count, len(names)); i++ {
			if names[i] == key.Str {
				twice = true
				return false
			}
		}
		if count < len(names) {
			names[count] = key.Str
		}
		count++
		return true
	})
	if !twice && count <= len(names) {
		return nil
	}
	latest := make(map[string]gjson.Result, count)
	total := 0
	object.ForEach(func(key, value gjson.Result) bool {
		latest[key.Str] = value
		total++
		return true
	})
	if len(latest) == total {
		return nil
	}
	return latest
}

func appendString(buf []byte, value gjson.Result) []byte {
	if strings.IndexByte(value.Raw, '\\') < 0 {
		return append(buf, value.Raw...)
	}
	return appendQuoted(buf, value.Str)
}

// appendNumber writes a number as JavaScript does; one that a double cannot hold exactly is what the double is.
func appendNumber(buf []byte, value gjson.Result) []byte {
	raw := value.Raw
	if !strings.ContainsAny(raw, ".eE") && len(raw) <= 15 && raw != "-0" {
		return append(buf, raw...)
	}
	if math.IsInf(value.Num, 0) {
		return append(buf, "null"...)
	}
	if value.Num == 0 {
		return append(buf, '0')
	}
	if abs := math.Abs(value.Num); abs >= 1e21 || abs < 1e-6 {
		text := strconv.FormatFloat(value.Num, 'e', -1, 64)
		text = strings.Replace(strings.Replace(text, "e-0", "e-", 1), "e+0", "e+", 1)
		return append(buf, text...)
	}
	return strconv.AppendFloat(buf, value.Num, 'f', -1, 64)
}

const hex = "0123456789abcdef"

func appendQuoted(buf []byte, s string) []byte {
	buf = append(buf, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			buf = append(buf, '\\', c)
		case c == '\n':
			buf = append(buf, '\\', 'n')
		case c == '\r':
			buf = append(buf, '\\', 'r')
		case c == '\t':
			buf = append(buf, '\\', 't')
		case c == '\b':
			buf = append(buf, '\\', 'b')
		case c == '\f':
			buf = append(buf, '\\', 'f')
		case c < 0x20:
			buf = append(buf, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			buf = append(buf, c)
		}
	}
	return append(buf, '"')
}
