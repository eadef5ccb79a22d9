package serve

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/understudy-dev/understudy/scenarios"
)

// play arms one plan for every call, and collects what the planner is told.
func play(w *World, plan scenarios.Plan) *[]scenarios.Call {
	plan.Rule = "rule 1"
	var calls []scenarios.Call
	var mu sync.Mutex
	w.Play(func(c scenarios.Call) scenarios.Plan {
		mu.Lock()
		defer mu.Unlock()
		calls = append(calls, c)
		return plan
	})
	return &calls
}

func TestWherePlansStrike(t *testing.T) {
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
		{scenarios.AfterAnswer, nil, `POST /shop/things {"id":"a"}`, 500, false, "authenticate"},
	} {
		s := newShop()
		w := s.World(DefaultWorld)
		play(w, scenarios.Plan{Phase: c.phase, Fail: "broken"})
		rec := send(s, c.call, c.headers...)
		e := last(t, w)
		struck := c.status == 500
		if rec.Code != c.status || e.Stage != c.stage || (w.Store.Version() != 0) != c.stays || (e.Rule == "rule 1") != struck {
			t.Errorf("%q %s: %d at %s by %q, version %d", c.phase, c.call, rec.Code, e.Stage, e.Rule, w.Store.Version())
		}
		if (rec.Header().Get("X-Understudy-Rule") == "rule 1") != struck {
			t.Errorf("%q %s: the header names %q", c.phase, c.call, rec.Header().Get("X-Understudy-Rule"))
		}
	}
}

func TestWhatPlansDo(t *testing.T) {
	s := newShop()
	w := s.World(DefaultWorld)
	ask := func(plan scenarios.Plan) *httptest.ResponseRecorder {
		play(w, plan)
		return send(s, "GET /shop/things", owner...)
	}
	want(t, ask(scenarios.Plan{}), 200, "things.list")
	want(t, ask(scenarios.Plan{Fail: "gone"}), 404, `{"error":"Gone"}`)
	want(t, ask(scenarios.Plan{Fail: "not_found"}), 404, `{"error":"Gone"}`) // by class
	want(t, ask(scenarios.Plan{Fail: "bad"}), 400, `{"error":"sample"}`)
	want(t, ask(scenarios.Plan{Fail: "none"}), 500, "emulator_bug")
	if got := ask(scenarios.Plan{Fail: "gone"}).Header().Get("X-Gone"); got != "yes" {
		t.Errorf("the row's header is %q", got)
	}
	slow := ask(scenarios.Plan{Fail: "throttled", RetryAfter: 7 * time.Second})
	want(t, slow, 429, "Slow down")
	if got := slow.Header().Get("X-Quota"); got != "0 of 5 7s" {
		t.Errorf("the vendor's header tells %q", got)
	}
	if e := last(t, w); e.Wait != 7*time.Second || e.Code != "slow" {
		t.Errorf("the journal: %+v", e)
	}
	if got := ask(scenarios.Plan{Fail: "broken", RetryAfter: 1500 * time.Millisecond}).Header().Get("Retry-After"); got != "2" {
		t.Errorf("Retry-After is %q", got)
	}
	raw := ask(scenarios.Plan{Answer: &scenarios.Answer{Status: 502, Header: http.Header{"Content-Type": {"text/html"}, "X-Quota": {""}}, Body: "<html>"}})
	want(t, raw, 502, "<html>")
	if raw.Header().Get("Content-Type") != "text/html" || raw.Header().Get("X-Quota") != "" {
		t.Errorf("the answer's headers are %v", raw.Header())
	}
	w.Play(nil)
	want(t, send(s, "GET /shop/things", owner...), 200, "")
	s.Markers = false
	if got := ask(scenarios.Plan{Fail: "gone"}).Header().Get("X-Understudy-Rule"); got != "" {
		t.Errorf("marked as %q", got)
	}
}

func TestWhatPlannersAreTold(t *testing.T) {
	s := newShop()
	w := s.World(DefaultWorld)
	calls := play(w, scenarios.Plan{})
	send(s, "GET /shop/things/7?x=1", owner...)
	send(s, "GET /none", owner...)
	if len(*calls) != 1 {
		t.Fatalf("asked %d times", len(*calls))
	}
	c := (*calls)[0]
	if c.Operation != "shop.things.get" || c.Method != "GET" || c.Path != "/shop/things/7" || !c.At.Equal(w.Clock.Now()) {
		t.Errorf("%+v", c)
	}
}

func TestDelaysPassOnTheWorldsClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop()
		w := s.World(DefaultWorld)
		play(w, scenarios.Plan{Delay: time.Hour})
		done := make(chan *httptest.ResponseRecorder, 1)
		go func() { done <- send(s, `POST /shop/things {"id":"a"}`, owner...) }()
		for _, advance := range []time.Duration{0, time.Hour - 1} {
			if err := w.Clock.Advance(advance); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if len(done) > 0 || w.Store.Version() != 0 {
				t.Fatalf("answered after %s", advance)
			}
		}
		if err := w.Clock.Advance(1); err != nil {
			t.Fatal(err)
		}
		want(t, <-done, 201, `{"id":"a"}`)
	})
}

func TestADelayEndsWithItsClient(t *testing.T) {
	s := newShop()
	play(s.World(DefaultWorld), scenarios.Plan{Delay: time.Hour})
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
