package scenarios

import (
	"fmt"
	"slices"
)

// unreachable refuses each rule whose calls an earlier one strikes one and all.
//
// Which calls two rules share depends on how each counts, so only what is certain is refused: an earlier rule that strikes
// every call of its phase, or one that counts the very same calls.
func (k *catalogueCheck) unreachable() {
	always, same := map[Phase][]int{}, map[twins][]int{}
	for i := range k.Rules {
		r := &k.Rules[i]
		if r.Effect() == "" || len(k.selected[i].ops) == 0 {
			continue
		}
		at, alike := r.StrikesAt(), twins{k.selected[i].key, r.StrikesAt(), r.per()}
		if j := k.hiddenBy(i, always, same[alike]); j >= 0 {
			k.wrong(fmt.Sprintf("rules[%d]", i), "never reached: %s, above, strikes all its calls", k.Rules[j].Label(j))
		} else if r.surely() && (Calls{}).in(r.Calls) && r.everSince() {
			always[at] = append(always[at], i)
		} else if r.surely() {
			same[alike] = append(same[alike], i)
		}
	}
}

// twins count the same calls, if they have no conditions.
type twins struct {
	selection string
	phase     Phase
	per       Per
}

// hiddenBy returns the earlier rule because of which a rule never strikes, or -1.
func (k *catalogueCheck) hiddenBy(i int, always map[Phase][]int, alike []int) int {
	r := &k.Rules[i]
	for _, j := range always[r.StrikesAt()] {
		if k.selected[j].holds(k.selected[i]) {
			return j
		}
	}
	for _, j := range always[BeforeAuth] {
		// An answer at before_auth leaves no call for any later phase.
		ends := k.Rules[j].Fail != "" || k.Rules[j].Answer != nil || k.Rules[j].Network != nil
		if ends && r.StrikesAt() != BeforeAuth && k.selected[j].holds(k.selected[i]) {
			return j
		}
	}
	for _, j := range always[BeforeCommit] {
		// A call that is answered there is not carried out; one that is broken there has no answer either.
		ends := k.Rules[j].Fail != "" || k.Rules[j].Answer != nil || k.Rules[j].Network != nil
		later := r.StrikesAt() == AfterCommit || k.Rules[j].Network != nil && (r.StrikesAt() == AfterAnswer || r.StrikesAt() == MidBody)
		if ends && later && k.selected[j].holds(k.selected[i]) {
			return j
		}
	}
	if len(r.When) > 0 {
		return -1
	}
	for _, j := range alike {
		if r.Calls.in(k.Rules[j].Calls) && r.windowIn(&k.Rules[j]) {
			return j
		}
	}
	return -1
}

// surely tells whether the rule's effect takes place at every call that it means.
func (r *Rule) surely() bool {
	takesPlace := []string{"fail", "answer", "network", "rate_limit", "clock"}
	return len(r.When) == 0 && r.Chance == 0 && slices.Contains(takesPlace, r.Effect())
}

func (r *Rule) per() Per {
	if r.Per == "" {
		return PerRule
	}
	return r.Per
}

func (r *Rule) since() Since {
	if r.Since == "" {
		return FirstCall
	}
	return r.Since
}

// everSince tells whether the rule is active for every call that it counts.
func (r *Rule) everSince() bool {
	_, waits := r.Since.Rule()
	return r.During == Span{} && !waits
}

// windowIn tells whether the rule is active only while another is that counts the same calls.
func (r *Rule) windowIn(other *Rule) bool {
	in, of := r.During, other.During
	return other.everSince() || r.since() == other.since() && of.From <= in.From && (of.To == 0 || in.To != 0 && in.To <= of.To)
}

// in tells whether all calls of c are surely of another choice, too.
func (c Calls) in(of Calls) bool {
	switch {
	case of.Every <= 1:
		return max(of.From, 1) <= c.first() && (of.To == 0 || c.To != 0 && c.To <= of.To)
	case c.Every > 0:
		return c.Every%of.Every == 0 && of.Has(c.first())
	}
	return c.From == c.To && of.Has(c.From)
}

// first is the first call that is meant.
func (c Calls) first() int {
	if c.From == 0 {
		return max(c.Every, 1)
	}
	return c.From
}

// holds tells whether all operations of another selection are of this one.
func (s *selection) holds(other *selection) bool {
	for i, bits := range other.bits {
		if bits&^s.bits[i] != 0 {
			return false
		}
	}
	return true
}
