package auth0

import (
	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

var tenants = []spec.Operation{{
	ID: "tenants.get_settings", Method: "GET", Path: "/api/v2/tenants/settings",
	Summary: "Get the tenant's settings: those of a newly opened one, which nothing here changes",
	Needs:   []string{"read:tenant_settings"},
	Query:   projectionParams,
	Status:  200, Reply: &spec.Schema{Type: spec.Object, Open: true},
	Handle: func(c *spec.Call) (spec.Reply, error) {
		return spec.Reply{Body: projected(c, tenantSettings)}, nil
	},
	Evidence: spec.Recorded("tf-TestAccConnectionOptionsAttrUserName#3; the values, which a tenant sets itself, are assumed"),
}}

const tenantSettings state.Doc = `{"allowed_logout_urls":[],"acr_values_supported":[],` +
	`"change_password":{"enabled":false,"html":""},"default_audience":"","default_directory":"","enabled_locales":["en"],` +
	`"flags":{"allow_changing_enable_sso":false,"disable_impersonation":true,"enable_sso":true,"universal_login":true,` +
	`"revoke_refresh_token_grant":false,"disable_clickjack_protection_headers":false,"cannot_change_enforce_client_authentication_on_passwordless_start":true,` +
	`"enforce_client_authentication_on_passwordless_start":true},` +
	`"friendly_name":"","guardian_mfa_page":{"enabled":false,"html":""},"idle_session_lifetime":72,"picture_url":"",` +
	`"sandbox_version":"22","session_lifetime":168,"support_email":"","support_url":"",` +
	`"sessions":{"oidc_logout_prompt_enabled":true},"oidc_logout":{"rp_logout_end_session_endpoint_discovery":true},` +
	`"allow_organization_name_in_authentication_api":false,"customize_mfa_in_postlogin_action":false,` +
	`"pushed_authorization_requests_supported":false,"mtls":{"enable_endpoint_aliases":false},` +
	`"session_cookie":{"mode":"persistent"},"sandbox_versions_available":["22","18"]}`
