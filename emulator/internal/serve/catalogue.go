package serve

import (
	"slices"
	"sync/atomic"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/wire"
	"github.com/understudy-dev/understudy/scenarios"
)

// row is an operation as rules choose it, with what it stands for.
type row struct {
	scenarios.Operation
	vendor *spec.Vendor
	op     *spec.Operation
}

// tables are what is made of vendors' tables once, for all servers that have them.
type tables struct {
	vendors []*spec.Vendor
	router  *router
	rows    []row
}

var latest atomic.Pointer[tables] // nearly all servers of a process have the same vendors

func tablesOf(vendors []*spec.Vendor) *tables {
	if t := latest.Load(); t != nil && slices.Equal(t.vendors, vendors) {
		return t
	}
	t := &tables{slices.Clone(vendors), newRouter(vendors), rowsOf(vendors)}
	latest.Store(t)
	return t
}

func rowsOf(vendors []*spec.Vendor) []row {
	var rows []row
	for _, v := range vendors {
		for i := range v.Operations {
			op := &v.Operations[i]
			rows = append(rows, row{scenarios.Operation{ID: v.Name + "." + op.ID, Family: op.Family, Intents: intents(op)}, v, op})
		}
	}
	return rows
}

// Catalogue is what the vendors' tables offer to scenarios.
func Catalogue(vendors []*spec.Vendor) scenarios.Catalogue {
	c := scenarios.Catalogue{HTTP1Only: map[scenarios.Fault]string{}}
	for _, k := range wire.Kinds() {
		if !k.HTTP2 {
			c.HTTP1Only[scenarios.Fault(k.Name)] = k.Why
		}
	}
	for _, v := range vendors {
		c.Vendors = append(c.Vendors, v.Name)
		for i := range v.Operations {
			c.Operations = append(c.Operations, described(v, &v.Operations[i]))
		}
		for i := range v.Buckets {
			c.Buckets = append(c.Buckets, v.Name+"."+v.Buckets[i].Name)
		}
		for i := range v.Kinds {
			c.Kinds = append(c.Kinds, scenarios.Kind{Name: v.Name + "." + v.Kinds[i].Name, Members: membersOf(v.Kinds[i].Schema)})
		}
	}
	return c
}

func described(v *spec.Vendor, op *spec.Operation) scenarios.Operation {
	o := scenarios.Operation{
		ID: v.Name + "." + op.ID, Family: op.Family, Vendor: v.Name, Intents: intents(op), Reads: op.Reads(), Public: op.Public, Vars: op.Vars(),
	}
	for _, e := range v.ErrorsOf(op) {
		o.Codes = append(o.Codes, e.Code)
		if class := string(e.Class); class != "" && !slices.Contains(o.Classes, class) {
			o.Classes = append(o.Classes, class)
		}
	}
	if !op.Public && v.Ended != nil {
		o.Ends = []string{"revoke", "expire"}
	}
	for i := range op.Query {
		o.Query = append(o.Query, op.Query[i].Name)
	}
	return o
}

func intents(op *spec.Operation) []scenarios.Intent {
	var all []scenarios.Intent
	for _, intent := range op.Intents() {
		all = append(all, scenarios.Intent(intent))
	}
	return all
}

// membersOf lists what a fixture's object may hold; nil where it may hold anything.
func membersOf(s *spec.Schema) []string {
	if s == nil || s.Open {
		return nil
	}
	var names []string
	for _, f := range s.Fields {
		names = append(names, f.Name)
	}
	return names
}
