resource "auth0_organization" "globex" {
  name         = "globex"
  display_name = "Globex"
}

resource "auth0_connection" "okta" {
  name           = "globex-okta"
  display_name   = "Globex (Okta)"
  strategy       = "okta"
  show_as_button = true

  options {
    client_id              = "0oaglobex00000000001"
    client_secret          = var.okta_client_secret
    domain                 = "globex.okta.com"
    domain_aliases         = ["globex.example"]
    issuer                 = "https://globex.okta.com"
    authorization_endpoint = "https://globex.okta.com/oauth2/v1/authorize"
    token_endpoint         = "https://globex.okta.com/oauth2/v1/token"
    userinfo_endpoint      = "https://globex.okta.com/oauth2/v1/userinfo"
    jwks_uri               = "https://globex.okta.com/oauth2/v1/keys"
    scopes                 = ["openid", "profile", "email"]
  }
}

resource "auth0_connection" "database" {
  name     = "globex-people"
  strategy = "auth0"
}

resource "auth0_organization_connections" "globex" {
  organization_id = auth0_organization.globex.id

  enabled_connections {
    connection_id              = auth0_connection.okta.id
    assign_membership_on_login = true
    show_as_button             = true
  }

  enabled_connections {
    connection_id              = auth0_connection.database.id
    assign_membership_on_login = true
    is_signup_enabled          = true # for databases only, and only with assign_membership_on_login
  }
}
