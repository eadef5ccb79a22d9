package auth0_test

import (
	"testing"
	"time"
)

const zoe = `{"connection":"Username-Password-Authentication","email":"Zoe.Park@acme.example","password":"Correct-horse1"}`

func TestUserLives(t *testing.T) {
	w := newTenant(t)
	made := w.call(201, "POST", "/api/v2/users", with(zoe, `"user_metadata":{"team":"blue","seat":4},"verify_email":false`))
	id, created := made.Get("user_id").String(), made.Get("created_at").Raw
	if len(id) != len("auth0|")+24 || id[:6] != "auth0|" {
		t.Errorf("the id is %s", id)
	}
	w.is(made, `{"created_at":`+created+`,"email":"Zoe.Park@acme.example","email_verified":false,`+
		`"identities":[{"connection":"Username-Password-Authentication","user_id":"`+id[6:]+`","provider":"auth0","isSocial":false}],`+
		`"name":"Zoe.Park@acme.example","nickname":"Zoe.Park",`+
		`"picture":"https://s.gravatar.com/avatar/e6071b3c02819696cfaf784b14e489f0?s=480&r=pg&d=https%3A%2F%2Fcdn.auth0.com%2Favatars%2Fzo.png",`+
		`"updated_at":`+created+`,"user_id":"`+id+`","user_metadata":{"team":"blue","seat":4}}`)
	w.is(w.call(200, "GET", "/api/v2/users/"+id+"?fields=nickname,email", ""), `{"email":"Zoe.Park@acme.example","nickname":"Zoe.Park"}`)

	if err := w.emulator.Default().Advance(time.Hour); err != nil {
		t.Fatal(err)
	}
	changed := w.call(200, "PATCH", "/api/v2/users/"+id,
		`{"given_name":"Zoe","blocked":true,"password":"Another-horse2","user_metadata":{"seat":null,"floor":2},"app_metadata":{"plan":"pro"}}`)
	w.is(changed.Get("user_metadata"), `{"team":"blue","floor":2}`)
	w.is(changed.Get("app_metadata"), `{"plan":"pro"}`)
	if changed.Get("password").Exists() || changed.Get("updated_at").Raw == created || changed.Get("created_at").Raw != created {
		t.Errorf("after the change: %s", changed)
	}
	cleared := w.call(200, "PATCH", "/api/v2/users/"+id, `{"given_name":null,"user_metadata":{},"app_metadata":null}`)
	for _, name := range []string{"given_name", "user_metadata", "app_metadata"} {
		if cleared.Get(name).Exists() {
			t.Errorf("%s is still %s", name, cleared.Get(name))
		}
	}
	w.column(w.call(200, "GET", "/api/v2/users-by-email?email=zoe.park@ACME.example", ""), "user_id", id)

	w.call(204, "DELETE", "/api/v2/users/"+id, "")
	w.call(204, "DELETE", "/api/v2/users/"+id, "") // repeatable
	w.refused(404, "GET", "/api/v2/users/"+id, "", "The user does not exist.")
	w.refused(404, "PATCH", "/api/v2/users/"+id, `{"name":"Z"}`, "The user does not exist.")
	w.is(w.call(200, "GET", "/api/v2/users-by-email?email=zoe.park@acme.example", ""), "[]")
}

func TestUserIsRefused(t *testing.T) {
	w := newTenant(t)
	const missing = "Payload validation error: 'Missing required property: "
	for _, c := range []struct {
		status        int
		body, message string
	}{
		{409, `{"connection":"Username-Password-Authentication","email":"ADA.moreno@acme.example","password":"x"}`, "The user already exists."},
		{400, `{"connection":"nowhere","email":"a@acme.example","password":"x"}`, "The connection does not exist."},
		{400, `{"connection":"acme-okta","email":"a@acme.example","password":"x"}`,
			"Connection does not support user creation through the API. It must either be a database or passwordless connection."},
		{400, `{"email":"a@acme.example","password":"x"}`, missing + "connection'."},
		{400, `{"connection":"Username-Password-Authentication","password":"x"}`, missing + "email'."},
		{400, `{"connection":"Username-Password-Authentication","email":"a@acme.example"}`, missing + "password'."},
		{400, with(zoe, `"created_at":"2026-01-01T00:00:00Z"`), "Payload validation error: 'Additional properties not allowed: created_at'."},
		{400, `{"connection":"Username-Password-Authentication","email":"zoe","password":"x"}`,
			"Payload validation error: 'Object didn't pass validation for format email: zoe' on property email."},
	} {
		w.refused(c.status, "POST", "/api/v2/users", c.body, c.message)
	}
	w.refused(400, "PATCH", "/api/v2/users/"+ada, `{"email":"ben.okafor@acme.example"}`, "The specified new email already exists")
	w.refused(400, "PATCH", "/api/v2/users/"+ada, `{"user_id":"auth0|x"}`, "Payload validation error: 'Additional properties not allowed: user_id'.")
	w.refused(400, "GET", "/api/v2/users-by-email", "", "Query validation error: 'Missing required property: email'.")
}

func TestUserNames(t *testing.T) {
	w := newTenant(t)
	named := w.call(201, "POST", "/api/v2/users", `{"connection":"Username-Password-Authentication","username":"zoe","password":"x","user_id":"auth0|mine"}`)
	w.is(named.Get("user_id"), `"auth0|mine"`)
	w.is(named.Get("identities.0.user_id"), `"mine"`)
	w.is(named.Get("name"), `"zoe"`)
	w.refused(409, "POST", "/api/v2/users", `{"connection":"Username-Password-Authentication","username":"ZOE","password":"x"}`, "The user already exists.")
	w.refused(409, "POST", "/api/v2/users", with(zoe, `"user_id":"mine"`), "The user already exists.")
	moved := w.call(200, "PATCH", "/api/v2/users/"+ada, `{"email":"ada@acme.example"}`)
	w.is(moved.Get("email_verified"), "false")
	w.is(moved.Get("user_id"), `"`+ada+`"`)
}

func TestUsersAreListed(t *testing.T) {
	w := newTenant(t)
	for query, want := range map[string]string{
		"?per_page=2&page=1":                                  "Chloe Lindqvist Dev Raman",
		"?connection=acme-okta":                               "",
		"?connection=Username-Password-Authentication&page=9": "",
		"?q=email:%22dev.raman@brightforge.example%22":        "Dev Raman",
		"?q=email_verified:false":                             "Farid Haddad",
		"?q=name:da*+AND+email_verified:true":                 "",
		"?q=nickname:e*+AND+identities.connection:Username-Password-Authentication&search_engine=v3": "Elena Petrova",
		"?sort=email:-1&per_page=2": "Farid Haddad Elena Petrova",
	} {
		if got := column(w.call(200, "GET", "/api/v2/users"+query, ""), "name"); got != want {
			t.Errorf("%q lists %q, want %q", query, got, want)
		}
	}
	list := w.call(200, "GET", "/api/v2/users?include_totals=true&per_page=4&page=1&fields=user_id", "")
	w.is(list, `{"start":4,"limit":4,"length":2,"users":[{"user_id":"auth0|ac0000000000000000000005"},{"user_id":"auth0|ac0000000000000000000006"}],"total":6}`)
	for _, q := range []string{"ada", "name:(a+OR+b)", ":x", "name:"} {
		w.call(400, "GET", "/api/v2/users?q="+q, "")
	}
}

func TestUserTakesMembershipsAlong(t *testing.T) {
	w := newTenant(t)
	w.call(204, "POST", "/api/v2/users/"+ada+"/roles", `{"roles":["`+memberRole+`"]}`)
	w.call(204, "DELETE", "/api/v2/users/"+ada, "")
	w.column(w.call(200, "GET", acme+"/members", ""), "name", "Ben Okafor Chloe Lindqvist")
	w.is(w.call(200, "GET", "/api/v2/roles/"+memberRole+"/users", ""), "[]")
	for _, below := range []string{"/roles", "/organizations", "/permissions"} {
		w.refused(404, "GET", "/api/v2/users/"+ada+below, "", "The user does not exist.")
	}
	w.refused(404, "POST", "/api/v2/users/"+ada+"/roles", `{"roles":["`+memberRole+`"]}`, "The user does not exist.")
}

func TestUsersGoWithTheirConnection(t *testing.T) {
	w := newTenant(t)
	made := w.call(201, "POST", "/api/v2/connections", `{"name":"phones","strategy":"sms"}`)
	user := w.call(201, "POST", "/api/v2/users", `{"connection":"phones","phone_number":"+15550100"}`)
	w.is(user.Get("@keys"), `["created_at","identities","name","nickname","phone_number","phone_verified","picture","updated_at","user_id"]`)
	id := user.Get("user_id").String()
	w.refused(409, "POST", "/api/v2/users", `{"connection":"phones","phone_number":"+15550100"}`, "The user already exists.")
	w.refused(400, "POST", "/api/v2/users", `{"connection":"phones","email":"a@acme.example"}`, "Payload validation error: 'Missing required property: phone_number'.")
	w.call(202, "DELETE", "/api/v2/connections/"+made.Get("id").String(), "")
	w.refused(404, "GET", "/api/v2/users/"+id, "", "The user does not exist.")
}

func TestIdentitiesAreLinkedAndUnlinked(t *testing.T) {
	w := newTenant(t)
	identities := "/api/v2/users/" + ada + "/identities"
	linked := w.call(201, "POST", identities, `{"provider":"auth0","user_id":"`+ben+`","connection_id":"con_Database00000001"}`)
	w.column(linked, "user_id", ada[6:]+" "+ben[6:])
	w.column(linked, "profileData.email", "ada.moreno@acme.example ben.okafor@acme.example")
	w.refused(404, "GET", "/api/v2/users/"+ben, "", "The user does not exist.")
	w.column(w.call(200, "GET", acme+"/members", ""), "name", "Ada Moreno Chloe Lindqvist")
	w.column(w.call(200, "GET", "/api/v2/users/"+ada, "").Get("identities"), "profileData.name", " Ben Okafor")

	w.refused(404, "POST", identities, `{"provider":"auth0","user_id":"nobody"}`, "The user does not exist.")
	w.refused(400, "POST", identities, `{"provider":"auth0","user_id":"`+ada+`"}`, "Main account and secondary account are the same.")
	w.refused(400, "DELETE", identities+"/auth0/"+ada[6:], "", "Main identity can't be unlinked.")
	w.refused(404, "DELETE", identities+"/okta/"+ben[6:], "", "The identity does not exist.")

	w.column(w.call(200, "DELETE", identities+"/auth0/"+ben[6:], ""), "user_id", ada[6:])
	w.is(w.call(200, "GET", "/api/v2/users/"+ben+"?fields=name,email_verified", ""), `{"email_verified":true,"name":"Ben Okafor"}`)
	w.refused(404, "DELETE", identities+"/auth0/"+ben[6:], "", "The identity does not exist.")
}
