package gauntlet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/scenarios"
)

// End is what became of a run.
type End string

// The ends. The first three are right, as long as the scenario does not expect more.
const (
	Converged     End = "converged"      // it ended well, and all is as without faults
	FailedCleanly End = "failed cleanly" // it ended with an error, and a run without faults mends all
	Blocked       End = "blocked"        // it ended with an error, and so does a run without faults after what another admin has done
	Differs       End = "differs"        // it ended well, and something is not as without faults
	HalfDone      End = "half done"      // it ended with an error, and a run without faults does not mend all
	DidNotEnd     End = "did not end"
	Crash         End = "crashed"
)

// Result is what a trial shows of the client.
type Result struct {
	Trial    string            `json:"trial"` // scenario@vendor
	Scenario string            `json:"scenario"`
	Vendor   string            `json:"vendor"`
	About    string            `json:"about,omitempty"` // of the scenario
	Outcome  scenarios.Outcome `json:"outcome"`         // unproven where no rule fired
	End      End               `json:"end"`
	Why      string            `json:"why"`             // one sentence
	Error    string            `json:"error,omitempty"` // with which the client ended
	Known    bool              `json:"known_failure,omitempty"`

	// Differences are from what is there without faults, after the repair where there was one; at most 20.
	Differences []string               `json:"differences,omitempty"`
	Verdicts    []scenarios.Verdict    `json:"verdicts"`
	Rules       []scenarios.RuleReport `json:"rules"`
	Timeline    []scenarios.Moment     `json:"timeline,omitempty"` // of a bad end, or of a failure whose verdict shows no calls: writes, what was struck, and what failed

	Calls int           `json:"calls"`
	Took  time.Duration `json:"took"`            // of the world's time, in nanoseconds
	Real  time.Duration `json:"real"`            // of the machine's time, in nanoseconds
	Again string        `json:"again,omitempty"` // the command that repeats it

	Output string `json:"output,omitempty"` // the last lines of a command that does not pass
}

// Try runs the client under a scenario on a world of its own, which began as those of the survey did, and judges it. Where the
// client fails, it is run once more without faults, to see whether that mends all. Errors: the scenario can't be played; ctx
// ended, so that the client was not left alone; the client armed or disarmed a scenario of its own.
func (s *Survey) Try(ctx context.Context, w *emulator.World, trial Trial, client Client) (Result, error) {
	r := Result{Trial: trial.Name, Scenario: trial.Scenario.Name, Vendor: trial.Vendor, About: trial.Scenario.About}
	start := w.Now()
	if err := w.Play(trial.Scenario); err != nil {
		return r, fmt.Errorf("%s: %w", trial.Name, err)
	}
	failed := client(ctx, w)
	if ctx.Err() != nil {
		return r, context.Cause(ctx)
	}
	if armed := w.Scenario(); armed == nil || armed.Scenario != trial.Scenario {
		return r, fmt.Errorf("%s: the client has ended the scenario, by the control API: it can't be judged", trial.Name)
	}
	trace := w.Trace()
	w.Disarm() // which sets a skewed clock right
	r.Took, r.Calls, r.Rules = w.Now().Sub(start), len(trace.Calls), trace.Rules
	if failed != nil {
		r.Error = failed.Error()
	}
	meddled := meddles(trial.Scenario, trace.Rules)
	r.Differences = s.compare(meddled, trace.Calls, s.begin.end(w))
	if err := r.judge(ctx, s, w, meddled, trace.Calls, failed, client); err != nil {
		return r, err
	}
	good := r.End == Converged || r.End == FailedCleanly || r.End == Blocked
	trace.End = &scenarios.End{Converged: r.End == Converged, Why: r.Why}
	r.Verdicts = s.excused(trial.Scenario.Verdicts(trace), trial)
	if !good || slices.ContainsFunc(r.Verdicts, func(v scenarios.Verdict) bool { return v.Outcome == scenarios.Fail && v.Timeline == nil }) {
		r.Timeline = trace.Notable()
	}
	r.Outcome = outcome(good, r.Verdicts, r.Rules)
	return r, nil
}

// judge finds out how the run ended.
func (r *Result) judge(ctx context.Context, s *Survey, w *emulator.World, meddled bool, calls []scenarios.Call, failed error, client Client) error {
	switch end, why := unruly(failed); {
	case end != "":
		r.End, r.Why = end, "it "+why
	case failed == nil && r.Differences == nil:
		r.End, r.Why = Converged, "it ended well, and all is as without faults"
	case failed == nil:
		r.End, r.Why = Differs, "it ended well, and yet "+r.Differences[0]
	default:
		return r.repair(ctx, s, w, meddled, calls, client)
	}
	return nil
}

// unruly tells of a client that gave no answer how it ended; "" of others.
func unruly(failed error) (end End, why string) {
	var stopped *Stopped
	var crashed *Crashed
	switch {
	case errors.As(failed, &stopped):
		return DidNotEnd, "did not end: " + stopped.Why
	case errors.As(failed, &crashed):
		return Crash, "crashed: " + firstLine(crashed.How)
	}
	return "", ""
}

// repair runs the client once more, without faults and with credentials that are still good.
func (r *Result) repair(ctx context.Context, s *Survey, w *emulator.World, meddled bool, calls []scenarios.Call, client Client) error {
	if err := w.Import(w.Export()); err != nil { // which forgets which credentials have ended
		return fmt.Errorf("%s: %w", r.Trial, err)
	}
	again, err := Observe(ctx, w, client)
	if err != nil {
		return err
	}
	r.Differences = s.compare(meddled, append(slices.Clip(calls), again.calls...), s.begin.end(w))
	switch end, why := unruly(again.Err); {
	case end != "":
		r.End, r.Why = end, "it ended with an error, and in a run without faults after that it "+why
	case again.Err == nil && r.Differences == nil:
		r.End, r.Why = FailedCleanly, "it ended with an error, and a run without faults mends all"
	case again.Err != nil && meddled:
		r.End, r.Why = Blocked, "it ended with an error; what another admin has done stands in the way of a run without faults too: "+firstLine(again.Err.Error())
	case again.Err != nil:
		r.End, r.Why = HalfDone, "it ended with an error, and then a run without faults does so too: "+firstLine(again.Err.Error())
	default:
		r.End, r.Why = HalfDone, "it ended with an error, and a run without faults does not mend that "+r.Differences[0]
	}
	return nil
}

// compare holds what there is to what there is without faults. Where another admin was at work, only what the client makes so
// counts: the rest may be that admin's doing.
func (s *Survey) compare(meddled bool, calls []scenarios.Call, have state) []string {
	c := comparison{counts: s.judged(calls), volatile: s.volatile}
	if meddled {
		c.counts = func(key scenarios.Key) bool { return s.touched[key] }
		c.members = func(key scenarios.Key, path string) bool { return s.begin.values(key, path) != s.end.values(key, path) }
	}
	return c.differences(s.end, have)
}

// meddles tells whether a rule that fired changed the world as another admin does.
func meddles(s *scenarios.Scenario, rules []scenarios.RuleReport) bool {
	for i, r := range rules {
		if r.Fired > 0 && s.Rules[i].Change != nil {
			return true
		}
	}
	return false
}

// excused takes back what a client can't do: one that is given its credential, and fetches none, has no other to go on with.
func (s *Survey) excused(verdicts []scenarios.Verdict, trial Trial) []scenarios.Verdict {
	for i, v := range verdicts {
		if trial.Scenario.Expect[i].RenewedToken != "" && v.Outcome == scenarios.Fail && !s.renews[trial.Vendor] {
			verdicts[i].Outcome = scenarios.Unproven
			verdicts[i].Why = "the client was given its credential at " + trial.Vendor + " and fetches none, so that it can't renew it; otherwise: " + v.Why
		}
	}
	return verdicts
}

// outcome is unproven where nothing was done to the client, whatever its verdicts are, and where each of them is unproven.
func outcome(good bool, verdicts []scenarios.Verdict, rules []scenarios.RuleReport) scenarios.Outcome {
	struck := slices.ContainsFunc(rules, func(r scenarios.RuleReport) bool { return r.Fired > 0 })
	is := func(outcome scenarios.Outcome) bool {
		return slices.ContainsFunc(verdicts, func(v scenarios.Verdict) bool { return v.Outcome == outcome })
	}
	switch {
	case !good || struck && is(scenarios.Fail):
		return scenarios.Fail
	case !struck || len(verdicts) > 0 && !is(scenarios.Pass):
		return scenarios.Unproven
	}
	return scenarios.Pass
}

func firstLine(text string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return first
}
