package serve

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

func TestJournalKeepsWhatWasAnswered(t *testing.T) {
	s := newShop()
	w := s.World(DefaultWorld)
	send(s, `POST /shop/things {"id":"a"}`, owner...)
	send(s, `GET /shop/things/none?n=1`, owner...)
	all := w.Journal.Entries(Filter{})
	if len(all) != 2 {
		t.Fatalf("%d entries", len(all))
	}
	e := all[0]
	if e.Seq != 1 || !e.Time.Equal(w.Clock.Now()) || e.Vendor != "shop" || e.Operation != "shop.things.create" || e.Caller != "owner" || e.Method != "POST" ||
		e.Path != "/shop/things" || e.RequestBody != `{"id":"a"}` || e.Status != 201 || e.Body != `{"id":"a"}` || e.Stage != "handle" || e.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%+v", e)
	}
	if e = all[1]; e.Seq != 2 || e.Path != "/shop/things/none?n=1" || e.Status != 400 || e.Code != "bad" || e.Stage != "validate" {
		t.Errorf("%+v", e)
	}
}

func TestJournalFilters(t *testing.T) {
	s := newShop()
	w := s.World(DefaultWorld)
	for _, call := range []string{"GET /shop/things", "GET /bank/v1/accounts/1", "GET /shop/things/none", "GET /shop/things", "GET /none"} {
		send(s, call, owner...)
	}
	for _, c := range []struct {
		filter Filter
		want   string
	}{
		{Filter{}, "1 2 3 4 5"}, {Filter{Vendor: "shop"}, "1 3 4"}, {Filter{Operation: "shop.things.list"}, "1 4"}, {Filter{Status: 404}, "3 5"},
		{Filter{Since: 3}, "4 5"}, {Filter{Since: 9}, ""}, {Filter{Limit: 2}, "4 5"}, {Filter{Vendor: "shop", Limit: 2}, "3 4"}, {Filter{Vendor: "none"}, ""},
	} {
		var got []string
		for _, e := range w.Journal.Entries(c.filter) {
			got = append(got, fmt.Sprint(e.Seq))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%+v: %v, want %s", c.filter, got, c.want)
		}
	}
	w.Journal.Clear()
	if len(w.Journal.Entries(Filter{})) != 0 {
		t.Error("not cleared")
	}
	send(s, "GET /shop/things", owner...)
	if e := last(t, w); e.Seq != 6 {
		t.Errorf("after clearing, the sequence goes on at %d", e.Seq)
	}
}

func TestJournalTellsWhoWaits(t *testing.T) {
	s := newShop()
	w := s.World(DefaultWorld)
	is := func(done <-chan struct{}, want bool) {
		t.Helper()
		select {
		case <-done:
			if !want {
				t.Error("it is said to have come")
			}
		default:
			if want {
				t.Error("it came, and nobody was told")
			}
		}
	}
	send(s, "GET /shop/things", owner...)
	f := Filter{Operation: "shop.things.list", Limit: 1}
	for n, already := range map[int]bool{-1: true, 0: true, 1: true, 2: false} {
		done, forget := w.Journal.Await(f, n)
		is(done, already)
		forget()
	}
	two, forget := w.Journal.Await(f, 2)
	defer forget()
	three, _ := w.Journal.Await(f, 3)
	_, leave := w.Journal.Await(f, 3)
	leave()
	send(s, "GET /shop/things/none", owner...)
	is(two, false)
	w.Journal.Clear() // what came before has come
	send(s, "GET /shop/things", owner...)
	is(two, true)
	is(three, false)
	send(s, "GET /shop/things", owner...)
	is(three, true)
	send(s, "GET /shop/things", owner...)
	if len(w.Journal.waiters) != 0 {
		t.Errorf("%d still wait", len(w.Journal.waiters))
	}
}

func TestJournalIsBounded(t *testing.T) {
	j := NewJournal(nil)
	for range MaxEntries + 25 {
		j.add(&Entry{Path: "/"})
	}
	all := j.Entries(Filter{})
	if len(all) != MaxEntries || all[0].Seq != 26 || all[len(all)-1].Seq != MaxEntries+25 {
		t.Errorf("%d entries from %d to %d", len(all), all[0].Seq, all[len(all)-1].Seq)
	}

	j = NewJournal(nil)
	body := strings.Repeat("x", MaxCaptured)
	for range MaxBytes/MaxCaptured + 10 {
		j.add(&Entry{Body: body})
	}
	if n := len(j.Entries(Filter{})); n != MaxBytes/MaxCaptured || j.bytes > MaxBytes {
		t.Errorf("%d entries with %d bytes", n, j.bytes)
	}
	j.add(&Entry{RequestBody: body, Body: body})
	if n := len(j.Entries(Filter{})); n != MaxBytes/MaxCaptured-1 || j.bytes != MaxBytes {
		t.Errorf("%d entries with %d bytes", n, j.bytes)
	}

	s := newShop()
	send(s, `POST /shop/doors `+strings.Repeat("y", 2*MaxCaptured), "Content-Type", "text/plain")
	if e := s.World(DefaultWorld).Journal.entries[0]; len(e.RequestBody) != MaxCaptured || len(e.Body) != MaxCaptured {
		t.Errorf("%d bytes of the request and %d of the answer are kept", len(e.RequestBody), len(e.Body))
	}
}

// TestJournalInOrder is for the race detector, and for the order: sequence numbers have no gap.
func TestJournalInOrder(t *testing.T) {
	s := newShop()
	w := s.World(DefaultWorld)
	var all sync.WaitGroup
	for n := range 4 {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := range 50 {
				send(s, fmt.Sprintf(`POST /shop/things {"id":"%d-%d"}`, n, i), owner...)
				_ = w.Journal.Entries(Filter{Limit: 5})
			}
		}()
	}
	all.Wait()
	for i, e := range w.Journal.Entries(Filter{}) {
		if e.Seq != uint64(i)+1 || e.Status != 201 {
			t.Fatalf("entry %d has the number %d and the status %d", i, e.Seq, e.Status)
		}
	}
}

func TestSecretsAreMasked(t *testing.T) {
	s := newShop()
	w := s.World(DefaultWorld)
	secrets := []string{"s3cret-1", "s3cret-2", "s3cret-3", "s3cret-4", "s3cret-5", "s3cret-6", "s3cret-7"}
	send(s, `POST /shop/doors {"client_secret":"s3cret-1","deep":[{"password":"s3cret-2"}],"kept":"open"}`,
		"Authorization", "Bearer s3cret-3", "Cookie", "session=s3cret-4; other=s3cret-5", "X-Understudy-Control-Token", "s3cret-6")
	send(s, `POST /shop/doors client_secret=s3cret-1&kept=open`, "Content-Type", "application/x-www-form-urlencoded")
	send(s, `POST /shop/doors {"client_secret":"s3cret-1`)
	send(s, `POST /shop/doors client_secret=%zz&kept=s3cret-1`, "Content-Type", "application/x-www-form-urlencoded")
	send(s, `POST /shop/doors {"password":"s3cret-1","pad":"`+strings.Repeat("x", MaxCaptured)+`"}`)
	for i, e := range w.Journal.Entries(Filter{}) {
		text := fmt.Sprintf("%+v", e)
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("entry %d shows %s: %.500s", i, secret, text)
			}
		}
		if i < 2 && !strings.Contains(e.RequestBody, "open") {
			t.Errorf("entry %d hides what is no secret: %s", i, e.RequestBody)
		}
	}
	first := w.Journal.Entries(Filter{})[0]
	if got := first.RequestHeader.Get("Authorization"); got != "Bearer ***" {
		t.Errorf("the scheme stays: %q", got)
	}
	if got := first.RequestBody; got != `{"client_secret":"***","deep":[{"password":"***"}],"kept":"open"}` {
		t.Errorf("masked to %s", got)
	}
}
