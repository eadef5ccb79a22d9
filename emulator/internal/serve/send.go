package serve

import (
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/wire"
)

// send sets the vendor's headers, closes the journal and writes the answer. The journal comes first: who has read the
// answer finds its entry.
func (x *exchange) send() {
	header := x.w.Header()
	// That of net/http is not of the world's clock.
	header["Date"] = []string{x.now.UTC().Format(http.TimeFormat)}
	if x.vendor != nil && !x.undeclared && x.code != "answer" { // a gateway knows nothing of the vendor's headers
		if x.vendor.Standing && x.quota.Limit == 0 {
			x.quota = x.standing()
		}
		x.vendor.Decorate(&x.call, header, x.quota)
	}
	for name, value := range x.reply.Header {
		if value == "" {
			header.Del(name)
		} else {
			header[name] = []string{value}
		}
	}
	x.withholdHeaders(header)
	if len(x.reply.Body) > 1024 { // net/http counts short ones itself; a long one would be chunked
		header["Content-Length"] = []string{strconv.Itoa(len(x.reply.Body))}
	}
	if len(x.fired) > 0 && x.server.Markers {
		header["X-Understudy-Rule"] = []string{strings.Join(x.fired, ", ")}
	}
	if conn := wire.ConnOf(x.r.Context()); conn != nil && conn.Closing() {
		header["Connection"] = []string{"close"}
	}
	entry := x.entry()
	x.world.Journal.add(&entry)
	if x.broken != nil {
		_ = x.sendBroken() // what it can't show was refused before
		return
	}
	x.w.WriteHeader(x.reply.Status)
	if x.reply.Body != "" {
		_, _ = io.WriteString(x.w, string(x.reply.Body)) // a client that left is not the emulator's to report
	}
}

func (x *exchange) entry() Entry {
	path := x.r.RequestURI
	if !strings.HasPrefix(path, "/") { // as a proxy is asked, with a host and perhaps a password
		path = x.r.URL.RequestURI()
	}
	e := Entry{
		Time: x.began, World: x.world.Name, Method: x.r.Method, Path: strings.TrimPrefix(path, x.prefix), Caller: x.call.Caller.Name,
		RequestHeader: x.r.Header, RequestBody: clip(string(x.body)),
		Status: x.reply.Status, Body: clip(string(x.reply.Body)),
		Header: x.w.Header(), // net/http takes its own copy when the status is written
		Stage:  x.stage, Code: x.code, Unattested: x.unattested, Undeclared: x.undeclared || x.unrouted, Wait: x.quota.Wait,
	}
	if x.armed != nil {
		x.witness(&e)
	}
	if x.vendor != nil {
		e.Vendor = x.vendor.Name
	}
	if x.op != nil {
		e.Operation, e.Family = x.name, x.op.Family
	}
	return e
}

// summary is the entry without what may hold secrets.
func (x *exchange) summary() Entry {
	e := x.entry()
	e.RequestHeader, e.Header, e.RequestBody, e.Body = nil, nil, "", ""
	e.Path, _, _ = strings.Cut(e.Path, "?")
	return e
}

// problem is an answer in our own shape, an RFC 9457 problem document.
func problem(status int, code, detail string) spec.Reply {
	return spec.Reply{Status: status, Body: problemBody(status, code, detail), Header: map[string]string{"Content-Type": "application/problem+json"}}
}
