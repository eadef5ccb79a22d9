package vendortest

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// invalidBody breaks every rule of a body's schema, one at a time: members that are missing, unknown or of a wrong type,
// and every bound, at any depth.
func (s *suite) invalidBody(t *testing.T) {
	r := newRig(t, s.vendor)
	s.each(t, func(t *testing.T, q request) {
		if q.op.Body == nil || len(q.op.Media) > 0 {
			return
		}
		for _, w := range s.sampler.wrongs("", q.op.Body) {
			bad := q.withBody(state.Doc(w.value))
			r.wantInvalid(t, bad, w, q.op.Body.Check(spec.InBody, state.Doc(w.value)))
		}
	})
}

// invalidQuery breaks every rule of a row's parameters, leaves out those that it must have, and asks for one that it lacks.
func (s *suite) invalidQuery(t *testing.T) {
	r := newRig(t, s.vendor)
	s.each(t, func(t *testing.T, q request) {
		if bad := q.withQuery("not_declared", "1"); !q.op.QueryOpen {
			r.wantInvalid(t, bad, wrong{rule: spec.RuleAdditional}, q.op.CheckQuery(bad.query))
		}
		for _, p := range q.op.Query {
			if p.Required {
				bad := q.withQuery(p.Name, "")
				delete(bad.query, p.Name)
				r.wantInvalid(t, bad, wrong{rule: spec.RuleRequired}, q.op.CheckQuery(bad.query))
			}
			for _, w := range inText(s.sampler.wrongs(p.Name, p.Schema), p.Schema) {
				bad := q.withQuery(p.Name, w.value)
				r.wantInvalid(t, bad, w.below(p.Name, ""), q.op.CheckQuery(bad.query))
			}
		}
	})
}

// invalidPath breaks every rule of a path's parameters.
func (s *suite) invalidPath(t *testing.T) {
	r := newRig(t, s.vendor)
	s.each(t, func(t *testing.T, q request) {
		for _, p := range q.op.PathParams {
			for _, w := range inText(s.sampler.wrongs(p.Name, p.Schema), p.Schema) {
				if w.value == "" || w.value == "." || w.value == ".." {
					continue // another path, or none
				}
				bad := q.withVar(p.Name, w.value)
				r.wantInvalid(t, bad, w.below(p.Name, ""), q.op.CheckPath(bad.vars))
			}
		}
	})
}

// inText are the wrong values of a parameter as a URL can write them. A text is a string first: what a string schema
// takes is not wrong there.
func inText(wrongs []wrong, schema *spec.Schema) []wrong {
	var all []wrong
	for _, w := range wrongs {
		value := gjson.Parse(w.value)
		if w.path != "" || value.IsObject() || value.IsArray() || w.rule == spec.RuleType && may(schema, spec.String) {
			continue
		}
		w.value = value.String()
		if w.rule == spec.RuleType && (w.value == "" || w.value == "7" && may(schema, spec.Integer|spec.Number)) {
			continue
		}
		all = append(all, w)
	}
	return all
}

// wantInvalid sends a request that breaks one rule. The table must say which, the vendor must have words for it, and the
// answer must be that row's.
func (r *rig) wantInvalid(t *testing.T, q request, w wrong, v *spec.Violation) {
	t.Helper()
	if v == nil || v.Rule != w.rule || v.Path != w.path {
		t.Errorf("%s\nbreaks %s at %q, the table says %s", q, w.rule, w.path, broken(v))
		return
	}
	code, detail := r.vendor.Wording(*v)
	row := r.vendor.Error(q.op, code)
	if row == nil {
		t.Errorf("%s: the table has no row %s for a broken %s", q.op.Name(), code, v.Rule)
		return
	}
	r.wantUnchanged(t, q, func() {
		r.wantRow(t, q, r.send(q, r.owner), row, spec.Fill(row.Message, "detail", detail), "detail", detail)
	})
}

func broken(v *spec.Violation) string {
	if v == nil {
		return "nothing"
	}
	return string(v.Rule) + " at " + v.Path
}

// unreadableBody sends what is no document at all.
func (s *suite) unreadableBody(t *testing.T) {
	r := newRig(t, s.vendor)
	s.each(t, func(t *testing.T, q request) {
		if q.op.Body == nil {
			return
		}
		for name, bad := range map[string]struct {
			rule        spec.Rule
			body, media string
		}{
			"syntax":     {spec.RuleSyntax, `{"a":`, q.media},
			"utf-8":      {spec.RuleSyntax, "{\"a\":\"\xff\"}", q.media},
			"depth":      {spec.RuleSyntax, strings.Repeat("[", 100_000), q.media},
			"media":      {spec.RuleMedia, q.body, "text/plain"},
			"no media":   {spec.RuleMedia, q.body, ""},
			"bad media":  {spec.RuleMedia, q.body, ";;"},
			"size":       {spec.RuleTooLarge, `{"a":"` + strings.Repeat("x", 1<<20) + `"}`, q.media},
			"empty body": {spec.RuleType, "", q.media},
		} {
			if bad.body == "" && q.op.Body.Type&spec.Null != 0 || len(q.op.Media) > 0 && bad.rule != spec.RuleTooLarge {
				continue
			}
			q := q
			q.body, q.media = bad.body, bad.media
			r.wantUnchanged(t, name, func() {
				got := r.send(q, r.owner)
				code, _ := s.vendor.Wording(spec.Violation{Where: spec.InBody, Rule: bad.rule, Schema: q.op.Body, Type: spec.Null, Text: bad.media, Empty: bad.body == ""})
				row := s.vendor.Error(q.op, code)
				if row == nil || got.Status != row.Status || got.Entry.Code != code || !utf8.ValidString(got.Body) {
					t.Errorf("%s %s: answered %d %s %.200q, not %s", q.op.Name(), name, got.Status, got.Entry.Code, got.Body, code)
				}
			})
		}
	})
}
