package auth0

import (
	"slices"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
)

var connectionName = &spec.Schema{
	Type: spec.String, MaxLength: 128, Evidence: spec.Documented(specification),
	Description: "The name of the connection. Must start and end with an alphanumeric character and can only contain alphanumeric characters and '-'. Max length 128",
	Pattern:     &spec.Pattern{Text: "^[a-zA-Z0-9](-[a-zA-Z0-9]|[a-zA-Z0-9])*$", Is: isConnectionName},
}

// isConnectionName takes letters and digits, and single dashes between them.
func isConnectionName(s string) bool {
	before := byte('-')
	for i := 0; i < len(s); i++ {
		c := s[i]
		dash := c == '-'
		if dash && before == '-' || !dash && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
		before = c
	}
	return before != '-'
}

var (
	purpose = &spec.Schema{Type: spec.Object, Evidence: spec.Documented(specification), Fields: []spec.Field{
		spec.Req("active", &spec.Schema{Type: spec.Boolean}),
	}}
	openObject       = &spec.Schema{Type: spec.Object, Open: true}
	text             = &spec.Schema{Type: spec.String}
	changeableFields = []spec.Field{
		spec.Opt("display_name", &spec.Schema{
			Type: spec.String, MaxLength: 128, Evidence: spec.Documented(specification),
			Description: "Connection name used in the new universal login experience",
		}),
		spec.Opt("options", openObject),
		spec.Opt("enabled_clients", &spec.Schema{
			Type: spec.Array | spec.Null, Items: text, Default: "[]", Evidence: spec.Recorded("tf-TestAccOrganizationConnection#0; " + unknownClients),
		}),
		spec.Opt("is_domain_connection", &spec.Schema{Type: spec.Boolean, Default: "false", Evidence: spec.Recorded("tf-TestAccOrganizationConnection#0")}),
		spec.Opt("show_as_button", &spec.Schema{Type: spec.Boolean, Default: "false", Evidence: spec.Recorded("tf-TestAccOrganizationConnection#2")}),
		spec.Opt("realms", &spec.Schema{Type: spec.Array, Items: text, Evidence: spec.Documented(specification)}),
		spec.Opt("metadata", &spec.Schema{
			Type: spec.Object | spec.Null, Open: true, MaxProperties: 10, Evidence: spec.Documented(specification),
			Values: &spec.Schema{Type: spec.String | spec.Null, MaxLength: 255},
		}),
		spec.Opt("authentication", purpose),
		spec.Opt("connected_accounts", purpose),
		spec.Opt("cross_app_access_requesting_app", purpose.Nullable()),
		spec.Opt("cross_app_access_resource_app", openObject.Nullable()),
	}
	newConnectionBody = &spec.Schema{Type: spec.Object, Fields: append([]spec.Field{
		spec.Req("name", connectionName),
		spec.Req("strategy", &spec.Schema{Type: spec.String, Enum: strategyNames, Evidence: spec.Documented(specification)}),
	}, changeableFields...)}
	changedConnectionBody = &spec.Schema{Type: spec.Object, MinProperties: 1, Fields: withoutDefaults(changeableFields)}

	connectionReply = &spec.Schema{Type: spec.Object, Fields: slices.Concat([]spec.Field{
		spec.Req("id", text), spec.Req("name", text), spec.Req("strategy", text), spec.Opt("provisioning_ticket_url", text),
	}, changeableFields)}
)
