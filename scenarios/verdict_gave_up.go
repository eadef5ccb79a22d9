package scenarios

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

// permanent are the errors that a repeat can't mend.
var permanent = [...]int{400, 401, 403, 404, 405, 409, 410, 413, 415, 422}

// again is what makes a call a repeat of one that failed for good: the same request as long as its caller changes nothing;
// after 403 the same operation and caller; after 401 the same operation and credential.
type again struct {
	status    int // 401, 403 or 0
	equal     int
	changes   int // how many of the caller's writes were carried out before
	who       string
	operation string
}

func (h *history) gaveUp(want *GaveUp) Verdict {
	found := h.givenUp(want)
	if len(found) == 0 {
		return unproven("no call was answered with an error that a repeat can't mend (400, 401, 403, 404, 405, 409, 410, 413, 415, 422)")
	}
	var firsts []int
	apart := false
	for _, calls := range found {
		first, rest := calls[0], calls[1:]
		firsts = append(firsts, first)
		if want.Calls > 0 && len(calls) > want.Calls {
			return fail(fmt.Sprintf("%s was answered %s, and the same came again: %s in all, and at most %d should come",
				h.calls[first].Operation, h.calls[first].outcome(), count(len(calls), "call"), want.Calls), h.timeline(calls, noNote))
		}
		for _, i := range rest {
			if want.Within > 0 && h.apart(first, i) {
				apart = true
			} else if want.Within > 0 && h.since(first, i) > want.Within {
				return h.tooLate(want.Within, first, i)
			}
		}
	}
	if apart {
		return unproven("the world's clock stood or was set between an error and a later call", h.timeline(firsts, noNote)...)
	}
	return pass(fmt.Sprintf("the client gave up after %s in time", count(len(found), "permanent error")), h.timeline(firsts, noNote))
}

func (h *history) tooLate(within time.Duration, first, late int) Verdict {
	p := pause{from: first, to: late, long: h.since(first, late)}
	return fail(fmt.Sprintf("%s was answered %s, and the same came again %s later, where it should end within %s",
		h.calls[first].Operation, h.calls[first].outcome(), inWords(p.long), inWords(within)), h.pauses([]pause{p}, noPauseNote))
}

// givenUp lists, for each permanent error of the scope that came first, the call and those that say the same again.
func (h *history) givenUp(want *GaveUp) [][]int {
	var found [][]int
	numbers := map[again]int{}
	changes := map[string]int{}
	for i, c := range h.calls {
		who := h.who[i]
		if c.in(want.On, want.Intent) {
			kinds := [...]again{
				{equal: h.equal[i], changes: changes[who]},
				{status: http.StatusUnauthorized, who: c.Credential, operation: c.Operation},
				{status: http.StatusForbidden, who: who, operation: c.Operation},
			}
			for _, a := range kinds {
				if n, ok := numbers[a]; ok && h.follows(i, found[n][0]) {
					if first := found[n][0]; h.equal[i] == h.equal[first] || h.apart(first, i) || h.since(first, i) >= slack {
						found[n] = append(found[n], i)
					}
				} else if !ok && a.begunBy(c) {
					numbers[a], found = len(found), append(found, []int{i})
				}
			}
		}
		if c.Committed && c.writes() {
			changes[who]++
		}
	}
	return found
}

// begunBy tells whether a call is the permanent error from which repeats of this sort are counted.
func (a again) begunBy(c *Call) bool {
	if c.unanswered() || !slices.Contains(permanent[:], c.Status) {
		return false
	}
	if c.Status == http.StatusUnauthorized || c.Status == http.StatusForbidden {
		return a.status == c.Status
	}
	return a.status == 0
}
