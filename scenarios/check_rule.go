package scenarios

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/fixtures/tree"
)

// Classes are the portable classes of errors, which vendors map to errors of their own.
var Classes = []string{"throttled", "unauthenticated", "forbidden", "not_found", "conflict", "invalid", "internal", "unavailable"}

func (k *catalogueCheck) rule(i int) {
	r, path := &k.Rules[i], fmt.Sprintf("rules[%d]", i)
	if k.selected[i] = (&selection{}); r.Listener != "" {
		k.known(path+".listener", "vendor", r.Listener, k.Vendors)
	} else if r.At == nil {
		k.selected[i] = k.choose(path, r.On, r.Intent, r.family())
	}
	if x := r.Change; x != nil {
		if kind := x.Delete + x.Update + x.Create; kind != Target {
			k.kind(path+".change", kind, x.Where, ".where")
			k.members(path, kind, x)
		}
	}
	ops := k.selected[i].ops
	if len(ops) == 0 {
		return
	}
	k.gives(r, path, ops)
	k.suffers(r, path, ops)
	for _, w := range r.When {
		k.part(path+".when."+w.Part, w.Part, ops)
	}
}

// members looks at what a change sets, once its kind is known.
func (k *catalogueCheck) members(path, kind string, x *Change) {
	if slices.ContainsFunc(k.Kinds, func(known Kind) bool { return known.Name == kind }) {
		k.kind(path+".change", kind, x.Set, ".set")
	}
}

// family is the one that the rule's conditions ask for, "" for any.
func (r *Rule) family() (family string) {
	for _, w := range r.When {
		if w.Part == "family" && json.Unmarshal([]byte(w.Equals), &family) == nil {
			return family
		}
	}
	return ""
}

// gives asks whether every operation has what the rule answers with.
func (k *catalogueCheck) gives(r *Rule, path string, ops []Operation) {
	for _, o := range ops {
		switch {
		case r.Fail != "" && !slices.Contains(o.Codes, r.Fail) && !slices.Contains(o.Classes, r.Fail):
			if slices.Contains(Classes, r.Fail) {
				k.wrong(path+".fail", "%s has no error of the class %q; of classes it has %s", o.ID, r.Fail, listed(o.Classes))
			} else {
				k.wrong(path+".fail", "%s has no error %q%s", o.ID, r.Fail, k.meantError(r.Fail, o))
			}
			return
		case r.RateLimit != nil && !slices.Contains(k.Buckets, o.Vendor+"."+r.RateLimit.Bucket):
			var there []string
			for _, bucket := range k.Buckets {
				if name, ok := strings.CutPrefix(bucket, o.Vendor+"."); ok {
					there = append(there, name)
				}
			}
			k.known(path+".rate_limit.bucket", "bucket of "+o.Vendor, r.RateLimit.Bucket, there)
			return
		}
	}
}

func (k *catalogueCheck) meantError(code string, o Operation) string {
	if hint := tree.Meant(code, slices.Concat(o.Codes, o.Classes)); hint != "" {
		return hint
	}
	return "; it has " + listed(o.Codes)
}

// listed shows at most so many words.
func listed(words []string) string {
	const most = 12
	switch {
	case len(words) == 0:
		return "none"
	case len(words) > most:
		return fmt.Sprintf("%s and %d more", strings.Join(words[:most], ", "), len(words)-most)
	}
	return strings.Join(words, ", ")
}

// suffers asks whether the rule can strike the operations at all.
func (k *catalogueCheck) suffers(r *Rule, path string, ops []Operation) {
	reads, writes := slices.ContainsFunc(ops, func(o Operation) bool { return o.Reads }), slices.ContainsFunc(ops, func(o Operation) bool { return !o.Reads })
	switch {
	case r.StrikesAt() == AfterCommit && !writes:
		k.wrong(path+".phase", "no call of these operations gets to after_commit: they change nothing")
	case r.Lag != 0 && !reads:
		k.wrong(path+".lag", "none of these operations reads, and only reads can lag")
	case r.Change != nil && (r.Change.Delete == Target || r.Change.Update == Target) && !writes:
		k.wrong(path+".change", "none of these operations writes, so there is no target")
	}
	if r.Revoke {
		k.ends(path, "revoke", ops)
	}
	if r.Expire {
		k.ends(path, "expire", ops)
	}
}

// ends asks whether the callers' credentials can end so.
func (k *catalogueCheck) ends(path, how string, ops []Operation) {
	asked := false
	for _, o := range ops {
		if asked = asked || !o.Public; !o.Public && !slices.Contains(o.Ends, how) {
			k.wrong(path+"."+how, "the callers of %s have credentials that don't %s; what they can suffer: %s", o.ID, how, listed(o.Ends))
			return
		}
	}
	if !asked {
		k.wrong(path+"."+how, "nobody is asked who calls these operations")
	}
}

// part asks whether the operations have the part of a call that a condition names.
func (k *catalogueCheck) part(path, part string, ops []Operation) {
	head, name, _ := strings.Cut(part, ".")
	var queries []string
	for _, o := range ops {
		if head == "path" && !slices.Contains(o.Vars, name) {
			k.wrong(path, "the path of %s has no %q%s; it has %s", o.ID, name, tree.Meant(name, o.Vars), listed(o.Vars))
			return
		}
		queries = append(queries, o.Query...)
	}
	if head == "query" && !slices.Contains(queries, name) {
		k.wrong(path, "none of these operations has the query parameter %q%s", name, tree.Meant(name, queries))
	}
}
