package scenarios

import (
	"fmt"
	"net/http"
)

func (h *history) renewedToken(rule string) Verdict {
	ended := map[string]int{} // by credential, the first call that the rule struck
	var order, seen []int
	for _, i := range h.struck[rule] {
		credential := h.calls[i].Credential
		if _, known := ended[credential]; credential != "" && !known {
			ended[credential], order = i, append(order, i)
		}
	}
	if len(order) == 0 {
		return unproven(fmt.Sprintf("the rule %s struck no call that came with a credential", rule), h.timeline(h.struck[rule], noNote)...)
	}
	seldom := -1
	for _, i := range order {
		renewed, refused, again := h.renewal(i, ended)
		switch {
		case len(again) > 0:
			return fail(fmt.Sprintf("%s still came with a credential that had ended, %s, after another one had been taken",
				h.calls[again[0]].Operation, times(len(again))), h.timeline(append([]int{i, renewed}, again...), noNote))
		case renewed >= 0:
			seen = append(seen, i, renewed)
		case len(refused) > 0:
			return fail(fmt.Sprintf("%s was refused with a credential that had ended, %s, and the client never came with another one",
				h.calls[refused[0]].Operation, times(len(refused))), h.timeline(refused, noNote))
		default:
			seldom = i
		}
	}
	if seldom >= 0 {
		return unproven("no call followed that shows whether the client has another credential", h.moment(seldom, ""))
	}
	return pass(fmt.Sprintf("the client went on with another credential after %s had ended", count(len(order), "credential")), h.timeline(seen, noNote))
}

// renewal looks for what came of the credential that ended with a call: a later call of the same caller with another one
// that was not refused, or -1; and the calls with the old one that were refused, before it and again after it. Fetching a
// token uses neither. What comes with the old one right after it may have been under way beside it, as of another worker;
// not where a token was fetched for what came so before.
func (h *history) renewal(end int, ended map[string]int) (renewed int, refused, again []int) {
	old := h.calls[end].Credential
	renewed = -1
	beside, fetched := -1, false
	for i := end; i < len(h.calls); i++ {
		c := h.calls[i]
		_, over := ended[c.Credential]
		switch {
		case c.has(Tokens):
			fetched = fetched || beside >= 0 && h.follows(i, beside)
		case c.Credential == "" || c.unanswered():
		case c.Credential == old && c.Status == http.StatusUnauthorized && renewed >= 0 && h.follows(i, renewed):
			if fetched || c.Time.Sub(h.calls[renewed].Answered) > slack {
				again = append(again, i)
			} else {
				beside = i
			}
		case c.Credential == old && c.Status == http.StatusUnauthorized:
			refused = append(refused, i)
		case renewed < 0 && !over && c.Status != http.StatusUnauthorized && h.follows(i, end) && h.sameClient(i, end):
			renewed = i
		}
	}
	return renewed, refused, again
}

// sameClient tells whether two calls are of one caller; where a caller is known by its credential alone, the other call's
// must be new, as a new token is.
func (h *history) sameClient(i, end int) bool {
	if h.who[end] != h.calls[end].Credential {
		return h.who[i] == h.who[end]
	}
	for _, c := range h.calls[:end] {
		if c.Credential == h.calls[i].Credential {
			return false
		}
	}
	return true
}
