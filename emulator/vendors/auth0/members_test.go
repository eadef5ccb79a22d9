package auth0_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestMembersJoinAndLeave(t *testing.T) {
	w := newTenant(t)
	w.call(204, "POST", brightforge+"/members", `{"members":["`+ben+`"]}`)
	w.call(204, "POST", brightforge+"/members", `{"members":["`+ben+`"]}`) // twice is once
	list := w.call(200, "GET", brightforge+"/members?include_totals=true&per_page=2&page=1", "")
	w.column(list.Get("members"), "name", "Elena Petrova Ben Okafor") // fixtures come first
	w.is(list.Get("start"), "2")
	w.is(list.Get("total"), "4")
	w.is(w.call(200, "GET", brightforge+"/members?include_totals=true&page=9", "").Get("members"), "[]")

	w.is(w.call(200, "GET", "/api/v2/users/"+ben+"/organizations?include_totals=true", ""),
		`{"organizations":[{"id":"org_Acme000000000001","display_name":"Acme","name":"acme",`+
			`"branding":{"logo_url":"https://www.acme.example/logo.png","colors":{"primary":"#0B5FFF","page_background":"#FFFFFF"}},`+
			`"metadata":{"plan":"enterprise","region":"eu"},"third_party_client_access":"block","is_app_entitlement_active":false},`+
			`{"id":"org_Brightforge00001","display_name":"Brightforge","name":"brightforge","third_party_client_access":"block","is_app_entitlement_active":false}],`+
			`"start":0,"limit":50,"total":0}`)

	w.call(204, "DELETE", brightforge+"/members", `{"members":["`+ben+`","auth0|nobody"]}`)
	w.column(w.call(200, "GET", "/api/v2/users/"+ben+"/organizations", ""), "name", "acme")

	w.refused(400, "POST", brightforge+"/members", `{"members":["`+ben+`","auth0|nobody","auth0|noone"]}`,
		"One or more of the specified users do not exist: auth0|nobody, auth0|noone")
	w.column(w.call(200, "GET", "/api/v2/users/"+ben+"/organizations", ""), "name", "acme") // all or none
	for _, method := range []string{"POST", "DELETE"} {
		w.refused(404, method, "/api/v2/organizations/org_none/members", `{"members":["`+ben+`"]}`, "No organization found by that id or name")
	}
	w.refused(404, "GET", "/api/v2/organizations/org_none/members", "", "No organization found by that id or name")
}

func TestMembersByCheckpoint(t *testing.T) {
	w := newTenant(t)
	var ids []string
	for i := range 5 {
		if err := w.emulator.Default().Advance(time.Second); err != nil {
			t.Fatal(err)
		}
		user := w.call(201, "POST", "/api/v2/users", fmt.Sprintf(`{"connection":"Username-Password-Authentication","email":"u%d@acme.example","password":"x"}`, i)).Get("user_id").String()
		w.call(204, "POST", brightforge+"/members", `{"members":["`+user+`"]}`)
		ids = append(ids, user)
	}
	// include_totals and per_page give way to take
	first := w.call(200, "GET", brightforge+"/members?take=5&include_totals=true&per_page=50&fields=user_id", "")
	w.column(first.Get("members"), "user_id", "auth0|ac0000000000000000000001 "+dev+" auth0|ac0000000000000000000005 "+ids[0]+" "+ids[1])
	next := first.Get("next").String()
	if text, err := base64.RawURLEncoding.DecodeString(next); err != nil ||
		string(text) != w.emulator.Default().Now().Add(-3*time.Second).UTC().Format("2006-01-02 15:04:05.000000UTC,")+ids[1] {
		t.Errorf("the cursor says %q, %v", text, err)
	}

	w.call(204, "DELETE", "/api/v2/users/"+ids[1], "") // the one that the cursor names
	second := w.call(200, "GET", brightforge+"/members?take=5&from="+next, "")
	w.column(second.Get("members"), "user_id", ids[2]+" "+ids[3]+" "+ids[4])
	if second.Get("next").Exists() || second.Get("total").Exists() {
		t.Errorf("the last page is %s", second)
	}

	// a cursor from before the organization belongs to another list
	foreign := base64.RawURLEncoding.EncodeToString([]byte("2020-01-01 00:00:00.000000UTC,auth0|somebody"))
	w.is(w.call(200, "GET", brightforge+"/members?take=5&from="+foreign, ""), `{"members":[]}`)
	for _, bad := range []string{"*", "bm90aGluZw"} {
		w.refused(400, "GET", brightforge+"/members?from="+bad, "", "Query validation error: 'Invalid from parameter' on property from.")
	}
}

func TestMembersShowWhatFieldsName(t *testing.T) {
	w := newTenant(t)
	for query, want := range map[string]string{
		"":                                   `["user_id","email","picture","name"]`,
		"?fields=user_id,roles":              `["user_id","roles"]`,
		"?fields=roles&include_fields=true":  `["roles"]`,
		"?fields=email&include_fields=false": `["user_id","picture","name"]`,
		"?fields=roles&include_fields=false": `["user_id","email","picture","name"]`,
	} {
		if got := w.call(200, "GET", acme+"/members"+query, "").Get("0.@keys").Raw; got != want {
			t.Errorf("%q shows %s, want %s", query, got, want)
		}
	}
	w.is(w.call(200, "GET", acme+"/members?fields=roles", "").Get("0.roles"),
		`[{"id":"rol_Admin00000000001","name":"Admin"},{"id":"rol_Billing000000001","name":"Billing"}]`)
}

func TestMemberRoles(t *testing.T) {
	w := newTenant(t)
	roles := acme + "/members/" + ben + "/roles"
	w.call(204, "POST", roles, `{"roles":["`+billingRole+`","`+memberRole+`","`+adminRole+`"]}`)
	list := w.call(200, "GET", roles+"?include_totals=true&per_page=2", "")
	w.is(list, `{"roles":[{"id":"rol_Member0000000001","name":"Member","description":"Uses the product"},`+
		`{"id":"rol_Billing000000001","name":"Billing","description":"Sees and pays invoices"}],"start":0,"limit":2,"total":3}`)
	w.column(w.call(200, "GET", roles+"?per_page=2&page=1", ""), "name", "Admin")
	w.call(204, "DELETE", roles, `{"roles":["`+memberRole+`"]}`)
	w.call(204, "DELETE", roles, `{"roles":["`+memberRole+`"]}`)
	w.column(w.call(200, "GET", roles, ""), "name", "Billing Admin")

	first := w.call(200, "GET", acme+"/members/"+ben+"/effective-roles?take=1", "")
	w.is(first.Get("roles"), `[{"id":"rol_Billing000000001","name":"Billing","description":"Sees and pays invoices","sources":["direct"]}]`)
	second := w.call(200, "GET", acme+"/members/"+ben+"/effective-roles?take=1&from="+first.Get("next").String(), "")
	w.column(second.Get("roles"), "name", "Admin")
	if second.Get("next").Exists() {
		t.Errorf("the last page is %s", second)
	}
	w.is(w.call(200, "GET", acme+"/members/"+ben+"/effective-roles/sources/groups?role_id="+adminRole, ""), `{"groups":[]}`)

	for _, method := range []string{"POST", "DELETE"} {
		w.refused(404, method, roles, `{"roles":["rol_none"]}`, "The role does not exist.")
		w.refused(404, method, acme+"/members/auth0|nobody/roles", `{"roles":["`+adminRole+`"]}`, "The user does not exist.")
	}
	w.refused(404, "GET", acme+"/members/auth0|nobody/roles", "", "The user does not exist.")
	w.refused(404, "GET", acme+"/members/auth0|nobody/effective-roles", "", "The user does not exist.")
	w.refused(404, "GET", "/api/v2/organizations/org_none/members/"+ben+"/roles", "", "No organization found by that id or name")
	w.refused(400, "GET", acme+"/members/"+ben+"/effective-roles?from=bm9uZQ", "", "Query validation error: 'Invalid from parameter' on property from.")
}

func TestMemberHasAtMostFiftyRoles(t *testing.T) {
	w := newTenant(t)
	roles := acme + "/members/" + ben + "/roles"
	for i := range 49 {
		id := w.call(200, "POST", "/api/v2/roles", fmt.Sprintf(`{"name":"role %d"}`, i)).Get("id").String()
		w.call(204, "POST", roles, `{"roles":["`+id+`"]}`)
	}
	w.refused(409, "POST", roles, `{"roles":["`+adminRole+`"]}`, "No more roles can be assigned to this organization member.")
	w.is(w.call(200, "GET", roles+"?include_totals=true", "").Get("total"), "50")
}

// A recorded client gave roles to a user before making it a member.
func TestRolesWaitForMembership(t *testing.T) {
	w := newTenant(t)
	roles := brightforge + "/members/" + ben + "/roles"
	w.is(w.call(200, "GET", roles, ""), "[]")
	w.call(204, "POST", roles, `{"roles":["`+adminRole+`","`+billingRole+`"]}`)
	w.column(w.call(200, "GET", roles, ""), "name", "Admin Billing")
	w.call(200, "DELETE", "/api/v2/roles/"+billingRole, "{}")
	w.is(w.call(200, "GET", brightforge+"/members?include_totals=true", "").Get("total"), "3") // no member yet
	w.call(204, "POST", brightforge+"/members", `{"members":["`+ben+`"]}`)
	w.column(w.call(200, "GET", roles, ""), "name", "Admin")

	w.call(204, "DELETE", brightforge+"/members", `{"members":["`+ben+`"]}`)
	w.is(w.call(200, "GET", roles, ""), "[]")
}

func TestOrganizationsRoleMembers(t *testing.T) {
	w := newTenant(t)
	members := acme + "/roles/" + memberRole + "/members"
	w.is(w.call(200, "GET", members+"?fields=user_id", ""), `{"members":[{"user_id":"`+ben+`"}]}`)
	w.call(204, "POST", acme+"/members/"+ada+"/roles", `{"roles":["`+memberRole+`"]}`)
	w.call(204, "POST", acme+"/members/"+dev+"/roles", `{"roles":["`+memberRole+`"]}`) // no member
	first := w.call(200, "GET", members+"?take=1&include_fields=true", "")
	w.column(first.Get("members"), "name", "Ada Moreno")
	second := w.call(200, "GET", members+"?take=1&from="+first.Get("next").String(), "")
	w.column(second.Get("members"), "name", "Ben Okafor")
	if second.Get("next").Exists() {
		t.Errorf("the last page is %s", second)
	}
	w.is(w.call(200, "GET", acme+"/roles/"+memberRole+"/groups?take=50", ""), `{"groups":[]}`)
	w.is(w.call(200, "GET", acme+"/groups", ""), `{"groups":[]}`)

	own := w.call(200, "POST", "/api/v2/roles", `{"name":"Driver","type":"organization","owner_id":"org_Brightforge00001"}`).Get("id").String()
	w.is(w.call(200, "GET", brightforge+"/roles/"+own+"/members", ""), `{"members":[]}`)
	for _, below := range []string{"/members", "/groups"} {
		w.refused(404, "GET", acme+"/roles/"+own+below, "", "The role does not exist.") // another's
		w.refused(404, "GET", acme+"/roles/rol_none"+below, "", "The role does not exist.")
		w.refused(404, "GET", "/api/v2/organizations/org_none/roles/"+memberRole+below, "", "No organization found by that id or name")
	}
	w.refused(404, "POST", acme+"/members/"+ben+"/roles", `{"roles":["`+own+`"]}`, "The role does not exist.")
}

func TestPeopleGoWithTheirOrganization(t *testing.T) {
	w := newTenant(t)
	own := w.call(200, "POST", "/api/v2/roles", `{"name":"Driver","type":"organization","owner_id":"org_Acme000000000001"}`).Get("id").String()
	w.call(204, "POST", acme+"/members/"+dev+"/roles", `{"roles":["`+own+`"]}`)
	invitation := w.call(201, "POST", acme+"/invitations", newInvitation).Get("id").String()
	w.call(204, "DELETE", acme, "")
	w.refused(404, "GET", "/api/v2/roles/"+own, "", "The role does not exist.")
	w.column(w.call(200, "GET", "/api/v2/users/"+ada+"/organizations", ""), "name", "brightforge")
	w.refused(404, "GET", acme+"/invitations/"+invitation, "", "No organization found by that id or name")
	for _, o := range w.emulator.Default().Export().Vendors[0].Kinds {
		for _, object := range o.Objects {
			if (o.Name == "members" || o.Name == "waiting_roles" || o.Name == "invitations") && strings.Contains(string(object.Doc), "org_Acme") {
				t.Errorf("%s still has %s", o.Name, object.Doc)
			}
		}
	}
}
