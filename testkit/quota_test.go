package testkit_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/testkit"
)

// TestAQuotaComesBackAsTheVendorHasIt plays quota-drained-then-recovers where limits are off, as they are by default: after
// the first write each vendor turns calls away in its own words, lets one through every 5 s, has a whole quota again in the
// end, and none when the scenario is over.
func TestAQuotaComesBackAsTheVendorHasIt(t *testing.T) {
	for _, v := range everywhere {
		t.Run(v.vendor, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := testkit.Start(t)
				bearing := v.authorization(t, w)
				w.Play(t, scenarios.Shipped("quota-drained-then-recovers"))
				update, read := v.update.of(v.known), v.read.of(v.known)
				passes := func(c call) bool {
					answer, _, err := attempt(t, w, v.vendor, bearing, c)
					if err != nil {
						t.Fatal(err)
					}
					return answer.StatusCode < 300
				}
				if !passes(update) {
					t.Error("the first write is turned away")
				}
				refused, text, err := attempt(t, w, v.vendor, bearing, update)
				if err != nil {
					t.Fatal(err)
				}
				tells := map[string][2]string{ // where, and for the first refusal of a world that begins with the year 2000
					"auth0": {"X-RateLimit-Reset", "946684805"}, "atlas": {"Retry-After", "5"}, "devrev": {"Retry-After", "5"}, "qovery": {"Retry-After", "5"},
				}[v.vendor]
				words := map[string]string{
					"auth0": "Global limit has been reached", "atlas": "Please retry after 5 seconds. Request capacity: 20.",
					"devrev": `"retry_after":5`, "qovery": "Rate limit exceeded",
				}[v.vendor]
				if refused.StatusCode != 429 || refused.Header.Get(tells[0]) != tells[1] || !strings.Contains(text, words) {
					t.Errorf("the second write is answered %d, %v, %s", refused.StatusCode, refused.Header, text)
				}
				for _, after := range []struct {
					pause  time.Duration
					passes bool
				}{{5*time.Second - time.Millisecond, false}, {time.Millisecond, true}, {0, false}, {5 * time.Second, true}} {
					time.Sleep(after.pause)
					if passes(update) != after.passes {
						t.Errorf("%v later it passes: %t", after.pause, !after.passes)
					}
				}
				time.Sleep(100 * time.Second)
				whole := 0
				for whole < 100 && passes(read) {
					whole++
				}
				if whole != 20 {
					t.Errorf("then %d calls pass in a row", whole)
				}
				w.Disarm()
				if !passes(update) {
					t.Error("there is a limit when the scenario is over")
				}
			})
		})
	}
}
