package scenarios

import (
	"fmt"
	"slices"
	"strings"
)

func (h *history) counted(want *CallCount) Verdict {
	var found []int
	for i, c := range h.calls {
		if c.in(want.On, want.Intent) {
			found = append(found, i)
		}
	}
	came := fmt.Sprintf("%s came", count(len(found), "call"))
	timeline := h.timeline(found, noNote)
	for _, bound := range []struct {
		words     string
		limit     *int
		low, high bool // what is too few, and what too many
	}{
		{"at least", want.AtLeast, true, false}, {"at most", want.AtMost, false, true}, {"exactly", want.Exactly, true, true},
	} {
		switch {
		case bound.limit == nil:
		case bound.high && len(found) > *bound.limit, bound.low && len(found) < *bound.limit && !h.gone:
			return fail(fmt.Sprintf("%s, and %s %d should", came, bound.words, *bound.limit), timeline)
		case bound.low && len(found) < *bound.limit:
			return unproven(came+", and earlier calls are no longer known", timeline...)
		}
	}
	return pass(came, timeline)
}

func (h *history) ordered(want []string) Verdict {
	if h.gone {
		return unproven("earlier calls are no longer known, so that which came first can't be told")
	}
	found, missing := h.firsts(want)
	var seen []int
	for k, i := range found {
		for j := 0; j < k && i >= 0; j++ {
			if found[j] < 0 || h.rank[found[j]] > h.rank[i] {
				return h.disordered(want, found, j, k)
			}
		}
		if i >= 0 {
			seen = append(seen, i)
		}
	}
	if len(missing) > 0 {
		return unproven(fmt.Sprintf("%s never came", strings.Join(missing, ", ")), h.timeline(seen, noNote)...)
	}
	return pass("the first calls came in this order", h.timeline(seen, noNote))
}

// firsts finds the first call of each operation, or -1; of one that is named again, the first since the one before it.
func (h *history) firsts(want []string) (found []int, missing []string) {
	order := make([]int, len(h.calls))
	for i, rank := range h.rank {
		order[rank] = i
	}
	for k, operation := range want {
		from := 0
		if slices.Contains(want[:k], operation) && found[k-1] >= 0 {
			from = h.rank[found[k-1]] + 1
		}
		at := slices.IndexFunc(order[from:], func(i int) bool { return matches(operation, h.calls[i].Operation) })
		if at < 0 {
			found, missing = append(found, -1), append(missing, operation)
			continue
		}
		found = append(found, order[from+at])
	}
	return found, missing
}

// disordered: the k-th operation came, and the j-th, which should come first, came later or never.
func (h *history) disordered(want []string, found []int, j, k int) Verdict {
	if found[j] < 0 {
		return fail(fmt.Sprintf("%s came and %s, which should come first, never did", want[k], want[j]), h.timeline(found[k:k+1], noNote))
	}
	return fail(fmt.Sprintf("%s came before %s, which should come first", want[k], want[j]), h.timeline([]int{found[k], found[j]}, noNote))
}
