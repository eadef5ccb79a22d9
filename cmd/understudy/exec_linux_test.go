package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// terminalPair is a terminal: what is typed and seen, and what programs have.
func terminalPair(t *testing.T) (user, programs *os.File) {
	t.Helper()
	user, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no pseudo-terminals:", err)
	}
	t.Cleanup(func() { _ = user.Close() })
	if err := unix.IoctlSetPointerInt(int(user.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(user.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if programs, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = programs.Close() })
	return user, programs
}

// TestExecInATerminal: the key that interrupts reaches the command once, by the terminal, and SIGTERM by this process.
func TestExecInATerminal(t *testing.T) {
	user, programs := terminalPair(t)
	p := process(t, append([]string{"exec", "--"}, self("signals")...)...)
	p.Stdin, p.Stdout, p.Stderr = programs, programs, programs
	p.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	said := bufio.NewScanner(user)
	says := func(want string) {
		t.Helper()
		if !said.Scan() || strings.TrimPrefix(strings.TrimSpace(said.Text()), "^C") != want {
			_ = p.Process.Kill()
			t.Fatalf("the terminal shows %q, want %q", said.Text(), want)
		}
	}
	says("ready")
	if _, err := user.WriteString("\x03"); err != nil {
		t.Fatal(err)
	}
	says("interrupt")
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	says("terminated")
	if _ = p.Wait(); p.ProcessState.ExitCode() != 40+int(syscall.SIGTERM) {
		t.Errorf("exit %d", p.ProcessState.ExitCode())
	}
}

// TestProgressOnATerminal: it is one line, written anew, that is gone at the end.
func TestProgressOnATerminal(t *testing.T) {
	user, programs := terminalPair(t)
	t.Setenv("TERM", "xterm")
	p := newProgress(programs)
	p.start()
	p.expect(2)
	p.begins("rate-limit-burst@auth0")
	p.show("something to stay")
	p.ends("rate-limit-burst@auth0", "fail", true)
	for _, long := range []string{"a", "b", "c"} {
		p.begins(strings.Repeat(long, 30))
	}
	p.stop()
	if _, err := programs.WriteString("end\n"); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for said := bufio.NewScanner(user); said.Scan() && said.Text() != "end"; {
		lines = append(lines, said.Text())
		if strings.HasSuffix(said.Text(), "end") {
			break
		}
	}
	if len(lines) != 2 || !strings.HasSuffix(lines[0], eraseLine+"something to stay") || !strings.HasSuffix(lines[1], eraseLine+"end") {
		t.Fatalf("%q", lines)
	}
	for _, want := range []string{"] 0 of 2 trials, 0 failed: rate-limit-burst@auth0", "] 1 of 2 trials, 1 failed: \r", "bbbbb…"} {
		if !strings.Contains(strings.Join(lines, "")+"\r", want) {
			t.Errorf("%q lacks %q", lines, want)
		}
	}
}
