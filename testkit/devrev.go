package testkit

import "github.com/understudy-dev/understudy/emulator"

// DevRev is the world's DevRev organization, in the words of its clients.
type DevRev struct{ w *World }

// DevRev gives typed access to the DevRev organization.
func (w *World) DevRev() DevRev { return DevRev{w} }

// URL is the API's base.
func (d DevRev) URL() string { return d.w.URL("devrev") }

// Token mints a personal access token of the first user with a role, "admin" or "member"; "" is admin. Clients send it
// alone or behind Bearer. A role that no user of the fixture has fails the test.
func (d DevRev) Token(role string) string {
	d.w.tb.Helper()
	return d.w.mint("devrev", emulator.Credential{Role: role})
}
