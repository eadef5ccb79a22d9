package qovery

import (
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

var organizations = []spec.Operation{
	{
		ID: "organizations.list", Method: "GET", Path: "/organization",
		Summary: "List the caller's organizations",
		Needs:   anyone, QueryOpen: true,
		Status: 200, Reply: results(organization),
		Handle:   listOrganizations,
		Evidence: spec.Documented(specification + "; that every role may is assumed" + retention),
	},
	{
		ID: "organizations.create", Method: "POST", Path: "/organization",
		Summary: "Create an organization",
		Needs:   anyone, QueryOpen: true,
		Body:   changedOrganization,
		Status: 201, Reply: organization,
		Errors:   []spec.Error{nameTaken("Organization name is already taken", spec.Documented(specification+" for the status and the words; the body is assumed"))},
		Handle:   createOrganization,
		Evidence: spec.Documented(specification + "; that every role may, and that a blank name is refused, is assumed" + retention),
	},
	{
		ID: "organizations.get", Method: "GET", Path: "/organization/{organizationId}",
		Summary: "Get an organization",
		Needs:   anyone, QueryOpen: true,
		PathParams: []spec.Param{organizationID},
		Status:     200, Reply: organization,
		Handle:   getOrganization,
		Evidence: spec.Documented(specification + "; that every role may is assumed" + retention),
	},
	{
		ID: "organizations.update", Method: "PUT", Path: "/organization/{organizationId}",
		Summary: "Change an organization",
		Needs:   admins, QueryOpen: true,
		PathParams: []spec.Param{organizationID},
		Body:       changedOrganization,
		Status:     200, Reply: organization,
		Errors:   []spec.Error{nameTaken("Organization name is already taken", spec.Documented(specification+" for the status and the words; the body is assumed"))},
		Handle:   updateOrganization,
		Evidence: spec.Documented(specification + ", which has the plan among what is required and not among the members; that it is one of those of a creation, and that members that are left out are gone, is assumed" + retention),
	},
	{
		ID: "organizations.delete", Method: "DELETE", Path: "/organization/{organizationId}",
		Summary: "Delete an organization with all that is in it",
		Needs:   admins, QueryOpen: true,
		PathParams: []spec.Param{organizationID},
		BodyFree:   true,
		Status:     204,
		Handle:     deleteOrganization,
		Evidence:   spec.Documented(specification),
	},
}

var (
	plans = []string{"FREE", "TEAM", "TEAM_YEARLY", "ENTERPRISE", "ENTERPRISE_YEARLY", "PROFESSIONAL", "BUSINESS", "USER_2025", "TEAM_2025", "BUSINESS_2025", "ENTERPRISE_2025"}
	plan  = &spec.Schema{Type: spec.String, Enum: plans}

	// retention is what every reply with an organization assumes.
	retention = "; that audit logs are kept for 30 days on every plan is assumed"

	changedOrganization = body(append([]spec.Field{spec.Req("name", notBlank), spec.Req("plan", plan)}, organizationProfile...)...)

	organizationProfile = []spec.Field{
		spec.Opt("description", maybeText), spec.Opt("website_url", maybeText), spec.Opt("repository", maybeText),
		spec.Opt("logo_url", maybeText), spec.Opt("icon_url", maybeText), spec.Opt("admin_emails", emails),
	}
	organization = &spec.Schema{Type: spec.Object, Fields: slices.Concat([]spec.Field{
		spec.Req("id", uuid), spec.Req("created_at", text), spec.Req("updated_at", text), spec.Req("name", text), spec.Req("plan", plan), spec.Req("owner", uuid),
		spec.Req("billing_deployment_restriction", maybeText),
		spec.Req("organization_plan", &spec.Schema{Type: spec.Object, Fields: []spec.Field{spec.Req("plan", plan), spec.Req("audit_logs_retention_in_days", &spec.Schema{Type: spec.Number})}}),
	}, organizationProfile)}

	// named are clusters and projects: of them the emulator knows what custom roles speak of.
	named = &spec.Schema{Type: spec.Array, Items: &spec.Schema{Type: spec.Object, Fields: []spec.Field{spec.Req("id", uuid), spec.Req("name", nonEmpty)}}}
)

// organizationKind holds clusters and projects, which no reply of the organization shows.
var organizationKind = spec.Kind{
	Name: "organizations",
	Schema: &spec.Schema{Type: spec.Object, Fields: slices.Concat([]spec.Field{
		spec.Opt("id", uuid), spec.Req("name", nonEmpty), spec.Opt("plan", plan), spec.Opt("owner", uuid),
		spec.Opt("created_at", text), spec.Opt("updated_at", text), spec.Opt("clusters", named), spec.Opt("projects", named),
	}, organizationProfile)},
	Identify: func(d state.Doc) string { return d.Text("id") },
	Unique:   func(o *state.Object) (string, string) { return "", strings.ToLower(o.Doc.Text("name")) },
	Key:      func(_ *state.Tx, o *state.Object) string { return o.Doc.Text("name") },
	Build:    buildOrganization,
	Evidence: spec.Documented(specification),
}

// belowOrganizations are the kinds whose objects go with their organization.
var belowOrganizations = []string{"custom_roles", "members", "enterprise_connections", "api_tokens"}

func buildOrganization(c *spec.Call, doc state.Doc) (state.Doc, error) {
	if doc.Has("id") {
		doc = doc.SetText("id", strings.ToLower(doc.Text("id")))
	}
	return state.NewBuilder().Text("id", newUUID(c, "organizations")).Text("created_at", stamp(c.Now)).Text("updated_at", stamp(c.Now)).
		Text("plan", "ENTERPRISE_2025").Text("owner", derivedUUID(c.Caller.Name, "user")).Doc().Merge(doc), nil
}

// shownOrganization adds what follows from the plan. How long audit logs are kept is assumed to be the same for all.
func shownOrganization(o *state.Object) state.Doc {
	plan := state.NewBuilder().Text("plan", o.Doc.Text("plan")).Int("audit_logs_retention_in_days", 30).Doc()
	return o.Doc.Pick("id", "created_at", "updated_at", "name", "description", "plan", "website_url", "repository", "logo_url", "icon_url", "admin_emails", "owner").
		Set("billing_deployment_restriction", "null").Set("organization_plan", string(plan))
}

// organizationOf is the organization of the path. One that is not there, or not the caller's, is forbidden.
func organizationOf(c *spec.Call) (*state.Object, error) {
	id := strings.ToLower(c.Vars["organizationId"])
	o, err := c.Tx.Get("organizations", id)
	if at := home(c); err != nil || at != "" && at != id {
		return nil, c.Fail("organization_not_found")
	}
	return o, nil
}

func listOrganizations(c *spec.Call) (spec.Reply, error) {
	all := []state.Doc{}
	at := home(c)
	for _, o := range c.Tx.List("organizations", "organizations", "") {
		if at == "" || at == o.ID {
			all = append(all, shownOrganization(o))
		}
	}
	return listed(all), nil
}

// known are the members of a request that its schema names.
func known(c *spec.Call) state.Doc {
	var names []string
	for _, f := range c.Operation.Body.Fields {
		names = append(names, f.Name)
	}
	return c.Body.Pick(names...)
}

func createOrganization(c *spec.Call) (spec.Reply, error) {
	o, err := c.Build("organizations", known(c))
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: shownOrganization(o)}, nil
}

func getOrganization(c *spec.Call) (spec.Reply, error) {
	o, err := organizationOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: shownOrganization(o)}, nil
}

func updateOrganization(c *spec.Call) (spec.Reply, error) {
	o, err := organizationOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	var profile []string
	for _, f := range organizationProfile {
		profile = append(profile, f.Name)
	}
	changed := o.Doc.Drop(profile...).Merge(known(c)).SetText("updated_at", stamp(c.Now)) // a PUT: what is left out is gone
	if o, err = c.Tx.Replace(o, changed); err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: shownOrganization(o)}, nil
}

func deleteOrganization(c *spec.Call) (spec.Reply, error) {
	o, err := organizationOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	for _, kind := range belowOrganizations {
		for _, below := range c.Tx.List(kind, kind, o.ID) {
			if err := c.Tx.Delete(kind, below.ID); err != nil {
				return spec.Reply{}, err
			}
		}
	}
	return spec.Reply{}, c.Tx.Delete("organizations", o.ID)
}
