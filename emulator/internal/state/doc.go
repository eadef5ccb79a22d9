// Package state is the store of a world: immutable JSON documents in copy-on-write B-trees, with transactions and
// snapshots, forks and restores that cost the same at any size. It is the only importer of tidwall/btree.
package state

import (
	"slices"
	"strconv"
	"unsafe"

	"github.com/tidwall/gjson"
)

// Doc is a JSON document. It is a string, so nobody can change it in place and forks share it. Its methods return new
// documents. Paths are segments, never dotted strings: keys may hold dots, stars and anything else.
type Doc string

// Get returns the value at path; its Exists method tells absent from null. A segment names a member of an object or,
// as a decimal number, an item of an array.
func (d Doc) Get(path ...string) gjson.Result {
	value := gjson.Result{Type: gjson.JSON, Raw: string(d)}
	if len(path) == 0 {
		return gjson.Parse(string(d))
	}
	for _, segment := range path {
		value = child(value, segment)
	}
	return value
}

// Text returns the string at path, or "" where there is none.
func (d Doc) Text(path ...string) string { return d.Get(path...).String() }

// Has tells whether there is a value at path, null included.
func (d Doc) Has(path ...string) bool { return d.Get(path...).Exists() }

func child(parent gjson.Result, segment string) gjson.Result {
	if parent.IsObject() && plain(segment) {
		return gjson.Get(parent.Raw, segment)
	}
	found, index := gjson.Result{}, 0
	array := parent.IsArray()
	if !array && !parent.IsObject() {
		return found // over anything else ForEach yields the value itself
	}
	parent.ForEach(func(key, value gjson.Result) bool {
		if array {
			index++
			if strconv.Itoa(index-1) != segment {
				return true
			}
		} else if key.String() != segment {
			return true
		}
		found = value
		return false
	})
	return found
}

// plain tells whether gjson reads segment as a member's name and nothing more.
func plain(segment string) bool {
	for i := 0; i < len(segment); i++ {
		c := segment[i]
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return segment != ""
}

// Set returns the document with the JSON text raw as the value of a member: in its place where it exists, else last.
func (d Doc) Set(name, raw string) Doc {
	return d.Merge(NewBuilder().Raw(name, raw).Doc())
}

// SetText is Set for a string value.
func (d Doc) SetText(name, value string) Doc { return d.Set(name, Quote(value)) }

// Merge returns the document with the top-level members of patch: known members keep their place, new ones follow in
// the patch's order. Nested objects are replaced, not merged.
func (d Doc) Merge(patch Doc) Doc {
	changes := members(patch)
	out := Builder{buf: make([]byte, 0, len(d)+len(patch))}
	gjson.Parse(string(d)).ForEach(func(key, value gjson.Result) bool {
		raw := value.Raw
		for i := range changes {
			if changes[i].key == key.Raw {
				raw, changes[i].used = changes[i].raw, true
			}
		}
		out.member(key.Raw, raw)
		return true
	})
	for _, change := range changes {
		if !change.used {
			out.member(change.key, change.raw)
		}
	}
	return out.Doc()
}

type member struct {
	key, raw string
	used     bool
}

func members(d Doc) []member {
	list := make([]member, 0, 8)
	gjson.Parse(string(d)).ForEach(func(key, value gjson.Result) bool {
		list = append(list, member{key: key.Raw, raw: value.Raw})
		return true
	})
	return list
}

// Pick returns the named members that exist, in the order of names.
func (d Doc) Pick(names ...string) Doc {
	values := make([]string, len(names))
	size := 2
	gjson.Parse(string(d)).ForEach(func(key, value gjson.Result) bool {
		if i := slices.Index(names, key.Str); i >= 0 {
			values[i] = value.Raw
			size += len(key.Raw) + len(value.Raw) + 2
		}
		return true
	})
	out := Builder{buf: make([]byte, 0, size)}
	for i, name := range names {
		out.Raw(name, values[i])
	}
	return out.Doc()
}

// Drop returns the document without the named members.
func (d Doc) Drop(names ...string) Doc {
	out := Builder{buf: make([]byte, 0, len(d))}
	gjson.Parse(string(d)).ForEach(func(key, value gjson.Result) bool {
		for _, name := range names {
			if key.Str == name {
				return true
			}
		}
		out.member(key.Raw, value.Raw)
		return true
	})
	return out.Doc()
}

// Edit returns the document with each member's value as edit gives it, in JSON; "" drops the member.
func (d Doc) Edit(edit func(name string, value gjson.Result) string) Doc {
	out := Builder{buf: make([]byte, 0, len(d)+16)}
	gjson.Parse(string(d)).ForEach(func(key, value gjson.Result) bool {
		if raw := edit(key.Str, value); raw != "" {
			out.member(key.Raw, raw)
		}
		return true
	})
	return out.Doc()
}

// Builder writes a JSON object member by member, in call order. The zero value is an empty object.
type Builder struct{ buf []byte }

// NewBuilder returns an empty object.
func NewBuilder() *Builder { return &Builder{buf: make([]byte, 0, 256)} }

func (b *Builder) member(key, raw string) {
	b.open()
	b.buf = append(b.buf, key...)
	b.buf = append(append(b.buf, ':'), raw...)
}

func (b *Builder) open() {
	if len(b.buf) == 0 {
		b.buf = append(b.buf, '{')
		return
	}
	b.buf = append(b.buf, ',')
}

func (b *Builder) name(name string) {
	b.open()
	b.buf = append(appendQuoted(b.buf, name), ':')
}

// Raw adds a member whose value is the JSON text raw; an empty raw adds nothing.
func (b *Builder) Raw(name, raw string) *Builder {
	if raw != "" {
		b.name(name)
		b.buf = append(b.buf, raw...)
	}
	return b
}

// Text adds a string.
func (b *Builder) Text(name, value string) *Builder {
	b.name(name)
	b.buf = appendQuoted(b.buf, value)
	return b
}

// Bool adds true or false.
func (b *Builder) Bool(name string, value bool) *Builder {
	b.name(name)
	b.buf = strconv.AppendBool(b.buf, value)
	return b
}

// Int adds a whole number.
func (b *Builder) Int(name string, value int) *Builder {
	b.name(name)
	b.buf = strconv.AppendInt(b.buf, int64(value), 10)
	return b
}

// List adds an array of documents.
func (b *Builder) List(name string, items []Doc) *Builder {
	b.name(name)
	b.buf = appendArray(b.buf, items)
	return b
}

// Doc returns the object written so far and ends the builder: its bytes become the document's, uncopied.
func (b *Builder) Doc() Doc {
	if len(b.buf) == 0 {
		return "{}"
	}
	text := append(b.buf, '}')
	b.buf = nil
	return Doc(unsafe.String(unsafe.SliceData(text), len(text)))
}

// Array returns a JSON array of documents.
func Array(items []Doc) Doc { return Doc(appendArray(nil, items)) }

func appendArray(buf []byte, items []Doc) []byte {
	buf = append(buf, '[')
	for i, item := range items {
		if i > 0 {
			buf = append(buf, ',')
		}
		buf = append(buf, item...)
	}
	return append(buf, ']')
}

// Quote returns s as a JSON string, escaped as JSON.stringify does: only what must be.
func Quote(s string) string { return string(appendQuoted(nil, s)) }

// SetAt returns the document with the JSON text raw at path. Members that are not there are added, with the objects that
// lead to them; items of arrays that are not there are not, nor is anything below a value that is no object or array.
func (d Doc) SetAt(raw string, path ...string) Doc { return d.editAt(path, raw) }

// DropAt returns the document without the member or item at path.
func (d Doc) DropAt(path ...string) Doc { return d.editAt(path, "") }

// editAt puts raw at path; "" takes out what is there.
func (d Doc) editAt(path []string, raw string) Doc {
	if len(path) == 0 {
		return Doc(raw)
	}
	value := gjson.Parse(string(d))
	switch {
	case value.IsArray():
		var items []Doc
		for i, item := range value.Array() {
			edited := Doc(item.Raw)
			if strconv.Itoa(i) == path[0] {
				edited = edited.editAt(path[1:], raw)
			}
			if edited != "" {
				items = append(items, edited)
			}
		}
		return Array(items)
	case !value.IsObject():
		return d
	}
	below := d.Get(path[0])
	if !below.Exists() && raw == "" {
		return d
	}
	inner := Doc(below.Raw)
	if !below.Exists() && len(path) > 1 {
		inner = "{}"
	}
	if inner = inner.editAt(path[1:], raw); inner == "" {
		return d.Drop(path[0])
	}
	return d.Set(path[0], string(inner))
}
