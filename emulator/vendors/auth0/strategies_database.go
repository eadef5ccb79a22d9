package auth0

import (
	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// leadDatabase puts the defaults first and what a creation says over them, as the reply's order shows.
func leadDatabase(e *edit) error {
	if !e.creates() {
		return nil
	}
	lead := state.Doc(`{"mfa":{"active":true,"return_enroll_settings":true}}`)
	if policy := e.options.Get("passwordPolicy"); policy.Exists() {
		lead = lead.Set("passwordPolicy", policy.Raw)
	}
	e.options = lead.Merge(e.options)
	return nil
}

// checkAttributes holds flexible identifiers to their rules.
func checkAttributes(e *edit) error {
	attributes := e.options.Get("attributes")
	if !attributes.IsObject() {
		return nil
	}
	switch {
	case e.options.Get("validation").IsObject():
		return e.c.Fail("attributes_and_validation")
	case e.options.Get("requires_username").Bool():
		return e.c.Fail("attributes_and_username")
	case !e.creates() && !e.before.Has("attributes", "email") && e.options.Get("attributes", "email", "unique").Type == gjson.False:
		return e.c.Fail("email_not_unique")
	}
	active := false
	var err error
	attributes.ForEach(func(name, attribute gjson.Result) bool {
		a := state.Doc(attribute.Raw)
		active = active || a.Get("identifier", "active").Bool()
		if a.Get("profile_required").Bool() && a.Has("signup", "status") && a.Text("signup", "status") != "required" {
			err = e.c.Fail("attribute_not_on_signup", "attribute", name.Str)
		}
		return err == nil
	})
	if err == nil && !active {
		return e.c.Fail("no_active_identifier")
	}
	return err
}

// emailAttribute says how an email address is verified and that it is unique, unless the request does.
func emailAttribute(e *edit) error {
	if !e.options.Get("attributes", "email").IsObject() {
		return nil
	}
	email := edit{options: state.Doc(e.options.Get("attributes", "email").Raw)}
	email.add(`{"verification_method":"link","unique":true}`)
	attributes := state.Doc(e.options.Get("attributes").Raw).Set("email", string(email.options))
	e.options = e.options.Set("attributes", string(attributes))
	return nil
}

// passwordDefaults are the password options of a new connection since August 2026; before, it had passwordPolicy "good".
var passwordDefaults = []struct {
	name  string
	value state.Doc
}{
	{"complexity", `{"character_type_rule":"all","identical_characters":"allow","sequential_characters":"allow","max_length_exceeded":"error","min_length":15,"character_types":[]}`},
	{"profile_data", `{"active":false,"blocked_fields":["name","username","nickname","email","phone_number","user_metadata.name","user_metadata.first","user_metadata.last"]}`},
	{"history", `{"active":false,"size":3}`},
	{"dictionary", `{"active":false,"custom":[],"default":"en_100k"}`},
}

// passwordOptions completes them; a creation that names neither them nor the older policy gets all the defaults.
func passwordOptions(e *edit) error {
	given := e.options.Get("password_options")
	if !given.IsObject() && (!e.creates() || e.options.Has("passwordPolicy")) {
		return nil
	}
	said := state.Doc(given.Raw)
	if !given.IsObject() {
		said = "{}"
	}
	completed := state.NewBuilder()
	for _, part := range passwordDefaults {
		completed.Raw(part.name, string(part.value.Merge(state.Doc(said.Get(part.name).Raw))))
	}
	e.options = e.options.Set("password_options", string(completed.Doc().Merge(said.Drop("complexity", "profile_data", "history", "dictionary"))))
	return nil
}

// hideConfiguration puts cipher texts in the place of the values that database scripts are given.
func hideConfiguration(e *edit) error {
	given := e.options.Get("configuration")
	if !given.IsObject() {
		return nil
	}
	hidden := state.Doc("{}")
	given.ForEach(func(name, _ gjson.Result) bool {
		text := "2.0$" + e.c.Hex("configuration", 32) + "$" + e.c.Hex("configuration", 32) + "$" + e.c.Hex("configuration", 64)
		hidden = hidden.SetText(name.Str, text)
		return true
	})
	e.options = e.options.Drop("configuration").Set("configuration", string(hidden))
	return nil
}

// authenticationMethods completes them; a request that names some gets all four.
func authenticationMethods(e *edit) error {
	password := state.Doc(`{"enabled":true,"api_behavior":"required","signup_behavior":"allow"}`)
	given := e.options.Get("authentication_methods")
	if !given.IsObject() {
		e.options = e.options.Set("authentication_methods", `{"password":`+string(password)+`,"passkey":{"enabled":false}}`)
		return nil
	}
	methods := edit{options: state.Doc(given.Raw)}
	methods.add(`{"password":{},"passkey":{"enabled":false},"email_otp":{"enabled":false},"phone_otp":{"enabled":false}}`)
	said := state.Doc(methods.options.Get("password").Raw)
	e.options = e.options.Set("authentication_methods", string(methods.options.Set("password", string(password.Merge(said)))))
	return nil
}
