package testkit

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"sync"
	"time"
)

// Bounds of what a client may do after it was stopped. A goroutine that still calls then is ended: a loop that heeds neither
// its context nor errors would never end, and with it no bubble.
const (
	maxLate  = 100       // calls
	lateTime = time.Hour // of virtual time
)

// leash is a transport that lets a bounded number of calls through, until it is pulled.
type leash struct {
	inner http.RoundTripper
	most  int // calls
	over  context.Context
	end   context.CancelCauseFunc

	mu    sync.Mutex
	calls int // that came
	late  int // of those, after it was pulled
	since time.Time
}

func newLeash(inner http.RoundTripper, most int) *leash {
	l := &leash{inner: inner, most: most}
	l.over, l.end = context.WithCancelCause(context.Background())
	return l
}

// pull ends the calls under way and lets no more through.
func (l *leash) pull(why string) { l.end(errors.New(why)) }

// pulled says why no more calls are let through; "" where they are.
func (l *leash) pulled() string {
	if err := context.Cause(l.over); err != nil {
		return err.Error()
	}
	return ""
}

// RoundTrip implements http.RoundTripper.
func (l *leash) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := l.count(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(r.Context()) // ends with the tracker's
	context.AfterFunc(l.over, cancel)
	return l.inner.RoundTrip(r.WithContext(ctx))
}

func (l *leash) count() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.calls++; l.calls > l.most {
		l.pull(fmt.Sprintf("it made more than %d calls", l.most))
	}
	if l.over.Err() == nil {
		return nil
	}
	if l.late++; l.late == 1 {
		l.since = time.Now()
	}
	if l.late > maxLate || time.Since(l.since) > lateTime {
		runtime.Goexit()
	}
	return fmt.Errorf("the run was stopped: %w", context.Cause(l.over))
}

// CloseIdleConnections lets http.Client's own method through.
func (l *leash) CloseIdleConnections() {
	if c, ok := l.inner.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}
