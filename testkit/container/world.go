package container

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/understudy-dev/understudy/emulator"
)

// World is one world of a container. Its objects, clock, limits, credentials, scenario and journal are its own, so that
// tests can run in parallel on one container. It ends with Delete, or with the container, and is safe for concurrent use.
//
// A test that was given to Play, Saw or Passed ends as testkit's do: it fails where the world answered what no table
// declares, and where a path was called that is not emulated; where it failed, it logs at most 25 lines, with the last
// exchanges, what rules that never fired waited for, and the command that repeats it.
type World struct {
	container *Container
	name      string

	mu    sync.Mutex
	tests map[testing.TB]*watched
}

// World makes a world that starts from the container's own fixture, or from another one by name. The world's name has
// letters, digits, '-', '_' and '.', at most 64. Errors: a bad or taken name, an unknown fixture, more than one.
func (c *Container) World(ctx context.Context, name string, fixture ...string) (*World, error) {
	if len(fixture) > 1 {
		return nil, fmt.Errorf("understudy: a world starts from one fixture, not from %q", fixture)
	}
	body, err := json.Marshal(map[string]string{"name": name, "fixture": strings.Join(fixture, "")})
	if err != nil {
		return nil, err
	}
	if _, err := c.control(ctx, http.MethodPost, "worlds", body); err != nil {
		return nil, err
	}
	return &World{container: c, name: name}, nil
}

// Delete forgets the world. A test that is given to Play, Saw or Passed asks it at the end: let it delete the world in a
// Cleanup of before those. Error: it is gone already, or the container is.
func (w *World) Delete(ctx context.Context) error {
	_, err := w.container.control(ctx, http.MethodDelete, "worlds/"+w.name, nil)
	return err
}

// Mint makes a credential that works in this world alone, and leads to it where neither URL nor header names a world. It
// returns its fields as the vendor's clients take them, such as access_token, as a JSON object. Errors: an unknown vendor,
// or one that has no such credential.
func (w *World) Mint(ctx context.Context, vendor string, want emulator.Credential) (string, error) {
	ask := map[string]any{"vendor": vendor, "kind": want.Kind, "role": want.Role, "scopes": want.Scopes}
	if want.TTL != 0 {
		ask["ttl"] = want.TTL.String()
	}
	body, err := json.Marshal(ask)
	if err != nil {
		return "", err
	}
	fields, err := w.container.control(ctx, http.MethodPost, "worlds/"+w.name+"/credentials", body)
	return string(fields), err
}

// URL is the world's over HTTP, for clients in other processes. It has a path, which some SDKs drop: those take Client.
func (w *World) URL(ctx context.Context) (string, error) {
	base, err := w.container.URL(ctx)
	if err != nil {
		return "", err
	}
	return base + "/w/" + w.name, nil
}

// Client is like Container.Client, and reaches this world by the container's URLs too.
func (w *World) Client(ctx context.Context) (*http.Client, error) {
	transport, err := w.container.transport(ctx)
	if err != nil {
		return nil, err
	}
	return &http.Client{Transport: inWorld{transport, w.name}}, nil
}

// inWorld names the world in a header, where the URL does not name one.
type inWorld struct {
	*http.Transport
	world string
}

func (t inWorld) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasPrefix(r.URL.Path, "/w/") {
		r = r.Clone(r.Context())
		r.Header.Set("X-Understudy-World", t.world)
	}
	return t.Transport.RoundTrip(r)
}
