package auth0

import (
	"strings"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

var userIdentities = []spec.Operation{
	{
		ID: "user_identities.create", Method: "POST", Path: "/api/v2/users/{id}/identities",
		Summary: "Link another user to a user: its identity moves here, and it is gone by itself",
		Needs:   []string{"update:users", "update:current_user_identities"},
		Body:    linkedIdentity,
		Status:  201, Reply: identityList,
		Errors: []spec.Error{
			userNotFound(belowUser),
			{
				Code: "linked_to_itself", Wire: "invalid_body", Status: 400, Message: "Main account and secondary account are the same.",
				Evidence: spec.Assumed("a user can't be its own second identity; the text is not recorded"),
			},
		},
		Handle:   linkIdentity,
		Evidence: spec.Recorded("go-TestUserManager_Link#3"),
	},
	{
		ID: "user_identities.delete", Method: "DELETE", Path: "/api/v2/users/{id}/identities/{provider}/{user_id}",
		Summary: "Unlink an identity: it becomes a user by itself again",
		Needs:   []string{"update:users", "update:current_user_identities"},
		PathParams: []spec.Param{
			{Name: "provider", Evidence: noUserSection, Schema: &spec.Schema{Type: spec.String, Kind: "users.identities.provider"}},
			{Name: "user_id", Evidence: noUserSection, Schema: &spec.Schema{Type: spec.String, Kind: "users.identities.user_id"}},
		},
		BodyFree: true,
		Status:   200, Reply: identityList,
		Errors: []spec.Error{
			userNotFound(belowUser),
			{
				Code: "identity_not_found", Wire: "inexistent_identity", Status: 404, Message: "The identity does not exist.", Class: spec.NotFound,
				Evidence: spec.Assumed("neither status nor text is known"),
			},
			{
				Code: "main_identity", Wire: "invalid_body", Status: 400, Message: "Main identity can't be unlinked.",
				Evidence: spec.Assumed("a user keeps its own identity; the text is not recorded"),
			},
		},
		Handle:   unlinkIdentity,
		Evidence: spec.Recorded("tf and go: 1 call, status only"),
	},
}

// linkedIdentity names the other user by provider and id. A token of that user's (link_with) is not taken: the emulator
// signs nobody in.
var linkedIdentity = &spec.Schema{Type: spec.Object, Evidence: spec.Recorded("go-TestUserManager_Link#3"), Fields: []spec.Field{
	spec.Req("provider", &spec.Schema{Type: spec.String, MinLength: 1, Kind: "users.identities.provider"}),
	spec.Req("user_id", &spec.Schema{Type: spec.String, MinLength: 1}),
	spec.Opt("connection_id", &spec.Schema{Type: spec.String}),
}}

var identityList = &spec.Schema{Type: spec.Array, Items: &spec.Schema{Type: spec.Object, Open: true, Fields: []spec.Field{
	spec.Req("connection", &spec.Schema{Type: spec.String}),
	spec.Req("user_id", &spec.Schema{Type: spec.String}),
	spec.Req("provider", &spec.Schema{Type: spec.String}),
	spec.Req("isSocial", flag),
}}}

// profileMembers are what a linked identity keeps of its user.
var profileMembers = []string{"email", "given_name", "family_name", "username", "phone_number", "name", "nickname", "picture", "email_verified"}

// withProfile is a user's own identity with its profile, in the recorded order.
func withProfile(o *state.Object) state.Doc {
	own := state.Doc(o.Doc.Get("identities", "0").Raw)
	return state.NewBuilder().Raw("profileData", string(o.Doc.Pick(profileMembers...))).Doc().Merge(own)
}

// linkIdentity takes over every identity of the other user, and nothing else of it.
func linkIdentity(c *spec.Call) (spec.Reply, error) {
	o, err := userOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	provider := c.Body.Text("provider")
	other, err := c.Tx.Get("users", provider+"|"+strings.TrimPrefix(c.Body.Text("user_id"), provider+"|"))
	if err != nil {
		return spec.Reply{}, c.Fail("inexistent_user")
	}
	if other.ID == o.ID {
		return spec.Reply{}, c.Fail("linked_to_itself")
	}
	identities := append(docs(o.Doc, "identities"), withProfile(other))
	identities = append(identities, docs(other.Doc, "identities")[1:]...)
	if err := removeUser(c.Tx, other); err != nil {
		return spec.Reply{}, err
	}
	o, err = c.Tx.Replace(o, o.Doc.Set("identities", string(state.Array(identities))).SetText("updated_at", timestamp(c.Now)))
	if err != nil {
		return spec.Reply{}, err
	}
	identities[0] = withProfile(o)
	return spec.Reply{Body: state.Array(identities)}, nil
}

// unlinkIdentity makes a user of the identity, with its own id and profile again, and answers with what is left.
func unlinkIdentity(c *spec.Call) (spec.Reply, error) {
	o, err := userOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	provider, id := c.Vars["provider"], strings.TrimPrefix(c.Vars["user_id"], c.Vars["provider"]+"|")
	var left []state.Doc
	var taken state.Doc
	for _, identity := range docs(o.Doc, "identities") {
		if taken == "" && identity.Text("provider") == provider && identity.Text("user_id") == id {
			taken = identity
			continue
		}
		left = append(left, identity)
	}
	switch {
	case taken == "":
		return spec.Reply{}, c.Fail("identity_not_found")
	case !taken.Has("profileData"):
		return spec.Reply{}, c.Fail("main_identity")
	}
	if _, err := c.Tx.Replace(o, o.Doc.Set("identities", string(state.Array(left))).SetText("updated_at", timestamp(c.Now))); err != nil {
		return spec.Reply{}, err
	}
	fresh := state.Doc(taken.Get("profileData").Raw).SetText("connection", taken.Text("connection")).SetText("user_id", provider+"|"+id)
	if _, err := c.Tx.Named("connections", "", taken.Text("connection")); err == nil { // else there is no user to go back to
		if _, err := c.Build("users", fresh); err != nil {
			return spec.Reply{}, err
		}
	}
	return spec.Reply{Body: state.Array(left)}, nil
}

// docs are the documents in a document's array.
func docs(d state.Doc, path ...string) []state.Doc {
	items := d.Get(path...).Array()
	list := make([]state.Doc, len(items))
	for i, item := range items {
		list[i] = state.Doc(item.Raw)
	}
	return list
}
