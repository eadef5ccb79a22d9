package careful

import (
	"net/http"
	"testing"
	"time"
)

func TestToldToWait(t *testing.T) {
	now := time.Date(2026, 11, 22, 10, 0, 0, 500e6, time.UTC)
	for _, test := range []struct {
		name   string
		status int
		header map[string]string
		body   string
		want   time.Duration // -1 where nothing is told
	}{
		{"seconds", 429, map[string]string{"Retry-After": "7"}, "", 7 * time.Second},
		{"a date, to the end of its second", 429, map[string]string{"Retry-After": "Sun, 22 Nov 2026 10:01:00 GMT"}, "", 60500 * time.Millisecond},
		{"a date by the vendor's clock", 429, map[string]string{"Retry-After": "Sun, 22 Nov 2026 12:01:00 GMT", "Date": "Sun, 22 Nov 2026 12:00:00 GMT"}, "", 61 * time.Second},
		{"a date that is over", 429, map[string]string{"Retry-After": "Sun, 22 Nov 2026 09:00:00 GMT"}, "", 0},
		{"a reset", 429, map[string]string{"X-RateLimit-Reset": "1795341610"}, "", 10500 * time.Millisecond},
		{"the body", 429, nil, `{"type":"too_many_requests","retry_after":30}`, 30 * time.Second},
		{"the header before the body", 429, map[string]string{"Retry-After": "7"}, `{"retry_after":30}`, 7 * time.Second},
		{"no time at all", 429, map[string]string{"Retry-After": "0"}, "", 0},
		{"less than none", 429, map[string]string{"Retry-After": "-5"}, "", 0},
		{"more than a Duration holds", 429, map[string]string{"Retry-After": "99999999999"}, "", 1e9 * time.Second},
		{"nonsense", 429, map[string]string{"Retry-After": "soon"}, "<html>", -1},
		{"nothing", 429, nil, "{}", -1},
		{"a server that is down", 503, map[string]string{"Retry-After": "7"}, "", 7 * time.Second},
		{"a server that is down, with the limit's reset", 503, map[string]string{"X-RateLimit-Reset": "1795341610"}, "", -1},
		{"a success with the limit's reset", 200, map[string]string{"X-RateLimit-Reset": "1795341610"}, "", -1},
	} {
		header := http.Header{}
		for name, value := range test.header {
			header.Set(name, value)
		}
		got, told := toldToWait(&answer{test.status, header, []byte(test.body)}, now)
		if !told {
			got = -1
		}
		if got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}
