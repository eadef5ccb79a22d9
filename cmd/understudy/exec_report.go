//go:build !container

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/scenarios/gauntlet/junit"
)

// The files of a report.
const (
	journalFile  = "journal.ndjson"
	verdictsFile = "verdicts.json"
	junitFile    = "verdicts.xml"
	stateFile    = "state.yaml"
)

// prepareReport makes sure, before anything runs, that a folder can hold a report, and removes the one of an earlier run. The
// folder may be "" for none.
func prepareReport(folder string) error {
	if folder == "" {
		return nil
	}
	return prepareFiles(folder, journalFile, verdictsFile, junitFile, stateFile)
}

// prepareFiles makes a folder in which these files can be written, and removes those of an earlier run.
func prepareFiles(folder string, names ...string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	var all []error
	for _, name := range names {
		path := filepath.Join(folder, name)
		all = append(all, writable(path), removeStale(path))
	}
	return errors.Join(all...)
}

// journalOf is what a world has answered, a line for each call.
func journalOf(world *emulator.World) ([]byte, error) {
	var journal bytes.Buffer
	lines := json.NewEncoder(&journal)
	lines.SetEscapeHTML(false)
	for _, entry := range world.Journal(emulator.Filter{}) {
		if err := lines.Encode(entry); err != nil {
			return nil, err
		}
	}
	return journal.Bytes(), nil
}

// writeReport writes what a world has seen and become, each file whole or not at all. The state has secrets in it and is
// the user's alone.
func writeReport(folder string, world *emulator.World) error {
	journal, err := journalOf(world)
	if err != nil {
		return fmt.Errorf("--report: %w", err)
	}
	played := playedIn(world)
	verdicts, err := json.MarshalIndent(played, "", "  ")
	if err != nil {
		return fmt.Errorf("--report: %w", err)
	}
	suites, err := played.junit()
	if err != nil {
		return fmt.Errorf("--report: %w", err)
	}
	err = errors.Join(
		writeWhole(filepath.Join(folder, journalFile), journal, 0o644),
		writeWhole(filepath.Join(folder, verdictsFile), append(verdicts, '\n'), 0o644),
		writeWhole(filepath.Join(folder, junitFile), suites, 0o644),
		writeWhole(filepath.Join(folder, stateFile), world.Export().Format(), 0o600),
	)
	if err != nil {
		return fmt.Errorf("--report: %w", err)
	}
	return nil
}

// played is verdicts.json: the armed scenario's rules and verdicts, none where no scenario is armed.
type played struct {
	Scenario string                 `json:"scenario"`
	Rules    []scenarios.RuleReport `json:"rules"`
	Verdicts []scenarios.Verdict    `json:"verdicts"`
}

func playedIn(world *emulator.World) played {
	p := played{Rules: []scenarios.RuleReport{}, Verdicts: []scenarios.Verdict{}}
	if report := world.Scenario(); report != nil {
		p.Scenario = report.Scenario.Name
		p.Rules = append(p.Rules, report.Rules...)
		p.Verdicts = append(p.Verdicts, world.Verdicts()...)
	}
	return p
}

// junit has the scenario for a suite and each expectation for a case; an unproven one is skipped.
func (p played) junit() ([]byte, error) {
	suite := junit.Suite{Name: "understudy"}
	if p.Scenario != "" {
		suite.Name += "." + p.Scenario
	}
	for _, v := range p.Verdicts {
		c := junit.Case{Name: v.Expectation}
		switch v.Outcome {
		case scenarios.Fail:
			c.Failure = &junit.Is{Message: v.Why, Text: v.String()}
		case scenarios.Unproven:
			c.Skipped = &junit.Is{Message: v.Why}
		}
		suite.Add(c)
	}
	return junit.Encode(suite)
}
