//go:build !container

package main

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"time"
)

// Exit codes of a command that never ran, as shells and env have them.
const (
	cannotRun = 126
	notFound  = 127
)

// outputDelay is how long output is still read, where it is no file, from what the command left running.
const outputDelay = time.Second

// unstarted is the exit code for a command that can't be started.
func unstarted(err error) int {
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		return notFound
	}
	return cannotRun
}

// launch starts a command. The channel gets what is wrong with its end, beside what its exit code says.
func launch(command *exec.Cmd) (<-chan error, error) {
	command.WaitDelay = outputDelay
	if err := command.Start(); err != nil {
		return nil, err
	}
	ended := make(chan error, 1)
	go func() {
		err := command.Wait()
		var failed *exec.ExitError
		if errors.As(err, &failed) || errors.Is(err, exec.ErrWaitDelay) {
			err = nil // the code says it, or what it left running held on to its output
		}
		ended <- err
	}()
	return ended, nil
}

// supervise runs a command to its end, with the signals that this process gets meanwhile, and returns its exit code.
func supervise(command *exec.Cmd) (code int, err error) {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, forwarded()...)
	defer signal.Stop(signals)
	apart := setApart(command)
	ended, err := launch(command)
	if err != nil {
		return unstarted(err), err
	}
	for {
		select {
		case s := <-signals:
			forward(command.Process, s, apart)
		case err := <-ended:
			if apart {
				sweep(command.Process, nil)
			}
			return exitCode(command.ProcessState), err
		}
	}
}
