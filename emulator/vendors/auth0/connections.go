package auth0

import (
	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

const databaseStrategy = "auth0"

// enterprise are the strategies whose connections bear show_as_button.
var enterprise = map[string]bool{
	"ad": true, "adfs": true, "google-apps": true, "oidc": true, "okta": true, "pingfederate": true, "samlp": true, "waad": true,
}

var connectionKind = spec.Kind{
	Name:     "connections",
	Schema:   &spec.Schema{Type: spec.Object, Open: true},
	Identify: func(d state.Doc) string { return d.Text("id") },
	Unique:   func(o *state.Object) (string, string) { return "", o.Doc.Text("name") },
	Key:      func(_ *state.Tx, o *state.Object) string { return o.Doc.Text("name") },
	Evidence: spec.Recorded("tf-TestAccOrganizationConnection#0"),
}
