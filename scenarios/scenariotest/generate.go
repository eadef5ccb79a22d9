// Package scenariotest makes up scenarios for tests: of the language itself and of what carries it out.
package scenariotest

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/understudy-dev/understudy/scenarios"
)

// Pick returns a number from 0 to below n, which is at least 1. All that is made up follows from what it returns: it can
// draw from a property test, or from the bytes of a fuzz test.
type Pick func(n int) int

// Bytes picks by the bytes of a fuzz test; where they end, always 0.
func Bytes(data []byte) Pick {
	return func(n int) int {
		x := 0
		for size := 1; size < n && len(data) > 0; size <<= 8 {
			x, data = x<<8|int(data[0]), data[1:]
		}
		return x % n
	}
}

// maxRules is how many rules a made-up scenario has at most.
const maxRules = 6

// Scenario makes up a scenario that the catalogue's emulator can carry out: Check of it is nil.
func Scenario(pick Pick, c scenarios.Catalogue) *scenarios.Scenario {
	g := generator{pick, c}
	s := &scenarios.Scenario{Name: g.maybe("made-up"), About: g.maybe(g.text()), Seed: uint64(pick(3)) << pick(64)}
	if len(c.Fixtures) > 0 && pick(3) == 0 {
		s.Fixture = oneOf(g, c.Fixtures)
	}
	if len(c.Buckets) > 0 && pick(3) == 0 {
		s.Limits = map[string]scenarios.Limit{oneOf(g, c.Buckets): {Burst: 1 + pick(9), Refill: scenarios.Refill{Tokens: 1 + pick(30), Per: g.duration()}}}
	}
	for range 1 + pick(maxRules) {
		s.Rules = append(s.Rules, g.rule(len(s.Rules)))
		if s.Check(c) != nil {
			s.Rules = slices.Delete(s.Rules, len(s.Rules)-1, len(s.Rules))
		}
	}
	for range pick(4) {
		s.Expect = append(s.Expect, g.expectation(s.Rules))
		if s.Check(c) != nil {
			s.Expect = slices.Delete(s.Expect, len(s.Expect)-1, len(s.Expect))
		}
	}
	if len(s.Rules) == 0 {
		s.Rules = nil
	}
	if len(s.Expect) == 0 {
		s.Expect = nil
	}
	return s
}

type generator struct {
	pick Pick
	scenarios.Catalogue
}

func oneOf[T any](g generator, all []T) T { return all[g.pick(len(all))] }

func (g generator) maybe(s string) string {
	if g.pick(2) == 0 {
		return ""
	}
	return s
}

// durations are from what a person writes to what only a program does.
func (g generator) duration() time.Duration {
	return oneOf(g, []time.Duration{time.Second, 2 * time.Second, 90 * time.Second, time.Minute, 250 * time.Millisecond, time.Hour, 1, 1234567 * time.Microsecond})
}

// text has what YAML and JSON could take for something else.
func (g generator) text() string {
	words := []string{
		"two updates are throttled", "true", "null", "12", "0x1F", "~", "- a", "a: b", "# no comment", "*x", "&x", "!x", "%x", "{a}", "[a",
		"'", `"`, `\`, "line\nline", "line\n", "\n", " leading", "trailing ", "tab\t", "<h1>Bad & Gateway</h1>\n<p>x</p>", "é漢😀", "\u2028", "\u0085",
		"\x00", "\x7f", "on", "1e3", "2026-01-01", "1..2", "|", ">", "?", "a,b", "a:", ":a", "a #b", "\ufeff", ".inf", "=", "<<", "---", "...", "@a", "`",
	}
	s := oneOf(g, words)
	for range g.pick(3) {
		s += oneOf(g, []string{"", " ", "\n"}) + oneOf(g, words)
	}
	return s
}

// value is any JSON, compact.
func (g generator) value(depth int) scenarios.JSON {
	switch n := g.pick(8); {
	case n == 0:
		return "null"
	case n == 1:
		return oneOf(g, []scenarios.JSON{"true", "false"})
	case n == 2:
		return oneOf(g, []scenarios.JSON{"0", "-1", "12345678901234567890123", "1.50", "1e3", "-0", "1E+2", "0.1e-7"})
	case n == 3 && depth < 3:
		return scenarios.JSON(fmt.Sprintf(`[%s,%s]`, g.value(depth+1), g.value(depth+1)))
	case n == 4 && depth < 3:
		return scenarios.JSON(fmt.Sprintf(`{%s:%s,"z":%s}`, scenarios.Value("k"+g.text()), g.value(depth+1), g.value(depth+1)))
	case n == 5:
		return oneOf(g, []scenarios.JSON{"[]", "{}"})
	}
	return scenarios.Value(g.text())
}

func (g generator) values(keys []string) map[string]scenarios.JSON {
	all := map[string]scenarios.JSON{}
	for range 1 + g.pick(3) {
		all[oneOf(g, keys)] = g.value(0)
	}
	return all
}

func (g generator) expectation(rules []scenarios.Rule) scenarios.Expectation {
	rule := "rule-1"
	if len(rules) > 0 {
		i := g.pick(len(rules))
		rule = rules[i].Label(i)
	}
	n, on := g.pick(9), []string{g.operation().ID}
	scope := scenarios.Scope{Intent: oneOf(g, scenarios.Intents)}
	if g.pick(2) == 0 {
		scope = scenarios.Scope{On: on}
	}
	return oneOf(g, []scenarios.Expectation{
		scenarios.Waited(rule), scenarios.Waited(scenarios.Limits), scenarios.BackedOff(rule), scenarios.Reconciled(rule), scenarios.RenewedToken(rule), scenarios.Converged(),
		scenarios.AtLeast(n, on...), scenarios.AtMost(n, on...), scenarios.Exactly(n, on...), scenarios.InOrder(on[0], g.operation().ID),
		scenarios.NoBlindRepeat(scope), scenarios.PagedToTheEnd(scope), scenarios.GivesUp(1+n, g.duration(), on...),
		scenarios.State(g.kind(), scenarios.StateCheck{Count: &n, Where: g.values([]string{"id"})}),
	})
}

func (g generator) operation() scenarios.Operation { return oneOf(g, g.Operations) }

func (g generator) kind() string {
	if len(g.Kinds) == 0 {
		return "none"
	}
	return oneOf(g, g.Kinds).Name
}

// name is that of the i-th rule, often its default.
func (g generator) name(i int) string { return g.maybe("rule_" + strconv.Itoa(i)) }
