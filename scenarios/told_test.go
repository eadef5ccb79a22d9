package scenarios_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/scenarios"
)

// TestToldWaits asks what an answer at 09:00:00.5 tells, by the timeline of a verdict on it.
func TestToldWaits(t *testing.T) {
	header := func(pairs ...string) http.Header {
		h := http.Header{}
		for i := 0; i < len(pairs); i += 2 {
			h[pairs[i]] = []string{pairs[i+1]} // as written: vendors send lower-case names too
		}
		return h
	}
	for name, test := range map[string]struct {
		call scenarios.Call
		want time.Duration
	}{
		"seconds":                       {scenarios.Call{Status: 429, Header: header("Retry-After", "7")}, 7 * time.Second},
		"seconds, in lower case":        {scenarios.Call{Status: 503, Header: header("retry-after", " 7 ")}, 7 * time.Second},
		"seconds of a success":          {scenarios.Call{Status: 202, Header: header("Retry-After", "7")}, 7 * time.Second},
		"seconds without end":           {scenarios.Call{Status: 429, Header: header("Retry-After", "999999999999")}, 100 * 365 * 24 * time.Hour},
		"seconds that are no number":    {scenarios.Call{Status: 429, Header: header("Retry-After", "soon")}, 0},
		"seconds with a fraction":       {scenarios.Call{Status: 429, Header: header("Retry-After", "1.5")}, 0},
		"seconds below none":            {scenarios.Call{Status: 429, Header: header("Retry-After", "-7")}, 0},
		"a date":                        {scenarios.Call{Status: 429, Header: header("Retry-After", "Sun, 01 Mar 2026 09:00:10 GMT")}, 9500 * time.Millisecond},
		"a date, as RFC 850 has it":     {scenarios.Call{Status: 429, Header: header("Retry-After", "Sunday, 01-Mar-26 09:00:10 GMT")}, 9500 * time.Millisecond},
		"a date gone by":                {scenarios.Call{Status: 429, Header: header("Retry-After", "Sun, 01 Mar 2026 08:59:59 GMT")}, 0},
		"a moment":                      {scenarios.Call{Status: 429, Header: header("X-Ratelimit-Reset", "1772355605")}, 4500 * time.Millisecond},
		"a moment, in lower case":       {scenarios.Call{Status: 429, Header: header("x-ratelimit-reset", "1772355605")}, 4500 * time.Millisecond},
		"a moment of a success":         {scenarios.Call{Status: 200, Header: header("X-Ratelimit-Reset", "1772355605")}, 0},
		"a moment of another error":     {scenarios.Call{Status: 503, Header: header("X-Ratelimit-Reset", "1772355605")}, 0},
		"a moment that is a count":      {scenarios.Call{Status: 429, Header: header("X-Ratelimit-Reset", "60")}, 0},
		"a body":                        {scenarios.Call{Status: 429, Answer: `{"retry_after": 2.5}`}, 2500 * time.Millisecond},
		"a body with text":              {scenarios.Call{Status: 429, Answer: ` {"retry_after": "3"}`}, 3 * time.Second},
		"a body with other text":        {scenarios.Call{Status: 429, Answer: `{"retry_after": "soon"}`}, 0},
		"a body with no number":         {scenarios.Call{Status: 429, Answer: `{"retry_after": "NaN"}`}, 0},
		"a body without end":            {scenarios.Call{Status: 429, Answer: `{"retry_after": 1e300}`}, 100 * 365 * 24 * time.Hour},
		"a body with null":              {scenarios.Call{Status: 429, Answer: `{"retry_after": null}`}, 0},
		"a body of a success":           {scenarios.Call{Status: 200, Answer: `{"retry_after": 3}`}, 0},
		"a page":                        {scenarios.Call{Status: 502, Answer: `<p>{"retry_after": 3}</p>`}, 0},
		"several, of which one is less": {scenarios.Call{Status: 429, Header: header("Retry-After", "9", "X-Ratelimit-Reset", "1772355620"), Answer: `{"retry_after": 4}`}, 4 * time.Second},
		"several, of which one is past": {scenarios.Call{Status: 429, Header: header("Retry-After", "9", "X-Ratelimit-Reset", "1772355500")}, 9 * time.Second},
		"an answer that was lost":       {scenarios.Call{Status: 429, Lost: true, Header: header("Retry-After", "9")}, 0},
		"an answer that never was":      {scenarios.Call{Header: header("Retry-After", "9")}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			c := test.call
			c.Time, c.Answered, c.Operation = nine, nine.Add(500*time.Millisecond), "v.things.list"
			v := judge(scenarios.Expectation{Calls: &scenarios.CallCount{}}, c)
			if got := v.Timeline[0].Told; got != test.want {
				t.Errorf("told %v, want %v", got, test.want)
			}
		})
	}
	odd := scenarios.Call{Status: 429, Answer: `{"retry_after": 3.256}`, Time: nine, Answered: nine, Operation: "v.things.list"}
	if text := judge(scenarios.Expectation{Calls: &scenarios.CallCount{}}, odd).String(); !strings.Contains(text, " 3.256s") {
		t.Errorf("a part of a second that binary fractions don't have is written as\n%s", text)
	}
}
