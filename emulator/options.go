package emulator

import (
	"errors"
	"fmt"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/authority"
	"github.com/understudy-dev/understudy/emulator/internal/serve"
	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/fixtures"
)

// Option configures an Emulator.
type Option func(*options) error

type options struct {
	fixture      *fixtures.Fixture
	imported     *fixtures.Fixture
	dir          *fixtures.Dir
	seed         uint64
	strict       bool
	limits       string
	checkReplies bool
	noMarkers    bool
	evidence     spec.Grade
	log          func(e Entry, took time.Duration)

	http, https  string // addresses; "" for none
	vendors      map[string]string
	hosts        []string
	caDir        string
	controlToken string
}

// WithFixture chooses the fixture that worlds start from. Default: the shipped acme.
func WithFixture(f *fixtures.Fixture) Option {
	return func(o *options) error {
		if f == nil {
			return errors.New("emulator: WithFixture(nil)")
		}
		o.fixture = f
		return nil
	}
}

// WithImport chooses what the default world alone starts from, such as an export of an earlier run: its resets go back
// there. Other worlds start from the fixture.
func WithImport(f *fixtures.Fixture) Option {
	return func(o *options) error {
		if f == nil {
			return errors.New("emulator: WithImport(nil)")
		}
		o.imported = f
		return nil
	}
}

// WithFixtures makes the files of a folder available by name to resets and new worlds.
func WithFixtures(dir *fixtures.Dir) Option {
	return func(o *options) error { o.dir = dir; return nil }
}

// WithSeed decides every generated id. Default: 1.
func WithSeed(seed uint64) Option {
	return func(o *options) error { o.seed = seed; return nil }
}

// WithAuth says which credentials are taken: "lenient" (default: any, but what was minted here is held to its scopes
// and expiry) or "strict" (only what was minted or declared).
func WithAuth(mode string) Option {
	return func(o *options) error {
		if mode != "lenient" && mode != "strict" {
			return fmt.Errorf("auth: %q is neither lenient nor strict", mode)
		}
		o.strict = mode == "strict"
		return nil
	}
}

// WithLimits turns rate limits on: "off" (default), "on" (each vendor's documented preset), or VENDOR=PRESET pairs
// joined by commas.
func WithLimits(limits string) Option {
	return func(o *options) error { o.limits = limits; return nil }
}

// WithEvidence answers only with what is known well enough: "recorded" (seen in real traffic), "documented" (that, or on a
// page or in a specification of the vendor's), or "any" (default). Where the operation or error that is about to answer
// is known less well, the answer is 501 in our own shape, and nothing has changed. Headers that are known less well are
// left out, and limits that are make New fail. A fault that a scenario injects is what the scenario says, of any grade.
// Not judged are parameters, defaults and the members of replies. Error: another word.
func WithEvidence(weakest string) Option {
	return func(o *options) error {
		grade, known := map[string]spec.Grade{"any": spec.Ungraded, "recorded": spec.GradeRecorded, "documented": spec.GradeDocumented}[weakest]
		if !known {
			return fmt.Errorf("evidence: %q is neither any, documented nor recorded", weakest)
		}
		o.evidence = grade
		return nil
	}
}

// WithCheckedReplies holds every success to its reply schema: one that breaks it answers 500 emulator_bug.
func WithCheckedReplies() Option {
	return func(o *options) error { o.checkReplies = true; return nil }
}

// WithLog gets every exchange, without query, headers and bodies, and the real time that it took. It must be safe for concurrent use.
func WithLog(log func(e Entry, took time.Duration)) Option {
	return func(o *options) error { o.log = log; return nil }
}

// WithHTTP and WithHTTPS choose where Start listens: "host:port", port 0 for a free one, "" for not at all. The host
// localhost means 127.0.0.1 and, where the machine has it, ::1. Default of both: "".
func WithHTTP(address string) Option {
	return func(o *options) error { o.http = address; return nil }
}

// WithHTTPS is like WithHTTP, for TLS.
func WithHTTPS(address string) Option {
	return func(o *options) error { o.https = address; return nil }
}

// WithVendorListener gives a vendor a plain HTTP listener of its own: every path there is that vendor's. A second one for
// the same vendor is an error.
func WithVendorListener(vendor, address string) Option {
	return func(o *options) error {
		if first, twice := o.vendors[vendor]; twice {
			return fmt.Errorf("--listen %s=%s: %s has the listener %s already", vendor, address, vendor, first)
		}
		if o.vendors == nil {
			o.vendors = map[string]string{}
		}
		o.vendors[vendor] = address
		return nil
	}
}

// WithHosts adds names to the certificate and to the hosts that the control API takes. Error: what is no host name.
func WithHosts(hosts ...string) Option {
	return func(o *options) error {
		for _, host := range hosts {
			if err := authority.CheckHost(host); err != nil {
				return fmt.Errorf("--host: %w", err)
			}
		}
		o.hosts = append(o.hosts, hosts...)
		return nil
	}
}

// WithCA keeps the certificate authority in a folder. Default: in memory.
func WithCA(dir string) Option {
	return func(o *options) error { o.caDir = dir; return nil }
}

// WithControlToken guards the control API. Default: none.
func WithControlToken(token string) Option {
	return func(o *options) error { o.controlToken = token; return nil }
}

// Entry is one exchange as a world's journal keeps it, with secrets masked.
type Entry = serve.Entry

// Filter narrows a reading of the journal.
type Filter = serve.Filter

// Credential is what a client wants to be given: Kind in the vendor's words, Scopes or Role, and how long it lasts.
type Credential = spec.Credential

// WithoutMarkers leaves out the header X-Understudy-Rule, which says that a scenario's rule struck: the client then sees
// nothing that the vendor would not send. The journal names the rules all the same.
func WithoutMarkers() Option {
	return func(o *options) error { o.noMarkers = true; return nil }
}
