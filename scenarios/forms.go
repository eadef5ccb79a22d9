package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// String names what a node is, for problems.
func (k nodeKind) String() string {
	return [...]string{"number, true, false or null", "text", "list", "map"}[k]
}

// one returns the only member of a mapping that must name one thing.
func (d *decoder) one(n node, path string, known []string) (kid node, ok bool) {
	switch {
	case n.kind != mapping:
		d.wrong(n, path, "must be a word or a map, not a %s", n.kind)
	case len(n.kids) != 1:
		d.wrong(n, path, "must have one key, of %s", strings.Join(known, ", "))
	default:
		return n.kids[0], true
	}
	return node{}, false
}

func (x *Delay) decode(d *decoder, n node, path string) {
	if n.kind != mapping {
		d.duration(&x.Fixed, n, path)
		return
	}
	if _, ok := d.one(n, path, names(keysOf(reflect.TypeFor[Delay]()))); ok {
		d.members(reflect.ValueOf(x).Elem(), n, path)
	}
}

func (x *Delay) encode() node {
	if x.Fixed != 0 {
		return bareNode(writeDuration(x.Fixed))
	}
	return membersNode(reflect.ValueOf(x).Elem())
}

// plainFaults need no more than their name; parametric ones are a map of their name to what they need.
var (
	plainFaults      = []string{"reset", "close", "hang", "bad_length", "slow_headers", "close_keepalive", "garbage", "bad_chunk"}
	parametricFaults = []string{"truncate", "drip", "refuse", "tls", "reset", "close", "hang"}
)

// drip is what {drip: …} holds.
type drip struct {
	Bytes int           `key:"bytes"`
	Every time.Duration `key:"every"`
}

func (x *Network) decode(d *decoder, n node, path string) {
	if n.kind == textual {
		x.Fault = Fault(n.text)
		d.faultName(n.at, path, n.text, plainFaults, parametricFaults, "{"+n.text+": …}")
		return
	}
	kid, ok := d.one(n, path, parametricFaults)
	if !ok || !d.faultName(kid.keyAt, path, kid.key, parametricFaults, plainFaults, kid.key) {
		return
	}
	x.Fault, path = Fault(kid.key), path+"."+kid.key
	switch x.Fault {
	case Drip:
		var of drip
		d.value(reflect.ValueOf(&of).Elem(), kid, path)
		x.Bytes, x.Every = of.Bytes, of.Every
	case Refuse:
		d.value(reflect.ValueOf(&x.For).Elem(), kid, path)
	case TLS:
		d.value(reflect.ValueOf(&x.TLS).Elem(), kid, path)
	default:
		d.value(reflect.ValueOf(&x.Bytes).Elem(), kid, path)
	}
}

// faultName refuses a name that is not known in this form, and shows the form of one that is known in the other.
func (d *decoder) faultName(at position, path, name string, here, there []string, form string) bool {
	if slices.Contains(here, name) {
		return true
	}
	if slices.Contains(there, name) {
		d.refuse(at, path, "write network: %s", form)
	} else {
		d.refuse(at, path, "no fault %q%s", name, meant(name, append(here[:len(here):len(here)], there...)))
	}
	return false
}

func (x *Network) encode() node {
	with := func(kid node) node {
		kid.key = string(x.Fault)
		return node{kind: mapping, kids: []node{kid}}
	}
	switch {
	case x.Fault == Drip:
		return with(membersNode(reflect.ValueOf(drip{x.Bytes, x.Every})))
	case x.Fault == Refuse:
		return with(bareNode(writeDuration(x.For)))
	case x.Fault == TLS:
		return with(node{kind: textual, text: x.TLS})
	case x.Fault == Truncate || x.Bytes != 0:
		return with(node{text: strconv.Itoa(x.Bytes)})
	}
	return node{kind: textual, text: string(x.Fault)}
}

func (x *Hold) decode(d *decoder, n node, path string) {
	until, ok := d.one(n, path, []string{"until"})
	if !ok {
		return
	}
	what, with, _ := strings.Cut(until.text, " ")
	calls, isCount := readCount(with)
	switch {
	case until.key != "until":
		d.refuse(until.keyAt, path, "no key %q here%s", until.key, meant(until.key, []string{"until"}))
	case until.kind == textual && what == "release" && with != "":
		x.Release = with
	case until.kind == textual && what == "calls" && isCount:
		x.Calls = calls
	default:
		d.wrong(until, path, "must be until: release NAME, or until: calls N")
	}
}

func (x *Hold) encode() node {
	until := node{key: "until", kind: textual, text: "release " + x.Release}
	if x.Release == "" {
		until.text = fmt.Sprintf("calls %d", x.Calls)
	}
	return node{kind: mapping, kids: []node{until}}
}

// decode takes a plain value for one that is equal.
func (x *Test) decode(d *decoder, n node, path string) {
	if n.kind != mapping {
		x.Equals = JSON(n.json(nil))
		return
	}
	d.members(reflect.ValueOf(x).Elem(), n, path)
}

func (x *Test) encode() node {
	plain := Test{Equals: x.Equals}
	if x.Equals != "" && !strings.HasPrefix(string(x.Equals), "{") && reflect.DeepEqual(*x, plain) {
		return valueNode(x.Equals)
	}
	return membersNode(reflect.ValueOf(x).Elem())
}

// conditions are a map of a call's parts to tests.
func (d *decoder) conditions(to *[]Condition, n node, path string) {
	if n.kind != mapping {
		d.wrong(n, path, "must be a map of a call's parts, such as path.id, to what they must be")
		return
	}
	for _, kid := range n.kids {
		c := Condition{Part: kid.key}
		d.value(reflect.ValueOf(&c.Test).Elem(), kid, path+"."+kid.key)
		*to = append(*to, c)
	}
}

func conditionsNode(all []Condition) node {
	n := node{kind: mapping}
	for i := range all {
		kid := all[i].encode()
		kid.key = all[i].Part
		n.kids = append(n.kids, kid)
	}
	return n
}
