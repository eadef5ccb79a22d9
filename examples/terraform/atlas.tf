data "mongodbatlas_federated_settings" "acme" {
  org_id = var.atlas_org_id
}

# Taken over rather than made.
import {
  to = mongodbatlas_federated_settings_org_config.acme
  id = "${data.mongodbatlas_federated_settings.acme.id}-${var.atlas_org_id}"
}

resource "mongodbatlas_federated_settings_org_config" "acme" {
  federation_settings_id     = data.mongodbatlas_federated_settings.acme.id
  org_id                     = var.atlas_org_id
  identity_provider_id       = data.mongodbatlas_federated_settings.acme.identity_provider_id
  domain_restriction_enabled = true
  domain_allow_list          = ["acme.example", "partners.example"]
  post_auth_role_grants      = ["ORG_MEMBER"]
}

resource "mongodbatlas_federated_settings_org_role_mapping" "auditors" {
  federation_settings_id = mongodbatlas_federated_settings_org_config.acme.federation_settings_id
  org_id                 = var.atlas_org_id
  external_group_name    = "atlas-auditors"

  role_assignments {
    org_id = var.atlas_org_id
    roles  = ["ORG_READ_ONLY"]
  }
}
