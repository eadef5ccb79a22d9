//go:debug randseednop=0
package sdktest

import (
	"context"
	cryptorand "crypto/rand"
	"flag"
	"math/rand"
	randv2 "math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/scenarios/gauntlet"
	"github.com/understudy-dev/understudy/testkit"
)

// subject is a client of others, driven as its README shows, and once more as far as it can be configured.
type subject struct {
	name       string
	modules    []string // whose versions go.mod has
	vendor     string
	plain      variant
	configured variant
}

type variant struct {
	how   string // it is configured
	run   func(ctx context.Context, w *testkit.World) error
	fails []string // scenarios
	shown []string // scenarios whose timelines the page shows
}

// What each fails as it comes.
var (
	auth0V1Fails = []string{
		"brown-out", "clock-skew", "duplicate-appears", "flapping-503", "gateway-html-502", "hang-until-timeout",
		"keep-alive-closed", "lost-answer-on-create", "maintenance-window", "rate-limit-burst", "rate-limit-with-http-date",
		"rate-limit-without-header", "refused-connections", "reset-mid-body", "stale-reads-after-write",
		"token-expires-mid-run", "truncated-json",
	}
	auth0V2Fails = []string{
		"brown-out", "clock-skew", "duplicate-appears", "flapping-503", "gateway-html-502", "hang-until-timeout",
		"keep-alive-closed", "lost-answer-on-create", "maintenance-window", "rate-limit-with-http-date",
		"rate-limit-without-header", "refused-connections", "reset-mid-body", "stale-reads-after-write",
		"token-expires-mid-run", "truncated-json",
	}
	atlasFails = []string{
		"brown-out", "clock-skew", "duplicate-appears", "flapping-503", "gateway-html-502", "hang-until-timeout",
		"keep-alive-closed", "lost-answer-on-create", "lost-answer-on-update", "maintenance-window",
		"quota-drained-then-recovers", "rate-limit-burst", "rate-limit-with-http-date", "rate-limit-without-header",
		"refused-connections", "reset-mid-body", "truncated-json",
	}
)

// but is a list without some of its members.
func but(list []string, not ...string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(not, s) })
}

var subjects = []subject{
	{
		name: "go-auth0-v1", modules: []string{"github.com/auth0/go-auth0"}, vendor: "auth0",
		plain: variant{
			how:   "`management.New(domain, management.WithClientCredentials(…))`",
			run:   auth0V1,
			fails: auth0V1Fails,
			shown: []string{"rate-limit-burst", "lost-answer-on-create", "hang-until-timeout"},
		},
		configured: variant{
			how:   "`management.WithRetryStrategy(management.RetryStrategy{MaxRetries: 8, Statuses: []int{429, 500, 502, 503, 504}, PerAttemptTimeout: 10 * time.Second})`",
			run:   auth0V1Configured,
			fails: but(auth0V1Fails, "flapping-503", "rate-limit-without-header", "refused-connections"),
			shown: []string{"gateway-html-502"},
		},
	},
	{
		name: "go-auth0-v2", modules: []string{"github.com/auth0/go-auth0/v2"}, vendor: "auth0",
		plain: variant{
			how:   "`client.New(domain, option.WithClientCredentials(…))`",
			run:   auth0V2,
			fails: auth0V2Fails,
			shown: []string{"lost-answer-on-create", "gateway-html-502", "clock-skew", "token-expires-mid-run"},
		},
		configured: variant{
			how:   "`option.WithMaxAttempts(9)` and `option.WithHTTPClient(&http.Client{Timeout: 10 * time.Second})`",
			run:   auth0V2Configured,
			fails: but(auth0V2Fails, "rate-limit-without-header"),
			shown: []string{"flapping-503"},
		},
	},
	{
		name: "atlas", modules: []string{"go.mongodb.org/atlas", "github.com/mongodb-forks/digest"}, vendor: "atlas",
		plain: variant{
			how:   "`mongodbatlas.New` with the client of `digest.NewTransport(publicKey, privateKey)`",
			run:   atlas,
			fails: atlasFails,
			shown: []string{"lost-answer-on-create"},
		},
		configured: variant{
			how:   "`Timeout: 10 * time.Second` of that client",
			run:   atlasConfigured,
			fails: atlasFails,
		},
	},
}

// TestGauntlet runs each client over the whole library, and holds the page to what it does.
func TestGauntlet(t *testing.T) {
	var found strings.Builder
	complete := true
	for _, s := range subjects {
		var plain, configured *gauntlet.Report
		t.Run(s.name, func(t *testing.T) {
			plain, configured = s.plain.report(t, "plain", s.vendor), s.configured.report(t, "configured", s.vendor)
		})
		if complete = complete && whole(plain) && whole(configured); complete {
			s.write(&found, plain, configured)
		}
	}
	if complete {
		compare(t, found.String())
	}
}

// whole tells whether -run left nothing out.
func whole(report *gauntlet.Report) bool {
	return report != nil && len(report.Results) == report.Trials
}

func (v variant) report(t *testing.T, name, vendor string) (report *gauntlet.Report) {
	var known []string
	for _, scenario := range v.fails {
		known = append(known, scenario+"@"+vendor)
	}
	t.Run(name, func(t *testing.T) {
		report = testkit.Gauntlet(t, func(ctx context.Context, w *testkit.World) error {
			sameDice()
			return v.run(ctx, w)
		}, testkit.KnownFailures(known...))
	})
	return report
}

// TestMain runs one trial after another, as they share the dice.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "1"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// sameDice lets what a client adds to its pauses by chance be the same in each run: v1 asks math/rand, v2 crypto/rand.
func sameDice() {
	rand.Seed(1)
	cryptorand.Reader = randv2.NewChaCha8([32]byte{})
}
