package sdktest

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/testkit"
)

// TestAMinuteTakesMilliseconds: two answers that tell each SDK to wait a minute. v1 waits its 10 s at most, v2 waits as
// told; neither takes real time.
func TestAMinuteTakesMilliseconds(t *testing.T) {
	for sdk, waits := range map[string]time.Duration{"v1": 20 * time.Second, "v2": 2 * time.Minute} {
		t.Run(sdk, func(t *testing.T) {
			fastest := time.Hour
			for range 3 { // a busy machine may be slow at times
				began := time.Now()
				synctest.Test(t, func(t *testing.T) { throughTwoWaits(t, sdk, waits) })
				fastest = min(fastest, time.Since(began))
			}
			if fastest > 250*time.Millisecond {
				t.Errorf("it took %v of real time", fastest)
			}
		})
	}
}

// throughTwoWaits holds an SDK to how long it waits, give or take what it adds by chance.
func throughTwoWaits(t *testing.T, sdk string, waits time.Duration) {
	w := testkit.Start(t)
	w.Play(t, scenarios.On("auth0.organizations.create").Calls(1, 2).Fail("throttled").RetryAfter(time.Minute))
	began := time.Now()
	must(t, sdks[sdk](t, w))
	if took := time.Since(began); took < waits-time.Second || took > waits*5/4 {
		t.Errorf("it waited %v, want about %v", took, waits)
	}
	w.Saw(t, "auth0.organizations.create", 429, 429, 201)
}
