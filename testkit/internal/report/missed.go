package report

import (
	"fmt"
	"strings"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/scenarios"
)

// missedRules says of each rule that had to fire and never did how near it came.
func (w World) missedRules() (lines []string) {
	if w.Scenario == nil {
		return nil
	}
	for i, r := range w.Scenario.Rules {
		if r.Fired == 0 && !r.Optional {
			why := r.Idle
			if why == "" {
				why = w.howNear(&w.Scenario.Scenario.Rules[i], r.Matched)
			}
			lines = append(lines, "never fired: "+r.Name+": "+why)
		}
	}
	return lines
}

// howNear tells what the rule waited for, and which calls were almost what it is about.
func (w World) howNear(r *scenarios.Rule, counted int) string {
	switch {
	case r.Listener != "":
		return "no connection came to what it is about, " + r.Listener
	case r.At != nil:
		return "its moment never came"
	case counted > 0:
		return fmt.Sprintf("%s, but not at a time when it strikes%s", came(counted), window(r))
	}
	var near []emulator.Entry
	for _, e := range w.Entries {
		if e.Seq > w.PlayedAfter && selects(r, e.Operation) {
			near = append(near, e)
		}
	}
	if near == nil {
		return fmt.Sprintf("no call came of %s", strings.Join(append(r.On, string(r.Intent)), " "))
	}
	last := near[len(near)-1]
	return fmt.Sprintf("%s, and none %s; the last was %s %s", came(len(near)), conditions(r), last.Method, last.Path)
}

func came(n int) string {
	if n == 1 {
		return "1 call came that it is about"
	}
	return fmt.Sprintf("%d calls came that it is about", n)
}

// window is when the rule strikes, of all that it counts.
func window(r *scenarios.Rule) string {
	if text := r.Calls.String(); text != "" {
		return ": calls " + text
	}
	return ""
}

// conditions are what makes a call one of the rule's, beside its operation.
func conditions(r *scenarios.Rule) string {
	var all []string
	for _, c := range r.When {
		all = append(all, c.String())
	}
	if all == nil {
		return "got as far as " + string(r.StrikesAt())
	}
	return "where " + strings.Join(all, " and ")
}

func selects(r *scenarios.Rule, operation string) bool {
	for _, o := range scenarios.Select(r.On, r.Intent, emulator.Catalogue().Operations) {
		if o.ID == operation {
			return true
		}
	}
	return false
}
