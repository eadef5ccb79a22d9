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
	preset, on := x.world.Limits[x.vendor.Name]
	global := x.globalBucket()
	if !on {
		if global != nil && len(x.vendor.Presets) > 0 {
			rate := global.Rates[x.vendor.Presets[0]]
			x.quota = spec.Quota{Limit: rate.Burst, Remaining: rate.Burst - 1, Reset: x.now.Add(time.Second)}
		}
		return false
	}
	err := x.world.Store.Update(x.vendor.Name, x.now, func(tx *state.Tx) error {
		return x.take(tx, preset)
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

func (x *exchange) globalBucket() *spec.Bucket {
	for i := range x.vendor.Buckets {
		if x.vendor.Buckets[i].Global {
			return &x.vendor.Buckets[i]
		}
	}
	return nil
}

// take checks all buckets before it takes from any.
func (x *exchange) take(tx *state.Tx, preset string) error {
	var passed []*spec.Bucket
	for i := range x.vendor.Buckets {
		b := &x.vendor.Buckets[i]
		rate, limited := b.Rates[preset]
		if !limited || !b.Global && b.Name != x.op.Limit {
			continue
		}
		passed = append(passed, b)
		if wait := rate.Wait(1 - level(tx, b, rate, x.now)); wait > x.quota.Wait {
			x.quota = spec.Quota{Limit: rate.Burst, Wait: wait, Reset: x.now.Add(wait), Refused: b.Name}
		}
	}
	if x.quota.Refused != "" {
		if global := x.globalBucket(); global != nil && global.Rates[preset].Burst > 0 {
			x.quota.Limit = global.Rates[preset].Burst // what the headers speak of; when to come back is the refusing bucket's
		}
		return errRefused
	}
	for _, b := range passed {
		rate := b.Rates[preset]
		left := level(tx, b, rate, x.now) - 1
		tx.SetNote("bucket/"+b.Name, strconv.FormatFloat(left, 'g', -1, 64)+"@"+strconv.FormatInt(x.now.UnixNano(), 10))
		if b.Global {
			full := x.now.Add(rate.Wait(float64(rate.Burst) - left))
			x.quota = spec.Quota{Limit: rate.Burst, Remaining: int(left), Reset: full}
		}
	}
	return nil
}

// level is how many tokens a bucket holds now: what its note says, and what has flowed in since.
func level(tx *state.Tx, b *spec.Bucket, rate spec.Rate, now time.Time) float64 {
	tokens, since, noted := strings.Cut(tx.Note("bucket/"+b.Name), "@")
	if !noted {
		return float64(rate.Burst)
	}
	left, _ := strconv.ParseFloat(tokens, 64)
	nanos, _ := strconv.ParseInt(since, 10, 64)
	flowed := max(0, float64(now.UnixNano()-nanos)/float64(rate.Per)*float64(rate.Refill))
	return min(float64(rate.Burst), left+flowed+1e-9) // the told wait, cut to nanoseconds, must be enough
}
