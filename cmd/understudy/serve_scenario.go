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

// openScenario reads the scenario that --scenario names; it also says which fixture to start from, where no --fixture does.
func (f *serveFlags) openScenario(fixtureGiven bool) (*scenarios.Scenario, error) {
	if f.scenario == "" {
		return nil, nil
	}
	s, err := scenarioSource(f.scenario).Scenario()
	if err != nil {
		return nil, fmt.Errorf("--scenario: %w", err)
	}
	if s.Fixture != "" && !fixtureGiven {
		f.fixture = s.Fixture
	}
	return s, nil
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
