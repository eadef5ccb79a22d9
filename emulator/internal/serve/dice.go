package serve

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"time"
)

// dice is a number from 0 to below 1 that follows from the seed, the rule, what it counts by, and the call's number.
func (a *armed) dice(r *rule, by string, n int, what string) float64 {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %q %q %d %s", a.seed, r.label, by, n, what))
	return float64(binary.BigEndian.Uint64(sum[:])>>11) / (1 << 53)
}

// falls tells whether chance lets a rule strike.
func (a *armed) falls(r *rule, by string, n int) bool {
	return r.Chance == 0 || a.dice(r, by, n, "chance") < float64(r.Chance)/100
}

// z99 is how many standard deviations above the mean 99 of 100 draws of a bell curve stay.
const z99 = 2.3263478740408408

// drawDelay is how long a rule delays a call.
func (a *armed) drawDelay(r *rule, by string, n int) time.Duration {
	u := a.dice(r, by, n, "delay")
	z := math.Sqrt2 * math.Erfinv(2*(u+0x1p-54)-1)
	switch d := r.Delay; {
	case d.Uniform != nil:
		return d.Uniform.From + time.Duration(u*float64(d.Uniform.To-d.Uniform.From))
	case d.Normal != nil:
		return bounded(float64(d.Normal.Mean)+z*float64(d.Normal.Stddev), d.Normal.Cap, d.Normal.Mean+4*d.Normal.Stddev)
	case d.Lognormal != nil:
		sigma := math.Log(float64(d.Lognormal.P99)/float64(d.Lognormal.Median)) / z99
		return bounded(float64(d.Lognormal.Median)*math.Exp(sigma*z), d.Lognormal.Cap, 10*d.Lognormal.P99)
	}
	return r.Delay.Fixed
}

func bounded(nanos float64, limit, otherwise time.Duration) time.Duration {
	if limit == 0 {
		limit = otherwise
	}
	return time.Duration(max(0, min(nanos, float64(limit))))
}
