package emulator

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
)

func (c *controlCall) reset() error {
	w, err := c.world()
	if err != nil {
		return err
	}
	query := c.r.URL.Query()
	if query.Has("fixture") && query.Get("fixture") == "" {
		return refuse(http.StatusBadRequest, "bad_name", "The parameter fixture is empty; leave it out to go back to the world's own start.")
	}
	if err := w.Reset(query.Get("fixture")); err != nil {
		return err
	}
	return c.done()
}

// shownWorld is a world as the control API shows it. Prefix goes before a vendor's paths.
type shownWorld struct {
	Name    string    `json:"name"`
	Prefix  string    `json:"prefix"`
	Fixture string    `json:"fixture"`
	Now     time.Time `json:"now"`
	Frozen  bool      `json:"frozen"`
	Version uint64    `json:"version"`
}

func showWorld(w *World) shownWorld {
	return shownWorld{w.Name(), "/w/" + w.Name(), w.Fixture(), w.Now(), w.Frozen(), w.Version()}
}

func (c *controlCall) listWorlds() error {
	all := []shownWorld{}
	for _, name := range c.Worlds() {
		if w := c.World(name); w != nil {
			all = append(all, showWorld(w))
		}
	}
	return c.reply(http.StatusOK, map[string]any{"worlds": all})
}

func (c *controlCall) createWorld() error {
	var body struct{ Name, Fixture string }
	if err := c.decode(&body); err != nil {
		return err
	}
	return c.created(c.CreateWorld(body.Name, body.Fixture))
}

func (c *controlCall) created(w *World, err error) error {
	if err != nil {
		return err
	}
	return c.reply(http.StatusCreated, showWorld(w))
}

func (c *controlCall) getWorld() error {
	w, err := c.named(c.r.PathValue("world"))
	if err != nil {
		return err
	}
	return c.reply(http.StatusOK, showWorld(w))
}

func (c *controlCall) deleteWorld() error {
	w, err := c.named(c.r.PathValue("world"))
	if err != nil {
		return err
	}
	if err := c.DeleteWorld(w.Name()); err != nil {
		return err
	}
	return c.done()
}

func (c *controlCall) forkWorld() error {
	w, err := c.named(c.r.PathValue("world"))
	if err != nil {
		return err
	}
	var body struct{ Name string }
	if err := c.decode(&body); err != nil {
		return err
	}
	return c.created(w.Fork(body.Name))
}

func (c *controlCall) mintCredential() error {
	w, err := c.named(c.r.PathValue("world"))
	if err != nil {
		return err
	}
	var body struct {
		Vendor, Kind, Role, TTL string
		Scopes                  []string
	}
	if err := c.decode(&body); err != nil {
		return err
	}
	want := spec.Credential{Kind: body.Kind, Role: body.Role, Scopes: body.Scopes}
	if body.TTL != "" {
		if want.TTL, err = time.ParseDuration(body.TTL); err != nil || want.TTL <= 0 {
			return refuse(http.StatusBadRequest, "invalid_body", `The ttl %q is no duration such as "90s" or "24h".`, body.TTL)
		}
	}
	fields, err := w.Mint(body.Vendor, want)
	if err != nil {
		return err
	}
	return c.reply(http.StatusCreated, json.RawMessage(fields))
}

func (c *controlCall) listCredentials() error {
	w, err := c.named(c.r.PathValue("world"))
	if err != nil {
		return err
	}
	return c.reply(http.StatusOK, map[string]any{"credentials": w.Credentials()})
}
