package scenarios

import (
	"bytes"
	_ "embed"
)

//go:embed scenario.schema.json
var schema []byte

// Schema is the JSON Schema (draft 7) of scenario files, with which editors complete and check them.
func Schema() []byte { return bytes.Clone(schema) }
