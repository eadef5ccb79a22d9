package serve

// waiter is somebody who waits for entries.
type waiter struct {
	filter Filter
	left   int // entries still to come
	done   chan struct{}
}

// Await returns a channel that is closed once n entries that the filter takes are kept, or have come since; Limit is not
// heeded. Forget ends the waiting. Inside a testing/synctest bubble only entries of that bubble's own calls may come.
func (j *Journal) Await(f Filter, n int) (done <-chan struct{}, forget func()) {
	w := &waiter{filter: f, left: n, done: make(chan struct{})}
	j.mu.Lock()
	defer j.mu.Unlock()
	for i := range j.count {
		if f.takes(&j.entries[(j.first+i)%len(j.entries)]) {
			w.left--
		}
	}
	if w.left <= 0 {
		close(w.done)
		return w.done, func() {}
	}
	if j.waiters == nil {
		j.waiters = map[*waiter]bool{}
	}
	j.waiters[w] = true
	return w.done, func() {
		j.mu.Lock()
		defer j.mu.Unlock()
		delete(j.waiters, w)
	}
}

// wake tells those who wait that an entry came.
func (j *Journal) wake(e *Entry) {
	for w := range j.waiters {
		if !w.filter.takes(e) {
			continue
		}
		if w.left--; w.left == 0 {
			close(w.done)
			delete(j.waiters, w)
		}
	}
}
