package scenarios

import "time"

// Expectation is one thing that a client is held to. Exactly one member is given.
type Expectation struct {
	// Waited: after each answer of the rule that told a wait, or with limits of any answer that did, the next call of the
	// same caller and operation comes no sooner than told.
	//
	// A wait is told by Retry-After, in seconds or as a date, of any status; by X-RateLimit-Reset, in seconds since 1970, of
	// a 429; and by retry_after, a number of seconds or its text, in an error's body. Where several differ, the soonest
	// counts: a client does right that goes by any of them. The pause runs from the answer to the reading of the next
	// call. It may be 50 ms shorter than told; 1 s where a date or a moment since 1970 told it, which are taken by the
	// world's clock. A call that was read before the answer was out is passed over, and so is a request for something else
	// that comes within 50 ms of it: it may have been under way. An equal request is a repeat. A call counts though it is
	// struck or lost itself.
	//
	// Unproven where no answer told a wait, or only waits so short that no call could come too soon; where no call
	// followed; and where the world's clock stood or was set between the two.
	Waited string `key:"waited"`
	// BackedOff: the pauses after the rule's answers grow: the median of the later half is at least 1.5 times that of the
	// earlier half or, of four and more, than the first.
	//
	// Pauses are those before equal requests (caller, method, path and body), as long as the rule strikes them without a
	// break: a run. Of an odd number the middle one counts for neither half. An answer that told a wait ends the run: its
	// length is not the client's to choose. Chance in the pauses may hide that they grow. So of the runs that do not, one of
	// six pauses and more fails where none of its later half is 1.5 times the median of the earlier; and shorter ones where
	// each has pauses of one length (within 3 %, or below 10 ms) and no other run tells more.
	//
	// Unproven where no run has two pauses or tells so much, or the world's clock stood or was set during one.
	BackedOff string `key:"backed_off"`
	// Calls bounds how many calls come, struck and lost ones included.
	Calls *CallCount `key:"calls"`
	// Order: these operations, by id or glob, are first called in this order, which is that of reading them. One that is
	// named again stands for its first call since the one named before it.
	//
	// Fails where one came before another that should be first, or without it. Unproven where the last ones never came.
	Order []string `key:"order"`
	// NoBlindRepeat: no equal unsafe request comes again after an unknown outcome without a read of that kind in between.
	//
	// Equal are caller, method, path with query, and body. Unsafe is every method but GET, HEAD and OPTIONS, save of
	// operations that read or hand out tokens, and of those that delete: to repeat them harms nobody. The outcome is unknown where the answer was lost or not whole, and after
	// any 5xx but 501, 505 and a 503 that tells a wait, which asks for the repeat. A read is of that kind where it is of the
	// same resource (the operation's id without its verb), or of a kind that the request wrote; it must be the same
	// caller's, begin after the answer and be answered before the repeat, with 2xx, 304, 404 or 410. A stale one counts: its
	// client can't tell.
	//
	// Passes where the request never came again. Unproven where no outcome was unknown.
	NoBlindRepeat *Scope `key:"no_blind_repeat"`
	// Reconciled: after an answer that the rule lost, the client reads, or repeats and takes the conflict for success; and
	// at the end there is exactly one object for each natural key that the struck calls wrote. After a read whose answer
	// was lost, not whole, or of the past, it reads the same again until it has one that is whole and of the present.
	//
	// Of writes it goes by those whose outcome is unknown, and by reads after them, as no_blind_repeat says. A repeat
	// settles it with 2xx, and with 409 (for a delete also 404 and 410) where the request does not come again. Where the
	// last call that was carried out on a key deletes, there is none at the end.
	//
	// Unproven where no struck call was in doubt, or what a write wrote or the objects at the end are not known.
	Reconciled string `key:"reconciled"`
	// GaveUp: on an error that repeating can't mend, at most so many calls in so long.
	//
	// A repeat is an equal request, until its caller changes something, which may have mended it; after a 403 any call of
	// that caller and operation; after a 401 any call of that credential and operation. Of these, a request for something
	// else that comes within 50 ms of the answer may have been under way, as another worker's, and does not count. Unproven
	// where no such error was answered, or with within where the world's clock stood or was set.
	GaveUp *GaveUp `key:"gave_up"`
	// PagedToTheEnd: each list that is begun is read to its last page.
	//
	// An answer says that there is more by next, for the parameter from (Auth0); by next_cursor, for cursor in the query or
	// the body (DevRev); by a link of rel next, for its pageNum (Atlas); or by a total beyond start and its items, for the
	// next page (Auth0). The same caller must then read that page of the same path, and of the same filter where pages have
	// numbers, and be answered with 2xx; after that answer, or beside it.
	//
	// Unproven where no answer says that there is more, as a bare array can't, or an answer is known in part only.
	PagedToTheEnd *Scope `key:"paged_to_the_end"`
	// RenewedToken: after the rule ended a credential, the client goes on with another one: the same caller makes a call with
	// it that is answered, and not with 401; fetching a token is not one.
	//
	// Fails where the client was refused with the old one and no such call came, or with the old one again after it. One that
	// comes within 50 ms of it may have been under way, as another worker's, and does not count; unless the client fetched a
	// token for such a one before. A caller that is known by its credential alone is taken for the same where the other one
	// is new since arming. Unproven where it was not refused either.
	RenewedToken string `key:"renewed_token"`
	// State: what there is at the end, by kind with its vendor. It goes by no calls. Unproven where the objects are not known.
	State map[string]StateCheck `key:"state"`
	// Converged: the run ended well, and what there is at its end equals what there is after one without faults. It
	// belongs to scenarios that a correct client survives: without it a client may also fail cleanly.
	//
	// Unproven outside a gauntlet, which alone compares the two.
	Converged bool `key:"converged"`
}

// Limits is the name that Waited takes in place of a rule: all answers that told a wait.
const Limits = "limits"

// Scope chooses operations by id or glob, by intent, or both.
type Scope struct {
	On     []string `key:"on"`
	Intent Intent   `key:"intent"`
}

// CallCount bounds the calls of a scope.
type CallCount struct {
	On      []string `key:"on"`
	Intent  Intent   `key:"intent"`
	AtLeast *int     `key:"at_least"`
	AtMost  *int     `key:"at_most"`
	Exactly *int     `key:"exactly"`
}

// GaveUp bounds what comes after a permanent error (400, 401, 403, 404, 405, 409, 410, 413, 415, 422) in a scope. An error
// whose answer was lost is none.
type GaveUp struct {
	On     []string `key:"on"`
	Intent Intent   `key:"intent"`
	// Within is how long after the first such error repeats may still come. Default: no bound.
	Within time.Duration `key:"within"`
	// Calls is how many calls may come in all, the first one included. Default: no bound.
	Calls int `key:"calls"`
}

// StateCheck is what is held about the objects of a kind: those that fit Where, or all.
type StateCheck struct {
	// Count is how many there are. Default: one or more.
	Count *int `key:"count"`
	// Where is members of the document and their values, all of which an object must have; id is its id.
	Where map[string]JSON `key:"where"`
}
