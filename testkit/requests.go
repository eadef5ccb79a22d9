package testkit

import (
	"context"
	"slices"
	"testing"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/testkit/internal/report"
)

// Filter narrows Requests; its zero value takes all.
type Filter = emulator.Filter

// Requests returns what the world answered, oldest first, with secrets masked.
func (w *World) Requests(f Filter) []emulator.Entry { return w.world.Journal(f) }

// Await waits until the world has answered n requests that the filter takes, those so far among them, and returns all
// such; Limit is not heeded. Nothing is polled, so that in a bubble no time need pass. It fails the test at once where ctx
// ends first, and in a bubble that is not the world's.
func (w *World) Await(ctx context.Context, f Filter, n int) []emulator.Entry {
	w.tb.Helper()
	if emulator.InBubble() != w.inBubble {
		w.tb.Fatalf("testkit: Await inside a synctest bubble of a world that is outside, or the reverse: Start or Fork it where it is used")
	}
	came, err := w.world.Await(ctx, f, n)
	if err != nil {
		w.tb.Fatalf("testkit: %v", err)
	}
	return came
}

// Saw fails the test unless the calls of an operation, such as auth0.organizations.get, were answered with exactly
// these statuses, in this order.
func (w *World) Saw(tb testing.TB, operation string, statuses ...int) {
	tb.Helper()
	if !slices.ContainsFunc(emulator.Operations(), func(o emulator.Operation) bool { return o.ID == operation }) {
		tb.Errorf("testkit: no operation %q", operation)
		return
	}
	report.Saw(tb, operation, w.Requests(Filter{Operation: operation}), statuses)
}
