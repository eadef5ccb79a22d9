package scenarios

import (
	"fmt"
	"slices"
	"strings"
)

// Label is the rule's name or, where it has none, rule-N; i is its place in the scenario, from 0.
func (r *Rule) Label(i int) string {
	if r.Name != "" {
		return r.Name
	}
	return fmt.Sprintf("rule-%d", i+1)
}

// Effect is the key of what the rule does, without its delay: "fail", "network". "" for a rule that has but a delay.
func (r *Rule) Effect() string {
	if keys := r.effects(); len(keys) > 0 {
		return keys[0]
	}
	return ""
}

// effects are the keys of all effects that are given; a rule that is valid has one at most.
func (r *Rule) effects() (keys []string) {
	for _, e := range []struct {
		key   string
		given bool
	}{
		{"fail", r.Fail != ""}, {"rate_limit", r.RateLimit != nil}, {"answer", r.Answer != nil}, {"patch", r.Patch != nil},
		{"network", r.Network != nil}, {"lag", r.Lag != 0}, {"change", r.Change != nil}, {"revoke", r.Revoke},
		{"expire", r.Expire}, {"clock", r.Clock != nil}, {"hold", r.Hold != nil},
	} {
		if e.given {
			keys = append(keys, e.key)
		}
	}
	return keys
}

// StrikesAt is the phase at which the rule counts calls and strikes: the given one or its effect's default. "" for a rule
// about no calls, by listener or at.
func (r *Rule) StrikesAt() Phase {
	if r.Phase != "" || r.Listener != "" || r.At != nil {
		return r.Phase
	}
	if e, ok := r.entry(); ok {
		return e.Default
	}
	return BeforeCommit
}

// entry is the row of Effects that tells of the rule's effect, or of its delay where it has no other.
func (r *Rule) entry() (Effect, bool) {
	key, fault := r.Effect(), Fault("")
	if r.Network != nil && key == "network" {
		fault = r.Network.Fault
	}
	if key == "" {
		key = "delay"
	}
	for _, e := range effects {
		if e.Key == key && e.Fault == fault {
			return e, true
		}
	}
	return Effect{}, false
}

// Select returns the operations that are about: those of on, ids or globs in which * spans dots, that are of the intent,
// where one is given; by intent alone, all that are of it.
func Select(on []string, intent Intent, ops []Operation) []Operation {
	var selected []Operation
	for i := range ops {
		if about(on, intent, &ops[i]) {
			selected = append(selected, ops[i])
		}
	}
	return selected
}

func about(on []string, intent Intent, o *Operation) bool {
	if intent != "" && !slices.Contains(o.Intents, intent) || intent == "" && len(on) == 0 {
		return false
	}
	return len(on) == 0 || slices.ContainsFunc(on, func(glob string) bool { return matches(glob, o.ID) })
}

// matches tells whether an id fits a glob.
func matches(glob, id string) bool {
	parts := strings.Split(glob, "*")
	if len(parts) == 1 {
		return glob == id
	}
	rest, ok := strings.CutPrefix(id, parts[0])
	if !ok {
		return false
	}
	last := parts[len(parts)-1]
	for _, part := range parts[1 : len(parts)-1] {
		at := strings.Index(rest, part)
		if at < 0 {
			return false
		}
		rest = rest[at+len(part):]
	}
	return strings.HasSuffix(rest, last)
}
