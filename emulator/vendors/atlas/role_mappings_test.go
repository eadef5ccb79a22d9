package atlas_test

import "testing"

func TestRoleMappingLives(t *testing.T) {
	d := newDoor(t)
	list := d.gets(200, "GET", v2+mappings, "")
	d.reads(list, "links", `[{"href":"http://example.com`+v2+mappings+`","rel":"self"}]`)
	d.reads(list, "totalCount", "2")
	d.reads(list, "results.1.roleAssignments", `[{"groupId":null,"orgId":"`+acme+`","role":"ORG_MEMBER"},{"groupId":"`+orders+`","orgId":null,"role":"GROUP_DATA_ACCESS_READ_WRITE"}]`)
	made := d.gets(200, "POST", v2+mappings, `{"externalGroupName":"new","id":"ac00000000000000000000ff","roleAssignments":[{"orgId":"`+acme+`","role":"ORG_OWNER"}]}`)
	path := v2 + mappings + "/" + made.Get("id").Str
	d.reads(d.gets(200, "GET", path, ""), "@this", made.Raw)
	if made.Get("id").Str == "ac00000000000000000000ff" {
		t.Error("a client chose an id")
	}
	d.refuses(400, "ATTRIBUTE_READ_ONLY", "PUT", path, `{"externalGroupName":"x","id":"ac00000000000000000000ff","roleAssignments":[{"orgId":"`+acme+`","role":"ORG_OWNER"}]}`)
	d.refuses(400, "VALIDATION_ERROR", "PUT", path, `{"externalGroupName":"atlas-admins","roleAssignments":[{"orgId":"`+acme+`","role":"ORG_OWNER"}]}`)
	d.gets(204, "DELETE", path, "")
	d.refuses(404, "RESOURCE_NOT_FOUND", "GET", path, "")
	d.refuses(404, "RESOURCE_NOT_FOUND", "GET", v2+settings+"/connectedOrgConfigs/"+bright+"/roleMappings/ac0000000000000000000051", "") // another organization's
	d.reads(d.gets(200, "GET", v1+mappings+"?itemsPerPage=1&pageNum=2", ""), "results.#.externalGroupName", `["atlas-engineers"]`)
}

func TestRoleAssignmentsAreHeldToTheirRoles(t *testing.T) {
	d := newDoor(t)
	d.put("groups", `{"id":"ac0000000000000000000023","orgId":"`+bright+`","name":"Forge"}`)
	for _, c := range []struct {
		assignments, code, parameters string
	}{
		{`{"role":"ORG_OWNER"}`, "ROLE_NEEDS_ORG_ID", `["ORG_OWNER"]`},
		{`{"role":"ORG_OWNER","orgId":null}`, "ROLE_NEEDS_ORG_ID", `["ORG_OWNER"]`},
		{`{"role":"ORG_OWNER","orgId":"` + acme + `","groupId":"` + orders + `"}`, "ROLE_NEEDS_NO_GROUP_ID", `["ORG_OWNER"]`},
		{`{"role":"ORG_OWNER","orgId":"` + bright + `"}`, "INVALID_ROLE_FOR_ORG", `["ORG_OWNER","` + bright + `"]`},
		{`{"role":"GROUP_OWNER"}`, "ROLE_NEEDS_GROUP_ID", `["GROUP_OWNER"]`},
		{`{"role":"GROUP_OWNER","orgId":"` + acme + `"}`, "ROLE_NEEDS_NO_ORG_ID", `["GROUP_OWNER"]`},
		{`{"role":"GROUP_OWNER","groupId":"ac0000000000000000000023"}`, "INVALID_ROLE_FOR_GROUP", `["GROUP_OWNER","ac0000000000000000000023"]`}, // another organization's
		{`{"role":"GROUP_OWNER","groupId":"` + acme + `"}`, "INVALID_ROLE_FOR_GROUP", `["GROUP_OWNER","` + acme + `"]`},
		{`{"role":"KING"}`, "UNSUPPORTED_ROLE", `[]`},
		{`{"role":"ORG_KING","orgId":"` + acme + `"}`, "UNSUPPORTED_ROLE", `[]`},
		{`{"role":"GROUP_OWNER","groupId":"` + orders + `"}`, "VALIDATION_ERROR", `["a role mapping needs at least one organization role"]`},
		{`{"role":"ORG_OWNER","orgId":"acme"}`, "VALIDATION_ERROR", `["roleAssignments[0].orgId must match ^([a-f0-9]{24})$"]`},
		{`{"orgId":"` + acme + `"}`, "MISSING_ATTRIBUTE", `["role"]`},
		{`{"role":"ORG_OWNER","orgId":"` + acme + `"},{"groupId":null,"role":"ORG_OWNER","orgId":"` + acme + `"}`, "VALIDATION_ERROR", `["roleAssignments must not have the same item twice"]`},
		{``, "VALIDATION_ERROR", `["roleAssignments must have at least 1 items"]`},
	} {
		got := d.refuses(400, c.code, "POST", v2+mappings, `{"externalGroupName":"x","roleAssignments":[`+c.assignments+`]}`)
		d.reads(got, "parameters", c.parameters)
	}
	d.refuses(400, "MISSING_ATTRIBUTE", "POST", v2+mappings, `{"externalGroupName":"x"}`)
}

func TestADeletedProjectLeavesTheMappings(t *testing.T) {
	d := newDoor(t)
	d.gets(202, "DELETE", v2+"/groups/"+orders, "")
	d.reads(d.gets(200, "GET", v2+mappings+"/ac0000000000000000000052", ""), "roleAssignments", `[{"groupId":null,"orgId":"`+acme+`","role":"ORG_MEMBER"}]`)
	d.reads(d.gets(200, "GET", v2+mappings+"/ac0000000000000000000051", ""), "roleAssignments.#", "1")
}
