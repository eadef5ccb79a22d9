package serve

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/clock"
	"github.com/understudy-dev/understudy/scenarios"
)

// arm makes a world play rules.
func arm(s *Server, w *World, rules ...scenarios.Rule) {
	if err := s.Arm(w, &scenarios.Scenario{Rules: rules}, 1); err != nil {
		panic(err)
	}
}

// on is a rule about everything.
func on(change func(*scenarios.Rule)) scenarios.Rule {
	r := scenarios.Rule{Name: "rule", On: []string{"*"}}
	change(&r)
	return r
}

func TestWhereRulesStrike(t *testing.T) {
	for _, c := range []struct {
		phase   scenarios.Phase
		headers []string
		call    string
		status  int
		stays   bool // what the call made
		stage   string
	}{
		{scenarios.BeforeAuth, nil, `POST /shop/things {`, 500, false, "scenario"}, // before anything is checked
		{scenarios.BeforeCommit, owner, `POST /shop/things {"id":"a"}`, 500, false, "handle"},
		{"", owner, `POST /shop/things {"id":"a"}`, 500, false, "handle"},
		{"", nil, `POST /shop/things {"id":"a"}`, 401, false, "authenticate"},
		{"", owner, `POST /shop/things {}`, 400, false, "validate"},
		{scenarios.AfterCommit, owner, `POST /shop/things {"id":"a"}`, 500, true, "handle"},
		{scenarios.AfterCommit, owner, `GET /shop/things/none`, 404, false, "handle"}, // an error never gets there
		{scenarios.AfterAnswer, owner, `POST /shop/things {"id":"a"}`, 500, true, "handle"},
		{scenarios.AfterAnswer, owner, `GET /shop/things/none`, 500, false, "handle"},
		{scenarios.AfterAnswer, nil, `POST /shop/things {"id":"a"}`, 401, false, "authenticate"},
	} {
		s := newShop()
		w := s.World(DefaultWorld)
		arm(s, w, on(func(r *scenarios.Rule) { r.Phase, r.Fail = c.phase, "broken" }))
		rec := send(s, c.call, c.headers...)
		e := last(t, w)
		struck := c.status == 500
		if rec.Code != c.status || e.Stage != c.stage || (w.Store.Version() != 0) != c.stays || (e.Rule == "rule") != struck {
			t.Errorf("%q %s: %d at %s by %q, version %d", c.phase, c.call, rec.Code, e.Stage, e.Rule, w.Store.Version())
		}
		if (rec.Header().Get("X-Understudy-Rule") == "rule") != struck {
			t.Errorf("%q %s: the header names %q", c.phase, c.call, rec.Header().Get("X-Understudy-Rule"))
		}
	}
}

func TestFailures(t *testing.T) {
	s := newShop()
	w := s.World(DefaultWorld)
	ask := func(change func(*scenarios.Rule)) *httptest.ResponseRecorder {
		arm(s, w, on(change))
		return send(s, "GET /shop/things", owner...)
	}
	fail := func(code string, wait time.Duration) *httptest.ResponseRecorder {
		return ask(func(r *scenarios.Rule) { r.Fail, r.RetryAfter = code, wait })
	}
	want(t, fail("gone", 0), 404, `{"error":"Gone"}`)
	want(t, fail("not_found", 0), 404, `{"error":"Gone"}`) // by class
	want(t, fail("bad", 0), 400, `{"error":"sample"}`)
	want(t, fail("none", 0), 500, "emulator_bug")
	if got := fail("gone", 0).Header().Get("X-Gone"); got != "yes" {
		t.Errorf("the row's header is %q", got)
	}
	slow := fail("throttled", 7*time.Second)
	want(t, slow, 429, "Slow down")
	if got := slow.Header().Get("X-Quota"); got != "0 of 5 7s" {
		t.Errorf("the vendor's header tells %q", got)
	}
	if e := last(t, w); e.Wait != 7*time.Second || e.Code != "slow" {
		t.Errorf("the journal: %+v", e)
	}
	if got := fail("broken", 2*time.Second).Header().Get("Retry-After"); got != "2" {
		t.Errorf("Retry-After is %q", got)
	}
	raw := ask(func(r *scenarios.Rule) {
		r.Answer = &scenarios.Answer{Status: 502, Headers: map[string]string{"Content-Type": "text/html", "X-Quota": ""}, Body: "<html>"}
	})
	want(t, raw, 502, "<html>")
	if raw.Header().Get("Content-Type") != "text/html" || raw.Header().Get("X-Quota") != "" {
		t.Errorf("the answer's headers are %v", raw.Header())
	}
	for began, date := range map[time.Duration]string{ // whole seconds, which are over when the wait is
		0: "Sat, 01 Jan 2000 00:01:30 GMT", time.Nanosecond: "Sat, 01 Jan 2000 00:01:31 GMT",
	} {
		w.Clock.Restore(clock.State{Frozen: true, At: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Add(began)})
		dated := ask(func(r *scenarios.Rule) {
			r.Answer, r.RetryAfter = &scenarios.Answer{Status: 429}, 90*time.Second
		})
		if got := dated.Header().Get("Retry-After"); dated.Code != 429 || got != date {
			t.Errorf("%s after midnight the answer tells %q, not %q", began, got, date)
		}
	}
	w.Disarm()
	want(t, send(s, "GET /shop/things", owner...), 200, "")
	s.Markers = false
	if got := fail("gone", 0).Header().Get("X-Understudy-Rule"); got != "" {
		t.Errorf("marked as %q", got)
	}
}

// statuses sends calls and returns what they were answered, separated by spaces.
func statuses(s *Server, calls ...string) string {
	var got []string
	for _, call := range calls {
		got = append(got, fmt.Sprint(send(s, call, owner...).Code))
	}
	return strings.Join(got, " ")
}

func TestWhichCallsAreStruck(t *testing.T) {
	list, get := "GET /shop/things", "GET /shop/things/none"
	for name, c := range map[string]struct {
		change func(*scenarios.Rule)
		calls  []string
		want   string
	}{
		"one":        {func(r *scenarios.Rule) { r.Calls = scenarios.Calls{From: 2, To: 2} }, []string{list, list, list}, "200 500 200"},
		"the first":  {func(r *scenarios.Rule) { r.Calls = scenarios.Calls{From: 1, To: 2} }, []string{list, list, list}, "500 500 200"},
		"from":       {func(r *scenarios.Rule) { r.Calls = scenarios.Calls{From: 3} }, []string{list, list, list, list}, "200 200 500 500"},
		"every":      {func(r *scenarios.Rule) { r.Calls = scenarios.Calls{Every: 2} }, []string{list, list, list, list}, "200 500 200 500"},
		"every from": {func(r *scenarios.Rule) { r.Calls = scenarios.Calls{From: 1, Every: 3} }, []string{list, list, list, list}, "500 200 200 500"},
		"operation":  {func(r *scenarios.Rule) { r.On = []string{"shop.*.get"} }, []string{list, get}, "200 500"},
		"intent":     {func(r *scenarios.Rule) { r.On, r.Intent = nil, scenarios.Lists }, []string{list, get}, "500 404"},
		"per operation": {func(r *scenarios.Rule) { r.Per, r.Calls = scenarios.PerOperation, scenarios.Calls{From: 1, To: 1} },
			[]string{list, get, list, get}, "500 500 200 404"},
		"per resource": {func(r *scenarios.Rule) { r.Per, r.Calls = scenarios.PerResource, scenarios.Calls{From: 1, To: 1} },
			[]string{get, get, "GET /shop/things/nil", get}, "500 404 500 404"},
		"when the path": {func(r *scenarios.Rule) {
			r.When = []scenarios.Condition{{Part: "path.id", Test: scenarios.Test{Equals: `"nil"`}}}
		}, []string{get, "GET /shop/things/nil"}, "404 500"},
		"when the answer": {func(r *scenarios.Rule) {
			r.Phase, r.When = scenarios.AfterAnswer, []scenarios.Condition{{Part: "response.status", Test: scenarios.Test{Equals: "404"}}}
		}, []string{list, get}, "200 500"},
		"when nothing": {func(r *scenarios.Rule) {
			r.When = []scenarios.Condition{{Part: "query.n", Test: scenarios.Test{Exists: new(bool)}}}
		}, []string{list + "?n=1", list}, "200 500"},
	} {
		s := newShop()
		arm(s, s.World(DefaultWorld), on(func(r *scenarios.Rule) { r.Fail = "broken"; c.change(r) }))
		if got := statuses(s, c.calls...); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestSeveralRules(t *testing.T) {
	s := newShop()
	w := s.World(DefaultWorld)
	arm(s, w,
		scenarios.Rule{On: []string{"shop.things.list"}, Fail: "broken", Calls: scenarios.Calls{From: 1, To: 1}},
		scenarios.Rule{Name: "two", On: []string{"*"}, Fail: "gone", Calls: scenarios.Calls{From: 1, To: 2}},
		scenarios.Rule{Name: "idle", On: []string{"shop.things.create"}, Fail: "gone", Optional: true},
	)
	if got := statuses(s, "GET /shop/things", "GET /shop/things", "GET /shop/things"); got != "500 404 200" {
		t.Error(got)
	}
	want := []scenarios.RuleReport{{Name: "rule-1", Matched: 3, Fired: 1, Spent: true}, {Name: "two", Matched: 3, Fired: 1, Spent: true}, {Name: "idle", Optional: true}}
	if got := w.Scenario().Rules; !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
}

func TestWindows(t *testing.T) {
	for name, c := range map[string]struct {
		since scenarios.Since
		want  string
	}{
		"first call": {"", "200 500 500 200"}, "armed": {scenarios.Armed, "500 500 200 200"}, "rule": {"rule mark", "200 200 500 500"},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newShop()
			w := s.World(DefaultWorld)
			w.Clock.Resume()
			arm(s, w, on(func(r *scenarios.Rule) {
				r.Fail, r.Since, r.During = "broken", c.since, scenarios.Span{From: 10 * time.Second, To: 30 * time.Second}
			}), scenarios.Rule{Name: "mark", On: []string{"shop.things.list"}, Calls: scenarios.Calls{From: 2, To: 2}, Delay: scenarios.Delay{Fixed: 1}})
			var got []string
			for range 4 {
				time.Sleep(10 * time.Second)
				got = append(got, statuses(s, "GET /shop/things"))
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("%s: %v, want %s", name, got, c.want)
			}
		})
	}
}

func TestChanceFollowsTheSeed(t *testing.T) {
	run := func(seed uint64) string {
		s := newShop()
		if err := s.Arm(s.World(DefaultWorld), &scenarios.Scenario{Seed: seed, Rules: []scenarios.Rule{{On: []string{"*"}, Fail: "broken", Chance: 30}}}, 1); err != nil {
			t.Fatal(err)
		}
		return statuses(s, slices.Repeat([]string{"GET /shop/things"}, 200)...)
	}
	first := run(7)
	if run(7) != first || run(8) == first {
		t.Error("the seed does not decide")
	}
	if n := strings.Count(first, "500"); n < 40 || n > 80 {
		t.Errorf("30%% of 200 calls were %d", n)
	}
}

func TestCountersAreState(t *testing.T) {
	s := newShop()
	w := s.World(DefaultWorld)
	arm(s, w, on(func(r *scenarios.Rule) { r.Fail, r.Calls = "broken", scenarios.Calls{From: 2, To: 2} }))
	before := w.Store.Snapshot()
	if got := statuses(s, "GET /shop/things", "GET /shop/things", "GET /shop/things"); got != "200 500 200" {
		t.Error(got)
	}
	w.Restore(before)
	if got := statuses(s, "GET /shop/things", "GET /shop/things"); got != "200 500" {
		t.Errorf("after a restore: %s", got)
	}
	if w.Store.Version() != 0 {
		t.Error("counters count as changes")
	}
}

func TestDelaysPassOnTheWorldsClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop()
		w := s.World(DefaultWorld)
		w.Clock.Resume()
		arm(s, w, on(func(r *scenarios.Rule) { r.Delay.Fixed = 40 * time.Minute }), on(func(r *scenarios.Rule) { r.Delay.Fixed = 20 * time.Minute }))
		began := w.Clock.Now()
		want(t, send(s, `POST /shop/things {"id":"a"}`, owner...), 201, `{"id":"a"}`)
		if took := w.Clock.Now().Sub(began); took != time.Hour {
			t.Errorf("delays of 40 and 20 minutes took %s", took)
		}
	})
}

func TestDrawnDelays(t *testing.T) {
	a := &armed{seed: 3}
	for name, c := range map[string]struct {
		delay     scenarios.Delay
		low, high time.Duration
		median    time.Duration
	}{
		"uniform":   {scenarios.Delay{Uniform: &scenarios.Uniform{From: time.Second, To: 3 * time.Second}}, time.Second, 3 * time.Second, 2 * time.Second},
		"normal":    {scenarios.Delay{Normal: &scenarios.Normal{Mean: time.Second, Stddev: 100 * time.Millisecond}}, 0, 1400 * time.Millisecond, time.Second},
		"lognormal": {scenarios.Delay{Lognormal: &scenarios.Lognormal{Median: 80 * time.Millisecond, P99: 2 * time.Second, Cap: 3 * time.Second}}, 0, 3 * time.Second, 80 * time.Millisecond},
	} {
		r := &rule{Rule: &scenarios.Rule{Delay: c.delay}}
		var drawn []time.Duration
		for n := range 4001 {
			drawn = append(drawn, a.drawDelay(r, "", n))
		}
		slices.Sort(drawn)
		if drawn[0] < c.low || drawn[4000] > c.high || drawn[2000] < c.median*85/100 || drawn[2000] > c.median*115/100 {
			t.Errorf("%s: from %s over %s to %s", name, drawn[0], drawn[2000], drawn[4000])
		}
		if l := c.delay.Lognormal; l != nil && (drawn[3960] < l.P99*7/10 || drawn[3960] > l.P99*14/10) {
			t.Errorf("the 99th percentile is %s", drawn[3960])
		}
	}
}

func TestDrawnDelaysAreBounded(t *testing.T) {
	a, most := &armed{seed: 3}, time.Duration(0)
	r := &rule{Rule: &scenarios.Rule{Delay: scenarios.Delay{Lognormal: &scenarios.Lognormal{Median: 1, P99: 1 << 40}}}}
	for n := range 4000 {
		most = max(most, a.drawDelay(r, "", n))
	}
	if most != 10<<40 {
		t.Errorf("the longest of 4000 delays is %s", most)
	}
}

func TestADelayEndsWithItsClient(t *testing.T) {
	s := newShop()
	arm(s, s.World(DefaultWorld), on(func(r *scenarios.Rule) { r.Delay.Fixed = time.Hour }))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	defer func() {
		if recover() != http.ErrAbortHandler {
			t.Error("a lost client was answered")
		}
		if s.World(DefaultWorld).Store.Version() != 0 {
			t.Error("a lost client's call was carried out")
		}
	}()
	r := httptest.NewRequest("DELETE", "/shop/things/a", nil).WithContext(ctx)
	r.Header.Set("Authorization", "Bearer owner")
	s.ServeHTTP(httptest.NewRecorder(), r)
}
