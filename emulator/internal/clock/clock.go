// Package clock is time as a world sees it: the machine's, or one that tests freeze, advance and restore. Inside a
// testing/synctest bubble package time is virtual, and so is every clock here.
package clock

import (
	"bytes"
	"context"
	"runtime"
	"time"
)

// Clock tells the time and waits.
type Clock interface {
	// Now returns the present instant.
	Now() time.Time
	// Sleep waits for d. It returns nil when d has passed, or ctx.Err() if ctx ends first; with d <= 0 it does not
	// wait. Never call it with a mutex locked: in a bubble, whoever wants that mutex then stops time itself.
	Sleep(ctx context.Context, d time.Duration) error
}

// System is the clock of package time.
type System struct{}

// Now returns time.Now().
func (System) Now() time.Time { return time.Now() }

// Sleep implements Clock.
func (System) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil || d <= 0 {
		return err
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// InBubble reports whether the calling goroutine belongs to a testing/synctest bubble. Package testing offers no such
// question without side effects; the header of the goroutine's stack trace says it (Go 1.25 and 1.26).
func InBubble() bool {
	var trace [96]byte
	header, _, _ := bytes.Cut(trace[:runtime.Stack(trace[:], false)], []byte("\n"))
	return bytes.Contains(header, []byte("synctest bubble"))
}
