package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/scenarios"
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
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	var all []error
	for _, name := range []string{journalFile, verdictsFile, junitFile, stateFile} {
		path := filepath.Join(folder, name)
		all = append(all, writable(path), removeStale(path))
	}
	return errors.Join(all...)
}

// writeReport writes what a world has seen and become, each file whole or not at all. The state has secrets in it and is
// the user's alone.
func writeReport(folder string, world *emulator.World) error {
	var journal bytes.Buffer
	lines := json.NewEncoder(&journal)
	lines.SetEscapeHTML(false)
	for _, entry := range world.Journal(emulator.Filter{}) {
		if err := lines.Encode(entry); err != nil {
			return fmt.Errorf("--report: %w", err)
		}
	}
	played := playedIn(world)
	verdicts, err := json.MarshalIndent(played, "", "  ")
	if err != nil {
		return fmt.Errorf("--report: %w", err)
	}
	junit, err := played.junit()
	if err != nil {
		return fmt.Errorf("--report: %w", err)
	}
	err = errors.Join(
		writeWhole(filepath.Join(folder, journalFile), journal.Bytes(), 0o644),
		writeWhole(filepath.Join(folder, verdictsFile), append(verdicts, '\n'), 0o644),
		writeWhole(filepath.Join(folder, junitFile), junit, 0o644),
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

// The form of JUnit's files that build servers read: a suite is a scenario, a case an expectation; an unproven one is
// skipped.
type (
	junitSuites struct {
		XMLName xml.Name   `xml:"testsuites"`
		Suite   junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string   `xml:"classname,attr"`
		Name    string   `xml:"name,attr"`
		Failure *junitIs `xml:"failure"`
		Skipped *junitIs `xml:"skipped"`
	}
	junitIs struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

func (p played) junit() ([]byte, error) {
	suite := junitSuite{Name: "understudy", Tests: len(p.Verdicts)}
	if p.Scenario != "" {
		suite.Name += "." + p.Scenario
	}
	for _, v := range p.Verdicts {
		c := junitCase{Class: suite.Name, Name: v.Expectation}
		switch v.Outcome {
		case scenarios.Fail:
			suite.Failures++
			c.Failure = &junitIs{v.Why, v.String()}
		case scenarios.Unproven:
			suite.Skipped++
			c.Skipped = &junitIs{Message: v.Why}
		}
		suite.Cases = append(suite.Cases, c)
	}
	text, err := xml.MarshalIndent(junitSuites{Suite: suite}, "", "  ")
	return append([]byte(xml.Header), append(text, '\n')...), err
}
