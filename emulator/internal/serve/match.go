package serve

import (
	"maps"
	"net/http"
	"strings"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
)

// match finds the operation. A path of no vendor and a path that is not emulated are answered in our own shape; a
// method that an emulated path does not have, in the vendor's, as is a path that is not emulated where the vendor's own word
// for those is known. All but that method are marked in the journal: no test may take them for an answer to its client.
func (x *exchange) match() bool {
	x.call = spec.Call{Request: x.r, Raw: x.body, Now: x.now, World: x.world.Name, Strict: x.world.Strict, Secure: x.secure(), Prefix: x.prefix}
	found, vars, wrongMethod := x.server.router.find(x.r, x.r.URL.EscapedPath())
	if found != nil && (x.forced == "" || x.forced == found.vendor.Name) {
		x.vendor, x.op, x.name = found.vendor, found.op, found.name
		x.call.Vendor, x.call.Operation, x.call.Vars, x.call.Query = x.vendor, x.op, vars, x.query()
		return false
	}
	x.vendor = x.server.owner(x.r.URL.Path, x.forced)
	if x.vendor == nil {
		x.reply = problem(http.StatusNotFound, "unknown_path", "No vendor has the path "+x.r.URL.Path+". Emulated prefixes: "+x.server.prefixes()+".")
		x.code = "unknown_path"
		x.unrouted = true
		return true
	}
	x.call.Vendor = x.vendor
	if row := x.vendor.Error(nil, "method_not_allowed"); row != nil && wrongMethod {
		x.failWith(row, row.Message)
		if x.reply.Status == http.StatusMethodNotAllowed {
			x.reply.Header = maps.Clone(x.reply.Header) // the row's
			if x.reply.Header == nil {
				x.reply.Header = map[string]string{}
			}
			x.reply.Header["Allow"] = x.server.router.allowed(x.r)
		}
		return true
	}
	x.unrouted = true
	if row := x.vendor.Error(nil, "route_not_found"); row != nil { // the vendor's own answer is known: it takes the place of ours
		if err := x.identify(); err != nil {
			return x.fail(err)
		}
		return x.failWith(row, row.Message)
	}
	x.reply = problem(http.StatusNotImplemented, "not_emulated",
		x.r.Method+" "+x.r.URL.Path+" is not emulated. The nearest operation is "+x.server.nearest(x.vendor, x.r.Method, x.r.URL.Path)+".")
	x.code = "not_emulated"
	x.undeclared = true
	return true
}

// secure tells whether the client speaks https.
func (x *exchange) secure() bool {
	return x.r.TLS != nil || x.r.Context().Value(schemeKey{}) != nil
}

// owner returns the vendor to which a path belongs, by the forced name or by prefix.
func (s *Server) owner(path, forced string) *spec.Vendor {
	for _, v := range s.vendors {
		if forced != "" {
			if v.Name == forced {
				return v
			}
			continue
		}
		if v.Owns(path) {
			return v
		}
	}
	return nil
}

func (s *Server) prefixes() string {
	var all []string
	for _, v := range s.vendors {
		all = append(all, v.Prefixes...)
	}
	return strings.Join(all, ", ")
}

// nearest names the operation whose method and path share most with a request.
func (s *Server) nearest(v *spec.Vendor, method, path string) string {
	best, bestScore := "none", -1
	asked := strings.Split(path, "/")
	for i := range v.Operations {
		op := &v.Operations[i]
		score := 0
		have := strings.Split(op.Path, "/")
		for j := 0; j < min(len(asked), len(have)) && (asked[j] == have[j] || strings.HasPrefix(have[j], "{")); j++ {
			score += 4
			if asked[j] == have[j] {
				score++
			}
		}
		if len(asked) == len(have) {
			score += 2
		}
		if op.Method == method {
			score++
		}
		if score > bestScore {
			best, bestScore = v.Name+"."+op.ID+" ("+op.Method+" "+op.Path+")", score
		}
	}
	return best
}
