package scenarios

import (
	"cmp"
	"fmt"
)

// Verdicts answers each of the scenario's expectations, in their order, from a trace alone.
//
// An expectation of a rule that never fired is unproven, never passed. Where earlier calls are no longer known (Gone) a
// pass is unproven too, except those of the end, which go by no calls; a failure stays one where the calls that are
// known prove it. A digest challenge, the 401 to a request that brings no credential, is not a call here.
func (s *Scenario) Verdicts(t Trace) []Verdict {
	h := newHistory(t)
	verdicts := make([]Verdict, 0, len(s.Expect))
	for i := range s.Expect {
		e := &s.Expect[i]
		v := h.judge(e)
		if t.Gone && v.Outcome == Pass && e.State == nil && !e.Converged {
			v.Outcome, v.Why = Unproven, "earlier calls are no longer known; by those that are, "+v.Why
		}
		v.Expectation = unbraced(*e)
		verdicts = append(verdicts, v)
	}
	return verdicts
}

func (h *history) judge(e *Expectation) Verdict {
	rule := cmp.Or(e.Waited, e.BackedOff, e.Reconciled, e.RenewedToken)
	if rule != "" && e.Waited != Limits {
		if why := h.unstruck(rule); why != "" {
			return unproven(why)
		}
	}
	switch {
	case e.Waited != "":
		return h.waited(e.Waited)
	case e.BackedOff != "":
		return h.backedOff(e.BackedOff)
	case e.Calls != nil:
		return h.counted(e.Calls)
	case len(e.Order) > 0:
		return h.ordered(e.Order)
	case e.NoBlindRepeat != nil:
		return h.noBlindRepeat(e.NoBlindRepeat)
	case e.Reconciled != "":
		return h.reconciled(e.Reconciled)
	case e.GaveUp != nil:
		return h.gaveUp(e.GaveUp)
	case e.PagedToTheEnd != nil:
		return h.pagedToTheEnd(e.PagedToTheEnd)
	case e.RenewedToken != "":
		return h.renewedToken(e.RenewedToken)
	case e.State != nil:
		return h.state(e.State)
	case e.Converged:
		return h.converged()
	}
	return unproven("it holds the client to nothing")
}

// unstruck says why a rule can prove nothing: it is unknown, never fired, or fired on no call that is known.
func (h *history) unstruck(rule string) string {
	report, known := h.rules[rule]
	switch {
	case !known:
		return fmt.Sprintf("there is no rule %s", rule)
	case report.Fired == 0 && report.Matched == 0:
		return fmt.Sprintf("the rule %s never fired: no call was one that it is about", rule)
	case report.Fired == 0:
		why := fmt.Sprintf("the rule %s never fired, though %s came that it is about", rule, count(report.Matched, "call"))
		if report.Idle != "" {
			why += ": " + report.Idle
		}
		return why
	case len(h.struck[rule]) == 0:
		return fmt.Sprintf("the rule %s fired, but on no call that is known", rule)
	}
	return ""
}

func pass(why string, timeline []Moment) Verdict {
	return Verdict{Outcome: Pass, Why: why, Timeline: timeline}
}

func fail(why string, timeline []Moment) Verdict {
	return Verdict{Outcome: Fail, Why: why, Timeline: timeline}
}

func unproven(why string, timeline ...Moment) Verdict {
	return Verdict{Outcome: Unproven, Why: why, Timeline: timeline}
}
