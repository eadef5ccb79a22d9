package container

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
)

// World is one world of a container. Its objects, clock, limits, credentials and journal are its own, so that tests can
// run in parallel on one container. It ends with the container.
type World struct {
	container *Container
	name      string
}

// World makes a world that starts from a fixture by name, "" for the container's own. The world's name has letters,
// digits, '-', '_' and '.', at most 64. Errors: a bad or taken name, an unknown fixture.
func (c *Container) World(ctx context.Context, name, fixture string) (*World, error) {
	body, err := json.Marshal(map[string]string{"name": name, "fixture": fixture})
	if err != nil {
		return nil, err
	}
	if _, err := c.control(ctx, http.MethodPost, "worlds", body); err != nil {
		return nil, err
	}
	return &World{c, name}, nil
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
