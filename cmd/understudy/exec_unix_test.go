//go:build unix

package main

import (
	"io"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

func inSession(p *exec.Cmd) { p.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }

func TestExecForwardsSignals(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT} {
		p := process(t, append([]string{"exec", "--"}, self("signals", "first")...)...)
		out := outside(t, p)
		if line, err := out.ReadString('\n'); line != "ready\n" {
			t.Fatalf("%q %v", line, err)
		}
		if err := p.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
		rest, err := io.ReadAll(out)
		if _ = p.Wait(); string(rest) != s.String()+"\n" || p.ProcessState.ExitCode() != 40+int(s) {
			t.Errorf("%v: exit %d, %q, %v", s, p.ProcessState.ExitCode(), rest, err)
		}
	}
}

// TestExecLeavesNothingBehind: its standard output ends when the last process that holds it does.
func TestExecLeavesNothingBehind(t *testing.T) {
	p := process(t, append([]string{"exec", "--"}, self("leave")...)...)
	out := outside(t, p)
	began := time.Now()
	if rest, err := io.ReadAll(out); err != nil || len(rest) > 0 {
		t.Errorf("%q %v", rest, err)
	}
	if err := p.Wait(); err != nil || time.Since(began) > 10*time.Second {
		t.Errorf("it ran on for %v: %v", time.Since(began), err)
	}
}
