package emulator_test

import (
	"testing"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/scenarios"
)

// TestTheLibraryCanBePlayed arms every shipped scenario at a world in memory, where each vendor has a listener.
func TestTheLibraryCanBePlayed(t *testing.T) {
	w := must(emulator.New()).Default()
	endpoint := must(w.Open(false))
	defer endpoint.Close()
	for _, name := range scenarios.ShippedNames() {
		if err := w.Play(scenarios.Shipped(name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
