//go:build !container

package main

import (
	"errors"
	"fmt"
	"io"
	"os/exec"

	"github.com/spf13/cobra"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/scenarios"
)

// execFlags are the flags of exec.
type execFlags struct {
	worldFlags
	vendor string
	report string
}

func execCommand() *cobra.Command {
	var f execFlags
	c := &cobra.Command{
		Use: "exec [flags] -- COMMAND [ARGUMENT...]", Short: "Run a command whose clients find the emulated vendors", Args: cobra.MinimumNArgs(1),
		Long: "exec answers as the emulated vendors do on free ports of 127.0.0.1 while a command runs, and gives that command the\n" +
			"variables by which clients find them, with credentials that may do everything: AUTH0_DOMAIN, AUTH0_API_TOKEN,\n" +
			"AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET; MONGODB_ATLAS_BASE_URL, MONGODB_ATLAS_OPS_MANAGER_URL,\n" +
			"MONGODB_ATLAS_PUBLIC_API_KEY, MONGODB_ATLAS_PRIVATE_API_KEY, MONGODB_ATLAS_CLIENT_ID and MONGODB_ATLAS_CLIENT_SECRET;\n" +
			"DEVREV_TOKEN and DEVREV_ENDPOINT, which DevRev's SDKs take and do not read; QOVERY_API_URL, QOVERY_CLI_ACCESS_TOKEN and\n" +
			"QOVERY_API_TOKEN. UNDERSTUDY_URL, UNDERSTUDY_HTTPS_URL, UNDERSTUDY_CA and UNDERSTUDY_AUTH0_URL and its like are for all\n" +
			"others; `understudy exec -- env` shows them all.\n\n" +
			"SSL_CERT_FILE, CURL_CA_BUNDLE, REQUESTS_CA_BUNDLE, NODE_EXTRA_CA_CERTS and DENO_CERT name a file that has the roots of\n" +
			"this machine and understudy's, and NO_PROXY has its hosts. Go programs on macOS and Windows heed no such variable:\n" +
			"give them UNDERSTUDY_CA. Java needs a trust store of its own; `understudy ca` says how one is made.\n\n" +
			"INT, TERM, HUP and QUIT go on to the command and to what it started; what it leaves running in the background is ended,\n" +
			"unless the terminal is shared with it. What took a session or a process group of its own, as by setsid, is neither told\n" +
			"nor ended. At the end the rules and verdicts of the scenario are printed on standard error.\n" +
			"The exit code is the command's (128 and the signal's number where one ended it, 127 where there is no such command, 126\n" +
			"where it can't be run), or 1 where it succeeded and a verdict failed. A verdict that is unproven changes nothing.",
		Example: "  understudy exec -- go test ./...\n" +
			"  understudy exec --scenario rate-limit-burst --vendor auth0 --report out -- terraform apply -auto-approve\n" +
			"  understudy exec --fixture company.yaml --limits on --auth strict -- ./provision.sh",
		RunE: func(c *cobra.Command, args []string) error { return f.run(c, args) },
	}
	flags := c.Flags()
	flags.SetInterspersed(false) // what follows the command is its own
	f.worldFlags.add(flags)
	f.worldFlags.addScenario(flags)
	flags.StringVar(&f.vendor, "vendor", "", "play only what is about this vendor")
	flags.StringVar(&f.report, "report", "", "folder that gets journal.ndjson (the last 10,000 calls), verdicts.json, verdicts.xml (JUnit) and state.yaml")
	return c
}

func (f *execFlags) run(c *cobra.Command, args []string) (err error) {
	command := exec.Command(args[0], args[1:]...)
	command.Stdin, command.Stdout, command.Stderr = c.InOrStdin(), c.OutOrStdout(), c.ErrOrStderr()
	if command.Err != nil {
		return exit{unstarted(command.Err), command.Err}
	}
	s, err := f.open(c.Flags().Changed("fixture"))
	if err != nil {
		return err
	}
	if command.Env, err = s.environment(); err != nil {
		return errors.Join(err, s.close())
	}
	code, err := supervise(command)
	err = errors.Join(err, s.close())
	if command.ProcessState == nil { // it never ran
		return exit{code, err}
	}
	if f.report != "" { // before anything is said: whoever reads that may leave, and end this process
		err = errors.Join(err, writeReport(f.report, s.world))
	}
	failed := f.conclude(c.ErrOrStderr(), s.world)
	if code == 0 && err == nil {
		err = failed
	}
	if code == 0 && err != nil {
		code = 1
	}
	if code == 0 {
		return nil
	}
	return exit{code, err}
}

// open makes all that the command needs, or nothing.
func (f *execFlags) open(fixtureGiven bool) (*stage, error) {
	if f.vendor != "" && f.scenario == "" {
		return nil, errors.New("--vendor narrows a scenario, and there is no --scenario")
	}
	scenario, err := f.openScenario(fixtureGiven)
	if err != nil {
		return nil, err
	}
	if f.vendor != "" {
		if scenario, err = narrowed(scenario, f.vendor); err != nil {
			return nil, err
		}
	}
	options, err := f.options()
	if err != nil {
		return nil, err
	}
	if err := prepareReport(f.report); err != nil {
		return nil, fmt.Errorf("--report: %w", err)
	}
	s, err := openStage(options...)
	if err != nil || scenario == nil {
		return s, err
	}
	if err := s.world.Play(scenario); err != nil { // when the ports are open, that it may be about
		return nil, errors.Join(fmt.Errorf("--scenario: %w", err), s.close())
	}
	return s, nil
}

// conclude prints what became of the scenario. Error: how many verdicts failed.
func (f *execFlags) conclude(w io.Writer, world *emulator.World) error {
	if f.scenario != "" && world.Scenario() == nil {
		fmt.Fprintln(w, "understudy: the command has disarmed the scenario: there are no verdicts")
	}
	printVerdicts(w, world)
	failed := 0
	verdicts := world.Verdicts()
	for _, v := range verdicts {
		if v.Outcome == scenarios.Fail {
			failed++
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %s failed", failed, counted(len(verdicts), "verdict"))
	}
	return nil
}
