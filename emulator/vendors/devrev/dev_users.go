package devrev

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

var devUsers = slices.Concat(
	twins(spec.Operation{
		ID: "dev_users.self", Path: "/dev-users.self",
		Summary: "Get the user whose token calls",
		Needs:   []string{admin, member}, QueryOpen: true,
		Status: 200, Reply: within("dev_user", shownDevUser),
		Handle:   getSelf,
		Evidence: spec.Documented(specification),
	}, nil, nothing),
	twins(spec.Operation{
		ID: "dev_users.get", Path: "/dev-users.get",
		Summary: "Get a user of the organization",
		Needs:   []string{admin, member}, QueryOpen: true,
		Status: 200, Reply: within("dev_user", shownDevUser),
		Errors:   []spec.Error{notFound},
		Handle:   getDevUser,
		Evidence: spec.Documented(specification),
	}, []spec.Param{{Name: "id", Required: true, Schema: devUserID, Evidence: spec.Documented(specification)}}, within("id", devUserID)),
	twins(spec.Operation{
		ID: "dev_users.list", Path: "/dev-users.list",
		Summary: "List the users of the organization",
		Needs:   []string{admin, member}, QueryOpen: true,
		Status: 200, Reply: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
			spec.Req("dev_users", &spec.Schema{Type: spec.Array, Items: shownDevUser}),
			spec.Opt("next_cursor", text), spec.Opt("prev_cursor", text),
		}},
		Errors: []spec.Error{
			badRequest("unknown_cursor", "the cursor is not one that a list answered with", "cursors are opaque; the answer to others is not stated"),
		},
		Handle:   listDevUsers,
		Evidence: spec.Documented(specification + "; the fields that it sorts by are assumed"),
	}, listParams, listBody),
)

var userStates = []string{"active", "deactivated", "deleted", "locked", "shadow", "unassigned"}

var (
	userState     = &spec.Schema{Type: spec.String, Enum: userStates}
	externalOne   = &spec.Schema{Type: spec.Object, Fields: []spec.Field{spec.Opt("display_name", text), spec.Opt("id", text), spec.Opt("is_verified", &spec.Schema{Type: spec.Boolean}), spec.Opt("issuer", text)}}
	externals     = &spec.Schema{Type: spec.Array, Items: externalOne}
	devUserID     = &spec.Schema{Type: spec.String, Format: &spec.Pattern{Text: "DON", Is: isDON}, Kind: "dev_users"}
	devUserFields = []spec.Field{
		spec.Req("email", text), spec.Opt("full_name", text), spec.Opt("display_name", text), spec.Opt("state", userState),
		spec.Opt("external_identities", externals), spec.Opt("created_date", dateTime), spec.Opt("modified_date", dateTime),
	}
	shownDevUser = &spec.Schema{Type: spec.Object, Fields: append([]spec.Field{spec.Req("id", text), spec.Req("display_id", text)}, devUserFields...)}
)

// devUserKind holds the role, which no reply shows.
var devUserKind = spec.Kind{
	Name: "dev_users",
	Schema: &spec.Schema{Type: spec.Object, Fields: append([]spec.Field{
		spec.Opt("id", &spec.Schema{Type: spec.String, Format: donOf("devu")}),
		spec.Opt("display_id", text),
		spec.Opt("role", &spec.Schema{Type: spec.String, Enum: []string{admin, member}}),
	}, devUserFields...)},
	Identify: func(d state.Doc) string { return d.Text("id") },
	Unique:   func(o *state.Object) (string, string) { return "", strings.ToLower(o.Doc.Text("email")) },
	Key:      func(_ *state.Tx, o *state.Object) string { return o.Doc.Text("email") },
	Build:    buildDevUser,
	Evidence: spec.Documented(specification),
}

func buildDevUser(c *spec.Call, doc state.Doc) (state.Doc, error) {
	org := devOrg(c.Tx)
	if org == nil {
		return "", fmt.Errorf("a dev user needs a dev org: name one under dev_orgs")
	}
	number := strconv.Itoa(c.Tx.Count("dev_users", "dev_users", "") + 1)
	if id := doc.Text("id"); id != "" {
		number = id[strings.LastIndexByte(id, '/')+1:]
	}
	name, _, _ := strings.Cut(doc.Text("email"), "@")
	if full := doc.Text("full_name"); full != "" {
		name = full
	}
	return state.NewBuilder().Text("id", org.ID+":devu/"+number).Text("display_id", "DEVU-"+number).
		Text("display_name", name).Text("state", "active").Text("role", member).
		Text("created_date", stamp(c.Now)).Text("modified_date", stamp(c.Now)).Doc().Merge(doc), nil
}

func shownUser(o *state.Object) state.Doc {
	return o.Doc.Pick("id", "display_id", "display_name", "full_name", "email", "state", "external_identities", "created_date", "modified_date")
}

func getSelf(c *spec.Call) (spec.Reply, error) {
	user, err := c.Tx.Get("dev_users", c.Caller.Name)
	if err != nil {
		return spec.Reply{}, c.Fail("forbidden") // the token's user is gone
	}
	return wrap("dev_user", shownUser(user)), nil
}

func getDevUser(c *spec.Call) (spec.Reply, error) {
	id := argument(c, "id")
	if donType(id) != "devu" {
		return spec.Reply{}, c.Fail("unexpected_id_type", "detail", string(state.NewBuilder().
			Text("field_name", "id").Text("value", id).Raw("allowed_types", `["dev_user"]`).Doc()))
	}
	user, err := c.Tx.Get("dev_users", id)
	if err != nil {
		return spec.Reply{}, err
	}
	return wrap("dev_user", shownUser(user)), nil
}
