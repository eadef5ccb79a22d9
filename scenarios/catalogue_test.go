package scenarios_test

import "github.com/understudy-dev/understudy/scenarios"

// catalogue is small, and has one of each case that checks go by.
func catalogue() scenarios.Catalogue {
	row := func(id, vendor string, reads bool, intents ...scenarios.Intent) scenarios.Operation {
		return scenarios.Operation{
			ID: vendor + "." + id, Vendor: vendor, Reads: reads, Intents: intents,
			Codes:   []string{"not_found", "too_many_requests", "internal_error"},
			Classes: []string{"throttled", "unauthenticated", "not_found", "internal", "unavailable"},
			Ends:    []string{"revoke", "expire"}, Vars: []string{"id"},
		}
	}
	const reads, writes = true, false
	ops := []scenarios.Operation{
		row("organizations.list", "auth0", reads, scenarios.Reads, scenarios.Lists),
		row("organizations.get", "auth0", reads, scenarios.Reads),
		row("organizations.create", "auth0", writes, scenarios.Writes, scenarios.Creates),
		row("organization_connections.update", "auth0", writes, scenarios.Writes, scenarios.Updates),
		row("organizations.delete", "auth0", writes, scenarios.Writes, scenarios.Deletes),
		row("connections.list", "auth0", reads, scenarios.Reads, scenarios.Lists),
		row("connections.list", "auth0", reads, scenarios.Reads, scenarios.Lists),
		row("tokens.create", "auth0", writes, scenarios.Tokens),
		row("groups.list", "atlas", reads, scenarios.Reads, scenarios.Lists),
		row("groups.create", "atlas", writes, scenarios.Writes, scenarios.Creates),
		row("enterprise_connections.get", "qovery", reads, scenarios.Reads),
	}
	ops[0].Query = []string{"page", "per_page"}
	ops[0].Vars, ops[2].Vars, ops[7].Vars = nil, nil, nil
	ops[2].Codes = append(ops[2].Codes, "organization_conflict")
	ops[2].Classes = append(ops[2].Classes, "conflict")
	ops[6].Family = "legacy"
	ops[6].Codes = append(ops[6].Codes, "too_deep")
	ops[7].Public, ops[7].Ends = true, nil
	for i := range ops {
		if ops[i].Vendor == "atlas" {
			ops[i].Ends = []string{"revoke"}
		}
	}
	return scenarios.Catalogue{
		Vendors: []string{"auth0", "atlas", "qovery"}, Operations: ops, Fixtures: []string{"acme", "empty"},
		Buckets: []string{"auth0.organizations.list", "auth0.organizations.write", "atlas.global"},
		Kinds: []scenarios.Kind{
			{Name: "auth0.organizations", Members: []string{"name", "display_name", "metadata"}},
			{Name: "atlas.groups"},
		},
	}
}
