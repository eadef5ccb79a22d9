package scenarios

import (
	"cmp"
	"fmt"
	"slices"
)

// waits sorts the answers that told a wait by what came of them.
type waits struct {
	tooSoon, kept []pause
	apart         []pause // the pause can't be measured
	brief         []int   // told so little that any call heeds it
	alone         []int   // no call followed
}

func (h *history) waited(rule string) Verdict {
	w := h.waits(rule)
	switch {
	case len(w.tooSoon) > 0:
		return h.cameTooSoon(w)
	case len(w.apart) > 0:
		return unproven("the world's clock stood or was set between an answer that told a wait and the next call", h.pauses(w.apart, noPauseNote)...)
	case len(w.kept) > 0:
		closest := slices.MinFunc(w.kept, func(a, b pause) int { return cmp.Compare(a.long-a.told.least(), b.long-b.told.least()) })
		return pass(fmt.Sprintf("the client came back no sooner than told, %s; the closest: told %s, good to %s, and waited %s",
			times(len(w.kept)), inWords(closest.told.long), inWords(closest.told.slack), inWords(closest.long)), h.pauses(w.kept, noPauseNote))
	case len(w.brief) > 0:
		return unproven("the waits told were too short to judge: a moment in whole seconds is good to 1s, others to 0.05s", h.timeline(w.brief, noNote)...)
	case len(w.alone) > 0:
		return unproven("no call followed that must have known of the wait told", h.timeline(w.alone, noNote)...)
	case rule == Limits:
		return unproven("no answer told a wait")
	}
	return unproven(fmt.Sprintf("the rule %s fired, but none of its answers told a wait", rule), h.timeline(h.struck[rule], noNote)...)
}

func (h *history) waits(rule string) waits {
	var w waits
	for i, c := range h.calls {
		if rule != Limits && !slices.Contains(c.Rules, rule) {
			continue
		}
		told, ok := told(c)
		if !ok {
			continue
		}
		next := h.back(i)
		p := pause{from: i, to: next, told: told}
		if next >= 0 {
			p.long = h.since(i, next)
		}
		switch {
		case !told.provable():
			w.brief = append(w.brief, i)
		case next < 0:
			w.alone = append(w.alone, i)
		case h.apart(i, next):
			w.apart = append(w.apart, p)
		case p.long < told.least():
			w.tooSoon = append(w.tooSoon, p)
		default:
			w.kept = append(w.kept, p)
		}
	}
	return w
}

// back is the next call of the same caller and operation that must have known of an answer, or -1. Another request that
// comes within the slack may have been under way; an equal one is a repeat.
func (h *history) back(i int) int {
	repeat := h.next(h.equals[h.equal[i]], i)
	soon := h.calls[i].Answered.Add(slack)
	other := first(h.lanes[h.lane[i]], func(k int) bool {
		return h.follows(k, i) && compare(h.calls[k], h.calls[k].Time, h.calls[i], soon) >= 0
	})
	if repeat < 0 || other >= 0 && h.rank[other] < h.rank[repeat] {
		return other
	}
	return repeat
}

func (h *history) cameTooSoon(w waits) Verdict {
	worst := w.tooSoon[0]
	for _, p := range w.tooSoon {
		if p.told.long-p.long > worst.told.long-worst.long {
			worst = p
		}
	}
	return fail(fmt.Sprintf("told to wait %s, the client called %s again after %s; waits too short: %d of %d",
		inWords(worst.told.long), h.calls[worst.to].Operation, inWords(worst.long),
		len(w.tooSoon), len(w.tooSoon)+len(w.kept)),
		h.pauses(w.tooSoon, func(p pause) string { return inWords(p.told.long-p.long) + " too soon" }))
}

func noPauseNote(pause) string { return "" }
