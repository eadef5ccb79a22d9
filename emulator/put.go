package emulator

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// put adds one object, or changes the one with its id.
func (p *planter) put(tx *state.Tx, kind *spec.Kind, doc state.Doc) (string, error) {
	if known, err := tx.Get(kind.Name, kind.Identify(p.resolved(tx, kind, doc))); err == nil {
		return known.ID, p.change(tx, kind, known, doc)
	}
	if err := p.check(tx, kind, kind.Schema, doc); err != nil {
		return "", err
	}
	o, err := p.call(tx).Build(kind.Name, p.resolved(tx, kind, doc))
	if err != nil {
		return "", putError(kind, doc, err)
	}
	return o.ID, nil
}

// change gives an object the members of a document. Only those that differ are held to the schema, so that a document
// goes back as it was read, with the members that the vendor derived.
func (p *planter) change(tx *state.Tx, kind *spec.Kind, known *state.Object, doc state.Doc) error {
	changes := doc.Edit(func(name string, value gjson.Result) string {
		if known.Doc.Get(name).Raw == value.Raw {
			return ""
		}
		return value.Raw
	})
	if err := p.check(tx, kind, optional(kind.Schema), changes); err != nil {
		return err
	}
	after := kind.Object(known.Doc.Merge(p.resolved(tx, kind, changes)))
	after.Seq = known.Seq
	return putError(kind, after.Doc, replace(tx, kind, known, after))
}

// replace keeps an object's place in lists, unless what gives it its place has changed: then it comes anew.
func replace(tx *state.Tx, kind *spec.Kind, known *state.Object, after state.Object) error {
	stays := known.Parent == after.Parent && (kind.Order == nil || kind.Order(known) == kind.Order(&after))
	for _, list := range kind.Fixed {
		stays = stays && kind.Also[list](known) == kind.Also[list](&after)
	}
	if stays {
		_, err := tx.Replace(known, after.Doc)
		return err
	}
	if err := tx.Delete(kind.Name, known.ID); err != nil {
		return err
	}
	_, err := tx.Insert(after)
	return err
}

// putError says what a store or a vendor has against a document.
func putError(kind *spec.Kind, doc state.Doc, err error) error {
	switch {
	case errors.Is(err, state.ErrConflict):
		return fmt.Errorf("%w: %s: %s", ErrExists, kind.Name, shared(kind, doc))
	case err != nil:
		return fmt.Errorf("%s: %w", kind.Name, err)
	}
	return nil
}

// shared names what a document may have in common with another object: its id and its unique names, as far as it has them.
func shared(kind *spec.Kind, doc state.Doc) string {
	o := kind.Object(doc)
	var all []string
	if o.ID != "" {
		all = append(all, fmt.Sprintf("the id %q", o.ID))
	}
	if kind.Unique != nil {
		if _, name := kind.Unique(&o); name != "" {
			all = append(all, fmt.Sprintf("the name %q", name))
		}
	}
	if kind.Claims != nil {
		for _, name := range kind.Claims(&o) {
			all = append(all, fmt.Sprintf("the name %q", name))
		}
	}
	if all == nil {
		return "another object is the same"
	}
	return "another object has " + strings.Join(all, " or ")
}
