package auth0

import "github.com/understudy-dev/understudy/emulator/internal/spec"

var connectionStatus = []spec.Operation{{
	ID: "connection_status.get", Method: "GET", Path: "/api/v2/connections/{id}/status",
	Summary:    "Tell whether an AD/LDAP connection is online: here every connection is, unless a scenario says otherwise",
	Needs:      []string{"read:connections"},
	Limit:      "connections.status",
	PathParams: []spec.Param{connectionPathID},
	Status:     200,
	Errors: []spec.Error{
		{
			Code: "connection_not_found", Wire: "-", Status: 404, Message: "Connection not found.", Class: spec.NotFound,
			Evidence: spec.Documented(specification + "; that it bears no errorCode is assumed"),
		},
		// only scenarios raise this one
		{
			Code: "connection_offline", Wire: "-", Status: 404, Message: "not connected to any node",
			Evidence: spec.Documented(specification + "; that it bears no errorCode is assumed"),
		},
	},
	Handle: func(c *spec.Call) (spec.Reply, error) {
		if !c.Tx.Has("connections", c.Vars["id"]) {
			return spec.Reply{}, c.Fail("connection_not_found")
		}
		return spec.Reply{}, nil
	},
	Evidence: spec.Documented(specification + ": a success without a body; never recorded"),
}}
