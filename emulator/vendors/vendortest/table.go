package vendortest

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

var (
	idForm    = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$`)
	wordForm  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.-]*$`)
	scopeForm = regexp.MustCompile(`^[a-z][a-z_]*:[a-z][a-z_]*$`)
	place     = regexp.MustCompile(`\{(\w+)\}`)
)

// table reads a vendor's table for what no type can hold it to.
func table(t *testing.T, v *spec.Vendor) {
	t.Run("operations", func(t *testing.T) { operationsTable(t, v) })
	t.Run("errors", func(t *testing.T) { errorsTable(t, v) })
	t.Run("kinds", func(t *testing.T) { kindsTable(t, v) })
	t.Run("limits", func(t *testing.T) { limitsTable(t, v) })
	t.Run("schemas", func(t *testing.T) { schemasTable(t, v) })
}

func operationsTable(t *testing.T, v *spec.Vendor) {
	names, routes := map[string]bool{}, map[string]bool{}
	plain := map[string]int{}
	for i := range v.Operations {
		plain[v.Operations[i].ID]++
	}
	for i := range v.Operations {
		op := &v.Operations[i]
		complain := func(wrong bool, what string) {
			if wrong {
				t.Errorf("%s %s: %s", op.Name(), op.Path, what)
			}
		}
		complain(!idForm.MatchString(op.ID), "the ID is not resource.verb in snake case")
		complain(names[op.Name()], "two rows have this ID and Family")
		complain(routes[op.Method+" "+op.Path], "two rows have this method and path")
		names[op.Name()], routes[op.Method+" "+op.Path] = true, true
		complain(plain[op.ID] > 1 && op.Family == "", "the ID stands in several rows and this one has no Family")
		complain(!slices.Contains([]string{"GET", "POST", "PUT", "PATCH", "DELETE"}, op.Method), "the method is "+op.Method)
		complain(!v.Owns(op.Path), "the path is outside the vendor's prefixes")
		complain(op.Summary == "" || strings.HasSuffix(op.Summary, "."), "the summary is missing or ends in a full stop")
		complain(op.Evidence.Grade == spec.Ungraded || op.Evidence.Source == "", "no evidence")
		complain(op.Handle == nil, "no handler")
		complain(op.Status < 200 || op.Status > 299, "the status of success is not 2xx")
		complain(op.Reply != nil && op.Status == 204 && len(op.Also) == 0, "a reply schema, and 204")
		complain((op.Method == "GET" || op.Method == "HEAD") && op.Body != nil, "a reading row has a body")
		complain(op.Public == (len(op.Needs) > 0), "either Public or Needs, and not both")
		for _, need := range op.Needs {
			complain(len(v.Roles) == 0 && !scopeForm.MatchString(need), need+" is not like a scope")
			complain(len(v.Roles) > 0 && !slices.Contains(v.Roles, need), need+" is none of the vendor's roles")
		}
		complain(op.Limit != "" && v.Bucket(op.Limit) == nil, "no bucket "+op.Limit)
		declared := map[string]bool{}
		for _, p := range op.PathParams {
			complain(declared[p.Name] || !slices.Contains(op.Vars(), p.Name), "the path parameter "+p.Name+" is declared twice or not in the path")
			complain(p.Schema == nil || p.Evidence.Grade == spec.Ungraded, "the path parameter "+p.Name+" has no schema or no evidence")
			declared[p.Name] = true
		}
		for _, name := range op.Vars() {
			complain(!declared[name] && kindOf(v, op, name) == "", "the path parameter "+name+" is not declared, and names no kind")
		}
		for _, p := range op.Query {
			complain(declared["?"+p.Name], "the parameter "+p.Name+" is declared twice")
			complain(p.Schema == nil || p.Evidence.Grade == spec.Ungraded, "the parameter "+p.Name+" has no schema or no evidence")
			declared["?"+p.Name] = true
		}
	}
}

func errorsTable(t *testing.T, v *spec.Vendor) {
	check := func(where string, rows []spec.Error) {
		codes := map[string]bool{}
		for i := range rows {
			e := &rows[i]
			complain := func(wrong bool, what string) {
				if wrong {
					t.Errorf("%s, error %q: %s", where, e.Code, what)
				}
			}
			complain(codes[e.Code], "two rows have this code")
			codes[e.Code] = true
			complain(!wordForm.MatchString(e.Code), "the code is no word that a scenario can name")
			complain(slices.Contains(spec.Classes, spec.Class(e.Code)) && e.Class != spec.Class(e.Code), "the code is the name of another class")
			complain(e.Status < 400 || e.Status > 599, "the status is not 4xx or 5xx")
			complain(e.Evidence.Grade == spec.Ungraded || e.Evidence.Source == "", "no evidence")
			complain(e.Class != "" && !slices.Contains(spec.Classes, e.Class), "no class "+string(e.Class))
			complain(e.On != nil && !errors.Is(e.On, state.ErrNotFound) && !errors.Is(e.On, state.ErrConflict), "On is neither of the state's causes")
			for _, name := range place.FindAllStringSubmatch(spec.Fill(e.Message, e.Sample...), -1) {
				complain(!strings.Contains(strings.Join(e.Sample, "\n"), name[0]), "the sample has nothing for "+name[0])
			}
		}
	}
	check(v.Name, v.Errors)
	for i := range v.Operations {
		check(v.Operations[i].Name(), v.Operations[i].Errors)
	}
}

func kindsTable(t *testing.T, v *spec.Vendor) {
	f := newFinder(newRig(t, v))
	for i := range v.Kinds {
		k := &v.Kinds[i]
		if k.Key == nil || k.Identify == nil || k.Schema == nil || k.Evidence.Grade == spec.Ungraded && !k.Internal {
			t.Errorf("kind %s lacks a Key, Identify, a Schema or its evidence", k.Name)
			continue
		}
		for field, target := range k.Refs {
			if v.Kind(target) == nil {
				t.Errorf("kind %s: %s refers to the kind %q, which is none", k.Name, field, target)
			}
		}
		if slices.Contains(f.ids[k.Name], "") {
			t.Errorf("kind %s: an object has no id", k.Name)
		}
	}
}

func limitsTable(t *testing.T, v *spec.Vendor) {
	used := map[string]bool{}
	for i := range v.Operations {
		used[v.Operations[i].Limit] = true
	}
	if len(v.Buckets) > 0 && len(v.Presets) == 0 {
		t.Error("there are buckets, and no preset")
	}
	for _, b := range v.Buckets {
		if b.Evidence.Grade == spec.Ungraded || !b.Global && !used[b.Name] {
			t.Errorf("bucket %s has no evidence, or no row uses it", b.Name)
		}
		for preset, rate := range b.Rates {
			if !slices.Contains(v.Presets, preset) || rate.Burst <= 0 || rate.Refill <= 0 || rate.Per <= 0 {
				t.Errorf("bucket %s: the rate %q is %+v", b.Name, preset, rate)
			}
		}
	}
	for _, h := range v.Headers {
		if h.Name == "" || h.Example == "" || h.Evidence.Grade == spec.Ungraded {
			t.Errorf("header %q lacks a name, an example or its evidence", h.Name)
		}
	}
}

func schemasTable(t *testing.T, v *spec.Vendor) {
	for i := range v.Operations {
		op := &v.Operations[i]
		for _, p := range slices.Concat(op.PathParams, op.Query) {
			schemaTable(t, v, op.Name()+" "+p.Name, p.Schema)
		}
		schemaTable(t, v, op.Name()+" body", op.Body)
		schemaTable(t, v, op.Name()+" reply", op.Reply)
	}
	for i := range v.Kinds {
		schemaTable(t, v, v.Kinds[i].Name, v.Kinds[i].Schema)
	}
}

// maxRequired bounds the place of a required member: presence is counted in one word of 64 bits.
const maxRequired = 64

func schemaTable(t *testing.T, v *spec.Vendor, where string, s *spec.Schema) {
	if s == nil {
		return
	}
	if s.By != "" {
		if by := s.Field(s.By); by == nil || len(by.Enum) != len(s.Variants) {
			t.Errorf("%s: %s is no member that lists its variants", where, s.By)
			return
		}
		for _, shape := range s.Shapes() {
			schemaTable(t, v, where, shape)
		}
		return
	}
	for _, p := range []*spec.Pattern{s.Pattern, s.Format} {
		if p != nil && (p.Text == "" || p.Is == nil) {
			t.Errorf("%s: a pattern lacks its text or its test", where)
		}
	}
	for _, raw := range []string{s.Default, s.Example} {
		if raw == "" {
			continue
		}
		if !gjson.Valid(raw) {
			t.Errorf("%s: %s is no JSON", where, raw)
		} else if broken := s.Check(spec.InBody, state.Doc(raw)); broken != nil && raw != "null" {
			t.Errorf("%s: the schema refuses its own %s: %s", where, raw, broken.Rule)
		}
	}
	if kind, _, _ := strings.Cut(s.Kind, "."); kind != "" && v.Kind(kind) == nil {
		t.Errorf("%s names the kind %q, which is none", where, kind)
	}
	if s.MaxLength > 0 && s.MinLength > s.MaxLength || s.MaxItems > 0 && s.MinItems > s.MaxItems || s.Min != nil && s.Max != nil && *s.Min > *s.Max {
		t.Errorf("%s: a bound's least is over its most", where)
	}
	seen := map[string]bool{}
	for i, f := range s.Fields {
		if seen[f.Name] || f.Required && i >= maxRequired {
			t.Errorf("%s.%s is declared twice, or required and behind %d others", where, f.Name, maxRequired)
		}
		seen[f.Name] = true
		schemaTable(t, v, where+"."+f.Name, f.Schema)
	}
	schemaTable(t, v, where+"[]", s.Items)
	schemaTable(t, v, where+".*", s.Values)
}
