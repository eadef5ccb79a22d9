package serve

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/clock"
	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/scenarios"
)

// exchange is one request and its answer, as the stages pass it on.
type exchange struct {
	server *Server
	world  *World
	r      *http.Request // without the world's prefix
	w      http.ResponseWriter

	forced     string // the vendor that the Host names
	prefix     string // /w/NAME where the path chose the world
	body       []byte
	bodyErr    error
	now        time.Time
	clock      clock.Reading // when the answer was decided, but for waits when the request was read
	vendor     *spec.Vendor
	op         *spec.Operation
	name       string // of the operation, with the vendor
	call       spec.Call
	quota      spec.Quota
	reply      spec.Reply
	code       string // of the error row that answers, "" for success
	stage      string // that answered
	unattested bool   // a rule made the answer up, or edited it
	undeclared bool   // an answer that no table declares: a fault of the emulator's
	unrouted   bool   // no table has the path, whatever it was answered

	armed     *armed  // the scenario, nil for none
	rules     []*rule // those that are about the operation
	struck    *rule   // the one whose effect the call suffers
	fired     []string
	left      bool // the client did not wait for the answer
	shared    bool // the connection carries several worlds
	through   bool // authentication, limits and validation let it through
	committed bool // the operation was carried out
	began     time.Time
	lag       time.Duration
	stale     bool               // the answer is one of the past
	draining  *rule              // empties a bucket once the caller is known
	broken    *scenarios.Network // what happens to the connection in place of, or while sending, the answer
	unshown   string             // why a fault of the network could not be shown
	changed   []string           // what rules changed in the world
	writes    []written
	keys      []scenarios.Key
}

// stage is one step of the path. It answers by setting the reply and returning true.
type stage struct {
	name string
	run  func(*exchange) bool
}

// stages is the path of every request to a vendor, in order.
var stages = []stage{
	{"match", (*exchange).match},
	{"scenario", (*exchange).scenario},
	{"authenticate", (*exchange).authenticate},
	{"limit", (*exchange).limit},
	{"validate", (*exchange).validate},
	{"permit", (*exchange).permit},
	{"handle", (*exchange).handle},
}

// walk runs the stages until one answers, then sends the answer and closes the journal.
func (x *exchange) walk() {
	for _, s := range stages {
		if s.run(x) {
			x.stage = s.name
			break
		}
	}
	if x.through && x.broken == nil {
		x.strike(scenarios.AfterAnswer)
		x.strike(scenarios.MidBody)
	}
	x.send()
}

// fail answers with the row that an error stands for. An error that the table lacks is a fault of the emulator's.
func (x *exchange) fail(err error) bool {
	var weak *unproven
	if errors.As(err, &weak) {
		return x.withhold(weak)
	}
	row, message := x.call.Resolve(err)
	if row == nil {
		return x.bug("the table of " + x.called() + " has no row for: " + err.Error())
	}
	return x.failWith(row, message)
}

// failWith answers with a row, if it is known well enough.
func (x *exchange) failWith(row *spec.Error, message string) bool {
	if !x.server.holds(row.Evidence) {
		return x.withhold(&unproven{"error " + row.Code + " of " + x.called(), row.Evidence})
	}
	return x.raise(row, message)
}

// called is the operation's name, or the vendor's where no operation was reached.
func (x *exchange) called() string {
	if x.op == nil {
		return x.vendor.Name
	}
	return x.name
}

// raise answers with a row, whatever is known of it.
func (x *exchange) raise(row *spec.Error, message string) bool {
	x.call.Quota = x.quota
	x.reply = x.vendor.Render(&x.call, row, message)
	x.code = row.Code
	return true
}

// bug answers in our own shape: nobody must take it for the vendor's.
func (x *exchange) bug(why string) bool {
	x.reply = problem(http.StatusInternalServerError, "emulator_bug", why)
	x.code = "emulator_bug"
	x.undeclared = true
	return true
}

// query parses the query once; a malformed part is dropped, as net/url does.
func (x *exchange) query() url.Values {
	if x.r.URL.RawQuery == "" {
		return nil
	}
	return x.r.URL.Query()
}
