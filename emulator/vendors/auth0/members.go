package auth0

import (
	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

var memberKind = spec.Kind{
	Name:     "members",
	Schema:   &spec.Schema{Type: spec.Object, Open: true},
	Identify: func(d state.Doc) string { return relation(d.Text("organization_id"), d.Text("user_id")) },
	Key:      func(_ *state.Tx, o *state.Object) string { return o.ID },
	Parent:   func(d state.Doc) string { return d.Text("organization_id") },
	Refs:     map[string]string{"organization_id": "organizations", "user_id": "users", "roles": "roles"},
}
