package auth0

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// strategyNames are the identity providers that a connection can be made for.
var strategyNames = strings.Fields(`
	ad adfs amazon apple dropbox bitbucket auth0-oidc auth0 baidu bitly box custom daccount dwolla email evernote-sandbox
	evernote exact facebook fitbit github google-apps google-oauth2 instagram ip line linkedin oauth1 oauth2 office365 oidc
	okta paypal paypal-sandbox pingfederate planningcenter salesforce-community salesforce-sandbox salesforce samlp
	sharepoint shopify shop sms soundcloud thirtysevensignals twitter untappd vkontakte waad weibo windowslive wordpress
	yahoo yandex`)

// enterprise are the strategies whose connections bear show_as_button.
var enterprise = map[string]bool{
	"ad": true, "adfs": true, "google-apps": true, "oidc": true, "okta": true, "pingfederate": true, "samlp": true, "waad": true,
}

// ticketed are the strategies whose connections bear a provisioning ticket.
var ticketed = map[string]bool{
	"ad": true, "adfs": true, "google-apps": true, "pingfederate": true, "samlp": true, "waad": true,
}

// defaultDisplayName is the JSON of the name where the strategy's connections are never without one.
func defaultDisplayName(strategy, name string) string {
	switch strategy {
	case "oidc", "okta", "waad":
		return state.Quote(name)
	}
	return ""
}

// edit is a connection's options on their way from a request to the store.
type edit struct {
	c       *spec.Call
	before  state.Doc // the stored options, "" on creation
	options state.Doc
}

func (e *edit) creates() bool { return e.before == "" }

// add puts members where there are none by that name.
func (e *edit) add(defaults state.Doc) {
	gjson.Parse(string(defaults)).ForEach(func(key, value gjson.Result) bool {
		if !e.options.Has(key.Str) {
			e.options = e.options.Set(key.Str, value.Raw)
		}
		return true
	})
}

// step is one thing that the service does to the options of a strategy's connections.
type step func(*edit) error

// adds fills in what is missing, at creations and changes alike.
func adds(defaults state.Doc) step {
	return func(e *edit) error {
		e.add(defaults)
		return nil
	}
}

// starts fills in what is missing at a creation alone.
func starts(defaults state.Doc) step {
	return func(e *edit) error {
		if e.creates() {
			e.add(defaults)
		}
		return nil
	}
}

// strategies are the steps for the options of each strategy, in the order in which their results stand in the reply.
// Evidence: the recorded creations and changes of each; a strategy that is missing keeps what a request says.
var strategies = map[string][]step{
	databaseStrategy: {
		checkAttributes, leadDatabase, passwordOptions, hideConfiguration, starts(`{"strategy_version":2}`),
		emailAttribute, authenticationMethods,
		adds(`{"passkey_options":{"challenge_ui":"both","progressive_enrollment_enabled":true,"local_enrollment_enabled":true},
			"brute_force_protection":true}`),
	},
	"okta": {
		needsDomain, providerMetadata(oktaMetadata),
		adds(`{"schema_version":"oidc-V4","type":"back_channel","attribute_map":{"mapping_mode":"basic_profile"}}`), proofKey,
	},
	"oidc": {
		providerMetadata(discoveredMetadata), starts(`{"type":"front_channel"}`),
		adds(`{"schema_version":"oidc-V4","attribute_map":{"mapping_mode":"bind_all"}}`), proofKey,
	},
	"waad": {
		tokenKeys,
		adds(`{"app_domain":"` + tenant + `.us.auth0.com","identity_api":"microsoft-identity-platform-v2.0","useCommonEndpoint":false,
			"should_trust_email_verified_connection":"never_set_emails_as_verified","waad_common_endpoint":false,"use_wsfed":false,
			"waad_protocol":"openid-connect"}`),
	},
	"google-apps": {
		needsGoogleDomain, keepsUserIDs,
		adds(`{"email":true,"profile":true,"scope":["email","profile"],"handle_login_from_social":true}`),
	},
	"ad":           {adds(`{"ips":null,"brute_force_protection":true}`)},
	"adfs":         {federationMetadata, adds(`{"should_trust_email_verified_connection":"always_set_emails_as_verified"}`)},
	"samlp":        {signingCertificate, adds(`{"assertion_decryption_settings":{"algorithm_profile":"v2026-1","algorithm_exceptions":[]}}`)},
	"pingfederate": {pingEndpoint, signingCertificate},

	"google-oauth2": {adds(`{"email":true,"profile":true}`), scopes(googleScopes)},
	"line":          {adds(`{"profile":true}`), scopes(profileAndEmail, "openid")},
	"wordpress":     {adds(`{"profile":true}`), scopes(profileAndEmail)},
	"linkedin":      {adds(`{"profile":true}`), scopes(linkedInScopes)},
	"windowslive":   {adds(`{"signin":true}`), scopes(microsoftScopes)},
	"github":        {scopes(gitHubScopes)},
	"salesforce":    {scopes(profileScope)},
	"facebook":      {facebookScope},

	"sms":   {adds(`{"brute_force_protection":true}`)},
	"email": {adds(`{"brute_force_protection":true}`)},
}

// completeOptions returns the options that a request's come to, in the order of a creation's reply. Before is "" on
// creation, else what was stored: a change replaces it whole, save what the service keeps.
func completeOptions(c *spec.Call, strategy string, before, given state.Doc) (state.Doc, error) {
	e := edit{c: c, before: before, options: given}
	for _, s := range strategies[strategy] {
		if err := s(&e); err != nil {
			return "", err
		}
	}
	return e.options, nil
}

// connectionRules are the rules about options and purposes that creations are held to, and changes too.
var connectionRules = []spec.Error{
	{
		Code: "domain_required", Wire: "invalid_body", Status: 400, Message: "options.domain is required",
		Evidence: spec.Recorded("sdk:TestConnectionManager_Update/It_can_successfully_update_a_Okta_Connection"),
	},
	{
		Code: "google_domain_invalid", Wire: "invalid_body", Status: 400, Message: "undefined is not a valid google apps domain",
		Evidence: spec.Documented("an issue quotes the message; the envelope is assumed"),
	},
	{
		Code: "attributes_and_validation", Wire: "invalid_body", Status: 400, Message: "Cannot set both options.attributes and options.validation",
		Evidence: spec.Recorded("tf-TestAccConnectionOptionsAttrSetValidationNegative#0"),
	},
	{
		Code: "attributes_and_username", Wire: "invalid_body", Status: 400, Message: "Cannot set both options.attributes and options.requires_username",
		Evidence: spec.Recorded("sdk:TestConnectionManager_CreateDBConnectionWithDifferentOptions/It_handles_Auth0_Connection_Cannot_set_both_requires_username_and_attributes_together"),
	},
	{
		Code: "no_active_identifier", Wire: "invalid_body", Status: 400, Message: "attributes must contain one active identifier",
		Evidence: spec.Recorded("sdk:TestConnectionManager_CreateDBConnectionWithDifferentOptions/It_handles_Auth0_Connection_With_No_attribute_is_active"),
	},
	{
		Code: "attribute_not_on_signup", Wire: "invalid_body", Status: 400, Message: "attribute {attribute} must also be required on signup",
		Sample:   []string{"attribute", "phone_number"},
		Evidence: spec.Recorded("tf-TestAccConnectionOptionsAttrInactiveSignUpNegative#0"),
	},
	{
		Code: "operation_not_supported", Status: 400, Message: "Cross App Access Requesting App is not supported for this connection.",
		Evidence: spec.Recorded("tfp:TestAccConnectionCrossAppAccessRequestingAppNegative; which strategies support it is assumed"),
	},
}

// assumedOfChanges are the rows of a creation as those of a change, of which nothing is recorded.
func assumedOfChanges(rows []spec.Error) []spec.Error {
	rows = slices.Clone(rows)
	for i := range rows {
		rows[i].Evidence = spec.Assumed("what a creation answers")
	}
	return rows
}
