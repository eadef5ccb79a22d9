package auth0_test

import (
	"crypto/x509"
	"encoding/pem"
	"testing"

	"github.com/tidwall/gjson"
)

func TestConnectionKeysRotate(t *testing.T) {
	w := newTenant(t)
	created := w.call(201, "POST", connections, `{"name":"signed","strategy":"oidc","options":{"issuer":"https://a.example","token_endpoint_auth_method":"private_key_jwt"}}`)
	keys := connections + "/" + created.Get("id").String() + "/keys"
	before := w.call(200, "GET", keys, "")
	w.is(before.Get("#.[current,next]"), `[[true],[true]]`)
	w.is(before.Get("0|@keys"), `["kid","algorithm","key_use","subject_dn","cert","fingerprint","thumbprint","pkcs","current","current_since"]`)
	w.is(before.Get("0.subject_dn"), `"/CN=signed"`)
	block, _ := pem.Decode([]byte(before.Get("0.cert").String()))
	if certificate, err := x509.ParseCertificate(block.Bytes); err != nil || certificate.Subject.CommonName != "signed" {
		t.Errorf("%v %v", certificate, err)
	}
	made := w.call(201, "POST", keys+"/rotate", `{"signing_alg":"RS512"}`)
	w.is(made.Get("[algorithm,next]"), `["RS512",true]`)
	w.call(201, "POST", keys+"/rotate", "")
	after := w.call(200, "GET", keys, "")
	w.column(after, "kid", made.Get("kid").String()+" "+before.Get("1.kid").String()+" "+after.Get("2.kid").String())
	w.is(after.Get("#.[current,previous,next]"), `[[true],[true],[true]]`)
	w.is(w.call(200, "GET", connections+"/con_AcmeOkta00000001/keys", ""), "[]")
	w.refused(400, "POST", connections+"/con_AcmeSaml00000001/keys/rotate", "", "Connection keys are not supported for this connection.")
	w.call(200, "GET", connections+"/con_AcmeSaml00000001/status", "")
	w.refused(404, "GET", connections+"/con_0/status", "", "Connection not found.")
}

func TestSCIMConfigurationAndTokens(t *testing.T) {
	w := newTenant(t)
	scim := connections + "/con_AcmeEntra0000001/scim-configuration"
	w.refused(404, "GET", scim, "", "Not Found")
	w.refused(404, "POST", scim+"/tokens", `{}`, "Not Found")
	created := w.call(201, "POST", scim, "")
	w.is(created.Get("@this|@keys"), `["tenant_name","connection_id","connection_name","strategy","mapping","updated_on","created_at","user_id_attribute"]`)
	w.is(created.Get("mapping.0"), `{"scim":"userName","auth0":"upn"}`)
	w.is(w.call(200, "GET", scim+"/default-mapping", "").Get("mapping.1"), `{"auth0":"email","scim":"emails[type eq \"work\"].value"}`)
	w.call(409, "POST", scim, `{}`)
	changed := w.call(200, "PATCH", scim, `{"user_id_attribute":"userName","mapping":[{"auth0":"email","scim":"email"}]}`)
	w.is(changed.Get("[mapping,user_id_attribute]"), `[[{"scim":"email","auth0":"email"}],"userName"]`)
	w.is(w.call(200, "GET", scim, ""), changed.Raw)

	token := w.call(201, "POST", scim+"/tokens", `{"scopes":["get:users"],"token_lifetime":900}`)
	w.is(token.Get("@this|@keys"), `["token_id","token","scopes","created_at","valid_until"]`)
	w.is(w.call(200, "GET", scim+"/tokens", "").Get("0|@keys"), `["token_id","created_at","scopes","valid_until"]`)
	w.call(204, "DELETE", scim+"/tokens/tok_AcmeScim00000001", "")
	w.is(w.call(200, "GET", connections+"/con_AcmeOkta00000001/scim-configuration/tokens", "").Get("#"), "1")
	w.call(204, "DELETE", scim+"/tokens/"+token.Get("token_id").String(), "")
	w.is(w.call(200, "GET", scim+"/tokens", ""), "[]")

	w.call(201, "POST", scim+"/tokens", `{}`)
	w.call(204, "DELETE", scim, "")
	w.call(204, "DELETE", scim, "")
	w.call(201, "POST", scim, `{"mapping":[]}`)
	w.is(w.call(200, "GET", scim+"/tokens", ""), "[]")
	w.call(404, "POST", connections+"/con_Database00000001/scim-configuration", "")
	w.refused(404, "GET", connections+"/con_0/scim-configuration", "", "The connection does not exist")
}

func TestDirectoryProvisioningAndItsGroups(t *testing.T) {
	w := newTenant(t)
	directory := connections + "/con_AcmeGoogle000001/directory-provisioning"
	groups := directory + "/synchronized-groups"
	w.refused(404, "GET", directory, "", "Not Found")
	w.refused(404, "GET", groups, "", "Not Found")
	created := w.call(201, "POST", directory, `{}`)
	w.is(created.Get("@this|@keys"), `["connection_id","connection_name","strategy","mapping","synchronize_automatically","created_at","updated_at","synchronize_groups"]`)
	w.is(created.Get("mapping"), w.call(200, "GET", directory+"/default-mapping", "").Get("mapping").Raw)
	w.is(created.Get("[synchronize_automatically,synchronize_groups]"), `[false,"off"]`)
	w.call(409, "POST", directory, "")
	changed := w.call(200, "PATCH", directory, `{"synchronize_groups":"selected","mapping":[{"auth0":"email","idp":"primaryEmail"}]}`)
	w.is(changed.Get("[mapping,synchronize_groups]"), `[[{"idp":"primaryEmail","auth0":"email"}],"selected"]`)

	w.call(204, "PUT", groups, `{"groups":[{"id":"b"},{"id":"a","name":"A","email":"a@acme.example","direct_members_count":2}]}`)
	w.is(w.call(200, "GET", groups, ""), `{"groups":[{"id":"a","name":"A","email":"a@acme.example","direct_members_count":2},{"id":"b"}]}`)
	w.call(204, "POST", groups, `{"groups":[{"id":"c"},{"id":"a"}]}`)
	w.call(204, "DELETE", groups, `{"groups":[{"id":"b"},{"id":"x"}]}`)
	w.is(w.call(200, "GET", groups, ""), `{"groups":[{"id":"a"},{"id":"c"}]}`)
	page := w.call(200, "GET", groups+"?take=1", "")
	w.is(w.call(200, "GET", groups+"?take=1&from="+page.Get("next").String(), ""), `{"groups":[{"id":"c"}]}`)
	w.refused(400, "POST", groups, `{"groups":[{"id":"a","email":""}]}`, "Payload validation error: 'Object didn't pass validation for format email: ' on property groups[0].email (Google Workspace Directory group email).")
	w.call(204, "PUT", groups, `{"groups":[]}`)
	w.is(w.call(200, "GET", groups, ""), `{"groups":[]}`)

	w.call(204, "DELETE", directory, "")
	w.call(204, "DELETE", directory, "")
	w.call(404, "POST", connections+"/con_AcmeOkta00000001/directory-provisioning", "")
	w.call(202, "DELETE", connections+"/con_BrightGoogle0001", "")
	w.refused(404, "GET", connections+"/con_BrightGoogle0001/directory-provisioning", "", "The connection does not exist")
	if list := w.call(200, "GET", connections+"?strategy=google-apps", ""); len(list.Array()) != 1 || list.Type != gjson.JSON {
		t.Errorf("%s", list)
	}
}
