package atlas

import (
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

var orgs = slices.Concat(
	on(spec.Operation{
		ID: "orgs.list", Method: "GET", Path: "/orgs",
		Summary: "List the organizations that the caller belongs to",
		Needs:   everyRole, Limit: "user",
		Query:  append([]spec.Param{nameFilter}, pageParams...),
		Status: 200, Reply: listOf(org),
		Handle: listOrgs,
	}, onV2, inLegacy, inPublic),
	on(spec.Operation{
		ID: "orgs.create", Method: "POST", Path: "/orgs",
		Summary: "Create an organization, in a federation or in none",
		Needs:   everyRole, Limit: "orgs.create",
		Query: formParams, Body: newOrg,
		Status: 201, Reply: createdOrg,
		Errors: []spec.Error{
			orgTaken,
			refused("API_KEY_AND_SERVICE_ACCOUNT", "either apiKey or serviceAccount may be given",
				specification+" for the rule"),
		},
		Handle: createOrg,
	}, onV2),
	on(spec.Operation{
		ID: "orgs.get", Method: "GET", Path: "/orgs/{orgId}",
		Summary: "Get an organization",
		Needs:   orgRoles, Limit: "user",
		PathParams: []spec.Param{orgIDParam},
		Query:      formParams,
		Status:     200, Reply: org,
		Errors: orgErrors,
		Handle: getOrg,
	}, v2(spec.Recorded("cli:orgs, describe")), inLegacy, inPublic),
	on(spec.Operation{
		ID: "orgs.update", Method: "PATCH", Path: "/orgs/{orgId}",
		Summary: "Change an organization",
		Needs:   owners, Limit: "user",
		PathParams: []spec.Param{orgIDParam},
		Query:      formParams, Body: changedOrg,
		Status: 200, Reply: org,
		Errors: orgErrors,
		Handle: updateOrg,
	}, onV2),
	on(spec.Operation{
		ID: "orgs.delete", Method: "DELETE", Path: "/orgs/{orgId}",
		Summary: "Delete an organization that has no projects",
		Needs:   owners, Limit: "user",
		PathParams: []spec.Param{orgIDParam},
		Query:      formParams, BodyFree: true,
		Status: 204,
		Errors: append([]spec.Error{
			with(spec.Conflict, published("ORG_NOT_EMPTY", 409, "Organization cannot be deleted because it still contains active groups.")),
		}, orgErrors...),
		Handle: deleteOrg,
	}, onV2, inLegacy),
)

// orgKind holds an organization's kind beside the reply's members: it says on which bases the organization answers.
var orgKind = spec.Kind{
	Name: "orgs", Remove: removeOrg,
	Schema: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Opt("id", hexID),
		spec.Req("name", name),
		spec.Opt("kind", &spec.Schema{Type: spec.String, Enum: []string{"atlas", "cloud_manager"}}),
		spec.Opt("skipDefaultAlertsSettings", boolean),
	}},
	Identify: func(d state.Doc) string { return d.Text("id") },
	Key:      func(_ *state.Tx, o *state.Object) string { return o.Doc.Text("name") },
	Build: func(c *spec.Call, d state.Doc) (state.Doc, error) {
		return state.NewBuilder().Text("id", idOf(c, d, "orgs")).Bool("isDeleted", false).Raw("kind", given(d, "kind", "")).
			Raw("name", d.Get("name").Raw).Raw("skipDefaultAlertsSettings", given(d, "skipDefaultAlertsSettings", "false")).Doc(), nil
	},
	Evidence: spec.Recorded("cli:orgs, describe"),
}

// orgUserKind holds who belongs to an organization, by whom a restriction of domains is judged.
var orgUserKind = spec.Kind{
	Name: "org_users",
	Schema: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("orgId", hexID),
		spec.Opt("id", hexID),
		spec.Req("emailAddress", &spec.Schema{Type: spec.String, MinLength: 3}),
		spec.Req("firstName", textSchema),
		spec.Req("lastName", textSchema),
	}},
	Refs:     map[string]string{"orgId": "orgs"},
	Identify: func(d state.Doc) string { return d.Text("orgId") + "/" + d.Text("id") },
	Parent:   func(d state.Doc) string { return d.Text("orgId") },
	Key:      func(_ *state.Tx, o *state.Object) string { return o.Parent + " / " + o.Doc.Text("emailAddress") },
	Build: func(c *spec.Call, d state.Doc) (state.Doc, error) {
		return d.SetText("id", idOf(c, d, "org_users")), nil
	},
	Evidence: spec.Documented(specification + ", FederatedUser"),
}

var (
	nameFilter = spec.Param{Name: "name", Schema: textSchema, Evidence: spec.Documented(specification + ": the start of a name, in any case")}

	org = &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("id", hexID), spec.Req("isDeleted", boolean), linksField, spec.Req("name", name),
		spec.Req("skipDefaultAlertsSettings", boolean),
	}}
	newOrg = &spec.Schema{Type: spec.Object, Evidence: spec.Documented(specification), Fields: []spec.Field{
		spec.Req("name", name),
		spec.Opt("federationSettingsId", &spec.Schema{Type: spec.String, Pattern: hexPattern, Kind: "federation_settings"}),
		spec.Opt("orgOwnerId", hexID),
		spec.Opt("skipDefaultAlertsSettings", boolean),
		spec.Opt("apiKey", &spec.Schema{Type: spec.Object, Fields: []spec.Field{
			spec.Req("desc", &spec.Schema{Type: spec.String, MinLength: 1, MaxLength: 250}), spec.Req("roles", newRoles),
		}}),
		spec.Opt("serviceAccount", &spec.Schema{Type: spec.Object | spec.Null, Fields: []spec.Field{
			spec.Req("description", &spec.Schema{Type: spec.String, MinLength: 1, MaxLength: 250}),
			spec.Req("name", &spec.Schema{Type: spec.String, MinLength: 1, MaxLength: 64}),
			spec.Req("roles", newRoles),
			spec.Req("secretExpiresAfterHours", &spec.Schema{Type: spec.Integer, Min: spec.Int(1)}),
		}}),
	}}
	newRoles = &spec.Schema{Type: spec.Array, MinItems: 1, Items: &spec.Schema{Type: spec.String, Enum: orgRoles}}
	// changedOrg takes what was read, of which only two members change.
	changedOrg = &spec.Schema{Type: spec.Object, Evidence: spec.Documented(specification), Fields: []spec.Field{
		spec.Req("name", name), spec.Opt("skipDefaultAlertsSettings", boolean),
		spec.Opt("id", hexID), spec.Opt("isDeleted", boolean), spec.Opt("links", &spec.Schema{Type: spec.Array}),
	}}
	createdOrg = &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Opt("apiKey", &spec.Schema{Type: spec.Object, Open: true}),
		spec.Req("federationSettingsId", &spec.Schema{Type: spec.String | spec.Null}),
		spec.Req("orgOwnerId", &spec.Schema{Type: spec.String | spec.Null}),
		spec.Req("organization", org),
		spec.Opt("serviceAccount", &spec.Schema{Type: spec.Object, Open: true}),
		spec.Req("skipDefaultAlertsSettings", boolean),
	}}
)

// orgURL is an organization's own URL on the base of the request.
func orgURL(c *spec.Call, id string) string { return c.Base() + prefixOf(c) + "/orgs/" + id }

// prefixOf is the base of the request.
func prefixOf(c *spec.Call) string {
	switch c.Operation.Family {
	case v1Family:
		return v1Prefix
	case publicFamily:
		return publicPrefix
	}
	return v2Prefix
}

func shownOrg(c *spec.Call, o *state.Object) state.Doc {
	self := orgURL(c, o.ID)
	return orgWith(o, link("self", self), link("https://cloud.mongodb.com/groups", self+"/groups"),
		link("https://cloud.mongodb.com/teams", self+"/teams"), link("https://cloud.mongodb.com/users", self+"/users"))
}

func orgWith(o *state.Object, links ...state.Doc) state.Doc {
	return state.NewBuilder().Text("id", o.ID).Raw("isDeleted", o.Doc.Get("isDeleted").Raw).List("links", links).
		Raw("name", o.Doc.Get("name").Raw).Raw("skipDefaultAlertsSettings", o.Doc.Get("skipDefaultAlertsSettings").Raw).Doc()
}

func listOrgs(c *spec.Call) (spec.Reply, error) {
	var mine []*state.Object
	for _, o := range c.Tx.List("orgs", "orgs", "") {
		named := strings.HasPrefix(strings.ToLower(o.Doc.Text("name")), strings.ToLower(c.Query.Get("name")))
		if named && belongs(c, o.ID) == nil && rightBase(c, o) == nil {
			mine = append(mine, o)
		}
	}
	return spec.Reply{Body: page(c, mine, func(o *state.Object) state.Doc { return orgWith(o, link("self", orgURL(c, o.ID))) })}, nil
}

// createOrg makes an organization and what may come with it: its place in a federation, and a key or an account that
// owns it or has other roles in it.
func createOrg(c *spec.Call) (spec.Reply, error) {
	federation, withKey, withAccount := c.Body.Text("federationSettingsId"), c.Body.Has("apiKey"), c.Body.Get("serviceAccount").IsObject()
	if withKey && withAccount {
		return spec.Reply{}, c.Fail("API_KEY_AND_SERVICE_ACCOUNT")
	}
	o, err := c.Build("orgs", c.Body.Pick("name", "skipDefaultAlertsSettings"))
	if err != nil {
		return spec.Reply{}, err
	}
	body := state.NewBuilder()
	var made []string
	if withKey {
		if made, err = keyOfNewOrg(c, o.ID, body); err != nil {
			return spec.Reply{}, err
		}
	}
	if federation != "" {
		if err := connectNewOrg(c, o.ID, federation); err != nil {
			return spec.Reply{}, err
		}
	}
	body.Raw("federationSettingsId", given(c.Body, "federationSettingsId", "null")).Raw("orgOwnerId", given(c.Body, "orgOwnerId", "null")).
		Raw("organization", string(shownOrg(c, o)))
	if withAccount {
		if made, err = accountOfNewOrg(c, o.ID, body); err != nil {
			return spec.Reply{}, err
		}
	}
	return spec.Reply{Bind: made, Body: body.Raw("skipDefaultAlertsSettings", o.Doc.Get("skipDefaultAlertsSettings").Raw).Doc()}, nil
}

func connectNewOrg(c *spec.Call, org, federation string) error {
	if !c.Tx.Has("federation_settings", federation) {
		return missing(c, "federation settings", federation)
	}
	if err := ownsOneOf(c, federation); err != nil {
		return err
	}
	_, err := c.Build("connected_org_configs", state.NewBuilder().Text("federationSettingsId", federation).Text("orgId", org).Doc())
	return err
}

// rolesIn are the roles of a new key or account, held in its organization.
func rolesIn(org string, names []string) []state.Doc {
	roles := make([]state.Doc, len(names))
	for i, role := range names {
		roles[i] = state.NewBuilder().Text("orgId", org).Text("roleName", role).Doc()
	}
	return roles
}

// keyOfNewOrg makes the wished key, writes it into the reply and returns its public half.
func keyOfNewOrg(c *spec.Call, org string, body *state.Builder) ([]string, error) {
	wish := state.Doc(c.Body.Get("apiKey").Raw)
	roles := rolesIn(org, stringsOf(wish.Get("roles")))
	minted, err := mintAPIKey(c, string(state.Array(roles)))
	if err != nil {
		return nil, err
	}
	body.Raw("apiKey", string(state.NewBuilder().Raw("desc", wish.Get("desc").Raw).Text("id", c.Hex("api_keys", 24)).List("links", nil).
		Raw("privateKey", minted.Fields.Get("privateKey").Raw).Raw("publicKey", minted.Fields.Get("publicKey").Raw).List("roles", roles).Doc()))
	return minted.Names, nil
}

// accountOfNewOrg makes the wished service account, writes it into the reply and returns its id.
func accountOfNewOrg(c *spec.Call, org string, body *state.Builder) ([]string, error) {
	wish := state.Doc(c.Body.Get("serviceAccount").Raw)
	roles := wish.Get("roles")
	account, err := c.Build("service_accounts", newServiceAccount(c, string(state.Array(rolesIn(org, stringsOf(roles))))).SetText("name", wish.Text("name")))
	if err != nil {
		return nil, err
	}
	hours := wish.Get("secretExpiresAfterHours").Int()
	secret := state.NewBuilder().Text("createdAt", timestamp(c.Now)).Text("expiresAt", timestamp(hoursLater(c.Now, hours))).
		Text("id", c.Hex("secrets", 24)).Text("secret", account.Doc.Text("clientSecret")).Doc()
	body.Raw("serviceAccount", string(state.NewBuilder().Text("clientId", account.ID).Text("createdAt", timestamp(c.Now)).
		Raw("description", wish.Get("description").Raw).Raw("name", wish.Get("name").Raw).Raw("roles", roles.Raw).
		List("secrets", []state.Doc{secret}).Doc()))
	return []string{account.ID}, nil
}

func getOrg(c *spec.Call) (spec.Reply, error) {
	o, err := orgOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	if err := belongs(c, o.ID); err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: shownOrg(c, o)}, nil
}

// ownOrg is the organization of a path, which the caller must own.
func ownOrg(c *spec.Call) (*state.Object, error) {
	o, err := orgOf(c)
	if err != nil {
		return nil, err
	}
	return o, owns(c, o.ID)
}

func updateOrg(c *spec.Call) (spec.Reply, error) {
	o, err := ownOrg(c)
	if err != nil {
		return spec.Reply{}, err
	}
	if o, err = c.Tx.Replace(o, o.Doc.Merge(c.Body.Pick("name", "skipDefaultAlertsSettings"))); err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: shownOrg(c, o)}, nil
}

// deleteOrg removes an organization with its users and its place in a federation.
func deleteOrg(c *spec.Call) (spec.Reply, error) {
	o, err := ownOrg(c)
	if err != nil {
		return spec.Reply{}, err
	}
	if c.Tx.Count("groups", "groups", o.ID) > 0 {
		return spec.Reply{}, c.Fail("ORG_NOT_EMPTY")
	}
	return spec.Reply{}, removeOrg(c.Tx, o)
}

// removeOrg deletes an organization with all that is in it. Keys and accounts keep their roles in it, which open nothing:
// those that have none may do everything.
func removeOrg(tx *state.Tx, o *state.Object) error {
	for _, kind := range []string{"org_users", "groups"} {
		if err := deleteBelow(tx, kind, o.ID); err != nil {
			return err
		}
	}
	if config, err := tx.Get("connected_org_configs", o.ID); err == nil {
		if err := disconnect(tx, config); err != nil {
			return err
		}
	}
	return tx.Delete("orgs", o.ID)
}

// deleteBelow removes every object of a kind under a parent.
func deleteBelow(tx *state.Tx, kind, parent string) error {
	for _, o := range tx.List(kind, kind, parent) {
		if err := tx.Delete(kind, o.ID); err != nil {
			return err
		}
	}
	return nil
}
