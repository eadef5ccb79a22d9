// Package scenarios is a small language for what may happen to a client: which calls a rule is about, what happens to
// them and where on their way, and what is expected of the client. A Scenario is data; the emulator carries it out.
//
// A scenario has three equal forms: a YAML file, JSON, and Go (On, Intent, New). The package knows operations, codes and
// kinds as strings and imports nothing of the emulator, which checks them against its tables.
package scenarios

import "time"

// Version is the version of the format that this package reads and writes.
const Version = 1

// Scenario is what is to happen, and what is expected.
type Scenario struct {
	// Name of the scenario, for reports and the command line: letters, digits, '-' and '_'.
	Name string `key:"scenario"`
	// About says in a sentence what happens to the client, for people.
	About string `key:"about"`
	// Seed decides the dice of chance and of random delays. 0 takes the world's seed.
	Seed uint64 `key:"seed"`
	// Fixture is what serve and exec start from when they are given none. Arming never touches objects.
	Fixture string `key:"fixture"`
	// Limits switches rate-limit buckets on, by vendor.bucket, or resizes them, for as long as the scenario is armed.
	Limits map[string]Limit `key:"limits"`
	// Rules say what happens, in the order in which they are asked: of several that are active for a call, the first one's
	// effect strikes.
	Rules []Rule `key:"rules"`
	// Expect is what the client is held to, each answered with a verdict.
	Expect []Expectation `key:"expect"`

	source *source // where the parts stand in a text; nil for one that was built
}

// Limit is the size of a bucket and how it fills.
type Limit struct {
	// Burst is how many calls a full bucket lets through.
	Burst int `key:"burst"`
	// Refill is how many tokens flow in, in how long: 25/min. Units are s, min and h, or a duration as in 1/10s.
	Refill Refill `key:"refill"`
}

// Refill is Tokens every Per.
type Refill struct {
	Tokens int
	Per    time.Duration
}

// Rule is one thing that happens to some calls. It has one effect, beside which it may have a delay.
type Rule struct {
	// Name of the rule, for expectations, journals and other rules. Default: rule-N, N being its place, from 1.
	Name string `key:"name"`

	// On is the operations that the rule is about, by id or glob; * spans dots.
	On []string `key:"on"`
	// Intent is a portable class of operations; with On, only those of On that are of the class.
	Intent Intent `key:"intent"`
	// Listener is the vendor whose connections the rule is about, in place of operations: network refuse and tls alone. It
	// begins when the scenario is armed. A refusal counts as fired when a connection in memory met it; that of a port can't
	// be seen, and counts when it begins. On a port that worlds share, tls strikes whoever names the vendor's host.
	Listener string `key:"listener"`
	// When holds conditions on a call, all of which must hold.
	When []Condition `key:"when"`
	// Calls is which of the counted calls are meant: 3, 1..2, 4.., every 5, every 5 from 2. Default: all.
	Calls Calls `key:"calls"`
	// Per is what calls are counted by. Default: rule.
	Per Per `key:"per"`
	// Chance is how likely the rule strikes a call that it means, decided by the seed and the call's number: 30%. Default: always.
	Chance Percent `key:"chance"`
	// During is the window of the world's time in which the rule is active, from the moment that Since names: 0s..30s. Default: always.
	During Span `key:"during"`
	// Since is the moment from which During and At count: first_call (default), armed, or rule NAME, which is when that rule
	// first fires. Without During, the rule is active from that moment on.
	Since Since `key:"since"`
	// At is when a change happens by itself, with no call, counted from Since.
	At *time.Duration `key:"at"`
	// Phase is where on its way a call is struck. Default: before_commit; after_answer for effects on the answer itself.
	Phase Phase `key:"phase"`
	// Optional allows the rule never to fire: testkit does not fail the test for it.
	Optional bool `key:"optional"`

	// Delay keeps the call waiting, on the world's clock, before any other effect. The delays of all active rules add up.
	Delay Delay `key:"delay"`
	// Fail answers with an error of the operation's table: its code, or a portable class that every vendor maps to one.
	Fail string `key:"fail"`
	// RetryAfter is the wait that Fail tells, as the vendor tells it, or Answer, by Retry-After as an HTTP date: whole seconds.
	RetryAfter time.Duration `key:"retry_after"`
	// RateLimit leaves so many calls in one of the vendor's buckets, whose headers and recovery are then the vendor's own.
	RateLimit *RateLimit `key:"rate_limit"`
	// Answer is sent in place of the vendor's: any status, headers and body. The journal marks it as not attested.
	Answer *Answer `key:"answer"`
	// Patch edits the answer that is about to be sent.
	Patch *Patch `key:"patch"`
	// Network breaks the connection or what is sent on it.
	Network *Network `key:"network"`
	// Lag makes a read answer as the world was so long ago, though never as before the scenario was armed.
	Lag time.Duration `key:"lag"`
	// Change is another admin at work.
	Change *Change `key:"change"`
	// Revoke ends the caller's credential: with before_auth the call that is struck is refused already, else the next one.
	Revoke bool `key:"revoke"`
	// Expire ends the caller's credential likewise, as one whose time is over.
	Expire bool `key:"expire"`
	// Clock sets the world's clock apart from the client's, until the scenario is disarmed.
	Clock *Clock `key:"clock"`
	// Hold keeps the call at its phase until it is released, the client leaves or the scenario is disarmed.
	Hold *Hold `key:"hold"`
}

// Intent is a portable class of operations, so that one scenario serves every vendor.
type Intent string

// The intents.
const (
	Writes  Intent = "writes" // creates, updates and deletes
	Reads   Intent = "reads"  // lists included
	Creates Intent = "creates"
	Updates Intent = "updates"
	Deletes Intent = "deletes"
	Lists   Intent = "lists"
	Tokens  Intent = "tokens" // what hands out credentials
)

// Intents lists the intents.
var Intents = []Intent{Writes, Reads, Creates, Updates, Deletes, Lists, Tokens}

// Phase is the place on a call's way at which a rule strikes.
type Phase string

// The phases, in the order in which a call reaches them.
const (
	BeforeAuth   Phase = "before_auth"   // the request was read, nothing was checked
	BeforeCommit Phase = "before_commit" // authenticated, within limits and valid; nothing changed
	AfterCommit  Phase = "after_commit"  // the change is made and the answer is lost or replaced; errors never get here
	AfterAnswer  Phase = "after_answer"  // the answer is decided, not sent: reads and the operation's own errors too
	MidBody      Phase = "mid_body"      // the head and a part of the body are sent
)

// Phases lists the phases in order.
var Phases = []Phase{BeforeAuth, BeforeCommit, AfterCommit, AfterAnswer, MidBody}

// Per is what a rule counts calls by.
type Per string

// What calls are counted by.
const (
	PerRule      Per = "rule"
	PerOperation Per = "operation"
	PerResource  Per = "resource" // the path that is called
	PerCaller    Per = "caller"   // who is known once the call is authenticated
)

// Calls chooses among counted calls, from 1. The zero value takes all.
type Calls struct {
	From, To int // both ends included; To 0: no end
	Every    int // of From, From+Every, From+2·Every …, From being Every where it is 0; 0: each
}

// Percent is a probability from above 0 to 100; the zero value is none given.
type Percent float64

// Span is a window of time, From included, To not; To 0: no end.
type Span struct {
	From, To time.Duration
}

// Since is "", first_call, armed, or rule NAME.
type Since string

// The moments that need no name.
const (
	FirstCall Since = "first_call" // the first call that the rule counts; for a rule about no calls, the world's first
	Armed     Since = "armed"
)

// Condition holds a part of a call against a value. Part is path.NAME, query.NAME, header.NAME, body.PATH, caller, family,
// response.status, or response.body.PATH; PATH is dotted, with numbers for items and \. for a dot in a key.
type Condition struct {
	Part string
	Test
}

// Test is what a value is held to; all that is given must hold.
type Test struct {
	// Equals is the JSON value that it must be; a plain value in a file means this.
	Equals JSON `key:"equals"`
	// Matches is a regular expression, in RE2's syntax, that some part of its text matches.
	Matches string `key:"matches"`
	// In is the JSON values of which it must be one.
	In []JSON `key:"in"`
	// GTE is what a number must at least be.
	GTE *float64 `key:"gte"`
	// LTE is what a number must at most be.
	LTE *float64 `key:"lte"`
	// Exists says whether the part must be there.
	Exists *bool `key:"exists"`
	// Not is what must not hold.
	Not *Test `key:"not"`
}

// JSON is a value as compact JSON text; "" is none.
type JSON string
