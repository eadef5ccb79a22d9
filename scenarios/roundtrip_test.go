package scenarios_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/scenarios/scenariotest"
)

func TestFormsAreEqual(t *testing.T) {
	c := catalogue()
	rapid.Check(t, func(t *rapid.T) {
		s := scenariotest.Scenario(func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "pick") }, c)
		asYAML := s.Format()
		read, err := scenarios.Parse("made-up.yaml", asYAML)
		if err != nil {
			t.Fatalf("%v\nof\n%s", err, asYAML)
		}
		same(t, s, read, asYAML)
		if again := read.Format(); string(again) != string(asYAML) {
			t.Fatalf("formatted twice:\n%s\n%s", asYAML, again)
		}
		asJSON, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var back scenarios.Scenario
		if err := json.Unmarshal(asJSON, &back); err != nil {
			t.Fatalf("%v\nof\n%s", err, asJSON)
		}
		same(t, s, &back, asJSON)
	})
}

// same compares all but where the parts stood in a text.
func same(t *rapid.T, want, got *scenarios.Scenario, text []byte) {
	t.Helper()
	a, b := reflect.ValueOf(*want), reflect.ValueOf(*got)
	for i := range a.NumField() {
		if f := a.Type().Field(i); f.IsExported() && !reflect.DeepEqual(a.Field(i).Interface(), b.Field(i).Interface()) {
			wrote, _ := json.Marshal(want)
			read, _ := json.Marshal(got)
			t.Fatalf("%s:\nwrote %s\n read %s\n%s", f.Name, wrote, read, text)
		}
	}
}
