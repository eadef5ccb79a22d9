package clock

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// It ends although the clock is frozen, and hardly moves virtual time.
func TestSettle(t *testing.T) {
	w := NewWorld()
	w.Freeze()
	if err := w.Settle(t.Context()); err != nil {
		t.Error(err)
	}
	synctest.Test(t, func(t *testing.T) {
		w, began := NewWorld(), time.Now()
		w.Freeze()
		if err := w.Settle(t.Context()); err != nil || time.Since(began) != 1 {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if err := w.Settle(ended); !errors.Is(err, context.Canceled) {
			t.Errorf("with an ended context: %v", err)
		}
	})
}
