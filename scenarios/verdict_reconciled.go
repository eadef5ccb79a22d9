package scenarios

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

func (h *history) reconciled(rule string) Verdict {
	settled := h.settlements()
	var lost, seen []int
	reads := 0
	for _, i := range h.struck[rule] {
		by := -1
		switch c := h.calls[i]; {
		case c.reads() && (c.unanswered() || c.Stale):
			if by, reads = h.readAgain(i), reads+1; by < 0 {
				return fail(fmt.Sprintf("the answer to %s was %s, and the client did not read the same again until it had a whole and present one",
					c.Operation, staleOr(c)), h.timeline(h.equals[h.equal[i]], noNote))
			}
		case c.writes() && c.unknown():
			if by = settled.by(h, i); by < 0 {
				return fail(fmt.Sprintf("%s was left in doubt (%s), and the client neither read what had become of it nor repeated it until an answer told",
					c.Operation, c.outcome()), h.timeline(h.equals[h.equal[i]], noNote))
			}
			lost = append(lost, i)
		default:
			continue
		}
		seen = append(seen, i, by)
	}
	switch {
	case len(lost) > 0:
		return h.onceEach(lost, seen)
	case reads > 0:
		why := fmt.Sprintf("the client read again after %s", count(reads, "lost or stale answer"))
		if h.byTransport(seen) {
			why += "; it came so soon that it may have been its HTTP transport, which repeats a GET by itself where a connection that was used before is reset or closed"
		}
		return pass(why, h.timeline(seen, noNote))
	}
	return unproven(fmt.Sprintf("the rule %s left no write with an unknown outcome, and no read without a whole and present answer", rule), h.timeline(h.struck[rule], noNote)...)
}

// byTransport tells whether a repeat of a pair of calls may not be the client's own doing.
func (h *history) byTransport(pairs []int) bool {
	for k := 0; k+1 < len(pairs); k += 2 {
		lost := h.calls[pairs[k]]
		broken := strings.HasPrefix(lost.Fault, string(Reset)) || strings.HasPrefix(lost.Fault, string(Close))
		if lost.Method == http.MethodGet && lost.Status == 0 && broken && h.since(pairs[k], pairs[k+1]) < 5*time.Millisecond {
			return true
		}
	}
	return false
}

// readAgain is the first equal read after a call whose answer was whole and of the present, or -1.
func (h *history) readAgain(i int) int {
	for _, k := range h.equals[h.equal[i]] {
		c := h.calls[k]
		if h.follows(k, i) && !c.unanswered() && !c.Stale && (c.succeeded() || c.Status == http.StatusNotFound || c.Status == http.StatusGone) {
			return k
		}
	}
	return -1
}

func staleOr(c *Call) string {
	if c.Stale {
		return "of the past"
	}
	return "lost"
}

// settlements are the calls that tell a client what has become of a request: reads, and by equal request the last success
// and the last refusal that says that it is done already (409, or 404 and 410 for a delete) and after which it was not sent again.
type settlements struct {
	reads              readings
	successes, refused map[int]int
}

func (h *history) settlements() settlements {
	s := settlements{h.readings(), map[int]int{}, map[int]int{}}
	for i, c := range h.calls {
		switch {
		case c.succeeded():
			s.successes[h.equal[i]] = i
		case c.alreadyDone():
			s.refused[h.equal[i]] = i
		default:
			delete(s.refused, h.equal[i])
		}
	}
	return s
}

// by finds what settled a call, or -1.
func (s settlements) by(h *history, i int) int {
	if read := s.reads.between(h, i, len(h.calls)); read >= 0 {
		return read
	}
	for _, settled := range []map[int]int{s.successes, s.refused} {
		if by, ok := settled[h.equal[i]]; ok && h.follows(by, i) {
			return by
		}
	}
	return -1
}

func (c *Call) alreadyDone() bool {
	return !c.unanswered() && (c.Status == http.StatusConflict ||
		c.has(Deletes) && (c.Status == http.StatusNotFound || c.Status == http.StatusGone))
}

// onceEach holds the end to what the lost calls wrote: one object for each natural key; none where the last call that was
// carried out on it deletes.
func (h *history) onceEach(lost, seen []int) Verdict {
	final := h.finalWrites()
	timeline := h.timeline(seen, noNote)
	keys := 0
	for _, i := range lost {
		for _, key := range h.calls[i].Keys {
			objects, known := h.objects[key.Kind]
			if !known {
				return unproven(fmt.Sprintf("which objects of %s there are at the end is not known", key.Kind), timeline...)
			}
			keys++
			want, last := 1, h.calls[i]
			if w, ok := final[key]; ok && w > i {
				last = h.calls[w]
			}
			if last.deletes() {
				want = 0
			}
			if n := keyed(objects, key.Name); n != want {
				return fail(fmt.Sprintf("at the end there are %d objects of %s called %q, not %d", n, key.Kind, key.Name, want), timeline)
			}
		}
	}
	if keys == 0 {
		return unproven("what the lost calls wrote is not known", timeline...)
	}
	return pass(fmt.Sprintf("the client looked after %s, and what they wrote is there as it should be", count(len(lost), "lost answer")), timeline)
}

// finalWrites are the last calls that were carried out, by what they wrote.
func (h *history) finalWrites() map[Key]int {
	final := map[Key]int{}
	for i, c := range h.calls {
		if c.Committed && c.writes() {
			for _, key := range c.Keys {
				final[key] = i
			}
		}
	}
	return final
}

func keyed(objects []Object, name string) int {
	n := 0
	for _, o := range objects {
		if o.Key == name {
			n++
		}
	}
	return n
}
