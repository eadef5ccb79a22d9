package auth0_test

import (
	"testing"
)

func TestStrategiesCompleteOptions(t *testing.T) {
	for _, s := range []struct{ strategy, sent, created, read string }{
		{"apple", ``, `{}`, `{}`},
		{"sms", `{"from":"+1"}`, `{"from":"+1","brute_force_protection":true}`, `{"from":"+1","brute_force_protection":true}`},
		{"ad", `{"a":1}`, `{"a":1,"ips":null,"brute_force_protection":true}`, `{"a":1,"ips":null,"brute_force_protection":true}`},
		{"facebook", `{"email":true,"user_link":true,"user_likes":false}`, `{"email":true,"user_link":true,"user_likes":false,"scope":"email,user_link"}`, `{"email":true,"scope":"email,user_link","user_link":true,"user_likes":false}`},
		{"google-oauth2", `{"calendar":true,"youtube":false}`, `{"calendar":true,"youtube":false,"email":true,"profile":true,"scope":["https://www.googleapis.com/auth/calendar","email","profile"]}`, ``},
		{"github", `{"gist":true,"read_org":true,"email":false}`, `{"gist":true,"read_org":true,"email":false,"scope":["gist","read:org"]}`, ``},
		{"windowslive", ``, `{"signin":true,"scope":["wl.signin"]}`, `{"scope":["wl.signin"],"signin":true}`},
		{"windowslive", `{"strategy_version":2,"graph_user":true}`, `{"strategy_version":2,"graph_user":true,"signin":true,"scope":["https://graph.microsoft.com/User.Read"]}`, ``},
		{"linkedin", `{"strategy_version":2}`, `{"strategy_version":2,"profile":true,"scope":["r_liteprofile"]}`, ``},
		{"line", `{"tokenURL":null,"email":true,"scope":["profile","openid","email"]}`, `{"tokenURL":null,"email":true,"scope":["openid","email","profile"],"profile":true}`, `{"email":true,"scope":["openid","email","profile"],"profile":true}`},
		{"pingfederate", `{"pingFederateBaseUrl":"https://ping.example"}`, `{"pingFederateBaseUrl":"https://ping.example","signInEndpoint":"https://ping.example"}`, ``},
		{"adfs", `{"fedMetadataXml":"<a><PassiveRequestorEndpoint><Address> https://in.example </Address></PassiveRequestorEndpoint></a>"}`,
			`{"fedMetadataXml":"<a><PassiveRequestorEndpoint><Address> https://in.example </Address></PassiveRequestorEndpoint></a>","thumbprints":[],"signInEndpoint":"https://in.example","should_trust_email_verified_connection":"always_set_emails_as_verified"}`, ``},
		{"oidc", `{"issuer":"https://a.example","userinfo_endpoint":null}`,
			`{"issuer":"https://a.example","userinfo_endpoint":null,"type":"front_channel","schema_version":"oidc-V4","attribute_map":{"mapping_mode":"bind_all"},"connection_settings":{"pkce":"auto"}}`, ``},
		{"oidc", `{"type":"back_channel","userinfo_endpoint":null,"oidc_metadata":{"token_endpoint":"https://a.example/t","claims_parameter_supported":true}}`,
			`{"type":"back_channel","userinfo_endpoint":"","oidc_metadata":{"token_endpoint":"https://a.example/t","claims_parameter_supported":true,"request_parameter_supported":false,"request_uri_parameter_supported":false,"require_request_uri_registration":false},"token_endpoint":"https://a.example/t","schema_version":"oidc-V4","attribute_map":{"mapping_mode":"bind_all"},"connection_settings":{"pkce":"auto"}}`, ``},
		{"waad", `{"waad_protocol":"ws-federation"}`, `{"waad_protocol":"ws-federation","app_domain":"understudy.us.auth0.com","identity_api":"microsoft-identity-platform-v2.0","useCommonEndpoint":false,` +
			`"should_trust_email_verified_connection":"never_set_emails_as_verified","waad_common_endpoint":false,"use_wsfed":false}`, ``},
		{"google-apps", `{"domain":"a.example"}`, `{"domain":"a.example","map_user_id_to_id":false,"email":true,"profile":true,"scope":["email","profile"],"handle_login_from_social":true}`, ``},
		{"auth0", `{"passwordPolicy":"fair","authentication_methods":{"password":{"api_behavior":"optional"}},"attributes":{"email":{"identifier":{"active":true}}}}`,
			`{"mfa":{"active":true,"return_enroll_settings":true},"passwordPolicy":"fair","authentication_methods":{"password":{"enabled":true,"api_behavior":"optional","signup_behavior":"allow"},"passkey":{"enabled":false},"email_otp":{"enabled":false},"phone_otp":{"enabled":false}},` +
				`"attributes":{"email":{"identifier":{"active":true},"verification_method":"link","unique":true}},"strategy_version":2,"passkey_options":{"challenge_ui":"both","progressive_enrollment_enabled":true,"local_enrollment_enabled":true},"brute_force_protection":true}`, ``},
	} {
		t.Run(s.strategy, func(t *testing.T) {
			w := newTenant(t)
			body := `{"name":"new","strategy":"` + s.strategy + `"}`
			if s.sent != "" {
				body = with(body, `"options":`+s.sent)
			}
			created := w.call(201, "POST", connections, body)
			w.is(created.Get("options"), s.created)
			if read := w.call(200, "GET", connections+"/"+created.Get("id").String(), ""); s.read != "" {
				w.is(read.Get("options"), s.read)
			}
		})
	}
}

func TestDatabaseOptions(t *testing.T) {
	w := newTenant(t)
	created := w.call(201, "POST", connections, `{"name":"db","strategy":"auth0","options":{"configuration":{"key":"value"},"password_options":{"complexity":{"min_length":12}}}}`)
	w.is(created.Get("options|@keys"), `["mfa","password_options","configuration","strategy_version","authentication_methods","passkey_options","brute_force_protection"]`)
	w.is(created.Get("options.password_options.complexity.[character_type_rule,min_length]"), `["all",12]`)
	w.is(created.Get("options.password_options.history"), `{"active":false,"size":3}`)
	if hidden := created.Get("options.configuration.key").String(); len(hidden) != 4+32+1+32+1+64 || hidden[:4] != "2.0$" {
		t.Errorf("the configuration shows %q", hidden)
	}
	one := connections + "/" + created.Get("id").String()
	changed := w.call(200, "PATCH", one, `{"options":{"brute_force_protection":false}}`)
	w.is(changed.Get("options|@keys"), `["passkey_options","authentication_methods","brute_force_protection"]`)
	w.refused(400, "PATCH", one, `{"options":{"attributes":{"email":{"identifier":{"active":true},"unique":false}}}}`, "cannot add non-unique email attribute")
	w.is(w.call(200, "GET", one, "").Get("options"), changed.Get("options").Raw)
}

func TestGoogleWorkspaceKeepsWhatAChangeLeavesOut(t *testing.T) {
	w := newTenant(t)
	created := w.call(201, "POST", connections, `{"name":"google","strategy":"google-apps","options":{"tenant_domain":"a.example","map_user_id_to_id":true}}`)
	changed := w.call(200, "PATCH", connections+"/"+created.Get("id").String(), `{"options":{"tenant_domain":"a.example"}}`)
	w.is(changed.Get("options"), `{"email":true,"scope":["email","profile"],"profile":true,"tenant_domain":"a.example","api_enable_users":true,"map_user_id_to_id":true,"handle_login_from_social":true}`)
}

func TestMicrosoftTenantHasAThumbprint(t *testing.T) {
	w := newTenant(t)
	thumbprints := func(name, domain string) string {
		created := w.call(201, "POST", connections, `{"name":"`+name+`","strategy":"waad","options":{"tenant_domain":"`+domain+`"}}`)
		w.is(created.Get("options.thumbprints.#"), "1")
		return created.Get("options.thumbprints.0").String()
	}
	first, again, other := thumbprints("first", "a.example"), thumbprints("again", "a.example"), thumbprints("other", "b.example")
	if len(first) != 40 || again != first || other == first {
		t.Errorf("a.example has the thumbprints %s and %s, b.example %s", first, again, other)
	}
}

func TestSigningCertificateIsRead(t *testing.T) {
	w := newTenant(t)
	options := w.call(200, "GET", connections+"/con_AcmeSaml00000001", "").Get("options")
	w.is(options.Get("[expires,subject,thumbprints]"), `["2046-11-17T02:06:35.000Z",{"commonName":"sso.acme.example","countryName":"US","organizationName":"Acme"},["`+options.Get("thumbprints.0").String()+`"]]`)
	w.is(options.Get("signingCert"), "")
	if len(options.Get("thumbprints.0").String()) != 40 || options.Get("cert").String()[:27] != "-----BEGIN CERTIFICATE-----" {
		t.Errorf("%s", options)
	}
	kept := w.call(201, "POST", connections, `{"name":"none","strategy":"samlp","options":{"signingCert":"no certificate"}}`)
	w.is(kept.Get("options.[signingCert,cert]"), `["no certificate"]`)
}

func TestOptionsAreHeldToTheirRules(t *testing.T) {
	w := newTenant(t)
	for _, r := range []struct{ body, message string }{
		{`{"strategy":"okta"}`, "options.domain is required"},
		{`{"strategy":"google-apps","options":{"client_id":"x"}}`, "undefined is not a valid google apps domain"},
		{`{"strategy":"samlp","cross_app_access_requesting_app":{"active":true}}`, "Cross App Access Requesting App is not supported for this connection."},
		{`{"strategy":"auth0","options":{"attributes":{"email":{}},"validation":{}}}`, "Cannot set both options.attributes and options.validation"},
		{`{"strategy":"auth0","options":{"attributes":{"email":{}},"requires_username":true}}`, "Cannot set both options.attributes and options.requires_username"},
		{`{"strategy":"auth0","options":{"attributes":{"email":{"identifier":{"active":false}}},"requires_username":false}}`, "attributes must contain one active identifier"},
		{`{"strategy":"auth0","options":{"attributes":{"phone_number":{"identifier":{"active":true},"profile_required":true,"signup":{"status":"inactive"}}}}}`, "attribute phone_number must also be required on signup"},
	} {
		w.refused(400, "POST", connections, with(r.body, `"name":"refused"`), r.message)
	}
	w.is(w.call(200, "GET", connections+"?name=refused", ""), "[]")
}
