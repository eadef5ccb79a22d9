package container

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/testkit/internal/report"
)

// awaitInterval is how often Await asks.
const awaitInterval = 20 * time.Millisecond

// watched is what is remembered until the end of a test that Play, Saw or Passed was given.
type watched struct {
	played      bool
	playedAfter uint64 // the journal's last entry before
}

// watch has the test tell at its end how it went, as testkit's do.
func (w *World) watch(tb testing.TB) *watched {
	w.mu.Lock()
	defer w.mu.Unlock()
	if seen := w.tests[tb]; seen != nil {
		return seen
	}
	if w.tests == nil {
		w.tests = map[testing.TB]*watched{}
	}
	seen := &watched{}
	w.tests[tb] = seen
	tb.Cleanup(func() {
		tb.Helper()
		w.mu.Lock()
		delete(w.tests, tb)
		w.mu.Unlock()
		if err := w.end(tb, seen); err != nil {
			tb.Errorf("container: how the test went can't be told, as its world has to outlive it: %v", err)
		}
	})
	return seen
}

func (w *World) end(tb testing.TB, seen *watched) error {
	tb.Helper()
	ctx := context.WithoutCancel(tb.Context()) // it is over by now
	entries, err := w.Requests(ctx, emulator.Filter{})
	if err != nil {
		return err
	}
	told := report.World{Kit: "container", Name: w.name, Entries: entries, PlayedAfter: seen.playedAfter}
	if seen.played {
		if err := w.read(ctx, "scenario", &told.Scenario); err != nil {
			return err
		}
	}
	told.End(tb, nil, nil)
	return nil
}

// Play arms a scenario in this world, in place of the one before. One that can't be carried out fails the test at once,
// and so does, at its end, a rule that never fired, unless it is optional.
func (w *World) Play(tb testing.TB, from scenarios.Source) {
	tb.Helper()
	seen := w.watch(tb)
	s, err := from.Scenario()
	if err != nil {
		tb.Fatalf("container: %v", err)
	}
	last, err := w.Requests(tb.Context(), emulator.Filter{Limit: 1})
	if err == nil {
		_, err = w.call(tb.Context(), http.MethodPut, "scenario", nil, s.Format())
	}
	if err != nil {
		tb.Fatalf("container: %v", err)
	}
	seen.played, seen.playedAfter = true, 0
	if len(last) > 0 {
		seen.playedAfter = last[0].Seq
	}
}

// Verdicts answers each expectation of the scenario by what the world has seen since it was armed. Error: none is armed.
func (w *World) Verdicts(ctx context.Context) ([]scenarios.Verdict, error) {
	var answer struct{ Verdicts []scenarios.Verdict }
	err := w.read(ctx, "verdicts", &answer)
	return answer.Verdicts, err
}

// Passed fails the test unless every verdict is a pass. It shows the timelines of those that are not.
func (w *World) Passed(tb testing.TB) {
	tb.Helper()
	w.watch(tb)
	verdicts, err := w.Verdicts(tb.Context())
	if err != nil {
		tb.Errorf("container: %v", err)
	}
	report.Passed(tb, verdicts)
}

// Requests returns what the world answered, oldest first, with secrets masked. Errors: an unknown vendor or operation.
func (w *World) Requests(ctx context.Context, f emulator.Filter) (entries []emulator.Entry, err error) {
	query := url.Values{}
	for name, value := range map[string]string{
		"vendor": f.Vendor, "operation": f.Operation, "status": strconv.Itoa(f.Status),
		"since": strconv.FormatUint(f.Since, 10), "limit": strconv.Itoa(f.Limit),
	} {
		if value != "" && value != "0" {
			query.Set(name, value)
		}
	}
	text, err := w.call(ctx, http.MethodGet, "journal", query, nil)
	if err != nil {
		return nil, err
	}
	for lines := json.NewDecoder(bytes.NewReader(text)); lines.More(); {
		var e emulator.Entry
		if err := lines.Decode(&e); err != nil {
			return nil, fmt.Errorf("understudy: journal: %w", err)
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// Await waits until the world has answered n requests that the filter takes, those so far among them, and returns all
// such; Limit is not heeded. Errors: ctx ends first; those of Requests.
func (w *World) Await(ctx context.Context, f emulator.Filter, n int) ([]emulator.Entry, error) {
	f.Limit = 0
	again := time.NewTicker(awaitInterval)
	defer again.Stop()
	var came []emulator.Entry
	for {
		now, err := w.Requests(ctx, f)
		if err == nil {
			came = now
		}
		if err != nil && ctx.Err() == nil || len(came) >= n {
			return came, err
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return came, fmt.Errorf("%d of %d exchanges came: %w", len(came), n, ctx.Err())
		}
	}
}

// Saw fails the test unless the calls of an operation, such as auth0.organizations.get, were answered with exactly
// these statuses, in this order.
func (w *World) Saw(tb testing.TB, operation string, statuses ...int) {
	tb.Helper()
	w.watch(tb)
	calls, err := w.Requests(tb.Context(), emulator.Filter{Operation: operation})
	if err != nil {
		tb.Errorf("container: %v", err)
		return
	}
	report.Saw(tb, operation, calls, statuses)
}

// call is one of the control API, about this world.
func (w *World) call(ctx context.Context, method, path string, query url.Values, body []byte) ([]byte, error) {
	about := url.Values{"world": {w.name}}.Encode()
	if more := query.Encode(); more != "" {
		about += "&" + more
	}
	return w.container.control(ctx, method, path+"?"+about, body)
}

func (w *World) read(ctx context.Context, path string, into any) error {
	text, err := w.call(ctx, http.MethodGet, path, nil, nil)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("understudy: %s: %w", path, err)
	}
	return nil
}
