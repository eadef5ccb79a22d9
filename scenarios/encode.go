package scenarios

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// node is the scenario as a text has it, without what is unset.
func (s *Scenario) node() node {
	version := node{key: versionKey, text: strconv.Itoa(Version)}
	n := membersNode(reflect.ValueOf(s).Elem())
	n.kids = append([]node{version}, n.kids...)
	return n
}

// encode is the inverse of decoder.value.
func encode(v reflect.Value) node {
	if v.Kind() != reflect.Pointer {
		if !v.CanAddr() {
			to := reflect.New(v.Type()).Elem()
			to.Set(v)
			v = to
		}
		switch from := v.Addr().Interface().(type) {
		case shaped:
			return from.encode()
		case *Calls:
			if from.From == from.To && from.Every == 0 {
				return node{text: strconv.Itoa(from.From)}
			}
			return bareNode(from.String())
		case word:
			return bareNode(from.String())
		case *time.Duration:
			return bareNode(writeDuration(*from))
		case *JSON:
			return valueNode(*from)
		case *[]Condition:
			return conditionsNode(*from)
		}
	}
	switch v.Kind() {
	case reflect.Pointer:
		return encode(v.Elem())
	case reflect.Struct:
		return membersNode(v)
	case reflect.Slice:
		return itemsNode(v)
	case reflect.Map:
		return entriesNode(v)
	case reflect.String:
		return node{kind: textual, text: v.String()}
	}
	return node{text: fmt.Sprint(v.Interface())}
}

func membersNode(v reflect.Value) node {
	n := node{kind: mapping}
	for _, k := range keysOf(v.Type()) {
		field := v.Field(k.index)
		if field.IsZero() && !k.always {
			continue
		}
		kid := encode(field)
		if k.json {
			kid = bodyNode(field.String())
		}
		kid.key = k.name
		n.kids = append(n.kids, kid)
	}
	return n
}

// itemsNode writes one word as itself.
func itemsNode(v reflect.Value) node {
	if v.Len() == 1 && v.Type() == reflect.TypeFor[[]string]() {
		return encode(v.Index(0))
	}
	n := node{kind: list}
	for i := range v.Len() {
		n.kids = append(n.kids, encode(v.Index(i)))
	}
	return n
}

func entriesNode(v reflect.Value) node {
	n := node{kind: mapping}
	byKey := map[string]reflect.Value{}
	for _, k := range v.MapKeys() {
		byKey[k.String()] = v.MapIndex(k)
	}
	for _, k := range sortedKeys(byKey) {
		kid := encode(byKey[k])
		kid.key = k
		n.kids = append(n.kids, kid)
	}
	return n
}

func bareNode(s string) node { return node{kind: textual, text: s, bare: true} }

// bodyNode is a text, or the JSON map or list that it holds where that reads back as the same text.
func bodyNode(s string) node {
	if strings.HasPrefix(s, "{") || strings.HasPrefix(s, "[") {
		if n := valueNode(JSON(s)); n.kind != textual && string(n.json(nil)) == s {
			return n
		}
	}
	return node{kind: textual, text: s}
}

// valueNode is a JSON value; text that is none, or none that a scenario can hold, is written as text.
func valueNode(value JSON) node {
	r := &reader{source: &source{}}
	if !json.Valid([]byte(value)) {
		return node{kind: textual, text: string(value)}
	}
	n, err := r.json([]byte(value))
	if err != nil {
		return node{kind: textual, text: string(value)}
	}
	return n
}
