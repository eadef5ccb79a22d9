package serve

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/scenarios"
)

// graded is the shop with a grade for each of its rows: documented, unless it is said otherwise.
func graded(t *testing.T, weakest spec.Grade) *Server {
	t.Helper()
	v := shop()
	for i := range v.Operations {
		v.Operations[i].Evidence = spec.Documented("page")
	}
	for i := range v.Errors {
		v.Errors[i].Evidence = spec.Documented("page")
	}
	v.Operations[1].Evidence = spec.Assumed("a guess") // things.create
	v.Operations[0].Evidence = spec.Recorded("call")   // things.list
	v.Error(nil, "gone").Evidence = spec.ClientCode("sdk")
	v.Headers = []spec.Header{{Name: "Content-Type", Evidence: spec.Recorded("call")}, {Name: "X-Quota", Evidence: spec.Assumed("a guess")},
		{Name: "X-Gone", Only: "what is gone", Evidence: spec.Assumed("a guess")}}
	s := New([]*spec.Vendor{v})
	s.Add(newWorld(s, DefaultWorld))
	if err := s.Hold(weakest, nil); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestOnlyWhatIsKnownWellEnoughAnswers(t *testing.T) {
	const create, get, list = `POST /shop/things {"id":"a"}`, "GET /shop/things/none", "GET /shop/things"
	for _, c := range []struct {
		weakest spec.Grade
		call    string
		status  int
		text    string
	}{
		{spec.Ungraded, create, 201, `{"id":"a"}`}, {spec.Ungraded, get, 404, "Gone"}, {spec.Ungraded, list, 200, ""},
		{spec.GradeDocumented, create, 501, "shop.things.create is only assumed (a guess); this emulator answers with what is documented or better"},
		{spec.GradeDocumented, `POST /shop/things {}`, 400, "body required"}, // the error is known, the operation does not answer
		{spec.GradeDocumented, get, 501, "error gone of shop.things.get is only client code (sdk)"},
		{spec.GradeDocumented, list, 200, ""},
		{spec.GradeDocumented, "GET /shop/things?x=1", 400, "query additional"},
		{spec.GradeRecorded, list, 200, ""},
		{spec.GradeRecorded, "GET /shop/things?x=1", 501, "error bad of shop.things.list is only documented (page)"},
		{spec.GradeRecorded, "PUT /shop/things", 501, "error method_not_allowed of shop is only documented"},
	} {
		s := graded(t, c.weakest)
		w := s.World(DefaultWorld)
		rec := send(s, c.call, owner...)
		want(t, rec, c.status, c.text)
		e := last(t, w)
		if refused := c.status == 501; refused != (e.Code == "not_proven") || refused != e.Undeclared || refused && (w.Store.Version() != 0 || rec.Header().Get("Content-Type") != "application/problem+json") {
			t.Errorf("%s at %s: %+v, version %d", c.call, c.weakest, e, w.Store.Version())
		}
	}
	s := graded(t, spec.GradeRecorded)
	want(t, send(s, "GET /shop/things"), 501, "error who of shop.things.list") // who calls is judged too
	want(t, send(s, `POST /shop/things {"id":"a"}`, "Authorization", "Bearer guest"), 501, "error no of shop.things.create")
}

func TestHeadersThatAreNotKnownFallAway(t *testing.T) {
	for weakest, kept := range map[spec.Grade]bool{spec.Ungraded: true, spec.GradeClientCode: false} {
		if h := send(graded(t, weakest), "GET /shop/things/none", owner...).Header(); (h.Get("X-Gone") != "") != kept {
			t.Errorf("%s: a row's own header: %v", weakest, h)
		}
		h := send(graded(t, weakest), "GET /shop/things", owner...).Header()
		if h.Get("Content-Type") != "application/json" || (h.Get("X-Quota") != "") != kept {
			t.Errorf("%s: %v", weakest, h)
		}
	}
}

func TestHeadersThatAreNotKnownFallAwayFromErrorsToo(t *testing.T) {
	s := graded(t, spec.GradeDocumented)
	s.vendors[0].Headers[0].Evidence = spec.Assumed("a guess") // Content-Type
	if err := s.Hold(spec.GradeDocumented, nil); err != nil {
		t.Fatal(err)
	}
	arm(s, s.World(DefaultWorld), on(func(r *scenarios.Rule) { r.Fail = "broken" }))
	server := httptest.NewServer(s)
	defer server.Close()
	r, _ := http.NewRequest("GET", server.URL+"/shop/things", nil)
	r.Header.Set("Authorization", "Bearer owner")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != 500 || answer.Header.Get("X-Quota") != "" || answer.Header.Get("Content-Type") != "" {
		t.Errorf("%d %v", answer.StatusCode, answer.Header) // a type that net/http guesses would be worse than none
	}
}

func TestStaleReadsAreJudgedToo(t *testing.T) {
	s := graded(t, spec.GradeRecorded)
	w := s.World(DefaultWorld)
	arm(s, w, on(func(r *scenarios.Rule) { r.On, r.Lag = []string{"shop.things.get"}, time.Hour }))
	want(t, send(s, "GET /shop/things/a", owner...), 501, "shop.things.get") // the row that says that there is none
}

// TestHeadersOfRefusals: one that is not known well enough falls away too, unless a scenario refuses.
func TestHeadersOfRefusals(t *testing.T) {
	s := graded(t, spec.GradeDocumented)
	v, w := s.vendors[0], s.World(DefaultWorld)
	v.Headers = []spec.Header{{Name: "Retry-After", Refusing: true, Evidence: spec.Assumed("a guess")}}
	v.Decorate = func(_ *spec.Call, h http.Header, q spec.Quota) {
		if q.Refused != "" {
			h.Set("Retry-After", "7")
		}
	}
	v.Error(nil, "slow").Evidence = spec.Documented("page")
	if err := s.Hold(spec.GradeDocumented, nil); err != nil {
		t.Fatal(err)
	}
	w.Limits = map[string]string{"shop": "small"}
	for range 5 {
		want(t, send(s, "GET /shop/things", owner...), 200, "")
	}
	if rec := send(s, "GET /shop/things", owner...); rec.Code != 429 || rec.Header().Get("Retry-After") != "" {
		t.Errorf("%d %v", rec.Code, rec.Header())
	}
	arm(s, w, on(func(r *scenarios.Rule) { r.Fail, r.Phase = "throttled", scenarios.BeforeAuth }))
	if rec := send(s, "GET /shop/things", owner...); rec.Code != 429 || rec.Header().Get("Retry-After") != "7" {
		t.Errorf("injected: %d %v", rec.Code, rec.Header())
	}
}

func TestLimitsThatAreNotKnownAreRefused(t *testing.T) {
	v := shop()
	v.Buckets[0].Evidence, v.Buckets[1].Evidence = spec.Documented("page"), spec.Assumed("a guess")
	s := New([]*spec.Vendor{v})
	for _, c := range []struct {
		weakest spec.Grade
		preset  string
		want    string
	}{
		{spec.Ungraded, "small", ""}, {spec.GradeDocumented, "", ""}, {spec.GradeDocumented, "large", ""}, // writes has no rate there
		{spec.GradeDocumented, "small", "evidence: the limit writes of shop=small is only assumed: a guess"},
		{spec.GradeRecorded, "large", "evidence: the limit global of shop=large is only documented: page"},
	} {
		limits := map[string]string{}
		if c.preset != "" {
			limits["shop"] = c.preset
		}
		if err := s.Hold(c.weakest, limits); (err == nil) != (c.want == "") || err != nil && err.Error() != c.want {
			t.Errorf("%s, %s: %v", c.weakest, c.preset, err)
		}
	}
}

// TestInjectedFaultsAreNotJudged: they claim nothing of the vendor. After the change they find none, as the row was judged.
func TestInjectedFaultsAreNotJudged(t *testing.T) {
	s := graded(t, spec.GradeRecorded)
	w := s.World(DefaultWorld)
	arm(s, w, on(func(r *scenarios.Rule) { r.Fail, r.RetryAfter = "gone", time.Second }))
	want(t, send(s, "GET /shop/things", owner...), 404, "Gone")
	arm(s, w, on(func(r *scenarios.Rule) { r.Fail, r.Phase = "gone", scenarios.AfterCommit }))
	if rec := send(s, `POST /shop/things {"id":"a"}`, owner...); rec.Code != 501 || !strings.Contains(rec.Body.String(), "things.create") || w.Store.Version() != 0 {
		t.Errorf("%d %s, version %d", rec.Code, rec.Body, w.Store.Version())
	}
}
