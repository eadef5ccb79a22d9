package scenarios

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// paging are the query parameters that say which page of a list is meant, and how large pages are.
var paging = [...]string{"from", "take", "cursor", "page", "per_page", "include_totals", "pageNum", "itemsPerPage", "limit"}

// page is one page of a list.
type page struct {
	who, operation, path string
	filter               string // the rest of the query
	param, value         string // what asks for it: pageNum, 3
}

func (h *history) pagedToTheEnd(scope *Scope) Verdict {
	fetched := map[page]fetches{}
	var more, cut []int
	following := map[int]page{}
	for i, c := range h.calls {
		if !c.in(scope.On, scope.Intent) || !c.succeeded() {
			continue
		}
		for _, p := range h.asked(i) {
			f, known := fetched[p]
			if !known || h.rank[i] > h.rank[f.sent] {
				f.sent = i
			}
			fetched[p] = fetches{answered: i, sent: f.sent}
		}
		p, whole := h.nextPage(i)
		switch {
		case !whole:
			cut = append(cut, i)
		case p.param != "":
			more, following[i] = append(more, i), p
		}
	}
	var unread []int
	for _, i := range more {
		if f, ok := fetched[following[i]]; !ok || !f.after(h, i) {
			unread = append(unread, i)
		}
	}
	note := func(i int) string { return "there is more, to be asked for with " + following[i].param }
	switch {
	case len(unread) > 0:
		return fail(fmt.Sprintf("%s said that there is more, to be asked for with %s, and the client never read that page; next pages unread: %d of %d",
			h.calls[unread[0]].Operation, following[unread[0]].param, len(unread), len(more)), h.timeline(unread, note))
	case len(cut) > 0:
		return unproven("an answer is known in part only, so that it can't be told whether it said that there is more", h.timeline(cut, noNote)...)
	case len(more) > 0:
		return pass(fmt.Sprintf("%s said that there is more, and the next page was read each time", count(len(more), "answer")), h.timeline(more, note))
	}
	return unproven("no answer said that there is more")
}

// fetches are what matters of the calls that read a page: the last to be answered, and the last to be sent.
type fetches struct{ answered, sent int }

// after tells whether the page was read after another, or beside it: a client that knows the total may ask for all at once.
func (f fetches) after(h *history, i int) bool {
	sent, c := h.calls[f.sent], h.calls[i]
	return f.answered > i || f.sent != i && compare(sent, sent.Time, c, c.Time) >= 0
}

// asked are the pages that a request asks for by each parameter that it gives.
func (h *history) asked(i int) []page {
	path, query := h.calls[i].target()
	var pages []page
	for _, param := range []string{"from", "cursor", "page", "pageNum"} {
		value := query.Get(param)
		if value == "" && param == "cursor" {
			value = gjson.Get(h.calls[i].Body, param).String()
		}
		if value != "" {
			pages = append(pages, h.page(i, path, query, param, value))
		}
	}
	return pages
}

func (h *history) page(i int, path string, query url.Values, param, value string) page {
	p := page{who: h.who[i], operation: h.calls[i].Operation, path: path, param: param, value: value}
	if param == "page" || param == "pageNum" { // a cursor is of one list alone
		rest := url.Values{}
		for name, values := range query {
			if !slices.Contains(paging[:], name) {
				rest[name] = values
			}
		}
		p.filter = rest.Encode()
	}
	return p
}

func (c *Call) target() (path string, query url.Values) {
	path, text, _ := strings.Cut(c.Path, "?")
	query, _ = url.ParseQuery(text) // what can be read of it
	return path, query
}

// nextPage is the page that an answer says there is after it, by what vendors give: next, asked for with from (Auth0's
// checkpoints); next_cursor, with cursor (DevRev); a link of rel next, with its pageNum (Atlas); or a total that is beyond
// the items, with the next page (Auth0's offsets). None where it says nothing of the sort.
func (h *history) nextPage(i int) (next page, whole bool) {
	body := strings.TrimSpace(h.calls[i].Answer)
	if !strings.HasPrefix(body, "{") {
		return page{}, true
	}
	if !gjson.Valid(body) {
		return page{}, false
	}
	path, query := h.calls[i].target()
	answer := gjson.Parse(body)
	for _, by := range []struct{ param, value string }{
		{"from", textOf(answer.Get("next"))},
		{"cursor", textOf(answer.Get("next_cursor"))},
		{"pageNum", pageNum(textOf(answer.Get(`links.#(rel=="next").href`)))},
		{"page", pageAfter(answer, query)},
	} {
		if by.value != "" {
			return h.page(i, path, query, by.param, by.value), true
		}
	}
	return page{}, true
}

func textOf(r gjson.Result) string {
	if r.Type != gjson.String {
		return ""
	}
	return r.String()
}

func pageNum(href string) string {
	link, err := url.Parse(href)
	if err != nil {
		return ""
	}
	return link.Query().Get("pageNum")
}

// pageAfter is the number of the next page where total is beyond start and the items, the one array of the answer.
func pageAfter(answer gjson.Result, query url.Values) string {
	start, total := answer.Get("start"), answer.Get("total")
	if start.Type != gjson.Number || total.Type != gjson.Number {
		return ""
	}
	items := int64(0)
	answer.ForEach(func(_, value gjson.Result) bool {
		if value.IsArray() {
			items = int64(len(value.Array()))
		}
		return items == 0
	})
	if items == 0 || start.Int()+items >= total.Int() {
		return ""
	}
	number, _ := strconv.Atoi(query.Get("page")) // the first is 0
	return strconv.Itoa(number + 1)
}
