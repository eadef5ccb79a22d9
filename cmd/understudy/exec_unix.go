//go:build unix && !container

package main

import (
	"os"
	"os/exec"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// forwarded are the signals that a command gets through this process.
func forwarded() []os.Signal {
	return []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT}
}

// setApart gives the command a process group of its own, so that signals reach all that it starts and nothing of it is left
// behind. In the foreground of a terminal it stays in this process's group: apart it could not read the terminal, and
// the keys that interrupt and suspend would miss it.
func setApart(command *exec.Cmd) bool {
	if inForeground() {
		return false
	}
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return true
}

// setAlone gives the command a session of its own: a process group that can be ended, and no terminal that it could ask.
func setAlone(command *exec.Cmd) { command.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }

func inForeground() bool {
	terminal, err := os.Open("/dev/tty")
	if err != nil {
		return false
	}
	defer terminal.Close()
	group, err := unix.IoctlGetInt(int(terminal.Fd()), unix.TIOCGPGRP)
	return err == nil && group == syscall.Getpgrp()
}

// forward hands a signal on. Where the command shares this process's group, the terminal has sent it all but SIGTERM by
// itself: a second interrupt would mean more than the first, as Terraform's "exit at once".
func forward(process *os.Process, s os.Signal, apart bool) {
	switch {
	case apart:
		_ = syscall.Kill(-process.Pid, s.(syscall.Signal)) // fails where all of it has ended
	case s == syscall.SIGTERM:
		_ = process.Signal(s)
	}
}

// sweepDelay is how long what a command left running has to end by itself.
const sweepDelay = time.Second

// sweep ends what is left of a command's process group, at once when it is to hurry.
func sweep(command *os.Process, hurry <-chan struct{}) {
	group := command.Pid
	if syscall.Kill(-group, syscall.SIGTERM) != nil {
		return // nothing is
	}
	patience := time.After(sweepDelay)
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case <-look.C:
			if syscall.Kill(-group, 0) != nil {
				return
			}
			continue
		case <-patience:
		case <-hurry:
		}
		_ = syscall.Kill(-group, syscall.SIGKILL)
		return
	}
}

// exitCode is the process's, or as shells say it 128 and the number of the signal that ended it.
func exitCode(state *os.ProcessState) int {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return state.ExitCode()
}
