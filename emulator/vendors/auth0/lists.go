package auth0

import (
	"encoding/base64"
	"math"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// listing is a list of the store as a reply shows it.
type listing struct {
	kind, list, parent string
	name               string                        // of the collection in the reply
	show               func(*state.Object) state.Doc // nil: the document as it is
	keep               func(*state.Object) bool      // nil: all; else the whole list is read
	totalsFirst        bool                          // as the tenant's own lists have them; an organization's have them last
}

// answer is the page that a window asks for.
func (l listing) answer(c *spec.Call, w window) (spec.Reply, error) {
	if w.checkpoint {
		return l.behind(c, w)
	}
	page, total := l.at(c, w)
	items := l.shown(page)
	switch {
	case !w.totals:
		return spec.Reply{Body: state.Array(items)}, nil
	case l.totalsFirst:
		return spec.Reply{Body: state.NewBuilder().Int("total", total).Int("start", w.offset).Int("limit", w.limit).List(l.name, items).Doc()}, nil
	}
	return spec.Reply{Body: w.listed(l.name, items, total)}, nil
}

func (l listing) at(c *spec.Call, w window) ([]*state.Object, int) {
	if l.keep == nil {
		return c.Tx.Page(l.kind, l.list, l.parent, w.offset, w.limit), c.Tx.Count(l.kind, l.list, l.parent)
	}
	kept := l.filtered(c.Tx.List(l.kind, l.list, l.parent))
	return kept[min(w.offset, len(kept)):min(w.offset+w.limit, len(kept))], len(kept)
}

// behind is the page after a cursor, which bears the id of the last object shown and its place, so that it holds when
// that object is deleted. The last page has no cursor.
func (l listing) behind(c *spec.Call, w window) (spec.Reply, error) {
	id, order, ok := strings.Cut(w.from, "\x00")
	if w.from != "" && !ok {
		return spec.Reply{}, c.Fail("invalid_query_string", "detail", badCursor)
	}
	var page []*state.Object
	if l.keep == nil {
		page = c.Tx.After(l.kind, l.list, l.parent, order, id, w.limit+1)
	} else {
		page = l.filtered(c.Tx.After(l.kind, l.list, l.parent, order, id, math.MaxInt))
	}
	b := state.NewBuilder()
	if len(page) <= w.limit {
		return spec.Reply{Body: b.List(l.name, l.shown(page)).Doc()}, nil
	}
	page = page[:w.limit]
	last := page[w.limit-1]
	next := base64.RawURLEncoding.EncodeToString([]byte(last.ID + "\x00" + c.Tx.OrderOf(last)))
	return spec.Reply{Body: b.List(l.name, l.shown(page)).Text("next", next).Doc()}, nil
}

func (l listing) filtered(all []*state.Object) []*state.Object {
	return slices.DeleteFunc(all, func(o *state.Object) bool { return !l.keep(o) })
}

func (l listing) shown(page []*state.Object) []state.Doc {
	items := make([]state.Doc, len(page))
	for i, o := range page {
		items[i] = o.Doc
		if l.show != nil {
			items[i] = l.show(o)
		}
	}
	return items
}
