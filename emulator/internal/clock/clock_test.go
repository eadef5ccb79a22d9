package clock

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestInBubble(t *testing.T) {
	if InBubble() {
		t.Error("outside a bubble: true")
	}
	synctest.Test(t, func(t *testing.T) {
		if !InBubble() {
			t.Error("inside a bubble: false")
		}
		inside := make(chan bool)
		go func() { inside <- InBubble() }()
		if !<-inside {
			t.Error("in a goroutine of the bubble: false")
		}
	})
}

// Both clocks follow virtual time.
func TestSleepInBubble(t *testing.T) {
	for name, newClock := range map[string]func() Clock{
		"system": func() Clock { return System{} },
		"world":  func() Clock { return NewWorld() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newClock()
				start := c.Now()
				if err := c.Sleep(t.Context(), 24*time.Hour); err != nil {
					t.Fatal(err)
				}
				if got := c.Now().Sub(start); got != 24*time.Hour {
					t.Errorf("slept a day, %s passed", got)
				}

				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				if err := c.Sleep(ctx, time.Minute); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("context ended after 1s: got %v", err)
				}
				if got := c.Now().Sub(start); got != 24*time.Hour+time.Second {
					t.Errorf("the context took 1s, the sleep ended at %s", got)
				}
				if err := c.Sleep(ctx, 0); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("nothing to wait for, context over: got %v", err)
				}
				if err := c.Sleep(t.Context(), -time.Second); err != nil {
					t.Errorf("negative: got %v", err)
				}
				if got := c.Now().Sub(start); got != 24*time.Hour+time.Second {
					t.Errorf("sleeps of nothing took time: %s", got)
				}
			})
		})
	}
}
