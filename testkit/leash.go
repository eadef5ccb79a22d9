package testkit

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"sync"
)

// maxLate is how many calls a client may try after it was stopped. The goroutine that goes on is ended then: a loop that
// heeds neither its context nor errors would never end, and with it no bubble.
const maxLate = 1000

// leash is a transport that lets a bounded number of calls through, until it is pulled.
type leash struct {
	inner *http.Transport
	over  context.Context
	end   context.CancelCauseFunc

	mu    sync.Mutex
	calls int // that may still come
	late  int // that came all the same
}

func newLeash(inner *http.Transport, calls int) *leash {
	l := &leash{inner: inner, calls: calls}
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
	ctx, cancel := context.WithCancel(r.Context())
	context.AfterFunc(l.over, cancel)
	return l.inner.RoundTrip(r.WithContext(ctx))
}

func (l *leash) count() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.calls--; l.calls < 0 {
		l.pull(fmt.Sprintf("it made more than %d calls", maxCalls))
	}
	if l.over.Err() == nil {
		return nil
	}
	if l.late++; l.late > maxLate {
		runtime.Goexit()
	}
	return fmt.Errorf("the run was stopped: %w", context.Cause(l.over))
}

// CloseIdleConnections lets http.Client's own method through.
func (l *leash) CloseIdleConnections() { l.inner.CloseIdleConnections() }
