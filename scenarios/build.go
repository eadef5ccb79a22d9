package scenarios

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// RuleBuilder makes a rule. Each method returns a changed copy, so that a builder can be kept and varied. A rule alone is
// a Source: a scenario of that rule.
type RuleBuilder struct {
	rule Rule
	err  error
}

// On begins a rule about operations, by id or glob: auth0.organizations.*.
func On(operations ...string) RuleBuilder { return RuleBuilder{}.On(operations...) }

// By begins a rule about a portable class of operations.
func By(intent Intent) RuleBuilder { return RuleBuilder{}.Intent(intent) }

// Listener begins a rule about the connections of a vendor, for Refuse and TLS.
func Listener(vendor string) RuleBuilder { return RuleBuilder{rule: Rule{Listener: vendor}} }

// At begins a rule about a moment, counted from Since, at which a Change happens by itself.
func At(moment time.Duration) RuleBuilder { return RuleBuilder{rule: Rule{At: &moment}} }

// Rule returns what was built.
func (b RuleBuilder) Rule() (Rule, error) { return b.rule, b.err }

// Scenario returns a scenario of the rule alone, which has the rule's name.
func (b RuleBuilder) Scenario() (*Scenario, error) { return New(b.rule.Name).Rule(b).Scenario() }

// On adds operations; with Intent, only those of them that are of the class are meant.
func (b RuleBuilder) On(operations ...string) RuleBuilder {
	b.rule.On = append(slices.Clip(b.rule.On), operations...)
	return b
}

// Intent narrows the rule to a class of operations.
func (b RuleBuilder) Intent(intent Intent) RuleBuilder { b.rule.Intent = intent; return b }

// Name names the rule.
func (b RuleBuilder) Name(name string) RuleBuilder { b.rule.Name = name; return b }

// When adds a condition on a part of the call, such as path.id. The value is a Test, or what the part must equal.
func (b RuleBuilder) When(part string, value any) RuleBuilder {
	test, ok := value.(Test)
	if !ok {
		test.Equals, b.err = toJSON(value, b.err)
	}
	b.rule.When = append(slices.Clip(b.rule.When), Condition{part, test})
	return b
}

// Calls chooses calls by number, from 1, both ends included; to 0: no end.
func (b RuleBuilder) Calls(from, to int) RuleBuilder {
	b.rule.Calls = Calls{From: from, To: to}
	return b
}

// Every chooses each n-th call, beginning at from; from 0: at the n-th.
func (b RuleBuilder) Every(n, from int) RuleBuilder {
	b.rule.Calls = Calls{From: from, Every: n}
	return b
}

// Per says what calls are counted by.
func (b RuleBuilder) Per(per Per) RuleBuilder { b.rule.Per = per; return b }

// Chance says of how many of 100 calls that it means the rule strikes, by the seed.
func (b RuleBuilder) Chance(percent float64) RuleBuilder { b.rule.Chance = Percent(percent); return b }

// During sets the window in which the rule is active, counted from Since; to 0: no end.
func (b RuleBuilder) During(from, to time.Duration) RuleBuilder {
	b.rule.During = Span{from, to}
	return b
}

// Since says from when During and At count: FirstCall, Armed, or AfterRule.
func (b RuleBuilder) Since(since Since) RuleBuilder { b.rule.Since = since; return b }

// AfterRule is the moment at which a rule first fires.
func AfterRule(name string) Since { return Since("rule " + name) }

// Phase says where on its way a call is struck.
func (b RuleBuilder) Phase(phase Phase) RuleBuilder { b.rule.Phase = phase; return b }

// Optional allows the rule never to fire.
func (b RuleBuilder) Optional() RuleBuilder { b.rule.Optional = true; return b }

// Delay keeps the call waiting for a fixed time.
func (b RuleBuilder) Delay(d time.Duration) RuleBuilder { b.rule.Delay = Delay{Fixed: d}; return b }

// DelayBy keeps the call waiting for a time drawn from a distribution.
func (b RuleBuilder) DelayBy(d Delay) RuleBuilder { b.rule.Delay = d; return b }

// Fail answers with an error of the operation's table, by code or by class.
func (b RuleBuilder) Fail(codeOrClass string) RuleBuilder { b.rule.Fail = codeOrClass; return b }

// RetryAfter is the wait that Fail or Answer tells: whole seconds.
func (b RuleBuilder) RetryAfter(wait time.Duration) RuleBuilder { b.rule.RetryAfter = wait; return b }

// RateLimit leaves so many calls in a bucket, named without its vendor.
func (b RuleBuilder) RateLimit(bucket string, left int) RuleBuilder {
	b.rule.RateLimit = &RateLimit{bucket, left}
	return b
}

// Answer sends an answer in place of the vendor's.
func (b RuleBuilder) Answer(a Answer) RuleBuilder { b.rule.Answer = &a; return b }

// Patch edits the answer that is about to be sent.
func (b RuleBuilder) Patch(p Patch) RuleBuilder { b.rule.Patch = &p; return b }

// Network breaks the connection, or what is sent on it.
func (b RuleBuilder) Network(n Network) RuleBuilder { b.rule.Network = &n; return b }

// Lag makes reads answer as the world was so long ago.
func (b RuleBuilder) Lag(d time.Duration) RuleBuilder { b.rule.Lag = d; return b }

// Change lets another admin delete, update or create objects.
func (b RuleBuilder) Change(c Change) RuleBuilder { b.rule.Change = &c; return b }

// Revoke ends the caller's credential.
func (b RuleBuilder) Revoke() RuleBuilder { b.rule.Revoke = true; return b }

// Expire ends the caller's credential as one whose time is over.
func (b RuleBuilder) Expire() RuleBuilder { b.rule.Expire = true; return b }

// Skew sets the world's clock ahead of the client's or, where negative, behind.
func (b RuleBuilder) Skew(d time.Duration) RuleBuilder { b.rule.Clock = &Clock{d}; return b }

// Hold keeps calls until they are released.
func (b RuleBuilder) Hold(h Hold) RuleBuilder { b.rule.Hold = &h; return b }

// Value is a Go value as JSON, for the values of patches and changes. It panics where encoding/json can't write the value.
func Value(v any) JSON {
	value, err := toJSON(v, nil)
	if err != nil {
		panic(err)
	}
	return value
}

func toJSON(v any, err error) (JSON, error) {
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "", fmt.Errorf("a value of a scenario is not JSON: %w", err)
	}
	return JSON(strings.TrimSuffix(out.String(), "\n")), nil
}

// Builder makes a scenario. Each method returns a changed copy. It is a Source.
type Builder struct {
	scenario Scenario
	err      error
}

// New begins a scenario; the name may be "".
func New(name string) Builder { return Builder{scenario: Scenario{Name: name}} }

// About says in a sentence what happens to the client.
func (b Builder) About(sentence string) Builder { b.scenario.About = sentence; return b }

// Seed decides the dice; 0 takes the world's.
func (b Builder) Seed(seed uint64) Builder { b.scenario.Seed = seed; return b }

// Fixture names what serve and exec start from when they are given none.
func (b Builder) Fixture(name string) Builder { b.scenario.Fixture = name; return b }

// Limits switches buckets on, by vendor.bucket, or resizes them.
func (b Builder) Limits(limits map[string]Limit) Builder { b.scenario.Limits = limits; return b }

// Rule adds rules, which are asked in the order in which they were added.
func (b Builder) Rule(rules ...RuleBuilder) Builder {
	b.scenario.Rules = slices.Clip(b.scenario.Rules)
	for _, r := range rules {
		if r.err != nil && b.err == nil {
			b.err = fmt.Errorf("scenario %s: rules[%d]: %w", b.scenario.Name, len(b.scenario.Rules), r.err)
		}
		b.scenario.Rules = append(b.scenario.Rules, r.rule)
	}
	return b
}

// Expect adds what the client is held to.
func (b Builder) Expect(all ...Expectation) Builder {
	b.scenario.Expect = append(slices.Clip(b.scenario.Expect), all...)
	return b
}

// Scenario returns what was built, or what is wrong with it as far as that can be told without knowing the vendors.
func (b Builder) Scenario() (*Scenario, error) {
	if b.err != nil {
		return nil, b.err
	}
	s := b.scenario
	return s.Scenario()
}
