package serve

import (
	"testing"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
)

// limited is a shop whose global bucket holds 5 calls and gains one a second, and whose writes hold 2 and gain 3 a minute.
func limited() (*Server, *World) {
	s := newShop()
	w := s.World(DefaultWorld)
	w.Limits = map[string]string{"shop": "small"}
	return s, w
}

func TestBothBucketsMustLetACallThrough(t *testing.T) {
	s, w := limited()
	for _, c := range []struct {
		advance time.Duration
		call    string
		status  int
		quota   string
	}{
		{0, "DELETE /shop/things/a", 204, "4 of 5 0s"},
		{0, "DELETE /shop/things/a", 204, "3 of 5 0s"},
		{0, "DELETE /shop/things/a", 429, "0 of 5 20s"}, // its own bucket is empty; nothing is taken from the global one
		{0, "GET /shop/things", 200, "2 of 5 0s"},
		{0, "GET /shop/things", 200, "1 of 5 0s"},
		{0, "GET /shop/things", 200, "0 of 5 0s"},
		{0, "GET /shop/things", 429, "0 of 5 1s"},
		{0, "DELETE /shop/things/a", 429, "0 of 5 20s"}, // both are empty: the longer wait
		{time.Second - time.Millisecond, "GET /shop/things", 429, "0 of 5 1ms"},
		{time.Millisecond, "GET /shop/things", 200, "0 of 5 0s"},
		{18 * time.Second, "DELETE /shop/things/a", 429, "0 of 5 1s"},
		{time.Second, "DELETE /shop/things/a", 204, "4 of 5 0s"},
		{time.Hour, "GET /shop/things", 200, "4 of 5 0s"}, // no fuller than full
	} {
		if err := w.Clock.Advance(c.advance); err != nil {
			t.Fatal(err)
		}
		rec := send(s, c.call, owner...)
		if rec.Code != c.status || rec.Header().Get("X-Quota") != c.quota {
			t.Errorf("after %s, %s answered %d with %s, want %d with %s", c.advance, c.call, rec.Code, rec.Header().Get("X-Quota"), c.status, c.quota)
		}
	}
	if w.Store.Version() != 0 {
		t.Error("buckets count as objects")
	}
}

func TestNobodyIsCountedBeforeTheyAreKnown(t *testing.T) {
	s, _ := limited()
	for range 10 {
		want(t, send(s, "GET /shop/things"), 401, "Who?")
		want(t, send(s, "POST /shop/things {}", "Authorization", "Bearer guest"), 403, "")
		want(t, send(s, "POST /shop/doors x", "Content-Type", "text/plain"), 200, "") // a public row passes no global bucket
	}
	for range 5 {
		want(t, send(s, "GET /shop/things", owner...), 200, "")
	}
	want(t, send(s, "GET /shop/things", owner...), 429, "Slow down")
}

func TestWorldsAndForksHaveTheirOwnBuckets(t *testing.T) {
	s, w := limited()
	fork := newWorld(s, "fork")
	fork.Limits = w.Limits
	for range 5 {
		want(t, send(s, "GET /shop/things", owner...), 200, "")
	}
	fork.Store = w.Store.Snapshot().Store()
	s.Add(fork)
	want(t, send(s, "GET /w/fork/shop/things", owner...), 429, "") // it begins where the other stands
	if err := fork.Clock.Advance(time.Minute); err != nil {
		t.Fatal(err)
	}
	want(t, send(s, "GET /w/fork/shop/things", owner...), 200, "")
	want(t, send(s, "GET /shop/things", owner...), 429, "")
	want(t, send(s, "GET /bank/v1/accounts/1", owner...), 200, "") // another vendor's limits are off
}

func TestPresetsAndOff(t *testing.T) {
	s, w := limited()
	w.Limits = map[string]string{"shop": "large"} // in which writes have no bucket of their own
	for i := range 50 {
		if rec := send(s, "DELETE /shop/things/a", owner...); rec.Code != 204 {
			t.Fatalf("call %d answered %d", i, rec.Code)
		}
	}
	want(t, send(s, "DELETE /shop/things/a", owner...), 429, "")
	w.Limits = nil
	for range 10 { // nothing is counted or refused, and the headers show a full bucket
		rec := send(s, "DELETE /shop/things/a", owner...)
		if rec.Code != 204 || rec.Header().Get("X-Quota") != "4 of 5 0s" {
			t.Fatalf("answered %d with %s", rec.Code, rec.Header().Get("X-Quota"))
		}
	}
}

// keyed is a shop without a global bucket, whose writes hold 2 for each caller.
func keyed() *Server {
	v := shop()
	v.Buckets = v.Buckets[1:]
	v.Buckets[0].Key = func(c *spec.Call) string { return c.Caller.Name }
	render := v.Render
	v.Render = func(c *spec.Call, e *spec.Error, message string) spec.Reply {
		return render(c, e, message+" "+c.Quota.Wait.Round(time.Second).String())
	}
	s := New([]*spec.Vendor{v})
	w := newWorld(s, DefaultWorld)
	w.Limits = map[string]string{"shop": "small"}
	s.Add(w)
	return s
}

func TestEachKeyHasABucket(t *testing.T) {
	s := keyed()
	other := []string{"Authorization", "Bearer other"}
	for range 2 {
		want(t, send(s, "DELETE /shop/things/a", owner...), 204, "")
	}
	want(t, send(s, "DELETE /shop/things/a", owner...), 429, "Slow down 20s") // the vendor is told how long
	rec := send(s, "DELETE /shop/things/a", other...)
	if rec.Code != 204 || rec.Header().Get("X-Quota") != "1 of 2 0s" {
		t.Errorf("another caller was answered %d with %s", rec.Code, rec.Header().Get("X-Quota"))
	}
	want(t, send(s, "GET /shop/things", owner...), 200, "") // passes no bucket
}

func TestWithoutAGlobalBucketTheHeadersSpeakOfTheOperations(t *testing.T) {
	s := keyed()
	s.World(DefaultWorld).Limits = nil
	for call, quota := range map[string]string{"DELETE /shop/things/a": "1 of 2 0s", "GET /shop/things": "0 of 0 0s"} {
		if got := send(s, call, owner...).Header().Get("X-Quota"); got != quota {
			t.Errorf("%s: %s, not %s", call, got, quota)
		}
	}
}
