package serve

import (
	"net/http"
	"testing"
)

// TestFaultsOfOursLeaveNoTrace: a handler that panics, or answers what its row lacks, is a fault of the emulator's: 500
// in our own shape, marked in the journal, and what it wrote is gone.
func TestFaultsOfOursLeaveNoTrace(t *testing.T) {
	s := newShop()
	s.CheckReplies = true
	w := s.World(DefaultWorld)
	for what, text := range map[string]string{"panic": "boom", "status": "418", "shape": "type at id", "error": "undeclared"} {
		rec := send(s, "POST /shop/faults/"+what)
		want(t, rec, 500, `"code":"emulator_bug"`)
		want(t, rec, 500, text)
		if e := last(t, w); !e.Undeclared || e.Code != "emulator_bug" || e.Status != 500 || e.Operation != "shop.faults.raise" {
			t.Errorf("%s: the journal has %+v", what, e)
		}
		if rec.Header().Get("Content-Type") != "application/problem+json" || rec.Header().Get("X-Quota") != "" {
			t.Errorf("%s: looks like the vendor's: %v", what, rec.Header())
		}
		want(t, send(s, "GET /shop/things/left%20behind", owner...), 404, "Gone")
	}
	want(t, send(s, "POST /shop/faults/none"), 202, `{"id":"x"}`)
	want(t, send(s, "GET /shop/things/left%20behind", owner...), 200, "left behind")
	s.CheckReplies = false
	want(t, send(s, `DELETE /shop/things/a`, owner...), 204, "")
}

func TestAnAbortedAnswerStaysAborted(t *testing.T) {
	s := newShop()
	defer func() {
		if recover() != http.ErrAbortHandler {
			t.Error("the abort was answered")
		}
		if s.World(DefaultWorld).Store.Version() != 0 {
			t.Error("it left something")
		}
	}()
	send(s, "POST /shop/faults/abort")
}

func TestStagesInTheirOrder(t *testing.T) {
	var names []string
	for _, s := range stages {
		names = append(names, s.name)
	}
	wanted := []string{"match", "scenario", "authenticate", "limit", "validate", "permit", "handle"}
	if len(names) != len(wanted) {
		t.Fatal(names)
	}
	for i := range wanted {
		if names[i] != wanted[i] {
			t.Errorf("stage %d is %s, want %s", i, names[i], wanted[i])
		}
	}
	s := newShop()
	s.World(DefaultWorld).Limits = map[string]string{"shop": "small"}
	guest := []string{"Authorization", "Bearer guest"}
	for _, c := range []struct {
		call    string
		headers []string
		status  int
		stage   string
	}{
		{"GET /none", nil, 404, "match"},
		{"POST /shop/things {", nil, 401, "authenticate"}, // though the body is bad
		{"POST /shop/things {", guest, 403, "authenticate"},
		{"POST /shop/things {", owner, 400, "validate"},
		{"GET /shop/things/none", owner, 404, "handle"},
		{"GET /shop/things", guest, 200, "handle"},
		{"POST /shop/things {", owner, 400, "validate"},
		{"POST /shop/things {", owner, 429, "limit"}, // though the body is bad
	} {
		rec := send(s, c.call, c.headers...)
		if e := last(t, s.World(DefaultWorld)); rec.Code != c.status || e.Stage != c.stage {
			t.Errorf("%s %v answered %d at %s, want %d at %s", c.call, c.headers, rec.Code, e.Stage, c.status, c.stage)
		}
	}
	want(t, send(newShop(), "POST /shop/things {}", guest...), 403, "Needs write")
}
