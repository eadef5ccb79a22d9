package emulator_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/scenarios"
)

// idle is a scenario of so many rules about operations that nobody calls.
func idle(n int) *scenarios.Scenario {
	s := &scenarios.Scenario{Rules: make([]scenarios.Rule, n)}
	for i := range s.Rules {
		s.Rules[i] = scenarios.Rule{Name: fmt.Sprintf("idle-%d", i), On: []string{"auth0.clients.delete"}, Fail: "throttled", Calls: scenarios.Calls{From: i + 1, To: i + 1}, Optional: true}
	}
	return s
}

// BenchmarkIdleRules is a GET while rules about other operations are armed: they cost nothing.
func BenchmarkIdleRules(b *testing.B) {
	for _, n := range []int{0, 1, 10_000} {
		b.Run(fmt.Sprintf("rules=%d", n), func(b *testing.B) {
			e := must(emulator.New())
			if n > 0 {
				if err := e.Default().Play(idle(n)); err != nil {
					b.Fatal(err)
				}
			}
			r, _ := http.NewRequest("GET", "http://auth0.localhost/api/v2/organizations/org_Globex0000000001", nil)
			r.Header.Set("Authorization", "Bearer any")
			b.ReportAllocs()
			for b.Loop() {
				e.Handler().ServeHTTP(newRecorder(), r)
			}
		})
	}
}

// BenchmarkPlay is what it costs to arm rules.
func BenchmarkPlay(b *testing.B) {
	for _, n := range []int{1, 10_000} {
		b.Run(fmt.Sprintf("rules=%d", n), func(b *testing.B) {
			w := must(emulator.New()).Default()
			s := idle(n)
			for b.Loop() {
				if err := w.Play(s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
