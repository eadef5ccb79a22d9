// Command understudy emulates the admin APIs with which companies wire enterprise SSO into SaaS products.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr, os.LookupEnv))
}

// run is the whole program. It returns the exit code: 0, that of the command that exec ran, those that gauntlet documents, or
// 1 after an error was said in one line.
func run(ctx context.Context, args []string, stdout, stderr io.Writer, env func(string) (string, bool)) int {
	root := &cobra.Command{
		Use:   "understudy",
		Short: "Emulates the admin APIs with which companies wire enterprise SSO into SaaS products",
		Long: "understudy answers as the emulated vendors do, from memory. Every flag is also an environment variable:\n" +
			"--control-token is UNDERSTUDY_CONTROL_TOKEN. The flag wins; an empty variable counts as none.",
		Version:      version(),
		SilenceUsage: true, SilenceErrors: true,
		PersistentPreRunE: func(c *cobra.Command, _ []string) error { return setFromEnv(c.Flags(), env) },
	}
	root.AddCommand(runners(env)...)
	root.AddCommand(serveCommand(), operationsCommand(), tokenCommand(env), fixtureCommand(), scenarioCommand(), caCommand(), healthcheckCommand(env), versionCommand())
	root.SetVersionTemplate(versionLine())
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	ended := exit{1, err}
	errors.As(err, &ended)
	if ended.err != nil {
		fmt.Fprintln(stderr, "understudy:", oneLine(ended.err))
	}
	return ended.code
}

// oneLine joins the lines of an error, such as the suggestions for an unknown command.
func oneLine(err error) string {
	var lines []string
	for line := range strings.Lines(err.Error()) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.ReplaceAll(strings.Join(lines, "; "), "?; ", "? ")
}

// setFromEnv gives every flag that the command line leaves out the value of its variable, where that is set and not
// empty.
func setFromEnv(flags *pflag.FlagSet, env func(string) (string, bool)) (err error) {
	flags.VisitAll(func(f *pflag.Flag) {
		name := variable(f.Name)
		value, _ := env(name)
		if f.Changed || value == "" || err != nil || f.Name == "help" || f.Name == "version" {
			return
		}
		if bad := flags.Set(f.Name, value); bad != nil {
			err = fmt.Errorf("%s=%q: %w", name, value, bad)
		}
	})
	return err
}

func variable(flag string) string {
	return "UNDERSTUDY_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// exit ends the program with a code of its own. The error, which may be nil, is said first.
type exit struct {
	code int
	err  error
}

func (e exit) Error() string {
	if e.err == nil {
		return "the command failed"
	}
	return e.err.Error()
}
