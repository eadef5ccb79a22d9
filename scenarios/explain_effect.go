package scenarios

import (
	"fmt"
	"strings"
)

// effectWords says what happens, "" for a rule that has but a delay.
func (r *Rule) effectWords() string {
	switch {
	case r.Fail != "" && r.RetryAfter > 0:
		return fmt.Sprintf("it fails with the vendor's error for %s, which tells a wait of %s", r.Fail, writeDuration(r.RetryAfter))
	case r.Fail != "":
		return fmt.Sprintf("it fails with the vendor's error for %s", r.Fail)
	case r.RateLimit != nil:
		whom := "the next one finds"
		if r.StrikesAt() == BeforeAuth {
			whom = "it finds"
		}
		return fmt.Sprintf("%s the bucket %s with %d calls left", whom, r.RateLimit.Bucket, r.RateLimit.Left)
	case r.Answer != nil && r.RetryAfter > 0:
		return fmt.Sprintf("it is answered with status %d and a body of %d bytes that are not the vendor's, and told by an HTTP date to wait %s",
			r.Answer.Status, len(r.Answer.Body), writeDuration(r.RetryAfter))
	case r.Answer != nil:
		return fmt.Sprintf("it is answered with status %d and a body of %d bytes that are not the vendor's", r.Answer.Status, len(r.Answer.Body))
	case r.Patch != nil:
		return "its answer is edited: " + r.Patch.words()
	case r.Network != nil:
		return r.Network.words(r.StrikesAt())
	case r.Lag != 0:
		return fmt.Sprintf("it is answered as the world was %s ago, though never as before the scenario was armed", writeDuration(r.Lag))
	case r.Change != nil:
		return r.Change.words()
	case r.Revoke, r.Expire:
		return r.endWords()
	case r.Clock != nil && r.Clock.Skew > 0:
		return fmt.Sprintf("the world's clock is put %s ahead of the client's", writeDuration(r.Clock.Skew))
	case r.Clock != nil:
		return fmt.Sprintf("the world's clock is put %s behind the client's", writeDuration(-r.Clock.Skew))
	case r.Hold != nil && r.Hold.Release != "":
		return fmt.Sprintf("it is kept until %s is released", r.Hold.Release)
	case r.Hold != nil:
		return fmt.Sprintf("it is kept until %d are, and all go on together", r.Hold.Calls)
	}
	return ""
}

func (r *Rule) endWords() string {
	ends := "revoked"
	if r.Expire {
		ends = "expired"
	}
	if r.StrikesAt() == BeforeAuth {
		return fmt.Sprintf("the caller's credential is %s, so that it is refused", ends)
	}
	return fmt.Sprintf("the caller's credential is %s: it goes on, and the next one is refused", ends)
}

func (d *Delay) words() string {
	switch {
	case d.Fixed != 0:
		return "it waits " + writeDuration(d.Fixed)
	case d.Uniform != nil:
		return fmt.Sprintf("it waits from %s to %s", writeDuration(d.Uniform.From), writeDuration(d.Uniform.To))
	case d.Normal != nil:
		return fmt.Sprintf("it waits about %s, mostly within %s of that", writeDuration(d.Normal.Mean), writeDuration(2*d.Normal.Stddev))
	case d.Lognormal != nil:
		return fmt.Sprintf("it waits, half of the time less than %s and one time in 100 more than %s", writeDuration(d.Lognormal.Median), writeDuration(d.Lognormal.P99))
	}
	return ""
}

func (p *Patch) words() string {
	var all []string
	for _, path := range sortedKeys(p.Set) {
		all = append(all, fmt.Sprintf("%s becomes %s", path, p.Set[path]))
	}
	for _, path := range p.Remove {
		all = append(all, path+" is taken out")
	}
	return strings.Join(all, ", ")
}

func (n *Network) words(at Phase) string {
	part := "half of the body"
	if n.Bytes > 0 {
		part = fmt.Sprintf("%d bytes of the body", n.Bytes)
	}
	after := ""
	if at == MidBody {
		after = ", after " + part
	}
	switch n.Fault {
	case Reset:
		return "the connection is reset" + after
	case Close:
		return "the connection is closed" + after
	case Hang:
		return "nothing more comes until the client leaves" + after
	case Truncate:
		return fmt.Sprintf("the body ends after %d bytes, though its head declared all", n.Bytes)
	case Drip:
		return fmt.Sprintf("the body comes %d bytes at a time, every %s", n.Bytes, writeDuration(n.Every))
	case BadLength:
		return "Content-Length tells fewer bytes than come"
	case SlowHeaders:
		return "the head of the answer comes byte by byte, one every 100 ms"
	case CloseKeepalive:
		return "the answer is whole, and then the connection ends"
	case Garbage:
		return "bytes come that are no HTTP"
	case BadChunk:
		return "the body comes in chunks, one of which has no number for its length"
	case Refuse:
		return fmt.Sprintf("they are refused for %s", writeDuration(n.For))
	case TLS:
		return map[string]string{
			"expired": "the certificate is expired", "untrusted": "the certificate is of an authority that nobody trusts",
			"handshake_failure": "the handshake fails",
		}[n.TLS]
	}
	return string(n.Fault)
}

func (x *Change) words() string {
	which := func(kind string) string {
		if kind == Target {
			return "what the call is about to write"
		}
		var all []string
		for _, member := range sortedKeys(x.Where) {
			all = append(all, fmt.Sprintf("%s is %s", member, x.Where[member]))
		}
		return fmt.Sprintf("the %s whose %s", kind, strings.Join(all, " and "))
	}
	var set []string
	for _, member := range sortedKeys(x.Set) {
		set = append(set, fmt.Sprintf("%s %s", member, x.Set[member]))
	}
	switch {
	case x.Delete != "":
		return "another admin deletes " + which(x.Delete)
	case x.Update != "":
		return fmt.Sprintf("another admin updates %s to %s", which(x.Update), strings.Join(set, ", "))
	}
	return fmt.Sprintf("another admin creates one of %s with %s", x.Create, strings.Join(set, ", "))
}
