package auth0

import (
	"strings"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

var directoryProvisionings = []spec.Operation{
	{
		ID: "directory_provisionings.get", Method: "GET", Path: "/api/v2/connections/{id}/directory-provisioning",
		Summary:    "Get the directory provisioning of a connection",
		Needs:      []string{"read:directory_provisionings"},
		PathParams: []spec.Param{connectionPathID},
		Status:     200, Reply: directoryProvisioning,
		Errors: []spec.Error{
			connectionNotFound(spec.Assumed("what POST answers")),
			notConfigured(spec.Assumed("what a connection without SCIM answers")),
		},
		Handle:   getDirectoryProvisioning,
		Evidence: spec.Recorded("tf-TestAccDirectoryProvisioning#16"),
	},
	{
		ID: "directory_provisionings.create", Method: "POST", Path: "/api/v2/connections/{id}/directory-provisioning",
		Summary:    "Give a connection directory provisioning",
		Needs:      []string{"create:directory_provisionings"},
		PathParams: []spec.Param{connectionPathID},
		Body:       &spec.Schema{Type: spec.Object | spec.Null, Fields: directoryFields, Evidence: spec.Recorded("tf-TestAccDirectoryDefaultMappingDataSource#2: empty")},
		Status:     201, Reply: directoryProvisioning,
		Errors: []spec.Error{
			connectionNotFound(spec.Recorded("tf-TestAccDirectoryProvisioning#0")),
			{
				Code: "directory_not_supported", Wire: "-", Status: 404, Message: "This connection type does not support directory provisioning.",
				Evidence: spec.Assumed("recorded for Google Workspace alone; the text is by analogy with SCIM's"),
			},
			{
				Code: "directory_provisioning_exists", Wire: "-", Status: 409, Message: "The directory provisioning configuration already exists.",
				Class: spec.Conflict, On: state.ErrConflict, Evidence: spec.Assumed("neither status nor text is known"),
			},
		},
		Handle:   createDirectoryProvisioning,
		Evidence: spec.Recorded("tf-TestAccDirectoryDataSource#2"),
	},
	{
		ID: "directory_provisionings.update", Method: "PATCH", Path: "/api/v2/connections/{id}/directory-provisioning",
		Summary:    "Change the directory provisioning of a connection",
		Needs:      []string{"update:directory_provisionings"},
		PathParams: []spec.Param{connectionPathID},
		Body:       &spec.Schema{Type: spec.Object, Fields: withoutDefaults(directoryFields), Evidence: spec.ClientCode(sdkSource)},
		Status:     200, Reply: directoryProvisioning,
		Errors: []spec.Error{
			connectionNotFound(spec.Assumed("what POST answers")),
			notConfigured(spec.Assumed("what a connection without SCIM answers")),
		},
		Handle:   updateDirectoryProvisioning,
		Evidence: spec.Recorded("tf-TestAccDirectoryProvisioning#9"),
	},
	{
		ID: "directory_provisionings.delete", Method: "DELETE", Path: "/api/v2/connections/{id}/directory-provisioning",
		Summary:    "Take directory provisioning and its groups from a connection",
		Needs:      []string{"delete:directory_provisionings"},
		PathParams: []spec.Param{connectionPathID},
		BodyFree:   true,
		Status:     204,
		Errors:     []spec.Error{connectionNotFound(spec.Assumed("what POST answers"))},
		Handle:     deleteDirectoryProvisioning,
		Evidence:   spec.Recorded("tf-TestAccDirectoryDataSource#9; that a repeat is 204 too is assumed"),
	},
	{
		ID: "directory_provisionings.default_mapping", Method: "GET", Path: "/api/v2/connections/{id}/directory-provisioning/default-mapping",
		Summary:    "Get the mapping that a new directory provisioning of a connection has",
		Needs:      []string{"read:directory_provisionings"},
		PathParams: []spec.Param{connectionPathID},
		Status:     200, Reply: &spec.Schema{Type: spec.Object, Fields: []spec.Field{spec.Req("mapping", directoryMapping)}},
		Errors:   []spec.Error{connectionNotFound(spec.Assumed("what POST answers"))},
		Handle:   defaultDirectoryMapping,
		Evidence: spec.Recorded("tf-TestAccDirectoryDefaultMappingDataSource#4"),
	},
}

// directoryProvisioningKind holds each configuration as GET answers it, by its connection's id.
var directoryProvisioningKind = spec.Kind{
	Name: "directory_provisionings",
	Schema: &spec.Schema{Type: spec.Object, Fields: append([]spec.Field{
		spec.Req("connection_id", text),
	}, directoryFields...)},
	Refs:     map[string]string{"connection_id": "connections"},
	Identify: func(d state.Doc) string { return d.Text("connection_id") },
	Parent:   func(d state.Doc) string { return d.Text("connection_id") },
	Key:      func(tx *state.Tx, o *state.Object) string { return nameOf(tx, "connections", o.ID) },
	Build:    buildDirectoryProvisioning,
	Evidence: spec.Recorded("tf-TestAccDirectoryDataSource#2"),
}

var (
	directoryMapping = &spec.Schema{Type: spec.Array, Evidence: spec.ClientCode(sdkSource), Items: &spec.Schema{Type: spec.Object, Fields: []spec.Field{
		spec.Req("auth0", &spec.Schema{Type: spec.String, Description: "The field location in the Auth0 schema"}),
		spec.Req("idp", &spec.Schema{Type: spec.String, Description: "The field location in the IDP schema"}),
	}}}
	directoryFields = []spec.Field{
		spec.Opt("mapping", directoryMapping),
		spec.Opt("synchronize_automatically", &spec.Schema{
			Type: spec.Boolean, Default: "false", Evidence: spec.Recorded("tf-TestAccDirectoryDataSource#2"),
			Description: "Whether periodic automatic synchronization is enabled",
		}),
		spec.Opt("synchronize_groups", &spec.Schema{
			Type: spec.String, Enum: []string{"all", "off", "selected"}, Default: `"off"`, Evidence: spec.Recorded("tf-TestAccDirectoryDataSource#2"),
		}),
	}
	directoryProvisioning = &spec.Schema{Type: spec.Object, Fields: append([]spec.Field{
		spec.Req("connection_id", text), spec.Req("connection_name", text), spec.Req("strategy", text),
		spec.Req("created_at", text), spec.Req("updated_at", text),
	}, directoryFields...)}
)

func getDirectoryProvisioning(c *spec.Call) (spec.Reply, error) {
	_, o, err := below(c, "directory_provisionings")
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: o.Doc}, nil
}

func createDirectoryProvisioning(c *spec.Call) (spec.Reply, error) {
	connection, err := connectionOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	if connection.Doc.Text("strategy") != "google-apps" {
		return spec.Reply{}, c.Fail("directory_not_supported")
	}
	o, err := c.Build("directory_provisionings", given(c).SetText("connection_id", connection.ID))
	if err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: o.Doc}, nil
}

func buildDirectoryProvisioning(c *spec.Call, d state.Doc) (state.Doc, error) {
	connection, err := c.Tx.Get("connections", d.Text("connection_id"))
	if err != nil {
		return "", err
	}
	mapping := mappingPairs(googleMapping, "idp", "auth0")
	if d.Has("mapping") {
		mapping = reordered(d, "idp", "auth0")
	}
	return state.NewBuilder().Text("connection_id", connection.ID).Text("connection_name", connection.Doc.Text("name")).
		Text("strategy", connection.Doc.Text("strategy")).Raw("mapping", mapping).
		Bool("synchronize_automatically", d.Get("synchronize_automatically").Bool()).
		Text("created_at", timestamp(c.Now)).Text("updated_at", timestamp(c.Now)).
		Raw("synchronize_groups", rawOr(d, "synchronize_groups", `"off"`)).Doc(), nil
}

func updateDirectoryProvisioning(c *spec.Call) (spec.Reply, error) {
	_, o, err := below(c, "directory_provisionings")
	if err != nil {
		return spec.Reply{}, err
	}
	change := c.Body.SetText("updated_at", timestamp(c.Now))
	if change.Has("mapping") {
		change = change.Set("mapping", reordered(change, "idp", "auth0"))
	}
	if o, err = c.Tx.Replace(o, o.Doc.Merge(change)); err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: o.Doc}, nil
}

func deleteDirectoryProvisioning(c *spec.Call) (spec.Reply, error) {
	connection, err := connectionOf(c)
	if err != nil {
		return spec.Reply{}, err
	}
	if err := deleteListed(c.Tx, "synchronized_groups", "synchronized_groups", connection.ID); err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{}, deleteListed(c.Tx, "directory_provisionings", "directory_provisionings", connection.ID)
}

func defaultDirectoryMapping(c *spec.Call) (spec.Reply, error) {
	if _, err := connectionOf(c); err != nil {
		return spec.Reply{}, err
	}
	return spec.Reply{Body: state.NewBuilder().Raw("mapping", mappingPairs(googleMapping, "idp", "auth0")).Doc()}, nil
}

// googleMapping is the default mapping, the identity provider first.
var googleMapping = directoryPairs(`
	id>app_metadata.external_id primaryEmail>email primaryEmail name.fullName>name name.givenName>given_name
	name.familyName>family_name isAdmin isAdmin>is_admin isDelegatedAdmin agreedToTerms agreedToTerms>tou_accepted suspended
	suspended>is_suspended suspended>blocked suspensionReason archived ipWhitelisted ipWhitelisted>is_ipWhitelisted kind etag
	customerId orgUnitPath emails phones externalIds aliases addresses organizations nonEditableAliases relations languages
	posixAccounts notes websites locations keywords gender ims creationTime lastLoginTime changePasswordAtNextLogin
	isMailboxSetup includeInGlobalAddressList thumbnailPhotoUrl thumbnailPhotoEtag isEnrolledIn2Sv isEnforcedIn2Sv
	recoveryEmail recoveryPhone sshPublicKeys customSchemas`)

// directoryPairs reads one pair a word; a word without > stands for itself on both sides.
func directoryPairs(words string) [][2]string {
	var pairs [][2]string
	for _, word := range strings.Fields(words) {
		idp, auth0, differs := strings.Cut(word, ">")
		if !differs {
			auth0 = idp
		}
		pairs = append(pairs, [2]string{idp, auth0})
	}
	return pairs
}
