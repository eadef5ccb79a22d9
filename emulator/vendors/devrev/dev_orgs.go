package devrev

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

var devOrgs = slices.Concat(
	twins(spec.Operation{
		ID: "dev_orgs.get", Path: "/dev-orgs.get",
		Summary: "Get the caller's organization",
		Needs:   []string{admin, member}, QueryOpen: true,
		Status: 200, Reply: within("dev_org", shownDevOrg),
		Errors:   []spec.Error{notFound},
		Handle:   getDevOrg,
		Evidence: spec.Documented(specification + "; dev_slug: " + sdk),
	}, nil, nothing),
	[]spec.Operation{{
		ID: "dev_orgs.self", Method: "GET", Path: "/internal/dev-orgs.self.get",
		Summary: "Get the caller's organization, for the name that SAML connections start with",
		Needs:   []string{admin, member}, QueryOpen: true,
		Status: 200, Reply: within("dev_org", shownDevOrg),
		Handle:   getDevOrg,
		Evidence: spec.Documented("DevRev support article ART-21858 for the path; that the body is that of dev-orgs.get is assumed"),
	}},
)

var shownDevOrg = &spec.Schema{Type: spec.Object, Fields: []spec.Field{
	spec.Req("id", text), spec.Req("display_id", text), spec.Req("display_name", text), spec.Req("dev_slug", text),
	spec.Req("created_date", dateTime), spec.Req("modified_date", dateTime),
}}

// devOrgKind is the one organization of a world. toggle and deactivated are ours: they say by which rule connections are
// enabled, and that every token is refused.
var devOrgKind = spec.Kind{
	Name: "dev_orgs",
	Schema: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Opt("id", &spec.Schema{Type: spec.String, Format: donOf("devo")}),
		spec.Opt("display_id", text),
		spec.Req("display_name", text),
		spec.Opt("dev_slug", text),
		spec.Opt("created_date", dateTime), spec.Opt("modified_date", dateTime),
		spec.Opt("toggle", &spec.Schema{Type: spec.String, Enum: []string{"at_least_one", "exclusive"}}),
		spec.Opt("deactivated", &spec.Schema{Type: spec.Boolean}),
	}},
	Identify: func(d state.Doc) string { return d.Text("id") },
	Key:      func(_ *state.Tx, o *state.Object) string { return o.Doc.Text("display_name") },
	Build:    buildDevOrg,
	Evidence: spec.Documented(specification),
}

// donOf is the format of a DON whose last part is an object of a type, such as don:identity:dvrv-us-1:devo/0:devu/1.
func donOf(object string) *spec.Pattern {
	return &spec.Pattern{Text: "DON of a " + object, Is: func(s string) bool { return isDON(s) && donType(s) == object }}
}

// isDON takes don, a service, a partition, and one or more objects as type/id.
func isDON(s string) bool {
	parts := strings.Split(s, ":")
	if len(parts) < 4 || parts[0] != "don" || parts[1] == "" || parts[2] == "" {
		return false
	}
	return !slices.ContainsFunc(parts[3:], func(part string) bool {
		object, id, found := strings.Cut(part, "/")
		return !found || object == "" || id == ""
	})
}

// donType is the type of what a DON names.
func donType(don string) string {
	object, _, _ := strings.Cut(don[strings.LastIndexByte(don, ':')+1:], "/")
	return object
}

const timestamp = "2006-01-02T15:04:05.000Z"

func stamp(t time.Time) string { return t.UTC().Format(timestamp) }

func buildDevOrg(c *spec.Call, doc state.Doc) (state.Doc, error) {
	if devOrg(c.Tx) != nil {
		return "", fmt.Errorf("a world has one dev org: the one that its tokens belong to")
	}
	id := doc.Text("id")
	if id == "" {
		id = "don:identity:dvrv-us-1:devo/" + c.ID("dev_orgs", 8)
	}
	oid := id[strings.LastIndexByte(id, '/')+1:]
	slug := strings.Join(strings.FieldsFunc(strings.ToLower(doc.Text("display_name")), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}), "-")
	return state.NewBuilder().Text("id", id).Text("display_id", "DEV-"+oid).Text("dev_slug", slug).
		Text("created_date", stamp(c.Now)).Text("modified_date", stamp(c.Now)).Doc().Merge(doc), nil
}

// devOrg is the world's organization, or nil.
func devOrg(tx *state.Tx) *state.Object {
	page := tx.Page("dev_orgs", "dev_orgs", "", 0, 1)
	if len(page) == 0 {
		return nil
	}
	return page[0]
}

func getDevOrg(c *spec.Call) (spec.Reply, error) {
	return wrap("dev_org", devOrg(c.Tx).Doc.Pick("id", "display_id", "display_name", "dev_slug", "created_date", "modified_date")), nil
}
