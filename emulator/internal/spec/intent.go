package spec

import "strings"

// Intents are the portable classes of an operation, as scenarios name them. They follow from its method and from the
// verb with which its id ends: list…, get…, create…, add…, delete…, remove…, token and revoke; every other verb updates.
func (o *Operation) Intents() []string {
	verb := o.verb()
	is := func(prefixes ...string) bool {
		for _, prefix := range prefixes {
			if strings.HasPrefix(verb, prefix) {
				return true
			}
		}
		return false
	}
	switch {
	case verb == "token":
		return []string{"tokens"}
	case verb == "revoke":
		return nil // it ends a credential: nothing of a resource's
	case is("list"):
		return []string{"reads", "lists"}
	case o.Reads():
		return []string{"reads"}
	case is("create", "add"):
		return []string{"writes", "creates"}
	case is("delete", "remove"):
		return []string{"writes", "deletes"}
	}
	return []string{"writes", "updates"}
}
