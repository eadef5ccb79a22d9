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
