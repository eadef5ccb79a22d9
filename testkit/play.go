package testkit

import (
	"testing"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/testkit/internal/report"
)

// Play arms a scenario in place of the one before: a builder, scenarios.YAML, scenarios.File or scenarios.Shipped. One
// that can't be carried out fails the test that tb is at once. A rule that never fired, unless it is optional, fails the
// world's own test at its end; those of the scenario before are forgotten. Verdicts tells what the world thinks of the
// client.
func (w *World) Play(tb testing.TB, from scenarios.Source) {
	tb.Helper()
	w.playedAfter = 0
	if last := w.Requests(Filter{Limit: 1}); len(last) > 0 {
		w.playedAfter = last[0].Seq
	}
	if err := w.world.Play(from); err != nil {
		tb.Fatalf("testkit: %v", err)
	}
}

// Disarm ends the scenario: nothing more happens to later calls. Its rules are not asked for at the test's end.
func (w *World) Disarm() { w.world.Disarm() }

// Release lets go the calls that the scenario holds until this name is released, and returns how many they were. A name
// for which no rule holds any fails the test.
func (w *World) Release(name string) int {
	w.tb.Helper()
	n, err := w.world.Release(name)
	if err != nil {
		w.tb.Errorf("testkit: %v", err)
	}
	return n
}

// Scenario tells how the scenario stands, with how often each rule matched and fired; nil where none is armed.
func (w *World) Scenario() *emulator.Report { return w.world.Scenario() }

// Verdicts answers each expectation of the scenario by what the world has seen since it was armed.
func (w *World) Verdicts() []scenarios.Verdict { return w.world.Verdicts() }

// Passed fails the test unless every verdict is a pass. It shows the timelines of those that are not. What only Gauntlet can
// answer, it passes over.
func (w *World) Passed(tb testing.TB) {
	tb.Helper()
	report.Passed(tb, w.Verdicts())
}
