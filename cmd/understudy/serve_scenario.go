package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/fixtures/tree"
	"github.com/understudy-dev/understudy/scenarios"
)

// readScenario returns a shipped scenario by name, or a file's.
func readScenario(nameOrFile string) (*scenarios.Scenario, error) {
	shipped := scenarios.ShippedNames()
	if slices.Contains(shipped, nameOrFile) {
		return scenarios.Shipped(nameOrFile).Scenario()
	}
	s, err := scenarios.File(nameOrFile).Scenario()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w, and no scenario %q is shipped%s", err, nameOrFile, tree.Meant(nameOrFile, shipped))
	}
	return s, err
}

// printVerdicts says, where a scenario is armed, how often its rules fired and what the client did.
func printVerdicts(w io.Writer, world *emulator.World) {
	report := world.Scenario()
	if report == nil {
		return
	}
	for _, r := range report.Rules {
		fmt.Fprintf(w, "rule %s: matched %d, fired %d\n", r.Name, r.Matched, r.Fired)
	}
	for _, v := range world.Verdicts() {
		fmt.Fprintln(w, v)
	}
}
