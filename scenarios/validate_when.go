package scenarios

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/fixtures/tree"
)

// parts of a call that a condition can be about; those that end in a dot go on with a name or a path.
var parts = []string{"path.", "query.", "header.", "body.", "caller", "family", "response.status", "response.body."}

// maxNot is how deep not can nest.
const maxNot = 8

func (c *ruleCheck) conditions() {
	if len(c.r.When) > maxItems {
		c.refuse("when", "%d conditions: at most %d", len(c.r.When), maxItems)
	}
	seen := map[string]bool{}
	for _, w := range c.r.When {
		path := "when." + w.Part
		if seen[w.Part] {
			c.refuse(path, "%s is asked twice: give both tests in one", w.Part)
		}
		seen[w.Part] = true
		c.part(path, w.Part)
		c.test(path, &w.Test, 0)
	}
}

func (c *ruleCheck) part(path, part string) {
	if slices.Contains(parts, part) && !strings.HasSuffix(part, ".") {
		return
	}
	for _, p := range parts {
		rest, ok := strings.CutPrefix(part, p)
		switch {
		case !ok || !strings.HasSuffix(p, "."):
		case rest == "" || strings.HasSuffix(p, "body.") && badPath(rest):
			c.refuse(path, "%q is no part of a call: %sNAME", part, p)
			return
		default:
			return
		}
	}
	head, name, _ := strings.Cut(part, ".")
	hint := tree.Meant(part, parts)
	if near := tree.Nearest(head, []string{"path", "query", "header", "body"}); near != "" && name != "" {
		hint = fmt.Sprintf("; did you mean %q?", near+"."+name)
	}
	c.refuse(path, "no part %q of a call%s", part, hint)
}

func (c *ruleCheck) test(path string, t *Test, depth int) {
	if t.Equals == "" && t.Matches == "" && t.In == nil && t.GTE == nil && t.LTE == nil && t.Exists == nil && t.Not == nil {
		c.refuse(path, "held to nothing: give a value, equals, matches, in, gte, lte, exists or not")
	}
	if t.Equals != "" && !t.Equals.valid() {
		c.refuse(path, "equals: %.50q is no JSON", string(t.Equals))
	}
	if len(t.Matches) > maxSentence {
		c.refuse(path, "matches: %d bytes: at most %d", len(t.Matches), maxSentence)
	} else if _, err := regexp.Compile(t.Matches); err != nil {
		c.refuse(path, "matches: %v", err)
	}
	if t.In != nil && len(t.In) == 0 || len(t.In) > maxItems {
		c.refuse(path, "in: %d values: from 1 to %d", len(t.In), maxItems)
	}
	for _, value := range t.In {
		if !value.valid() {
			c.refuse(path, "in: %.50q is no JSON", string(value))
		}
	}
	for _, bound := range []*float64{t.GTE, t.LTE} {
		if bound != nil && (math.IsNaN(*bound) || math.IsInf(*bound, 0)) {
			c.refuse(path, "%v is no bound", *bound)
		}
	}
	if t.GTE != nil && t.LTE != nil && *t.GTE > *t.LTE {
		c.refuse(path, "no number is at least %v and at most %v", *t.GTE, *t.LTE)
	}
	switch {
	case t.Not != nil && depth == maxNot:
		c.refuse(path, "not: nested deeper than %d", maxNot)
	case t.Not != nil:
		c.test(path, t.Not, depth+1)
	}
}
