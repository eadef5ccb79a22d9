// Package vendortest is the suite that every vendor passes. It reads a vendor's table and nothing else: what a row says
// of its path, query, body, credentials, limits and errors is what the emulator must do. One file holds one behaviour.
//
// Each behaviour starts from a request that succeeds, which the suite finds by itself: values follow from the schemas,
// ids are those of the shipped fixture's objects. Where neither helps, a schema's Example does.
package vendortest

import (
	"testing"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
)

// suite is a vendor with a request that succeeds for each of its rows.
type suite struct {
	vendor   *spec.Vendor
	sampler  *sampler
	requests map[*spec.Operation]request
}

// Run holds a vendor of the catalogue to its table.
func Run(t *testing.T, v *spec.Vendor) {
	t.Run("table", func(t *testing.T) { table(t, v) })
	t.Run("evidence", func(t *testing.T) { evidence(t, v) })
	s := newSuite(t, v)
	t.Run("samples", s.samples)
	t.Run("success", s.success)
	t.Run("authentication", s.authentication)
	t.Run("permission", s.permission)
	t.Run("invalid body", s.invalidBody)
	t.Run("unreadable body", s.unreadableBody)
	t.Run("invalid query", s.invalidQuery)
	t.Run("invalid path", s.invalidPath)
	t.Run("unknown ids", s.unknownIDs)
	t.Run("unknown names", s.unknownNames)
	t.Run("limits", s.limits)
	t.Run("failures", s.failures)
	t.Run("classes", s.classes)
	t.Run("isolation", s.isolation)
	t.Run("disorder", s.disorder)
}

// newSuite finds a request for each row; a row without one is an error of the test, and left out of the rest.
func newSuite(t testing.TB, v *spec.Vendor) *suite {
	t.Helper()
	f := newFinder(newRig(t, v))
	s := &suite{vendor: v, sampler: f.sampler(), requests: map[*spec.Operation]request{}}
	for i := range v.Operations {
		op := &v.Operations[i]
		q, err := f.find(op)
		if err != nil {
			t.Errorf("%s: %v", op.Name(), err)
			continue
		}
		s.requests[op] = q
	}
	return s
}

// each runs a subtest for every row that has a request.
func (s *suite) each(t *testing.T, run func(t *testing.T, q request)) {
	for i := range s.vendor.Operations {
		op := &s.vendor.Operations[i]
		if q, ok := s.requests[op]; ok {
			t.Run(op.Name(), func(t *testing.T) { run(t, q) })
		}
	}
}
