package scenarios

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

// Slacks are how much sooner than told a call may come and still have waited.
const (
	slack       = 50 * time.Millisecond // of clocks and networks
	secondSlack = time.Second           // of a moment that is told in whole seconds
)

// wait is what an answer tells a client to wait, from when it was answered.
type wait struct {
	long  time.Duration
	slack time.Duration
	by    string // where it stands: Retry-After
}

// least is the shortest pause that heeds the wait.
func (w wait) least() time.Duration { return w.long - w.slack }

// provable tells whether a client could have come too soon.
func (w wait) provable() bool { return w.least() > 0 }

// told is the wait that an answer tells its client: Retry-After, in seconds or as a date (RFC 9110, 10.2.3), whatever the
// status; X-RateLimit-Reset, in seconds since 1970, of a 429 alone, as vendors send it with every answer; and retry_after,
// seconds as a number or its text, in an error's body. Where several differ the one that allows the soonest call counts: a
// client does right that goes by any of them. What lies in the past tells nothing, and nor does an answer that was lost.
func told(c *Call) (wait, bool) {
	if c.unanswered() {
		return wait{}, false
	}
	var soonest wait
	found := false
	for _, w := range []wait{toldByRetryAfter(c), toldByReset(c), toldByBody(c)} {
		if w.by != "" && w.long > -w.slack && (!found || w.least() < soonest.least()) {
			soonest, found = w, true
		}
	}
	return soonest, found
}

func toldByRetryAfter(c *Call) wait {
	value := header(c.Header, "Retry-After")
	if seconds, ok := digits(value); ok {
		return wait{inSeconds(float64(seconds)), slack, "Retry-After"}
	}
	if date, err := http.ParseTime(value); err == nil {
		return wait{date.Sub(c.Answered), secondSlack, "Retry-After"}
	}
	return wait{}
}

func toldByReset(c *Call) wait {
	if c.Status != http.StatusTooManyRequests {
		return wait{}
	}
	at, ok := digits(header(c.Header, "X-RateLimit-Reset"))
	if !ok {
		return wait{}
	}
	return wait{time.Unix(at, 0).Sub(c.Answered), secondSlack, "X-RateLimit-Reset"}
}

func toldByBody(c *Call) wait {
	if c.Status < 400 || !strings.HasPrefix(strings.TrimSpace(c.Answer), "{") {
		return wait{}
	}
	value := gjson.Get(c.Answer, "retry_after")
	if value.Type != gjson.Number && value.Type != gjson.String {
		return wait{}
	}
	seconds, err := strconv.ParseFloat(value.String(), 64)
	if err != nil || math.IsNaN(seconds) || seconds < 0 {
		return wait{}
	}
	return wait{inSeconds(seconds), slack, "retry_after in the body"}
}

// header finds a header however its name is written: vendors send lower-case names too.
func header(h http.Header, name string) string {
	for key, values := range h {
		if len(values) > 0 && strings.EqualFold(key, name) {
			return strings.TrimSpace(values[0])
		}
	}
	return ""
}

// digits reads a whole number of up to 12 digits, which no time in seconds exceeds.
func digits(text string) (int64, bool) {
	if text == "" || len(text) > 12 || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil
}

// inSeconds is a duration of at most a hundred years.
func inSeconds(seconds float64) time.Duration {
	const century = 100 * 365 * 24 * 3600
	return time.Duration(min(seconds, century) * float64(time.Second))
}
