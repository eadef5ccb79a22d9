package scenarios_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/scenarios/scenariotest"
)

func TestSchemaIsOfTheTypes(t *testing.T) {
	heldTo(t, "scenario.schema.json", schema(t))
}

func TestSchemaTakesWhatParseTakes(t *testing.T) {
	s := compiled(t)
	for _, name := range scenarios.ShippedNames() {
		src, err := scenarios.ShippedText(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(plain(t, src)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, e := range scenarios.Effects() {
		if err := s.Validate(plain(t, []byte("understudy: 1\nrules:\n  - "+e.Example))); err != nil {
			t.Errorf("%s: %v", e.Name(), err)
		}
	}
	c := catalogue()
	rapid.Check(t, func(t *rapid.T) {
		made := scenariotest.Scenario(func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "pick") }, c)
		src, err := json.Marshal(made)
		if err != nil {
			t.Fatal(err)
		}
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(src))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(v); err != nil {
			t.Fatalf("%v\nof\n%s", err, src)
		}
	})
}

func TestSchemaRefusesWhatParseRefuses(t *testing.T) {
	s := compiled(t)
	for _, text := range []string{
		"{}", "rules: []", "understudy: 2", "understudy: '1'", "{understudy: 1, rulez: []}", "{understudy: 1, rules: {}}",
		rule("{fail: x}"), rule("{on: a, fial: x}"), rule("{on: a}"), rule("{on: a, fail: x, calls: 0}"), rule("{on: a, fail: x, calls: 2...3}"),
		rule("{on: a, fail: x, chance: 30}"), rule("{on: a, fail: x, during: 5s}"), rule("{on: a, fail: x, per: user}"),
		rule("{on: a, fail: x, phase: later}"), rule("{on: a, fail: x, since: rule}"), rule("{on: a, fail: x, retry_after: 2}"),
		rule("{intent: makes, fail: x}"), rule("{on: a, network: rest}"), rule("{on: a, network: truncate}"), rule("{on: a, network: {reset: 1, close: 1}}"),
		rule("{on: a, network: {drip: {bytes: 0, every: 1s}}}"), rule("{listener: a, network: {tls: old}}"), rule("{on: a, delay: 2}"),
		rule("{on: a, delay: {uniform: {to: 1s}, normal: {mean: 1s}}}"), rule("{on: a, delay: {gamma: {}}}"), rule("{on: a, answer: {status: 99}}"),
		rule("{on: a, answer: {}}"), rule("{on: a, patch: {sets: {}}}"), rule("{on: a, hold: {until: 3}}"), rule("{on: a, hold: {until: calls x}}"),
		rule("{on: a, change: {drop: x}}"), rule("{on: a, fail: x, when: {id: 3}}"), rule("{on: a, fail: x, when: {path.id: {is: 3}}}"),
		rule("{on: a, rate_limit: {left: 1}}"), rule("{on: a, clock: {}}"), rule("{on: a, revoke: yes please}"),
		expect("{waited: 3}"), expect("{waited: a, backed_off: b}"), expect("{}"), expect("{calls: {on: a}}"), expect("{order: a}"),
		expect("{state: {a: {counts: 1}}}"), expect("{gave_up: {on: a}}"), "understudy: 1\nlimits: {a: {burst: 3}}", "understudy: 1\nlimits: {a: {burst: 3, refill: 3}}",
	} {
		if err := s.Validate(plain(t, []byte(text))); err == nil {
			t.Errorf("the schema takes %s", text)
		}
		if _, err := scenarios.Parse("bad.yaml", []byte(text)); err == nil {
			t.Errorf("Parse takes %s", text)
		}
	}
}

func rule(flow string) string   { return "understudy: 1\nrules:\n  - " + flow }
func expect(flow string) string { return "understudy: 1\nexpect:\n  - " + flow }

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(scenarios.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("scenario.schema.json", v); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("scenario.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// plain reads YAML as an editor does.
func plain(t *testing.T, src []byte) any {
	t.Helper()
	asJSON, err := yaml.YAMLToJSON(src)
	if err != nil {
		t.Fatalf("%v: %s", err, src)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

type object = map[string]any

// schema makes the schema of the types, in draft 7, which editors know best.
func schema(t *testing.T) string {
	m := maker{readDocs(t), object{}}
	root := m.structure(reflect.TypeFor[scenarios.Scenario](), "")
	root["$schema"] = "http://json-schema.org/draft-07/schema#"
	root["title"] = "A scenario of understudy"
	root["required"] = []string{"understudy"}
	root["properties"].(object)["understudy"] = object{"const": scenarios.Version, "description": "The version of the format."}
	root["definitions"] = m.definitions
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(root); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

type maker struct {
	docs
	definitions object
}

const (
	durationPattern = `[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))*|0`
	namePattern     = `[A-Za-z0-9_-]+`
)

func pattern(p string) object { return object{"type": "string", "pattern": "^(" + p + ")$"} }

// required are the keys without which a type says nothing.
var required = map[string][]string{
	"Limit": {"burst", "refill"}, "RateLimit": {"bucket"}, "Answer": {"status"}, "Clock": {"skew"}, "GaveUp": {"calls"},
	"Uniform": {"to"}, "Normal": {"mean"}, "Lognormal": {"median", "p99"},
}

// of is the schema of a type.
func (m *maker) of(t reflect.Type, field string) object {
	switch t {
	case reflect.TypeFor[time.Duration]():
		return pattern(durationPattern)
	case reflect.TypeFor[scenarios.JSON]():
		return object{}
	case reflect.TypeFor[scenarios.Calls]():
		return object{"anyOf": []any{object{"type": "integer", "minimum": 1}, pattern(`[1-9][0-9]*(\.\.([1-9][0-9]*)?)?|every [1-9][0-9]*( from [1-9][0-9]*)?`)}}
	case reflect.TypeFor[scenarios.Percent]():
		return pattern(`[0-9]+(\.[0-9]+)?%`)
	case reflect.TypeFor[scenarios.Span]():
		return pattern(`(` + durationPattern + `)\.\.(` + durationPattern + `)?`)
	case reflect.TypeFor[scenarios.Refill]():
		return pattern(`[1-9][0-9]*/(s|min|h|` + durationPattern + `)`)
	case reflect.TypeFor[scenarios.Since]():
		return pattern(`first_call|armed|rule ` + namePattern)
	case reflect.TypeFor[[]scenarios.Condition]():
		return object{
			"type":                 "object",
			"propertyNames":        pattern(`(path|query|header|body|response\.body)\.[\s\S]+|caller|family|response\.status`),
			"additionalProperties": m.of(reflect.TypeFor[*scenarios.Test](), field),
		}
	case reflect.TypeFor[*scenarios.Test]():
		plain := object{"type": []string{"string", "number", "boolean", "null", "array"}}
		return object{"anyOf": []any{plain, m.define(t.Elem())}}
	case reflect.TypeFor[scenarios.Hold]():
		return object{
			"type": "object", "additionalProperties": false, "required": []string{"until"},
			"properties": object{"until": pattern(`release ` + namePattern + `|calls [1-9][0-9]*`)},
		}
	case reflect.TypeFor[scenarios.Network]():
		return m.network()
	case reflect.TypeFor[scenarios.Delay]():
		return object{"anyOf": []any{pattern(durationPattern), one(m.structure(t, field))}}
	}
	return m.ofKind(t, field)
}

func (m *maker) ofKind(t reflect.Type, field string) object {
	if all := m.values[t.Name()]; t.Kind() == reflect.String && len(all) > 0 {
		var choices []any
		for _, c := range all {
			choices = append(choices, described(object{"const": c.value}, c.doc))
		}
		return object{"oneOf": choices}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return m.of(t.Elem(), field)
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Uint64:
		return object{"type": "integer", "minimum": 0}
	case reflect.Float64:
		return object{"type": "number"}
	case reflect.String:
		return object{"type": "string"}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": m.of(t.Elem(), field)}
	case reflect.Slice:
		items := object{"type": "array", "items": m.of(t.Elem(), field)}
		if t.Elem().Kind() == reflect.String && t.Elem() != reflect.TypeFor[scenarios.JSON]() && field != "Expectation.Order" {
			return object{"anyOf": []any{object{"type": "string"}, items}}
		}
		return items
	case reflect.Struct:
		return m.define(t)
	}
	panic(fmt.Sprintf("no schema for %s", t))
}

// define puts a type among the definitions.
func (m *maker) define(t reflect.Type) object {
	if _, known := m.definitions[t.Name()]; !known {
		m.definitions[t.Name()] = nil // for types that hold themselves
		s := m.structure(t, "")
		switch t {
		case reflect.TypeFor[scenarios.Rule]():
			s["allOf"] = []any{anyKey("on", "intent", "listener", "at"), anyKey("delay", "fail", "rate_limit", "answer", "patch", "network", "lag", "change", "revoke", "expire", "clock", "hold")}
		case reflect.TypeFor[scenarios.Expectation]():
			one(s)
		case reflect.TypeFor[scenarios.CallCount]():
			s["allOf"] = []any{anyKey("at_least", "at_most", "exactly"), anyKey("on", "intent")}
		case reflect.TypeFor[scenarios.Scope](), reflect.TypeFor[scenarios.GaveUp]():
			s["allOf"] = []any{anyKey("on", "intent")}
		case reflect.TypeFor[scenarios.Test]():
			s["minProperties"] = 1
		}
		m.definitions[t.Name()] = s
	}
	return object{"$ref": "#/definitions/" + t.Name()}
}

func one(s object) object {
	s["minProperties"], s["maxProperties"] = 1, 1
	return s
}

func anyKey(keys ...string) object {
	var any []any
	for _, k := range keys {
		any = append(any, object{"required": []string{k}})
	}
	return object{"anyOf": any}
}

// structure is the schema of a type's keys.
func (m *maker) structure(t reflect.Type, field string) object {
	properties := object{}
	for i := range t.NumField() {
		f := t.Field(i)
		tag, ok := f.Tag.Lookup("key")
		if !ok {
			continue
		}
		key, option, _ := strings.Cut(tag, ",")
		of := t.Name() + "." + f.Name
		s := m.of(f.Type, of)
		switch {
		case option == "json":
			s = object{}
		case of == "Answer.Status":
			s = object{"type": "integer", "minimum": 200, "maximum": 599}
		}
		properties[key] = described(s, m.text[of])
	}
	s := described(object{"type": "object", "additionalProperties": false, "properties": properties}, m.text[t.Name()])
	if keys := required[t.Name()]; keys != nil {
		s["required"] = keys
	}
	return s
}

// described adds a description, which draft 7 does not read beside a $ref.
func described(s object, doc string) object {
	if doc == "" {
		return s
	}
	if _, isRef := s["$ref"]; isRef {
		return object{"allOf": []any{s}, "description": doc}
	}
	s["description"] = doc
	return s
}

// network is the one type whose forms follow from its values.
func (m *maker) network() object {
	whole := object{"type": "integer", "minimum": 0}
	drip := object{
		"type": "object", "additionalProperties": false, "required": []string{"bytes", "every"},
		"properties": object{"bytes": object{"type": "integer", "minimum": 1}, "every": pattern(durationPattern)},
	}
	needs := object{
		"truncate": whole, "reset": whole, "close": whole, "hang": whole, "drip": drip, "refuse": pattern(durationPattern),
		"tls": object{"enum": []string{"expired", "untrusted", "handshake_failure"}},
	}
	var plain []any
	properties := object{}
	for _, c := range m.values["Fault"] {
		if s, ok := needs[c.value]; ok {
			properties[c.value] = object{"allOf": []any{s}, "description": c.doc}
		}
		if !slices.Contains([]string{"truncate", "drip", "refuse", "tls"}, c.value) {
			plain = append(plain, object{"const": c.value, "description": c.doc})
		}
	}
	return object{"anyOf": []any{object{"oneOf": plain}, one(object{"type": "object", "additionalProperties": false, "properties": properties})}}
}
