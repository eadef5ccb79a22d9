//go:build !unix && !container

package main

import (
	"os"
	"os/exec"
	"syscall"
)

// forwarded are the signals that a command gets through this process.
func forwarded() []os.Signal { return []os.Signal{os.Interrupt, syscall.SIGTERM} }

// setApart leaves the command in this process's console, which interrupts both.
func setApart(*exec.Cmd) bool { return false }

// forward ends the command where this process is to end. An interrupt has reached it through the console.
func forward(process *os.Process, s os.Signal, _ bool) {
	if s != os.Interrupt {
		_ = process.Kill() // fails where it has ended
	}
}

// setAlone has nothing to set.
func setAlone(*exec.Cmd) {}

// sweep ends the command. What that has started goes on: there are no process groups.
func sweep(command *os.Process, _ <-chan struct{}) { _ = command.Kill() } // fails where it has ended

func exitCode(state *os.ProcessState) int { return state.ExitCode() }
