package testkit

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"sync"

	"github.com/understudy-dev/understudy/emulator"
)

// tracker is a transport that knows which response bodies are still open, so that a forgotten one is reported and ended
// before the test is over: in a bubble its goroutines would deadlock.
type tracker struct {
	mu    sync.Mutex
	inner http.RoundTripper
	// A world's connections belong to the bubble that it was opened in, and the runtime ends the whole process where
	// others touch them.
	inBubble bool
	open     map[*trackedBody]string
}

type trackedBody struct {
	io.ReadCloser
	done func()
}

// through puts another transport in the place of the inner one.
func (t *tracker) through(inner http.RoundTripper) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.inner = inner
}

func (t *tracker) way() http.RoundTripper {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.inner
}

var errOtherBubble = errors.New("testkit: a call inside a synctest bubble to a world that is outside, or the reverse: Start or Fork it where it is used")

// RoundTrip implements http.RoundTripper.
func (t *tracker) RoundTrip(r *http.Request) (*http.Response, error) {
	if emulator.InBubble() != t.inBubble {
		if r.Body != nil {
			_ = r.Body.Close() // as every RoundTripper has to
		}
		return nil, errOtherBubble
	}
	ctx, cancel := context.WithCancel(r.Context())
	response, err := t.way().RoundTrip(r.WithContext(ctx))
	if err != nil {
		cancel()
		return nil, err
	}
	if response.Body == http.NoBody {
		cancel()
		return response, nil
	}
	body := &trackedBody{ReadCloser: response.Body}
	body.done = func() {
		t.mu.Lock()
		delete(t.open, body)
		t.mu.Unlock()
		cancel()
	}
	t.mu.Lock()
	t.open[body] = r.Method + " " + r.URL.EscapedPath() // one line, whatever it names
	t.mu.Unlock()
	response.Body = body
	return response, nil
}

// CloseIdleConnections lets http.Client's own method through.
func (t *tracker) CloseIdleConnections() {
	if c, ok := t.way().(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// Read ends the tracking at the end of the body, or at its failure.
func (b *trackedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.done()
	}
	return n, err
}

// Close implements io.Closer.
func (b *trackedBody) Close() error {
	err := b.ReadCloser.Close()
	b.done()
	return err
}

// cancelOpen ends every open body and says of each, sorted, which request it answers.
func (t *tracker) cancelOpen() (lines []string) {
	t.mu.Lock()
	forgotten := make(map[*trackedBody]string, len(t.open))
	for body, request := range t.open {
		forgotten[body] = request
	}
	t.mu.Unlock()
	for body, request := range forgotten {
		body.done()
		if err := body.ReadCloser.Close(); err != nil && !errors.Is(err, context.Canceled) {
			request += " (" + err.Error() + ")"
		}
		lines = append(lines, "the body of "+request+" was never closed")
	}
	slices.Sort(lines)
	return lines
}
