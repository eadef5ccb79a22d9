package clock

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// lastYear bounds Advance: virtual time counts 64-bit nanoseconds since 1970, which end in 2262.
const lastYear = 2200

// World is the clock of one world: System plus an offset, or standing still. Make it in the bubble in which it is used.
type World struct {
	mu      sync.Mutex
	state   State
	elapsed time.Duration // what sleepers have lived through up to since; Restore does not change it
	since   time.Time     // System time of the last change
	changed chan struct{} // closed by the next change; nil while nobody waits for one
	epoch   uint64        // how often the clock was set apart from System
}

// State is what a snapshot keeps of a World clock. Two states are == if they mean the same.
type State struct {
	Offset time.Duration // running: how far the clock is ahead of System; zero while frozen
	Frozen bool
	At     time.Time // frozen: the instant at which it stands, in UTC; the zero time while running
}

// NewWorld returns a running clock that agrees with System.
func NewWorld() *World { return &World{since: time.Now()} }

// Now returns the world's time, in UTC.
func (w *World) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at(time.Now())
}

func (w *World) at(system time.Time) time.Time {
	if w.state.Frozen {
		return w.state.At
	}
	return system.Add(w.state.Offset).UTC()
}

// Sleep implements Clock. Time passes by itself while the clock runs, and by Advance. While the clock is frozen only
// Advance or the end of ctx ends the wait. Restore leaves a sleeper as much to wait as it had.
func (w *World) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil || d <= 0 {
		return err
	}
	w.mu.Lock()
	due := w.lived(time.Now()) + d
	w.mu.Unlock()
	for {
		left, frozen, changed := w.left(due)
		if left <= 0 {
			return nil
		}
		if err := wait(ctx, left, frozen, changed); err != nil {
			return err
		}
	}
}

// left returns how much of the way to due is left, and the channel that the next change closes.
func (w *World) left(due time.Duration) (time.Duration, bool, <-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.changed == nil {
		w.changed = make(chan struct{})
	}
	return due - w.lived(time.Now()), w.state.Frozen, w.changed
}

func (w *World) lived(system time.Time) time.Duration {
	if w.state.Frozen {
		return w.elapsed
	}
	return w.elapsed + system.Sub(w.since)
}

func wait(ctx context.Context, left time.Duration, frozen bool, changed <-chan struct{}) error {
	var due <-chan time.Time
	if !frozen {
		timer := time.NewTimer(left)
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-due:
	case <-changed:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// change runs f with the present System time and makes every sleeper look at the clock again.
func (w *World) change(f func(system time.Time)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	system := time.Now()
	w.elapsed, w.since = w.lived(system), system
	f(system)
	w.epoch++
	if w.changed != nil {
		close(w.changed)
		w.changed = nil
	}
}

// Advance moves the clock d ahead and wakes the sleepers that are then due. In a bubble, a clock that is not frozen
// moves together with all other virtual time: Advance is time.Sleep(d). It refuses to go back, and to pass the year 2200.
func (w *World) Advance(d time.Duration) error {
	if d < 0 {
		return fmt.Errorf("clock: cannot advance by %s: time goes back only by restoring a snapshot", d)
	}
	if InBubble() && !w.Frozen() {
		err := bound(w.Now(), d)
		if err == nil {
			time.Sleep(d)
		}
		return err
	}
	var err error
	w.change(func(system time.Time) {
		if err = bound(w.at(system), d); err != nil {
			return
		}
		w.elapsed += d
		if w.state.Frozen {
			w.state.At = w.state.At.Add(d)
		} else {
			w.state.Offset += d
		}
	})
	return err
}

func bound(now time.Time, d time.Duration) error {
	if now.Add(d).Year() > lastYear {
		return fmt.Errorf("clock: cannot advance by %s: it would pass the year %d", d, lastYear)
	}
	return nil
}

// Freeze stops the clock at the present instant. Freezing a frozen clock changes nothing.
func (w *World) Freeze() {
	w.change(func(system time.Time) {
		w.state = State{Frozen: true, At: w.at(system).Round(0)}
	})
}

// Resume lets a frozen clock run on from where it stands. Resuming a running clock changes nothing.
func (w *World) Resume() {
	w.change(func(system time.Time) {
		if w.state.Frozen {
			w.state = State{Offset: w.state.At.Sub(system)}
		}
	})
}

// Frozen reports whether the clock stands still.
func (w *World) Frozen() bool { return w.State().Frozen }

// State returns what Restore needs to bring the clock back to how it is now.
func (w *World) State() State {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.state
}

// Restore sets the clock to a state that State returned, of this clock or another. A frozen clock stands at its instant
// again. A running one has its former offset: the Advances since are undone, and the time that passed by itself has
// passed.
func (w *World) Restore(s State) {
	w.change(func(time.Time) {
		if s.Frozen {
			w.state = State{Frozen: true, At: s.At.Round(0).UTC()}
		} else {
			w.state = State{Offset: s.Offset}
		}
	})
}

// Skew sets a clock d ahead, or behind where it is negative. It wakes nobody: sleepers have waited no longer.
func (w *World) Skew(d time.Duration) {
	w.change(func(time.Time) {
		if w.state.Frozen {
			w.state.At = w.state.At.Add(d)
		} else {
			w.state.Offset += d
		}
	})
}

// Reading is one look at a clock.
type Reading struct {
	Now    time.Time // as of Now
	Epoch  uint64    // counts what has set the clock apart from System, and so from a client's: freezing, resuming, moving, restoring
	Frozen bool
}

// Read looks at the clock. Between two readings of one epoch, neither of them frozen, as much time has passed for a client.
func (w *World) Read() Reading {
	w.mu.Lock()
	defer w.mu.Unlock()
	return Reading{w.at(time.Now()), w.epoch, w.state.Frozen}
}
