package careful

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Bounds of the client's patience.
const (
	attemptTimeout = 10 * time.Second // for one answer, to its last byte
	firstPause     = time.Second      // and twice as long each time
	longestPause   = 32 * time.Second
	longestWait    = 15 * time.Minute // that a vendor may ask for
	mostBytes      = 10 << 20         // of an answer
)

// api is one vendor's, as this client calls it.
type api struct {
	vendor  string
	http    *http.Client
	base    string
	media   string // of bodies
	scheme  string // before the token
	token   string
	expires time.Time // where a token is fetched
	grant   *grant    // nil where the token was given
	changed func(what string)
}

// call is a request without its credential.
type call struct {
	method, path string
	media        string // of its body, "" for the vendor's
	body         []byte
	basic        *grant // whose client id and secret are the credential, in the place of a token
}

type answer struct {
	status int
	header http.Header
	body   []byte
}

// lost is an answer that did not come, or not whole: what became of the call is unknown. An error that wraps one is none.
type lost struct{ error }

func (l lost) Unwrap() error { return l.error }

// unknown tells whether a call may have been carried out or not.
func unknown(got *answer, err error) bool {
	if err != nil {
		_, is := err.(lost)
		return is
	}
	return got.status >= 500 && got.status != http.StatusNotImplemented
}

// once is one attempt, which takes no more than its time and counts only when its answer is whole.
func (a *api) once(ctx context.Context, c call, authorization string) (*answer, error) {
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, c.method, a.base+c.path, bytes.NewReader(c.body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", a.media)
	if c.body != nil {
		request.Header.Set("Content-Type", a.media)
	}
	if c.media != "" {
		request.Header.Set("Content-Type", c.media)
	}
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	if c.basic != nil {
		request.SetBasicAuth(c.basic.clientID, c.basic.secret)
	}
	response, err := a.http.Do(request)
	if err != nil {
		return nil, lost{err}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, mostBytes+1))
	switch {
	case err != nil:
		return nil, lost{fmt.Errorf("%s %s: %w", c.method, c.path, err)}
	case len(body) > mostBytes:
		return nil, fmt.Errorf("%s %s: the answer is longer than %d bytes", c.method, c.path, mostBytes)
	case response.StatusCode < 300 && len(body) > 0 && !json.Valid(body):
		return nil, lost{fmt.Errorf("%s %s: the answer is no JSON", c.method, c.path)}
	}
	return &answer{response.StatusCode, response.Header, body}, nil
}

// heed makes a call, and makes it again when the vendor asks to: what was throttled was not carried out.
func (a *api) heed(ctx context.Context, c call, authorization string) (*answer, error) {
	for pause := firstPause; ; pause *= 2 {
		got, err := a.once(ctx, c, authorization)
		if err != nil {
			return nil, err
		}
		wait, told := toldToWait(got, time.Now())
		if got.status == http.StatusTooManyRequests && !told {
			wait, told = pause, true
		}
		switch {
		case !told || pause > longestPause:
			return got, nil
		case wait > longestWait:
			return nil, fmt.Errorf("%w; it asks to wait %v, and more than %v is too long", a.refused(c, got), wait, longestWait)
		}
		if err := sleep(ctx, wait); err != nil {
			return nil, err
		}
	}
}

// insist repeats a call that can do no harm until its answer is whole and not a failure of the server's.
func (a *api) insist(ctx context.Context, c call, send func(context.Context, call) (*answer, error)) (*answer, error) {
	for pause := firstPause; ; pause *= 2 {
		got, err := send(ctx, c)
		switch {
		case !unknown(got, err):
			return got, err
		case pause > longestPause && err == nil:
			return nil, a.refused(c, got)
		case pause > longestPause:
			return nil, err
		}
		if err := sleep(ctx, pause); err != nil {
			return nil, err
		}
	}
}

// read gets what is at a path. It is not found where there is nothing.
func read[T any](ctx context.Context, a *api, path string) (value T, found bool, err error) {
	c := call{method: "GET", path: path}
	got, err := a.insist(ctx, c, a.send)
	switch {
	case err != nil || got.status == http.StatusNotFound:
		return value, false, err
	case got.status != http.StatusOK:
		return value, false, a.refused(c, got)
	}
	err = json.Unmarshal(got.body, &value)
	return value, err == nil, err
}

// must is read where something has to be.
func must[T any](ctx context.Context, a *api, path string) (T, error) {
	value, found, err := read[T](ctx, a, path)
	if err == nil && !found {
		err = fmt.Errorf("there is no %s", path)
	}
	return value, err
}

// refused says how a call was answered.
func (a *api) refused(c call, got *answer) error {
	return fmt.Errorf("%s %s: %d %.300s", c.method, c.path, got.status, bytes.TrimSpace(got.body))
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
