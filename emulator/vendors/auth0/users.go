package auth0

import (
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

var users = []spec.Operation{
	{
		ID: "users.list", Method: "GET", Path: "/api/v2/users",
		Summary: "List and search users",
		Needs:   []string{"read:users"},
		Query:   slices.Concat(offsetParams, projectionParams, userSearchParams),
		Status:  200, Reply: userPage,
		Errors:   []spec.Error{pageBound},
		Handle:   listUsers,
		Evidence: spec.ClientCode("go-auth0 v1 management.UserList: start, limit, length, total, users; no recording"),
	},
	{
		ID: "users.list_by_email", Method: "GET", Path: "/api/v2/users-by-email",
		Summary: "Find users by their email",
		Needs:   []string{"read:users"},
		Query: append([]spec.Param{
			{Name: "email", Evidence: spec.Recorded("go-TestJobManager_ImportUsers#3"), Schema: &spec.Schema{Type: spec.String, Description: "Email address to search for."}},
		}, projectionParams...),
		Status: 200, Reply: &spec.Schema{Type: spec.Array, Items: user},
		Handle:   listUsersByEmail,
		Evidence: spec.Recorded("go-TestJobManager_ImportUsers#3"),
	},
	{
		ID: "users.create", Method: "POST", Path: "/api/v2/users",
		Summary: "Create a user of a database or passwordless connection",
		Needs:   []string{"create:users"},
		Body:    newUser,
		Status:  201, Reply: user,
		Errors: []spec.Error{
			{
				Code: "user_exists", Wire: "auth0_idp_error", Status: 409, Message: "The user already exists.", Class: spec.Conflict, On: state.ErrConflict,
				Evidence: spec.Documented(specification + "; its code is assumed"),
			},
			{
				Code: "connection_not_found", Wire: "inexistent_connection", Status: 400, Message: "The connection does not exist.",
				Evidence: spec.Assumed("the code is recorded for a connection's own path; status and text are unknown"),
			},
			{
				Code: "connection_without_users", Wire: "invalid_body", Status: 400,
				Message:  "Connection does not support user creation through the API. It must either be a database or passwordless connection.",
				Evidence: spec.Assumed("such connections keep their users elsewhere; the text is not recorded"),
			},
			{ // raised by scenarios alone: the emulated tenant has no custom domains
				Code: "custom_domain_conflict", Status: 409, Message: "The tenant has multiple verified custom domains.",
				Evidence: spec.Recorded("tf:TestAccUserCustomDomains"),
			},
		},
		Handle:   createUser,
		Evidence: spec.Recorded("tf-TestAccDataSourceUserOrganizations#0"),
	},
	{
		ID: "users.get", Method: "GET", Path: "/api/v2/users/{id}",
		Summary: "Get a user",
		Needs:   []string{"read:users", "read:current_user"},
		Query:   projectionParams,
		Status:  200, Reply: user,
		Errors:   []spec.Error{userNotFound(spec.Recorded("sdk:TestUserManager_Delete"))},
		Handle:   getUser,
		Evidence: spec.Recorded("tf-TestAccDataSourceUserOrganizations#1"),
	},
	{
		ID: "users.update", Method: "PATCH", Path: "/api/v2/users/{id}",
		Summary: "Change a user",
		Needs:   []string{"update:users"},
		Body:    changedUser,
		Status:  200, Reply: user,
		Errors: []spec.Error{userNotFound(spec.Assumed("what GET answers")), {
			Code: "identifier_taken", Wire: "auth0_idp_error", Status: 400, Message: "The specified new {field} already exists",
			Sample:   []string{"field", "email"},
			Evidence: spec.Assumed("no source tells what a change to another user's email answers"),
		}},
		Handle:   updateUser,
		Evidence: spec.Assumed("no recording of the last years changes a user"),
	},
	{
		ID: "users.delete", Method: "DELETE", Path: "/api/v2/users/{id}",
		Summary:  "Delete a user with memberships and roles",
		Needs:    []string{"delete:users", "delete:current_user"},
		BodyFree: true,
		Status:   204,
		Handle:   deleteUser,
		Evidence: spec.Recorded("tf-TestAccOrganizationMemberRoles#111"),
	},
}

// userKind keeps a user as it is shown. A password is never kept.
var userKind = spec.Kind{
	Name: "users", Remove: removeUser,
	Schema: &spec.Schema{Type: spec.Object, Open: true, Fields: append([]spec.Field{
		spec.Req("connection", &spec.Schema{Type: spec.String}),
		spec.Opt("created_at", dateTime),
		spec.Opt("updated_at", dateTime),
		spec.Opt("identities", identityList), // linked ones, each with its profileData
	}, userFields...)},
	Refs:     map[string]string{"connection": "connections"},
	Identify: func(d state.Doc) string { return d.Text("user_id") },
	Also: map[string]func(*state.Object) string{
		"by_connection":   func(o *state.Object) string { return o.Doc.Text("identities", "0", "connection") },
		"by_email":        func(o *state.Object) string { return strings.ToLower(o.Doc.Text("email")) },
		"by_username":     func(o *state.Object) string { return strings.ToLower(o.Doc.Text("username")) },
		"by_phone_number": func(o *state.Object) string { return o.Doc.Text("phone_number") },
	},
	Key: func(tx *state.Tx, o *state.Object) string {
		return o.Doc.Text("identities", "0", "connection") + " / " + userName(tx, o.ID)
	},
	Build:    buildUser,
	Secrets:  []string{"password"},
	Evidence: spec.Recorded("tf-TestAccDataSourceUserOrganizations#0"),
}

// userName is what a person would call a user: email, username or phone number, else the id.
func userName(tx *state.Tx, id string) string {
	if o, err := tx.Get("users", id); err == nil {
		for _, member := range identifiers {
			if name := o.Doc.Text(member); name != "" {
				return name
			}
		}
	}
	return id
}

// identifiers are unique within a connection.
var identifiers = []string{"email", "username", "phone_number"}

var (
	noUserSection = spec.Assumed("the specification's section on users was not at hand")
	flag          = &spec.Schema{Type: spec.Boolean}
	freeObject    = &spec.Schema{Type: spec.Object, Open: true}

	userFields = []spec.Field{
		spec.Opt("user_id", &spec.Schema{Type: spec.String, MaxLength: 255, Example: `"000000000000000000000001"`, Evidence: noUserSection}),
		spec.Opt("email", &spec.Schema{Type: spec.String, Format: email}),
		spec.Opt("username", &spec.Schema{Type: spec.String, MinLength: 1, MaxLength: 128, Evidence: noUserSection}),
		spec.Opt("phone_number", &spec.Schema{Type: spec.String, Pattern: phoneNumber, Evidence: noUserSection}),
		spec.Opt("email_verified", flag),
		spec.Opt("phone_verified", flag),
		spec.Opt("blocked", flag),
		spec.Opt("user_metadata", freeObject),
		spec.Opt("app_metadata", freeObject),
	}
	newUser = &spec.Schema{Type: spec.Object, Open: true, Evidence: noUserSection, Fields: append([]spec.Field{
		spec.Req("connection", &spec.Schema{Type: spec.String, MinLength: 1, Kind: "connections.name"}),
		spec.Opt("password", &spec.Schema{Type: spec.String, MinLength: 1}),
		spec.Opt("verify_email", flag),
	}, userFields...)}
	// changedUser takes null where a user may lack the member.
	changedUser = &spec.Schema{Type: spec.Object, Open: true, Evidence: noUserSection, Fields: []spec.Field{
		spec.Opt("email", userFields[1].Schema),
		spec.Opt("username", userFields[2].Schema),
		spec.Opt("phone_number", userFields[3].Schema.Nullable()),
		spec.Opt("email_verified", flag), spec.Opt("phone_verified", flag), spec.Opt("blocked", flag),
		spec.Opt("user_metadata", freeObject.Nullable()), spec.Opt("app_metadata", freeObject.Nullable()),
	}}
	user     = &spec.Schema{Type: spec.Object, Open: true, Fields: []spec.Field{spec.Opt("user_id", &spec.Schema{Type: spec.String})}}
	userPage = &spec.Schema{Type: spec.Object | spec.Array, Items: user, Fields: []spec.Field{
		spec.Req("start", &spec.Schema{Type: spec.Integer}),
		spec.Req("limit", &spec.Schema{Type: spec.Integer}),
		spec.Req("length", &spec.Schema{Type: spec.Integer}),
		spec.Req("users", &spec.Schema{Type: spec.Array, Items: user}),
		spec.Req("total", &spec.Schema{Type: spec.Integer}),
	}}
)

// email is a format that the service names; what exactly it takes is not known.
var email = &spec.Pattern{Text: "email", Is: func(s string) bool {
	local, domain, found := strings.Cut(s, "@")
	return found && local != "" && strings.Trim(domain, ".") != "" && !strings.ContainsAny(s, " \t\r\n,;<>") && !strings.Contains(domain, "@")
}}

var phoneNumber = &spec.Pattern{Text: `^\+[0-9]{1,15}$`, Is: func(s string) bool {
	digits, found := strings.CutPrefix(s, "+")
	return found && digits != "" && len(digits) <= 15 && strings.Trim(digits, "0123456789") == ""
}}

func userNotFound(evidence spec.Evidence) spec.Error {
	return spec.Error{
		Code: "inexistent_user", Status: 404, Message: "The user does not exist.", Class: spec.NotFound, Evidence: evidence,
	}
}

// userOf is the user that the path names.
func userOf(c *spec.Call) (*state.Object, error) {
	o, err := c.Tx.Get("users", c.Vars["id"])
	if err != nil {
		return nil, c.Fail("inexistent_user")
	}
	return o, nil
}

func listUsersByEmail(c *spec.Call) (spec.Reply, error) {
	if c.Query.Get("email") == "" {
		return spec.Reply{}, c.Fail("invalid_query_string", "detail", "Query validation error: 'Missing required property: email'.")
	}
	return spec.Reply{Body: state.Array(shownUsers(c, c.Tx.List("users", "by_email", strings.ToLower(c.Query.Get("email")))))}, nil
}

func shownUsers(c *spec.Call, page []*state.Object) []state.Doc {
	items := make([]state.Doc, len(page))
	for i, o := range page {
		items[i] = projected(c, o.Doc)
	}
	return items
}

func createUser(c *spec.Call) (spec.Reply, error) {
	if err := refuseMembers(c, madeByService); err != nil {
		return spec.Reply{}, err
	}
	connection, err := c.Tx.Named("connections", "", c.Body.Text("connection"))
	if err != nil {
		return spec.Reply{}, c.Fail("connection_not_found")
	}
	strategy := connection.Doc.Text("strategy")
	if !passwordless[strategy] && strategy != databaseStrategy {
		return spec.Reply{}, c.Fail("connection_without_users")
	}
	for _, name := range requiredOf(strategy, c.Body) {
		if !c.Body.Has(name) {
			return spec.Reply{}, c.Fail("invalid_body", "detail", "Payload validation error: 'Missing required property: "+name+"'.")
		}
	}
	d := c.Body
	if d.Has("user_id") {
		d = d.SetText("user_id", strategy+"|"+strings.TrimPrefix(d.Text("user_id"), strategy+"|"))
	}
	o, err := c.Build("users", d)
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: o.Doc}, nil
}

// madeByService are the members of a user that no request may bear.
var madeByService = []string{"created_at", "updated_at", "identities", "last_ip", "last_login", "logins_count", "multifactor"}

func refuseMembers(c *spec.Call, names []string) error {
	for _, name := range names {
		if c.Body.Has(name) {
			code, detail := wording(spec.Violation{Where: spec.InBody, Rule: spec.RuleAdditional, Names: []string{name}})
			return c.Fail(code, "detail", detail)
		}
	}
	return nil
}

// passwordless are the strategies whose users prove an address instead of a password.
var passwordless = map[string]bool{"sms": true, "email": true}

// requiredOf are the members without which a connection of the strategy can't have a user.
func requiredOf(strategy string, d state.Doc) []string {
	switch {
	case strategy == "sms":
		return []string{"phone_number"}
	case strategy == "email":
		return []string{"email"}
	case d.Has("username") || d.Has("phone_number"):
		return []string{"password"}
	}
	return []string{"email", "password"}
}

func getUser(c *spec.Call) (spec.Reply, error) {
	o, err := userOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: projected(c, o.Doc)}, nil
}

// updateUser merges: null removes a member; metadata is merged one level deep, and {} or null empties it.
func updateUser(c *spec.Call) (spec.Reply, error) {
	o, err := userOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	if err := refuseMembers(c, append([]string{"user_id"}, madeByService...)); err != nil {
		return spec.Reply{}, err
	}
	change := c.Body.Drop(notShown...)
	for _, name := range []string{"user_metadata", "app_metadata"} {
		if change.Has(name) {
			change = change.Set(name, mergedMetadata(o.Doc, change, name))
		}
	}
	if change.Has("email") && change.Text("email") != o.Doc.Text("email") && !change.Has("email_verified") {
		change = change.Set("email_verified", "false")
	}
	d := o.Doc.Merge(change).SetText("updated_at", timestamp(c.Now))
	for name := range change.Get().Map() {
		d = withoutNulls(d, name)
	}
	if field := takenIdentifier(c.Tx, d); field != "" {
		return spec.Reply{}, c.Fail("identifier_taken", "field", field)
	}
	if o, err = c.Tx.Replace(o, orderedUser(d)); err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: o.Doc}, nil
}

// mergedMetadata is the JSON of a user's metadata after a change, null where nothing is left.
func mergedMetadata(before, change state.Doc, name string) string {
	said := state.Doc(change.Get(name).Raw)
	if kept(said.Get()) == "" {
		return "null"
	}
	merged := said
	if had := before.Get(name); had.IsObject() {
		merged = state.Doc(had.Raw).Merge(said)
	}
	for member := range said.Get().Map() {
		merged = withoutNulls(merged, member)
	}
	if kept(merged.Get()) == "" {
		return "null"
	}
	return string(merged)
}

// deleteUser answers 204 for a user who is gone too, as recorded.
func deleteUser(c *spec.Call) (spec.Reply, error) {
	o, err := c.Tx.Get("users", c.Vars["id"])
	if err != nil {
		return spec.Reply{}, nil
	}
	return spec.Reply{}, removeUser(c.Tx, o)
}

// removeUser deletes a user with what hangs on it.
func removeUser(tx *state.Tx, user *state.Object) error {
	for _, below := range []struct{ kind, list string }{
		{"members", "by_user"}, {"waiting_roles", "by_user"}, {"user_roles", "user_roles"}, {"user_permissions", "user_permissions"},
	} {
		if err := deleteListed(tx, below.kind, below.list, user.ID); err != nil {
			return err
		}
	}
	return tx.Delete("users", user.ID)
}

// removeUsersOf deletes the users of a connection.
func removeUsersOf(tx *state.Tx, connection string) error {
	for _, o := range tx.List("users", "by_connection", connection) {
		if err := removeUser(tx, o); err != nil {
			return err
		}
	}
	return nil
}
