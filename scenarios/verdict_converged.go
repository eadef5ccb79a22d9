package scenarios

const uncompared = "only a gauntlet compares the end with that of a run without faults"

func (h *history) converged() Verdict {
	switch {
	case h.end == nil:
		return unproven(uncompared)
	case h.end.Converged:
		return pass(h.end.Why, nil)
	}
	return fail(h.end.Why, nil)
}

// Notable are the calls that tell how a run went, at most 50: writes, those that a rule struck, and those that did not
// succeed.
func (t Trace) Notable() []Moment {
	h := newHistory(t)
	var calls []int
	for i, c := range h.calls {
		if c.writes() || len(c.Rules) > 0 || !c.succeeded() {
			calls = append(calls, i)
		}
	}
	return h.timeline(calls, noNote)
}
