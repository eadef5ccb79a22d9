package vendortest

import (
	"math/rand/v2"
	"testing"
)

// rounds is how many mutated requests each row gets in every run of the suite.
const rounds = 60

// disorder sends mutated requests, the same in every run. See wantDeclared.
func (s *suite) disorder(t *testing.T) {
	r := newRig(t, s.vendor)
	s.each(t, func(t *testing.T, q request) {
		dice := rand.New(rand.NewPCG(1, uint64(len(q.op.Name()))))
		pool := s.pool(q.op)
		for range rounds {
			vars := make([]string, 0, 4)
			for _, name := range q.op.Vars() {
				vars = append(vars, mutatedText(dice, q.vars[name]))
			}
			query := ""
			if dice.IntN(2) == 0 {
				query = s.mutatedQuery(dice, q)
			}
			r.wantDeclared(t, q.op, vars, query, []byte(mutated(dice, q.body, pool)))
		}
	})
}
