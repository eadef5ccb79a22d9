package devrev

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/state"
)

type sortKey struct {
	field string
	down  bool
}

// sortKeysOf reads what a list is sorted by, each field once: where it stands again its order is decided. False where a
// word is no field with a direction.
func sortKeysOf(sorts []string) (keys []sortKey, ok bool) {
	for _, word := range sorts {
		field, direction, _ := strings.Cut(word, ":")
		if !slices.Contains(sortable, field) || direction != "" && direction != "asc" && direction != "desc" {
			return nil, false
		}
		if !slices.ContainsFunc(keys, func(k sortKey) bool { return k.field == field }) {
			keys = append(keys, sortKey{field, direction == "desc"})
		}
	}
	return keys, true
}

func (k sortKey) compare(a, b *state.Object) int {
	if k.down {
		a, b = b, a
	}
	return strings.Compare(a.Doc.Text(k.field), b.Doc.Text(k.field))
}

// identity is what a filter asks of an external identity; what it leaves open is "" in both places.
type identity struct {
	id, issuer     string
	byID, byIssuer bool
}

// filter tells whether a user passes every filter; within one, any of its values is enough.
func (q *userQuery) filter() func(*state.Object) bool {
	emails, states, identities := map[string]bool{}, map[string]bool{}, map[identity]bool{}
	for _, email := range q.emails {
		emails[email] = true
	}
	for _, word := range q.states {
		states[word] = true
	}
	for _, want := range q.external {
		id, issuer := want.Get("id"), want.Get("issuer")
		identities[identity{id.Str, issuer.Str, id.Exists(), issuer.Exists()}] = true
	}
	return func(o *state.Object) bool {
		if len(emails) > 0 && !emails[o.Doc.Text("email")] || len(states) > 0 && !states[o.Doc.Text("state")] {
			return false
		}
		return len(identities) == 0 || slices.ContainsFunc(o.Doc.Get("external_identities").Array(), func(has gjson.Result) bool {
			id, issuer := has.Get("id").Str, has.Get("issuer").Str
			return identities[identity{id, issuer, true, true}] || identities[identity{id, "", true, false}] ||
				identities[identity{"", issuer, false, true}] || identities[identity{}]
		})
	}
}
