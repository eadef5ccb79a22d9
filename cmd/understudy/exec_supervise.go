package main

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"time"
)

// outputDelay is how long output is still read, where it is no file, from what the command left running.
const outputDelay = time.Second

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

// supervise runs a command to its end, with the signals that this process gets meanwhile, and returns its exit code.
func supervise(command *exec.Cmd) (code int, err error) {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, forwarded()...)
	defer signal.Stop(signals)
	command.WaitDelay = outputDelay
	apart := setApart(command)
	if err := command.Start(); err != nil {
		return unstarted(err), err
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	for {
		select {
		case s := <-signals:
			forward(command.Process, s, apart)
		case err := <-ended:
			if apart {
				sweep(command.Process.Pid)
			}
			var failed *exec.ExitError
			if errors.As(err, &failed) || errors.Is(err, exec.ErrWaitDelay) {
				err = nil // the code says it, or what it left running held on to its output
			}
			return exitCode(command.ProcessState), err
		}
	}
}
