package container

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/scenarios"
)

// Play arms a scenario in this world, in place of the one before. One that can't be carried out fails the test at once,
// and so does, at its end, a rule that never fired, unless it is optional.
func (w *World) Play(tb testing.TB, from scenarios.Source) {
	tb.Helper()
	s, err := from.Scenario()
	if err == nil {
		_, err = w.call(tb.Context(), http.MethodPut, "scenario", nil, s.Format())
	}
	if err != nil {
		tb.Fatalf("container: %v", err)
	}
	tb.Cleanup(func() { w.reportUnfired(tb) })
}

// reportUnfired fails the test where a rule never fired: what it tests has not been tested.
func (w *World) reportUnfired(tb testing.TB) {
	tb.Helper()
	ctx := context.WithoutCancel(tb.Context()) // it is over by now
	var report struct{ Rules []scenarios.RuleReport }
	if err := w.read(ctx, "scenario", nil, &report); err != nil {
		tb.Errorf("container: %v", err)
	}
	for _, r := range report.Rules {
		if r.Fired == 0 && !r.Optional {
			tb.Errorf("container: the rule %s never fired, on %d calls that it counted; make the client call what it is about, or mark it optional", r.Name, r.Matched)
		}
	}
}

// Verdicts answers each expectation of the scenario by what the world has seen since it was armed. Error: none is armed.
func (w *World) Verdicts(ctx context.Context) ([]scenarios.Verdict, error) {
	var answer struct{ Verdicts []scenarios.Verdict }
	err := w.read(ctx, "verdicts", nil, &answer)
	return answer.Verdicts, err
}

// Passed fails the test unless every verdict is a pass. It shows the timelines of those that are not.
func (w *World) Passed(tb testing.TB) {
	tb.Helper()
	verdicts, err := w.Verdicts(tb.Context())
	if err != nil {
		tb.Errorf("container: %v", err)
	}
	for _, v := range verdicts {
		if v.Outcome != scenarios.Pass && !v.Undecided() {
			tb.Errorf("%s", v)
		}
	}
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

// Saw fails the test unless the calls of an operation, such as auth0.organizations.get, were answered with exactly
// these statuses, in this order.
func (w *World) Saw(tb testing.TB, operation string, statuses ...int) {
	tb.Helper()
	entries, err := w.Requests(tb.Context(), emulator.Filter{Operation: operation})
	if err != nil {
		tb.Errorf("container: %v", err)
		return
	}
	var got []int
	for _, e := range entries {
		got = append(got, e.Status)
	}
	if !slices.Equal(got, statuses) {
		tb.Errorf("%s answered %v, want %v", operation, got, statuses)
	}
}

// call is one of the control API, about this world.
func (w *World) call(ctx context.Context, method, path string, query url.Values, body []byte) ([]byte, error) {
	about := url.Values{"world": {w.name}}.Encode()
	if more := query.Encode(); more != "" {
		about += "&" + more
	}
	return w.container.control(ctx, method, path+"?"+about, body)
}

func (w *World) read(ctx context.Context, path string, query url.Values, into any) error {
	text, err := w.call(ctx, http.MethodGet, path, query, nil)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("understudy: %s: %w", strings.TrimSuffix(path, "?"), err)
	}
	return nil
}
