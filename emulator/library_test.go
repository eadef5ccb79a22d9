package emulator_test

import (
	"testing"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/scenarios"
)

// TestTheLibraryCanBePlayed arms every shipped scenario.
func TestTheLibraryCanBePlayed(t *testing.T) {
	w := must(emulator.New()).Default()
	for _, name := range scenarios.ShippedNames() {
		if err := w.Play(scenarios.Shipped(name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
