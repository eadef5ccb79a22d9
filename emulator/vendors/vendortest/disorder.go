package vendortest

import (
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// rounds is how many mutated requests each row gets in every run of the suite.
const rounds = 60

// disorder sends mutated requests, the same in every run. See wantDeclared.
func (s *suite) disorder(t *testing.T) {
	r := newRig(t, s.vendor)
	s.each(t, func(t *testing.T, q request) {
		dice := rand.New(rand.NewPCG(1, uint64(len(q.op.Name()))))
		pool := s.pool(q.op)
		for range rounds {
			vars := make([]string, 0, 4)
			for _, name := range q.op.Vars() {
				vars = append(vars, mutatedText(dice, q.vars[name]))
			}
			query := ""
			if dice.IntN(2) == 0 {
				query = s.mutatedQuery(dice, q)
			}
			r.wantDeclared(t, q.op, vars, query, []byte(mutated(dice, q.body, pool)))
		}
	})
}

// Fuzz feeds every row's path, query and body with what the fuzzer makes of the suite's own requests.
func Fuzz(f *testing.F, v *spec.Vendor) {
	s := newSuite(f, v)
	for i := range v.Operations {
		op := &v.Operations[i]
		q, ok := s.requests[op]
		if !ok {
			continue
		}
		var vars []string
		for _, name := range op.Vars() {
			vars = append(vars, q.vars[name])
		}
		line := strings.Join(vars, "\n")
		f.Add(uint(i), line, q.query.Encode(), []byte(q.body))
		for n, body := range s.pool(op) {
			if n%8 == i%8 { // some of each row's: the fuzzer makes the rest
				f.Add(uint(i), line, q.query.Encode(), []byte(body))
			}
		}
		for _, p := range op.Query {
			value, _ := s.sampler.least(p.Name, p.Schema, 0)
			f.Add(uint(i), line, url.Values{p.Name: {plainText(value)}}.Encode(), []byte(q.body))
		}
	}
	r := newRig(f, v)
	f.Fuzz(func(t *testing.T, row uint, vars, query string, body []byte) {
		r.wantDeclared(t, &v.Operations[row%uint(len(v.Operations))], strings.Split(vars, "\n"), query, body)
	})
}

// wantDeclared sends anything to a row. Never does it answer with a 5xx or with what the table of the row that it
// reached lacks, and an error leaves the state as it was.
func (r *rig) wantDeclared(t *testing.T, op *spec.Operation, vars []string, query string, body []byte) {
	t.Helper()
	path := op.Path
	for i, name := range op.Vars() {
		value := "x"
		if i < len(vars) && vars[i] != "" {
			value = vars[i]
		}
		path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(value))
	}
	req := httptest.NewRequest(op.Method, "http://vendor.test/", strings.NewReader(string(body)))
	u, err := url.ParseRequestURI(path)
	if err != nil {
		return // no client can send it
	}
	u.RawQuery = query
	req.URL = u
	for name, values := range r.owner {
		req.Header[name] = values
	}
	media := jsonMedia
	if len(op.Media) > 0 {
		media = op.Media[0]
	}
	req.Header.Set("Content-Type", media)
	r.world.Restore(r.start)
	r.last = emulator.Entry{}
	before := r.world.Version()
	rec := httptest.NewRecorder()
	r.emu.Handler().ServeHTTP(rec, req)
	what := op.Method + " " + path + "?" + query + " " + strconv.Quote(string(body))
	if rec.Code >= http.StatusBadRequest && r.world.Version() != before {
		t.Errorf("%s\nanswered %d and changed the state", what, rec.Code)
	}
	if reached := r.reached(); reached != nil {
		rows := r.vendor.ErrorsOf(reached)
		declared := r.last.Code == "" && declares(reached, rec.Code) ||
			slices.ContainsFunc(rows, func(e spec.Error) bool { return e.Code == r.last.Code && e.Status == rec.Code })
		if !declared || r.last.Undeclared || rec.Code >= 500 {
			t.Errorf("%s\nreached %s and answered %d %s %.600s", what, reached.Name(), rec.Code, r.last.Code, rec.Body)
		}
	} else if rec.Code == http.StatusInternalServerError {
		t.Errorf("%s\nreached no row and answered %.600s", what, rec.Body)
	}
}

// reached is the row that answered last, by the journal; nil where the path was no row's.
func (r *rig) reached() *spec.Operation {
	for i := range r.vendor.Operations {
		op := &r.vendor.Operations[i]
		if r.vendor.Name+"."+op.ID == r.last.Operation && op.Family == r.last.Family {
			return op
		}
	}
	return nil
}

// pool holds bodies for a row: each variant of the least, and each that breaks a rule.
func (s *suite) pool(op *spec.Operation) []string {
	if op.Body == nil {
		return []string{"", "{}"}
	}
	var all []string
	for n := 0; ; n++ {
		doc, exists, err := s.sampler.variant(op.Body, n)
		if !exists || err != nil {
			break
		}
		all = append(all, string(doc))
	}
	for _, w := range s.sampler.wrongs("", op.Body) {
		all = append(all, w.value)
	}
	return all
}

func (s *suite) mutatedQuery(dice *rand.Rand, q request) string {
	values := url.Values{}
	for _, p := range q.op.Query {
		if dice.IntN(2) == 0 {
			value, _ := s.sampler.least(p.Name, p.Schema, 0)
			values.Add(p.Name, mutatedText(dice, plainText(value)))
		}
	}
	if len(values) == 0 {
		return mutatedText(dice, "not_declared=1")
	}
	return values.Encode()
}

var oddValues = []string{
	"null", "true", "0", "-1", "1e400", "9007199254740993", `""`, `"\u0000"`, `"\ud83d\ude00"`, `"a.b*c"`, "[]", "{}", `[null]`, `{"":null}`, `{"a.b":{"*":1}}`,
	`"` + strings.Repeat("a", 5000) + `"`,
}

// mutated changes a body: another of the pool, a member gone, odd or double, or bytes that are cut or turned.
func mutated(dice *rand.Rand, body string, pool []string) string {
	if dice.IntN(3) > 0 {
		body = pool[dice.IntN(len(pool))]
	}
	doc := state.Doc(body)
	var names []string
	if gjson.Valid(body) && doc.Get().IsObject() {
		doc.Get().ForEach(func(key, _ gjson.Result) bool { names = append(names, key.String()); return true })
	}
	odd := oddValues[dice.IntN(len(oddValues))]
	switch n := dice.IntN(8); {
	case n == 0:
		return body
	case n == 1 && body != "":
		return body[:dice.IntN(len(body))]
	case n == 2:
		return odd
	case n == 3 && len(names) > 0:
		return string(doc.Drop(names[dice.IntN(len(names))]))
	case n == 4 && len(names) > 0:
		name := names[dice.IntN(len(names))]
		return strings.TrimSuffix(body, "}") + "," + state.Quote(name) + ":" + odd + "}"
	case n == 5 && body != "":
		bytes := []byte(body)
		bytes[dice.IntN(len(bytes))] ^= 1 << dice.IntN(8)
		return string(bytes)
	case len(names) > 0:
		return string(doc.Set(names[dice.IntN(len(names))], odd))
	}
	return body
}

var oddWords = []string{"", "x", "%", "a/b", "..", "é", "\x00", "a b", "name", "*", "null", "-1", "99999999999999999999", strings.Repeat("x", 300)}

func mutatedText(dice *rand.Rand, text string) string {
	switch dice.IntN(4) {
	case 0:
		return oddWords[dice.IntN(len(oddWords))]
	case 1:
		return text + oddWords[dice.IntN(len(oddWords))]
	}
	return text
}
