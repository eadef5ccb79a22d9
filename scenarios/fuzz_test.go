package scenarios_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/scenarios/scenariotest"
)

// FuzzParse: nothing that is read panics, and what is read is written in a form that reads the same.
func FuzzParse(f *testing.F) {
	for _, name := range scenarios.ShippedNames() {
		src, err := scenarios.ShippedText(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	for _, e := range scenarios.Effects() {
		f.Add([]byte(rule(e.Example)))
	}
	for i := range byte(20) {
		made := scenariotest.Scenario(scenariotest.Bytes(bytes.Repeat([]byte{i, 7 * i, 31 * i}, 40)), catalogue())
		asJSON, err := json.Marshal(made)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(asJSON)
	}
	c := catalogue()
	f.Fuzz(func(t *testing.T, src []byte) {
		s, err := scenarios.Parse("fuzz", src)
		if err != nil {
			if problems := scenarios.Problems(err); len(problems) == 0 || len(problems) > 20 || problems[0].Text == "" {
				t.Fatalf("%v", err)
			}
			return
		}
		formatted := s.Format()
		again, err := scenarios.Parse("fuzz", formatted)
		if err != nil {
			t.Fatalf("%v\nof\n%s", err, formatted)
		}
		if twice := again.Format(); !bytes.Equal(formatted, twice) {
			t.Fatalf("formatted twice:\n%s\n%s", formatted, twice)
		}
		if kept, err := scenarios.Reformat("fuzz", src); err != nil {
			t.Fatalf("%v\n%s", err, kept)
		}
		if s.Check(c) == nil {
			s.Explain(c)
		}
	})
}
