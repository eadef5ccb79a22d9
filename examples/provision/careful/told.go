package careful

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// toldToWait reads how long a vendor asks to be left alone, in whichever way it says so. A moment is taken from the
// vendor's own clock, and to the end of the second that it names.
func toldToWait(got *answer, now time.Time) (wait time.Duration, told bool) {
	if got.status != http.StatusTooManyRequests && got.status != http.StatusServiceUnavailable {
		return 0, false
	}
	if date, err := http.ParseTime(got.header.Get("Date")); err == nil {
		now = date
	}
	until := func(at time.Time) (time.Duration, bool) { return max(0, at.Add(time.Second).Sub(now)), true }
	after := got.header.Get("Retry-After")
	if seconds, err := strconv.Atoi(after); err == nil {
		return inSeconds(float64(seconds)), true
	}
	if at, err := http.ParseTime(after); err == nil {
		return until(at)
	}
	if got.status == http.StatusServiceUnavailable { // its reset is the limit's, which is not why it failed
		return 0, false
	}
	var body struct {
		RetryAfter *float64 `json:"retry_after"`
	}
	if json.Unmarshal(got.body, &body) == nil && body.RetryAfter != nil {
		return inSeconds(*body.RetryAfter), true
	}
	if at, err := strconv.ParseInt(got.header.Get("X-RateLimit-Reset"), 10, 64); err == nil {
		return until(time.Unix(at, 0))
	}
	return 0, false
}

// inSeconds is never negative, and not so long that it overflows.
func inSeconds(n float64) time.Duration {
	return time.Duration(min(max(n, 0), 1e9) * float64(time.Second))
}
