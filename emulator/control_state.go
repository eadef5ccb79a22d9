package emulator

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/fixtures/tree"
)

func (c *controlCall) getState() error {
	w, err := c.world()
	if err != nil {
		return err
	}
	return c.send(http.StatusOK, "application/json", w.Export().FormatJSON())
}

func (c *controlCall) putState() error {
	w, err := c.world()
	if err != nil {
		return err
	}
	src, err := c.body(maxStateBody)
	if err != nil {
		return err
	}
	f, err := fixtures.ParseLimit("body", src, maxStateBody)
	if err != nil {
		return err
	}
	if err := w.Import(f); err != nil {
		return err
	}
	return c.done()
}

// maxSnapshots is how many snapshots a world keeps for the control API; the oldest goes first.
const maxSnapshots = 100

// checkpoints are the snapshots that were taken over the control API.
type checkpoints struct {
	mu    sync.Mutex
	taken []checkpoint
	count int
}

type checkpoint struct {
	ID       string    `json:"id"`
	Time     time.Time `json:"time"` // of the world's clock
	snapshot Snapshot
}

func (p *checkpoints) add(now time.Time, s Snapshot) checkpoint {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count++
	made := checkpoint{strconv.Itoa(p.count), now, s}
	if len(p.taken) == maxSnapshots {
		p.taken = slices.Delete(p.taken, 0, 1)
	}
	p.taken = append(p.taken, made)
	return made
}

func (p *checkpoints) all() []checkpoint {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]checkpoint{}, p.taken...)
}

func (c *controlCall) listSnapshots() error {
	w, err := c.world()
	if err != nil {
		return err
	}
	return c.reply(http.StatusOK, map[string]any{"snapshots": w.checkpoints.all()})
}

func (c *controlCall) takeSnapshot() error {
	w, err := c.world()
	if err != nil {
		return err
	}
	return c.reply(http.StatusCreated, w.checkpoints.add(w.Now(), w.Snapshot()))
}

func (c *controlCall) restoreSnapshot() error {
	w, err := c.world()
	if err != nil {
		return err
	}
	id := c.r.PathValue("id")
	for _, p := range w.checkpoints.all() {
		if p.ID == id {
			w.Restore(p.snapshot)
			return c.done()
		}
	}
	return refuse(http.StatusNotFound, "unknown_snapshot", "The world %s has no snapshot %q; it keeps its latest %d.", w.Name(), id, maxSnapshots)
}

// getJournal writes one JSON object a line, the oldest first.
func (c *controlCall) getJournal() error {
	w, err := c.world()
	if err != nil {
		return err
	}
	filter, err := journalFilter(c.r.URL.Query())
	if err != nil {
		return err
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	for _, entry := range w.Journal(filter) {
		if err := encoder.Encode(entry); err != nil {
			return refuse(http.StatusInternalServerError, "emulator_bug", "The entry %d can't be written: %v.", entry.Seq, err)
		}
	}
	return c.send(http.StatusOK, "application/x-ndjson", b.Bytes())
}

func journalFilter(query url.Values) (f Filter, err error) {
	f.Vendor, f.Operation = query.Get("vendor"), query.Get("operation")
	if f.Vendor != "" && !slices.Contains(Vendors(), f.Vendor) {
		return f, refuse(http.StatusBadRequest, "unknown_vendor", "There is no vendor %q%s.", f.Vendor, tree.Meant(f.Vendor, Vendors()))
	}
	ids := names(Operations(), func(o Operation) string { return o.ID })
	if f.Operation != "" && !slices.Contains(ids, f.Operation) {
		return f, refuse(http.StatusBadRequest, "unknown_operation", "There is no operation %q%s.", f.Operation, tree.Meant(f.Operation, ids))
	}
	if f.Status, err = number(query, "status", 599); err != nil {
		return f, err
	}
	if f.Limit, err = number(query, "limit", maxNumber); err != nil {
		return f, err
	}
	since, err := number(query, "since", maxNumber)
	f.Since = uint64(since)
	return f, err
}

const maxNumber = 1<<31 - 1

// number reads a whole number from 0; 0 where the parameter is missing.
func number(query url.Values, name string, most int) (int, error) {
	text := query.Get(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > most {
		return 0, refuse(http.StatusBadRequest, "invalid_parameter", "The parameter %s is %q and not a number from 0 to %d.", name, text, most)
	}
	return n, nil
}

func (c *controlCall) clearJournal() error {
	w, err := c.world()
	if err != nil {
		return err
	}
	w.ClearJournal()
	return c.done()
}

func (c *controlCall) getClock() error {
	w, err := c.world()
	if err != nil {
		return err
	}
	return c.reply(http.StatusOK, map[string]any{"now": w.Now(), "frozen": w.Frozen()})
}

func (c *controlCall) setClock() error {
	w, err := c.world()
	if err != nil {
		return err
	}
	var body struct {
		Freeze, Resume bool
		Advance        string
	}
	if err := c.decode(&body); err != nil {
		return err
	}
	d, err := time.ParseDuration(body.Advance)
	switch {
	case body.Freeze && !body.Resume && body.Advance == "":
		w.Freeze()
	case body.Resume && !body.Freeze && body.Advance == "":
		w.Resume()
	case !body.Freeze && !body.Resume && err == nil:
		if err := w.Advance(d); err != nil {
			return refuse(http.StatusBadRequest, "invalid_clock", "%v.", err)
		}
	default:
		return refuse(http.StatusBadRequest, "invalid_clock", `Give one of {"freeze": true}, {"advance": "30s"} and {"resume": true}.`)
	}
	return c.getClock()
}
