package serve

import (
	"net/http"
	"sync"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/clock"
	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/scenarios"
)

// Bounds of a journal.
const (
	MaxEntries  = 10_000
	MaxCaptured = 64 << 10 // bytes of a body that are kept
	MaxBytes    = 32 << 20 // bytes of all bodies together; the oldest entries go first
)

// Entry is one exchange as the journal keeps it. It holds nothing that differs between equal runs: no durations, ports
// or connections. Secrets are masked when it is read.
type Entry struct {
	Seq           uint64        `json:"seq"`
	Time          time.Time     `json:"time"` // of the world's clock
	World         string        `json:"world"`
	Vendor        string        `json:"vendor,omitempty"`
	Operation     string        `json:"operation,omitempty"` // auth0.organizations.get
	Family        string        `json:"family,omitempty"`
	Caller        string        `json:"caller,omitempty"`
	Method        string        `json:"method"`
	Path          string        `json:"path"` // with its query
	RequestHeader http.Header   `json:"request_header,omitempty"`
	RequestBody   string        `json:"request_body,omitempty"`
	Status        int           `json:"status"`
	Code          string        `json:"code,omitempty"` // of the error row that answered
	Header        http.Header   `json:"header,omitempty"`
	Body          string        `json:"body,omitempty"`
	Stage         string        `json:"answered_by"`
	Rule          string        `json:"rule,omitempty"`       // whose effect the call suffered, else the first that delayed it
	Fault         string        `json:"fault,omitempty"`      // of the network: "reset in mid_body"
	Lost          bool          `json:"lost,omitempty"`       // the client can't know the answer: none was sent, or not the whole; Status is 0 for none
	Stale         bool          `json:"stale,omitempty"`      // the answer is one of the past
	Committed     bool          `json:"committed,omitempty"`  // a scenario was armed and the operation was carried out
	Changed       []string      `json:"changed,omitempty"`    // what rules changed in the world
	Wait          time.Duration `json:"wait,omitempty"`       // told to the client, in nanoseconds
	Unattested    bool          `json:"unattested,omitempty"` // a rule made the answer up, or edited it: no vendor vouches for it
	Undeclared    bool          `json:"undeclared,omitempty"` // no table has the answer, or the path

	seen seen // what verdicts need beside
}

// seen is what verdicts need to know of an exchange and journals do not show.
type seen struct {
	armed  *armed        // the scenario that the call met
	rest   string        // a fingerprint of a body that is not kept whole
	clock  clock.Reading // when the answer was decided
	vendor *spec.Vendor
	op     *spec.Operation
	fired  []string
	keys   []scenarios.Key

	stranger bool // the caller is known by its credential alone
}

// Journal is a bounded ring of exchanges.
type Journal struct {
	mu      sync.Mutex
	entries []Entry
	first   int // index of the oldest
	count   int
	seq     uint64
	bytes   int
	secrets map[string]bool // members to mask, folded
	waiters map[*waiter]bool
}

// NewJournal makes a journal that masks what the vendors' tables call secret.
func NewJournal(vendors []*spec.Vendor) *Journal { return &Journal{secrets: secretNames(vendors)} }

func (e *Entry) size() int { return len(e.RequestBody) + len(e.Body) }

func (j *Journal) add(e *Entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.seq++
	e.Seq = j.seq
	for j.count > 0 && (j.count == MaxEntries || j.bytes+e.size() > MaxBytes) {
		j.bytes -= j.entries[j.first].size()
		j.entries[j.first] = Entry{}
		j.first = (j.first + 1) % len(j.entries)
		j.count--
	}
	j.bytes += e.size()
	if j.count == len(j.entries) {
		j.grow()
	}
	j.entries[(j.first+j.count)%len(j.entries)] = *e
	j.count++
	j.wake(e)
}

func (j *Journal) grow() {
	bigger := make([]Entry, min(MaxEntries, max(16, 2*len(j.entries))))
	for i := range j.count {
		bigger[i] = j.entries[(j.first+i)%len(j.entries)]
	}
	j.entries, j.first = bigger, 0
}

// Filter narrows a reading of the journal. Zero fields take everything.
type Filter struct {
	Vendor    string
	Operation string // with the vendor
	Status    int
	Since     uint64 // entries after this sequence number
	Limit     int    // the newest so many; 0: all that are kept

	Undeclared bool // only answers that no table has, those to paths that are not emulated among them
}

func (f Filter) takes(e *Entry) bool {
	return (f.Vendor == "" || f.Vendor == e.Vendor) && (f.Operation == "" || f.Operation == e.Operation) &&
		(f.Status == 0 || f.Status == e.Status) && e.Seq > f.Since && (!f.Undeclared || e.Undeclared)
}

// Entries returns copies of what is kept, oldest first, with secrets masked.
func (j *Journal) Entries(f Filter) []Entry {
	j.mu.Lock()
	var found []Entry
	for i := j.count - 1; i >= 0 && (f.Limit == 0 || len(found) < f.Limit); i-- {
		if e := &j.entries[(j.first+i)%len(j.entries)]; f.takes(e) {
			found = append(found, *e)
		}
	}
	j.mu.Unlock()
	for i, k := 0, len(found)-1; i < k; i, k = i+1, k-1 {
		found[i], found[k] = found[k], found[i]
	}
	m := masker{secrets: j.secrets, known: map[string]bool{}}
	for i := range found {
		m.entry(&found[i])
	}
	return found
}

// since returns the entries after a sequence number as they are, secrets included, and whether some are no longer kept.
func (j *Journal) since(seq uint64) (entries []Entry, gone bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for i := range j.count {
		if e := &j.entries[(j.first+i)%len(j.entries)]; e.Seq > seq {
			entries = append(entries, *e)
		}
	}
	return entries, uint64(len(entries)) < j.seq-seq
}

// last is the sequence number of the newest entry.
func (j *Journal) last() uint64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.seq
}

// Clear forgets all entries; sequence numbers go on.
func (j *Journal) Clear() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries, j.first, j.count, j.bytes = nil, 0, 0, 0
}

func clip(body string) string {
	if len(body) > MaxCaptured {
		return body[:MaxCaptured]
	}
	return body
}
