package scenarios_test

import (
	"fmt"
	"time"

	"github.com/understudy-dev/understudy/scenarios"
)

func ExamplePlan_In() {
	p := scenarios.Plan{Fail: "throttled", RetryAfter: time.Second}
	fmt.Println(p.Empty(), p.In(scenarios.BeforeCommit), p.In(scenarios.AfterCommit))
	// Output: false true false
}
