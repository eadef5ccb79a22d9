//go:build !container

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/scenarios/gauntlet"
)

// maxRunCalls is how many calls a run may make: as many as a journal keeps. Tests let fewer through.
var maxRunCalls = 10_000

// post is where the command runs for a trial: a stage, and what is known of the run that is under way.
type post struct {
	course *course
	trial  string
	stage  *stage
	first  *said // of the first run

	mu    sync.Mutex
	calls int                     // of the run
	end   context.CancelCauseFunc // ends the run
}

// enter makes a post. It is to be left.
func (g *course) enter(trial string, more ...emulator.Option) (*post, error) {
	p := &post{course: g, trial: trial}
	options := append(append([]emulator.Option{emulator.WithLog(p.count)}, g.options...), more...)
	var err error
	p.stage, err = openStage(options...)
	return p, err
}

func (p *post) leave() error { return p.stage.close() }

// count ends a run that makes too many calls.
func (p *post) count(emulator.Entry, time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.calls++; p.calls > maxRunCalls && p.end != nil {
		p.end(&gauntlet.Stopped{Why: fmt.Sprintf("it made more than %d calls", maxRunCalls)})
	}
}

// client runs the command once: it is the gauntlet.Client.
func (p *post) client(ctx context.Context, _ *emulator.World) error {
	g := p.course
	command := exec.Command(g.command[0], g.command[1:]...)
	environment, err := p.stage.environment()
	if err != nil {
		g.stop(exit{notDone, err})
		return err
	}
	command.Env = append(environment, "UNDERSTUDY_TRIAL="+p.trial)
	said := &said{}
	if p.first == nil {
		p.first = said
	}
	command.Stdout, command.Stderr = &said.all, io.MultiWriter(&said.all, &said.errors)
	setAlone(command)
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	p.mu.Lock()
	p.calls, p.end = 0, end
	p.mu.Unlock()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	over, err := launch(command)
	if err != nil {
		g.stop(exit{unstarted(err), err})
		return err
	}
	late := time.AfterFunc(g.timeout, func() { end(&gauntlet.Stopped{Why: fmt.Sprintf("it was still at work after %v", g.timeout)}) })
	defer late.Stop()
	select {
	case err = <-over:
		sweep(command.Process, g.hurry)
	case <-ctx.Done():
		sweep(command.Process, g.hurry)
		<-over
		err = context.Cause(ctx)
	}
	if g.verbose {
		g.progress.show(fmt.Sprintf("%s: the client said, and ended with %v\n%s", p.trial, command.ProcessState, indentedLines(said.all.last(-1))))
	}
	if err != nil {
		return err
	}
	return said.verdict(command.ProcessState)
}

// said is the last lines of the output of the first run at a post.
func (p *post) said(lines int) string {
	if p.first == nil {
		return ""
	}
	return p.first.all.last(lines)
}

// said is what a run printed.
type said struct{ all, errors tail }

// verdict is how a run ended by itself.
func (s *said) verdict(state *os.ProcessState) error {
	switch {
	case state.Success():
		return nil
	case state.ExitCode() < 0:
		return &gauntlet.Crashed{How: s.explained(state.String())}
	}
	text := s.errors.last(-1)
	if at := goPanic.FindStringIndex(text); at != nil {
		return &gauntlet.Crashed{How: text[at[0]:]}
	}
	return fmt.Errorf("%s", s.explained(state.String()))
}

// goPanic is how a Go program says that it crashes: it ends with a code as one that fails does.
var goPanic = regexp.MustCompile(`(?m)^(panic|fatal error): .*\n(?:.*\n)*?goroutine \d+.*:$`)

// explained adds the last line that says something to how a run ended.
func (s *said) explained(how string) string {
	lines := strings.Split(s.errors.last(-1), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		line := strings.TrimSpace(lines[i])
		if wordless.MatchString(line) || runnersOwn.MatchString(line) {
			continue
		}
		return how + ": " + line
	}
	return how
}

var (
	wordless   = regexp.MustCompile(`^[^\pL\pN]*$`)      // a line of a box that is drawn
	runnersOwn = regexp.MustCompile(`^exit status \d+$`) // what `go run` adds
)

// maxTail is how much of a run's output is kept: its end.
const maxTail = 64 << 10

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

// Write implements io.Writer.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p[max(0, len(p)-maxTail):]...)
	if len(t.text) > 2*maxTail { // so that each byte is moved once at most
		t.text = append([]byte(nil), t.text[len(t.text)-maxTail:]...)
	}
	return len(p), nil
}

// control is what would move the cursor of a terminal or colour it, and other bytes that are no text.
var control = regexp.MustCompile("\x1b\\[[0-9;?]*[ -/]*[@-~]|\x1b\\][^\a\x1b]*(\a|\x1b\\\\)|[\x00-\x08\x0b-\x1f\x7f]")

// last is the last lines, all for -1, as text without what would change a terminal.
func (t *tail) last(lines int) string {
	t.mu.Lock()
	text := bytes.Clone(t.text[max(0, len(t.text)-maxTail):])
	t.mu.Unlock()
	text = control.ReplaceAll(bytes.ToValidUTF8(text, []byte("�")), nil)
	all := strings.SplitAfter(strings.TrimRight(string(text), "\n"), "\n")
	if lines >= 0 && len(all) > lines {
		all = all[len(all)-lines:]
	}
	return strings.Join(all, "")
}

func indentedLines(text string) string {
	if text == "" {
		return ""
	}
	return "  " + strings.ReplaceAll(text, "\n", "\n  ") + "\n"
}
