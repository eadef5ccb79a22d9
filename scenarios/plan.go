// Package scenarios holds what can be made to happen to a call. A Plan is data: what is to strike one call, and where.
// The package knows operations as strings and imports nothing of the emulator.
package scenarios

import (
	"net/http"
	"time"
)

// Phase is the place in a request's path at which a plan strikes.
type Phase string

// The phases, in the order in which a request reaches them.
const (
	BeforeAuth   Phase = "before_auth"   // the request was read, nothing was checked
	BeforeCommit Phase = "before_commit" // authenticated, within limits and valid; nothing changed
	AfterCommit  Phase = "after_commit"  // the change is made, the answer is not shaped; errors never get here
	AfterAnswer  Phase = "after_answer"  // the answer is decided, not sent
)

// Plan says what is to happen to one call. The zero value lets it pass untouched.
type Plan struct {
	Rule       string        // the rule that struck, as journals and the X-Understudy-Rule header name it
	Phase      Phase         // "" is BeforeCommit
	Delay      time.Duration // on the world's clock, before anything else of the plan
	Fail       string        // a code of the operation's table, or a portable class
	RetryAfter time.Duration // what the failure tells the client to wait
	Answer     *Answer       // in place of Fail: any bytes, not attested by the vendor
}

// Answer is a raw HTTP answer.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Call is what a planner may know of a request when it decides.
type Call struct {
	Operation string // with the vendor: auth0.organizations.get
	Family    string
	Method    string
	Path      string
	Caller    string // "" before authentication
	At        time.Time
}

// Planner decides what happens to each call of a world. It must be safe for concurrent use. Nil lets all pass.
type Planner func(Call) Plan

// In tells whether the plan strikes at a phase.
func (p Plan) In(phase Phase) bool {
	if p.Phase == "" {
		return phase == BeforeCommit
	}
	return p.Phase == phase
}

// Empty tells whether the plan leaves the call untouched.
func (p Plan) Empty() bool { return p.Delay == 0 && p.Fail == "" && p.Answer == nil }
