package auth0

import (
	"crypto/md5" //nolint:gosec // Gravatar's addresses are made of it
	"encoding/hex"
	"net/url"
	"strings"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// notShown are members of requests that a user does not keep.
var notShown = []string{
	"connection", "password", "client_id", "verify_email", "verify_phone_number", "verify_password",
}

// userOrder is the order of keys in replies, as recorded in 2023.
var userOrder = []string{
	"blocked", "created_at", "email", "email_verified", "family_name", "given_name", "identities", "name", "nickname",
	"phone_number", "phone_verified", "picture", "updated_at", "user_id", "user_metadata", "username", "app_metadata",
}

func orderedUser(d state.Doc) state.Doc { return d.Pick(userOrder...).Merge(d) }

// buildUser gives an id, an identity before those that are linked, and the profile that the service makes up of what it
// has. The connection goes by name or id.
func buildUser(c *spec.Call, d state.Doc) (state.Doc, error) {
	connection, err := c.Tx.Named("connections", "", d.Text("connection"))
	if err != nil {
		if connection, err = c.Tx.Get("connections", d.Text("connection")); err != nil {
			return "", c.Fail("connection_not_found")
		}
	}
	id := userID(c, d, connection.Doc)
	identities := []state.Doc{newIdentity(id, connection.Doc)}
	for _, linked := range docs(d, "identities") {
		if linked.Has("profileData") {
			identities = append(identities, linked)
		}
	}
	built := defaultProfile(d).Merge(withoutNulls(d.Drop(notShown...), "user_metadata", "app_metadata")).
		SetText("user_id", id).
		Set("identities", string(state.Array(identities))).
		Set("created_at", rawOr(d, "created_at", state.Quote(timestamp(c.Now))))
	built = built.SetText("updated_at", textOr(d, "updated_at", built.Text("created_at")))
	if c.Tx.Has("users", id) || takenIdentifier(c.Tx, built) != "" {
		return "", state.ErrConflict
	}
	return orderedUser(built), nil
}

// userID is `auth0|` and 24 hexadecimal digits, with another strategy's name before the bar where it has one.
// Enterprise connections put their name between.
func userID(c *spec.Call, d, connection state.Doc) string {
	if d.Has("user_id") {
		return d.Text("user_id")
	}
	strategy := connection.Text("strategy")
	if enterprise[strategy] {
		return strategy + "|" + connection.Text("name") + "|" + c.Hex("users", 24)
	}
	return strategy + "|" + c.Hex("users", 24)
}

func newIdentity(user string, connection state.Doc) state.Doc {
	strategy := connection.Text("strategy")
	social := strategy != databaseStrategy && !passwordless[strategy] && !enterprise[strategy]
	return state.NewBuilder().Text("connection", connection.Text("name")).
		Text("user_id", strings.TrimPrefix(user, strategy+"|")).
		Text("provider", strategy).Bool("isSocial", social).Doc()
}

// defaultProfile is what a user has without saying so.
func defaultProfile(d state.Doc) state.Doc {
	address, b := d.Text("email"), state.NewBuilder()
	if address != "" {
		b.Bool("email_verified", false)
	}
	if d.Text("phone_number") != "" {
		b.Bool("phone_verified", false)
	}
	name := textOr(d, "email", textOr(d, "username", d.Text("phone_number")))
	nickname, _, _ := strings.Cut(name, "@")
	sum := md5.Sum([]byte(strings.ToLower(strings.TrimSpace(name)))) //nolint:gosec // as above
	letters := []rune(strings.ToLower(nickname))
	initials := string(letters[:min(2, len(letters))])
	return b.Text("name", name).Text("nickname", nickname).
		Text("picture", "https://s.gravatar.com/avatar/"+hex.EncodeToString(sum[:])+
			"?s=480&r=pg&d=https%3A%2F%2Fcdn.auth0.com%2Favatars%2F"+url.PathEscape(initials)+".png").Doc()
}

// textOr is a member's text, or otherwise where that is empty.
func textOr(d state.Doc, name, otherwise string) string {
	if text := d.Text(name); text != "" {
		return text
	}
	return otherwise
}

// takenIdentifier names the identifier that another user of the same connection has, "" for none.
func takenIdentifier(tx *state.Tx, d state.Doc) string {
	connection := d.Text("identities", "0", "connection")
	for _, field := range identifiers {
		value := strings.ToLower(d.Text(field))
		if value == "" {
			continue
		}
		for _, other := range tx.List("users", "by_"+field, value) {
			if other.ID != d.Text("user_id") && other.Doc.Text("identities", "0", "connection") == connection {
				return field
			}
		}
	}
	return ""
}
