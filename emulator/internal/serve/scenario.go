package serve

import (
	"math"
	"net/http"
	"strconv"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
	"github.com/understudy-dev/understudy/scenarios"
)

// scenario asks the world's planner what is to happen to the call, and strikes before anything is checked. The plan
// stays with the exchange: later stages strike at their own places.
func (x *exchange) scenario() bool {
	planner := x.world.planner.Load()
	if planner == nil {
		return false
	}
	x.plan = (*planner)(scenarios.Call{
		Operation: x.name, Family: x.op.Family,
		Method: x.r.Method, Path: x.r.URL.Path, Caller: x.call.Caller.Name, At: x.now,
	})
	return x.strike(scenarios.BeforeAuth)
}

// strike carries out the plan where it is meant for this phase; true where it answers.
func (x *exchange) strike(phase scenarios.Phase) bool {
	if x.plan.Empty() || !x.plan.In(phase) {
		return false
	}
	x.rule = x.plan.Rule
	if x.plan.Delay > 0 {
		if err := x.world.Clock.Sleep(x.r.Context(), x.plan.Delay); err != nil {
			panic(http.ErrAbortHandler) // the client is gone
		}
	}
	switch {
	case x.plan.Answer != nil:
		x.reply = spec.Reply{Status: x.plan.Answer.Status, Body: state.Doc(x.plan.Answer.Body), Header: map[string]string{}}
		for name := range x.plan.Answer.Header {
			x.reply.Header[name] = x.plan.Answer.Header.Get(name)
		}
		x.code = "answer"
		return true
	case x.plan.Fail != "":
		return x.failAs(x.plan.Fail)
	}
	return false
}

// failAs answers with the row of a code or of a portable class, as the vendor's own failure would look.
func (x *exchange) failAs(name string) bool {
	row := x.vendor.Error(x.op, name)
	if row == nil {
		row = x.vendor.ErrorOf(x.op, spec.Class(name))
	}
	if row == nil {
		return x.bug(x.op.ID + " has no error " + name)
	}
	if row.Class == spec.Throttled {
		x.quota = spec.Quota{Limit: x.quota.Limit, Wait: x.plan.RetryAfter, Reset: x.now.Add(x.plan.RetryAfter), Refused: "scenario"}
	} else if x.plan.RetryAfter > 0 {
		x.w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(x.plan.RetryAfter.Seconds()))))
	}
	return x.failWith(row, spec.Fill(row.Message, row.Sample...))
}
