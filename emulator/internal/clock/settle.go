package clock

import (
	"context"
	"time"
)

// Settle waits a moment for the bytes that were just flushed to leave: 1 ms, or 1 ns of a bubble's virtual time. It goes by
// package time, so it ends although the clock is frozen. It returns ctx.Err() if ctx ends first.
func (w *World) Settle(ctx context.Context) error {
	moment := time.Millisecond
	if InBubble() {
		moment = time.Nanosecond
	}
	return System{}.Sleep(ctx, moment)
}
