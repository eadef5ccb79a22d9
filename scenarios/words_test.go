package scenarios_test

import (
	"testing"
	"time"

	"github.com/understudy-dev/understudy/scenarios"
)

func TestCallsHas(t *testing.T) {
	for text, want := range map[string]string{
		"3": "..x.......", "1..2": "xx........", "4..": "...xxxxxxx", "every 5": "....x....x", "every 5 from 2": ".x....x...", "every 1": "xxxxxxxxxx", "1..": "xxxxxxxxxx",
	} {
		s, err := scenarios.YAML(rule("{on: a, fail: x, calls: " + text + "}")).Scenario()
		if err != nil {
			t.Error(err)
			continue
		}
		c := s.Rules[0].Calls
		got := make([]byte, 10)
		for i := range got {
			if got[i] = '.'; c.Has(i + 1) {
				got[i] = 'x'
			}
		}
		if string(got) != want || c.String() != text {
			t.Errorf("%s is %s, and has %s, not %s", text, c, got, want)
		}
	}
	for n := 1; n < 10; n++ {
		if !(scenarios.Calls{}).Has(n) {
			t.Errorf("all calls have no %d", n)
		}
	}
}

func TestWordsAreWrittenAsRead(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{scenarios.Percent(30).String(), "30%"}, {scenarios.Percent(0.001).String(), "0.001%"},
		{scenarios.Span{To: 30 * time.Second}.String(), "0s..30s"}, {scenarios.Span{From: time.Hour}.String(), "1h.."},
		{scenarios.Span{From: 90 * time.Minute, To: 2*time.Hour + time.Second}.String(), "1h30m..2h0m1s"},
		{scenarios.Refill{Tokens: 25, Per: time.Minute}.String(), "25/min"}, {scenarios.Refill{Tokens: 1, Per: 10 * time.Second}.String(), "1/10s"},
		{scenarios.Refill{Tokens: 2, Per: 10 * time.Minute}.String(), "2/10m"}, {scenarios.Calls{}.String(), ""},
	} {
		if c.got != c.want {
			t.Errorf("%s, not %s", c.got, c.want)
		}
	}
}
