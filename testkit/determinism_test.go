package testkit_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"testing/synctest"

	"github.com/understudy-dev/understudy/scenarios"
	"github.com/understudy-dev/understudy/testkit"
)

// chequered has something of all that could differ between runs: dice, drawn delays, lag, and changes by call and by time.
const chequered = `
understudy: 1
scenario: chequered
seed: 7
rules:
  - {name: slow, on: "auth0.*", delay: {lognormal: {median: 80ms, p99: 2s}}}
  - {name: jitter, intent: writes, chance: 50%, delay: {uniform: {from: 10ms, to: 3s}}}
  - {name: meddler, at: 20s, change: {update: auth0.organizations, where: {name: acme}, set: {display_name: Renamed}}}
  - {name: rival, intent: updates, calls: 2, change: {update: target, set: {show_as_button: false}}}
  - {name: lost, intent: writes, chance: 30%, phase: after_commit, network: reset}
  - {name: end, intent: reads, calls: 9, phase: before_auth, expire: true}
  - {name: flaky, on: "auth0.*", chance: 20%, per: operation, fail: unavailable}
  - {name: cut, intent: reads, chance: 20%, phase: mid_body, network: reset}
  - {name: behind, intent: reads, calls: every 2, lag: 3s}
`

// TestTheSameSeedGivesTheSameJournal plays one scenario a hundred times at once to a client with one request in flight.
func TestTheSameSeedGivesTheSameJournal(t *testing.T) {
	first := journalOf(t)
	for range 100 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			if again := journalOf(t); !bytes.Equal(again, first) {
				t.Errorf("another journal:\n%s\nthe first:\n%s", again, first)
			}
		})
	}
}

func journalOf(t *testing.T) (journal []byte) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := testkit.Start(t)
		w.Play(t, scenarios.YAML(chequered))
		job := provisioners["careful"](w.Client(), w.URL("auth0"))
		for _, name := range []string{"globex", "initech"} {
			if err := job.provision(t.Context(), wanted{name, newcomer.connections}); err != nil {
				t.Fatal(err)
			}
		}
		var err error
		if journal, err = json.Marshal(w.Requests(testkit.Filter{})); err != nil {
			t.Fatal(err)
		}
	})
	return journal
}
