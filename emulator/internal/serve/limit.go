package serve

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// limit takes a token from every bucket that the operation passes: all of them, or none. With limits off nothing is
// counted, and the quota shows a bucket that was full before this call.
func (x *exchange) limit() bool {
	if x.op.Public && x.op.Limit == "" {
		return false // the global bucket counts authenticated calls
	}
	if x.draining != nil {
		x.drain()
	}
	passed := x.passed()
	if global := x.vendor.MainBucket(x.op); global != nil && len(x.vendor.Presets) > 0 {
		rate := x.sized(global)
		x.quota = spec.Quota{Limit: rate.Burst, Remaining: rate.Burst - 1, Reset: x.now.Add(time.Second)}
	}
	if passed == nil {
		return false
	}
	err := x.world.Store.Update(x.vendor.Name, x.now, func(tx *state.Tx) error {
		return x.take(tx, passed)
	})
	if errors.Is(err, errRefused) {
		row := x.vendor.ErrorOf(x.op, spec.Throttled)
		return x.failWith(row, row.Message)
	}
	if err != nil {
		return x.fail(err)
	}
	return false
}

var errRefused = errors.New("rate limited")

// passed lists the buckets that count this call.
func (x *exchange) passed() (buckets []*spec.Bucket) {
	if len(x.world.Limits) == 0 && (x.armed == nil || len(x.armed.rates) == 0) {
		return nil
	}
	for i := range x.vendor.Buckets {
		b := &x.vendor.Buckets[i]
		if _, limited := x.rate(b); limited && (b.Global || b.Name == x.op.Limit) {
			buckets = append(buckets, b)
		}
	}
	return buckets
}

// standing is where the main bucket stands, whoever calls: whole, where limits are off. Where each caller has one of
// their own it is nothing.
func (x *exchange) standing() spec.Quota {
	main := x.vendor.MainBucket(x.op)
	if main == nil || main.Key != nil || len(x.vendor.Presets) == 0 {
		return spec.Quota{}
	}
	rate, limited := x.rateIn(x.world.armed.Load(), main) // a path that is not found has met no scenario
	if !limited {
		rate = main.Rates[x.vendor.Presets[0]]
		return spec.Quota{Limit: rate.Burst, Remaining: rate.Burst, Reset: x.now}
	}
	var left float64
	_ = x.world.Store.View(x.vendor.Name, func(tx *state.Tx) error {
		left = level(tx, x.noteOf(main), rate, x.now)
		return nil
	})
	return spec.Quota{Limit: rate.Burst, Remaining: int(left), Reset: x.now.Add(rate.Wait(float64(rate.Burst) - left)), Counted: true}
}

// rate is a bucket's size: as the scenario has it, else by the world's preset for the vendor.
func (x *exchange) rate(b *spec.Bucket) (rate spec.Rate, limited bool) { return x.rateIn(x.armed, b) }

func (x *exchange) rateIn(armed *armed, b *spec.Bucket) (rate spec.Rate, limited bool) {
	if armed != nil {
		if rate, limited = armed.rates[b]; limited {
			return rate, true
		}
	}
	preset, on := x.world.Limits[x.vendor.Name]
	if !on {
		return rate, false
	}
	rate, limited = b.Rates[preset]
	return rate, limited
}

// sized is a bucket's size where calls are counted, else that of the vendor's first preset.
func (x *exchange) sized(b *spec.Bucket) spec.Rate {
	if rate, limited := x.rate(b); limited || len(x.vendor.Presets) == 0 {
		return rate
	}
	return b.Rates[x.vendor.Presets[0]]
}

// take checks all buckets before it takes from any.
func (x *exchange) take(tx *state.Tx, passed []*spec.Bucket) error {
	x.call.Tx = tx
	main := x.vendor.MainBucket(x.op)
	x.quota.Counted = true
	var refused spec.Quota
	for _, b := range passed {
		rate, _ := x.rate(b)
		if wait := rate.Wait(1 - level(tx, x.noteOf(b), rate, x.now)); wait > refused.Wait {
			refused = spec.Quota{Limit: rate.Burst, Wait: wait, Reset: x.now.Add(wait), Refused: b.Name, Rate: rate, Counted: true}
		}
	}
	if refused.Refused != "" {
		if main != nil {
			if rate, limited := x.rate(main); limited {
				refused.Limit = rate.Burst // what the headers speak of; when to come back is the refusing bucket's
			}
		}
		x.quota = refused
		return errRefused
	}
	for _, b := range passed {
		rate, _ := x.rate(b)
		note := x.noteOf(b)
		left := level(tx, note, rate, x.now) - 1
		setLevel(tx, note, left, x.now)
		if b == main {
			full := x.now.Add(rate.Wait(float64(rate.Burst) - left))
			x.quota = spec.Quota{Limit: rate.Burst, Remaining: int(left), Reset: full, Counted: true}
		}
	}
	return nil
}

// noteOf is the key of the note in which a bucket stands.
func (x *exchange) noteOf(b *spec.Bucket) string {
	if b.Key == nil {
		return "bucket/" + b.Name
	}
	return "bucket/" + b.Name + "/" + b.Key(&x.call)
}

func setLevel(tx *state.Tx, note string, left float64, now time.Time) {
	tx.SetNote(note, strconv.FormatFloat(left, 'g', -1, 64)+"@"+strconv.FormatInt(now.UnixNano(), 10))
}

// level is how many tokens a bucket holds now: what its note says, and what has flowed in since.
func level(tx *state.Tx, key string, rate spec.Rate, now time.Time) float64 {
	tokens, since, noted := strings.Cut(tx.Note(key), "@")
	if !noted {
		return float64(rate.Burst)
	}
	left, _ := strconv.ParseFloat(tokens, 64)
	nanos, _ := strconv.ParseInt(since, 10, 64)
	flowed := max(0, float64(now.UnixNano()-nanos)/float64(rate.Per)*float64(rate.Refill))
	return min(float64(rate.Burst), left+flowed+1e-9) // the told wait, cut to nanoseconds, must be enough
}
