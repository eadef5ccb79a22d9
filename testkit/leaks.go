package testkit

import (
	"runtime"
	"strings"
	"testing/synctest"

	"github.com/understudy-dev/understudy/emulator"
)

// Bounds of the search for leaks: to read all stacks stops the process, for a fraction of a millisecond with so many.
const (
	maxGoroutines = 100
	maxStacks     = 128 << 10 // bytes
)

// leakedGoroutines are those that the bubble's test has started and not ended: where each stands, and where it began. If
// nothing ends them after this, synctest panics when the test returns. Outside bubbles nobody can tell whose they are, and
// in a process with more than 100 goroutines, such as one of many parallel tests, nobody looks.
func leakedGoroutines() (lines []string) {
	if !emulator.InBubble() || runtime.NumGoroutine() > maxGoroutines {
		return nil
	}
	synctest.Wait() // for those that are about to end
	stacks := make([]byte, maxStacks)
	own, all, _ := strings.Cut(string(stacks[:runtime.Stack(stacks, true)]), "\n\n")
	header, _, _ := strings.Cut(own, "\n")
	_, bubble, _ := strings.Cut(header, "synctest bubble")
	for stack := range strings.SplitSeq(strings.Trim(all, "\x00\n"), "\n\n") {
		header, frames, _ := strings.Cut(stack, "\n")
		if strings.HasSuffix(header, "synctest bubble"+bubble) && !isServed(frames) {
			lines = append(lines, "goroutine left behind: "+summary(header, frames))
		}
	}
	return lines
}

// isServed tells whether a goroutine is synctest's own, or of a world's connections, which end with the world.
func isServed(frames string) bool {
	_, from, _ := strings.Cut(frames, "\ncreated by ")
	for _, ours := range []string{"internal/synctest.", "testing/synctest.", "net/http.", "github.com/understudy-dev/understudy/emulator"} {
		if strings.HasPrefix(from, ours) || ours == "internal/synctest." && strings.HasPrefix(frames, ours) {
			return true
		}
	}
	return false
}

// summary is one line of a stack: why it waits, in which function that was started, and where.
func summary(header, frames string) string {
	_, state, _ := strings.Cut(header, "[")
	state, _, _ = strings.Cut(state, "]")
	state, _, _ = strings.Cut(state, " (durable)")
	frames, from, _ := strings.Cut(frames, "\ncreated by ")
	calls := strings.Split(frames, "\n")
	outermost, _, _ := strings.Cut(calls[max(0, len(calls)-2)], "(")
	return state + " in " + outermost + ", " + place(calls[len(calls)-1]) + ", started at " + place(from[strings.LastIndex(from, "\n")+1:])
}

func place(line string) string {
	file, _, _ := strings.Cut(strings.TrimSpace(line), " +0x")
	return file
}
