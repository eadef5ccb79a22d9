//go:build !container

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/fixtures/tree"
	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/scenarios/gauntlet"
)

// gauntletFlags are the flags of gauntlet.
type gauntletFlags struct {
	worldFlags
	scenarios []string
	only      []string
	vendors   []string
	known     []string
	timeout   time.Duration
	parallel  int
	verbose   bool
	report    string
}

// Exit codes of a gauntlet, beside those of a command that can't run and of an interruption.
const (
	trialFailed = 1
	notDone     = 2 // it was not told right what to do, or can't do it
	notJudged   = 3 // without faults the client does not do its work
)

func gauntletCommand(env func(string) (string, bool)) *cobra.Command {
	var f gauntletFlags
	refused := func(err error) error {
		if err == nil {
			return nil
		}
		return exit{notDone, err}
	}
	c := &cobra.Command{
		Use: "gauntlet [flags] -- COMMAND [ARGUMENT...]", Short: "Find out what a client does wrong, by running it under every scenario",
		Args: func(c *cobra.Command, args []string) error { return refused(cobra.MinimumNArgs(1)(c, args)) },
		Long: "gauntlet runs a command, which is the client, twice without faults, and then once under each scenario that touches what\n" +
			"it calls, at each vendor that it calls: a trial. Each run has a world and ports of its own, and finds them by the\n" +
			"variables that `understudy exec --help` lists. UNDERSTUDY_TRIAL says which trial it is: SCENARIO@VENDOR, or\n" +
			"without-faults. The command is one whole run, which ends with 0 where it did its work. Standard input is empty, and\n" +
			"there is no terminal to ask.\n\n" +
			"A trial passes where the run ends well and leaves what it leaves without faults, or fails and a run without faults\n" +
			"then mends all, and no verdict of the scenario fails. It fails where something else is left, or half the work; where the\n" +
			"client crashes (by a signal or a Go panic), or does not end in time or within 10,000 calls; and by a verdict. Where no\n" +
			"rule struck it is unproven, which changes nothing. A scenario's own fixture is not heeded.\n\n" +
			"Time is real: a client that waits for a minute as told takes a minute. Several trials run at once, in the same folder:\n" +
			"for a client that keeps state on disk say --parallel 1, and wrap it in a command that begins anew each time, such as\n" +
			"sh -c 'rm -f terraform.tfstate && terraform apply -auto-approve'.\n\n" +
			"Progress is on standard error, the report on standard output. An interruption ends all that runs, and reports what was\n" +
			"learnt so far; another one leaves the client no time. The exit code is 0 where all held, 1 where a trial failed, or a\n" +
			"known failure passed; 2 where the gauntlet was not told right what to do, or can't do it; 3 where the client can't be judged, as it\n" +
			"fails or does something else each time without any fault; 126 and 127 where there is no such command; 128 and the\n" +
			"signal's number where it was interrupted.",
		Example: "  understudy gauntlet -- ./provision prod.yaml\n" +
			"  understudy gauntlet --only rate-limit-burst --vendor auth0 --verbose -- ./provision prod.yaml\n" +
			"  understudy gauntlet --scenarios ours/ --known-failures known.txt --report out -- npm run provision",
		PersistentPreRunE: func(c *cobra.Command, _ []string) error { return refused(setFromEnv(c.Flags(), env)) },
		RunE:              func(c *cobra.Command, args []string) error { return f.run(c, args) },
	}
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return refused(err) })
	flags := c.Flags()
	flags.SetInterspersed(false) // what follows the command is its own
	f.worldFlags.add(flags)
	flags.StringArrayVar(&f.scenarios, "scenarios", nil, "a file with a scenario, or a folder of them, beside the shipped ones (repeatable)")
	flags.StringSliceVar(&f.only, "only", nil, "run these trials alone: SCENARIO or SCENARIO@VENDOR, * and ? allowed (repeatable)")
	flags.StringSliceVar(&f.vendors, "vendor", nil, "run trials at this vendor alone (repeatable)")
	flags.StringSliceVar(&f.known, "known-failures", nil, "trials that must fail, for now: SCENARIO@VENDOR, or a file with one on a line (repeatable)")
	flags.DurationVar(&f.timeout, "timeout", 5*time.Minute, "how long one run may take")
	flags.IntVar(&f.parallel, "parallel", 4, "how many trials run at once")
	flags.BoolVar(&f.verbose, "verbose", false, "show what the client prints in every run, its last 64 KiB")
	flags.StringVar(&f.report, "report", "", "folder that gets report.json, report.xml (JUnit), and journal/TRIAL.ndjson of each trial that failed")
	return c
}

func (f *gauntletFlags) run(c *cobra.Command, args []string) error {
	if err := exec.Command(args[0]).Err; err != nil {
		return exit{unstarted(err), err}
	}
	g, err := f.course(c, args)
	if err != nil {
		return exit{notDone, err}
	}
	defer g.heedSignals()()
	g.progress.start()
	err = g.run()
	g.progress.stop()
	if g.report != nil {
		err = errors.Join(err, f.conclude(c, g))
	}
	return err
}

// course reads what the flags name.
func (f *gauntletFlags) course(c *cobra.Command, args []string) (*course, error) {
	switch {
	case f.timeout <= 0:
		return nil, fmt.Errorf("--timeout %v: a run needs time", f.timeout)
	case f.parallel < 1:
		return nil, fmt.Errorf("--parallel %d: at least one trial runs at once", f.parallel)
	}
	for _, vendor := range f.vendors {
		if !slices.Contains(emulator.Vendors(), vendor) {
			return nil, fmt.Errorf("--vendor %s: there are %s", vendor, strings.Join(emulator.Vendors(), ", "))
		}
	}
	known, err := knownFailures(f.known)
	if err != nil {
		return nil, fmt.Errorf("--known-failures: %w", err)
	}
	all, err := f.library(c)
	if err != nil {
		return nil, fmt.Errorf("--scenarios: %w", err)
	}
	if err := f.checkOnly(all); err != nil {
		return nil, err
	}
	options, err := f.options()
	if err != nil {
		return nil, err
	}
	if err := prepareGauntletReport(f.report); err != nil {
		return nil, fmt.Errorf("--report: %w", err)
	}
	g := newCourse(args, options, c.ErrOrStderr())
	g.scenarios, g.known, g.chosen = all, known, f.chosen
	g.seed, g.timeout, g.parallel, g.verbose, g.folder = f.seed, f.timeout, f.parallel, f.verbose, f.report
	g.again = func(trial string) string { return f.again(c.Flags(), trial, args) }
	return g, nil
}

// library is the shipped scenarios and those of --scenarios, each with a name of its own, held to the tables.
func (f *gauntletFlags) library(c *cobra.Command) ([]*scenarios.Scenario, error) {
	all := scenarios.Library()
	files, err := scenarioFiles(f.scenarios)
	if err != nil {
		return nil, err
	}
	of := tables{folder: f.fixtures}
	err = eachScenario(c.ErrOrStderr(), files, func(file string) error {
		s, _, err := of.read(file)
		switch {
		case err != nil:
			return err
		case s.Name == "":
			return fmt.Errorf("%s: a scenario of a gauntlet needs a name: scenario: NAME", file)
		case slices.ContainsFunc(all, func(other *scenarios.Scenario) bool { return other.Name == s.Name }):
			return fmt.Errorf("%s: there is another scenario %q", file, s.Name)
		}
		all = append(all, s)
		return nil
	})
	return all, err
}

// scenarioFiles are the named files, and those of the named folders.
func scenarioFiles(names []string) (files []string, err error) {
	for _, name := range names {
		info, err := os.Stat(name)
		switch {
		case err != nil:
			return nil, err
		case !info.IsDir():
			files = append(files, name)
			continue
		}
		inside, err := os.ReadDir(name)
		if err != nil {
			return nil, err
		}
		before := len(files)
		for _, entry := range inside {
			if ext := filepath.Ext(entry.Name()); !entry.IsDir() && (ext == ".yaml" || ext == ".yml" || ext == ".json") {
				files = append(files, filepath.Join(name, entry.Name()))
			}
		}
		if len(files) == before {
			return nil, fmt.Errorf("%s has no .yaml, .yml or .json file", name)
		}
	}
	return files, nil
}

// knownFailures are trials by name, and by the lines of files; # begins a comment.
func knownFailures(given []string) (trials []string, err error) {
	for _, name := range given {
		if strings.Contains(name, "@") {
			trials = append(trials, name)
			continue
		}
		text, err := scenarios.ReadFile(name)
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(text)) {
			line, _, _ = strings.Cut(line, "#")
			if line = strings.TrimSpace(line); line != "" {
				trials = append(trials, line)
			}
		}
	}
	return trials, nil
}

// checkOnly refuses what could never name a trial.
func (f *gauntletFlags) checkOnly(all []*scenarios.Scenario) error {
	var names []string
	for _, s := range all {
		names = append(names, s.Name)
		for _, vendor := range emulator.Vendors() {
			names = append(names, s.Name+"@"+vendor)
		}
	}
	for _, pattern := range f.only {
		if _, err := path.Match(pattern, ""); err != nil {
			return fmt.Errorf("--only %s: %w", pattern, err)
		}
		if !slices.ContainsFunc(names, func(name string) bool { return matches(pattern, name) }) {
			return fmt.Errorf("--only %s: there is no such scenario or trial%s", pattern, tree.Meant(pattern, names))
		}
	}
	return nil
}

// matches tells whether a pattern is about a scenario, or a trial, by name.
func matches(pattern, name string) bool {
	if !strings.Contains(pattern, "@") {
		name, _, _ = strings.Cut(name, "@")
	}
	matched, _ := path.Match(pattern, name) // checkOnly has refused bad ones
	return matched
}

// chosen tells whether --only and --vendor want a trial.
func (f *gauntletFlags) chosen(trial gauntlet.Trial) bool {
	return (len(f.vendors) == 0 || slices.Contains(f.vendors, trial.Vendor)) &&
		(len(f.only) == 0 || slices.ContainsFunc(f.only, func(pattern string) bool { return matches(pattern, trial.Name) }))
}

// again is the command that repeats a trial: with the flags that decide how it goes.
func (f *gauntletFlags) again(flags *pflag.FlagSet, trial string, args []string) string {
	words := []string{"understudy", "gauntlet", "--only", trial, "--seed", fmt.Sprint(f.seed)}
	for _, name := range []string{"fixture", "fixtures", "no-markers", "auth", "limits", "evidence", "scenarios", "timeout"} {
		switch flag := flags.Lookup(name); {
		case !flag.Changed:
		case name == "scenarios":
			for _, file := range f.scenarios {
				words = append(words, "--scenarios", file)
			}
		case flag.NoOptDefVal != "":
			words = append(words, "--"+name+"="+flag.Value.String())
		default:
			words = append(words, "--"+name, flag.Value.String())
		}
	}
	words = append(append(words, "--"), args...)
	for i := range words {
		words[i] = quoted(words[i])
	}
	return strings.Join(words, " ")
}

// quoted is a word for a shell.
func quoted(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_@%+=:,./-", r)
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// conclude prints the report and writes it. Error: the exit code, where it is not 0 and no other error says one.
func (f *gauntletFlags) conclude(c *cobra.Command, g *course) error {
	_, err := g.report.WriteTo(c.OutOrStdout())
	err = errors.Join(err, writeGauntletReport(f.report, g.report))
	failed := len(g.report.Failed())
	switch {
	case err != nil:
		return exit{notDone, err}
	case failed > 0:
		return exit{trialFailed, fmt.Errorf("%d of %s failed", failed, counted(len(g.report.Results), "trial"))}
	}
	return nil
}

// The files of a gauntlet's report.
const (
	gauntletFile      = "report.json"
	gauntletJUnitFile = "report.xml"
	journalFolder     = "journal"
)

// prepareGauntletReport makes sure, before anything runs, that a folder can hold a report, and removes the one of an earlier
// gauntlet. The folder may be "" for none.
func prepareGauntletReport(folder string) error {
	if folder == "" {
		return nil
	}
	journals := filepath.Join(folder, journalFolder)
	if err := os.MkdirAll(journals, 0o755); err != nil {
		return err
	}
	entries, err := os.ReadDir(journals)
	for _, entry := range entries {
		if name := entry.Name(); strings.Contains(name, "@") && strings.HasSuffix(name, ".ndjson") {
			err = errors.Join(err, os.Remove(filepath.Join(journals, name)))
		}
	}
	return errors.Join(err, prepareFiles(folder, gauntletFile, gauntletJUnitFile))
}

func writeGauntletReport(folder string, report *gauntlet.Report) error {
	if folder == "" {
		return nil
	}
	text, err := report.JSON()
	suites, bad := report.JUnit()
	err = errors.Join(err, bad,
		writeWhole(filepath.Join(folder, gauntletFile), text, 0o644),
		writeWhole(filepath.Join(folder, gauntletJUnitFile), suites, 0o644),
	)
	if err != nil {
		return fmt.Errorf("--report: %w", err)
	}
	return nil
}
