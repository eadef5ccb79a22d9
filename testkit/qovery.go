package testkit

import "github.com/understudy-dev/understudy/emulator"

// Qovery is the world's Qovery, in the words of its clients.
type Qovery struct{ w *World }

// Qovery gives typed access to Qovery's organizations.
func (w *World) Qovery() Qovery { return Qovery{w} }

// URL is the API's base.
func (q Qovery) URL() string { return q.w.URL("qovery") }

// Token mints an API token with a role in every organization: "owner", "admin", "devops", "billing", "viewer" or
// "custom"; "" is owner. Clients send it behind Token. Another role fails the test.
func (q Qovery) Token(role string) string {
	q.w.tb.Helper()
	return q.w.mint("qovery", emulator.Credential{Role: role})
}
