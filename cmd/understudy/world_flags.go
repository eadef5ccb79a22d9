package main

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/scenarios"
)

// worldFlags say what the default world is like: serve, exec and gauntlet have them, the last but for the scenario.
type worldFlags struct {
	fixture      string
	fixtures     string
	scenario     string
	noMarkers    bool
	auth, limits string
	evidence     string
	seed         uint64
}

func (f *worldFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.fixture, "fixture", "acme", "what worlds start from: a name (shipped, or of --fixtures) or a file")
	flags.StringVar(&f.fixtures, "fixtures", "", "folder whose NAME.yaml files are fixtures by name")
	flags.BoolVar(&f.noMarkers, "no-markers", false, "leave out the header X-Understudy-Rule, which says that a rule struck")
	flags.StringVar(&f.auth, "auth", "lenient", "which credentials are taken: lenient (any) or strict (minted or declared ones)")
	flags.StringVar(&f.limits, "limits", "off", "rate limits: off, on, or VENDOR=PRESET such as auth0=free")
	flags.StringVar(&f.evidence, "evidence", "any", "how well an answer must be known: recorded, documented (or recorded), or any; else it is 501 and nothing changes")
	flags.Uint64Var(&f.seed, "seed", 1, "decides every generated id")
}

func (f *worldFlags) addScenario(flags *pflag.FlagSet) {
	flags.StringVar(&f.scenario, "scenario", "", "what happens to the clients of the default world: a shipped scenario's name or a file")
}

func (f *worldFlags) options() ([]emulator.Option, error) {
	dir, fixture, err := f.openFixtures()
	if err != nil {
		return nil, err
	}
	options := []emulator.Option{
		emulator.WithFixtures(dir), emulator.WithSeed(f.seed), emulator.WithAuth(f.auth), emulator.WithLimits(f.limits), emulator.WithEvidence(f.evidence),
	}
	if f.noMarkers {
		options = append(options, emulator.WithoutMarkers())
	}
	if fixture != nil {
		options = append(options, emulator.WithFixture(fixture))
	}
	return options, nil
}

// openFixtures reads the fixture that --fixture names, in --fixtures first. The shipped acme is left to the emulator,
// which keeps it built.
func (f *worldFlags) openFixtures() (dir *fixtures.Dir, fixture *fixtures.Fixture, err error) {
	if f.fixtures != "" {
		if dir, err = fixtures.OpenDir(f.fixtures); err != nil {
			return nil, nil, fmt.Errorf("--fixtures: %w", err)
		}
	}
	switch {
	case dir == nil && f.fixture == "acme":
		return nil, nil, nil
	case dir != nil && !strings.ContainsAny(f.fixture, `./\`):
		fixture, err = dir.Load(f.fixture)
	default:
		fixture, err = fixtures.Load(f.fixture)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("--fixture: %w", err)
	}
	return dir, fixture, nil
}

// openScenario reads the scenario that --scenario names; it also says which fixture to start from, where no --fixture does.
func (f *worldFlags) openScenario(fixtureGiven bool) (*scenarios.Scenario, error) {
	if f.scenario == "" {
		return nil, nil
	}
	s, err := readScenario(f.scenario)
	if err != nil {
		return nil, fmt.Errorf("--scenario: %w", err)
	}
	if s.Fixture != "" && !fixtureGiven {
		f.fixture = s.Fixture
	}
	return s, nil
}
