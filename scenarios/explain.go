package scenarios

import (
	"fmt"
	"slices"
	"strings"
)

// Explain says in plain words what will happen to which call, and what is expected of the client. It supposes that Check
// found nothing wrong.
func (s *Scenario) Explain(c Catalogue) string {
	var b strings.Builder
	head := s.Name
	if s.About != "" {
		head = strings.TrimPrefix(head+": "+s.About, ": ")
	}
	if head != "" {
		b.WriteString(head + "\n")
	}
	for _, bucket := range sortedKeys(s.Limits) {
		fmt.Fprintf(&b, "The bucket %s lets %d calls through when full, and %s flow in.\n", bucket, s.Limits[bucket].Burst, s.Limits[bucket].Refill)
	}
	for i := range s.Rules {
		r := &s.Rules[i]
		fmt.Fprintf(&b, "\n%d. %s: %s.\n", i+1, r.Label(i), r.sentence())
		for _, line := range append(r.remarks(r.operations(c)), r.notes(c)...) {
			b.WriteString("   " + line + "\n")
		}
	}
	if len(s.Expect) > 0 {
		b.WriteString("\nThe client is held to this:\n")
	}
	for i := range s.Expect {
		e := &s.Expect[i]
		fmt.Fprintf(&b, "- %s: %s.\n", unbraced(*e), held[e.keys()[0]])
	}
	return strings.TrimPrefix(b.String(), "\n")
}

// operations are those that the rule is about.
func (r *Rule) operations(c Catalogue) (selected []Operation) {
	family := r.family()
	for _, o := range Select(r.On, r.Intent, c.Operations) {
		if family == "" || o.Family == family {
			selected = append(selected, o)
		}
	}
	return selected
}

// held says what each expectation asks of a client.
var held = map[string]string{
	"waited":           "it comes back no sooner than it was told",
	"backed_off":       "its pauses grow",
	"calls":            "so many calls come",
	"order":            "these are first called in this order",
	"no_blind_repeat":  "it repeats nothing unsafe whose outcome it does not know, before it has looked",
	"reconciled":       "it finds out what became of the call, and there is exactly one object in the end",
	"gave_up":          "after an error that repeating can't mend it stops",
	"paged_to_the_end": "it reads each list that it begins to its last page",
	"renewed_token":    "it goes on with another credential",
	"state":            "this is there in the end",
	"converged":        "it ends well, and leaves what it leaves without faults, as a gauntlet finds out",
}

// sentence says what the rule does to which calls, and when.
func (r *Rule) sentence() string {
	if r.Listener != "" {
		return fmt.Sprintf("connections to %s%s: %s", r.Listener, r.windowWords("the world's first call"), r.effectWords())
	}
	if r.At != nil {
		return fmt.Sprintf("%s after %s, with no call: %s", writeDuration(*r.At), r.sinceWords("the world's first call"), r.effectWords())
	}
	what := r.effectWords()
	if delay := r.Delay.words(); delay != "" {
		what = strings.TrimSuffix(delay+", then "+what, ", then ")
	}
	return fmt.Sprintf("%s%s%s%s, %s (%s): %s", r.callsWords(), r.whenWords(), r.chanceWords(), r.windowWords("the first of them"), phaseWords[r.StrikesAt()], r.StrikesAt(), what)
}

var phaseWords = map[Phase]string{
	BeforeAuth:   "before anybody asks who calls",
	BeforeCommit: "once it is found valid and before anything changes",
	AfterCommit:  "once the change is made and before its answer is sent",
	AfterAnswer:  "once its answer is decided and before that is sent",
	MidBody:      "while the body of its answer is sent",
}

func (r *Rule) callsWords() string {
	of := " of " + strings.Join(r.On, ", ")
	switch {
	case r.Intent != "" && len(r.On) == 0:
		of = " of operations that " + does[r.Intent].many
	case r.Intent != "":
		of += " that " + does[r.Intent].many
	}
	return r.Calls.words() + of + map[Per]string{
		PerOperation: ", counted for each operation", PerResource: ", counted for each path", PerCaller: ", counted for each caller",
	}[r.Per]
}

func (c Calls) words() string {
	switch {
	case c.Every == 1:
		return fmt.Sprintf("every call from the %d. on", c.first())
	case c.Every > 0:
		return fmt.Sprintf("one call in %d, from the %d. on,", c.Every, c.first())
	case c.From <= 1 && c.To == 0:
		return "every call"
	case c.To == 0:
		return fmt.Sprintf("every call from the %d. on", c.From)
	case c.From == c.To:
		return fmt.Sprintf("call %d", c.From)
	}
	return fmt.Sprintf("calls %d to %d", c.From, c.To)
}

// String is the condition in words: path.id is org_1.
func (c Condition) String() string { return c.Part + " is " + inline(c.Test.encode()) }

func (r *Rule) whenWords() string {
	var all []string
	for _, w := range r.When {
		all = append(all, w.String())
	}
	if len(all) == 0 {
		return ""
	}
	return ", where " + strings.Join(all, " and ")
}

func (r *Rule) chanceWords() string {
	if r.Chance == 0 {
		return ""
	}
	return fmt.Sprintf(", with a chance of %s by the seed", r.Chance)
}

func (r *Rule) windowWords(first string) string {
	_, afterRule := r.Since.Rule()
	switch {
	case r.During == Span{} && !afterRule:
		return ""
	case r.During.To == 0:
		return fmt.Sprintf(", from %s after %s on", writeDuration(r.During.From), r.sinceWords(first))
	}
	return fmt.Sprintf(", from %s to %s after %s", writeDuration(r.During.From), writeDuration(r.During.To), r.sinceWords(first))
}

func (r *Rule) sinceWords(first string) string {
	if name, ok := r.Since.Rule(); ok {
		return "rule " + name + " first fires"
	}
	if r.Since == Armed {
		return "the scenario is armed"
	}
	return first
}

// remarks are what more there is to know about a rule that is about such operations.
func (r *Rule) remarks(ops []Operation) (lines []string) {
	if len(r.On) != 1 || len(ops) != 1 || ops[0].ID != r.On[0] {
		var ids []string
		for _, o := range ops {
			if !slices.Contains(ids, o.ID) {
				ids = append(ids, o.ID)
			}
		}
		if len(ids) > 0 {
			lines = append(lines, fmt.Sprintf("Operations (%d): %s.", len(ids), listed(ids)))
		}
	}
	reads := slices.ContainsFunc(ops, func(o Operation) bool { return o.Reads })
	writes := slices.ContainsFunc(ops, func(o Operation) bool { return !o.Reads })
	if r.Lag != 0 && writes {
		lines = append(lines, "Only the reads among them lag.")
	}
	if r.StrikesAt() == AfterCommit && reads {
		lines = append(lines, "Only the writes among them get that far.")
	}
	if r.Optional {
		lines = append(lines, "It may never fire: that fails no test.")
	}
	return lines
}

// Notes says where a scenario that can be played may prove less than its author thinks, a sentence each: faults that
// HTTP/2 can't show, and those that Go's HTTP client mends by itself. Each begins with its rule.
func (s *Scenario) Notes(c Catalogue) (notes []string) {
	for i := range s.Rules {
		for _, note := range s.Rules[i].notes(c) {
			notes = append(notes, fmt.Sprintf("rules[%d] (%s): %s", i, s.Rules[i].Label(i), note))
		}
	}
	return notes
}

func (r *Rule) notes(c Catalogue) (notes []string) {
	if r.Network == nil {
		return nil
	}
	if why := c.HTTP1Only[r.Network.Fault]; why != "" {
		notes = append(notes, fmt.Sprintf("%s is for HTTP/1.1: %s. A call over HTTP/2 goes through; its journal entry says so, and the rule does not fire.", r.Network.Fault, why))
	}
	reads := slices.ContainsFunc(r.operations(c), func(o Operation) bool { return o.Reads })
	if (r.Network.Fault == Reset || r.Network.Fault == Close) && r.StrikesAt() != MidBody && reads && r.Calls.To > 0 {
		notes = append(notes, "Go's HTTP client repeats a GET by itself where this befalls an HTTP/1.1 connection that it had used before. The repeat is "+
			"a call like any other, so a client without retries of its own may never notice: leave out calls, or read the verdicts of this rule as proof of "+
			"the transport alone.")
	}
	return notes
}
