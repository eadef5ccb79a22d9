package testkit

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/scenarios/gauntlet"
)

// Bounds of a client's run in a gauntlet. Under a scenario it may make 1,000 calls, and 20 for each without faults.
const (
	maxTime   = 6 * time.Hour // of virtual time
	maxCalls  = 10_000        // as many as a journal keeps
	moreCalls = 1000
	moreTimes = 20

	patience = 48 * time.Hour // of virtual time, with a client that was stopped
)

// apart is how much later the second run without faults is: no moment, not even a day, is the same in both.
const apart = 1000*time.Hour + 7*time.Minute + 11*time.Second

// Scenarios adds scenarios to the shipped library. Of Gauntlet alone.
func Scenarios(more ...scenarios.Source) Option {
	return func(s *settings) { s.scenarios = append(s.scenarios, more...) }
}

// KnownFailures names trials, such as rate-limit-burst@auth0, that fail for now: they must, so that the list stays true. Of
// Gauntlet alone.
func KnownFailures(trials ...string) Option {
	return func(s *settings) { s.known = append(s.known, trials...) }
}

// Prepare does something to the world before it is used, such as putting objects.
func Prepare(do func(w *World)) Option {
	return func(s *settings) { s.prepare = append(s.prepare, do) }
}

// Gauntlet runs a client twice without faults and then once under each scenario of the library that touches what it calls,
// at each vendor that it calls. Each run is a world of its own in a bubble of virtual time, and each trial a parallel
// subtest, trials/SCENARIO@VENDOR, which fails where the client leaves something else than without faults, or half its
// work, does not end, crashes, or fails a verdict. What is unproven is skipped. The report is logged and returned.
//
// How to read the report, and the same for commands and in CI: scenarios/gauntlet/README.md.
//
// The client is one whole run, from its start to its end, by w.Client or w.Transport alone; it ends soon after ctx does. An
// error says that it did not do its work. What it keeps between runs is its own to forget. A run is stopped after 6 hours
// of virtual time or 10,000 calls; under a scenario after 1,000 calls, and 20 for each without faults. A response body that
// it leaves open fails the test, known to or not; a goroutine that it leaves behind is synctest's panic, below a line that says
// where it began. While one of its goroutines waits for a sync.Mutex that another one holds in its sleep, no virtual time
// passes, and the test stands still until go test ends it: hold a channel there instead. A panic in a goroutine of the
// client's own ends the process, as in any test: the report is lost with it. Gauntlet can't run in a bubble.
func Gauntlet(t *testing.T, client func(ctx context.Context, w *World) error, opts ...Option) *gauntlet.Report {
	t.Helper()
	if emulator.InBubble() {
		t.Fatal("testkit: Gauntlet makes a bubble for each run: call it outside of synctest.Test")
	}
	c := course{client: client, options: opts, settings: settings{seed: 1}}
	for _, opt := range opts {
		opt(&c.settings)
	}
	all := scenarios.Library()
	for _, source := range c.settings.scenarios {
		s, err := source.Scenario()
		if err != nil {
			t.Fatalf("testkit: %v", err)
		}
		all = append(all, s)
	}
	survey := c.survey(t)
	trials := survey.Trials(c.settings.seed, all)
	report := survey.Report(c.settings.seed, all, trials)
	t.Run("trials", func(t *testing.T) {
		for _, trial := range trials {
			t.Run(trial.Name, func(t *testing.T) {
				t.Parallel()
				c.try(t, survey, trial, report)
			})
		}
	})
	for _, name := range c.settings.known {
		if !slices.ContainsFunc(trials, func(trial gauntlet.Trial) bool { return trial.Name == name }) {
			t.Errorf("testkit: there is no trial %s to fail", name)
		}
	}
	var text strings.Builder
	_, _ = report.WriteTo(&text)
	t.Log("\n" + text.String())
	return report
}

// course is a gauntlet for one client.
type course struct {
	client   func(context.Context, *World) error
	options  []Option
	settings settings
}

// survey runs the client without faults, in two bubbles.
func (c *course) survey(t *testing.T) *gauntlet.Survey {
	t.Helper()
	runs := make([]*gauntlet.Run, 2)
	for i := range runs {
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(time.Duration(i) * apart)
			w := Start(t, append(slices.Clip(c.options), Seed(c.settings.seed+uint64(i)))...)
			run, err := gauntlet.Observe(t.Context(), w.world, c.guarded(w, maxCalls))
			if err != nil {
				t.Fatalf("testkit: %v", err)
			}
			w.Disarm()
			runs[i] = run
		})
		if t.Failed() {
			t.FailNow()
		}
	}
	survey, err := gauntlet.NewSurvey(runs[0], runs[1])
	if err != nil {
		t.Fatalf("testkit: %v", err)
	}
	return survey
}

// try runs a trial in a bubble, and fails the test where the client does not pass.
func (c *course) try(t *testing.T, survey *gauntlet.Survey, trial gauntlet.Trial, report *gauntlet.Report) {
	var result gauntlet.Result
	started := time.Now()
	synctest.Test(t, func(t *testing.T) {
		w := Start(t, c.options...)
		var err error
		if result, err = survey.Try(t.Context(), w.world, trial, c.guarded(w, min(maxCalls, moreCalls+moreTimes*survey.Calls))); err != nil {
			t.Errorf("testkit: %v", err)
		}
		w.Disarm()
	})
	result.Real, result.Again = time.Since(started), again(t.Name())
	result.Known = slices.Contains(c.settings.known, trial.Name)
	report.Add(result)
	switch {
	case result.Failed():
		t.Errorf("\n%s", &result)
	case result.Known:
		t.Logf("known to fail:\n%s", &result)
	case result.Outcome == scenarios.Unproven:
		t.Skipf("unproven:\n%s", &result)
	}
}

// guarded is a client that ends by the bounds of a run, and whose panic is its own.
func (c *course) guarded(w *World, calls int) gauntlet.Client {
	return func(ctx context.Context, _ *emulator.World) error {
		ctx, cancel := context.WithTimeout(ctx, maxTime)
		defer cancel()
		leash := newLeash(w.transport, calls)
		w.tracker.through(leash)
		tooLong := func() { leash.pull(fmt.Sprintf("it was still at work after %v", maxTime)) }
		defer context.AfterFunc(ctx, tooLong)()
		ended := make(chan error, 1)
		go func() {
			err := error(&gauntlet.Crashed{How: "its goroutine ended before it returned, as t.FailNow and runtime.Goexit do"})
			defer func() {
				if p := recover(); p != nil {
					err = &gauntlet.Crashed{How: fmt.Sprintf("panic: %v\n%s", p, debug.Stack())}
				}
				ended <- err
			}()
			err = c.client(ctx, w)
		}()
		var err error
		select {
		case err = <-ended:
			synctest.Wait() // for what it leaves under way
		case <-time.After(maxTime + patience):
			w.tb.Errorf("testkit: %v after its context ended the client is still there, and makes no calls that could be refused", patience)
		}
		if ctx.Err() != nil { // which may have ended the client before tooLong came to run
			tooLong()
		}
		if why := leash.pulled(); why != "" {
			return &gauntlet.Stopped{Why: why}
		}
		return err
	}
}
