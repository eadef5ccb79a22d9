package auth0_test

import (
	"strings"
	"testing"
)

func TestRoleLives(t *testing.T) {
	w := newTenant(t)
	made := w.call(200, "POST", "/api/v2/roles", `{"name":"Operator"}`) // 200, not 201
	id := made.Get("id").String()
	w.is(made, `{"id":"`+id+`","name":"Operator","type":"tenant"}`)
	w.is(w.call(200, "GET", "/api/v2/roles/"+id, ""), `{"id":"`+id+`","name":"Operator","description":"","type":"tenant"}`)
	w.is(w.call(200, "PATCH", "/api/v2/roles/"+id, `{"description":"Runs the ship"}`),
		`{"id":"`+id+`","name":"Operator","description":"Runs the ship","type":"tenant"}`)
	w.refused(409, "POST", "/api/v2/roles", `{"name":"Operator"}`, "A role with this name already exists.")
	w.refused(409, "PATCH", "/api/v2/roles/"+id, `{"name":"Admin"}`, "A role with this name already exists.")
	w.refused(400, "PATCH", "/api/v2/roles/"+id, `{"type":"organization"}`, "Payload validation error: 'Additional properties not allowed: type'.")
	w.is(w.call(200, "DELETE", "/api/v2/roles/"+id, "{}"), "{}")
	for _, method := range []string{"GET", "DELETE"} {
		w.refused(404, method, "/api/v2/roles/"+id, "", "The role does not exist.")
	}
	w.refused(404, "PATCH", "/api/v2/roles/"+id, `{"name":"Captain"}`, "The role does not exist.")
}

func TestOrganizationOwnsRoles(t *testing.T) {
	w := newTenant(t)
	made := w.call(200, "POST", "/api/v2/roles", `{"name":"Admin","type":"organization","owner_id":"org_Acme000000000001"}`)
	id := made.Get("id").String() // the tenant has an Admin too
	w.is(made, `{"id":"`+id+`","name":"Admin","type":"organization","owner_id":"org_Acme000000000001"}`)
	w.call(204, "POST", acme+"/members/"+ben+"/roles", `{"roles":["`+id+`"]}`)
	w.refused(404, "POST", "/api/v2/users/"+ben+"/roles", `{"roles":["`+id+`"]}`, "The role does not exist.") // for members alone

	const mismatch = "owner_id must be set if and only if type is organization"
	w.refused(400, "POST", "/api/v2/roles", `{"name":"x","type":"organization"}`, mismatch)
	w.refused(400, "POST", "/api/v2/roles", `{"name":"x","owner_id":"org_Acme000000000001"}`, mismatch)
	w.refused(404, "POST", "/api/v2/roles", `{"name":"x","type":"organization","owner_id":"org_none"}`, "No organization found by that id or name")
}

func TestRolesAreListed(t *testing.T) {
	w := newTenant(t)
	w.call(200, "POST", "/api/v2/roles", `{"name":"Site admin","type":"organization","owner_id":"org_Acme000000000001"}`)
	for query, want := range map[string]string{
		"":                                     "Admin Member Billing Site admin",
		"?type=tenant":                         "Admin Member Billing",
		"?type=organization":                   "Site admin",
		"?owner_id=org_none":                   "",
		"?name_filter=ADMIN":                   "Admin Site admin",
		"?name_filter=ADMIN&page=1&per_page=1": "Site admin",
		"?type=organization&owner_id=org_Acme000000000001":        "Site admin",
		"?type=tenant&owner_id=org_Acme000000000001":              "",
		"?owner_id=org_Acme000000000001&name_filter=nothing":      "",
		"?per_page=2&page=1":                                      "Billing Site admin",
		"?type=organization&owner_id=org_Brightforge00001&page=0": "",
	} {
		if got := column(w.call(200, "GET", "/api/v2/roles"+query, ""), "name"); got != want {
			t.Errorf("%q lists %q, want %q", query, got, want)
		}
	}
	list := w.call(200, "GET", "/api/v2/roles?include_totals=true&per_page=1", "")
	w.is(list.Get("@keys"), `["roles","start","limit","total"]`)
	w.is(list.Get("total"), "4")
}

func TestRoleIsTakenFromAllWhenItGoes(t *testing.T) {
	w := newTenant(t)
	w.call(204, "POST", "/api/v2/users/"+ben+"/roles", `{"roles":["`+adminRole+`","`+memberRole+`"]}`)
	w.call(201, "POST", "/api/v2/roles/"+adminRole+"/permissions", ordersPermission)
	w.call(200, "DELETE", "/api/v2/roles/"+adminRole, "{}")
	w.column(w.call(200, "GET", "/api/v2/users/"+ben+"/roles", ""), "name", "Member")
	w.column(w.call(200, "GET", acme+"/members/"+ada+"/roles", ""), "name", "Billing")
	w.is(w.call(200, "GET", "/api/v2/users/"+ben+"/permissions", ""), "[]")
	w.refused(404, "DELETE", "/api/v2/users/"+ben+"/roles", `{"roles":["`+adminRole+`"]}`, "The role does not exist.")
}

const ordersPermission = `{"permissions":[{"resource_server_identifier":"https://api.acme.example/","permission_name":"read:orders"}]}`

func TestPermissionsOfRolesAndUsers(t *testing.T) {
	w := newTenant(t)
	for _, holder := range []string{"/api/v2/roles/" + adminRole, "/api/v2/users/" + ben} {
		w.call(201, "POST", holder+"/permissions", ordersPermission)
		w.call(201, "POST", holder+"/permissions", ordersPermission)
		w.refused(404, "POST", holder+"/permissions", strings.Replace(ordersPermission, "read:", "burn:", 1),
			"This permission does not exist: 'https://api.acme.example/ - burn:orders'")
	}
	w.is(w.call(200, "GET", "/api/v2/roles/"+adminRole+"/permissions?include_totals=true", ""),
		`{"permissions":[{"permission_name":"read:orders","description":"Read orders","resource_server_name":"Acme API",`+
			`"resource_server_identifier":"https://api.acme.example/"}],"start":0,"limit":50,"total":1}`)
	w.call(204, "POST", "/api/v2/users/"+ben+"/roles", `{"roles":["`+adminRole+`"]}`)
	w.is(w.call(200, "GET", "/api/v2/users/"+ben+"/permissions", "").Get("0.sources"),
		`[{"source_id":"","source_name":"","source_type":"DIRECT"},{"source_id":"rol_Admin00000000001","source_name":"Admin","source_type":"ROLE"}]`)
	w.call(204, "DELETE", "/api/v2/users/"+ben+"/permissions", ordersPermission)
	w.call(204, "DELETE", "/api/v2/users/"+ben+"/permissions", ordersPermission)
	w.column(w.call(200, "GET", "/api/v2/users/"+ben+"/permissions", "").Get("0.sources"), "source_type", "ROLE")
	w.call(204, "DELETE", "/api/v2/roles/"+adminRole+"/permissions", ordersPermission)
	w.is(w.call(200, "GET", "/api/v2/users/"+ben+"/permissions", ""), "[]")
	w.refused(404, "GET", "/api/v2/users/auth0|nobody/permissions", "", "The user does not exist.")
	w.refused(404, "POST", "/api/v2/roles/rol_none/permissions", ordersPermission, "The role does not exist.")
}

func TestUsersOfRole(t *testing.T) {
	w := newTenant(t)
	users := "/api/v2/roles/" + adminRole + "/users"
	w.call(200, "POST", users, `{"users":["`+ben+`","`+ada+`"]}`)
	w.column(w.call(200, "GET", users, ""), "name", "Ada Moreno Ben Okafor") // given at once: by user
	first := w.call(200, "GET", users+"?take=1", "")
	w.column(w.call(200, "GET", users+"?take=1&from="+first.Get("next").String(), "").Get("users"), "name", "Ben Okafor")
	w.refused(404, "POST", users, `{"users":["`+dev+`","auth0|nobody"]}`, "The user does not exist.")
	w.is(w.call(200, "GET", users+"?include_totals=true", "").Get("total"), "2") // all or none
	w.call(204, "DELETE", "/api/v2/users/"+ben+"/roles", `{"roles":["`+adminRole+`","`+billingRole+`"]}`)
	w.column(w.call(200, "GET", users, ""), "name", "Ada Moreno")
	w.refused(404, "GET", "/api/v2/roles/rol_none/users", "", "The role does not exist.")
}
