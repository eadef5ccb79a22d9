package scenarios

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxMoments bounds a timeline.
const maxMoments = 50

// moment tells what a timeline shows of a call: nothing that was sent, and no more of the answer than its status and code.
func (h *history) moment(i int, note string) Moment {
	c := h.calls[i]
	m := Moment{Seq: c.Seq, Time: c.Time, Operation: c.Operation, Answer: c.outcome(), Rule: strings.Join(c.Rules, ", ")}
	m.Note = joined(c.Fault, note)
	if c.Stale {
		m.Note = joined("stale", m.Note)
	}
	if w, ok := told(c); ok && w.long > 0 {
		m.Told = w.long
	}
	return m
}

// outcome is "429 too_many_requests", "lost after 201", "lost, carried out" or "lost".
func (c *Call) outcome() string {
	answer := strings.TrimSpace(strconv.Itoa(c.Status) + " " + c.Code)
	switch {
	case c.Status != 0 && c.Lost:
		return "lost after " + answer
	case c.Status != 0:
		return answer
	case c.Committed && !c.reads():
		return "lost, carried out"
	}
	return "lost"
}

// timeline shows the first calls of a list, each once.
func (h *history) timeline(calls []int, note func(int) string) []Moment {
	calls = slices.Compact(slices.Sorted(slices.Values(calls)))
	var moments []Moment
	for _, i := range calls[:min(len(calls), maxMoments)] {
		moments = append(moments, h.moment(i, note(i)))
	}
	return moments
}

func noNote(int) string { return "" }

// pause is the time between the answer to a call and the next call.
type pause struct {
	from, to int
	long     time.Duration
	told     wait
}

// pauses shows the first pauses of a list, each as its two calls; one that begins where the last ended shares its call.
func (h *history) pauses(list []pause, note func(pause) string) []Moment {
	var moments []Moment
	last := -1
	for _, p := range list {
		if len(moments)+2 > maxMoments {
			break
		}
		if p.from != last {
			moments = append(moments, h.moment(p.from, ""))
		}
		if m := &moments[len(moments)-1]; p.told.by != "" {
			m.Note = joined(m.Note, "told by "+p.told.by)
		}
		m := h.moment(p.to, note(p))
		m.Waited = p.long
		if p.long == 0 { // which no member of a moment shows
			m.Note = joined("at once", m.Note)
		}
		moments = append(moments, m)
		last = p.to
	}
	return moments
}

func joined(notes ...string) string {
	var given []string
	for _, n := range notes {
		if n != "" {
			given = append(given, n)
		}
	}
	return strings.Join(given, "; ")
}

// inWords is a duration in seconds, which compare at a glance, cut to milliseconds.
func inWords(d time.Duration) string {
	return strconv.FormatFloat(float64(d.Milliseconds())/1000, 'f', -1, 64) + "s"
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return strconv.Itoa(n) + " times"
}

func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return strconv.Itoa(n) + " " + thing + "s"
}
