package auth0

import (
	"slices"
	"strconv"
	"strings"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
)

var organizationName = &spec.Schema{
	Type: spec.String, MinLength: 1, MaxLength: 50, Evidence: spec.Documented(specification),
	Description: "The name of this organization.",
	Format:      &spec.Pattern{Text: "organization-name", Is: isOrganizationName},
}

// isOrganizationName is ^(?:(?!org_))[a-z0-9]([a-z0-9-_]*[a-z0-9])?$
func isOrganizationName(s string) bool {
	if s == "" || strings.HasPrefix(s, "org_") {
		return false
	}
	edge := func(c byte) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }
	for i := 0; i < len(s); i++ {
		if !edge(s[i]) && s[i] != '-' && s[i] != '_' {
			return false
		}
	}
	return edge(s[0]) && edge(s[len(s)-1])
}

// idPattern is a prefix and n letters and digits.
func idPattern(prefix string, n int) *spec.Pattern {
	return &spec.Pattern{Text: "^" + prefix + "[A-Za-z0-9]{" + strconv.Itoa(n) + "}$", Is: func(s string) bool {
		rest, ok := strings.CutPrefix(s, prefix)
		return ok && len(rest) == n && strings.IndexFunc(rest, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
		}) < 0
	}}
}

var sortPattern = &spec.Pattern{Text: "^(name|display_name|created_at):(1|-1)$", Is: func(s string) bool {
	field, direction, _ := strings.Cut(s, ":")
	return slices.Contains([]string{"name", "display_name", "created_at"}, field) && (direction == "1" || direction == "-1")
}}

var (
	displayName = &spec.Schema{
		Type: spec.String, MinLength: 1, MaxLength: 255, Evidence: spec.Documented(specification),
		Description: "Friendly name of this organization.",
	}
	primaryColor    = color("HEX Color for primary elements.")
	backgroundColor = color("HEX Color for background.")
	logo            = &spec.Schema{
		Type: spec.String | spec.Null, Format: &spec.Pattern{Text: "strict-https-uri-or-null", Is: isSecureURL}, Evidence: spec.Documented(specification),
		Description: "URL of logo to display on login page.",
	}
	branding = &spec.Schema{Type: spec.Object | spec.Null, Evidence: spec.Documented(specification), Fields: []spec.Field{
		spec.Opt("logo_url", logo),
		spec.Opt("colors", &spec.Schema{Type: spec.Object, Fields: []spec.Field{
			spec.Req("primary", primaryColor), spec.Req("page_background", backgroundColor),
		}}),
	}}
	metadata = &spec.Schema{
		Type: spec.Object | spec.Null, Open: true, MaxProperties: 25, Evidence: spec.Documented(specification),
		Values: &spec.Schema{Type: spec.String | spec.Null, MaxLength: 255},
	}
	tokenQuota = &spec.Schema{Type: spec.Object | spec.Null, Evidence: spec.Recorded("tf-TestAccOrganizationTokenQuota#0"), Fields: []spec.Field{
		spec.Req("client_credentials", &spec.Schema{Type: spec.Object, MinProperties: 1, Fields: []spec.Field{
			spec.Opt("enforce", &spec.Schema{Type: spec.Boolean}),
			spec.Opt("per_day", &spec.Schema{Type: spec.Integer, Min: spec.Int(1)}),
			spec.Opt("per_hour", &spec.Schema{Type: spec.Integer, Min: spec.Int(1)}),
		}}),
	}}
	thirdPartyClientAccess = &spec.Schema{
		Type: spec.String, Enum: []string{"block", "allow"}, Default: `"block"`, Evidence: spec.Recorded("tf-TestAccOrganizationThirdPartyClientAccess#0"),
	}
	isAppEntitlementActive = &spec.Schema{Type: spec.Boolean, Default: "false", Evidence: spec.Recorded("tf-TestAccOrganizationClient#0")}

	organizationFields = []spec.Field{
		spec.Req("name", organizationName),
		spec.Opt("display_name", displayName),
		spec.Opt("branding", branding),
		spec.Opt("metadata", metadata),
		spec.Opt("token_quota", tokenQuota),
		spec.Opt("third_party_client_access", thirdPartyClientAccess),
		spec.Opt("is_app_entitlement_active", isAppEntitlementActive),
	}
	newOrganization = &spec.Schema{Type: spec.Object, Fields: append([]spec.Field{
		spec.Opt("enabled_connections", &spec.Schema{
			Type: spec.Array, MaxItems: 10, Items: newEnabledConnection, Evidence: spec.Documented(specification),
		}),
	}, organizationFields...)}
	changedOrganization = &spec.Schema{Type: spec.Object, Fields: append([]spec.Field{
		spec.Opt("name", organizationName),
	}, withoutDefaults(organizationFields[1:])...)}

	organization       = &spec.Schema{Type: spec.Object, Fields: append([]spec.Field{spec.Req("id", &spec.Schema{Type: spec.String})}, organizationFields...)}
	listedOrganization = &spec.Schema{Type: spec.Object, Fields: append([]spec.Field{
		spec.Opt("client", &spec.Schema{Type: spec.Object, Open: true}),
	}, organization.Fields...)}
	createdOrganization = &spec.Schema{Type: spec.Object, Fields: append([]spec.Field{
		spec.Opt("enabled_connections", &spec.Schema{Type: spec.Array, Items: enabledConnection}),
	}, organization.Fields...)}
)

func color(description string) *spec.Schema {
	return &spec.Schema{
		Type: spec.String, Format: &spec.Pattern{Text: "html-color", Is: isColor}, Description: description, Evidence: spec.Documented(specification),
	}
}

// isColor takes #rgb and #rrggbb. The service's own format, html-color, may take color names too.
func isColor(s string) bool {
	digits, ok := strings.CutPrefix(s, "#")
	return ok && (len(digits) == 3 || len(digits) == 6) && strings.Trim(strings.ToLower(digits), "0123456789abcdef") == ""
}

func isSecureURL(s string) bool {
	rest, ok := strings.CutPrefix(s, "https://")
	return ok && rest != "" && !strings.ContainsAny(rest, " \t\n\"<>\\")
}
