package testkit

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/fixtures/tree"
	"github.com/understudy-dev/understudy/testkit/internal/report"
)

// Filter narrows Requests; its zero value takes all.
type Filter = emulator.Filter

// Requests returns what the world answered, oldest first, with secrets masked. A vendor or an operation that there is not
// fails the test at once.
func (w *World) Requests(f Filter) []emulator.Entry {
	w.tb.Helper()
	if err := unknown(f); err != nil {
		w.tb.Fatalf("testkit: %v", err)
	}
	return w.world.Journal(f)
}

// unknown is an error where no entry can ever pass a filter.
func unknown(f Filter) error {
	if vendors := emulator.Vendors(); f.Vendor != "" && !slices.Contains(vendors, f.Vendor) {
		return fmt.Errorf("no vendor %q%s", f.Vendor, tree.Meant(f.Vendor, vendors))
	}
	if f.Operation == "" {
		return nil
	}
	var operations []string
	for _, o := range emulator.Operations() {
		operations = append(operations, o.ID)
	}
	if !slices.Contains(operations, f.Operation) {
		return fmt.Errorf("no operation %q%s", f.Operation, tree.Meant(f.Operation, operations))
	}
	return nil
}

// narrowed says what a filter takes, such as " of auth0 answered 200".
func narrowed(f Filter) (text string) {
	for _, by := range []struct {
		text string
		on   bool
	}{
		{" of " + cmp.Or(f.Operation, f.Vendor), f.Operation != "" || f.Vendor != ""},
		{fmt.Sprint(" answered ", f.Status), f.Status != 0},
		{fmt.Sprint(" after entry ", f.Since), f.Since != 0},
		{" that no table declares", f.Undeclared},
	} {
		if by.on {
			text += by.text
		}
	}
	return text
}

// Await waits until the world has answered n requests that the filter takes, those so far among them, and returns all
// such; Limit is not heeded. Nothing is polled, so that in a bubble no time need pass. It fails the test at once where ctx
// ends first, in a bubble that is not the world's, and where the filter names a vendor or an operation that there is not.
func (w *World) Await(ctx context.Context, f Filter, n int) []emulator.Entry {
	w.tb.Helper()
	if emulator.InBubble() != w.inBubble {
		w.tb.Fatalf("testkit: Await inside a synctest bubble of a world that is outside, or the reverse: Start or Fork it where it is used")
	}
	if err := unknown(f); err != nil {
		w.tb.Fatalf("testkit: %v", err)
	}
	came, err := w.world.Await(ctx, f, n)
	if err != nil {
		w.tb.Fatalf("testkit: waiting for calls%s: %v", narrowed(f), err)
	}
	return came
}

// Saw fails the test unless the calls of an operation, such as auth0.organizations.get, were answered with exactly
// these statuses, in this order.
func (w *World) Saw(tb testing.TB, operation string, statuses ...int) {
	tb.Helper()
	if err := unknown(Filter{Operation: operation}); err != nil {
		tb.Errorf("testkit: %v", err)
		return
	}
	report.Saw(tb, operation, w.Requests(Filter{Operation: operation}), statuses)
}
