package scenarios

import (
	"fmt"
	"net/http"
	"slices"
	"sort"
	"strings"
)

func (h *history) noBlindRepeat(scope *Scope) Verdict {
	reads := h.readings()
	unknown := 0
	pending := map[int]int{} // by equal request, the last whose outcome is unknown
	var blind, doubtful []int
	for i, c := range h.calls {
		if !c.writes() || c.deletes() || !c.in(scope.On, scope.Intent) {
			continue
		}
		before, is := pending[h.equal[i]]
		if is && h.follows(i, before) {
			if read := reads.between(h, before, i); read >= 0 {
				doubtful = append(doubtful, read, i)
			} else {
				blind = append(blind, before, i)
			}
		}
		delete(pending, h.equal[i])
		if c.unknown() {
			pending[h.equal[i]] = i
			doubtful = append(doubtful, i)
			unknown++
		}
	}
	switch {
	case len(blind) > 0:
		return fail(fmt.Sprintf("%s was sent again as it was, though its first outcome was unknown (%s) and nothing was read in between; %s in all",
			h.calls[blind[1]].Operation, h.calls[blind[0]].outcome(), count(len(blind)/2, "blind repeat")), h.repeats(blind))
	case unknown > 0:
		return pass(fmt.Sprintf("%s had an unknown outcome, and none was sent again before a read", count(unknown, "request")), h.timeline(doubtful, noNote))
	}
	return unproven("no request that changes something had an unknown outcome")
}

// repeats shows pairs of a request and its repeat.
func (h *history) repeats(pairs []int) []Moment {
	repeat := map[int]bool{}
	for k := 1; k < len(pairs); k += 2 {
		repeat[pairs[k]] = true
	}
	return h.timeline(pairs, func(i int) string {
		if repeat[i] {
			return "the same request, and no read since"
		}
		return "outcome unknown"
	})
}

// unknown tells whether the client can't tell if the call was carried out: no whole answer came, or a server's error. 501
// and 505 say that it was not, and a 503 that tells a wait asks for the repeat.
func (c *Call) unknown() bool {
	switch c.Status {
	case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
		return c.Lost
	case http.StatusServiceUnavailable:
		_, asked := told(c)
		return !asked
	}
	return c.unanswered() || c.Status >= 500
}

// informs tells whether the call is a read whose answer says what there is, or that it is not there.
func (c *Call) informs() bool {
	return c.reads() && !c.has(Tokens) && (c.succeeded() || !c.unanswered() &&
		(c.Status == http.StatusNotModified || c.Status == http.StatusNotFound || c.Status == http.StatusGone))
}

// subjects are what a call is about: its operation's id without the verb, and the kinds of the objects that it wrote.
func (c *Call) subjects() []string {
	resource := c.Operation
	if dot := strings.LastIndexByte(resource, '.'); dot >= 0 {
		resource = resource[:dot]
	}
	about := []string{resource}
	for _, k := range c.Keys {
		if !slices.Contains(about, k.Kind) {
			about = append(about, k.Kind)
		}
	}
	return about
}

// readings are the reads that inform, by caller and subject, in the order of their answers.
type readings map[[2]string]*reading

type reading struct {
	calls  []int
	latest []int // of the calls up to each, the one that was read last
}

func (h *history) readings() readings {
	all := readings{}
	for i, c := range h.calls {
		if !c.informs() {
			continue
		}
		for _, subject := range c.subjects() {
			key := [2]string{h.who[i], subject}
			r := all[key]
			if r == nil {
				r = &reading{}
				all[key] = r
			}
			latest := i
			if n := len(r.latest); n > 0 && h.known[r.latest[n-1]] > h.known[i] {
				latest = r.latest[n-1]
			}
			r.calls, r.latest = append(r.calls, i), append(r.latest, latest)
		}
	}
	return all
}

// between finds a read of what a call is about, begun after its answer and answered before another call, or -1. It looks
// only among those of the same caller. With to at the number of calls, any later read does.
func (all readings) between(h *history, from, to int) int {
	until := len(h.calls)
	if to < until {
		until = h.known[to]
	}
	for _, subject := range h.calls[from].subjects() {
		r := all[[2]string{h.who[from], subject}]
		if r == nil {
			continue
		}
		n := sort.SearchInts(r.calls, until)
		if n > 0 && h.follows(r.latest[n-1], from) {
			return r.latest[n-1]
		}
	}
	return -1
}
