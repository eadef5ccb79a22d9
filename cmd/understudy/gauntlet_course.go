//go:build !container

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/fixtures/tree"
	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/scenarios/gauntlet"
)

// faultless is the name of the runs by which all others are measured.
const faultless = "without-faults"

// apart is how long the second run without faults begins after the first has ended: no second is the same in both, so that
// what the vendors date by whole seconds is known to change. Tests wait less.
var apart = 1100 * time.Millisecond

// shownLines are how many of its last lines show what a client said.
const shownLines = 20

// course is a gauntlet for one command.
type course struct {
	command   []string
	options   []emulator.Option
	scenarios []*scenarios.Scenario
	chosen    func(gauntlet.Trial) bool
	again     func(trial string) string
	known     []string
	seed      uint64
	timeout   time.Duration
	parallel  int
	verbose   bool
	folder    string // of the report; "" for none

	stderr   io.Writer
	progress *progress
	ctx      context.Context // of all runs; its cause is the error with which the gauntlet ends early
	stop     context.CancelCauseFunc
	hurry    chan struct{} // closed when runs are to be ended with no time left to them

	report *gauntlet.Report // nil before the trials
}

func newCourse(command []string, options []emulator.Option, stderr io.Writer) *course {
	g := &course{command: command, options: options, stderr: stderr, progress: newProgress(stderr), hurry: make(chan struct{})}
	g.ctx, g.stop = context.WithCancelCause(context.Background())
	g.progress.unread = func() { g.stop(exit{128 + int(syscall.SIGPIPE), errors.New("nobody reads what it says")}) }
	return g
}

// heedSignals ends all runs at a signal, and at once at another, until the function that it returns is called. A closed
// standard error does not end this process, which would leave the runs: the progress notices it.
func (g *course) heedSignals() (enough func()) {
	signals, done := make(chan os.Signal, 8), make(chan struct{})
	signal.Notify(signals, forwarded()...)
	closed := make(chan os.Signal, 1)
	signal.Notify(closed, syscall.SIGPIPE) // of any connection: nobody reads it
	go func() {
		for n := 0; ; n++ {
			select {
			case <-done:
				return
			case s := <-signals:
				if n == 1 {
					close(g.hurry)
				}
				number, _ := s.(syscall.Signal)
				g.stop(exit{128 + int(number), fmt.Errorf("ended by signal: %v", s)}) // the first cause counts
			}
		}
	}()
	return func() {
		signal.Stop(signals)
		signal.Stop(closed)
		close(done)
		g.stop(nil)
	}
}

// run is the whole gauntlet. Its error has an exit code; where that is of a trial that failed, the report says so and no
// error.
func (g *course) run() error {
	survey, err := g.survey()
	if err != nil {
		return err
	}
	trials, err := g.choose(survey)
	if err != nil {
		return exit{notDone, err}
	}
	g.progress.expect(len(trials))
	waiting := make(chan gauntlet.Trial, len(trials))
	for _, trial := range trials {
		waiting <- trial
	}
	close(waiting)
	var workers sync.WaitGroup
	for range min(g.parallel, len(trials)) {
		workers.Go(func() {
			for trial := range waiting {
				if g.ctx.Err() == nil {
					g.try(survey, trial)
				}
			}
		})
	}
	workers.Wait()
	g.report.Interrupted = g.ctx.Err() != nil
	return context.Cause(g.ctx)
}

// survey runs the command without faults, twice.
func (g *course) survey() (*gauntlet.Survey, error) {
	var runs []*gauntlet.Run
	for len(runs) < 2 {
		run, err := g.observe(g.seed + uint64(len(runs)))
		if err != nil {
			return nil, err
		}
		if runs = append(runs, run); len(runs) == 1 {
			select {
			case <-time.After(apart):
			case <-g.ctx.Done():
			}
		}
	}
	survey, err := gauntlet.NewSurvey(runs[0], runs[1])
	if err != nil {
		return nil, exit{notJudged, err}
	}
	return survey, nil
}

// observe runs the command without faults, and says what it said where it can't be judged.
func (g *course) observe(seed uint64) (*gauntlet.Run, error) {
	p, err := g.enter(faultless, emulator.WithSeed(seed))
	if err != nil {
		return nil, exit{notDone, err}
	}
	g.progress.begins(faultless)
	run, err := gauntlet.Observe(g.ctx, p.stage.world, p.client)
	if err = errors.Join(err, p.leave()); err != nil {
		return nil, ended(err)
	}
	g.progress.ends(faultless, fmt.Sprintf("ended: %s in %v", counted(run.Calls, "call"), run.Took.Round(time.Millisecond)), false)
	if err := run.Check(); err != nil {
		if said := p.said(shownLines); said != "" && !g.verbose {
			g.progress.show("the client's last output:\n" + indentedLines(said))
		}
		return nil, exit{notJudged, err}
	}
	return run, nil
}

// ended is an error that ends the gauntlet, with its exit code.
func ended(err error) error {
	var known exit
	if errors.As(err, &known) {
		return known
	}
	return exit{notDone, err}
}

// choose makes the report of the trials that are wanted. Errors: there is none; a known failure is no trial.
func (g *course) choose(survey *gauntlet.Survey) ([]gauntlet.Trial, error) {
	all := survey.Trials(g.seed, g.scenarios)
	names := make([]string, len(all))
	for i, trial := range all {
		names[i] = trial.Name
	}
	for _, name := range g.known {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("--known-failures: there is no trial %s to fail%s", name, tree.Meant(name, names))
		}
	}
	trials := slices.DeleteFunc(all, func(trial gauntlet.Trial) bool { return !g.chosen(trial) })
	if len(trials) == 0 {
		return nil, fmt.Errorf("there is no trial: none of the scenarios that are wanted is about what the client calls, which is %s", listed(survey.Operations))
	}
	wanted := slices.DeleteFunc(slices.Clone(g.scenarios), func(s *scenarios.Scenario) bool {
		return !slices.ContainsFunc(emulator.Vendors(), func(vendor string) bool {
			return g.chosen(gauntlet.Trial{Name: s.Name + "@" + vendor, Vendor: vendor})
		})
	})
	g.report = survey.Report(g.seed, wanted, trials)
	return trials, nil
}

// try runs a trial and adds its result to the report. What can't be played ends the gauntlet.
func (g *course) try(survey *gauntlet.Survey, trial gauntlet.Trial) {
	p, err := g.enter(trial.Name)
	if err != nil {
		g.stop(exit{notDone, err})
		return
	}
	g.progress.begins(trial.Name)
	began := time.Now()
	result, err := survey.Try(g.ctx, p.stage.world, trial, p.client)
	result.Real, result.Again, result.Known = time.Since(began), g.again(trial.Name), slices.Contains(g.known, trial.Name)
	if err == nil && result.Outcome == scenarios.Fail {
		result.Output = p.said(shownLines)
		err = g.keep(trial.Name, p.stage.world)
	}
	if err = errors.Join(err, p.leave()); err != nil {
		g.stop(ended(err)) // which changes nothing where it has been stopped
		return
	}
	g.report.Add(result)
	g.progress.ends(trial.Name, fmt.Sprintf("%s: %s", result.Outcome, result.Why), result.Failed())
}

// keep writes what the world of a failed trial saw.
func (g *course) keep(trial string, world *emulator.World) error {
	if g.folder == "" {
		return nil
	}
	journal, err := journalOf(world)
	if err == nil {
		err = writeWhole(filepath.Join(g.folder, journalFolder, trial+".ndjson"), journal, 0o644)
	}
	if err != nil {
		return fmt.Errorf("--report: %w", err)
	}
	return nil
}

// listed is a list in a sentence, cut where it is long.
func listed(names []string) string {
	const most = 5
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}
