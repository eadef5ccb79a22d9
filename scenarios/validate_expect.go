package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

func (c *checker) expectation(e *Expectation, path string) {
	keys := e.keys()
	if len(keys) != 1 {
		c.wrong(path, "an expectation has one key, of %s", strings.Join(names(keysOf(reflect.TypeFor[Expectation]())), ", "))
		return
	}
	path += "." + keys[0]
	switch {
	case e.Waited != "" && e.Waited != Limits:
		c.fits(path, e.Waited, tellsWait, "tells no wait: give it fail with retry_after, rate_limit, or an answer with Retry-After")
	case e.BackedOff != "":
		c.fits(path, e.BackedOff, answersOften, "does not answer or lose two calls or more")
	case e.Reconciled != "":
		c.fits(path, e.Reconciled, leavesUnsure, "leaves no outcome unknown: it neither loses an answer, nor fails what was done, nor lags")
	case e.RenewedToken != "":
		c.fits(path, e.RenewedToken, func(r *Rule) bool { return r.Revoke || r.Expire }, "ends no credential: give it revoke or expire")
	case e.Calls != nil:
		c.scope(path, e.Calls.On, e.Calls.Intent)
		c.callCount(path, e.Calls)
	case e.NoBlindRepeat != nil && e.NoBlindRepeat.Intent == Deletes:
		c.wrong(path, "to delete again harms nobody: this is about creates and updates")
	case e.NoBlindRepeat != nil:
		c.scope(path, e.NoBlindRepeat.On, e.NoBlindRepeat.Intent)
	case e.PagedToTheEnd != nil:
		c.scope(path, e.PagedToTheEnd.On, e.PagedToTheEnd.Intent)
	case e.GaveUp != nil:
		c.scope(path, e.GaveUp.On, e.GaveUp.Intent)
		c.within(path, e.GaveUp.Within, 0)
		if e.GaveUp.Calls < 1 || e.GaveUp.Calls > maxCount {
			c.wrong(path, "calls: how many may come in all, the first included? From 1")
		}
	case len(e.Order) > 0 && (len(e.Order) < 2 || len(e.Order) > maxItems):
		c.wrong(path, "%d operations: an order has from 2 to %d", len(e.Order), maxItems)
	case e.State != nil:
		c.state(path, e.State)
	}
}

// keys are those of the expectation that are given.
func (e *Expectation) keys() (given []string) {
	v := reflect.ValueOf(e).Elem()
	for _, k := range keysOf(v.Type()) {
		if !v.Field(k.index).IsZero() {
			given = append(given, k.name)
		}
	}
	return given
}

// fits refuses a rule that can't bring about what is expected after it.
func (c *checker) fits(path, rule string, can func(*Rule) bool, why string) {
	if r := c.rule(path, rule); r != nil && !can(r) {
		c.wrong(path, "rule %s %s", rule, why)
	}
}

func tellsWait(r *Rule) bool {
	return r.RetryAfter > 0 || r.RateLimit != nil || r.Answer != nil && (r.Answer.has("Retry-After") || r.Answer.has("X-RateLimit-Reset"))
}

// answersOften tells whether pauses after the rule's answers can be compared.
func answersOften(r *Rule) bool {
	once := r.Calls.From == r.Calls.To && r.Calls.To > 0 && (r.Per == "" || r.Per == PerRule)
	return !once && r.Listener == "" && (r.Fail != "" || r.Answer != nil || r.RateLimit != nil || r.Network != nil)
}

// leavesUnsure tells whether a client can't know after the rule what there is.
func leavesUnsure(r *Rule) bool {
	if at := r.StrikesAt(); (r.Fail != "" || r.Answer != nil) && (at == AfterCommit || at == AfterAnswer) {
		return true
	}
	lossy := []Fault{Reset, Close, Hang, Truncate, BadLength, Garbage, BadChunk}
	return r.Lag > 0 || r.Network != nil && slices.Contains(lossy, r.Network.Fault)
}

func (c *checker) scope(path string, on []string, intent Intent) {
	if len(on) == 0 && intent == "" {
		c.wrong(path, "of which operations? Give on or intent")
	}
	if len(on) > maxItems {
		c.wrong(path, "%d operations: at most %d", len(on), maxItems)
	}
	if intent != "" {
		among(c, path+".intent", intent, Intents)
	}
}

func (c *checker) callCount(path string, n *CallCount) {
	given := 0
	for _, bound := range []*int{n.AtLeast, n.AtMost, n.Exactly} {
		if bound == nil {
			continue
		}
		if given++; *bound < 0 || *bound > maxCount {
			c.wrong(path, "%d calls: from 0 to %d", *bound, maxCount)
		}
	}
	switch {
	case given == 0:
		c.wrong(path, "how many? Give at_least, at_most or exactly")
	case n.Exactly != nil && given > 1:
		c.wrong(path, "exactly leaves no room for at_least or at_most")
	case n.AtLeast != nil && n.AtMost != nil && *n.AtLeast > *n.AtMost:
		c.wrong(path, "no number is at least %d and at most %d", *n.AtLeast, *n.AtMost)
	}
}

func (c *checker) state(path string, kinds map[string]StateCheck) {
	if len(kinds) > maxItems {
		c.wrong(path, "%d kinds: at most %d", len(kinds), maxItems)
	}
	for _, kind := range sortedKeys(kinds) {
		check, path := kinds[kind], path+"."+kind
		if check.Count == nil && len(check.Where) == 0 {
			c.wrong(path, "give count, where, or both")
		}
		if check.Count != nil && (*check.Count < 0 || *check.Count > maxCount) {
			c.wrong(path, "count: %d: from 0 to %d", *check.Count, maxCount)
		}
		if len(check.Where) > maxItems {
			c.wrong(path, "where: %d members: at most %d", len(check.Where), maxItems)
		}
		for _, name := range sortedKeys(check.Where) {
			if !check.Where[name].valid() {
				c.wrong(fmt.Sprintf("%s.where.%s", path, name), "%.50q is no JSON", string(check.Where[name]))
			}
		}
	}
}
