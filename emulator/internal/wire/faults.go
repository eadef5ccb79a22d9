package wire

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Kind is a fault of the network that can strike an answer.
type Kind struct {
	Name    string
	HTTP2   bool   // HTTP/2 can show it
	Why     string // it can't
	Answer  bool   // it spoils an answer; the others also strike where none is decided
	MidBody bool   // it can also strike in the middle of the body

	needs  func(*Answer, Fault) int // how many bytes of body must be left to send after so many; nil: none
	strike func(*Answer, Fault) error
}

const (
	framed = "HTTP/2 frames every answer, and net/http lets nothing past the frames"
	whole  = "HTTP/2 sends all headers in one frame: a client never sees a part of them; use a delay"
)

// Kinds lists the faults.
func Kinds() []Kind {
	return []Kind{
		{Name: "reset", HTTP2: true, MidBody: true, needs: part, strike: reset},
		{Name: "close", HTTP2: true, MidBody: true, needs: part, strike: end},
		{Name: "hang", HTTP2: true, MidBody: true, needs: part, strike: hang},
		{Name: "truncate", HTTP2: true, Answer: true, needs: part, strike: truncate},
		{Name: "drip", HTTP2: true, Answer: true, needs: some, strike: drip},
		{Name: "bad_length", HTTP2: true, Answer: true, needs: two, strike: badLength},
		{Name: "slow_headers", Why: whole, Answer: true, strike: slowHeaders},
		{Name: "close_keepalive", HTTP2: true, Answer: true, strike: closeKeepAlive},
		{Name: "garbage", Why: framed + "; use reset or close", strike: garbage},
		{Name: "bad_chunk", Why: framed + "; use truncate, or reset in mid_body", Answer: true, needs: some, strike: badChunk},
	}
}

// KindOf finds a fault by name.
func KindOf(name string) (Kind, bool) {
	for _, k := range Kinds() {
		if k.Name == name {
			return k, true
		}
	}
	return Kind{}, false
}

// Fault is one fault with its parameters.
type Fault struct {
	Name    string        // of Kinds
	Bytes   int           // of the body: truncate, what arrives; drip, what arrives at once; MidBody, what arrives, 0 for half
	Every   time.Duration // drip: between two pieces
	MidBody bool          // reset, close, hang: when a part of the body has left; else before any byte of the answer
}

// Check holds a fault to what it can be: a name of Kinds, Bytes >= 0, for drip Bytes >= 1 and Every > 0, MidBody only where
// the kind has it.
func (f Fault) Check() error {
	k, ok := KindOf(f.Name)
	switch {
	case !ok:
		return fmt.Errorf("no network fault %q: there are %s", f.Name, names())
	case f.MidBody && !k.MidBody:
		return fmt.Errorf("%s cannot strike in the middle of a body", f.Name)
	case f.Bytes < 0:
		return fmt.Errorf("%s: %d bytes", f.Name, f.Bytes)
	case f.Name == "drip" && (f.Bytes == 0 || f.Every <= 0):
		return fmt.Errorf("drip needs at least 1 byte each time, and some time between two; it has %d every %v", f.Bytes, f.Every)
	}
	return nil
}

func names() string {
	var all []string
	for _, k := range Kinds() {
		all = append(all, k.Name)
	}
	return strings.Join(all, ", ")
}

// Answer is an answer about to be sent. The request's body has been read and the headers stand in W, as for W.WriteHeader.
type Answer struct {
	W        http.ResponseWriter
	R        *http.Request
	Status   int // 0: none is decided
	Body     string
	Clock    Clock           // drip and slow_headers go by it
	Disarmed <-chan struct{} // closed when the scenario is: then a hang ends, and what is slow goes on at once; nil: never
	Shared   bool            // the connection carries several worlds, as Conn.Carry tells
}

// Fits says why the fault cannot be shown on an answer; nil where it can.
func (f Fault) Fits(a *Answer) error {
	if err := f.Check(); err != nil {
		return err
	}
	k, _ := KindOf(f.Name)
	switch {
	case a.R.ProtoMajor == 2 && !k.HTTP2:
		return fmt.Errorf("%s is for HTTP/1.1: %s", f.Name, k.Why)
	case a.Status == 0 && (k.Answer || f.MidBody):
		return fmt.Errorf("%s needs an answer, and none is decided yet", f.Name)
	case (f.Name == "reset" || f.Name == "close") && ConnOf(a.R.Context()) == nil:
		return errNoConn
	case k.needs == nil || !k.Answer && !f.MidBody:
		return nil
	}
	return a.needBody(f, k.needs(a, f))
}

// part is what a fault lets through of the body.
func part(a *Answer, f Fault) int {
	if f.MidBody && f.Bytes == 0 {
		return len(a.Body) / 2
	}
	return f.Bytes
}

func some(*Answer, Fault) int { return 0 }

func two(*Answer, Fault) int { return 1 }

// Strike sends the answer as the fault spoils it, or not at all. It returns nil when all was sent that is to be. It panics
// with http.ErrAbortHandler where nothing more may be sent: net/http then ends what is left of the connection. It returns
// the error of Fits where the fault cannot be shown on this answer; nothing has been sent then, and the answer can be sent
// unspoiled.
func (f Fault) Strike(a *Answer) error {
	if err := f.Fits(a); err != nil {
		return err
	}
	k, _ := KindOf(f.Name)
	return k.strike(a, f)
}

// hasBody tells whether what is sent of the answer has a body.
func (a *Answer) hasBody() bool {
	bodyless := a.R.Method == http.MethodHead || a.Status < 200 || a.Status == http.StatusNoContent || a.Status == http.StatusNotModified
	return a.Body != "" && !bodyless
}

// needBody fails unless more than n bytes of body would be sent.
func (a *Answer) needBody(f Fault, n int) error {
	if !a.hasBody() {
		return fmt.Errorf("%s needs a body, and this answer has none", f.Name)
	}
	if len(a.Body) <= n {
		return fmt.Errorf("%s after %d bytes needs a longer body than this one of %d", f.Name, n, len(a.Body))
	}
	return nil
}
