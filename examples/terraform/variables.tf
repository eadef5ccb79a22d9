# The defaults point at understudy serve with its fixture acme. Nothing here is a secret of anybody's.

variable "auth0_domain" {
  type    = string
  default = "localhost:4443"
}

variable "auth0_api_token" {
  type      = string
  default   = "any"
  sensitive = true
}

variable "atlas_base_url" {
  type    = string
  default = "http://localhost:4010"
}

variable "atlas_public_key" {
  type    = string
  default = "acmeprov"
}

variable "atlas_private_key" {
  type      = string
  default   = "acme-provisioning-private-key"
  sensitive = true
}

variable "atlas_org_id" {
  description = "An organization that is connected to a federation: the API has no call that connects one."
  type        = string
  default     = "ac0000000000000000000001"
}

variable "okta_client_secret" {
  type      = string
  default   = "any"
  sensitive = true
}
