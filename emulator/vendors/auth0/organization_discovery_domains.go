package auth0

import (
	"encoding/base64"
	"strings"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

var discoveryDomains = []spec.Operation{
	{
		ID: "organization_discovery_domains.list", Method: "GET", Path: "/api/v2/organizations/{id}/discovery-domains",
		Summary:    "List the discovery domains of an organization",
		Needs:      []string{"read:organization_discovery_domains"},
		PathParams: []spec.Param{organizationID},
		Query:      checkpointParams,
		Status:     200, Reply: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
			spec.Opt("next", &spec.Schema{Type: spec.String}),
			spec.Req("domains", &spec.Schema{Type: spec.Array, Items: discoveryDomain}),
		}},
		Errors:   []spec.Error{organizationNotFound(belowOrganization)},
		Handle:   listDiscoveryDomains,
		Evidence: spec.Recorded("go-TestOrganizationManager_DiscoveryDomainsCheckpointPagination#4"),
	},
	{
		ID: "organization_discovery_domains.create", Method: "POST", Path: "/api/v2/organizations/{id}/discovery-domains",
		Summary:    "Add a discovery domain to an organization",
		Needs:      []string{"create:organization_discovery_domains"},
		PathParams: []spec.Param{organizationID},
		Body:       newDiscoveryDomain,
		Status:     201, Reply: discoveryDomain,
		Errors: []spec.Error{
			organizationNotFound(spec.Assumed("the specification says: Organization not found.")),
			{
				Code: "discovery_domain_exists", Wire: "-", Status: 409,
				Message: "An organization discovery domain with this domain is already registered to this organization.",
				Class:   spec.Conflict, On: state.ErrConflict,
				Evidence: spec.Documented(specification + "; that it bears no errorCode is assumed"),
			},
		},
		Handle:   createDiscoveryDomain,
		Evidence: spec.Recorded("go-TestOrganizationManager_DiscoveryDomain#1"),
	},
	{
		ID: "organization_discovery_domains.get", Method: "GET", Path: "/api/v2/organizations/{id}/discovery-domains/{discovery_domain_id}",
		Summary:    "Get a discovery domain of an organization",
		Needs:      []string{"read:organization_discovery_domains"},
		PathParams: []spec.Param{organizationID},
		Status:     200, Reply: discoveryDomain,
		Errors: []spec.Error{
			organizationNotFound(belowOrganization),
			discoveryDomainNotFound(spec.Recorded("go-TestOrganizationManager_DeleteDiscoveryDomain#3")),
		},
		Handle:   getDiscoveryDomain,
		Evidence: spec.Recorded("go-TestOrganizationManager_DiscoveryDomain#2"),
	},
	{
		ID: "organization_discovery_domains.get_by_name", Method: "GET", Path: "/api/v2/organizations/{id}/discovery-domains/name/{discovery_domain}",
		Summary: "Get a discovery domain of an organization by its name",
		Needs:   []string{"read:organization_discovery_domains"},
		PathParams: []spec.Param{organizationID, {Name: "discovery_domain", Evidence: spec.ClientCode(sdkSource), Schema: &spec.Schema{
			Type: spec.String, Kind: "discovery_domains.domain", Description: "Domain name of the discovery domain.",
		}}},
		Status: 200, Reply: discoveryDomain,
		Errors: []spec.Error{
			organizationNotFound(belowOrganization),
			discoveryDomainNotFound(spec.Assumed("recorded for an unknown id only")),
		},
		Handle:   getDiscoveryDomainByName,
		Evidence: spec.Recorded("go-TestOrganizationManager_DiscoveryDomain#3"),
	},
	{
		ID: "organization_discovery_domains.update", Method: "PATCH", Path: "/api/v2/organizations/{id}/discovery-domains/{discovery_domain_id}",
		Summary:    "Change a discovery domain of an organization",
		Needs:      []string{"update:organization_discovery_domains"},
		PathParams: []spec.Param{organizationID},
		Body:       changedDiscoveryDomain,
		Status:     200, Reply: discoveryDomain,
		Errors: []spec.Error{
			organizationNotFound(belowOrganization),
			discoveryDomainNotFound(spec.Assumed("what GET answers")),
		},
		Handle:   updateDiscoveryDomain,
		Evidence: spec.Documented(specification),
	},
	{
		ID: "organization_discovery_domains.delete", Method: "DELETE", Path: "/api/v2/organizations/{id}/discovery-domains/{discovery_domain_id}",
		Summary:    "Remove a discovery domain from an organization",
		Needs:      []string{"delete:organization_discovery_domains"},
		PathParams: []spec.Param{organizationID},
		BodyFree:   true,
		Status:     204,
		Errors:     []spec.Error{organizationNotFound(belowOrganization)},
		Handle:     deleteDiscoveryDomain,
		Evidence:   spec.Recorded("go-TestOrganizationManager_DeleteDiscoveryDomain#4"),
	},
}

// discoveryDomainKind holds the domains by which people find their organization; each once in an organization.
var discoveryDomainKind = spec.Kind{
	Name: "discovery_domains",
	Schema: &spec.Schema{Type: spec.Object, Fields: append([]spec.Field{
		spec.Opt("id", &spec.Schema{Type: spec.String, MinLength: 1}),
		spec.Req("organization_id", &spec.Schema{Type: spec.String}),
		spec.Opt("verification_txt", &spec.Schema{Type: spec.String}),
	}, newDiscoveryDomain.Fields...)},
	Refs:     map[string]string{"organization_id": "organizations"},
	Identify: func(d state.Doc) string { return d.Text("id") },
	Parent:   func(d state.Doc) string { return d.Text("organization_id") },
	Unique:   func(o *state.Object) (string, string) { return o.Parent, lower(o, "domain") },
	Key: func(tx *state.Tx, o *state.Object) string {
		return nameOf(tx, "organizations", o.Parent) + " / " + o.Doc.Text("domain")
	},
	Build:    buildDiscoveryDomain,
	Evidence: spec.Recorded("go-TestOrganizationManager_DiscoveryDomain#1"),
}

var (
	discoveryDomainName = &spec.Schema{
		Type: spec.String, MinLength: 3, MaxLength: 255, Evidence: spec.Documented(specification),
		Description: "The domain name to associate with the organization e.g. acme.com.",
	}
	discoveryDomainStatus = &spec.Schema{
		Type: spec.String, Enum: []string{"pending", "verified"}, Default: `"pending"`, Evidence: spec.Recorded("tf-TestAccOrgDiscoveryDomainsImport#2"),
	}
	useForDiscovery = &spec.Schema{
		Type: spec.Boolean, Default: "true", Evidence: spec.Recorded("go-TestOrganizationManager_DiscoveryDomain#1"),
		Description: "Indicates whether this domain should be used for organization discovery.",
	}
	newDiscoveryDomain = &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("domain", discoveryDomainName),
		spec.Opt("status", discoveryDomainStatus),
		spec.Opt("use_for_organization_discovery", useForDiscovery),
	}}
	changedDiscoveryDomain = &spec.Schema{Type: spec.Object, Fields: newDiscoveryDomain.Fields[1:]}
	discoveryDomain        = &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("id", &spec.Schema{Type: spec.String}),
		spec.Req("domain", discoveryDomainName),
		spec.Req("status", discoveryDomainStatus),
		spec.Req("verification_host", &spec.Schema{Type: spec.String}),
		spec.Req("verification_txt", &spec.Schema{Type: spec.String}),
		spec.Req("use_for_organization_discovery", useForDiscovery),
	}}
)

func discoveryDomainNotFound(evidence spec.Evidence) spec.Error {
	return spec.Error{
		Code: "discovery_domain_not_found", Wire: "-", Status: 404, Message: "No organization domain found by that id",
		Class: spec.NotFound, Evidence: evidence,
	}
}

// listDiscoveryDomains pages by the id of the next page's first domain, and writes that cursor before the domains.
func listDiscoveryDomains(c *spec.Call) (spec.Reply, error) {
	if _, err := organizationOf(c); err != nil {
		return spec.Reply{}, err
	}
	w, err := windowOf(c, 50)
	if err != nil {
		return spec.Reply{}, err
	}
	order := ""
	if w.from != "" {
		first, err := c.Tx.Get("discovery_domains", w.from)
		if err != nil || first.Parent != c.Vars["id"] {
			return spec.Reply{}, c.Fail("invalid_query_string", "detail", badCursor)
		}
		order = c.Tx.OrderOf(first)
	}
	page := c.Tx.After("discovery_domains", "discovery_domains", c.Vars["id"], order, "", w.limit+1)
	b := state.NewBuilder()
	if len(page) > w.limit {
		b.Text("next", base64.RawURLEncoding.EncodeToString([]byte(page[w.limit].ID)))
		page = page[:w.limit]
	}
	items := make([]state.Doc, len(page))
	for i, o := range page {
		items[i] = shownDiscoveryDomain(o)
	}
	return spec.Reply{Body: b.List("domains", items).Doc()}, nil
}

func shownDiscoveryDomain(o *state.Object) state.Doc { return o.Doc.Drop("organization_id") }

func createDiscoveryDomain(c *spec.Call) (spec.Reply, error) {
	owner, err := organizationOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	o, err := c.Build("discovery_domains", c.Body.SetText("organization_id", owner.ID))
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: shownDiscoveryDomain(o)}, nil
}

// buildDiscoveryDomain gives an id and what the owner of the domain is to publish in the DNS.
func buildDiscoveryDomain(c *spec.Call, d state.Doc) (state.Doc, error) {
	id, txt := d.Text("id"), d.Text("verification_txt")
	if id == "" {
		id = "ord_" + base58(c, "discovery_domains", 22)
	}
	if txt == "" {
		txt = c.Hex("discovery_domains.txt", 32)
	}
	organization, domain := d.Text("organization_id"), d.Text("domain")
	return state.NewBuilder().Text("id", id).Text("domain", domain).
		Raw("status", rawOr(d, "status", `"pending"`)).
		Text("verification_host", "_ss-verification."+organization+"."+domain).Text("verification_txt", txt).
		Raw("use_for_organization_discovery", rawOr(d, "use_for_organization_discovery", "true")).
		Text("organization_id", organization).Doc(), nil
}

// base58 makes an identifier of n letters and digits without those that look alike.
func base58(c *spec.Call, label string, n int) string {
	out := ""
	for len(out) < n {
		out += strings.Map(func(r rune) rune {
			if strings.ContainsRune("0OIl", r) {
				return -1
			}
			return r
		}, c.ID(label, n))
	}
	return out[:n]
}

func discoveryDomainOf(c *spec.Call) (*state.Object, error) {
	if _, err := organizationOf(c); err != nil {
		return nil, err
	}
	o, err := c.Tx.Get("discovery_domains", c.Vars["discovery_domain_id"])
	if err != nil || o.Parent != c.Vars["id"] {
		return nil, c.Fail("discovery_domain_not_found")
	}
	return o, nil
}

func getDiscoveryDomain(c *spec.Call) (spec.Reply, error) {
	o, err := discoveryDomainOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: shownDiscoveryDomain(o)}, nil
}

func getDiscoveryDomainByName(c *spec.Call) (spec.Reply, error) {
	owner, err := organizationOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	o, err := c.Tx.Named("discovery_domains", owner.ID, strings.ToLower(c.Vars["discovery_domain"]))
	if err != nil {
		return spec.Reply{}, c.Fail("discovery_domain_not_found")
	}
	return spec.Reply{Body: shownDiscoveryDomain(o)}, nil
}

func updateDiscoveryDomain(c *spec.Call) (spec.Reply, error) {
	o, err := discoveryDomainOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	if o, err = c.Tx.Replace(o, o.Doc.Merge(c.Body)); err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: shownDiscoveryDomain(o)}, nil
}

// deleteDiscoveryDomain answers 204 whether or not there was a domain, as recorded.
func deleteDiscoveryDomain(c *spec.Call) (spec.Reply, error) {
	if _, err := organizationOf(c); err != nil {
		return spec.Reply{}, err
	}
	o, err := discoveryDomainOf(c)
	if err != nil {
		return spec.Reply{}, nil
	}
	return spec.Reply{}, c.Tx.Delete("discovery_domains", o.ID)
}
