// Command provision makes enterprise sign-on at four vendors what a YAML file wants it to be.
//
//	provision sso.yaml
//	provision -naive sso.yaml
//
// The second is the client as it was at first, kept to show what a gauntlet finds in it.
//
// Base URLs and credentials come from the environment, as job.FromEnvironment reads it. It prints what it changes. It ends
// with 0 where all is as it should be, 1 where something is not, 2 where it was not told right what to do.
package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	"github.com/understudy-dev/understudy/examples/provision/careful"
	"github.com/understudy-dev/understudy/examples/provision/job"
	"github.com/understudy-dev/understudy/examples/provision/naive"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, getenv func(string) string, out, problems io.Writer) (code int) {
	asAtFirst := len(args) > 0 && args[0] == "-naive"
	if asAtFirst {
		args = args[1:]
	}
	if len(args) != 1 {
		fmt.Fprintln(problems, "usage: provision [-naive] FILE")
		return 2
	}
	text, err := os.ReadFile(args[0])
	if err != nil {
		fmt.Fprintln(problems, "provision:", err)
		return 2
	}
	want, err := job.Parse(text, getenv)
	if err != nil {
		fmt.Fprintf(problems, "provision: %s: %v\n", args[0], err)
		return 2
	}
	changes := 0
	changed := func(what string) {
		changes++
		fmt.Fprintln(out, what)
	}
	sync := careful.Client{HTTP: http.DefaultClient, Access: job.FromEnvironment(getenv), Changed: changed}.Sync
	if asAtFirst {
		sync = naive.Client{HTTP: http.DefaultClient, Access: job.FromEnvironment(getenv), Changed: changed}.Sync
	}
	if err := sync(ctx, want); err != nil {
		fmt.Fprintf(problems, "provision: %v\n", err)
		return 1
	}
	if changes == 0 {
		fmt.Fprintln(out, "nothing to change")
	}
	return 0
}
