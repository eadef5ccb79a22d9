//go:build unix

package main

import (
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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

// TestExecThatNobodyReads: where its standard error is closed, the report is there all the same.
func TestExecThatNobodyReads(t *testing.T) {
	folder := t.TempDir()
	p := process(t, append([]string{"exec", "--scenario", "rate-limit-burst", "--report", folder, "--"}, self("exit", "0")...)...)
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p.Stderr = write
	if err := errors.Join(read.Close(), p.Start(), write.Close()); err != nil {
		t.Fatal(err)
	}
	if _ = p.Wait(); !strings.Contains(p.ProcessState.String(), syscall.SIGPIPE.String()) {
		t.Errorf("it ended with %v", p.ProcessState)
	}
	if files, err := os.ReadDir(folder); err != nil || len(files) != 4 {
		t.Errorf("%d files: %v", len(files), err)
	}
}

// TestGauntletInterrupted: it ends what runs with all that this started, tells what it has learnt, and leaves nothing.
func TestGauntletInterrupted(t *testing.T) {
	t.Parallel()
	for s, code := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			held, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer held.Close()
			folder, temp := t.TempDir(), t.TempDir()
			scenario := filepath.Join(folder, "busy.yaml")
			writeFile(t, scenario, busy)
			later := filepath.Join(folder, "calm.yaml")
			writeFile(t, later, calm)
			p := process(t, append([]string{"gauntlet", "--scenarios", scenario, "--scenarios", later, "--only", "busy,calm", "--parallel", "1", "--report", folder, "--"},
				self("linger", held.Addr().String(), "busy@auth0")...)...)
			p.Env = append(os.Environ(), "TMPDIR="+temp)
			p.Stderr = nil
			out := outside(t, p)
			var holders []net.Conn
			for range 2 { // the client and what it started
				holder, err := held.Accept()
				if err != nil {
					t.Fatal(err)
				}
				holders = append(holders, holder)
			}
			for range 2 { // the second leaves no time
				if err := p.Process.Signal(s); err != nil {
					t.Fatal(err)
				}
			}
			said, err := io.ReadAll(out)
			if err != nil {
				t.Fatal(err)
			}
			if _ = p.Wait(); p.ProcessState.ExitCode() != code || !strings.Contains(string(said), "PASS  busy@auth0") || !strings.Contains(string(said), "\ninterrupted: 1 of 2 trials: 1 passed") {
				t.Errorf("exit %d: %s", p.ProcessState.ExitCode(), said)
			}
			for _, holder := range holders {
				_ = holder.SetReadDeadline(time.Now().Add(10 * time.Second))
				if _, err := holder.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) {
					t.Error("something runs on")
				}
			}
			if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v %v", left, err)
			}
			if report, err := os.ReadFile(filepath.Join(folder, "report.json")); err != nil || !strings.Contains(string(report), `"interrupted": true`) {
				t.Errorf("%s %v", report, err)
			}
		})
	}
}

// TestGauntletThatNobodyReads: where its standard error is closed, it leaves nothing either.
func TestGauntletThatNobodyReads(t *testing.T) {
	t.Parallel()
	temp := t.TempDir()
	p := process(t, append([]string{"gauntlet", "--"}, self("stay")...)...)
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p.Env, p.Stderr = append(os.Environ(), "TMPDIR="+temp), write
	if err := errors.Join(read.Close(), p.Start(), write.Close()); err != nil {
		t.Fatal(err)
	}
	if _ = p.Wait(); p.ProcessState.ExitCode() != 128+int(syscall.SIGPIPE) && !strings.Contains(p.ProcessState.String(), syscall.SIGPIPE.String()) {
		t.Errorf("it ended with %v", p.ProcessState)
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// TestSweepHurries: what is to end at once gets no time to ignore it.
func TestSweepHurries(t *testing.T) {
	command := exec.Command("sh", "-c", "trap '' TERM; echo ready; while :; do sleep 5; done")
	setAlone(command)
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	hurry := make(chan struct{})
	close(hurry)
	began := time.Now()
	sweep(command.Process, hurry)
	if _ = command.Wait(); exitCode(command.ProcessState) != 128+int(syscall.SIGKILL) || time.Since(began) >= sweepDelay {
		t.Errorf("%v after %v", command.ProcessState, time.Since(began))
	}
}
