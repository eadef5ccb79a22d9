package emulator

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/fixtures/tree"
)

// planted is the time at which a fixture's objects are made where it says nothing else, so that equal runs are equal.
var planted = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// CheckFixture holds a fixture to the tables. Its error names file, line and column, and the nearest name.
func CheckFixture(f *fixtures.Fixture) error {
	_, err := build(catalogue(), f)
	return err
}

// build makes the state that a fixture describes.
func build(vendors []*spec.Vendor, f *fixtures.Fixture) (start, error) {
	store := emptyStore(vendors)
	for _, section := range f.Vendors {
		i := slices.IndexFunc(vendors, func(v *spec.Vendor) bool { return v.Name == section.Name })
		if i < 0 {
			return start{}, f.Problem(section.At, "unknown vendor %q%s", section.Name, tree.Meant(section.Name, names(vendors, func(v *spec.Vendor) string { return v.Name })))
		}
		p := planter{vendor: vendors[i], file: f, now: planted, whole: f.Sequence > 0}
		if err := store.Update(vendors[i].Name, planted, func(tx *state.Tx) error { return p.plant(tx, section) }); err != nil {
			return start{}, err
		}
		if whole := vendors[i].Whole; whole != nil {
			if err := store.View(section.Name, whole); err != nil {
				return start{}, f.Problem(section.At, "%s: %v", section.Name, err)
			}
		}
	}
	store.SetSeq(f.Sequence)
	return start{name: f.Name, snapshot: store.Snapshot(), fixture: f}, nil
}

func emptyStore(vendors []*spec.Vendor) *state.Store {
	var kinds []state.Kind
	for _, v := range vendors {
		for i := range v.Kinds {
			kinds = append(kinds, v.Kinds[i].Store(v.Name))
		}
	}
	return state.New(1, kinds...)
}

// planter puts documents from outside into a store: checked, with references resolved, completed by the vendor.
type planter struct {
	vendor *spec.Vendor
	file   *fixtures.Fixture
	now    time.Time
	whole  bool // an export: documents are complete as they are
}

func (p *planter) plant(tx *state.Tx, section fixtures.Vendor) error {
	kindNames := names(p.vendor.Kinds, func(k spec.Kind) string { return k.Name })
	for _, k := range section.Kinds {
		if !slices.Contains(kindNames, k.Name) {
			return p.file.Problem(k.At, "%s has no kind %q%s", section.Name, k.Name, tree.Meant(k.Name, kindNames))
		}
	}
	for i := range p.vendor.Kinds {
		for _, k := range section.Kinds {
			if k.Name != p.vendor.Kinds[i].Name {
				continue
			}
			for _, object := range k.Objects {
				if err := p.add(tx, &p.vendor.Kinds[i], object); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (p *planter) add(tx *state.Tx, kind *spec.Kind, object fixtures.Object) error {
	doc := state.Doc(object.Doc)
	if p.whole {
		if err := p.checkWhole(kind, doc); err != nil {
			return p.located(tx, object, kind, doc, err)
		}
		_, err := tx.Insert(kind.Object(doc))
		return p.located(tx, object, kind, doc, err)
	}
	if err := p.check(tx, kind, kind.Schema, doc); err != nil {
		return p.located(tx, object, kind, doc, err)
	}
	_, err := p.call(tx).Build(kind.Name, p.resolved(tx, kind, doc))
	return p.located(tx, object, kind, doc, err)
}

func (p *planter) call(tx *state.Tx) *spec.Call {
	return &spec.Call{Vendor: p.vendor, Now: p.now, Tx: tx}
}

// fieldError is what is wrong with one field of a document.
type fieldError struct {
	path []string
	text string
}

func (e *fieldError) Error() string { return e.text }

func (p *planter) check(tx *state.Tx, kind *spec.Kind, schema *spec.Schema, doc state.Doc) error {
	if v := schema.Check(spec.InBody, doc); v != nil {
		return &fieldError{segments(v), violationText(kind, v)}
	}
	for _, field := range sortedKeys(kind.Refs) {
		for i, ref := range refs(doc.Get(field)) {
			if _, ok := p.target(tx, kind.Refs[field], ref); !ok {
				path := []string{field}
				if doc.Get(field).IsArray() {
					path = append(path, fmt.Sprint(i))
				}
				return &fieldError{path, fmt.Sprintf("%s: no object of %s has the id or name %q%s", field, kind.Refs[field], ref, tree.Meant(ref, known(tx, kind.Refs[field])))}
			}
		}
	}
	return nil
}

// checkWhole holds an exported document to its schema as far as it goes: derived members are not in it, what requests
// must have may have been removed since, and references may lead to what is gone.
func (p *planter) checkWhole(kind *spec.Kind, doc state.Doc) error {
	known := optional(kind.Schema)
	known.Open = true
	if v := known.Check(spec.InBody, doc); v != nil {
		return &fieldError{segments(v), violationText(kind, v)}
	}
	if kind.Identify(doc) == "" {
		return &fieldError{nil, kind.Name + ": an object of an export has no id"}
	}
	return nil
}

// optional is a schema that asks for no member.
func optional(s *spec.Schema) *spec.Schema {
	relaxed := *s
	relaxed.Fields = slices.Clone(s.Fields)
	for i := range relaxed.Fields {
		relaxed.Fields[i].Required = false
	}
	return &relaxed
}

func refs(value gjson.Result) []string {
	if value.IsArray() {
		var all []string
		for _, item := range value.Array() {
			all = append(all, item.String())
		}
		return all
	}
	if value.Type != gjson.String {
		return nil
	}
	return []string{value.Str}
}

// target finds what a reference names: an id, or a unique name.
func (p *planter) target(tx *state.Tx, kind, ref string) (string, bool) {
	if tx.Has(kind, ref) {
		return ref, true
	}
	if p.vendor.Kind(kind).Unique == nil {
		return "", false
	}
	o, err := tx.Named(kind, "", ref)
	if err != nil {
		return "", false
	}
	return o.ID, true
}

// resolved puts ids in the place of names.
func (p *planter) resolved(tx *state.Tx, kind *spec.Kind, doc state.Doc) state.Doc {
	for _, field := range sortedKeys(kind.Refs) {
		value := doc.Get(field)
		switch {
		case value.IsArray():
			var ids []state.Doc
			for _, ref := range refs(value) {
				id, _ := p.target(tx, kind.Refs[field], ref)
				ids = append(ids, state.Doc(state.Quote(id)))
			}
			doc = doc.Set(field, string(state.Array(ids)))
		case value.Type == gjson.String:
			id, _ := p.target(tx, kind.Refs[field], value.Str)
			doc = doc.SetText(field, id)
		}
	}
	return doc
}

// located gives an error its place in the file.
func (p *planter) located(tx *state.Tx, object fixtures.Object, kind *spec.Kind, doc state.Doc, err error) error {
	if err == nil {
		return nil
	}
	var field *fieldError
	if errors.As(err, &field) {
		return p.file.Problem(object.Position(field.path...), "%s", field.text)
	}
	if errors.Is(err, state.ErrConflict) {
		return p.file.Problem(object.At, "%s: %s", kind.Name, p.taken(tx, object, kind, doc))
	}
	return p.file.Problem(object.At, "%s: %v", kind.Name, err)
}

// taken says which id or unique name of an object an earlier one of the file has, and where that one stands.
func (p *planter) taken(tx *state.Tx, object fixtures.Object, kind *spec.Kind, doc state.Doc) string {
	placed := func(doc state.Doc) *state.Object {
		if !p.whole {
			doc = p.resolved(tx, kind, doc)
		}
		o := kind.Object(doc)
		return &o
	}
	named := func(o *state.Object) (scope, name string) {
		if kind.Unique == nil {
			return "", ""
		}
		return kind.Unique(o)
	}
	own := placed(doc)
	scope, name := named(own)
	above := p.before(object, kind)
	for _, first := range above {
		if own.ID != "" && placed(state.Doc(first.Doc)).ID == own.ID {
			for _, secret := range kind.Secrets {
				if doc.Text(secret) == own.ID {
					return fmt.Sprintf("another object has the same %s, at %s:%d", secret, p.file.File, first.At.Line)
				}
			}
			return fmt.Sprintf("another object has the id %q, at %s:%d", own.ID, p.file.File, first.At.Line)
		}
	}
	for _, first := range above {
		if otherScope, other := named(placed(state.Doc(first.Doc))); name != "" && other == name && otherScope == scope {
			return fmt.Sprintf("another object has the name %q, at %s:%d", name, p.file.File, first.At.Line)
		}
	}
	if name == "" {
		return "another object is the same"
	}
	return fmt.Sprintf("another object has its id, or the name %q", name)
}

// before lists the file's objects of a kind above one of them; none where the file is not known.
func (p *planter) before(object fixtures.Object, kind *spec.Kind) []fixtures.Object {
	for _, section := range p.file.Vendors {
		for _, k := range section.Kinds {
			if section.Name == p.vendor.Name && k.Name == kind.Name {
				i := slices.IndexFunc(k.Objects, func(o fixtures.Object) bool { return o.At == object.At })
				return k.Objects[:max(0, i)]
			}
		}
	}
	return nil
}

func known(tx *state.Tx, kind string) []string {
	var all []string
	for o := range tx.All(kind) {
		all = append(all, o.ID)
		if name := o.Doc.Text("name"); name != "" {
			all = append(all, name)
		}
		if len(all) > 2000 {
			break
		}
	}
	return all
}

func names[T any](list []T, name func(T) string) []string {
	all := make([]string, len(list))
	for i := range list {
		all[i] = name(list[i])
	}
	return all
}

// segments turns a violation's path, such as groups[0].email, into steps.
func segments(v *spec.Violation) []string {
	path := strings.ReplaceAll(strings.ReplaceAll(v.Path, "]", ""), "[", ".")
	var steps []string
	if path != "" {
		steps = strings.Split(path, ".")
	}
	if v.Rule == spec.RuleAdditional {
		steps = append(steps, v.Names[0])
	}
	return steps
}

// violationText says in a line what a fixture's object breaks, and what is wanted instead.
func violationText(kind *spec.Kind, v *spec.Violation) string {
	within := kind.Name
	if v.Path != "" {
		within += "." + v.Path
	}
	switch v.Rule {
	case spec.RuleAdditional:
		fields := names(v.Schema.Fields, func(f spec.Field) string { return f.Name })
		return fmt.Sprintf("%s has no field %q%s", within, v.Names[0], tree.Meant(v.Names[0], fields))
	case spec.RuleRequired:
		return fmt.Sprintf("%s: the field %q is missing", within, v.Names[0])
	case spec.RuleUnique:
		return fmt.Sprintf("%s: items %d and %d are the same", v.Path, v.Size, v.Other)
	}
	value := v.Text
	if v.Type == spec.String {
		value = strconv.Quote(value)
	}
	if name, _, _ := strings.Cut(v.Path, "."); slices.Contains(kind.Secrets, name) {
		value = "the secret"
	}
	if short := []rune(value); len(short) > maxShown {
		value = string(short[:maxShown]) + "…"
	}
	return fmt.Sprintf("%s: %s %s", v.Path, value, wanted(v))
}

// maxShown and maxListed bound what a message repeats: characters of a value, and values that would be right.
const maxShown, maxListed = 80, 10

// wanted says what a rule asks of the value that breaks it.
func wanted(v *spec.Violation) string {
	s := v.Schema
	switch v.Rule {
	case spec.RuleType:
		return "must be " + typeNames(s.Type)
	case spec.RuleEnum:
		more := ""
		if n := len(s.Enum) - maxListed; n > 0 {
			more = fmt.Sprintf(" or %d others", n)
		}
		return fmt.Sprintf("is none of %s%s%s", strings.Join(s.Enum[:min(len(s.Enum), maxListed)], ", "), more, tree.Meant(v.Text, s.Enum))
	case spec.RulePattern:
		return "does not match " + s.Pattern.Text
	case spec.RuleFormat:
		return strings.TrimSuffix(fmt.Sprintf("must have the format %s: %s", s.Format.Text, s.Description), ": ")
	case spec.RuleMinLength:
		return fmt.Sprintf("has %d characters, must have at least %d", v.Size, s.MinLength)
	case spec.RuleMaxLength:
		return fmt.Sprintf("has %d characters, must have at most %d", v.Size, s.MaxLength)
	case spec.RuleMin:
		return fmt.Sprintf("must be at least %d", *s.Min)
	case spec.RuleMax:
		return fmt.Sprintf("must be at most %d", *s.Max)
	case spec.RuleMinItems:
		return fmt.Sprintf("has %d items, must have at least %d", v.Size, s.MinItems)
	case spec.RuleMaxItems:
		return fmt.Sprintf("has %d items, must have at most %d", v.Size, s.MaxItems)
	case spec.RuleMinProperties:
		return fmt.Sprintf("has %d fields, must have at least %d", v.Size, s.MinProperties)
	case spec.RuleMaxProperties:
		return fmt.Sprintf("has %d fields, must have at most %d", v.Size, s.MaxProperties)
	}
	return "breaks its rule of " + strings.ReplaceAll(string(v.Rule), "_", " ")
}

// typeNames lists the types of a set in words.
func typeNames(t spec.Type) string {
	var words []string
	for _, w := range []struct {
		is   spec.Type
		word string
	}{
		{spec.Object, "an object"}, {spec.Array, "a list"}, {spec.String, "a string"}, {spec.Integer, "a whole number"},
		{spec.Number, "a number"}, {spec.Boolean, "true or false"}, {spec.Null, "null"},
	} {
		if t&w.is != 0 && (w.is != spec.Integer || t&spec.Number == 0) {
			words = append(words, w.word)
		}
	}
	return strings.Join(words, " or ")
}
