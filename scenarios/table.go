package scenarios

import "slices"

// Effect is what a rule can do, and where.
type Effect struct {
	Key     string  // of the rule
	Fault   Fault   // of network; "" for other keys
	Phases  []Phase // at which it can strike; none for what needs a listener
	Default Phase   // where the rule gives no phase
	Doc     string  // what happens, in a sentence
	Example string  // a rule that has it, as in a file
}

// Effects lists every effect, and the delay that may go with each.
func Effects() []Effect {
	all := slices.Clone(effects)
	for i := range all {
		all[i].Phases = slices.Clone(all[i].Phases)
	}
	return all
}

var (
	answered = []Phase{BeforeAuth, BeforeCommit, AfterCommit, AfterAnswer} // phases at which the walk can be left
	anywhere = Phases
	ofAnswer = []Phase{AfterAnswer}
	ofBody   = []Phase{AfterAnswer, MidBody}
)

var effects = []Effect{
	{"delay", "", answered, BeforeCommit,
		"The call waits on the world's clock; the delays of all active rules add up, and any effect comes after them.",
		`{on: "auth0.*", delay: {lognormal: {median: 80ms, p99: 2s}}}`},
	{"fail", "", answered, BeforeCommit,
		"The call is answered with an error of its operation's table: a code, or a portable class that every vendor maps to one; retry_after tells a wait as that vendor does.",
		`{on: auth0.organization_connections.update, calls: 1..2, fail: throttled, retry_after: 2s}`},
	{"rate_limit", "", answered, BeforeCommit,
		"One of the vendor's real buckets keeps so many calls, so that the refusals, the headers and the recovery are the vendor's own. Struck at before_auth, this call already finds it so; later, the next.",
		`{on: auth0.organizations.list, calls: 3, phase: before_auth, rate_limit: {bucket: organizations.list, left: 0}}`},
	{"answer", "", answered, BeforeCommit,
		"An answer that no table knows is sent, such as a gateway's page; the journal marks it as not attested by the vendor; retry_after tells a wait by Retry-After as an HTTP date.",
		`{on: "auth0.*", calls: 2, answer: {status: 502, headers: {Content-Type: text/html}, body: "<h1>Bad Gateway</h1>"}}`},
	{"patch", "", ofAnswer, AfterAnswer,
		"Members of the JSON answer that is about to be sent are set or taken out.",
		`{on: auth0.organizations.get, calls: 1, patch: {set: {metadata: null, branding.unknown: 1}, remove: [display_name]}}`},
	{"network", Reset, anywhere, BeforeCommit,
		"The connection is reset as TCP does it; in mid_body after half of the body, or after {reset: N} bytes.",
		`{intent: creates, calls: 3, phase: after_commit, network: reset}`},
	{"network", Close, anywhere, BeforeCommit,
		"The connection ends in order, without an answer; in mid_body after half of the body, or after {close: N} bytes.",
		`{on: auth0.organizations.create, calls: 1, network: close}`},
	{"network", Hang, anywhere, BeforeCommit,
		"Nothing more comes until the client leaves or the scenario is disarmed; in mid_body after half of the body, or after {hang: N} bytes.",
		`{intent: writes, calls: 1, phase: after_commit, network: hang}`},
	{"network", Truncate, ofBody, AfterAnswer,
		"The head declares the whole body, N bytes of it come, and the connection ends.",
		`{intent: lists, calls: 1, network: {truncate: 20}}`},
	{"network", Drip, ofBody, AfterAnswer,
		"The body comes so many bytes at a time, with a pause before each next part.",
		`{intent: reads, calls: 1, network: {drip: {bytes: 16, every: 200ms}}}`},
	{"network", BadLength, ofAnswer, AfterAnswer,
		"Content-Length tells fewer bytes than are sent. HTTP/1.1 only.",
		`{intent: reads, calls: 1, network: bad_length}`},
	{"network", SlowHeaders, ofAnswer, AfterAnswer,
		"The head of the answer comes byte by byte, one every 100 ms. HTTP/1.1 only.",
		`{intent: reads, calls: 1, network: slow_headers}`},
	{"network", CloseKeepalive, ofAnswer, AfterAnswer,
		"The answer is whole, and then the connection ends, though the client may have meant to use it again.",
		`{intent: reads, network: close_keepalive}`},
	{"network", Garbage, answered, BeforeCommit,
		"Bytes come that are no HTTP. HTTP/1.1 only.",
		`{intent: reads, calls: 1, network: garbage}`},
	{"network", BadChunk, ofAnswer, AfterAnswer,
		"The body comes in chunks, one of which has a length that is no number. HTTP/1.1 only.",
		`{intent: reads, calls: 1, network: bad_chunk}`},
	{"network", Refuse, nil, "",
		"The listener refuses connections for so long.",
		`{listener: auth0, network: {refuse: 10s}}`},
	{"network", TLS, nil, "",
		"The handshake shows a certificate that is expired or untrusted, or fails.",
		`{listener: auth0, network: {tls: expired}}`},
	{"lag", "", []Phase{BeforeCommit}, BeforeCommit,
		"A read answers as the world was so long ago, though never as before the scenario was armed. Writes and their own answers see the present.",
		`{intent: lists, during: 0s..30s, lag: 5s}`},
	{"change", "", answered, BeforeCommit,
		"Another admin deletes, updates or creates objects of a kind; one that hits nothing leaves the rule unfired. With at, it happens by itself.",
		`{on: auth0.organization_connections.update, calls: 1, change: {delete: target}}`},
	{"revoke", "", answered, BeforeCommit,
		"The caller's credential ends. Struck at before_auth, this call is refused already; later, the next.",
		`{intent: writes, calls: 3, phase: before_auth, revoke: true}`},
	{"expire", "", answered, BeforeCommit,
		"The caller's credential ends as one whose time is over, likewise.",
		`{on: "auth0.*", calls: 3, phase: before_auth, expire: true}`},
	{"clock", "", answered, BeforeCommit,
		"The world's clock is set apart from the client's until the scenario is disarmed.",
		`{on: "auth0.*", calls: 1, phase: before_auth, clock: {skew: 90s}}`},
	{"hold", "", answered, BeforeCommit,
		"The call is kept until another rule or the control API releases it, or until so many are kept, so that two can be made to race.",
		`{intent: creates, calls: 1..2, hold: {until: calls 2}}`},
}
