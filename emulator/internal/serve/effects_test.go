package serve

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
	"github.com/understudy-dev/understudy/scenarios"
)

func TestLagShowsThePastButNoneFromBeforeArming(t *testing.T) {
	s := newShop()
	w := s.World(DefaultWorld)
	add := func(id string) { want(t, send(s, `POST /shop/things {"id":"`+id+`"}`, owner...), 201, id) }
	pass := func(d time.Duration) {
		if err := w.Clock.Advance(d); err != nil {
			t.Fatal(err)
		}
	}
	add("old")
	pass(time.Minute)
	arm(s, w, scenarios.Rule{Name: "behind", Intent: scenarios.Reads, Lag: 5 * time.Second})
	if got := statuses(s, "GET /shop/things/old"); got != "200" {
		t.Errorf("what was there before arming answers %s", got)
	}
	add("new") // in the instant of arming
	if got := statuses(s, "GET /shop/things/new"); got != "404" {
		t.Errorf("what came just now answers %s", got)
	}
	pass(5*time.Second - 1)
	if got := statuses(s, "GET /shop/things/new"); got != "404" {
		t.Errorf("a moment too early: %s", got)
	}
	pass(1)
	if got := statuses(s, "GET /shop/things/new"); got != "200" {
		t.Errorf("after the lag: %s", got)
	}
	want(t, send(s, `POST /shop/things {"id":"new"}`, owner...), 409, "Twice") // writes see the present
	if got := w.Scenario().Rules[0]; got.Matched != 4 || got.Fired != 2 {
		t.Errorf("what shows the present fired: %+v", got)
	}
	w.Disarm()
	add("newer")
	if got := statuses(s, "GET /shop/things/newer"); got != "200" {
		t.Errorf("the lag outlives its scenario: %s", got)
	}
}

func TestAnswersArePatched(t *testing.T) {
	s := newShop()
	w := s.World(DefaultWorld)
	send(s, `POST /shop/things {"id":"a"}`, owner...)
	arm(s, w, on(func(r *scenarios.Rule) {
		r.Patch = &scenarios.Patch{Set: map[string]scenarios.JSON{`deep.a\.b`: `[1,null]`, "id": "null"}, Remove: []string{"none"}}
	}))
	want(t, send(s, "GET /shop/things/a", owner...), 200, `{"id":null,"deep":{"a.b":[1,null]}}`)
	if e := last(t, w); e.Rule != "rule" || e.Body != `{"id":null,"deep":{"a.b":[1,null]}}` {
		t.Errorf("%+v", e)
	}
	arm(s, w, on(func(r *scenarios.Rule) { r.Patch = &scenarios.Patch{Remove: []string{"none"}} }))
	want(t, send(s, "GET /shop/things/a", owner...), 200, `{"id":"a"}`)
	if got := w.Scenario().Rules[0]; got.Matched != 1 || got.Fired != 0 {
		t.Errorf("what changes nothing fired: %+v", got)
	}
}

func TestBucketsAreDrainedAndRecover(t *testing.T) {
	s := newShop()
	w := s.World(DefaultWorld)
	arm(s, w, on(func(r *scenarios.Rule) {
		r.Intent, r.Phase, r.Calls = scenarios.Creates, scenarios.BeforeAuth, scenarios.Calls{From: 2, To: 2}
		r.RateLimit = &scenarios.RateLimit{Bucket: "writes"}
	}))
	create := func(id string) *httptest.ResponseRecorder {
		return send(s, `POST /shop/things {"id":"`+id+`"}`, owner...)
	}
	want(t, create("a"), 201, "")
	want(t, create("b"), 429, "Slow down")
	if e := last(t, w); e.Wait.Round(time.Millisecond) != 20*time.Second || e.Rule != "rule" || e.Stage != "limit" {
		t.Errorf("%+v", e)
	}
	if err := w.Clock.Advance(19 * time.Second); err != nil {
		t.Fatal(err)
	}
	want(t, create("b"), 429, "Slow down")
	if err := w.Clock.Advance(time.Second); err != nil {
		t.Fatal(err)
	}
	want(t, create("b"), 201, "")
	w.Disarm()
	for i := range 9 {
		want(t, create(fmt.Sprint(i)), 201, "") // the limits were off before
	}
}

func TestScenariosSizeBuckets(t *testing.T) {
	s := newShop()
	w := s.World(DefaultWorld)
	if err := s.Arm(w, &scenarios.Scenario{Limits: map[string]scenarios.Limit{"shop.writes": {Burst: 1, Refill: scenarios.Refill{Tokens: 1, Per: time.Hour}}}}, 1); err != nil {
		t.Fatal(err)
	}
	want(t, send(s, `POST /shop/things {"id":"a"}`, owner...), 201, "")
	want(t, send(s, `POST /shop/things {"id":"b"}`, owner...), 429, "")
	if e := last(t, w); e.Wait.Round(time.Millisecond) != time.Hour {
		t.Errorf("told to wait %s", e.Wait)
	}
	want(t, send(s, "GET /shop/things", owner...), 200, "")
}

func TestCredentialsEnd(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*scenarios.Rule)
		want   string
	}{
		"revoked":                 {func(r *scenarios.Rule) { r.Revoke = true }, "200 403 403"},
		"expired":                 {func(r *scenarios.Rule) { r.Expire = true }, "200 401 401"},
		"revoked before the call": {func(r *scenarios.Rule) { r.Revoke, r.Phase = true, scenarios.BeforeAuth }, "403 403 403"},
	} {
		s := newShop()
		w := s.World(DefaultWorld)
		arm(s, w, on(func(r *scenarios.Rule) { r.Calls = scenarios.Calls{From: 1, To: 1}; c.change(r) }))
		if got := statuses(s, "GET /shop/things", "GET /shop/things", "GET /shop/things"); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		want(t, send(s, "GET /shop/things", "Authorization", "Bearer another"), 200, "")
		w.Disarm()
		want(t, send(s, "GET /shop/things", owner...), last(t, w).Status, "") // it stays ended
		if got := statuses(s, "GET /shop/things"); got == "200" {
			t.Errorf("%s: the credential lives again", name)
		}
	}
}

func TestClocksAreSetApart(t *testing.T) {
	s := newShop()
	w := s.World(DefaultWorld)
	before := w.Clock.Now()
	arm(s, w, on(func(r *scenarios.Rule) {
		r.Clock, r.Calls = &scenarios.Clock{Skew: -90 * time.Second}, scenarios.Calls{From: 1, To: 1}
	}))
	snapshot, clocks := w.Store.Snapshot(), w.Clock.State()
	send(s, "GET /shop/things", owner...)
	if got := w.Clock.Now().Sub(before); got != -90*time.Second {
		t.Errorf("the clock is %s ahead", got)
	}
	if got, want := last(t, w).Header.Get("Date"), before.Add(-90*time.Second).UTC().Format(http.TimeFormat); got != want {
		t.Errorf("the answer is of %s, not of %s, by the world's clock", got, want)
	}
	if e := last(t, w); len(e.Changed) != 1 || e.Changed[0] != "the clock by -1m30s" {
		t.Errorf("the journal: %v", e.Changed)
	}
	w.Restore(snapshot)
	w.Clock.Restore(clocks)
	send(s, "GET /shop/things", owner...)
	w.Disarm()
	if !w.Clock.Now().Equal(before) {
		t.Errorf("disarmed, the clock is %s ahead", w.Clock.Now().Sub(before))
	}
}

func TestAnotherAdminAtWork(t *testing.T) {
	s := newShop()
	w := s.World(DefaultWorld)
	send(s, `POST /shop/things {"id":"a"}`, owner...)
	arm(s, w, scenarios.Rule{Name: "meddler", Intent: scenarios.Deletes, Change: &scenarios.Change{Delete: scenarios.Target}})
	send(s, "DELETE /shop/things/a", owner...)
	if e := last(t, w); e.Rule != "meddler" || !slices.Equal(e.Changed, []string{"deleted a"}) {
		t.Errorf("%+v", e)
	}
	send(s, "DELETE /shop/things/a", owner...) // there is nothing to delete now
	if got := w.Scenario().Rules[0]; got.Matched != 2 || got.Fired != 1 {
		t.Errorf("%+v", got)
	}
}

func TestChangesComeWithTime(t *testing.T) {
	s := newShop()
	w := s.World(DefaultWorld)
	at := func(d time.Duration) *time.Duration { return &d }
	arm(s, w,
		scenarios.Rule{Name: "second", At: at(9 * time.Second), Change: &scenarios.Change{Create: "shop.things", Set: map[string]scenarios.JSON{"id": `"b"`}}},
		scenarios.Rule{Name: "first", At: at(3 * time.Second), Since: scenarios.Armed, Change: &scenarios.Change{Create: "shop.things", Set: map[string]scenarios.JSON{"id": `"a"`}}},
		scenarios.Rule{Name: "earlier", At: at(time.Second), Since: scenarios.Armed, Change: &scenarios.Change{Create: "shop.things", Set: map[string]scenarios.JSON{"id": `"a"`}}},
	)
	began := w.Clock.Now()
	for second := range 12 {
		want := "404 404"
		if second >= 1 { // "earlier" comes first, and leaves "first" nothing to do
			want = "200 404"
		}
		if second >= 9 {
			want = "200 200"
		}
		if got := statuses(s, "GET /shop/things/a", "GET /shop/things/b"); got != want {
			t.Errorf("after %d s: %s, want %s", second, got, want)
		}
		if err := w.Clock.Advance(time.Second); err != nil {
			t.Fatal(err)
		}
	}
	rules := w.Scenario().Rules // the first call came when it was armed
	if rules[0].Fired != 1 || rules[1].Fired != 0 || rules[2].Fired != 1 {
		t.Errorf("%+v", rules)
	}
	for _, e := range w.Journal.Entries(Filter{}) {
		if e.Rule == "second" && !e.Time.Equal(began.Add(9*time.Second)) {
			t.Errorf("%s changed at %s", e.Rule, e.Time.Sub(began))
		}
	}
}

func TestHeldCallsGoWhenReleased(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop()
		w := s.World(DefaultWorld)
		w.Clock.Resume()
		arm(s, w, scenarios.Rule{Name: "gate", Intent: scenarios.Creates, Hold: &scenarios.Hold{Release: "go"}})
		done := make(chan int, 3)
		create := func(id string) { done <- send(s, `POST /shop/things {"id":"`+id+`"}`, owner...).Code }
		go create("a")
		go create("a")
		time.Sleep(time.Hour)
		if len(done) != 0 || w.Store.Version() != 0 {
			t.Fatal("not held")
		}
		if _, ok := w.Release("gone"); ok {
			t.Error("an unknown name was released")
		}
		if n, ok := w.Release("go"); n != 2 || !ok {
			t.Errorf("released %d", n)
		}
		if got := []int{<-done, <-done}; got[0]+got[1] != 201+409 {
			t.Errorf("they were answered %v", got)
		}
		create("b")
		if got := <-done; got != 201 {
			t.Errorf("a later call is answered %d", got)
		}
	})
}

func TestABarrierLetsAllGoAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop()
		w := s.World(DefaultWorld)
		w.Clock.Resume()
		arm(s, w, scenarios.Rule{Name: "gate", Intent: scenarios.Creates, Hold: &scenarios.Hold{Calls: 3}})
		var all sync.WaitGroup
		began := time.Now()
		for i := range 6 {
			all.Go(func() {
				time.Sleep(time.Duration(i) * time.Second)
				want(t, send(s, fmt.Sprintf(`POST /shop/things {"id":"%d"}`, i), owner...), 201, "")
				if at, due := time.Since(began), []time.Duration{2 * time.Second, 5 * time.Second}[i/3]; at != due {
					t.Errorf("call %d went after %s", i, at)
				}
			})
		}
		all.Wait()
	})
}

func TestHeldCallsEndWithTheirClientOrTheScenario(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop()
		w := s.World(DefaultWorld)
		arm(s, w, scenarios.Rule{Name: "gate", Intent: scenarios.Creates, Hold: &scenarios.Hold{Release: "go"}})
		ctx, leave := context.WithCancel(t.Context())
		left := make(chan any, 1)
		go func() {
			defer func() { left <- recover() }()
			r := httptest.NewRequest("POST", "/shop/things", strings.NewReader(`{"id":"b"}`)).WithContext(ctx)
			r.Header.Set("Authorization", "Bearer owner")
			r.Header.Set("Content-Type", "application/json")
			s.ServeHTTP(httptest.NewRecorder(), r)
		}()
		done := make(chan int, 1)
		go func() { done <- send(s, `POST /shop/things {"id":"a"}`, owner...).Code }()
		synctest.Wait()
		leave()
		synctest.Wait()
		if e := last(t, w); len(done) != 0 || e.Fault != "the client left" || !e.Lost || e.Status != 0 || e.Rule != "gate" {
			t.Errorf("a client that left took another along, or left no trace: %+v", e)
		}
		w.Disarm()
		if <-left; <-done != 201 {
			t.Error("the call did not go on")
		}
	})
}

// TestWhatDoesNotTakePlaceSaysWhy: a rule that did not fire lets the next one strike, and its account says why.
func TestWhatDoesNotTakePlaceSaysWhy(t *testing.T) {
	s := newShop()
	w := s.World(DefaultWorld)
	arm(s, w,
		on(func(r *scenarios.Rule) {
			r.Name, r.Intent, r.Change = "meddler", scenarios.Deletes, &scenarios.Change{Delete: scenarios.Target}
		}),
		on(func(r *scenarios.Rule) { r.Name, r.Intent, r.Lag = "behind", scenarios.Reads, time.Hour }),
		on(func(r *scenarios.Rule) {
			r.Name, r.Phase, r.Patch = "patch", scenarios.AfterAnswer, &scenarios.Patch{Remove: []string{"none"}}
		}),
		on(func(r *scenarios.Rule) { r.Name, r.Phase, r.Fail = "down", scenarios.AfterAnswer, "broken" }),
	)
	if got := statuses(s, "DELETE /shop/things/a", "GET /shop/things"); got != "500 500" {
		t.Errorf("the last rule did not strike: %s", got)
	}
	for i, want := range []string{"there is nothing to change", "the answer of then was that of now", "the answer was the same without it", ""} {
		if r := w.Scenario().Rules[i]; r.Idle != want || (r.Fired == 0) != (want != "") {
			t.Errorf("%+v, want %q", r, want)
		}
	}
}

func TestDelaysEndWithTheScenario(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop()
		w := s.World(DefaultWorld)
		w.Clock.Resume()
		arm(s, w, on(func(r *scenarios.Rule) { r.Name, r.Delay.Fixed, r.Fail = "go", time.Hour, "broken" }))
		done := make(chan int, 1)
		go func() { done <- send(s, "GET /shop/things", owner...).Code }()
		time.Sleep(time.Minute)
		arm(s, w, scenarios.Rule{Name: "gate", Intent: scenarios.Creates, Hold: &scenarios.Hold{Release: "go"}, Optional: true})
		if got := <-done; got != 200 {
			t.Errorf("the effect of a scenario that is over strikes: %d", got)
		}
		if got := statusAfter(s, time.Second, `POST /shop/things {"id":"a"}`); got != 0 {
			t.Errorf("a rule of another scenario released a hold: %d", got)
		}
		if calls := w.Trace().Calls; len(calls) != 1 {
			t.Errorf("the trace has calls that began before: %+v", calls)
		}
	})
}

// statusAfter sends a call whose client leaves after a while; 0 where it had no answer.
func statusAfter(s *Server, patience time.Duration, call string) (status int) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	defer func() { _ = recover() }() // the client has left
	body := strings.NewReader(call[strings.LastIndex(call, " ")+1:])
	r := httptest.NewRequest("POST", "/shop/things", body).WithContext(ctx)
	r.Header.Set("Authorization", "Bearer owner")
	r.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	s.ServeHTTP(rec, r)
	return rec.Code
}

func TestSkewIsNotInForksAndSnapshots(t *testing.T) {
	s := newShop()
	w := s.World(DefaultWorld)
	before := w.Clock.Now()
	arm(s, w, on(func(r *scenarios.Rule) { r.Clock = &scenarios.Clock{Skew: time.Minute} }))
	if got := statuses(s, "GET /shop/things", "GET /shop/things"); got != "200 200" || !w.Clock.Now().Equal(before.Add(time.Minute)) {
		t.Errorf("%s, %s ahead: a rule puts clocks apart once", got, w.Clock.Now().Sub(before))
	}
	state := w.ClockState()
	if !state.At.Equal(before) {
		t.Errorf("a fork would be %s ahead", state.At.Sub(before))
	}
	w.RestoreClock(state)
	if !w.Clock.Now().Equal(before.Add(time.Minute)) {
		t.Errorf("restored, the clocks are %s apart", w.Clock.Now().Sub(before))
	}
	w.Disarm()
	if !w.Clock.Now().Equal(before) {
		t.Errorf("disarmed, the clocks are %s apart", w.Clock.Now().Sub(before))
	}
}

func TestBucketsOfOthersAreDrained(t *testing.T) {
	for _, limits := range []map[string]string{nil, {"shop": "large"}} { // large has no bucket for writes
		s := newShop()
		w := s.World(DefaultWorld)
		w.Limits = limits
		arm(s, w, scenarios.Rule{Intent: scenarios.Lists, Phase: scenarios.BeforeAuth, RateLimit: &scenarios.RateLimit{Bucket: "writes"}})
		if got := statuses(s, "GET /shop/things", `POST /shop/things {"id":"a"}`); got != "200 429" {
			t.Errorf("%v: %s", limits, got)
		}
	}
}

func TestRawAnswersAreMarked(t *testing.T) {
	s := newShop()
	w := s.World(DefaultWorld)
	arm(s, w, on(func(r *scenarios.Rule) { r.Answer = &scenarios.Answer{Status: 502, Body: "<html>"} }))
	rec := send(s, "GET /shop/things", owner...)
	if e := last(t, w); !e.Unattested || rec.Header().Get("X-Quota") != "" || rec.Header().Get("Content-Type") == "application/json" {
		t.Errorf("%+v, %v", e, rec.Header())
	}
	arm(s, w, on(func(r *scenarios.Rule) { r.Patch = &scenarios.Patch{Set: map[string]scenarios.JSON{"x": "1"}} }))
	send(s, "GET /shop/things", owner...)
	if e := last(t, w); !e.Unattested {
		t.Errorf("%+v", e)
	}
	arm(s, w, on(func(r *scenarios.Rule) { r.Fail = "throttled" }))
	if got := send(s, "GET /shop/things", owner...).Header().Get("X-Quota"); got != "0 of 5 0s" || last(t, w).Unattested {
		t.Errorf("the vendor's own refusal: %s", got)
	}
}

func TestEqualBodiesAreEqual(t *testing.T) {
	s := newShop()
	w := s.World(DefaultWorld)
	arm(s, w, on(func(r *scenarios.Rule) { r.Delay.Fixed, r.Calls = 1, scenarios.Calls{From: 99, To: 99} }))
	long := strings.Repeat("x", MaxCaptured)
	for _, body := range []string{`{"id":"a"}`, `{ "id" : "a" }`, long + "1", long + "2"} {
		send(s, "POST /shop/doors "+body)
	}
	calls := w.Trace().Calls
	if calls[0].Body != calls[1].Body || calls[2].Body == calls[3].Body {
		t.Error("bodies are not compared by what they say, whole")
	}
}

// TestWhatIsCountedApartIsBounded: callers beyond the bound are counted as one.
func TestWhatIsCountedApartIsBounded(t *testing.T) {
	s := newShop()
	w := s.World(DefaultWorld)
	arm(s, w, on(func(r *scenarios.Rule) {
		r.Fail, r.Per, r.Calls = "broken", scenarios.PerResource, scenarios.Calls{From: 2, To: 2}
	}))
	for i := range maxCounted {
		send(s, fmt.Sprintf("GET /shop/things/%d", i), owner...)
	}
	if got := statuses(s, "GET /shop/things/one", "GET /shop/things/two", "GET /shop/things/three", "GET /shop/things/0"); got != "404 500 404 500" {
		t.Errorf("answered %s", got)
	}
	arm(s, w, on(func(r *scenarios.Rule) {
		r.Fail, r.Per, r.Calls = "broken", scenarios.PerResource, scenarios.Calls{From: 2, To: 2}
	}))
	notes := 0
	_ = w.Store.Update(engine, w.Clock.Now(), func(tx *state.Tx) error {
		notes = tx.DropNotes("armed/")
		return nil
	})
	if notes != 0 {
		t.Errorf("%d notes of the scenario before are left", notes)
	}
}

func TestLagGoesNoFurtherThanARestore(t *testing.T) {
	s := newShop()
	w := s.World(DefaultWorld)
	arm(s, w, scenarios.Rule{Intent: scenarios.Reads, Lag: time.Hour})
	send(s, `POST /shop/things {"id":"a"}`, owner...)
	w.Restore(w.Store.Snapshot())
	if got := statuses(s, "GET /shop/things/a"); got != "200" {
		t.Errorf("what a restore brought is not seen: %s", got)
	}
}

// TestChangesComeBeforeCallsThatWaited: what comes due while a call is kept is there when it goes on.
func TestChangesComeBeforeCallsThatWaited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop()
		w := s.World(DefaultWorld)
		w.Clock.Resume()
		at := 2 * time.Second
		arm(s, w, scenarios.Rule{Intent: scenarios.Creates, Delay: scenarios.Delay{Fixed: 5 * time.Second}},
			scenarios.Rule{At: &at, Since: scenarios.Armed, Change: &scenarios.Change{Create: "shop.things", Set: map[string]scenarios.JSON{"id": `"a"`}}})
		want(t, send(s, `POST /shop/things {"id":"a"}`, owner...), 409, "Twice")
	})
}

// TestNothingOfAScenarioComesAfterItsEnd: a call that it held goes on as if there were none.
func TestNothingOfAScenarioComesAfterItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop()
		w := s.World(DefaultWorld)
		w.Clock.Resume()
		at := time.Minute
		arm(s, w, scenarios.Rule{Intent: scenarios.Creates, Hold: &scenarios.Hold{Release: "go"}},
			scenarios.Rule{Intent: scenarios.Creates, Phase: scenarios.AfterAnswer, Delay: scenarios.Delay{Fixed: time.Hour}},
			scenarios.Rule{At: &at, Since: scenarios.Armed, Change: &scenarios.Change{Create: "shop.things", Set: map[string]scenarios.JSON{"id": `"a"`}}})
		began, done := time.Now(), make(chan int, 1)
		go func() { done <- send(s, `POST /shop/things {"id":"a"}`, owner...).Code }()
		time.Sleep(30 * time.Second)
		w.Disarm()
		if got := <-done; got != 201 || time.Since(began) != 30*time.Second {
			t.Errorf("answered %d after %s", got, time.Since(began))
		}
		time.Sleep(2 * time.Minute)
		w.Settle()
		if w.Store.Version() != 1 {
			t.Error("a change came after the scenario's end")
		}
	})
}

// TestEachCallersBucketIsDrained: where callers have buckets of their own, the rule fires once it is known who calls.
func TestEachCallersBucketIsDrained(t *testing.T) {
	s := newShop()
	w := s.World(DefaultWorld)
	s.vendors[0].Buckets[1].Key = func(c *spec.Call) string { return c.Caller.Name }
	arm(s, w, on(func(r *scenarios.Rule) {
		r.Phase, r.Calls, r.RateLimit = scenarios.BeforeAuth, scenarios.Calls{From: 1, To: 2}, &scenarios.RateLimit{Bucket: "writes"}
	}))
	want(t, send(s, `POST /shop/things {"id":"a"}`), 401, "")
	if got := w.Scenario().Rules[0]; got.Fired != 0 {
		t.Errorf("nobody's bucket was drained: %+v", got)
	}
	want(t, send(s, `POST /shop/things {"id":"a"}`, owner...), 429, "")
	want(t, send(s, `POST /shop/things {"id":"a"}`, "Authorization", "Bearer another"), 201, "")
	if got := w.Scenario().Rules[0]; got.Fired != 1 {
		t.Errorf("%+v", got)
	}
}
