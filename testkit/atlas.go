package testkit

import (
	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator"
)

// Atlas is the world's MongoDB Atlas, in the words of its clients.
type Atlas struct{ w *World }

// Atlas gives typed access to MongoDB Atlas.
func (w *World) Atlas() Atlas { return Atlas{w} }

// URL is the service's base, to which clients add /api/atlas/v2 and their like. It works with the world's Client only.
func (a Atlas) URL() string { return a.w.URL("atlas") }

// APIKey mints a programmatic API key that may do everything, for HTTP digest.
func (a Atlas) APIKey() (publicKey, privateKey string) {
	a.w.tb.Helper()
	return a.mint("api_key", "publicKey", "privateKey")
}

// ServiceAccount mints a service account that may do everything, for tokens from /api/oauth/token.
func (a Atlas) ServiceAccount() (clientID, clientSecret string) {
	a.w.tb.Helper()
	return a.mint("service_account", "clientId", "clientSecret")
}

func (a Atlas) mint(kind, name, secret string) (string, string) {
	a.w.tb.Helper()
	fields, err := a.w.world.Mint("atlas", emulator.Credential{Kind: kind})
	if err != nil {
		a.w.tb.Fatalf("testkit: %v", err)
	}
	return gjson.Get(fields, name).String(), gjson.Get(fields, secret).String()
}
