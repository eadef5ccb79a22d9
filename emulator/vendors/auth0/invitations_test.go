package auth0_test

import (
	"strings"
	"testing"
	"time"
)

const newInvitation = `{"inviter":{"name":"Ada"},"invitee":{"email":"new@acme.example"},"client_id":"AcmePortal0000000000000000000001"}`

func TestInvitationLives(t *testing.T) {
	w := newTenant(t)
	made := w.call(201, "POST", acme+"/invitations", newInvitation)
	id, ticket := made.Get("id").String(), made.Get("ticket_id").String()
	w.is(made.Get("@keys"), `["id","client_id","inviter","invitee","invitation_url","ticket_id","created_at","expires_at","organization_id"]`)
	w.is(made.Get("invitation_url"), `"https://portal.acme.example/login?invitation=`+ticket+`&organization=org_Acme000000000001&organization_name=acme"`)
	if lasts := made.Get("expires_at").Time().Sub(made.Get("created_at").Time()); lasts != 7*24*time.Hour {
		t.Errorf("it lasts %v", lasts)
	}
	w.is(w.call(200, "GET", acme+"/invitations/"+id, ""), made.Raw)
	w.is(w.call(200, "GET", acme+"/invitations/"+id+"?fields=id", ""), `{"id":"`+id+`"}`)

	later := w.call(201, "POST", acme+"/invitations", with(newInvitation,
		`"ttl_sec":60,"connection_id":"con_AcmeOkta00000001","roles":["`+memberRole+`"],"user_metadata":{"a":1},"send_invitation_email":false`))
	if lasts := later.Get("expires_at").Time().Sub(later.Get("created_at").Time()); lasts != time.Minute {
		t.Errorf("it lasts %v", lasts)
	}
	w.is(later.Get("roles"), `["rol_Member0000000001"]`)
	list := w.call(200, "GET", acme+"/invitations?include_totals=true&fields=id&per_page=10", "")
	w.is(list, `{"invitations":[{"id":`+later.Get("id").Raw+`},{"id":"`+id+`"},{"id":"uinv_AcmeGuest0000001"}],"start":0,"limit":3}`) // no total, and rows for limit
	w.column(w.call(200, "GET", acme+"/invitations?sort=created_at:1&per_page=2", ""), "id", "uinv_AcmeGuest0000001 "+id)
	w.column(w.call(200, "GET", acme+"/invitations?per_page=1&page=1", ""), "id", id)
	w.is(w.call(200, "GET", acme+"/invitations?page=2&per_page=2", ""), "[]")

	w.refused(404, "GET", brightforge+"/invitations/"+id, "", "The invitation does not exist.") // another's
	w.call(204, "DELETE", acme+"/invitations/"+id, "")
	for _, method := range []string{"GET", "DELETE"} {
		w.refused(404, method, acme+"/invitations/"+id, "", "The invitation does not exist.")
	}
}

func TestInvitationIsRefused(t *testing.T) {
	w := newTenant(t)
	otherClient := func(id string) string {
		return strings.Replace(newInvitation, "AcmePortal0000000000000000000001", id, 1)
	}
	for _, c := range []struct{ body, message string }{
		{otherClient("nobody"), "The specified client_id does not exist."},
		{otherClient("AcmeMobile0000000000000000000001"), "The specified client_id does not allow organizations."},
		{with(newInvitation, `"connection_id":"con_none"`), "The specified connection does not exist."},
		{with(newInvitation, `"connection_id":"con_BrightOidc000001"`), "The specified connection (con_BrightOidc000001) is not enabled for the organization"},
		{with(newInvitation, `"roles":["`+adminRole+`","rol_1","rol_2"]`), "One or more of the specified roles do not exist: rol_1, rol_2"},
		{with(newInvitation, `"ttl_sec":2592001`), "Payload validation error: 'Value 2592001 is greater than maximum 2592000' on property ttl_sec."},
	} {
		w.refused(400, "POST", acme+"/invitations", c.body, c.message)
	}
	w.call(200, "PATCH", acme+"/connections/con_AcmeOkta00000001", `{"is_enabled":false}`)
	w.refused(400, "POST", acme+"/invitations", with(newInvitation, `"connection_id":"con_AcmeOkta00000001"`),
		"The specified connection (con_AcmeOkta00000001) is not enabled for the organization")
	w.refused(404, "POST", "/api/v2/organizations/org_none/invitations", newInvitation, "No organization found by that id or name")
	w.column(w.call(200, "GET", acme+"/invitations", ""), "id", "uinv_AcmeGuest0000001")
}
