package scenarios

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

const (
	// maxCount is the largest number of calls, bytes or objects that a scenario names.
	maxCount = 1_000_000_000
	// maxDuration is the longest time that a scenario names: ten years.
	maxDuration = 10 * 365 * 24 * time.Hour
)

// Has tells whether the n-th counted call, from 1, is meant.
func (c Calls) Has(n int) bool {
	if c.Every > 0 {
		return n >= c.first() && (n-c.first())%c.Every == 0
	}
	return n >= c.From && (c.To == 0 || n <= c.To)
}

// String writes calls as a scenario does: 3, 1..2, 4.., every 5, every 5 from 2; "" for all.
func (c Calls) String() string {
	switch {
	case c == Calls{}:
		return ""
	case c.Every > 0 && c.From > 0:
		return fmt.Sprintf("every %d from %d", c.Every, c.From)
	case c.Every > 0:
		return fmt.Sprintf("every %d", c.Every)
	case c.To == 0:
		return fmt.Sprintf("%d..", c.From)
	case c.From == c.To:
		return strconv.Itoa(c.From)
	}
	return fmt.Sprintf("%d..%d", c.From, c.To)
}

func (c *Calls) read(text string) error {
	wrong := errors.New("must be calls such as 3, 1..2, 4.., every 5, or every 5 from 2, counted from 1")
	if words := strings.Fields(text); len(words) > 0 && words[0] == "every" {
		every, ok := 0, len(words) == 2 || len(words) == 4 && words[2] == "from"
		from, fine := 0, true
		if ok {
			every, ok = readCount(words[1])
		}
		if len(words) == 4 {
			from, fine = readCount(words[3])
		}
		if !ok || !fine {
			return wrong
		}
		*c = Calls{From: from, Every: every}
		return nil
	}
	first, last, isRange := strings.Cut(text, "..")
	from, ok := readCount(first)
	to, fine := from, true
	if isRange {
		to = 0
		if last != "" {
			to, fine = readCount(last)
		}
	}
	if !ok || !fine || to > 0 && to < from {
		return wrong
	}
	*c = Calls{From: from, To: to}
	return nil
}

// readCount reads a number from 1.
func readCount(text string) (int, bool) {
	n, err := strconv.ParseUint(text, 10, 32)
	return int(n), err == nil && n > 0 && n <= maxCount && text[0] != '+'
}

// String writes a probability as a scenario does: 30%.
func (p Percent) String() string { return strconv.FormatFloat(float64(p), 'f', -1, 64) + "%" }

func (p *Percent) read(text string) error {
	number, ok := strings.CutSuffix(text, "%")
	f, err := strconv.ParseFloat(number, 64)
	if *p = Percent(f); !ok || err != nil || !p.possible() || strings.ContainsAny(number, "xX_+") {
		return errors.New("must be a probability from above 0% to 100%, such as 30%")
	}
	return nil
}

func (p Percent) possible() bool { return p > 0 && p <= 100 && !math.IsNaN(float64(p)) }

// String writes a window as a scenario does: 0s..30s, 5s...
func (s Span) String() string {
	if s.To == 0 {
		return writeDuration(s.From) + ".."
	}
	return writeDuration(s.From) + ".." + writeDuration(s.To)
}

func (s *Span) read(text string) (err error) {
	first, last, ok := strings.Cut(text, "..")
	if !ok {
		return errors.New("must be a window such as 0s..30s, or 5s.. without an end")
	}
	if s.From, err = readDuration(first); err != nil || last == "" {
		return err
	}
	if s.To, err = readDuration(last); err != nil {
		return err
	}
	if s.From < 0 || s.To <= s.From {
		return fmt.Errorf("a window ends after it begins, and begins at 0s or later")
	}
	return nil
}

// units are what Refill has names for.
var units = []struct {
	name string
	per  time.Duration
}{{"s", time.Second}, {"min", time.Minute}, {"h", time.Hour}}

// String writes a refill as a scenario does: 25/min, 1/10s.
func (r Refill) String() string {
	for _, u := range units {
		if r.Per == u.per {
			return fmt.Sprintf("%d/%s", r.Tokens, u.name)
		}
	}
	return fmt.Sprintf("%d/%s", r.Tokens, writeDuration(r.Per))
}

func (r *Refill) read(text string) (err error) {
	tokens, per, ok := strings.Cut(text, "/")
	n, fine := readCount(tokens)
	if !ok || !fine {
		return errors.New("must be tokens in a time, such as 25/min, 10/s or 1/10s")
	}
	r.Tokens = n
	for _, u := range units {
		if per == u.name {
			r.Per = u.per
			return nil
		}
	}
	if r.Per, err = readDuration(per); err == nil && r.Per <= 0 {
		err = errors.New("tokens flow in during a time above 0s")
	}
	return err
}

func readDuration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, fmt.Errorf("%q is no time: write it as 2s, 1m30s or 500ms", text)
	}
	if d > maxDuration || d < -maxDuration {
		return 0, fmt.Errorf("%s is longer than ten years", text)
	}
	return d, nil
}

// writeDuration is String without its empty units: 2m, not 2m0s.
func writeDuration(d time.Duration) string {
	text := d.String()
	if d != 0 && d%time.Minute == 0 {
		text = strings.TrimSuffix(text, "0s")
	}
	if d != 0 && d%time.Hour == 0 {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
