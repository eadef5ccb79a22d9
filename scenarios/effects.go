package scenarios

import "time"

// Delay is a wait: a fixed time, or one of the distributions, drawn by the seed and the call's number.
type Delay struct {
	Fixed     time.Duration
	Uniform   *Uniform   `key:"uniform"`
	Normal    *Normal    `key:"normal"`
	Lognormal *Lognormal `key:"lognormal"`
}

// Uniform draws from From to To.
type Uniform struct {
	// From is the shortest wait. Default: 0s.
	From time.Duration `key:"from"`
	// To is the longest wait.
	To time.Duration `key:"to"`
}

// Normal draws from a bell curve, never below 0 nor above Cap.
type Normal struct {
	// Mean is the middle of what is drawn.
	Mean time.Duration `key:"mean"`
	// Stddev is the standard deviation: two of three calls are no further from the mean.
	Stddev time.Duration `key:"stddev"`
	// Cap bounds what is drawn. Default: the mean and four standard deviations.
	Cap time.Duration `key:"cap"`
}

// Lognormal draws from the long-tailed curve that answer times have.
type Lognormal struct {
	// Median is what half of the calls stay below.
	Median time.Duration `key:"median"`
	// P99 is what 99 of 100 calls stay below.
	P99 time.Duration `key:"p99"`
	// Cap bounds what is drawn. Default: ten times P99.
	Cap time.Duration `key:"cap"`
}

// RateLimit leaves Left calls in a bucket, named without its vendor.
type RateLimit struct {
	// Bucket is one of the vendor's, as `understudy operations` shows them: organizations.write.
	Bucket string `key:"bucket"`
	// Left is how many calls it still lets through. Default: 0.
	Left int `key:"left,always"`
}

// Answer is a raw HTTP answer.
type Answer struct {
	// Status is from 200 to 599.
	Status int `key:"status"`
	// Headers are sent beside those of the server: Date and what frames the body.
	Headers map[string]string `key:"headers"`
	// Body is text, or in a file any JSON value, which is sent as JSON.
	Body string `key:"body,json"`
}

// Patch edits an answer's JSON body, by dotted paths, with numbers for items and \. for a dot in a key.
type Patch struct {
	// Set gives members values; those that are not there are added.
	Set map[string]JSON `key:"set"`
	// Remove takes members out.
	Remove []string `key:"remove"`
}

// Network is one fault of the connection or of what is sent on it: the name of a Fault and what it needs.
type Network struct {
	Fault Fault
	// Bytes is how much of the body is sent: for truncate, and for reset, close and hang in mid_body, where {reset: N} says it
	// and 0 is half of it. For drip, how many bytes at a time.
	Bytes int
	// Every is the pause between drips.
	Every time.Duration
	// For is how long refuse lasts.
	For time.Duration
	// TLS is expired, untrusted or handshake_failure.
	TLS string
}

// Fault names a fault of the network.
type Fault string

// The faults.
const (
	Reset          Fault = "reset"           // a TCP reset
	Close          Fault = "close"           // the connection ends without an answer
	Hang           Fault = "hang"            // nothing more comes until the client leaves or the scenario is disarmed
	Truncate       Fault = "truncate"        // {truncate: N}: N bytes of the body that was declared, then the end
	Drip           Fault = "drip"            // {drip: {bytes: N, every: D}}
	BadLength      Fault = "bad_length"      // Content-Length tells fewer bytes than are sent
	SlowHeaders    Fault = "slow_headers"    // the head comes byte by byte, one every 100 ms
	CloseKeepalive Fault = "close_keepalive" // the connection ends after an answer that is whole
	Garbage        Fault = "garbage"         // bytes that are no HTTP
	BadChunk       Fault = "bad_chunk"       // a chunk whose length is no number
	Refuse         Fault = "refuse"          // with listener; {refuse: D}: connections are refused for D
	TLS            Fault = "tls"             // with listener; {tls: expired | untrusted | handshake_failure}
)

// Change is what another admin does. Exactly one of Delete, Update and Create is given.
type Change struct {
	// Delete deletes objects of a kind, named with its vendor: auth0.connections. It also takes target: what the struck call
	// is about to write, which the emulator finds by trying the call out.
	Delete string `key:"delete"`
	// Update sets members of objects of a kind, or of target.
	Update string `key:"update"`
	// Create makes an object of a kind.
	Create string `key:"create"`
	// Where finds the objects: members and their values, "id" for the id. All that fit are meant.
	Where map[string]JSON `key:"where"`
	// Set gives members values: of an update, those that change; of a create, the whole object as a client would send it.
	Set map[string]JSON `key:"set"`
}

// Target stands for a kind in a Change: the objects that the struck call is about to write.
const Target = "target"

// Clock sets clocks apart.
type Clock struct {
	// Skew is how far the world's clock is put ahead of the client's; negative: behind.
	Skew time.Duration `key:"skew"`
}

// Hold keeps calls. Exactly one is given; in a file, `until: release NAME` or `until: calls N`.
type Hold struct {
	// Release is a name: the calls go on when it is released, over the control API or in Go, or when the rule of that
	// name fires. Once released, later calls are not held.
	Release string
	// Calls is how many calls must be held: the last of them lets all go.
	Calls int
}
