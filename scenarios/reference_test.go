package scenarios_test

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/scenarios"
)

// TestReferenceIsOfTheTypes also reads and checks every example of the page.
func TestReferenceIsOfTheTypes(t *testing.T) {
	p := page{T: t, docs: readDocs(t), catalogue: catalogue()}
	p.line("# The scenario language: reference\n")
	p.line("This page is made from the types, their comments and the table of effects: `go test ./scenarios -update`. Every example on it is read and checked by a test.\n")
	p.file()
	p.rules()
	p.phases()
	p.effects()
	p.expectations()
	heldTo(t, "REFERENCE.md", p.String())
}

type page struct {
	*testing.T
	docs
	strings.Builder
	catalogue scenarios.Catalogue
}

func (p *page) line(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

// example writes an example, once it was checked. It returns what was read.
func (p *page) example(show, whole string) *scenarios.Scenario {
	p.Helper()
	s, err := scenarios.Parse("example", []byte(whole))
	if err == nil {
		err = s.Check(p.catalogue)
	}
	if err != nil {
		p.Fatalf("%v\nof\n%s", err, whole)
	}
	p.line("```yaml\n%s\n```\n", strings.TrimSpace(show))
	return s
}

// keys lists the members of a type with their comments.
func (p *page) keys(t reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		if tag, ok := f.Tag.Lookup("key"); ok {
			key, _, _ := strings.Cut(tag, ",")
			p.line("- `%s`: %s", key, p.sentence(t, f.Name))
		}
	}
	p.line("")
}

// sentence is a comment on a type, or on a field of it, as a file's reader needs it: without the Go name that it begins
// with, and with keys in place of other fields' names.
func (p *page) sentence(t reflect.Type, field string) string {
	name := strings.TrimSuffix(t.Name()+"."+field, ".")
	doc := p.text[name]
	if doc == "" {
		p.Errorf("%s has no comment", name)
		return ""
	}
	if field == "" {
		field = t.Name()
	}
	for _, verb := range []string{": ", " is ", " are ", " "} {
		if rest, ok := strings.CutPrefix(doc, field+verb); ok && !strings.HasPrefix(rest, "of ") {
			doc = strings.ToUpper(rest[:1]) + rest[1:]
			break
		}
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if key, _, _ := strings.Cut(f.Tag.Get("key"), ","); key != "" && t.Name() != "Expectation" {
			doc = regexp.MustCompile(`\b`+f.Name+`\b`).ReplaceAllString(doc, "`"+key+"`")
		}
	}
	return doc
}

func (p *page) file() {
	p.line("## A file\n")
	p.line("A scenario is a YAML file of at most %d KiB, JSON of the same shape, or a value that was built in Go. Anchors, tags and several documents are not read. The first key is `understudy: %d`, the version of the format.\n", scenarios.MaxSize>>10, scenarios.Version)
	text := `understudy: 1
scenario: throttled-then-lost
about: The vendor throttles two updates; later a create is applied but its answer never arrives.
seed: 7
fixture: acme
limits:
  auth0.organizations.write: {burst: 5, refill: 25/min}
rules:
  - {name: throttle, on: auth0.organization_connections.update, calls: 1..2, fail: throttled, retry_after: 2s}
  - {name: lost, intent: creates, calls: 3, phase: after_commit, network: reset}
expect:
  - waited: throttle
  - reconciled: lost
  - calls: {on: auth0.organization_connections.update, at_most: 5}
`
	s := p.example(text, text)
	if got := string(s.Format()); got != text {
		p.Errorf("the first example is not in its canonical form:\n%s", got)
	}
	p.keys(reflect.TypeFor[scenarios.Scenario]())
	p.line("A limit has these keys:\n")
	p.keys(reflect.TypeFor[scenarios.Limit]())
}

// ruleExamples has one of each key of a rule that is no effect.
var ruleExamples = map[string]string{
	"name":        `{name: throttle, intent: writes, calls: 1, fail: throttled}`,
	"on":          `{on: [auth0.organizations.create, "auth0.*.update"], calls: 1, fail: throttled}`,
	"intent":      `{on: "auth0.*", intent: creates, calls: 1, fail: throttled}`,
	"listener":    `{listener: auth0, network: {refuse: 10s}}`,
	"when":        `{on: auth0.organizations.list, when: {query.page: "1", header.X-Retry: {exists: false}}, fail: unavailable}`,
	"calls":       `{intent: writes, calls: every 5 from 2, fail: throttled, retry_after: 1s}`,
	"per":         `{intent: reads, per: operation, calls: 1, fail: unavailable}`,
	"chance":      `{intent: reads, chance: 30%, fail: unavailable}`,
	"during":      `{on: "auth0.*", during: 5s..30s, fail: unavailable, retry_after: 5s}`,
	"since":       `{on: "auth0.*", during: 0s..30s, since: armed, fail: unavailable}`,
	"at":          `{at: 5s, since: armed, change: {delete: auth0.organizations, where: {name: acme}}}`,
	"phase":       `{intent: creates, calls: 1, phase: after_commit, fail: internal}`,
	"optional":    `{intent: deletes, fail: unavailable, optional: true}`,
	"retry_after": `{intent: writes, calls: 1..2, fail: throttled, retry_after: 2s}`,
}

func (p *page) rules() {
	p.line("## Rules\n\n%s\n", p.sentence(reflect.TypeFor[scenarios.Rule](), ""))
	p.line("### Which calls, and when\n")
	t, effects := reflect.TypeFor[scenarios.Rule](), effectKeys()
	for i := range t.NumField() {
		f := t.Field(i)
		key, _, _ := strings.Cut(f.Tag.Get("key"), ",")
		if effects[key] {
			continue
		}
		p.line("#### `%s`\n\n%s\n", key, p.sentence(t, f.Name))
		flow, ok := ruleExamples[key]
		if !ok {
			p.Errorf("%s has no example", key)
			continue
		}
		s := p.example("- "+flow, "understudy: 1\nrules:\n  - "+flow)
		if reflect.ValueOf(s.Rules[0]).Field(i).IsZero() {
			p.Errorf("the example of %s has none: %s", key, flow)
		}
		switch key {
		case "intent":
			p.choices("Intent")
		case "when":
			p.line("%s\n\nA plain value means equality. A map says more:\n", p.sentence(reflect.TypeFor[scenarios.Condition](), ""))
			p.keys(reflect.TypeFor[scenarios.Test]())
		case "per":
			p.choices("Per")
		}
	}
}

// choices lists the constants of a type.
func (p *page) choices(of string) {
	for _, c := range p.values[of] {
		line := "- `" + c.value + "`"
		if c.doc != "" {
			line += ": " + c.doc
		}
		p.line("%s", line)
	}
	p.line("")
}

func (p *page) phases() {
	p.line("## Phases\n\nA phase is the place on a call's way at which a rule strikes, in the order in which a call reaches them:\n")
	p.choices("Phase")
}

func effectKeys() map[string]bool {
	keys := map[string]bool{}
	for _, e := range scenarios.Effects() {
		keys[e.Key] = true
	}
	return keys
}

// parts are the types of what effects need.
var parts = map[string][]reflect.Type{
	"delay":      {reflect.TypeFor[scenarios.Delay](), reflect.TypeFor[scenarios.Uniform](), reflect.TypeFor[scenarios.Normal](), reflect.TypeFor[scenarios.Lognormal]()},
	"rate_limit": {reflect.TypeFor[scenarios.RateLimit]()}, "answer": {reflect.TypeFor[scenarios.Answer]()}, "patch": {reflect.TypeFor[scenarios.Patch]()},
	"change": {reflect.TypeFor[scenarios.Change]()}, "clock": {reflect.TypeFor[scenarios.Clock]()},
}

func (p *page) effects() {
	p.line("## Effects\n\nA rule has one, and may have a delay beside it.\n")
	for _, e := range scenarios.Effects() {
		p.line("### `%s`\n\n%s\n", e.Name(), e.Doc)
		if len(e.Phases) == 0 {
			p.line("With `listener`.\n")
		} else {
			var all []string
			for _, phase := range e.Phases {
				all = append(all, "`"+string(phase)+"`")
			}
			p.line("Phases: %s. Default: `%s`.\n", strings.Join(all, ", "), e.Default)
		}
		p.example("- "+e.Example, "understudy: 1\nrules:\n  - "+e.Example)
		for i, t := range parts[e.Key] {
			if i > 0 {
				p.line("`%s`: %s\n", strings.ToLower(t.Name()), p.sentence(t, ""))
			}
			if e.Key != "delay" || i > 0 {
				p.keys(t)
			}
		}
		if hold := reflect.TypeFor[scenarios.Hold](); e.Key == "hold" {
			p.line("`until` is one of two.\n\n- `release NAME`: %s\n- `calls N`: %s\n", p.sentence(hold, "Release"), p.sentence(hold, "Calls"))
		}
	}
}

// expectExamples has one of each key of an expectation, of the rules below.
var expectExamples = map[string]string{
	"waited":           `waited: throttle`,
	"backed_off":       `backed_off: flaky`,
	"calls":            `calls: {on: auth0.organizations.create, at_least: 1, at_most: 5}`,
	"order":            `order: [auth0.organizations.create, auth0.organization_connections.update]`,
	"no_blind_repeat":  `no_blind_repeat: {intent: creates}`,
	"reconciled":       `reconciled: lost`,
	"gave_up":          `gave_up: {intent: writes, calls: 2, within: 30s}`,
	"paged_to_the_end": `paged_to_the_end: {on: auth0.organizations.list}`,
	"renewed_token":    `renewed_token: ended`,
	"converged":        `converged: true`,
	"state":            `state: {auth0.organizations: {where: {name: acme}, count: 1}}`,
}

const expectRules = `understudy: 1
rules:
  - {name: throttle, on: auth0.organizations.create, calls: 1, fail: throttled, retry_after: 2s}
  - {name: flaky, intent: reads, calls: 1..4, fail: unavailable}
  - {name: lost, intent: creates, calls: 2, phase: after_commit, network: reset}
  - {name: ended, on: "auth0.*", calls: 9, phase: before_auth, expire: true}
expect:
  - `

func (p *page) expectations() {
	p.line("## Expectations\n\nEach is answered with a verdict: `pass`, `fail` or `unproven`, from what the server saw alone.\n")
	t := reflect.TypeFor[scenarios.Expectation]()
	for i := range t.NumField() {
		f := t.Field(i)
		key := f.Tag.Get("key")
		p.line("### `%s`\n\n%s\n", key, p.sentence(t, f.Name))
		flow, ok := expectExamples[key]
		if !ok {
			p.Errorf("%s has no example", key)
			continue
		}
		s := p.example("- "+flow, expectRules+flow)
		if reflect.ValueOf(s.Expect[0]).Field(i).IsZero() {
			p.Errorf("the example of %s has none: %s", key, flow)
		}
		if of := f.Type; of.Kind() == reflect.Pointer || of.Kind() == reflect.Map {
			p.keysOf(of.Elem())
		}
	}
}

// keysOf lists the members of a type that needs no comment on each.
func (p *page) keysOf(t reflect.Type) {
	var all []string
	for i := range t.NumField() {
		all = append(all, "`"+t.Field(i).Tag.Get("key")+"`")
	}
	p.line("Keys: %s. %s\n", strings.Join(all, ", "), p.sentence(t, ""))
}
