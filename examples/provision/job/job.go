// Package job says which sign-on is wanted at which vendor, as a YAML file has it.
package job

import (
	"errors"
	"fmt"

	"github.com/goccy/go-yaml"
)

// Job is what shall be true. What it does not name is left alone; a vendor that it does not name is not called.
type Job struct {
	Auth0  *Auth0
	Atlas  *Atlas
	DevRev *DevRev
	Qovery *Qovery
}

// Auth0 is an organization, made where it is missing, and connections of its tenant that its people sign in by.
type Auth0 struct {
	Organization string // its name
	DisplayName  string `yaml:"display_name"`
	Connections  []Auth0Connection
}

// Auth0Connection is a connection by the name that it has in the tenant.
type Auth0Connection struct {
	Name             string
	AssignMembership bool `yaml:"assign_membership_on_login"`
}

// Atlas is how an organization is connected to its federation.
type Atlas struct {
	Organization     string        // its id
	IdentityProvider string        `yaml:"identity_provider"`     // the display name of a SAML one
	RoleGrants       []string      `yaml:"post_auth_role_grants"` // in any order
	RoleMappings     []RoleMapping `yaml:"role_mappings"`
}

// RoleMapping gives the people of a group of the identity provider roles in the organization, in any order.
type RoleMapping struct {
	Group string
	Roles []string
}

// DevRev is the connections of the organization that the token is for.
type DevRev struct {
	Connections []DevRevConnection
}

// DevRevConnection is found by its display name, and made where it is missing.
type DevRevConnection struct {
	Name    string `yaml:"display_name"`
	Type    string // google_apps, oidc, okta, samlp or waad
	Enabled bool
	Options map[string]string // that the API shows, such as issuer
	Secrets map[string]string // that it never shows, sent with a creation; the file has the environment variable of each
}

// Qovery is custom roles, made where they are missing, and connections that Qovery's staff has made.
type Qovery struct {
	Organization string   // its name
	CustomRoles  []string `yaml:"custom_roles"`
	Connections  []QoveryConnection
}

// QoveryConnection gives roles, by their names, to people and to their groups.
type QoveryConnection struct {
	Name             string
	DefaultRole      string              `yaml:"default_role"`
	EnforceGroupSync bool                `yaml:"enforce_group_sync"`
	GroupMappings    map[string][]string `yaml:"group_mappings"` // the groups of each role
}

// Parse reads a job, and its secrets from the environment. An error names the place, or all that is missing or there twice.
func Parse(text []byte, getenv func(string) string) (j Job, err error) {
	if err := yaml.UnmarshalWithOptions(text, &j, yaml.Strict()); err != nil {
		return Job{}, err
	}
	if j == (Job{}) {
		return Job{}, errors.New("it names no vendor")
	}
	c := checks{seen: map[string]bool{}}
	if a := j.Auth0; a != nil {
		c.given("auth0.organization", a.Organization)
		c.given("auth0.display_name", a.DisplayName)
		for _, x := range a.Connections {
			c.once("auth0.connections", x.Name)
		}
	}
	if a := j.Atlas; a != nil {
		c.given("atlas.organization", a.Organization)
		c.given("atlas.identity_provider", a.IdentityProvider)
		for _, x := range a.RoleMappings {
			c.once("atlas.role_mappings", x.Group)
			c.given("the first of the roles of "+x.Group, append(x.Roles, "")[0])
		}
	}
	if d := j.DevRev; d != nil {
		for _, x := range d.Connections {
			c.once("devrev.connections", x.Name)
			c.given("the type of "+x.Name, x.Type)
			for name, variable := range x.Secrets {
				x.Secrets[name] = getenv(variable)
				c.given("the environment's "+variable, x.Secrets[name])
			}
		}
	}
	if q := j.Qovery; q != nil {
		c.given("qovery.organization", q.Organization)
		for _, name := range q.CustomRoles {
			c.once("qovery.custom_roles", name)
		}
		for _, x := range q.Connections {
			c.once("qovery.connections", x.Name)
			c.given("the default_role of "+x.Name, x.DefaultRole)
		}
	}
	return j, errors.Join(c.found...)
}

// checks collects what is wrong with a job.
type checks struct {
	seen  map[string]bool
	found []error
}

func (c *checks) given(what, value string) {
	if value == "" {
		c.found = append(c.found, fmt.Errorf("%s is missing", what))
	}
}

// once holds a list's names to being there, each once.
func (c *checks) once(list, name string) {
	c.given("a name in "+list, name)
	if c.seen[list+" "+name] {
		c.found = append(c.found, fmt.Errorf("%s has %q twice", list, name))
	}
	c.seen[list+" "+name] = true
}
