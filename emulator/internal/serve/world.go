package serve

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/understudy-dev/understudy/emulator/internal/clock"
	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
	"github.com/understudy-dev/understudy/emulator/internal/wire"
)

// World is one isolated run: its state, clock, limits, credentials, scenario and journal.
type World struct {
	Name    string
	Store   *state.Store
	Clock   *clock.World
	Journal *Journal
	Strict  bool              // only minted and declared credentials
	Limits  map[string]string // vendor -> preset; a vendor that is missing is unlimited
	Doors   wire.Doors        // the ways in that are open now, for faults of the connection itself
	Admin   Admin
	vendors []*spec.Vendor
	armed   atomic.Pointer[armed]
}

// Presets reads the value of --limits: "off", "on", or vendor=preset pairs joined by commas. It returns the preset of
// each limited vendor.
func Presets(vendors []*spec.Vendor, text string) (map[string]string, error) {
	limits := map[string]string{}
	switch text {
	case "", "off":
		return limits, nil
	case "on":
		for _, v := range vendors {
			if len(v.Presets) > 0 {
				limits[v.Name] = v.Presets[0]
			}
		}
		return limits, nil
	}
	for _, pair := range strings.Split(text, ",") {
		name, preset, _ := strings.Cut(strings.TrimSpace(pair), "=")
		v := vendorNamed(vendors, name)
		if v == nil {
			return nil, fmt.Errorf("limits: %q is neither off, on nor VENDOR=PRESET with a vendor of %s", pair, vendorNames(vendors))
		}
		if !slices.Contains(v.Presets, preset) {
			return nil, fmt.Errorf("limits: %s has no preset %q; it has %v", name, preset, v.Presets)
		}
		limits[name] = preset
	}
	return limits, nil
}
