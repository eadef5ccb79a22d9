package scenarios

import "time"

// Waited expects waits as told: after each answer of the rule that told one, or with Limits after any.
func Waited(rule string) Expectation { return Expectation{Waited: rule} }

// BackedOff expects growing pauses after the rule's answers.
func BackedOff(rule string) Expectation { return Expectation{BackedOff: rule} }

// AtLeast expects no fewer calls of operations than n.
func AtLeast(n int, on ...string) Expectation {
	return Expectation{Calls: &CallCount{On: on, AtLeast: &n}}
}

// AtMost expects no more calls of operations than n.
func AtMost(n int, on ...string) Expectation {
	return Expectation{Calls: &CallCount{On: on, AtMost: &n}}
}

// Exactly expects n calls of operations.
func Exactly(n int, on ...string) Expectation {
	return Expectation{Calls: &CallCount{On: on, Exactly: &n}}
}

// InOrder expects operations to be first called in this order.
func InOrder(operations ...string) Expectation { return Expectation{Order: operations} }

// NoBlindRepeat expects no equal unsafe request again after an unknown outcome without a read in between.
func NoBlindRepeat(in Scope) Expectation { return Expectation{NoBlindRepeat: &in} }

// Reconciled expects that an answer which the rule lost costs no object and makes none twice.
func Reconciled(rule string) Expectation { return Expectation{Reconciled: rule} }

// GivesUp expects at most so many calls, within so long, after an error that repeating can't mend; within 0: no bound.
func GivesUp(calls int, within time.Duration, on ...string) Expectation {
	return Expectation{GaveUp: &GaveUp{On: on, Within: within, Calls: calls}}
}

// PagedToTheEnd expects each list that is begun to be read to its last page.
func PagedToTheEnd(in Scope) Expectation { return Expectation{PagedToTheEnd: &in} }

// RenewedToken expects another credential after the rule ended one.
func RenewedToken(rule string) Expectation { return Expectation{RenewedToken: rule} }

// Converged expects, in a gauntlet, that the run ends as one without faults does.
func Converged() Expectation { return Expectation{Converged: true} }

// State expects objects of a kind at the end.
func State(kind string, check StateCheck) Expectation {
	return Expectation{State: map[string]StateCheck{kind: check}}
}
