package careful

import (
	"context"
	"fmt"
	"maps"

	"github.com/understudy-dev/understudy/examples/provision/job"
)

const devrevConnections = "/dev-orgs.auth-connections."

func syncDevRev(ctx context.Context, a *api, want *job.DevRev) error {
	for _, c := range want.Connections {
		if err := a.ensure(ctx, func() (*change, error) { return devrevMissing(ctx, a, c) }); err != nil {
			return err
		}
		if err := a.ensure(ctx, func() (*change, error) { return devrevToggle(ctx, a, c) }); err != nil {
			return err
		}
	}
	return nil
}

// devrevNamed is the connection of a display name, with its options flat beside what every connection has; nil for none.
// The list has no pages.
func devrevNamed(ctx context.Context, a *api, name string) (map[string]any, error) {
	list, err := must[struct {
		All []map[string]any `json:"auth_connections"`
	}](ctx, a, devrevConnections+"list")
	if err != nil {
		return nil, err
	}
	found, err := only(list.All, "connection", name, func(c map[string]any) string { return fmt.Sprint(c["display_name"]) })
	if err != nil || found == nil {
		return nil, err
	}
	return *found, nil
}

// devrevMissing is what a connection lacks, but for being enabled.
func devrevMissing(ctx context.Context, a *api, want job.DevRevConnection) (*change, error) {
	have, err := devrevNamed(ctx, a, want.Name)
	if err != nil {
		return nil, err
	}
	body := map[string]any{"type": want.Type}
	for name, value := range want.Options {
		body[name] = value
	}
	if have == nil {
		body["display_name"] = want.Name
		for name, value := range want.Secrets {
			body[name] = value
		}
		return &change{"create connection " + want.Name, "POST", devrevConnections + "create", body}, nil
	}
	if have["type"] != want.Type {
		return nil, fmt.Errorf("the connection %s is of type %v, and a type does not change", want.Name, have["type"])
	}
	shown := maps.Clone(body)
	for name := range shown {
		shown[name] = have[name]
	}
	if maps.Equal(shown, body) {
		return nil, nil
	}
	body["id"] = have["id"]
	return &change{"update connection " + want.Name, "POST", devrevConnections + "update", body}, nil
}

func devrevToggle(ctx context.Context, a *api, want job.DevRevConnection) (*change, error) {
	have, err := devrevNamed(ctx, a, want.Name)
	if err != nil || have["enabled"] == want.Enabled {
		return nil, err
	}
	if have == nil {
		return nil, fmt.Errorf("connection %s: %w", want.Name, errGone)
	}
	toggle := map[bool]string{true: "enable", false: "disable"}[want.Enabled]
	return &change{toggle + " connection " + want.Name, "POST", devrevConnections + "toggle",
		map[string]any{"id": have["id"], "toggle": toggle}}, nil
}
