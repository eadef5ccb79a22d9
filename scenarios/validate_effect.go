package scenarios

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// maxBody is how long the body of an answer can be, in bytes.
const maxBody = 1 << 20

// Name is the effect as a rule has it: "fail", "network: reset".
func (e Effect) Name() string {
	if e.Fault != "" {
		return e.Key + ": " + string(e.Fault)
	}
	return e.Key
}

func (c *ruleCheck) delay() {
	d := c.r.Delay
	given := 0
	for _, is := range []bool{d.Fixed != 0, d.Uniform != nil, d.Normal != nil, d.Lognormal != nil} {
		if is {
			given++
		}
	}
	if given > 1 {
		c.refuse("delay", "a delay is one time or one distribution")
		return
	}
	path := c.path + ".delay"
	bounded := func(least time.Duration, all ...time.Duration) {
		for _, x := range all {
			c.within(path, x, least)
		}
	}
	bounded(0, d.Fixed)
	switch {
	case d.Uniform != nil:
		bounded(0, d.Uniform.From, d.Uniform.To)
		if d.Uniform.To <= d.Uniform.From {
			c.refuse("delay", "uniform: to must be above from")
		}
	case d.Normal != nil:
		bounded(1, d.Normal.Mean)
		bounded(0, d.Normal.Stddev, d.Normal.Cap)
	case d.Lognormal != nil:
		bounded(1, d.Lognormal.Median)
		bounded(0, d.Lognormal.Cap)
		if d.Lognormal.P99 <= d.Lognormal.Median || d.Lognormal.P99 > maxDuration {
			c.refuse("delay", "lognormal: p99 must be above the median")
		}
	}
}

// ofProtocol are the headers that the server sets, on which its connections depend.
var ofProtocol = []string{"connection", "content-length", "transfer-encoding", "trailer", "upgrade", "keep-alive"}

func (c *ruleCheck) answer(a *Answer) {
	if a.Status < 200 || a.Status > 599 {
		c.refuse("answer", "status: %d: an answer has one from 200 to 599", a.Status)
	}
	if (a.Status == 204 || a.Status == 304) && a.Body != "" {
		c.refuse("answer", "body: an answer of status %d has none", a.Status)
	}
	if len(a.Body) > maxBody {
		c.refuse("answer", "body: %d bytes: at most %d", len(a.Body), maxBody)
	}
	if len(a.Headers) > maxItems {
		c.refuse("answer", "headers: %d: at most %d", len(a.Headers), maxItems)
	}
	for _, name := range sortedKeys(a.Headers) {
		value, path := a.Headers[name], "answer.headers."+name
		switch {
		case name == "" || strings.ContainsFunc(name, notInHeaderName):
			c.refuse(path, "%q is no header's name", name)
		case strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }):
			c.refuse(path, "a header's value has no line breaks or other control characters")
		case slices.Contains(ofProtocol, strings.ToLower(name)):
			c.refuse(path, "%s is the server's to set; network has bad_length, bad_chunk and close_keepalive", name)
		}
	}
}

// has tells whether an answer has a header, however its name is written.
func (a *Answer) has(name string) bool {
	for header := range a.Headers {
		if strings.EqualFold(header, name) {
			return true
		}
	}
	return false
}

func notInHeaderName(r rune) bool {
	isLetter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	return !isLetter && !strings.ContainsRune("!#$%&'*+-.^_`|~", r)
}

func (c *ruleCheck) patch(p *Patch) {
	if len(p.Set)+len(p.Remove) == 0 {
		c.refuse("patch", "give set or remove")
	}
	if len(p.Remove) > maxItems {
		c.refuse("patch.remove", "%d members: at most %d", len(p.Remove), maxItems)
	}
	c.documents("patch.set", p.Set)
	for _, path := range slices.Concat(sortedKeys(p.Set), p.Remove) {
		if badPath(path) {
			c.refuse("patch", "%q is no path: members and numbers with dots between them", path)
		}
	}
	for _, path := range p.Remove {
		if _, both := p.Set[path]; both {
			c.refuse("patch.remove", "%s is set and removed", path)
		}
	}
}

// badPath tells whether a dotted path has an empty segment.
func badPath(path string) bool {
	return slices.Contains(SplitPath(path), "")
}

// documents refuses values that are not JSON.
func (c *ruleCheck) documents(key string, values map[string]JSON) {
	if len(values) > maxItems {
		c.refuse(key, "%d members: at most %d", len(values), maxItems)
	}
	for _, name := range sortedKeys(values) {
		if !values[name].valid() {
			c.refuse(key+"."+name, "%.50q is no JSON", string(values[name]))
		}
	}
}

// valid tells whether a value is JSON that a text could hold, too.
func (j JSON) valid() bool {
	if !json.Valid([]byte(j)) || !utf8.ValidString(string(j)) {
		return false
	}
	_, err := reader.JSON([]byte(j))
	return err == nil
}

func (c *ruleCheck) network(n *Network) {
	needsListener := n.Fault == Refuse || n.Fault == TLS
	switch {
	case !among(c.checker, c.path+".network", n.Fault, allFaults()):
	case needsListener && c.r.Listener == "":
		c.refuse("network", "%s strikes before any request is read: give listener in place of on or intent", n.Fault)
	case !needsListener && c.r.Listener != "":
		c.refuse("network", "with listener, only refuse and tls: %s strikes a call", n.Fault)
	case n.Bytes < 0 || n.Bytes > maxCount:
		c.refuse("network", "%d bytes: from 0 to %d", n.Bytes, maxCount)
	case n.Fault == Drip && n.Bytes < 1:
		c.refuse("network", "drip: bytes: how many at a time?")
	case n.Fault == Drip:
		c.within(c.path+".network", n.Every, 1)
	case n.Fault == Refuse:
		c.within(c.path+".network", n.For, 1)
	case n.Fault == TLS:
		among(c.checker, c.path+".network", n.TLS, []string{"expired", "untrusted", "handshake_failure"})
	}
	if surplus := *n; !needed(&surplus) {
		c.refuse("network", "%s has no use for all that is given", n.Fault)
	}
}

// needed tells whether a fault uses all that is given for it.
func needed(n *Network) bool {
	switch n.Fault {
	case Reset, Close, Hang, Truncate:
		n.Bytes = 0
	case Drip:
		n.Bytes, n.Every = 0, 0
	case Refuse:
		n.For = 0
	case TLS:
		n.TLS = ""
	}
	return *n == Network{Fault: n.Fault}
}

// allFaults lists the faults in the order of the table.
func allFaults() (all []Fault) {
	for _, e := range effects {
		if e.Fault != "" {
			all = append(all, e.Fault)
		}
	}
	return all
}

func (c *ruleCheck) change(x *Change) {
	given := 0
	for _, kind := range []string{x.Delete, x.Update, x.Create} {
		if kind != "" {
			given++
		}
	}
	target := x.Delete == Target || x.Update == Target
	switch {
	case given != 1:
		c.refuse("change", "give one of delete, update and create")
	case x.Create == Target:
		c.refuse("change", "target is what a call writes: it is deleted or updated")
	case target && c.r.At != nil:
		c.refuse("change", "target is what a call writes, and at is about no call")
	case target && len(x.Where) > 0:
		c.refuse("change", "target says which objects: leave out where")
	case x.Create != "" && len(x.Where) > 0:
		c.refuse("change", "a create finds nothing: leave out where")
	case x.Create == "" && !target && len(x.Where) == 0:
		c.refuse("change", "where: which objects?")
	case x.Delete != "" && len(x.Set) > 0:
		c.refuse("change", "a delete sets nothing: leave out set")
	case x.Delete == "" && len(x.Set) == 0:
		c.refuse("change", "set: to what?")
	}
	c.documents("change.where", x.Where)
	c.documents("change.set", x.Set)
}
