package scenarios

import (
	"cmp"
	"maps"
	"strings"
)

// For returns a copy that is about one vendor alone. What names no vendor, by an intent alone or by a glob that begins with
// *, is then about its operations. What is about other vendors is left out: rules, limits, and expectations of such calls,
// kinds and rules.
func (s *Scenario) For(vendor string) *Scenario {
	n := narrowing{vendor: vendor, gone: map[string]bool{}}
	narrowed := *s
	rules := n.rules(s.Rules)
	narrowed.Rules = make([]Rule, 0, len(rules))
	for _, i := range rules {
		r := s.Rules[i]
		if len(rules) < len(s.Rules) {
			r.Name = r.Label(i) // by its place it would be called otherwise now
		}
		r.On, _ = n.operations(r.On, r.Intent)
		narrowed.Rules = append(narrowed.Rules, r)
	}
	var expected []int
	narrowed.Expect = make([]Expectation, 0, len(s.Expect))
	for i := range s.Expect {
		if e, is := n.expectation(s.Expect[i]); is {
			narrowed.Expect, expected = append(narrowed.Expect, e), append(expected, i)
		}
	}
	narrowed.Limits = maps.Clone(s.Limits)
	maps.DeleteFunc(narrowed.Limits, func(bucket string, _ Limit) bool { return !n.names(bucket) })
	if s.source != nil {
		narrowed.source = s.source.keeping(rules, expected)
	}
	return &narrowed
}

// narrowing leaves out of a scenario what is not about a vendor.
type narrowing struct {
	vendor string
	gone   map[string]bool // rules that are left out
}

// names tells whether an id or a glob may be the vendor's.
func (n *narrowing) names(id string) bool {
	of, _, _ := strings.Cut(id, ".")
	return matches(of, n.vendor)
}

// operations are those of on that are the vendor's; false where on has others alone.
func (n *narrowing) operations(on []string, intent Intent) (own []string, is bool) {
	if len(on) == 0 && intent != "" {
		return []string{n.vendor + ".*"}, true
	}
	for _, glob := range on {
		if strings.HasPrefix(glob, "*") {
			own = append(own, n.vendor+"."+glob)
		} else if n.names(glob) {
			own = append(own, glob)
		}
	}
	return own, len(own) > 0 || len(on) == 0
}

// rules are the places of those about the vendor. A rule that begins with one that is left out goes with it.
func (n *narrowing) rules(all []Rule) (kept []int) {
	for {
		kept = kept[:0]
		before := len(n.gone)
		for i := range all {
			r := &all[i]
			_, is := n.operations(r.On, r.Intent)
			since, _ := strings.CutPrefix(string(r.Since), "rule ")
			other := r.Listener != "" && r.Listener != n.vendor || r.At != nil && r.Change != nil && !n.names(r.Change.Kind())
			if !is || other || n.gone[since] {
				n.gone[r.Label(i)] = true
				continue
			}
			kept = append(kept, i)
		}
		if len(n.gone) == before {
			return kept
		}
	}
}

// expectation is what is left of one; false where it is about other vendors alone.
func (n *narrowing) expectation(e Expectation) (Expectation, bool) {
	is := !n.gone[cmp.Or(e.Waited, e.BackedOff, e.Reconciled, e.RenewedToken)]
	scope := func(on *[]string, intent Intent) { *on, is = n.operations(*on, intent) }
	switch {
	case e.NoBlindRepeat != nil:
		to := *e.NoBlindRepeat
		scope(&to.On, to.Intent)
		e.NoBlindRepeat = &to
	case e.PagedToTheEnd != nil:
		to := *e.PagedToTheEnd
		scope(&to.On, to.Intent)
		e.PagedToTheEnd = &to
	case e.Calls != nil:
		to := *e.Calls
		scope(&to.On, to.Intent)
		e.Calls = &to
	case e.GaveUp != nil:
		to := *e.GaveUp
		scope(&to.On, to.Intent)
		e.GaveUp = &to
	case e.Order != nil:
		e.Order, _ = n.operations(e.Order, "")
		is = len(e.Order) > 1
	case e.State != nil:
		e.State = maps.Clone(e.State)
		maps.DeleteFunc(e.State, func(kind string, _ StateCheck) bool { return !n.names(kind) })
		is = len(e.State) > 0
	}
	return e, is
}
