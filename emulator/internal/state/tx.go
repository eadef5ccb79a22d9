package state

import (
	"encoding/binary"
	"fmt"
	"iter"
	"slices"
	"sort"
	"strings"
)

// Tx is one transaction over one tenant. It is good only inside the function that got it.
type Tx struct {
	store    *Store
	tenant   string
	root     root
	writable bool
	touched  tree                        // the trees that are this transaction's own copies
	written  func(before, after *Object) // told of every write of an object; nil: nobody asks
}

// OnWrite makes the rest of the transaction tell of every object that it writes: before is nil for a new one, after for
// one that is gone.
func (tx *Tx) OnWrite(told func(before, after *Object)) { tx.written = told }

func (tx *Tx) tell(before, after *Object) {
	if tx.written != nil {
		tx.written(before, after)
	}
}

type tree uint8

const (
	objects tree = 1 << iota
	lists
	names
	notes
	counters
)

// In returns the same transaction over another tenant, as imports need it.
func (tx *Tx) In(tenant string, fn func(*Tx) error) error {
	before := tx.tenant
	tx.tenant = tenant
	defer func() { tx.tenant = before }()
	return fn(tx)
}

func (tx *Tx) space(kind string) *space {
	sp := tx.store.kinds[tx.tenant+"/"+kind]
	if sp == nil {
		panic(fmt.Sprintf("state: %s has no kind %q", tx.tenant, kind))
	}
	return sp
}

// own makes sure that a tree is this transaction's own before it is written.
func (tx *Tx) own(t tree) {
	if !tx.writable {
		panic("state: write in a View")
	}
	if tx.touched&t != 0 {
		return
	}
	tx.touched |= t
	switch t {
	case objects:
		tx.root.objects = tx.root.objects.IsoCopy()
	case lists:
		tx.root.lists = tx.root.lists.IsoCopy()
	case names:
		tx.root.names = tx.root.names.IsoCopy()
	case notes:
		tx.root.notes = tx.root.notes.IsoCopy()
	}
}

func (tx *Tx) next() uint64 {
	tx.own(counters)
	tx.root.seq++
	return tx.root.seq
}

// Get returns the object with an id, or ErrNotFound.
func (tx *Tx) Get(kind, id string) (*Object, error) {
	return tx.get(tx.space(kind), id)
}

func (tx *Tx) get(sp *space, id string) (*Object, error) {
	found, ok := tx.root.objects.Get(entry{space: sp.key, id: id})
	if !ok {
		return nil, ErrNotFound
	}
	return found.object, nil
}

// Has tells whether there is an object with an id.
func (tx *Tx) Has(kind, id string) bool {
	_, err := tx.Get(kind, id)
	return err == nil
}

// Named returns the object that holds a unique name, or ErrNotFound.
func (tx *Tx) Named(kind, scope, unique string) (*Object, error) {
	found, ok := tx.root.names.Get(name{space: tx.space(kind).key, scope: scope, name: unique})
	if !ok {
		return nil, ErrNotFound
	}
	return tx.Get(kind, found.id)
}

// Insert adds an object and gives it its sequence number. Another with its id or one of its unique names is ErrConflict.
func (tx *Tx) Insert(o Object) (*Object, error) {
	sp := tx.space(o.Kind)
	if tx.Has(o.Kind, o.ID) {
		return nil, ErrConflict
	}
	o.Seq = tx.next()
	if err := tx.rename(nil, sp.names(&o)); err != nil {
		return nil, err
	}
	tx.file(sp, &o, true)
	tx.tell(nil, &o)
	return tx.put(sp, &o), nil
}

// Replace puts a new document in the place of an object's. A unique name that another holds is ErrConflict.
func (tx *Tx) Replace(o *Object, doc Doc) (*Object, error) {
	sp := tx.space(o.Kind)
	if !tx.Has(o.Kind, o.ID) {
		return nil, ErrNotFound
	}
	changed := *o
	changed.Doc = doc
	if err := tx.rename(sp.names(o), sp.names(&changed)); err != nil {
		return nil, err
	}
	if sp.moved(o, &changed) {
		tx.file(sp, o, false)
		tx.file(sp, &changed, true)
	}
	tx.tell(o, &changed)
	return tx.put(sp, &changed), nil
}

// moved tells whether a change of document changes where an object is listed.
func (sp *space) moved(before, after *Object) bool {
	for _, parent := range sp.moves {
		if parent(before) != parent(after) {
			return true
		}
	}
	return false
}

// Delete removes an object, or answers ErrNotFound. What hangs on it is the caller's to remove.
func (tx *Tx) Delete(kind, id string) error {
	sp := tx.space(kind)
	o, err := tx.Get(kind, id)
	if err != nil {
		return err
	}
	tx.own(objects)
	tx.root.objects.Delete(entry{space: sp.key, id: id})
	tx.root.version++
	tx.file(sp, o, false)
	tx.tell(o, nil)
	return tx.rename(sp.names(o), nil)
}

func (tx *Tx) put(sp *space, o *Object) *Object {
	tx.own(objects)
	tx.root.objects.Set(entry{space: sp.key, id: o.ID, object: o})
	tx.root.version++
	return o
}

// names are those that an object holds, so that no other of its kind can.
func (sp *space) names(o *Object) []name {
	var held []name
	if sp.Unique != nil {
		if scope, unique := sp.Unique(o); unique != "" {
			held = append(held, name{space: sp.key, scope: scope, name: unique, id: o.ID})
		}
	}
	if sp.Claims != nil {
		for _, claimed := range sp.Claims(o) {
			held = append(held, name{space: sp.key, scope: Claimed, name: claimed, id: o.ID})
		}
	}
	return held
}

// rename puts the names that an object is to hold in the place of those that it held. One that another holds is
// ErrConflict, and then nothing changes.
func (tx *Tx) rename(before, after []name) error {
	if slices.Equal(before, after) {
		return nil
	}
	for _, n := range after {
		if holder, taken := tx.root.names.Get(n); taken && holder.id != n.id {
			return ErrConflict
		}
	}
	tx.own(names)
	for _, n := range before {
		tx.root.names.Delete(n)
	}
	for _, n := range after {
		tx.root.names.Set(n)
	}
	return nil
}

// file writes or removes the rows that list an object.
func (tx *Tx) file(sp *space, o *Object, present bool) {
	tx.own(lists)
	order := sp.order(o)
	for list, key := range sp.lists {
		parent := o.Parent
		if by := sp.Also[list]; by != nil {
			parent = by(o)
		}
		r := row{space: key, parent: parent, order: order, id: o.ID}
		if present {
			tx.root.lists.Set(r)
		} else {
			tx.root.lists.Delete(r)
		}
	}
}

func (sp *space) order(o *Object) string {
	if sp.Order != nil {
		return sp.Order(o)
	}
	return string(binary.BigEndian.AppendUint64(nil, o.Seq))
}

// Count returns how many objects a list holds under a parent, in logarithmic time. The list is the kind's own name or
// one of its Also.
func (tx *Tx) Count(kind, list, parent string) int {
	key := tx.list(kind, list)
	return tx.rank(row{space: key, parent: parent + "\x00"}) - tx.rank(row{space: key, parent: parent})
}

// Page returns at most limit objects of a list under a parent, from an offset on. Both bounds cost nothing to skip.
func (tx *Tx) Page(kind, list, parent string, offset, limit int) []*Object {
	key := tx.list(kind, list)
	count := tx.Count(kind, list, parent)
	if offset < 0 || offset >= count || limit <= 0 {
		return nil
	}
	limit = min(limit, count-offset)
	first, _ := tx.root.lists.GetAt(tx.rank(row{space: key, parent: parent}) + offset)
	return tx.from(kind, first, parent, limit)
}

// After returns at most limit objects of a list under a parent that stand behind the place (order, id).
func (tx *Tx) After(kind, list, parent, order, id string, limit int) []*Object {
	return tx.from(kind, row{space: tx.list(kind, list), parent: parent, order: order, id: id + "\x00"}, parent, limit)
}

func (tx *Tx) from(kind string, first row, parent string, limit int) []*Object {
	sp := tx.space(kind)
	page := make([]*Object, 0, min(limit, 100))
	tx.root.lists.Ascend(first, func(r row) bool {
		if r.space != first.space || r.parent != parent || len(page) >= limit {
			return false
		}
		if o, err := tx.get(sp, r.id); err == nil {
			page = append(page, o)
		}
		return true
	})
	return page
}

// List returns all objects of a list under a parent.
func (tx *Tx) List(kind, list, parent string) []*Object {
	return tx.from(kind, row{space: tx.list(kind, list), parent: parent}, parent, int(^uint(0)>>1))
}

// All yields every object of a kind by id.
func (tx *Tx) All(kind string) iter.Seq[*Object] {
	key := tx.space(kind).key
	return func(yield func(*Object) bool) {
		tx.root.objects.Ascend(entry{space: key}, func(e entry) bool {
			return e.space == key && yield(e.object)
		})
	}
}

// OrderOf returns the place of an object among its siblings, as After takes it.
func (tx *Tx) OrderOf(o *Object) string { return tx.space(o.Kind).order(o) }

func (tx *Tx) list(kind, list string) string {
	key, ok := tx.space(kind).lists[list]
	if !ok {
		panic(fmt.Sprintf("state: %s/%s has no list %q", tx.tenant, kind, list))
	}
	return key
}

// rank counts the rows before r by bisection.
func (tx *Tx) rank(r row) int {
	return sort.Search(tx.root.lists.Len(), func(i int) bool {
		at, _ := tx.root.lists.GetAt(i)
		return !rowLess(at, r)
	})
}

// Note returns a small fact that answers depend on but that is no object: a rate bucket, a rule's counter, a nonce.
func (tx *Tx) Note(key string) string {
	n, _ := tx.root.notes.Get(note{key: tx.tenant + "/" + key})
	return n.value
}

// SetNote writes a note; "" removes it. It does not count as a change of the state's version.
func (tx *Tx) SetNote(key, value string) {
	tx.own(notes)
	if value == "" {
		tx.root.notes.Delete(note{key: tx.tenant + "/" + key})
		return
	}
	tx.root.notes.Set(note{key: tx.tenant + "/" + key, value: value})
}

// DropNotes removes every note of the tenant whose key begins with a prefix, and tells how many they were.
func (tx *Tx) DropNotes(prefix string) int {
	var keys []string
	prefix = tx.tenant + "/" + prefix
	tx.root.notes.Ascend(note{key: prefix}, func(n note) bool {
		if !strings.HasPrefix(n.key, prefix) {
			return false
		}
		keys = append(keys, n.key)
		return true
	})
	for _, key := range keys {
		tx.own(notes)
		tx.root.notes.Delete(note{key: key})
	}
	return len(keys)
}
