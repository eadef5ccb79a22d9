package scenarios

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/fixtures/tree"
)

// node is the scenario as a text has it, without what is unset.
func (s *Scenario) node() tree.Node {
	version := tree.Node{Key: versionKey, Text: strconv.Itoa(Version)}
	n := membersNode(reflect.ValueOf(s).Elem())
	n.Kids = append([]tree.Node{version}, n.Kids...)
	return n
}

// encode is the inverse of decoder.value.
func encode(v reflect.Value) tree.Node {
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
				return tree.Node{Text: strconv.Itoa(from.From)}
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
		return tree.Node{Kind: tree.Text, Text: v.String()}
	}
	return tree.Node{Text: fmt.Sprint(v.Interface())}
}

func membersNode(v reflect.Value) tree.Node {
	n := tree.Node{Kind: tree.Map}
	for _, k := range keysOf(v.Type()) {
		field := v.Field(k.index)
		if field.IsZero() && !k.always {
			continue
		}
		kid := encode(field)
		if k.json {
			kid = bodyNode(field.String())
		}
		kid.Key = k.name
		n.Kids = append(n.Kids, kid)
	}
	return n
}

// itemsNode writes one word as itself.
func itemsNode(v reflect.Value) tree.Node {
	if v.Len() == 1 && v.Type() == reflect.TypeFor[[]string]() {
		return encode(v.Index(0))
	}
	n := tree.Node{Kind: tree.List}
	for i := range v.Len() {
		n.Kids = append(n.Kids, encode(v.Index(i)))
	}
	return n
}

func entriesNode(v reflect.Value) tree.Node {
	n := tree.Node{Kind: tree.Map}
	byKey := map[string]reflect.Value{}
	for _, k := range v.MapKeys() {
		byKey[k.String()] = v.MapIndex(k)
	}
	for _, k := range sortedKeys(byKey) {
		kid := encode(byKey[k])
		kid.Key = k
		n.Kids = append(n.Kids, kid)
	}
	return n
}

func bareNode(s string) tree.Node { return tree.Node{Kind: tree.Text, Text: s, Bare: true} }

// bodyNode is a text, or the JSON map or list that it holds where that reads back as the same text.
func bodyNode(s string) tree.Node {
	if strings.HasPrefix(s, "{") || strings.HasPrefix(s, "[") {
		if n := valueNode(JSON(s)); n.Kind != tree.Text && string(n.AppendJSON(nil, nil)) == s {
			return n
		}
	}
	return tree.Node{Kind: tree.Text, Text: s}
}

// valueNode is a JSON value; text that is none, or none that a scenario can hold, is written as text.
func valueNode(value JSON) tree.Node {
	if !json.Valid([]byte(value)) {
		return tree.Node{Kind: tree.Text, Text: string(value)}
	}
	n, err := reader.JSON([]byte(value))
	if err != nil {
		return tree.Node{Kind: tree.Text, Text: string(value)}
	}
	return n
}
