package scenarios

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/fixtures/tree"
)

const (
	// MaxRules is how many rules a scenario can have.
	MaxRules = 20_000
	// maxItems bounds every other list and map of a scenario.
	maxItems = 1000
	// maxName and maxSentence bound names and sentences, in bytes.
	maxName, maxSentence = 100, 1000
)

// isName holds names to what can stand in a path, a file's name and "rule NAME".
var isName = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// checker collects what is wrong with a scenario.
type checker struct {
	*Scenario
	problems []*Problem
	labels   map[string]int // the rules' places, by label
}

func (c *checker) wrong(path, format string, args ...any) {
	if len(c.problems) < maxProblems {
		c.problems = append(c.problems, c.problem(path, format, args...))
	}
}

// validate refuses what can be told without knowing the vendors.
func (s *Scenario) validate() error {
	c := &checker{Scenario: s, labels: map[string]int{}}
	c.head()
	c.names()
	for i := range s.Rules {
		(&ruleCheck{c, &s.Rules[i], fmt.Sprintf("rules[%d]", i)}).all()
	}
	c.cycles()
	for i := range s.Expect {
		c.expectation(&s.Expect[i], fmt.Sprintf("expect[%d]", i))
	}
	return join(c.problems)
}

func (c *checker) head() {
	if c.Name != "" {
		c.name("scenario", c.Name)
	}
	if len(c.About) > maxSentence {
		c.wrong("about", "%d bytes: at most %d", len(c.About), maxSentence)
	}
	if len(c.Rules) > MaxRules {
		c.wrong("rules", "%d rules: a scenario has at most %d", len(c.Rules), MaxRules)
	}
	if len(c.Expect) > maxItems {
		c.wrong("expect", "%d expectations: a scenario has at most %d", len(c.Expect), maxItems)
	}
	if len(c.Limits) > maxItems {
		c.wrong("limits", "%d limits: a scenario has at most %d", len(c.Limits), maxItems)
	}
	for _, bucket := range sortedKeys(c.Limits) {
		limit, path := c.Limits[bucket], "limits."+bucket
		if limit.Burst < 1 || limit.Burst > maxCount {
			c.wrong(path, "burst: a full bucket lets 1 call or more through")
		}
		if limit.Refill.Tokens < 1 || limit.Refill.Tokens > maxCount || limit.Refill.Per <= 0 || limit.Refill.Per > maxDuration {
			c.wrong(path, "refill: tokens flow in, such as 25/min")
		}
	}
}

func (c *checker) name(path, name string) {
	if !isName.MatchString(name) || len(name) > maxName {
		c.wrong(path, "%.100q is no name: letters, digits, '-' and '_', at most %d", name, maxName)
	}
}

// names refuses two rules of one name.
func (c *checker) names() {
	for i := range c.Rules {
		r, path := &c.Rules[i], fmt.Sprintf("rules[%d].name", i)
		if r.Name != "" {
			c.name(path, r.Name)
		}
		if r.Name == Limits {
			c.wrong(path, "%q stands for the rate limits in expectations: name the rule otherwise", Limits)
		}
		label := r.Label(i)
		if first, ok := c.labels[label]; ok {
			c.wrong(path, "%q is the name of rules[%d] already", label, first)
		} else {
			c.labels[label] = i
		}
	}
}

// rule returns the rule of a name, nil where there is none, which is refused.
func (c *checker) rule(path, name string) *Rule {
	if i, ok := c.labels[name]; ok {
		return &c.Rules[i]
	}
	c.wrong(path, "no rule %q%s", name, tree.Meant(name, sortedKeys(c.labels)))
	return nil
}

// cycles refuses rules that wait for one another's first firing.
func (c *checker) cycles() {
	walks := make([]int, len(c.Rules)) // the walk that came by first, from 1
	for i := range c.Rules {
		for at := i; walks[at] == 0; {
			walks[at] = i + 1
			name, ok := c.Rules[at].Since.Rule()
			next, known := c.labels[name]
			if !ok || !known {
				break
			}
			if at = next; walks[at] == i+1 {
				c.wrong(fmt.Sprintf("rules[%d].since", at), "the rule waits for its own firing")
			}
		}
	}
}

func sortedKeys[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }

// Rule is the rule that the moment names, if it does.
func (s Since) Rule() (name string, ok bool) { return strings.CutPrefix(string(s), "rule ") }

// among refuses a word that is none of the known ones.
func among[T ~string](c *checker, path string, word T, known []T) bool {
	if slices.Contains(known, word) {
		return true
	}
	words := make([]string, len(known))
	for i := range known {
		words[i] = string(known[i])
	}
	hint := tree.Meant(string(word), words)
	if hint == "" {
		hint = "; there are " + strings.Join(words, ", ")
	}
	c.wrong(path, "no %q here%s", string(word), hint)
	return false
}

// within refuses a time out of bounds.
func (c *checker) within(path string, d, least time.Duration) {
	if d < least || d > maxDuration {
		c.wrong(path, "%s: from %s to ten years", writeDuration(d), writeDuration(least))
	}
}
