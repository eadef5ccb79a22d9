package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/scenarios"
)

// scenarioSource is a shipped scenario by name, or a file.
func scenarioSource(nameOrFile string) scenarios.Source {
	if slices.Contains(scenarios.ShippedNames(), nameOrFile) {
		return scenarios.Shipped(nameOrFile)
	}
	return scenarios.File(nameOrFile)
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
