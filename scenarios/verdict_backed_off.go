package scenarios

import (
	"fmt"
	"slices"
	"time"
)

// Bounds of what counts as growing pauses. Chance in a pause hides growth where there are few.
const (
	growth = 1.5  // how much longer than the earlier pauses the later ones must be
	many   = 6    // pauses tell the two apart
	alike  = 1.1  // how much longer than the shortest pause of a fixed pace the longest is, at most
	paired = 1.02 // likewise where there are but two
	atOnce = 50 * time.Millisecond
)

func (h *history) backedOff(rule string) Verdict {
	runs, apart := h.runs(rule)
	var judged, unclear []pause
	longest := 0
	for _, run := range runs {
		longest = max(longest, len(run))
		if len(run) < 2 {
			continue
		}
		earlier, later := halves(run)
		switch {
		case later > earlier && float64(later) >= growth*float64(earlier):
			judged = append(judged, run...)
		case steady(run, earlier):
			return fail(fmt.Sprintf("the pauses before repeating %s did not grow by half: the median was %s at first and %s later",
				h.calls[run[0].from].Operation, inWords(earlier), inWords(later)), h.pauses(run, noPauseNote))
		default:
			unclear = append(unclear, run...)
		}
	}
	switch {
	case len(apart) > 0:
		return unproven("the world's clock stood or was set during a pause", h.pauses(apart, noPauseNote)...)
	case len(judged) > 0:
		return pass(fmt.Sprintf("the pauses grew: the last was %s, the first %s", inWords(judged[len(judged)-1].long), inWords(judged[0].long)), h.pauses(judged, noPauseNote))
	case len(unclear) > 0:
		return unproven(fmt.Sprintf("the pauses are of so different length, and so few, that chance may hide whether they grow: %s in a row", count(longest, "pause")),
			h.pauses(unclear, noPauseNote)...)
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

// steady tells whether pauses that have not grown show no back-off: none comes between, all are alike, or there are so many
// that a longer one would be among the later ones.
func steady(run []pause, earlier time.Duration) bool {
	shortest, longest := run[0].long, run[0].long
	for _, p := range run {
		shortest, longest = min(shortest, p.long), max(longest, p.long)
	}
	latest := time.Duration(0)
	for _, p := range run[len(run)-len(run)/2:] {
		latest = max(latest, p.long)
	}
	close := alike
	if len(run) == 2 {
		close = paired
	}
	return longest < atOnce || float64(longest) <= close*float64(shortest) || len(run) >= many && float64(latest) < growth*float64(earlier)
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
