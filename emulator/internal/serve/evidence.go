package serve

import (
	"fmt"
	"net/http"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
)

// Hold makes the server answer with nothing that is known less well than by a grade. Rows are judged as they answer;
// headers and limits here, each by itself: a header falls away, a limit that is on is an error.
func (s *Server) Hold(weakest spec.Grade, limits map[string]string) error {
	s.weakest, s.withheld = weakest, map[string][]spec.Header{}
	for _, v := range s.vendors {
		for _, h := range v.Headers {
			if !s.holds(h.Evidence) {
				s.withheld[v.Name] = append(s.withheld[v.Name], h)
			}
		}
		for _, b := range v.Buckets {
			rate, on := b.Rates[limits[v.Name]]
			if known := rate.Known(b.Evidence); on && !s.holds(known) {
				return fmt.Errorf("evidence: the limit %s of %s=%s is only %s: %s", b.Name, v.Name, limits[v.Name], known.Grade, known.Source)
			}
		}
	}
	return nil
}

// holds tells whether something is known well enough to be answered with.
func (s *Server) holds(e spec.Evidence) bool {
	return s.weakest == spec.Ungraded || e.Grade != spec.Ungraded && e.Grade <= s.weakest
}

// withholdHeaders takes those off that are not known well enough. What a scenario itself puts into an answer stays.
func (x *exchange) withholdHeaders(header http.Header) {
	if x.vendor == nil || x.undeclared {
		return
	}
	for _, h := range x.server.withheld[x.vendor.Name] {
		_, put := x.reply.Header[h.Name]
		if injected := x.struck != nil && h.Refusing || put && x.code == "answer"; !injected {
			header.Del(h.Name)
			if h.Name == "Content-Type" {
				header[h.Name] = nil // else net/http would guess one
			}
		}
	}
}

// unproven is what a row has against answering.
type unproven struct {
	what  string
	known spec.Evidence
}

func (u *unproven) Error() string {
	return fmt.Sprintf("%s is only %s (%s)", u.what, u.known.Grade, u.known.Source)
}

// withhold answers in our own shape in the place of a row that is not known well enough.
func (x *exchange) withhold(u *unproven) bool {
	x.reply = problem(http.StatusNotImplemented, "not_proven",
		u.Error()+"; this emulator answers with what is "+x.server.weakest.String()+" or better. The call has changed no object.")
	x.code = "not_proven"
	x.undeclared = true
	return true
}
