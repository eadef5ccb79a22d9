package vendors_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/vendors"
)

// specifications are the vendors' own descriptions, where the folder with them is at hand.
var specifications = map[string]string{"devrev": "devrev-auth-connections.json", "qovery": "qovery-enterprise-connection.json"}

// TestSpecifications compares methods, paths, parameters, bodies and replies with what the vendors publish. Every
// difference stands in knownDifferences with its reason, and nothing else does.
func TestSpecifications(t *testing.T) {
	for _, v := range vendors.All() {
		file, compared := specifications[v.Name]
		if !compared {
			continue
		}
		t.Run(v.Name, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(shared(), "specs", file))
			if errors.Is(err, fs.ErrNotExist) {
				t.Skipf("no specification to compare with: %v; UNDERSTUDY_SHARED names the folder that has specs", err)
			}
			var theirs document
			if err == nil {
				err = json.Unmarshal(text, &theirs)
			}
			if err != nil {
				t.Fatal(err)
			}
			unused := maps.Clone(knownDifferences[v.Name])
			for _, difference := range theirs.compare(v) {
				_, anywhere, _ := strings.Cut(difference, ": ")
				if knownDifferences[v.Name][difference] == "" && knownDifferences[v.Name][anywhere] == "" {
					t.Errorf("differs for no known reason: %q", difference)
				}
				delete(unused, difference)
				delete(unused, anywhere)
			}
			for difference := range unused {
				t.Errorf("is no difference: %q", difference)
			}
		})
	}
}

// shared is the folder beside the repository, or the one that UNDERSTUDY_SHARED names.
func shared() string {
	if dir := os.Getenv("UNDERSTUDY_SHARED"); dir != "" {
		return dir
	}
	return filepath.Join("..", "..", "..", "shared")
}

// document is an OpenAPI 3 document, as far as it is compared.
type document struct {
	Paths      map[string]map[string]json.RawMessage `json:"paths"`
	Components struct {
		Schemas    map[string]*schema    `json:"schemas"`
		Parameters map[string]*parameter `json:"parameters"`
	} `json:"components"`
}

type operation struct {
	Parameters  []*parameter       `json:"parameters"`
	RequestBody content            `json:"requestBody"`
	Responses   map[string]content `json:"responses"`
}

type content struct {
	Content map[string]struct {
		Schema *schema `json:"schema"`
	} `json:"content"`
}

type parameter struct {
	Ref      string  `json:"$ref"`
	Name     string  `json:"name"`
	In       string  `json:"in"`
	Required bool    `json:"required"`
	Schema   *schema `json:"schema"`
}

type schema struct {
	Ref           string             `json:"$ref"`
	Properties    map[string]*schema `json:"properties"`
	Required      []string           `json:"required"`
	Enum          []string           `json:"enum"`
	Minimum       *int               `json:"minimum"`
	Maximum       *int               `json:"maximum"`
	MinLength     int                `json:"minLength"`
	MaxLength     int                `json:"maxLength"`
	AllOf         []*schema          `json:"allOf"`
	Items         *schema            `json:"items"`
	Discriminator struct {
		Name    string            `json:"propertyName"`
		Mapping map[string]string `json:"mapping"`
	} `json:"discriminator"`
}

// members are a body's fields by name, with a type's own as (type) name and an array's as name[].
type members map[string]field

type field struct {
	required bool
	rules    string // enum and bounds, "" for none
}

// rulesOf writes an enum and bounds.
func rulesOf(enum []string, least, most *int, shortest, longest int) string {
	var all []string
	if len(enum) > 0 {
		all = append(all, "one of "+strings.Join(slices.Sorted(slices.Values(enum)), ","))
	}
	for word, bound := range map[string]*int{"least": least, "most": most} {
		if bound != nil {
			all = append(all, word+" "+strconv.Itoa(*bound))
		}
	}
	for word, bound := range map[string]int{"shortest": shortest, "longest": longest} {
		if bound > 0 {
			all = append(all, word+" "+strconv.Itoa(bound))
		}
	}
	slices.Sort(all)
	return strings.Join(all, "; ")
}

func ourRules(s *spec.Schema) string {
	if s == nil {
		return ""
	}
	return rulesOf(s.Enum, s.Min, s.Max, s.MinLength, s.MaxLength)
}

func (d *document) rules(s *schema) string {
	if s = d.resolve(s); s == nil {
		return ""
	}
	return rulesOf(s.Enum, s.Minimum, s.Maximum, s.MinLength, s.MaxLength)
}

func (d *document) resolve(s *schema) *schema {
	for s != nil && s.Ref != "" {
		s = d.Components.Schemas[filepath.Base(s.Ref)]
	}
	return s
}

func (d *document) compare(v *spec.Vendor) []string {
	var all []string
	found := map[string]bool{}
	for _, path := range slices.Sorted(maps.Keys(d.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(d.Paths[path])) {
			var theirs operation
			if json.Unmarshal(d.Paths[path][method], &theirs) != nil {
				continue // parameters of all methods
			}
			row := strings.ToUpper(method) + " " + path
			found[row] = true
			at := slices.IndexFunc(v.Operations, func(o spec.Operation) bool { return o.Method+" "+o.Path == row })
			if at < 0 {
				all = append(all, row+" is theirs alone")
				continue
			}
			for _, difference := range d.compareRow(v, &v.Operations[at], &theirs) {
				all = append(all, row+": "+difference)
			}
		}
	}
	for i := range v.Operations {
		if row := v.Operations[i].Method + " " + v.Operations[i].Path; !found[row] {
			all = append(all, row+" is ours alone")
		}
	}
	return all
}

func (d *document) compareRow(v *spec.Vendor, ours *spec.Operation, theirs *operation) []string {
	all := differ("parameter", queryOf(ours), d.queryOf(theirs))
	all = append(all, differ("body", ourMembers(ours.Body), d.body(theirs.RequestBody))...)
	all = append(all, differ("reply", ourMembers(ours.Reply), d.body(theirs.Responses[strconv.Itoa(ours.Status)]))...)
	statuses := []string{strconv.Itoa(ours.Status)}
	for _, e := range v.ErrorsOf(ours) {
		statuses = append(statuses, strconv.Itoa(e.Status))
	}
	for status := range theirs.Responses {
		if !slices.Contains(statuses, status) {
			all = append(all, "the status "+status+" is theirs alone")
		}
	}
	slices.Sort(all)
	return all
}

// differ says which members only one side has, which only one side requires, and whose rules are others. A reply may
// promise more than theirs.
// Below a member that one side lacks there is nothing to compare.
func differ(where string, ours, theirs members) []string {
	var all []string
	for name, their := range theirs {
		mine, has := ours[name]
		switch {
		case !has && (parent(name) == "" || holds(ours, parent(name))):
			all = append(all, where+" "+name+" is theirs alone")
		case has && their.required != mine.required && (where != "reply" || their.required):
			all = append(all, where+" "+name+" is required by one")
		}
		if has && mine.rules != their.rules && (where != "reply" || their.rules != "") {
			all = append(all, fmt.Sprintf("%s %s is %q, theirs %q", where, name, mine.rules, their.rules))
		}
	}
	for name := range ours {
		if _, has := theirs[name]; !has && (parent(name) == "" || holds(theirs, parent(name))) {
			all = append(all, where+" "+name+" is ours alone")
		}
	}
	return all
}

func holds(all members, name string) bool {
	_, has := all[name]
	return has
}

// parent is the member that holds another, "" for one of the whole.
func parent(name string) string {
	at := strings.LastIndexByte(name, '.')
	return strings.TrimSuffix(name[:max(0, at)], "[]")
}

func queryOf(o *spec.Operation) members {
	all := members{}
	for _, p := range o.Query {
		all[p.Name] = field{p.Required, ourRules(p.Schema)}
	}
	return all
}

func (d *document) queryOf(o *operation) members {
	all := members{}
	for _, p := range o.Parameters {
		if named := d.Components.Parameters[filepath.Base(p.Ref)]; named != nil {
			p = named
		}
		if p.In == "query" {
			all[p.Name] = field{p.Required, d.rules(p.Schema)}
		}
	}
	return all
}

func ourMembers(s *spec.Schema) members {
	all := members{}
	addOurs(all, "", s)
	return all
}

func addOurs(all members, prefix string, s *spec.Schema) {
	if s == nil {
		return
	}
	for _, f := range s.Fields {
		all[prefix+f.Name] = field{f.Required, ourRules(f.Schema)}
		addOurs(all, prefix+f.Name+".", f.Schema)
	}
	for _, v := range s.Variants {
		for _, f := range v.Fields {
			name := prefix + "(" + v.Value + ") " + f.Name
			all[name] = field{f.Required, ourRules(f.Schema)}
			addOurs(all, name+".", f.Schema)
		}
	}
	if s.Items != nil {
		addOurs(all, strings.TrimSuffix(prefix, ".")+"[].", s.Items)
	}
}

func (d *document) body(c content) members {
	all := members{}
	d.addTheirs(all, "", c.Content["application/json"].Schema, map[*schema]bool{})
	return all
}

// addTheirs lists members down to schemas that hold themselves. What is required is a member, even where it is no property.
func (d *document) addTheirs(all members, prefix string, s *schema, within map[*schema]bool) {
	if s = d.resolve(s); s == nil || within[s] {
		return
	}
	within[s] = true
	defer delete(within, s)
	for _, part := range s.AllOf {
		d.addTheirs(all, prefix, part, within)
	}
	for name, value := range s.Properties {
		all[prefix+name] = field{all[prefix+name].required, d.rules(value)}
		d.addTheirs(all, prefix+name+".", value, within)
	}
	for _, name := range s.Required {
		all[prefix+name] = field{true, all[prefix+name].rules}
	}
	for value, ref := range s.Discriminator.Mapping {
		d.addTheirs(all, prefix+"("+value+") ", &schema{Ref: ref}, within)
	}
	d.addTheirs(all, strings.TrimSuffix(prefix, ".")+"[].", s.Items, within)
}
