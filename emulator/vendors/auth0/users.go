package auth0

import (
	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

var userKind = spec.Kind{
	Name:     "users",
	Schema:   &spec.Schema{Type: spec.Object, Open: true},
	Identify: func(d state.Doc) string { return d.Text("user_id") },
	Key:      func(_ *state.Tx, o *state.Object) string { return o.ID },
}
