package state

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tidwall/btree"
)

// What a transaction's methods answer.
var (
	ErrNotFound = errors.New("not found")
	ErrConflict = errors.New("already exists")
)

// Remembered is how many past roots AsOf can go back to.
const Remembered = 1024

// Claimed is the scope of the names that a kind's Claims give.
const Claimed = "\x00claimed"

// Object is one thing of a vendor. It is replaced whole, never changed in place.
type Object struct {
	Kind   string
	ID     string
	Parent string
	Seq    uint64 // when it was made, counted over the whole world
	Doc    Doc
}

// Kind tells the store how the objects of one kind are found. Tenant keeps vendors apart.
type Kind struct {
	Tenant string
	Name   string
	Order  func(*Object) string                     // the place among siblings, from what never changes; nil: by Seq
	Unique func(*Object) (scope, name string)       // the unique name, folded by the caller; "" has none; nil: no kind-wide rule
	Claims func(*Object) []string                   // further unique names, any number of them, in the scope Claimed
	Also   map[string]func(*Object) (parent string) // further lists, by list name: the same objects under another parent
	Fixed  []string                                 // those of Also in which an object stays as long as it lives
}

// Store is the state of one world. Readers never wait; writers take turns.
type Store struct {
	kinds  map[string]*space
	writes sync.Mutex
	root   atomic.Pointer[root]
	past   []*root // the ring of AsOf, guarded by writes
	oldest int
}

// space is a kind as the trees see it: one string to compare instead of two.
type space struct {
	Kind
	key   string
	lists map[string]string // list name -> key
	moves []func(*Object) (parent string)
}

type root struct {
	objects *btree.BTreeG[entry]
	lists   *btree.BTreeG[row]
	names   *btree.BTreeG[name]
	notes   *btree.BTreeG[note]
	version uint64
	seq     uint64
	seed    uint64
	at      time.Time
}

type entry struct {
	space, id string
	object    *Object
}

type row struct{ space, parent, order, id string }

type name struct{ space, scope, name, id string }

type note struct{ key, value string }

func less(a, b string, then bool) bool {
	if a != b {
		return a < b
	}
	return then
}

func entryLess(a, b entry) bool { return less(a.space, b.space, a.id < b.id) }

func rowLess(a, b row) bool {
	return less(a.space, b.space, less(a.parent, b.parent, less(a.order, b.order, a.id < b.id)))
}

func nameLess(a, b name) bool {
	return less(a.space, b.space, less(a.scope, b.scope, a.name < b.name))
}

func noteLess(a, b note) bool { return a.key < b.key }

// New makes an empty store for the given kinds. The seed decides every Hash.
func New(seed uint64, kinds ...Kind) *Store {
	opts := btree.Options{NoLocks: true, Degree: 8}
	s := &Store{kinds: make(map[string]*space, len(kinds))}
	for _, k := range kinds {
		key := k.Tenant + "/" + k.Name
		sp := &space{Kind: k, key: key, lists: map[string]string{k.Name: key}}
		for list, parent := range k.Also {
			sp.lists[list] = key + "/" + list
			if !slices.Contains(k.Fixed, list) {
				sp.moves = append(sp.moves, parent)
			}
		}
		s.kinds[key] = sp
	}
	s.root.Store(&root{
		objects: btree.NewBTreeGOptions(entryLess, opts),
		lists:   btree.NewBTreeGOptions(rowLess, opts),
		names:   btree.NewBTreeGOptions(nameLess, opts),
		notes:   btree.NewBTreeGOptions(noteLess, opts),
		seed:    seed,
	})
	return s
}

// View runs fn over the present state of one tenant. Writing in it panics: that is a fault of ours.
func (s *Store) View(tenant string, fn func(*Tx) error) error {
	return fn(&Tx{store: s, tenant: tenant, root: *s.root.Load()})
}

// Update runs fn alone and keeps what it did when it returns nil. An error or a panic leaves no trace.
func (s *Store) Update(tenant string, now time.Time, fn func(*Tx) error) error {
	s.writes.Lock()
	defer s.writes.Unlock()
	before := s.root.Load()
	tx := Tx{store: s, tenant: tenant, root: *before, writable: true}
	if err := fn(&tx); err != nil {
		return err
	}
	if tx.touched == 0 {
		return nil
	}
	after := tx.root
	if after.version != before.version {
		after.at = now // of the last change of an object: notes make no past of their own
		s.remember(before)
	}
	s.root.Store(&after)
	return nil
}

func (s *Store) remember(r *root) {
	if len(s.past) < Remembered {
		s.past = append(s.past, r)
		return
	}
	s.past[s.oldest] = r
	s.oldest = (s.oldest + 1) % Remembered
}

// Version counts the writes of objects. Notes do not count.
func (s *Store) Version() uint64 { return s.root.Load().version }

// Seq is how many sequence numbers were given out.
func (s *Store) Seq() uint64 { return s.root.Load().seq }

// SetSeq raises the sequence to at least n, as an import does.
func (s *Store) SetSeq(n uint64) {
	s.writes.Lock()
	defer s.writes.Unlock()
	after := *s.root.Load()
	after.seq = max(after.seq, n)
	s.root.Store(&after)
}

// Snapshot is a whole state at one moment. It never changes and may be forked and restored any number of times.
type Snapshot struct {
	kinds map[string]*space
	mu    *sync.Mutex // guards the trees' copy marks, which copying writes
	root  *root
}

// Snapshot returns the present state, at a cost that does not grow with it.
func (s *Store) Snapshot() Snapshot {
	s.writes.Lock()
	defer s.writes.Unlock()
	return Snapshot{kinds: s.kinds, mu: new(sync.Mutex), root: s.root.Load().copied()}
}

// AsOf returns the state as it was at t, or the oldest one remembered when t lies before it.
func (s *Store) AsOf(t time.Time) Snapshot {
	s.writes.Lock()
	defer s.writes.Unlock()
	best := s.root.Load()
	for i := len(s.past) - 1; i >= 0 && best.at.After(t); i-- {
		best = s.past[(s.oldest+i)%len(s.past)]
	}
	return Snapshot{kinds: s.kinds, mu: new(sync.Mutex), root: best.copied()}
}

// Store returns a new store that starts from the snapshot and shares nothing that changes.
func (p Snapshot) Store() *Store {
	s := &Store{kinds: p.kinds}
	s.root.Store(p.copied())
	return s
}

// Reseeded returns the snapshot with another seed for Hash.
func (p Snapshot) Reseeded(seed uint64) Snapshot {
	r := p.copied()
	r.seed = seed
	return Snapshot{kinds: p.kinds, mu: new(sync.Mutex), root: r}
}

func (p Snapshot) copied() *root {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.root.copied()
}

// Restore puts a snapshot in the place of the present state. What AsOf remembered is forgotten: it is another history.
func (s *Store) Restore(p Snapshot) {
	fresh := p.copied()
	s.writes.Lock()
	defer s.writes.Unlock()
	s.past, s.oldest = nil, 0
	s.root.Store(fresh)
}

func (r *root) copied() *root {
	c := *r
	c.objects, c.lists, c.names, c.notes = r.objects.IsoCopy(), r.lists.IsoCopy(), r.names.IsoCopy(), r.notes.IsoCopy()
	return &c
}

// Hash returns 32 bytes that depend on the seed, the label and the next sequence number alone, so that forks and
// reruns agree. It takes that number, so it needs an Update.
func (tx *Tx) Hash(label string) [32]byte {
	var buf [64]byte
	b := binary.BigEndian.AppendUint64(buf[:0], tx.root.seed)
	b = binary.BigEndian.AppendUint64(b, tx.next())
	return sha256.Sum256(append(b, label...))
}
