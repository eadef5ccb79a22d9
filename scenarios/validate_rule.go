package scenarios

import (
	"slices"
	"strings"
	"time"
)

// ruleCheck looks at one rule.
type ruleCheck struct {
	*checker
	r    *Rule
	path string
}

func (c *ruleCheck) refuse(key, format string, args ...any) {
	c.wrong(strings.TrimSuffix(c.path+"."+key, "."), format, args...)
}

func (c *ruleCheck) all() {
	before := len(c.problems)
	c.selector()
	c.counting()
	c.window()
	c.conditions()
	c.effect()
	if len(c.problems) == before {
		c.phase()
	}
}

func (c *ruleCheck) selector() {
	r := c.r
	if r.Intent != "" {
		among(c.checker, c.path+".intent", r.Intent, Intents)
	}
	if len(r.On) > maxItems {
		c.refuse("on", "%d operations: at most %d", len(r.On), maxItems)
	}
	selects := len(r.On) > 0 || r.Intent != ""
	switch {
	case r.Listener != "" && (selects || r.At != nil):
		c.refuse("listener", "a rule about connections is about no calls and no moment: leave out on, intent and at")
	case r.Listener != "" && (r.During != Span{} || r.Since != ""):
		c.refuse("listener", "a fault of connections begins when the scenario is armed and ends with it, or after refuse's own time: leave out during and since")
	case r.At != nil && selects:
		c.refuse("at", "what happens at a moment happens with no call: leave out on and intent")
	case r.Listener == "" && r.At == nil && !selects:
		c.refuse("", "the rule says of no call that it is about it: give on, intent, listener or at")
	}
	if r.Listener == "" && r.At == nil {
		return
	}
	for _, k := range []struct {
		key   string
		given bool
	}{
		{"calls", r.Calls != Calls{}}, {"per", r.Per != ""}, {"chance", r.Chance != 0}, {"when", len(r.When) > 0},
		{"phase", r.Phase != ""}, {"delay", r.Delay != Delay{}},
	} {
		if k.given {
			c.refuse(k.key, "%s is about calls, and this rule is about none", k.key)
		}
	}
}

func (c *ruleCheck) counting() {
	r := c.r
	n := r.Calls
	if n.From < 0 || n.To < 0 || n.Every < 0 || max(n.From, n.To, n.Every) > maxCount || n.To > 0 && (n.From < 1 || n.To < n.From || n.Every > 0) {
		c.refuse("calls", "no calls %d to %d, every %d: they count from 1, at most to %d", n.From, n.To, n.Every, maxCount)
	}
	if r.Per != "" {
		among(c.checker, c.path+".per", r.Per, []Per{PerRule, PerOperation, PerResource, PerCaller})
	}
	if r.Chance != 0 && !r.Chance.possible() {
		c.refuse("chance", "%v is no probability from above 0%% to 100%%", r.Chance)
	}
}

func (c *ruleCheck) window() {
	r := c.r
	if s := r.During; s.From < 0 || s.To < 0 || s.To != 0 && s.To <= s.From || max(s.From, s.To) > maxDuration {
		c.refuse("during", "%s: a window ends after it begins, and begins at 0s or later", s)
	}
	if r.At != nil {
		c.within(c.path+".at", *r.At, 0)
		if r.During != (Span{}) {
			c.refuse("during", "what happens at a moment has no window: leave out during")
		}
	}
	if name, ok := r.Since.Rule(); ok {
		c.rule(c.path+".since", name)
	} else if r.Since != "" && r.Since != FirstCall && r.Since != Armed {
		c.refuse("since", "%q: since is first_call, armed, or rule NAME", string(r.Since))
	}
}

// effect holds the rule to one effect, and that to its own bounds.
func (c *ruleCheck) effect() {
	r := c.r
	keys := r.effects()
	switch {
	case len(keys) > 1:
		c.refuse(keys[1], "a rule has one effect, and this one has %s: make it %d rules", strings.Join(keys, " and "), len(keys))
		return
	case len(keys) == 0 && r.Delay == Delay{}:
		c.refuse("", "the rule has no effect and no delay")
		return
	case r.At != nil && r.Change == nil:
		c.refuse("at", "only a change happens by itself")
	case r.RetryAfter != 0 && r.Fail == "" && r.Answer == nil:
		c.refuse("retry_after", "the wait is what fail or answer tells: give one")
	case r.RetryAfter < 0 || r.RetryAfter%time.Second != 0 || r.RetryAfter > maxDuration:
		c.refuse("retry_after", "%s: vendors tell waits in whole seconds", writeDuration(r.RetryAfter))
	}
	c.delay()
	switch {
	case r.RateLimit != nil && (r.RateLimit.Left < 0 || r.RateLimit.Left > maxCount):
		c.refuse("rate_limit", "left: %d calls: 0 or more", r.RateLimit.Left)
	case r.RateLimit != nil && r.RateLimit.Bucket == "":
		c.refuse("rate_limit", "bucket: which one?")
	case r.Answer != nil:
		c.answer(r.Answer)
		if r.RetryAfter != 0 && r.Answer.has("Retry-After") {
			c.refuse("retry_after", "the answer's headers tell a wait already: leave out one")
		}
	case r.Patch != nil:
		c.patch(r.Patch)
	case r.Network != nil:
		c.network(r.Network)
	case r.Lag != 0:
		c.within(c.path+".lag", r.Lag, 1)
	case r.Change != nil:
		c.change(r.Change)
	case r.Clock != nil && (r.Clock.Skew == 0 || max(r.Clock.Skew, -r.Clock.Skew) > maxDuration):
		c.refuse("clock", "skew: %s: not 0s, and at most ten years", writeDuration(r.Clock.Skew))
	case r.Hold != nil:
		c.hold(r.Hold)
	}
}

func (c *ruleCheck) hold(h *Hold) {
	switch {
	case (h.Release == "") == (h.Calls == 0):
		c.refuse("hold", "until: give release NAME or calls N")
	case h.Release != "":
		c.name(c.path+".hold", h.Release)
		if i, ok := c.labels[h.Release]; ok && &c.Rules[i] == c.r {
			c.refuse("hold", "a rule that holds calls until it fires would hold none: give another name")
		}
	case h.Calls < 2 || h.Calls > maxItems:
		c.refuse("hold", "until: calls %d: from 2 to %d are held for one another", h.Calls, maxItems)
	}
}

// phase asks whether the effect can strike there, and whether what the rule goes by is known there.
func (c *ruleCheck) phase() {
	r := c.r
	if r.Phase != "" && !among(c.checker, c.path+".phase", r.Phase, Phases) {
		return
	}
	e, ok := c.r.entry()
	if !ok || len(e.Phases) == 0 || r.At != nil {
		return
	}
	at := r.StrikesAt()
	if !slices.Contains(e.Phases, at) {
		c.refuse("phase", "%s strikes %s, not %s", e.Name(), orWords(e.Phases), at)
	}
	if at == BeforeAuth && r.Per == PerCaller {
		c.refuse("per", "who calls is not known at before_auth")
	}
	if r.Network != nil && r.Network.Bytes > 0 && at != MidBody && slices.Contains([]Fault{Reset, Close, Hang}, r.Network.Fault) {
		c.refuse("network", "%d bytes of the body are sent only with phase: mid_body", r.Network.Bytes)
	}
	if r.Change != nil && at != BeforeCommit && (r.Change.Delete == Target || r.Change.Update == Target) {
		c.refuse("change", "what a call is about to write is known at before_commit only")
	}
	for _, w := range r.When {
		path := "when." + w.Part
		if strings.HasPrefix(w.Part, "response.") && (at == BeforeAuth || at == BeforeCommit) {
			c.refuse(path, "there is no answer yet at %s: give phase: after_answer", at)
		}
		if w.Part == "caller" && at == BeforeAuth {
			c.refuse(path, "who calls is not known at before_auth")
		}
	}
}

// orWords lists words with "or" before the last.
func orWords[T ~string](words []T) string {
	var b strings.Builder
	for i, w := range words {
		switch {
		case i > 0 && i == len(words)-1:
			b.WriteString(" or ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(string(w))
	}
	return b.String()
}
