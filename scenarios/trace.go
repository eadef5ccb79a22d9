package scenarios

import (
	"net/http"
	"time"
)

// Trace is what a world saw of a client while a scenario was armed: all that verdicts go by.
type Trace struct {
	Calls []Call // in the order in which they were answered
	Rules []RuleReport
	// Objects are those of the kinds that the expectations need, at the end, by kind with its vendor.
	Objects map[string][]Object
	// End is how the run ended, as a gauntlet has compared it; nil elsewhere.
	End *End
	// Gone is true where calls since arming are no longer known: the journal is bounded, and can be cleared.
	Gone bool
}

// Call is one exchange.
type Call struct {
	Seq        uint64
	Time       time.Time // of the world's clock, when the request was read
	Answered   time.Time // of the world's clock, when the answer was decided, after all delays
	Caller     string    // "" where nobody was known
	Credential string    // a fingerprint of what the request calls itself by; "" for none
	Operation  string    // with the vendor
	Family     string
	Intents    []Intent
	Method     string
	Path       string // with its query
	Body       string // of the request
	Status     int    // 0 where no answer was sent
	Code       string
	Header     http.Header // of the answer
	Answer     string      // the answer's body
	Rules      []string    // the rules that fired
	Fault      string      // of the network: "reset in mid_body"; "" for none
	Lost       bool        // the client can't know the answer: it was not sent, or not whole
	Stale      bool        // the answer is one of the past, and not that of the present
	Committed  bool        // the operation was carried out
	Keys       []Key       // the objects that it wrote, where it was carried out or tried
	Epoch      uint64      // counts what set the world's clock apart from the client's; a pause across two epochs proves nothing
	Frozen     bool        // the world's clock stood
}

// End compares the end of a run with that of one without faults.
type End struct {
	Converged bool
	Why       string // one sentence
}

// Key is an object by its kind and natural key.
type Key struct {
	Kind string // with the vendor
	Name string
}

// Object is an object at the end.
type Object struct {
	ID  string
	Key string // natural
	Doc string
}

// RuleReport is the account of one rule.
type RuleReport struct {
	Name     string `json:"name"`
	Matched  int    `json:"matched"` // calls that it counted
	Fired    int    `json:"fired"`   // calls, or moments, at which its effect took place
	Spent    bool   `json:"spent"`   // it will not fire again
	Optional bool   `json:"optional,omitempty"`
	Idle     string `json:"idle,omitempty"` // why its effect did not take place the last time that it was to: "this credential can not expire"
}

// Outcome is pass, fail or unproven.
type Outcome string

// The outcomes.
const (
	Pass     Outcome = "pass"
	Fail     Outcome = "fail"
	Unproven Outcome = "unproven" // what it speaks of did not happen, or can't be told from what was seen
)

// Verdict answers one expectation.
type Verdict struct {
	Expectation string   `json:"expectation"` // as its scenario writes it: "waited: throttle"
	Outcome     Outcome  `json:"verdict"`
	Why         string   `json:"why"`                // one sentence
	Timeline    []Moment `json:"timeline,omitempty"` // the calls that prove it, at most 50
}

// Undecided tells whether the verdict is of converged and nobody has compared: outside a gauntlet that says nothing about
// the client.
func (v Verdict) Undecided() bool {
	return v.Outcome == Unproven && v.Expectation == unbraced(Expectation{Converged: true}) && v.Why == uncompared
}

// Moment is a call in a timeline.
type Moment struct {
	Seq       uint64        `json:"seq"`
	Time      time.Time     `json:"time"`
	Operation string        `json:"operation"`
	Answer    string        `json:"answer"` // "429 too_many_requests", "lost after 201"
	Rule      string        `json:"rule,omitempty"`
	Told      time.Duration `json:"told,omitempty"`   // the wait that it told, in nanoseconds
	Waited    time.Duration `json:"waited,omitempty"` // how long after the call before it in this timeline it came, in nanoseconds
	Note      string        `json:"note,omitempty"`
}
