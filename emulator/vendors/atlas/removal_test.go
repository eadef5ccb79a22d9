package atlas_test

import (
	"testing"

	"github.com/understudy-dev/understudy/scenarios"
)

// TestWhatAnotherAdminDeletesLeavesNothing: a scenario's deletion takes along what the vendor's own would, and what would
// stand in the way of that.
func TestWhatAnotherAdminDeletesLeavesNothing(t *testing.T) {
	for _, c := range []struct {
		kind, id string
		check    func(d door)
	}{
		{"orgs", acme, func(d door) {
			d.reads(d.gets(200, "GET", v2+settings+"/connectedOrgConfigs", ""), "results.#.orgId", `["`+bright+`"]`)
			d.reads(d.gets(200, "GET", v2+idps+"/"+samlID, ""), "associatedOrgs", "[]")
			d.refuses(404, "GROUP_NOT_FOUND", "GET", v2+"/groups/"+orders, "")
			d.lacks("role_mappings", "ac0000000000000000000051")
			d.lacks("org_users", acme+"/ac0000000000000000000012")
		}},
		{"identity_providers", samlID, func(d door) {
			d.reads(d.gets(200, "GET", v2+config, ""), "identityProviderId", "null")
			d.reads(d.gets(200, "GET", v2+"/orgs/"+acme+"/federationSettings", ""), "identityProviderId", "null")
		}},
		{"identity_providers", oidcID, func(d door) {
			d.reads(d.gets(200, "GET", v2+config, ""), "dataAccessIdentityProviderIds", "[]")
		}},
		{"connected_org_configs", acme, func(d door) { d.lacks("role_mappings", "ac0000000000000000000051") }},
		{"federation_settings", federation, func(d door) {
			d.refuses(404, "RESOURCE_NOT_FOUND", "GET", v2+"/orgs/"+acme+"/federationSettings", "")
			d.lacks("identity_providers", oidcID)
			d.lacks("connected_org_configs", bright)
			d.lacks("role_mappings", "ac0000000000000000000051")
		}},
		{"groups", orders, func(d door) {
			d.reads(d.gets(200, "GET", v2+mappings+"/ac0000000000000000000052", ""), "roleAssignments.#", "1")
		}},
	} {
		t.Run(c.kind+" "+c.id, func(t *testing.T) {
			d := newDoor(t)
			err := d.Default().Play(scenarios.YAML(`{understudy: 1, rules: [{name: gone, on: atlas.orgs.list, change: {delete: atlas.` + c.kind + `, where: {id: ` + c.id + `}}}]}`))
			if err != nil {
				t.Fatal(err)
			}
			d.gets(200, "GET", v2+"/orgs", "")
			d.lacks(c.kind, c.id)
			c.check(door{t, d.Emulator})
		})
	}
}

func (d door) lacks(kind, id string) {
	d.Helper()
	if _, err := d.Default().Get("atlas", kind, id); err == nil {
		d.Errorf("%s %s is left", kind, id)
	}
}

// TestAFederationTakesItsMappingsAlong: with the last of its organizations, whose mappings would come back with it.
func TestAFederationTakesItsMappingsAlong(t *testing.T) {
	d := newDoor(t)
	d.gets(204, "DELETE", v2+settings+"/connectedOrgConfigs/"+bright, "")
	d.gets(204, "DELETE", v2+settings, "")
	d.lacks("role_mappings", "ac0000000000000000000051")
}
