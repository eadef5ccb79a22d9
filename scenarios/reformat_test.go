package scenarios_test

import (
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/scenarios"
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
