package auth0

import (
	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

const synchronizedGroupsPath = "/api/v2/connections/{id}/directory-provisioning/synchronized-groups"

var synchronizedGroups = []spec.Operation{
	{
		ID: "synchronized_groups.list", Method: "GET", Path: synchronizedGroupsPath,
		Summary:    "List the groups that a connection's directory provisioning synchronizes",
		Needs:      []string{"read:directory_provisionings"},
		PathParams: []spec.Param{connectionPathID},
		Query:      checkpointParams,
		Status:     200, Reply: checkpointOf("groups", &spec.Schema{Type: spec.Object, Fields: groupFields}),
		Errors:   noDirectory,
		Handle:   listSynchronizedGroups,
		Evidence: spec.Recorded("tf-TestAccDirectorySynchronizedGroups#13"),
	},
	{
		ID: "synchronized_groups.replace", Method: "PUT", Path: synchronizedGroupsPath,
		Summary:    "Synchronize these groups and no others",
		Needs:      []string{"update:directory_provisionings"},
		PathParams: []spec.Param{connectionPathID},
		Body:       groupsBody,
		Status:     204,
		Errors:     noDirectory,
		Handle:     replaceSynchronizedGroups,
		Evidence:   spec.Recorded("tf-TestAccDirectorySynchronizedGroupsMetadata#4"),
	},
	{
		ID: "synchronized_groups.add", Method: "POST", Path: synchronizedGroupsPath,
		Summary:    "Synchronize these groups too",
		Needs:      []string{"update:directory_provisionings"},
		PathParams: []spec.Param{connectionPathID},
		Body:       groupsBody,
		Status:     204,
		Errors:     noDirectory,
		Handle:     addSynchronizedGroups,
		Evidence:   spec.Recorded("tf-TestAccDirectorySynchronizedGroups#12"),
	},
	{
		ID: "synchronized_groups.remove", Method: "DELETE", Path: synchronizedGroupsPath,
		Summary:    "Synchronize these groups no more",
		Needs:      []string{"update:directory_provisionings"},
		PathParams: []spec.Param{connectionPathID},
		Body:       groupsBody,
		Status:     204,
		Errors:     noDirectory,
		Handle:     removeSynchronizedGroups,
		Evidence:   spec.Recorded("tf-TestAccDirectorySynchronizedGroups#28; that unknown groups are 204 too is assumed"),
	},
}

// synchronizedGroupKind holds a group that is chosen for synchronization.
var synchronizedGroupKind = spec.Kind{
	Name: "synchronized_groups",
	Schema: &spec.Schema{Type: spec.Object, Fields: append([]spec.Field{
		spec.Req("connection_id", text),
	}, groupFields...)},
	Refs:     map[string]string{"connection_id": "connections"},
	Identify: func(d state.Doc) string { return relation(d.Text("connection_id"), d.Text("id")) },
	Parent:   func(d state.Doc) string { return d.Text("connection_id") },
	// every recorded list of several stands in this order, whatever the order of the request
	Order: func(o *state.Object) string { return o.Doc.Text("id") },
	Key: func(tx *state.Tx, o *state.Object) string {
		return nameOf(tx, "connections", o.Parent) + " / " + o.Doc.Text("id")
	},
	Evidence: spec.Recorded("tf-TestAccDirectorySynchronizedGroupsMetadata#5"),
}

var (
	noDirectory = []spec.Error{
		connectionNotFound(spec.Assumed("what the configuration's own path answers")),
		notConfigured(spec.Assumed("what the configuration's own path answers")),
	}
	groupFields = []spec.Field{
		spec.Req("id", &spec.Schema{Type: spec.String, Description: "Google Workspace Directory group ID", Evidence: spec.Recorded("tf-TestAccDirectorySynchronizedGroupsMetadata#4")}),
		spec.Opt("name", &spec.Schema{Type: spec.String, Evidence: spec.Recorded("tf-TestAccDirectorySynchronizedGroupsMetadata#4")}),
		spec.Opt("email", &spec.Schema{
			Type: spec.String, Format: email, Description: "Google Workspace Directory group email",
			Evidence: spec.Recorded("tf-TestAccDirectorySynchronizedGroupsMetadata#22"),
		}),
		spec.Opt("direct_members_count", &spec.Schema{Type: spec.Integer, Min: spec.Int(0), Evidence: spec.Recorded("tf-TestAccDirectorySynchronizedGroupsMetadata#4")}),
	}
	groupsBody = &spec.Schema{Type: spec.Object, Evidence: spec.ClientCode(sdkSource), Fields: []spec.Field{
		spec.Req("groups", &spec.Schema{Type: spec.Array, Items: &spec.Schema{Type: spec.Object, Fields: groupFields}}),
	}}
)

func listSynchronizedGroups(c *spec.Call) (spec.Reply, error) {
	connection, _, err := below(c, "directory_provisionings")
	if err != nil {
		return spec.Reply{}, err
	}
	w, err := checkpointWindow(c)
	if err != nil {
		return spec.Reply{}, err
	}
	l := listing{kind: "synchronized_groups", list: "synchronized_groups", parent: connection.ID, name: "groups"}
	l.show = func(o *state.Object) state.Doc { return o.Doc.Drop("connection_id") }
	return l.answer(c, w)
}

func replaceSynchronizedGroups(c *spec.Call) (spec.Reply, error) {
	connection, _, err := below(c, "directory_provisionings")
	if err != nil {
		return spec.Reply{}, err
	}
	if err := deleteListed(c.Tx, "synchronized_groups", "synchronized_groups", connection.ID); err != nil {
		return spec.Reply{}, err
	}
	return addSynchronizedGroups(c)
}

// addSynchronizedGroups replaces what it knew of a group.
func addSynchronizedGroups(c *spec.Call) (spec.Reply, error) {
	return eachGroup(c, func(group state.Doc, known *state.Object) error {
		if known != nil {
			_, err := c.Tx.Replace(known, group)
			return err
		}
		_, err := c.Tx.Insert(synchronizedGroupKind.Object(group))
		return err
	})
}

func removeSynchronizedGroups(c *spec.Call) (spec.Reply, error) {
	return eachGroup(c, func(_ state.Doc, known *state.Object) error {
		if known == nil {
			return nil
		}
		return c.Tx.Delete("synchronized_groups", known.ID)
	})
}

// eachGroup hands over the groups of the request, with what is stored under the same id, nil for none.
func eachGroup(c *spec.Call, do func(group state.Doc, known *state.Object) error) (spec.Reply, error) {
	connection, _, err := below(c, "directory_provisionings")
	if err != nil {
		return spec.Reply{}, err
	}
	for _, item := range c.Body.Get("groups").Array() {
		group := state.Doc(item.Raw).Pick("id", "name", "email", "direct_members_count").SetText("connection_id", connection.ID)
		known, err := c.Tx.Get("synchronized_groups", relation(connection.ID, group.Text("id")))
		if err != nil {
			known = nil
		}
		if err := do(group, known); err != nil {
			return spec.Reply{}, err
		}
	}
	return spec.Reply{}, nil
}
