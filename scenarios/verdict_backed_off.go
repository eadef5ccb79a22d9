package scenarios

import (
	"fmt"
	"slices"
	"time"
)

// Bounds of what counts as growing pauses. Chance in a pause hides growth where there are few.
const (
	growth = 1.5  // how much longer than the earlier pauses the later ones must be
	many   = 6    // pauses tell a fixed pace from chance
	alike  = 1.03 // how much longer than the shortest pause of a fixed pace the longest is, at most, where there are fewer
	atOnce = 10 * time.Millisecond
)

func (h *history) backedOff(rule string) Verdict {
	runs, apart := h.runs(rule)
	var grown, fixed, unclear []pause
	longest := 0
	for _, run := range runs {
		longest = max(longest, len(run))
		switch {
		case len(run) < 2:
		case grows(run):
			grown = append(grown, run...)
		case len(run) >= many && !everGrows(run):
			return h.tooSteady(run)
		case sameLength(run):
			fixed = append(fixed, run...)
		default:
			unclear = append(unclear, run...)
		}
	}
	if len(fixed) > 0 && len(grown)+len(unclear) == 0 {
		return h.tooSteady(fixed)
	}
	switch {
	case len(apart) > 0:
		return unproven("the world's clock stood or was set during a pause", h.pauses(apart, noPauseNote)...)
	case len(grown) > 0:
		return pass(fmt.Sprintf("the pauses grew: the last was %s, the first %s", inWords(grown[len(grown)-1].long), inWords(grown[0].long)), h.pauses(grown, noPauseNote))
	case len(unclear)+len(fixed) > 0:
		return unproven(fmt.Sprintf("the pauses are of so different length, and so few, that chance may hide whether they grow: %s in a row", count(longest, "pause")),
			h.pauses(append(fixed, unclear...), noPauseNote)...)
	}
	return unproven(fmt.Sprintf("it takes two pauses in a row before equal requests, after answers of %s that tell no wait; there were %d", rule, longest),
		h.timeline(h.struck[rule], noNote)...)
}

// runs are the pauses between equal requests, as long as the rule struck them without a break. Where the answer told a
// wait, its length is not the client's to choose.
func (h *history) runs(rule string) (runs [][]pause, apart []pause) {
	for _, equal := range h.equals {
		var run []pause
		for _, i := range equal {
			next := h.next(equal, i)
			_, toldWait := told(h.calls[i])
			if next >= 0 && !toldWait && slices.Contains(h.calls[i].Rules, rule) {
				p := pause{from: i, to: next, long: h.since(i, next)}
				if !h.apart(i, next) {
					run = append(run, p)
					continue
				}
				apart = append(apart, p)
			}
			runs, run = append(runs, run), nil
		}
		runs = append(runs, run)
	}
	return runs, apart
}

func (h *history) tooSteady(run []pause) Verdict {
	earlier, later := halves(run)
	return fail(fmt.Sprintf("the pauses before repeating %s did not grow by half: the median was %s at first and %s later",
		h.calls[run[0].from].Operation, inWords(earlier), inWords(later)), h.pauses(run, noPauseNote))
}

// grows tells whether the later pauses are longer than the earlier ones, or than the first: some stop growing at a bound.
func grows(run []pause) bool {
	earlier, later := halves(run)
	return isLonger(later, earlier) || len(run) > 3 && isLonger(later, run[0].long)
}

// everGrows tells whether any of the later pauses is longer than the earlier ones.
func everGrows(run []pause) bool {
	earlier, _ := halves(run)
	return slices.ContainsFunc(run[len(run)-len(run)/2:], func(p pause) bool { return isLonger(p.long, earlier) })
}

func isLonger(later, earlier time.Duration) bool {
	return later > earlier && float64(later) >= growth*float64(earlier)
}

// sameLength tells whether nothing comes between repeats, or the same each time.
func sameLength(run []pause) bool {
	shortest, longest := run[0].long, run[0].long
	for _, p := range run {
		shortest, longest = min(shortest, p.long), max(longest, p.long)
	}
	return longest < atOnce || float64(longest) <= alike*float64(shortest)
}

// halves are the medians of the earlier and the later half; of an odd number the middle one counts for neither.
func halves(run []pause) (earlier, later time.Duration) {
	half := len(run) / 2
	return median(run[:half]), median(run[len(run)-half:])
}

func median(pauses []pause) time.Duration {
	var long []time.Duration
	for _, p := range pauses {
		long = append(long, p.long)
	}
	slices.Sort(long)
	a, b := long[(len(long)-1)/2], long[len(long)/2]
	return a + (b-a)/2
}
