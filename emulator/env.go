package emulator

// insistsOnHTTPS tells whether the clients of a vendor take no plain URL: Auth0's SDKs and its Terraform provider are given
// a domain, and put https:// before it.
func insistsOnHTTPS(vendor string) bool { return vendor == "auth0" }
