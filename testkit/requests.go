package testkit

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/emulator"
)

// Filter narrows Requests; its zero value takes all.
type Filter = emulator.Filter

// Requests returns what the world answered, oldest first, with secrets masked.
func (w *World) Requests(f Filter) []emulator.Entry { return w.world.Journal(f) }

// Saw fails the test unless the calls of an operation, such as auth0.organizations.get, were answered with exactly
// these statuses, in this order.
func (w *World) Saw(tb testing.TB, operation string, statuses ...int) {
	tb.Helper()
	if !slices.ContainsFunc(emulator.Operations(), func(o emulator.Operation) bool { return o.ID == operation }) {
		tb.Errorf("testkit: no operation %q", operation)
		return
	}
	var got []int
	for _, e := range w.Requests(Filter{Operation: operation}) {
		got = append(got, e.Status)
	}
	if !slices.Equal(got, statuses) {
		tb.Errorf("%s answered %v, want %v", operation, got, statuses)
	}
}

// shownExchanges is how many exchanges a failed test logs; with what else is said it stays under 25 lines.
const shownExchanges = 20

// report closes the world's books: what no table declares fails the test, and a failed test shows its last exchanges.
func (w *World) report() {
	w.tb.Helper()
	entries := w.Requests(Filter{})
	for _, e := range entries {
		if e.Undeclared {
			w.tb.Errorf("testkit: %s %s was answered %d %s: %s", e.Method, e.Path, e.Status, e.Code, firstLine(e.Body))
		}
	}
	w.reportUnfired()
	if !w.tb.Failed() || len(entries) == 0 {
		return
	}
	last := entries[max(0, len(entries)-shownExchanges):]
	var b strings.Builder
	fmt.Fprintf(&b, "the last %d of %d exchanges of world %s:\n", len(last), len(entries), w.world.Name())
	for _, e := range last {
		b.WriteString("  " + line(e) + "\n")
	}
	w.tb.Log(b.String())
}

func line(e emulator.Entry) string {
	operation := e.Operation
	if operation == "" {
		operation = e.Method + " " + e.Path
	}
	text := fmt.Sprintf("%s %-45s %d", e.Time.Format("15:04:05.000"), operation, e.Status)
	if e.Code != "" {
		text += " " + e.Code
	}
	if e.Rule != "" {
		text += " by rule " + e.Rule
	}
	if e.Wait > 0 {
		text += fmt.Sprintf(" told to wait %v", e.Wait)
	}
	return text
}

func firstLine(s string) string {
	first, _, _ := strings.Cut(s, "\n")
	return first
}
