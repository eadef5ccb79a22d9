package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/fixtures/tree"
)

// one returns the only member of a map that must name one thing.
func (d *decoder) one(n tree.Node, path string, known []string) (kid tree.Node, ok bool) {
	switch {
	case n.Kind != tree.Map:
		d.wrong(n, path, "must be a word or a map, not a %s", n.Kind)
	case len(n.Kids) != 1:
		d.wrong(n, path, "must have one key, of %s", strings.Join(known, ", "))
	default:
		return n.Kids[0], true
	}
	return tree.Node{}, false
}

func (x *Delay) decode(d *decoder, n tree.Node, path string) {
	if n.Kind != tree.Map {
		d.duration(&x.Fixed, n, path)
		return
	}
	if _, ok := d.one(n, path, names(keysOf(reflect.TypeFor[Delay]()))); ok {
		d.members(reflect.ValueOf(x).Elem(), n, path)
	}
}

func (x *Delay) encode() tree.Node {
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

func (x *Network) decode(d *decoder, n tree.Node, path string) {
	if n.Kind == tree.Text {
		x.Fault = Fault(n.Text)
		d.faultName(n.At, path, n.Text, plainFaults, parametricFaults, "{"+n.Text+": …}")
		return
	}
	kid, ok := d.one(n, path, parametricFaults)
	if !ok || !d.faultName(kid.KeyAt, path, kid.Key, parametricFaults, plainFaults, kid.Key) {
		return
	}
	x.Fault, path = Fault(kid.Key), path+"."+kid.Key
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
func (d *decoder) faultName(at tree.Position, path, name string, here, there []string, form string) bool {
	if slices.Contains(here, name) {
		return true
	}
	if slices.Contains(there, name) {
		d.refuse(at, path, "write network: %s", form)
	} else {
		d.refuse(at, path, "no fault %q%s", name, tree.Meant(name, append(here[:len(here):len(here)], there...)))
	}
	return false
}

func (x *Network) encode() tree.Node {
	with := func(kid tree.Node) tree.Node {
		kid.Key = string(x.Fault)
		return tree.Node{Kind: tree.Map, Kids: []tree.Node{kid}}
	}
	switch {
	case x.Fault == Drip:
		return with(membersNode(reflect.ValueOf(drip{x.Bytes, x.Every})))
	case x.Fault == Refuse:
		return with(bareNode(writeDuration(x.For)))
	case x.Fault == TLS:
		return with(tree.Node{Kind: tree.Text, Text: x.TLS})
	case x.Fault == Truncate || x.Bytes != 0:
		return with(tree.Node{Text: strconv.Itoa(x.Bytes)})
	}
	return tree.Node{Kind: tree.Text, Text: string(x.Fault)}
}

func (x *Hold) decode(d *decoder, n tree.Node, path string) {
	until, ok := d.one(n, path, []string{"until"})
	if !ok {
		return
	}
	what, with, _ := strings.Cut(until.Text, " ")
	calls, isCount := readCount(with)
	switch {
	case until.Key != "until":
		d.refuse(until.KeyAt, path, "no key %q here%s", until.Key, tree.Meant(until.Key, []string{"until"}))
	case until.Kind == tree.Text && what == "release" && with != "":
		x.Release = with
	case until.Kind == tree.Text && what == "calls" && isCount:
		x.Calls = calls
	default:
		d.wrong(until, path, "must be until: release NAME, or until: calls N")
	}
}

func (x *Hold) encode() tree.Node {
	until := tree.Node{Key: "until", Kind: tree.Text, Text: "release " + x.Release}
	if x.Release == "" {
		until.Text = fmt.Sprintf("calls %d", x.Calls)
	}
	return tree.Node{Kind: tree.Map, Kids: []tree.Node{until}}
}

// decode takes a plain value for one that is equal.
func (x *Test) decode(d *decoder, n tree.Node, path string) {
	if n.Kind != tree.Map {
		x.Equals = JSON(n.AppendJSON(nil, nil))
		return
	}
	d.members(reflect.ValueOf(x).Elem(), n, path)
}

func (x *Test) encode() tree.Node {
	plain := Test{Equals: x.Equals}
	if x.Equals != "" && !strings.HasPrefix(string(x.Equals), "{") && reflect.DeepEqual(*x, plain) {
		return valueNode(x.Equals)
	}
	return membersNode(reflect.ValueOf(x).Elem())
}

// conditions are a map of a call's parts to tests.
func (d *decoder) conditions(to *[]Condition, n tree.Node, path string) {
	if n.Kind != tree.Map {
		d.wrong(n, path, "must be a map of a call's parts, such as path.id, to what they must be")
		return
	}
	for _, kid := range n.Kids {
		c := Condition{Part: kid.Key}
		d.value(reflect.ValueOf(&c.Test).Elem(), kid, path+"."+kid.Key)
		*to = append(*to, c)
	}
}

func conditionsNode(all []Condition) tree.Node {
	n := tree.Node{Kind: tree.Map}
	for i := range all {
		kid := all[i].encode()
		kid.Key = all[i].Part
		n.Kids = append(n.Kids, kid)
	}
	return n
}
