terraform {
  required_version = ">= 1.6" # for an import id that is read

  required_providers {
    auth0 = {
      source  = "auth0/auth0"
      version = ">= 1.44.0" # the first on /organizations/{id}/connections
    }
    mongodbatlas = {
      source = "mongodb/mongodbatlas"
    }
  }
}

# The provider speaks https only, and trusts what SSL_CERT_FILE names.
provider "auth0" {
  domain    = var.auth0_domain
  api_token = var.auth0_api_token
}

# base_url counts only beside credentials: with keys from the environment, the URL must come from there too.
provider "mongodbatlas" {
  base_url    = var.atlas_base_url
  public_key  = var.atlas_public_key
  private_key = var.atlas_private_key
}
