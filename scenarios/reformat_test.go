package scenarios_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/scenarios/scenariotest"
)

func TestReformatKeepsComments(t *testing.T) {
	messy := `# top

# of the file
understudy:    1
expect: # what is held
  - waited: limits # w
  # last
scenario: storm # its name
rules:

  # first
  - {on: a.b,   # why
     fail: x, when: {path.id: "#1"}}
  - # second
    on: [ a.b ]
    # inside
    calls: 3..3 # in
    phase: after_answer
    answer:
      status: 200
      # deep
      body: |
        # no comment
        x

  # third

  - {on: a.b, delay: 120s} # behind
seed: 0 # none


# the end
`
	want := `# top

# of the file
understudy: 1
scenario: storm # its name
rules:

  # first
  - {on: a.b, when: {path.id: "#1"}, fail: x} # why
  # second
  # inside
  # in
  # deep
  - on: a.b
    calls: 3
    phase: after_answer
    answer:
      status: 200
      body: |
        # no comment
        x

  # third

  - {on: a.b, delay: 2m} # behind
expect: # what is held
  - waited: limits # w
  # last
# none

# the end
`
	got, err := scenarios.Reformat("storm.yaml", []byte(messy))
	if err != nil || string(got) != want {
		t.Fatalf("%v\n%s", err, got)
	}
	if again, err := scenarios.Reformat("storm.yaml", got); err != nil || string(again) != want {
		t.Errorf("%v\n%s", err, again)
	}
	windows := strings.ReplaceAll(messy, "\n", "\r\n")
	if got, err := scenarios.Reformat("storm.yaml", []byte(windows)); err != nil || strings.Count(string(got), "#") != strings.Count(want, "#") {
		t.Errorf("%v\n%s", err, got)
	}
}

func TestReformatJSON(t *testing.T) {
	got, err := scenarios.Reformat("a.json", []byte("\n{\"rules\":[{\"fail\":\"x\",\"on\":[\"a\"]}],\"understudy\":1}"))
	want := "{\n  \"understudy\": 1,\n  \"rules\": [\n    {\n      \"on\": \"a\",\n      \"fail\": \"x\"\n    }\n  ]\n}\n"
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s", err, got)
	}
}

func TestReformatRefusesWhatParseRefuses(t *testing.T) {
	for _, text := range []string{"understudy: 1\nrulez: 1", "understudy: 1\nscenario: a b"} {
		if _, err := scenarios.Reformat("a.yaml", []byte(text)); len(scenarios.Problems(err)) != 1 {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestReformatLosesNoComment puts comments between and behind the lines of any scenario.
func TestReformatLosesNoComment(t *testing.T) {
	c := catalogue()
	rapid.Check(t, func(t *rapid.T) {
		pick := func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "pick") }
		s := scenariotest.Scenario(pick, c)
		plain := string(s.Format())
		if strings.Contains(plain, "|") {
			t.Skip("a block of text, in which # is text")
		}
		var text strings.Builder
		n := 0
		comment := func() string { n++; return fmt.Sprintf("# comment-%d.", n) }
		for line := range strings.Lines(plain) {
			for range pick(3) {
				text.WriteString(strings.Repeat(" ", pick(6)) + comment() + strings.Repeat("\n", 1+pick(2)))
			}
			line = strings.TrimSuffix(line, "\n")
			if pick(3) == 0 {
				line += " " + comment()
			}
			text.WriteString(line + "\n")
		}
		text.WriteString(comment())
		kept, err := scenarios.Reformat("a.yaml", []byte(text.String()))
		if err != nil {
			t.Fatalf("%v\n%s", err, text.String())
		}
		for i := 1; i <= n; i++ {
			if strings.Count(string(kept), fmt.Sprintf("# comment-%d.", i)) != 1 {
				t.Fatalf("comment %d of\n%s\nin\n%s", i, text.String(), kept)
			}
		}
		if again, err := scenarios.Reformat("a.yaml", kept); err != nil || string(again) != string(kept) {
			t.Fatalf("%v: formatted twice:\n%s\n%s", err, kept, again)
		}
	})
}
