package qovery

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

var (
	text      = &spec.Schema{Type: spec.String}
	maybeText = text.Nullable()
	nonEmpty  = &spec.Schema{Type: spec.String, MinLength: 1}
	notBlank  = &spec.Schema{Type: spec.String, MinLength: 1, Pattern: &spec.Pattern{Text: "name", Is: func(s string) bool { return strings.TrimSpace(s) != "" }}}
	flag      = &spec.Schema{Type: spec.Boolean}
	uuid      = &spec.Schema{Type: spec.String, Format: uuidFormat}
	emails    = (&spec.Schema{Type: spec.Array, Items: text}).Nullable()

	uuidFormat = &spec.Pattern{Text: "uuid", Is: isUUID}

	organizationID = spec.Param{
		Name: "organizationId", Evidence: spec.Documented(specification + "; that others are 400 is assumed"),
		Schema: &spec.Schema{Type: spec.String, Format: uuidFormat, Kind: "organizations"},
	}
)

func isUUID(s string) bool {
	groups := strings.Split(s, "-")
	if len(groups) != 5 || strings.Trim(strings.ToLower(s), "0123456789abcdef-") != "" {
		return false
	}
	for i, n := range []int{8, 4, 4, 4, 12} {
		if len(groups[i]) != n {
			return false
		}
	}
	return true
}

// uuidOf writes 32 hexadecimal digits as a random UUID.
func uuidOf(digits string) string {
	return digits[:8] + "-" + digits[8:12] + "-4" + digits[13:16] + "-8" + digits[17:20] + "-" + digits[20:32]
}

// newUUID makes an id for an object.
func newUUID(c *spec.Call, label string) string { return uuidOf(c.Hex(label, 32)) }

// derivedUUID is the id of what follows from other things and is no object of its own.
func derivedUUID(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return uuidOf(hex.EncodeToString(sum[:16]))
}

// results is a list as every operation answers with it: whole, in one object.
func results(item *spec.Schema) *spec.Schema {
	return &spec.Schema{Type: spec.Object, Fields: []spec.Field{spec.Req("results", &spec.Schema{Type: spec.Array, Items: item})}}
}

func listed(items []state.Doc) spec.Reply {
	return spec.Reply{Body: state.NewBuilder().List("results", items).Doc()}
}

// body is what a request may hold. Members that are not known are taken and ignored.
func body(fields ...spec.Field) *spec.Schema {
	return &spec.Schema{Type: spec.Object, Open: true, Fields: fields}
}
