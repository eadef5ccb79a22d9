//go:build !container

package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// progress says what runs: on a terminal by one line that is written again and again, else by a line when a run begins and
// when it ends.
type progress struct {
	to       io.Writer
	terminal bool
	unread   func() // called where writing fails; may be nil

	mu      sync.Mutex
	began   time.Time
	of      int // trials; 0 before they are known
	running []string
	done    int
	failed  int
	quit    chan struct{}
	written sync.WaitGroup
}

func newProgress(to io.Writer) *progress {
	p := &progress{to: to, quit: make(chan struct{})}
	if file, ok := to.(*os.File); ok {
		info, err := file.Stat()
		p.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
	}
	return p
}

func (p *progress) start() {
	p.began = time.Now()
	if !p.terminal {
		return
	}
	p.written.Go(func() {
		second := time.NewTicker(time.Second)
		defer second.Stop()
		for {
			select {
			case <-second.C:
				p.change(func() {})
			case <-p.quit:
				return
			}
		}
	})
}

// stop leaves the terminal as it was.
func (p *progress) stop() {
	close(p.quit)
	p.written.Wait()
	if p.terminal {
		p.write(eraseLine)
	}
}

// write says something. Where nobody reads it any more, that is told once and again.
func (p *progress) write(text string) {
	if _, err := io.WriteString(p.to, text); err != nil && p.unread != nil {
		p.unread()
	}
}

func (p *progress) expect(trials int) { p.change(func() { p.of = trials }) }

func (p *progress) begins(run string) {
	p.change(func() {
		p.running = append(p.running, run)
		p.line(run + " begins")
	})
}

func (p *progress) ends(run, how string, failed bool) {
	p.change(func() {
		if i := slices.Index(p.running, run); i >= 0 {
			p.running = slices.Delete(p.running, i, i+1)
		}
		if run != faultless {
			p.done++
		}
		if failed {
			p.failed++
		}
		p.line(run + " " + how)
	})
}

// show prints something that stays.
func (p *progress) show(text string) {
	p.change(func() {
		if p.terminal {
			p.write(eraseLine)
		}
		p.write(strings.TrimSuffix(text, "\n") + "\n")
	})
}

// line says what happened, where that is not the terminal's own line.
func (p *progress) line(text string) {
	if !p.terminal {
		p.write(fmt.Sprintf("[%s] %s\n", p.elapsed(), text))
	}
}

func (p *progress) elapsed() string {
	return fmt.Sprintf("%6.1fs", time.Since(p.began).Seconds())
}

const (
	eraseLine = "\r\x1b[K"
	width     = 79 // of the line: a longer one could not be written again
)

func (p *progress) change(do func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	do()
	if !p.terminal {
		return
	}
	text := fmt.Sprintf("[%s] ", p.elapsed())
	if p.of > 0 {
		text += fmt.Sprintf("%d of %d trials, %d failed: ", p.done, p.of, p.failed)
	}
	text += strings.Join(p.running, ", ")
	if len(text) > width {
		text = text[:width-1] + "…"
	}
	p.write(eraseLine + text)
}
