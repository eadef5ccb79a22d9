package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/fixtures/tree"
)

// Check holds a scenario to what an emulator offers: that every operation, error, bucket, kind, fixture and vendor that it
// names is there, that the operations can suffer what the rules do, and that each rule can be reached. The error joins up
// to 20 values of type *Problem, which Problems lists.
func (s *Scenario) Check(c Catalogue) error {
	if err := s.validate(); err != nil {
		return err
	}
	k := newCatalogueCheck(s, c)
	if s.Fixture != "" {
		k.known("fixture", "fixture", s.Fixture, c.Fixtures)
	}
	for _, bucket := range sortedKeys(s.Limits) {
		k.known("limits."+bucket, "bucket", bucket, c.Buckets)
	}
	for i := range s.Rules {
		k.rule(i)
	}
	k.unreachable()
	for i := range s.Expect {
		k.expectation(&s.Expect[i], fmt.Sprintf("expect[%d]", i))
	}
	return join(k.problems)
}

// catalogueCheck holds one scenario to one catalogue.
type catalogueCheck struct {
	*checker
	Catalogue
	ids        []string
	selections map[string]*selection // by what selects them
	selected   []*selection          // by each rule
}

// selection is the operations that a rule or an expectation is about.
type selection struct {
	key  string
	ops  []Operation
	bits []uint64 // their places in the catalogue
}

func newCatalogueCheck(s *Scenario, c Catalogue) *catalogueCheck {
	k := &catalogueCheck{checker: &checker{Scenario: s, labels: map[string]int{}}, Catalogue: c, selections: map[string]*selection{}}
	k.selected = make([]*selection, len(s.Rules))
	for i := range s.Rules {
		k.labels[s.Rules[i].Label(i)] = i
	}
	for _, o := range c.Operations {
		if !slices.Contains(k.ids, o.ID) {
			k.ids = append(k.ids, o.ID)
		}
	}
	return k
}

// known refuses a name that the catalogue does not have.
func (k *catalogueCheck) known(path, what, name string, there []string) bool {
	if slices.Contains(there, name) {
		return true
	}
	hint := tree.Meant(name, there)
	if hint == "" && len(there) > 0 && len(there) <= 12 {
		hint = "; there are " + strings.Join(there, ", ")
	}
	k.wrong(path, "no %s %q%s", what, name, hint)
	return false
}

// does says what an operation of an intent does, and what several do.
var does = map[Intent]struct{ one, many string }{
	Writes: {"writes", "write"}, Reads: {"reads", "read"}, Creates: {"creates", "create"}, Updates: {"updates", "update"},
	Deletes: {"deletes", "delete"}, Lists: {"lists", "list"}, Tokens: {"hands out credentials", "hand out credentials"},
}

// choose returns the operations that on and intent are about, of one family where one is asked for, and refuses what
// chooses none.
func (k *catalogueCheck) choose(path string, on []string, intent Intent, family string) *selection {
	key := strings.Join(on, "\n") + "\x00" + string(intent) + "\x00" + family
	if known := k.selections[key]; known != nil {
		return known
	}
	found := &selection{key: key, bits: make([]uint64, len(k.Operations)/64+1)}
	problems := len(k.problems)
	for _, glob := range on {
		if !slices.ContainsFunc(k.ids, func(id string) bool { return matches(glob, id) }) {
			k.wrong(path+".on", "no operation %q%s", glob, k.meantOperation(glob))
		}
	}
	ofAnyFamily := false
	for i, o := range k.Operations {
		if !about(on, intent, &o) {
			continue
		}
		if ofAnyFamily = true; family == "" || o.Family == family {
			found.ops = append(found.ops, o)
			found.bits[i/64] |= 1 << (i % 64)
		}
	}
	if len(found.ops) > 0 {
		k.selections[key] = found
		return found
	}
	if len(k.problems) > problems {
		return found
	}
	switch of := strings.Join(on, ", "); {
	case ofAnyFamily:
		k.wrong(path+".when.family", "none of the operations has the family %q", family)
	case intent != "" && of != "":
		k.wrong(path+".intent", "no operation of %s %s", of, does[intent].one)
	default:
		k.wrong(path+".intent", "no operation %s", does[intent].one)
	}
	return found
}

func (k *catalogueCheck) meantOperation(glob string) string {
	if hint := tree.Meant(glob, k.ids); hint != "" {
		return hint
	}
	vendor, _, _ := strings.Cut(glob, ".")
	if !slices.Contains(k.Vendors, vendor) {
		return "; it begins with a vendor: " + strings.Join(k.Vendors, ", ")
	}
	if strings.Contains(glob, "*") {
		return "; * stands for any characters"
	}
	return ""
}

func (k *catalogueCheck) expectation(e *Expectation, path string) {
	switch {
	case e.Calls != nil:
		k.choose(path+".calls", e.Calls.On, e.Calls.Intent, "")
	case e.NoBlindRepeat != nil:
		s := k.choose(path+".no_blind_repeat", e.NoBlindRepeat.On, e.NoBlindRepeat.Intent, "")
		if len(s.ops) > 0 && !slices.ContainsFunc(s.ops, func(o Operation) bool { return !o.Reads }) {
			k.wrong(path+".no_blind_repeat", "none of the operations writes, and reads may be repeated")
		}
	case e.PagedToTheEnd != nil:
		s := k.choose(path+".paged_to_the_end", e.PagedToTheEnd.On, e.PagedToTheEnd.Intent, "")
		if len(s.ops) > 0 && !slices.ContainsFunc(s.ops, func(o Operation) bool { return slices.Contains(o.Intents, Lists) }) {
			k.wrong(path+".paged_to_the_end", "none of the operations lists")
		}
	case e.GaveUp != nil:
		k.choose(path+".gave_up", e.GaveUp.On, e.GaveUp.Intent, "")
	case e.State != nil:
		for _, kind := range sortedKeys(e.State) {
			k.kind(path+".state."+kind, kind, e.State[kind].Where, ".where")
		}
	}
	for i, on := range e.Order {
		k.choose(fmt.Sprintf("%s.order[%d]", path, i), []string{on}, "", "")
	}
}

// kind refuses a kind that is not there, and members that its documents can't have.
func (k *catalogueCheck) kind(path, name string, members map[string]JSON, at string) {
	i := slices.IndexFunc(k.Kinds, func(kind Kind) bool { return kind.Name == name })
	if i < 0 {
		all := make([]string, len(k.Kinds))
		for i, kind := range k.Kinds {
			all[i] = kind.Name
		}
		k.known(path, "kind", name, all)
		return
	}
	if k.Kinds[i].Members == nil {
		return
	}
	for _, member := range sortedKeys(members) {
		if member != "id" && !slices.Contains(k.Kinds[i].Members, member) {
			k.wrong(path+at+"."+member, "%s has no %q%s", name, member, tree.Meant(member, k.Kinds[i].Members))
		}
	}
}
