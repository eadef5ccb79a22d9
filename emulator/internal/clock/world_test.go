package clock

import (
	"context"
	"errors"
	"math"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// sleeper starts a sleep and returns the channel on which its result comes.
func sleeper(ctx context.Context, c Clock, d time.Duration) <-chan error {
	done := make(chan error, 1)
	go func() { done <- c.Sleep(ctx, d) }()
	synctest.Wait()
	return done
}

func asleep(t *testing.T, done <-chan error) {
	t.Helper()
	synctest.Wait()
	select {
	case err := <-done:
		t.Fatalf("sleeper woke too early: %v", err)
	default:
	}
}

func awake(t *testing.T, done <-chan error) {
	t.Helper()
	synctest.Wait()
	select {
	case err := <-done:
		if err != nil {
			t.Fatalf("sleep: %v", err)
		}
	default:
		t.Fatal("sleeper is due and was not woken")
	}
}

func advance(t *testing.T, w *World, d time.Duration) {
	t.Helper()
	if err := w.Advance(d); err != nil {
		t.Fatal(err)
	}
}

func TestWorldAgreesWithSystem(t *testing.T) {
	w := NewWorld()
	before := time.Now()
	now := w.Now()
	if after := time.Now(); now.Before(before) || now.After(after) {
		t.Errorf("now %s is not between %s and %s", now, before, after)
	}
	if now.Location() != time.UTC {
		t.Errorf("location %s, want UTC", now.Location())
	}
	if w.Frozen() || w.State() != (State{}) {
		t.Errorf("new clock: %+v", w.State())
	}
}

// Outside a bubble: hours pass at once, in what Now says and for sleepers.
func TestAdvanceRunning(t *testing.T) {
	w := NewWorld()
	start := w.Now()
	var sleepers sync.WaitGroup
	for range 10 {
		sleepers.Go(func() {
			if err := w.Sleep(t.Context(), time.Hour); err != nil {
				t.Error(err)
			}
		})
	}
	woken := make(chan struct{})
	go func() { sleepers.Wait(); close(woken) }()
	for advanced := false; !advanced; { // sleepers that had not begun in time begin a new hour
		advance(t, w, time.Hour)
		runtime.Gosched()
		select {
		case <-woken:
			advanced = true
		default:
		}
	}
	if passed := w.Now().Sub(start); passed < time.Hour {
		t.Errorf("%s passed", passed)
	}
	if w.State().Offset < time.Hour || w.State().Frozen {
		t.Errorf("state %+v", w.State())
	}
}

func TestAdvanceRunningInBubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := NewWorld()
		system := time.Now()
		early, late := sleeper(t.Context(), w, time.Minute), sleeper(t.Context(), w, time.Hour)
		advance(t, w, time.Minute)
		awake(t, early)
		asleep(t, late)
		if got := time.Since(system); got != time.Minute {
			t.Errorf("virtual time moved by %s, want 1m", got)
		}
		if w.State() != (State{}) {
			t.Errorf("the clock left virtual time: %+v", w.State())
		}
		advance(t, w, time.Hour)
		awake(t, late)
	})
}

func TestFrozen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := NewWorld()
		begun := sleeper(t.Context(), w, time.Minute)
		time.Sleep(20 * time.Second)
		w.Freeze()
		stopped := w.Now()
		fresh := sleeper(t.Context(), w, 10*time.Second)
		time.Sleep(time.Hour)
		asleep(t, begun)
		asleep(t, fresh)
		if !w.Frozen() || !w.Now().Equal(stopped) {
			t.Errorf("frozen %v at %s, an hour later it is %s", w.Frozen(), stopped, w.Now())
		}

		advance(t, w, 10*time.Second)
		awake(t, fresh)
		asleep(t, begun)
		advance(t, w, 30*time.Second-1)
		asleep(t, begun)
		advance(t, w, 1)
		awake(t, begun)
		if got := w.Now().Sub(stopped); got != 40*time.Second {
			t.Errorf("advanced by 40s, the clock by %s", got)
		}

		ctx, cancel := context.WithCancel(t.Context())
		ended := sleeper(ctx, w, time.Second)
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("context cancelled: got %v", err)
		}
	})
}

func TestResume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := NewWorld()
		w.Freeze()
		w.Freeze()
		stopped := w.Now()
		waiting := sleeper(t.Context(), w, time.Minute)
		time.Sleep(time.Hour)
		w.Resume()
		w.Resume()
		if w.Frozen() || !w.Now().Equal(stopped) {
			t.Errorf("resumed at %s, want %s", w.Now(), stopped)
		}
		if got := w.State(); got != (State{Offset: -time.Hour}) {
			t.Errorf("state %+v, want an hour behind", got)
		}
		time.Sleep(59 * time.Second)
		asleep(t, waiting)
		time.Sleep(time.Second)
		awake(t, waiting)
	})
}

func TestAdvanceRefuses(t *testing.T) {
	const goesBack, tooFar = "time goes back only by restoring", "it would pass the year 2200"
	for _, c := range []struct {
		d      time.Duration
		frozen bool
		want   string
	}{
		{-1, false, goesBack},
		{-1, true, goesBack},
		{math.MinInt64, true, goesBack},
		{math.MaxInt64, false, tooFar},
		{math.MaxInt64, true, tooFar},
		{201 * 366 * 24 * time.Hour, false, tooFar},
	} {
		refuse := func(t *testing.T) {
			w := NewWorld()
			if c.frozen {
				w.Freeze()
			}
			before := w.State()
			if err := w.Advance(c.d); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("advance by %s, frozen %v: got %v, want %q", c.d, c.frozen, err, c.want)
			}
			if w.State() != before {
				t.Errorf("refused, yet %+v became %+v", before, w.State())
			}
		}
		refuse(t)
		synctest.Test(t, refuse)
	}
}

func TestRestoreFrozen(t *testing.T) {
	w := NewWorld()
	w.Freeze()
	saved, instant := w.State(), w.Now()
	if again := w.State(); again != saved || !saved.Frozen || saved.Offset != 0 || !saved.At.Equal(instant) {
		t.Fatalf("state %+v, then %+v, at %s", saved, again, instant)
	}

	advance(t, w, time.Hour)
	w.Resume()
	advance(t, w, time.Hour)
	w.Restore(saved)
	if w.State() != saved || !w.Now().Equal(instant) {
		t.Errorf("restored %+v at %s, want %+v", w.State(), w.Now(), saved)
	}

	fork := NewWorld()
	fork.Restore(saved)
	advance(t, fork, time.Hour)
	if !fork.Now().Equal(instant.Add(time.Hour)) || !w.Now().Equal(instant) {
		t.Errorf("fork at %s, origin at %s", fork.Now(), w.Now())
	}

	local := State{Frozen: true, At: saved.At.In(time.FixedZone("", 3600)), Offset: time.Hour}
	if w.Restore(local); w.State() != saved {
		t.Errorf("the same instant in another zone: %+v, want %+v", w.State(), saved)
	}
}

func TestRestoreRunning(t *testing.T) {
	w := NewWorld()
	advance(t, w, time.Hour)
	saved := w.State()
	if saved != (State{Offset: time.Hour}) {
		t.Fatalf("state %+v", saved)
	}
	advance(t, w, time.Hour)
	w.Freeze()
	w.Restore(saved)
	if w.State() != saved || w.Frozen() {
		t.Errorf("restored %+v, want %+v", w.State(), saved)
	}
	if ahead := time.Until(w.Now()); ahead > time.Hour || ahead < time.Hour-time.Minute {
		t.Errorf("%s ahead, want an hour", ahead)
	}
}

// However far the time is set back or ahead, a sleeper has as much to wait as before.
func TestRestoreKeepsSleepers(t *testing.T) {
	for name, to := range map[string]State{
		"back, frozen":   {Frozen: true, At: time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)},
		"ahead, frozen":  {Frozen: true, At: time.Date(2050, 1, 1, 0, 0, 0, 0, time.UTC)},
		"the zero time":  {Frozen: true},
		"back, running":  {Offset: -100 * time.Hour},
		"ahead, running": {Offset: 100 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := NewWorld()
				waiting := sleeper(t.Context(), w, time.Minute)
				advance(t, w, 20*time.Second)
				w.Restore(to)
				asleep(t, waiting)
				advance(t, w, 40*time.Second-1)
				asleep(t, waiting)
				advance(t, w, 1)
				awake(t, waiting)
			})
		})
	}
}

// For the race detector: everything at once, and nobody is left asleep.
func TestWorldConcurrently(t *testing.T) {
	w := NewWorld()
	var sleepers, changers sync.WaitGroup
	for range 8 {
		sleepers.Go(func() {
			if err := w.Sleep(t.Context(), time.Hour); err != nil {
				t.Error(err)
			}
		})
		changers.Go(func() {
			for range 50 {
				w.Freeze()
				saved := w.State()
				if err := w.Advance(time.Second); err != nil {
					t.Error(err)
				}
				w.Resume()
				w.Restore(saved)
				w.Now()
			}
		})
	}
	changers.Wait()
	done := make(chan struct{})
	go func() { sleepers.Wait(); close(done) }()
	for {
		advance(t, w, time.Hour)
		runtime.Gosched()
		select {
		case <-done:
			return
		default:
		}
	}
}
