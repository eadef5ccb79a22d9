// Package spec holds the words of a vendor's table: operations, errors, schemas, kinds, limits and their evidence. The
// table is the only truth: routing, authorization, validation, limits, scenario names, the fidelity ledger and the
// conformance suite are derived from it.
package spec

import (
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// Vendor is one emulated service.
type Vendor struct {
	Name     string   // the first label of operation ids, of hosts (auth0.localhost) and of fixture sections
	Title    string   // for people
	Prefixes []string // the paths that are this vendor's, disjoint from every other's; see Owns

	Lacks      []string // what of the service is not emulated, a line each
	Operations []Operation
	Errors     []Error // the rows that every operation may answer with, by the stage that raises them
	Kinds      []Kind  // in the order in which a fixture's objects can be built
	Buckets    []Bucket
	Presets    []string // names of rate-limit presets; the first is what `--limits on` means
	Headers    []Header // on every reply
	Roles      []string // credentials that can be minted, by role; empty where scopes say it all

	// Credential returns what in a request names its caller, "" for none. It tells worlds apart; it proves nothing.
	Credential func(r *http.Request, body []byte) string
	// Authenticate says who calls. Its errors are Failures of the vendor's rows.
	Authenticate func(c *Call) error
	// Slash says that a slash at the end of a path is taken and means nothing.
	Slash bool
	// Challenges says that Authenticate writes notes, such as the nonces that it hands out. They stay where it refuses.
	Challenges bool
	// Ended refuses a credential that a scenario has revoked, or made expire. It returns nil for one that can't end so, and
	// is nil where none can.
	Ended func(c *Call, expired bool) error
	// Whole says what is wrong with a fixture's section once all of it is built. Nil: no more than its objects tell.
	Whole func(tx *state.Tx) error
	// Mint makes a credential that Authenticate takes.
	Mint func(c *Call, want Credential) (Minted, error)
	// Authorize puts the Fields of a minted credential on a request, as the vendor's clients do.
	Authorize func(h http.Header, minted state.Doc)
	// Order says which broken rule of a body is told where it breaks several; nil: the first that Schema.Check finds.
	Order []Rule
	// PermitLast asks whether the caller may call the operation when the request is known to be valid; else it is asked as
	// soon as it is known who calls.
	PermitLast bool
	// Wording says what is wrong with a request in the vendor's words, with the code of the row that carries it.
	Wording func(v Violation) (code, detail string)
	// Render turns an error row into the vendor's bytes. The {places} of the message are filled already.
	Render func(c *Call, e *Error, message string) Reply
	// Shape gives a success the form that the request asks for, after it was held to its schema. Nil: it has one form.
	Shape func(c *Call, reply *Reply)
	// Decorate sets the headers that every reply carries.
	Decorate func(c *Call, header http.Header, quota Quota)
	// Standing says that Decorate is told where the main bucket stands on replies that it did not count too, such as those to
	// unknown callers. Only for a main bucket that all callers share.
	Standing bool
}

// Quota is where a caller stands with the vendor's main bucket.
type Quota struct {
	Limit, Remaining int
	Reset            time.Time     // when the bucket is full enough for the next call
	Wait             time.Duration // how long until a call goes through; 0 where it does
	Refused          string        // the bucket that said no, "" for none
	Rate             Rate          // of that bucket, as it is sized now; of the main one where a scenario says no
	Counted          bool          // limits are on: the numbers are this caller's, not those of a fresh bucket
}

// Bucket is a token bucket of a vendor's rate limits. A request passes the buckets that its row names.
type Bucket struct {
	Name   string
	Global bool // every authenticated call passes it, before its operation's own
	// Key tells the buckets of one name apart: each caller's, each organization's. Keys must be ids of objects, so that
	// there are no more of them than of these. Nil: the world has one bucket.
	Key      func(c *Call) string
	Rates    map[string]Rate // by preset; a preset that is missing leaves the bucket unlimited
	Evidence Evidence
}

// Rate is a bucket's size and how it fills: Refill tokens every Per.
type Rate struct {
	Burst  int
	Refill int
	Per    time.Duration

	Evidence Evidence // where it is not the bucket's
}

// Known is the rate's evidence, or otherwise its bucket's.
func (r Rate) Known(bucket Evidence) Evidence {
	if r.Evidence.Grade != Ungraded {
		return r.Evidence
	}
	return bucket
}

// Wait is how long a bucket takes to gain so many tokens; 0 for none.
func (r Rate) Wait(tokens float64) time.Duration {
	if tokens <= 0 {
		return 0
	}
	return time.Duration(math.Ceil(tokens / float64(r.Refill) * float64(r.Per)))
}

// Header is a header that a vendor sets on every reply, on every one that limits counted, on those that they refused, or on
// some.
type Header struct {
	Name, Example string
	Limited       bool   // only while limits are on
	Refusing      bool   // only where limits refuse the call
	Only          string // the replies that have it, in words; "" for all
	Evidence      Evidence
}

// Kind is one sort of object.
type Kind struct {
	Name     string
	Schema   *Schema           // what a fixture's object may hold
	Refs     map[string]string // field -> kind that it names, by id or by natural key
	Identify func(state.Doc) string
	Parent   func(state.Doc) string
	Order    func(*state.Object) string // from members that never change; nil: as they were made
	Unique   func(*state.Object) (scope, name string)
	Claims   func(*state.Object) []string // further unique names, of which an object has any number
	Also     map[string]func(*state.Object) string
	Fixed    []string // those of Also in which an object stays as long as it lives
	// Key is the natural key, by which convergence, duplicates and `where` go: what a person would call the object.
	Key func(tx *state.Tx, o *state.Object) string
	// Build completes a document as the vendor does on creation: id, defaults, derived fields.
	Build func(c *Call, doc state.Doc) (state.Doc, error)
	// Remove deletes an object with what the vendor removes along with it. nil: the object alone.
	Remove   func(tx *state.Tx, o *state.Object) error
	Secrets  []string // members that are masked wherever they are shown
	Internal bool     // not part of a world's comparison: tokens, tickets
	Evidence Evidence
}

// Store returns the kind as the store needs it.
func (k *Kind) Store(tenant string) state.Kind {
	return state.Kind{Tenant: tenant, Name: k.Name, Order: k.Order, Unique: k.Unique, Claims: k.Claims, Also: k.Also, Fixed: k.Fixed}
}

// Delete removes an object, with what the vendor removes along with it.
func (k *Kind) Delete(tx *state.Tx, o *state.Object) error {
	if k.Remove != nil {
		return k.Remove(tx, o)
	}
	return tx.Delete(k.Name, o.ID)
}

// Object places a document in the store.
func (k *Kind) Object(doc state.Doc) state.Object {
	o := state.Object{Kind: k.Name, ID: k.Identify(doc), Doc: doc}
	if k.Parent != nil {
		o.Parent = k.Parent(doc)
	}
	return o
}

// Owns tells whether a path is the vendor's. A prefix stands for whole segments; one that ends in a dot, as in
// /dev-users. of /dev-users.list, for all that begins so.
func (v *Vendor) Owns(path string) bool {
	return slices.ContainsFunc(v.Prefixes, func(prefix string) bool {
		if strings.HasSuffix(prefix, ".") {
			return strings.HasPrefix(path, prefix)
		}
		return path == prefix || strings.HasPrefix(path, strings.TrimSuffix(prefix, "/")+"/")
	})
}

// Kind returns a kind by name, or nil.
func (v *Vendor) Kind(name string) *Kind {
	for i := range v.Kinds {
		if v.Kinds[i].Name == name {
			return &v.Kinds[i]
		}
	}
	return nil
}

// MainBucket is the one that headers speak of: the global bucket, or the operation's own where the vendor has none; nil
// where it has neither.
func (v *Vendor) MainBucket(o *Operation) *Bucket {
	for i := range v.Buckets {
		if v.Buckets[i].Global {
			return &v.Buckets[i]
		}
	}
	if o == nil {
		return nil
	}
	return v.Bucket(o.Limit)
}

// Bucket returns a bucket by name, or nil.
func (v *Vendor) Bucket(name string) *Bucket {
	for i := range v.Buckets {
		if v.Buckets[i].Name == name {
			return &v.Buckets[i]
		}
	}
	return nil
}
