package emulator

import (
	"fmt"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
)

// Operation is a row of a vendor's table, as plain data.
type Operation struct {
	ID       string   `json:"id"`               // with the vendor: auth0.organizations.get
	Family   string   `json:"family,omitempty"` // tells rows of one id apart
	Vendor   string   `json:"vendor"`
	Method   string   `json:"method"`
	Path     string   `json:"path"`
	Summary  string   `json:"summary"`
	Needs    []string `json:"needs,omitempty"`  // scopes or roles, any one of which is enough
	Bucket   string   `json:"bucket,omitempty"` // of the endpoint, beside the global one
	Status   int      `json:"status"`           // of success
	Errors   []string `json:"errors"`           // codes
	Grade    string   `json:"grade"`
	Evidence string   `json:"evidence"`
}

// Operations lists every row of every vendor, in the order of the tables.
func Operations() []Operation {
	var all []Operation
	for _, v := range catalogue() {
		for i := range v.Operations {
			all = append(all, operation(v, &v.Operations[i]))
		}
	}
	return all
}

func operation(v *spec.Vendor, op *spec.Operation) Operation {
	return Operation{
		ID: v.Name + "." + op.ID, Family: op.Family, Vendor: v.Name, Method: op.Method, Path: op.Path, Summary: op.Summary,
		Needs: op.Needs, Bucket: op.Limit, Status: op.Status,
		Errors: names(v.ErrorsOf(op), func(e spec.Error) string { return e.Code }),
		Grade:  op.Evidence.Grade.String(), Evidence: op.Evidence.Source,
	}
}

// Match returns the row that a method and path reach, such as PATCH /api/v2/organizations/x/connections/y.
func (e *Emulator) Match(method, path string) (Operation, bool) {
	v, op := e.server.Find(method, path)
	if op == nil {
		return Operation{}, false
	}
	return operation(v, op), true
}

// Claim is one line of the ledger: something that the emulator says of a vendor, and how that is known.
type Claim struct {
	Vendor string `json:"vendor"`
	Sort   string `json:"sort"`  // operation, error, header, limit, default or parameter
	About  string `json:"about"` // the operation, the limits' preset or the replies with a header, "" for the vendor as a whole
	What   string `json:"what"`
	Grade  string `json:"grade"` // recorded, documented, client code or assumed
	Source string `json:"source"`
}

// Ledger lists every claim of every vendor: operations, errors, headers, limits and defaults, with their grades.
func Ledger() []Claim {
	var all []Claim
	for _, v := range catalogue() {
		claim := func(sort, about, what string, e spec.Evidence) {
			if e.Grade != spec.Ungraded {
				all = append(all, Claim{v.Name, sort, about, what, e.Grade.String(), e.Source})
			}
		}
		for i := range v.Operations {
			claimOperation(&v.Operations[i], claim)
		}
		for _, e := range v.Errors {
			claim("error", "", errorText(e), e.Evidence)
		}
		for _, h := range v.Headers {
			claim("header", h.Only, h.Name, h.Evidence)
		}
		for _, b := range v.Buckets {
			for _, preset := range v.Presets {
				if rate, ok := b.Rates[preset]; ok {
					claim("limit", preset, fmt.Sprintf("%s: %d, %d per %v", b.Name, rate.Burst, rate.Refill, rate.Per), rate.Known(b.Evidence))
				}
			}
		}
	}
	return all
}

func claimOperation(op *spec.Operation, claim func(sort, about, what string, e spec.Evidence)) {
	claim("operation", op.Name(), op.Method+" "+op.Path, op.Evidence)
	for _, e := range op.Except {
		claim("operation", op.Name(), op.Method+" "+op.Path+", "+e.What, e.Evidence)
	}
	for _, p := range append(append([]spec.Param(nil), op.PathParams...), op.Query...) {
		claim("parameter", op.Name(), p.Name, p.Evidence)
	}
	if op.Body != nil {
		for _, f := range op.Body.Fields {
			if f.Schema.Default != "" {
				claim("default", op.Name(), f.Name+" = "+f.Schema.Default, f.Schema.Evidence)
			}
		}
	}
	for _, e := range op.Errors {
		claim("error", op.Name(), errorText(e), e.Evidence)
	}
}

func errorText(e spec.Error) string { return fmt.Sprintf("%d %s: %s", e.Status, e.Code, e.Message) }
