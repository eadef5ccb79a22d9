package job

import "strings"

// Access is how a vendor is reached: with a token, or with what a token is had for.
type Access struct {
	URL                    string // without a slash at its end
	Token                  string
	ClientID, ClientSecret string
}

// Accesses are those of all vendors.
type Accesses struct{ Auth0, Atlas, DevRev, Qovery Access }

// FromEnvironment reads the variables that the vendors' own clients read, and DEVREV_ENDPOINT, as those of DevRev read none.
func FromEnvironment(getenv func(string) string) Accesses {
	or := func(name, otherwise string) string {
		if value := getenv(name); value != "" {
			return strings.TrimSuffix(value, "/")
		}
		return otherwise
	}
	domain := or("AUTH0_DOMAIN", "")
	if domain != "" && !strings.Contains(domain, "://") {
		domain = "https://" + domain
	}
	return Accesses{
		Auth0: Access{
			URL: domain, Token: getenv("AUTH0_API_TOKEN"),
			ClientID: getenv("AUTH0_CLIENT_ID"), ClientSecret: getenv("AUTH0_CLIENT_SECRET"),
		},
		Atlas: Access{
			URL: or("MONGODB_ATLAS_BASE_URL", "https://cloud.mongodb.com"), Token: getenv("MONGODB_ATLAS_ACCESS_TOKEN"),
			ClientID: getenv("MONGODB_ATLAS_CLIENT_ID"), ClientSecret: getenv("MONGODB_ATLAS_CLIENT_SECRET"),
		},
		DevRev: Access{URL: or("DEVREV_ENDPOINT", "https://api.devrev.ai"), Token: getenv("DEVREV_TOKEN")},
		Qovery: Access{URL: or("QOVERY_API_URL", "https://api.qovery.com"), Token: getenv("QOVERY_CLI_ACCESS_TOKEN")},
	}
}
