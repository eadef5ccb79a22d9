package scenarios

import (
	"cmp"
	"net/http"
	"slices"
	"sort"
	"strings"
	"time"
)

// history is a trace made ready for verdicts. Calls are known by their place in it, in the order of their answers.
type history struct {
	calls   []*Call
	rules   map[string]RuleReport
	struck  map[string][]int // by rule, the calls on which it fired
	objects map[string][]Object
	end     *End
	gone    bool

	who   []string // each call's caller, as far as it can be told
	known []int    // how many calls, from the first on, were answered when each was read
	rank  []int    // each call's place in the order in which they were read

	equal  []int   // numbers calls, the same for equal requests of one caller
	equals [][]int // by that number, in the order in which they were read
	lane   []int   // likewise for one caller and operation
	lanes  [][]int
}

// request is what makes two requests equal.
type request struct{ who, method, path, body string }

func newHistory(t Trace) *history {
	h := &history{rules: map[string]RuleReport{}, struck: map[string][]int{}, objects: t.Objects, end: t.End, gone: t.Gone}
	for i := range t.Calls {
		if c := &t.Calls[i]; !c.challenged() {
			for _, rule := range c.Rules {
				h.struck[rule] = append(h.struck[rule], len(h.calls))
			}
			h.calls = append(h.calls, c)
		}
	}
	for _, r := range t.Rules {
		h.rules[r.Name] = r
	}
	h.nameCallers()
	h.orderReads()
	h.equal, h.equals = group(h, func(i int) request {
		c := h.calls[i]
		return request{h.who[i], c.Method, c.Path, c.Body}
	})
	h.lane, h.lanes = group(h, func(i int) request { return request{who: h.who[i], path: h.calls[i].Operation} })
	return h
}

// nameCallers finds out who calls: a credential whose caller one call tells is that caller's on those that were struck
// before anybody asked. Where nothing is told, the credential stands for its caller.
func (h *history) nameCallers() {
	callers := map[string]string{}
	for _, c := range h.calls {
		if c.Caller != "" && callers[c.Credential] == "" {
			callers[c.Credential] = c.Caller
		}
	}
	delete(callers, "")
	for _, c := range h.calls {
		h.who = append(h.who, cmp.Or(c.Caller, callers[c.Credential], c.Credential))
	}
}

func (h *history) orderReads() {
	n := len(h.calls)
	h.known, h.rank = make([]int, n), make([]int, n)
	answered := make([]*Call, n) // the call among the first so many that was answered last
	order := make([]int, n)
	for i, c := range h.calls {
		order[i], answered[i] = i, c
		if i > 0 && compare(answered[i-1], answered[i-1].Answered, c, c.Answered) > 0 {
			answered[i] = answered[i-1]
		}
		h.known[i] = sort.Search(i, func(k int) bool { return compare(answered[k], answered[k].Answered, c, c.Time) > 0 })
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return compare(h.calls[a], h.calls[a].Time, h.calls[b], h.calls[b].Time)
	})
	for rank, i := range order {
		h.rank[i] = rank
	}
}

// compare orders moments of two calls. The world's clock may have been set back between epochs.
func compare(a *Call, at time.Time, b *Call, bt time.Time) int {
	return cmp.Or(cmp.Compare(a.Epoch, b.Epoch), at.Compare(bt))
}

// group numbers the calls by a key, and lists those of each number in the order in which they were read.
func group[K comparable](h *history, key func(int) K) (number []int, groups [][]int) {
	numbers := map[K]int{}
	number = make([]int, len(h.calls))
	for i := range h.calls {
		k := key(i)
		n, known := numbers[k]
		if !known {
			n = len(groups)
			numbers[k], groups = n, append(groups, nil)
		}
		number[i], groups[n] = n, append(groups[n], i)
	}
	for _, g := range groups {
		slices.SortFunc(g, func(a, b int) int { return h.rank[a] - h.rank[b] })
	}
	return number, groups
}

// follows tells whether a call was read when the answer to another was out, so that its client can have known it.
func (h *history) follows(call, earlier int) bool { return earlier < h.known[call] }

// next is the first call of a group that follows a call, or -1.
func (h *history) next(group []int, after int) int {
	return first(group, func(i int) bool { return h.follows(i, after) })
}

// first is the first call of a group from which on something holds, or -1.
func first(group []int, holds func(int) bool) int {
	at := sort.Search(len(group), func(k int) bool { return holds(group[k]) })
	if at == len(group) {
		return -1
	}
	return group[at]
}

// apart tells whether the time between two calls can't be measured: the world's clock stood, or was set.
func (h *history) apart(a, b int) bool {
	return h.calls[a].Frozen || h.calls[b].Frozen || h.calls[a].Epoch != h.calls[b].Epoch
}

// since is how long after the answer to one call another was read.
func (h *history) since(answered, read int) time.Duration {
	return h.calls[read].Time.Sub(h.calls[answered].Answered)
}

// challenged tells whether a request brought no credential and was asked for a digest: half of a call.
func (c *Call) challenged() bool {
	return c.Status == http.StatusUnauthorized && c.Credential == "" &&
		strings.HasPrefix(strings.ToLower(header(c.Header, "WWW-Authenticate")), "digest")
}

// unanswered tells whether the client can't know the answer.
func (c *Call) unanswered() bool { return c.Lost || c.Status == 0 }

// succeeded tells whether the client knows of success.
func (c *Call) succeeded() bool { return !c.unanswered() && c.Status >= 200 && c.Status <= 299 }

func (c *Call) has(intent Intent) bool { return slices.Contains(c.Intents, intent) }

// reads tells whether the call changes nothing, whatever becomes of it.
func (c *Call) reads() bool {
	return c.has(Reads) || c.has(Lists) || c.Method == http.MethodGet || c.Method == http.MethodHead || c.Method == http.MethodOptions
}

// writes tells whether the call is unsafe in HTTP's sense. Fetching a token changes nothing that a client must fear for.
func (c *Call) writes() bool { return !c.reads() && !c.has(Tokens) }

// deletes tells whether the call takes away: to do so twice harms nobody.
func (c *Call) deletes() bool { return c.has(Deletes) || c.Method == http.MethodDelete }

// in tells whether a call is of a scope.
func (c *Call) in(on []string, intent Intent) bool {
	return (intent == "" || c.has(intent)) &&
		(len(on) == 0 || slices.ContainsFunc(on, func(glob string) bool { return matches(glob, c.Operation) }))
}
