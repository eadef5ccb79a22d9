package scenariotest

import (
	"strings"
	"time"

	"github.com/understudy-dev/understudy/scenarios"
)

// rule makes up the i-th rule, which may be one that Check refuses.
func (g generator) rule(i int) scenarios.Rule {
	r := scenarios.Rule{Name: g.name(i), Optional: g.pick(4) == 0}
	switch g.pick(8) {
	case 0:
		r.Listener = oneOf(g, g.Vendors)
		r.Network = oneOf(g, []*scenarios.Network{{Fault: scenarios.Refuse, For: g.duration()}, {Fault: scenarios.TLS, TLS: oneOf(g, []string{"expired", "untrusted", "handshake_failure"})}})
		g.window(&r)
		return r
	case 1:
		at := time.Duration(g.pick(3)) * time.Second
		r.At, r.Change = &at, g.change()
		return r
	case 2, 3:
		r.Intent = oneOf(g, scenarios.Intents)
	case 4:
		vendor, _, _ := strings.Cut(g.operation().ID, ".")
		r.On = []string{vendor + ".*"}
	default:
		for range 1 + g.pick(2) {
			r.On = append(r.On, g.operation().ID)
		}
	}
	g.counting(&r)
	g.window(&r)
	if g.pick(3) == 0 {
		r.When = []scenarios.Condition{g.condition()}
	}
	if g.pick(2) == 0 {
		r.Phase = oneOf(g, scenarios.Phases)
	}
	if g.pick(4) == 0 {
		r.Delay = g.delay()
	}
	g.effect(&r)
	return r
}

func (g generator) counting(r *scenarios.Rule) {
	from := 1 + g.pick(4)
	r.Calls = oneOf(g, []scenarios.Calls{{}, {From: from}, {From: from, To: from}, {From: from, To: from + g.pick(3)}, {Every: 1 + g.pick(3)}, {Every: 2, From: from}})
	if g.pick(3) == 0 {
		r.Per = oneOf(g, []scenarios.Per{scenarios.PerRule, scenarios.PerOperation, scenarios.PerResource, scenarios.PerCaller})
	}
	if g.pick(4) == 0 {
		r.Chance = oneOf(g, []scenarios.Percent{30, 0.5, 100, 12.25})
	}
}

func (g generator) window(r *scenarios.Rule) {
	switch g.pick(4) {
	case 0:
		from := time.Duration(g.pick(3)) * time.Second
		r.During = scenarios.Span{From: from, To: from + g.duration()}
	case 1:
		r.During = scenarios.Span{From: g.duration()}
	}
	if g.pick(4) == 0 {
		r.Since = oneOf(g, []scenarios.Since{scenarios.FirstCall, scenarios.Armed, scenarios.AfterRule("rule-1"), scenarios.AfterRule("rule_0")})
	}
}

func (g generator) condition() scenarios.Condition {
	parts := []string{"path.id", "query.page", "header.X-Test", "body.name", `body.a\.b.0`, "caller", "response.status", "response.body.id", "body." + strings.Trim(g.text(), ".")}
	two, exists := 2.5, g.pick(2) == 0
	return scenarios.Condition{Part: oneOf(g, parts), Test: oneOf(g, []scenarios.Test{
		{Equals: g.value(0)}, {Matches: `^org_[a-z]+\d{2}$`}, {In: []scenarios.JSON{g.value(0), g.value(0)}}, {GTE: &two}, {LTE: &two},
		{Exists: &exists}, {Not: &scenarios.Test{Equals: g.value(0)}}, {Equals: g.value(0), Exists: &exists},
	})}
}

func (g generator) delay() scenarios.Delay {
	d := g.duration()
	return oneOf(g, []scenarios.Delay{
		{Fixed: d}, {Uniform: &scenarios.Uniform{To: d}}, {Uniform: &scenarios.Uniform{From: d, To: 2 * d}}, {Normal: &scenarios.Normal{Mean: d, Stddev: d / 3}},
		{Lognormal: &scenarios.Lognormal{Median: d, P99: 3 * d}}, {Lognormal: &scenarios.Lognormal{Median: d, P99: 3 * d, Cap: 4 * d}},
	})
}

func (g generator) effect(r *scenarios.Rule) {
	switch g.pick(12) {
	case 0:
		r.Delay = g.delay()
	case 1:
		r.Fail = oneOf(g, append([]string{"throttled", "unavailable"}, g.operation().Codes...))
		r.RetryAfter = time.Duration(g.pick(4)) * time.Second
	case 2:
		if len(g.Buckets) > 0 {
			_, bucket, _ := strings.Cut(oneOf(g, g.Buckets), ".")
			r.RateLimit = &scenarios.RateLimit{Bucket: bucket, Left: g.pick(3)}
		}
	case 3:
		r.Answer = &scenarios.Answer{Status: 200 + g.pick(400), Body: g.maybe(oneOf(g, []string{g.text(), string(g.value(0))}))}
		if g.pick(2) == 0 {
			r.Answer.Headers = map[string]string{"Retry-After": "3", "X-Odd": oneOf(g, []string{"", "12", "a: b", "é"})}
		} else {
			r.RetryAfter = time.Duration(g.pick(4)) * time.Second
		}
	case 4:
		r.Patch = &scenarios.Patch{Set: g.values([]string{"name", `metadata.a\.b`, "items.0.id", "k" + strings.Trim(g.text(), ".")})}
		if g.pick(2) == 0 {
			r.Patch.Remove = []string{"next"}
		}
	case 5, 6:
		r.Network = g.fault()
	case 7:
		r.Lag = g.duration()
	case 8:
		r.Change = g.change()
	case 9:
		r.Revoke, r.Expire = true, false
		if g.pick(2) == 0 {
			r.Revoke, r.Expire = false, true
		}
	case 10:
		r.Clock = &scenarios.Clock{Skew: oneOf(g, []time.Duration{1, -1}) * g.duration()}
	case 11:
		r.Hold = oneOf(g, []*scenarios.Hold{{Release: "gate"}, {Calls: 2 + g.pick(2)}})
	}
}

func (g generator) fault() *scenarios.Network {
	n := &scenarios.Network{Fault: oneOf(g, []scenarios.Fault{
		scenarios.Reset, scenarios.Close, scenarios.Hang, scenarios.Truncate, scenarios.Drip, scenarios.BadLength, scenarios.SlowHeaders,
		scenarios.CloseKeepalive, scenarios.Garbage, scenarios.BadChunk,
	})}
	switch n.Fault {
	case scenarios.Reset, scenarios.Close, scenarios.Hang, scenarios.Truncate:
		n.Bytes = g.pick(2) * g.pick(50)
	case scenarios.Drip:
		n.Bytes, n.Every = 1+g.pick(50), g.duration()
	}
	return n
}

func (g generator) change() *scenarios.Change {
	kind := g.kind()
	return oneOf(g, []*scenarios.Change{
		{Delete: scenarios.Target}, {Update: scenarios.Target, Set: g.values([]string{"name"})}, {Delete: kind, Where: g.values([]string{"id", "name"})},
		{Update: kind, Where: g.values([]string{"id"}), Set: g.values([]string{"name"})}, {Create: kind, Set: g.values([]string{"name"})},
	})
}
