package scenariotest_test

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/scenarios/scenariotest"
)

var shop = scenarios.Catalogue{
	Vendors: []string{"shop"}, Buckets: []string{"shop.all"}, Fixtures: []string{"one"}, Kinds: []scenarios.Kind{{Name: "shop.things"}},
	Operations: []scenarios.Operation{
		{
			ID: "shop.things.list", Vendor: "shop", Reads: true, Intents: []scenarios.Intent{scenarios.Reads, scenarios.Lists}, Vars: []string{"id"},
			Codes: []string{"gone"}, Classes: []string{"throttled", "unavailable"}, Ends: []string{"revoke", "expire"}, Query: []string{"page"},
		},
		{
			ID: "shop.things.create", Vendor: "shop", Intents: []scenarios.Intent{scenarios.Writes, scenarios.Creates}, Vars: []string{"id"},
			Codes: []string{"gone"}, Classes: []string{"throttled", "unavailable"}, Ends: []string{"revoke", "expire"},
		},
	},
}

// TestScenariosHaveEverything: all that the language has is made up in time, and all that is made up can be carried out.
func TestScenariosHaveEverything(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	seen := map[string]bool{}
	for range 3000 {
		s := scenariotest.Scenario(dice.IntN, shop)
		if err := s.Check(shop); err != nil {
			t.Fatal(err)
		}
		for _, part := range []any{*s, s.Rules, s.Expect} {
			keys(reflect.ValueOf(part), seen)
		}
	}
	for _, part := range []reflect.Type{reflect.TypeFor[scenarios.Scenario](), reflect.TypeFor[scenarios.Rule](), reflect.TypeFor[scenarios.Expectation]()} {
		for i := range part.NumField() {
			if key, ok := part.Field(i).Tag.Lookup("key"); ok && !seen[part.Name()+"."+key] {
				t.Errorf("no %s of a %s", key, part.Name())
			}
		}
	}
	for _, e := range scenarios.Effects() {
		if e.Fault != "" && !seen[string(e.Fault)] {
			t.Errorf("no %s", e.Name())
		}
	}
}

// keys notes the members that are given.
func keys(v reflect.Value, seen map[string]bool) {
	if v.Kind() == reflect.Slice {
		for i := range v.Len() {
			keys(v.Index(i), seen)
		}
		return
	}
	for i := range v.NumField() {
		if tag, ok := v.Type().Field(i).Tag.Lookup("key"); ok && !v.Field(i).IsZero() {
			seen[v.Type().Name()+"."+strings.TrimSpace(tag)] = true
		}
	}
	if r, ok := v.Interface().(scenarios.Rule); ok && r.Network != nil {
		seen[string(r.Network.Fault)] = true
	}
}

func TestBytesRunOut(t *testing.T) {
	pick := scenariotest.Bytes([]byte{3, 1, 200})
	if a, b, c := pick(10), pick(300), pick(300); a != 3 || b != (1<<8|200)%300 || c != 0 {
		t.Error(a, b, c)
	}
	if pick := scenariotest.Bytes([]byte{9}); pick(1) != 0 || pick(10) != 9 {
		t.Error("a choice of one takes a byte")
	}
}
