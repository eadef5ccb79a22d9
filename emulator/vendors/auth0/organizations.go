package auth0

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

var organizations = []spec.Operation{
	{
		ID: "organizations.list", Method: "GET", Path: "/api/v2/organizations",
		Summary: "List organizations",
		Needs:   []string{"read:organizations", "read:organizations_summary"},
		Limit:   "organizations.list",
		Query: append([]spec.Param{
			{Name: "sort", Evidence: spec.Documented(specification), Schema: &spec.Schema{Type: spec.String, Pattern: sortPattern, Example: `"name:1"`}},
			{Name: "include_client_association_for", Evidence: spec.Recorded("tf:TestAccDataSourceOrganizations"), Schema: &spec.Schema{Type: spec.String}},
		}, offsetAndCheckpoint...),
		Status: 200, Reply: pageOf("organizations", listedOrganization),
		Errors:   []spec.Error{pageBound},
		Handle:   listOrganizations,
		Evidence: spec.Recorded("go-TestOrganizationManager_ListCheckpointPagination#3"),
	},
	{
		ID: "organizations.create", Method: "POST", Path: "/api/v2/organizations",
		Summary: "Create an organization",
		Needs:   []string{"create:organizations"},
		Limit:   "organizations.write",
		Body:    newOrganization,
		Status:  201, Reply: createdOrganization,
		Errors: append([]spec.Error{
			organizationExists(spec.Documented(specification + " for the message; the code is by analogy with connection_conflict")),
			{
				Code: "enabled_connection_not_found", Wire: "invalid_body", Status: 400, Message: "Connections: {id} not found.",
				Sample:   []string{"id", "undefined"},
				Evidence: spec.Documented("auth0-b2b-saas-starter issue 53 for the message; the status is assumed"),
			},
			{
				Code: "enabled_connection_twice", Wire: "invalid_body", Status: 400,
				Message:  "Payload validation error: 'Array items are not unique' on property enabled_connections[{index}].",
				Sample:   []string{"index", "1"},
				Evidence: spec.Assumed("nothing is known of a connection that is named twice; refused whole"),
			},
		}, organizationConnectionRules(spec.Assumed("recorded for the older family's PATCH only"))...),
		Handle:   createOrganization,
		Evidence: spec.Recorded("tf-TestAccOrganizationConnection#4"),
	},
	{
		ID: "organizations.get", Method: "GET", Path: "/api/v2/organizations/{id}",
		Summary:    "Get an organization",
		Needs:      []string{"read:organizations"},
		Limit:      "organizations.get",
		PathParams: []spec.Param{organizationID},
		Status:     200, Reply: organization,
		Errors:   []spec.Error{organizationNotFound(spec.Recorded("tf-TestAccDataSourceOrganizationNonexistentID#0"))},
		Handle:   getOrganization,
		Evidence: spec.Recorded("tf-TestAccOrganizationConnection#5"),
	},
	{
		ID: "organizations.get_by_name", Method: "GET", Path: "/api/v2/organizations/name/{name}",
		Summary: "Get an organization by its name",
		Needs:   []string{"read:organizations"},
		Limit:   "organizations.get_by_name",
		PathParams: []spec.Param{{Name: "name", Evidence: spec.Documented(specification), Schema: &spec.Schema{
			Type: spec.String, MinLength: 1, MaxLength: 50, Kind: "organizations.name", Description: "name of the organization to retrieve.",
		}}},
		Status: 200, Reply: organization,
		Errors:   []spec.Error{organizationNotFound(spec.Assumed("recorded for an unknown id only"))},
		Handle:   getOrganizationByName,
		Evidence: spec.Recorded("tf-TestAccClientWithDefaultOrganization#2"),
	},
	{
		ID: "organizations.update", Method: "PATCH", Path: "/api/v2/organizations/{id}",
		Summary:    "Change an organization",
		Needs:      []string{"update:organizations"},
		Limit:      "organizations.write",
		PathParams: []spec.Param{organizationID},
		Body:       changedOrganization,
		Status:     200, Reply: organization,
		Errors: []spec.Error{
			organizationNotFound(spec.Assumed("what GET and DELETE answer")),
			organizationExists(spec.Assumed("the specification lists no 409 for a change; what a creation answers")),
		},
		Handle:   updateOrganization,
		Evidence: spec.Recorded("tf-TestAccOrganizationTokenQuota#4"),
	},
	{
		ID: "organizations.delete", Method: "DELETE", Path: "/api/v2/organizations/{id}",
		Summary:    "Delete an organization with all that hangs on it",
		Needs:      []string{"delete:organizations"},
		Limit:      "organizations.write",
		PathParams: []spec.Param{organizationID},
		BodyFree:   true,
		Status:     204,
		Errors:     []spec.Error{organizationNotFound(spec.Recorded("go-TestOrganizationManager_Delete#3"))},
		Handle:     deleteOrganization,
		Evidence:   spec.Recorded("go-TestOrganizationManager_Delete#1"),
	},
}

// organizationKind holds created_at beside the reply's members: checkpoints order by it.
var organizationKind = spec.Kind{
	Name: "organizations", Remove: removeOrganization,
	Schema: &spec.Schema{Type: spec.Object, Fields: slices.Concat([]spec.Field{
		spec.Opt("id", &spec.Schema{Type: spec.String, Pattern: idPattern("org_", 16)}),
		spec.Opt("created_at", &spec.Schema{Type: spec.String}),
	}, organizationFields)},
	Identify: func(d state.Doc) string { return d.Text("id") },
	Order:    organizationPlace,
	Unique:   func(o *state.Object) (string, string) { return "", o.Doc.Text("name") },
	Key:      func(_ *state.Tx, o *state.Object) string { return o.Doc.Text("name") },
	Build:    buildOrganization,
	Evidence: spec.Recorded("tf-TestAccOrganizationConnection#5"),
}

// belowOrganizations are the kinds that go with their organization.
var belowOrganizations = []string{
	"organization_connections", "members", "waiting_roles", "invitations",
	"organization_clients", "organization_client_grants", "discovery_domains",
}

func organizationExists(evidence spec.Evidence) spec.Error {
	return spec.Error{
		Code: "organization_conflict", Status: 409, Message: "An organization with this name already exists.",
		Class: spec.Conflict, On: state.ErrConflict, Evidence: evidence,
	}
}

func listOrganizations(c *spec.Call) (spec.Reply, error) {
	w, err := windowOf(c, 50)
	if err != nil {
		return spec.Reply{}, err
	}
	if w.checkpoint {
		return organizationsAfter(c, w)
	}
	var page []*state.Object
	if field, direction, sorted := strings.Cut(c.Query.Get("sort"), ":"); sorted {
		page = sortedOrganizations(c, field, direction == "-1", w)
	} else {
		page = c.Tx.Page("organizations", "organizations", "", w.offset, w.limit)
	}
	return spec.Reply{Body: w.listed("organizations", listedOrganizations(c, page), c.Tx.Count("organizations", "organizations", ""))}, nil
}

func sortedOrganizations(c *spec.Call, field string, down bool, w window) []*state.Object {
	all := c.Tx.List("organizations", "organizations", "")
	slices.SortStableFunc(all, func(a, b *state.Object) int {
		order := strings.Compare(a.Doc.Text(field), b.Doc.Text(field))
		if down {
			return -order
		}
		return order
	})
	return all[min(w.offset, len(all)):min(w.offset+w.limit, len(all))]
}

// organizationsAfter pages by checkpoint: the cursor names the last organization shown, and is absent on the last page.
// It is the list's order, so it holds when that organization is gone.
func organizationsAfter(c *spec.Call, w window) (spec.Reply, error) {
	order := ""
	if w.from != "" {
		if at, _, found := strings.Cut(w.from, ","); !found || !isCursorTime(at) {
			return spec.Reply{}, c.Fail("invalid_query_string", "detail", badCursor)
		}
		order = w.from + "\x00"
	}
	page := c.Tx.After("organizations", "organizations", "", order, "", w.limit+1)
	if len(page) <= w.limit {
		return spec.Reply{Body: state.NewBuilder().List("organizations", listedOrganizations(c, page)).Doc()}, nil
	}
	page = page[:w.limit]
	return spec.Reply{Body: state.NewBuilder().List("organizations", listedOrganizations(c, page)).
		Text("next", encoded(organizationPlace(page[w.limit-1]))).Doc()}, nil
}

// organizationPlace is an organization's place in checkpoints: by creation, then by id.
func organizationPlace(o *state.Object) string { return cursorText(o.Doc.Text("created_at"), o.ID) }

func listedOrganizations(c *spec.Call, page []*state.Object) []state.Doc {
	items := make([]state.Doc, len(page))
	client := c.Query.Get("include_client_association_for")
	for i, o := range page {
		items[i] = shownOrganization(o)
		if client == "" {
			continue
		}
		if link, err := c.Tx.Get("organization_clients", relation(o.ID, client)); err == nil {
			items[i] = items[i].Set("client", string(link.Doc.Pick("use_for_member_access")))
		}
	}
	return items
}

func createOrganization(c *spec.Call) (spec.Reply, error) {
	o, err := c.Build("organizations", c.Body.Drop("enabled_connections"))
	if err != nil {
		return spec.Reply{}, err
	}
	created := o.Doc.Pick("id", "display_name", "name", "branding", "metadata", "token_quota", "third_party_client_access", "is_app_entitlement_active")
	if quota := c.Body.Get("token_quota"); created.Has("token_quota") {
		created = created.Set("token_quota", quota.Raw) // echoed as it was sent; later reads reorder it
	}
	if !c.Body.Has("enabled_connections") {
		return spec.Reply{Body: created}, nil
	}
	enabled, err := enableConnections(c, o.ID)
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: created.Set("enabled_connections", string(state.Array(enabled)))}, nil
}

// enableConnections relates a new organization to the connections that its creation names, which needs a scope of its own.
func enableConnections(c *spec.Call, organization string) ([]state.Doc, error) {
	if need := "create:organization_connections"; !c.Caller.May([]string{need}) {
		return nil, c.Fail("insufficient_scope", "scopes", need)
	}
	var enabled []state.Doc
	for i, item := range c.Body.Get("enabled_connections").Array() {
		link := state.Doc(item.Raw)
		id := link.Text("connection_id")
		if !c.Tx.Has("connections", id) {
			return nil, c.Fail("enabled_connection_not_found", "id", id)
		}
		if c.Tx.Has("organization_connections", relation(organization, id)) {
			return nil, c.Fail("enabled_connection_twice", "index", strconv.Itoa(i))
		}
		built, err := c.Build("organization_connections", link.SetText("organization_id", organization))
		if err != nil {
			return nil, err
		}
		enabled = append(enabled, shownEnabledConnection(built))
	}
	return enabled, nil
}

// buildOrganization gives an id, a display name and the newer tenants' defaults. What is empty is not kept.
func buildOrganization(c *spec.Call, d state.Doc) (state.Doc, error) {
	b := state.NewBuilder().Text("id", d.Text("id"))
	if !d.Has("id") {
		b = state.NewBuilder().Text("id", "org_"+c.ID("organizations", 16))
	}
	created := d.Text("created_at")
	if created == "" {
		created = microsecond(c.Now)
	}
	return b.Raw("name", d.Get("name").Raw).
		Raw("display_name", rawOr(d, "display_name", d.Get("name").Raw)).
		Raw("branding", kept(d.Get("branding"))).
		Raw("metadata", kept(d.Get("metadata"))).
		Raw("token_quota", quotaInOrder(d)).
		Raw("third_party_client_access", rawOr(d, "third_party_client_access", `"block"`)).
		Raw("is_app_entitlement_active", rawOr(d, "is_app_entitlement_active", "false")).
		Text("created_at", created).Doc(), nil
}

// quotaInOrder is a document's token quota as reads give it, "" for none.
func quotaInOrder(d state.Doc) string {
	limits := d.Get("token_quota", "client_credentials")
	if !limits.Exists() {
		return ""
	}
	return string(state.NewBuilder().Raw("client_credentials", string(state.Doc(limits.Raw).Pick("per_hour", "per_day", "enforce"))).Doc())
}

// kept is the JSON of an object that is neither null nor empty, else "": replies omit it.
func kept(value gjson.Result) string {
	if value.Type == gjson.Null || value.Raw == "{}" {
		return ""
	}
	return value.Raw
}

// timestamp is a time as Auth0 writes it.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func shownOrganization(o *state.Object) state.Doc {
	return o.Doc.Pick("id", "name", "display_name", "branding", "metadata", "token_quota", "third_party_client_access", "is_app_entitlement_active")
}

func organizationOf(c *spec.Call) (*state.Object, error) {
	o, err := c.Tx.Get("organizations", c.Vars["id"])
	if err != nil {
		return nil, c.Fail("organization_not_found")
	}
	return o, nil
}

func getOrganization(c *spec.Call) (spec.Reply, error) {
	o, err := organizationOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: shownOrganization(o)}, nil
}

func getOrganizationByName(c *spec.Call) (spec.Reply, error) {
	o, err := c.Tx.Named("organizations", "", c.Vars["name"])
	if err != nil {
		return spec.Reply{}, c.Fail("organization_not_found")
	}
	return spec.Reply{Body: shownOrganization(o)}, nil
}

// updateOrganization merges the top level: metadata and branding are replaced whole; null and {} remove.
func updateOrganization(c *spec.Call) (spec.Reply, error) {
	o, err := organizationOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	changed := o.Doc.Merge(c.Body)
	for _, name := range []string{"branding", "metadata", "token_quota"} {
		if kept(changed.Get(name)) == "" {
			changed = changed.Drop(name)
		}
	}
	if quota := quotaInOrder(changed); quota != "" {
		changed = changed.Set("token_quota", quota)
	}
	if o, err = c.Tx.Replace(o, changed); err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: o.Doc.Pick("branding", "id", "display_name", "name", "metadata", "token_quota",
		"third_party_client_access", "is_app_entitlement_active")}, nil
}

func deleteOrganization(c *spec.Call) (spec.Reply, error) {
	o, err := organizationOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{}, removeOrganization(c.Tx, o)
}

// removeOrganization deletes an organization with all that is in it.
func removeOrganization(tx *state.Tx, organization *state.Object) error {
	for _, kind := range belowOrganizations {
		if err := deleteListed(tx, kind, kind, organization.ID); err != nil {
			return err
		}
	}
	if err := removeRolesOf(tx, organization.ID); err != nil {
		return err
	}
	return tx.Delete("organizations", organization.ID)
}

// deleteListed removes every object of a list under a parent.
func deleteListed(tx *state.Tx, kind, list, parent string) error {
	for _, o := range tx.List(kind, list, parent) {
		if err := tx.Delete(kind, o.ID); err != nil {
			return err
		}
	}
	return nil
}
