package memnet

import (
	"bytes"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

const bufferSize = 256 << 10

// half is one direction of a connection.
type half struct {
	mu             sync.Mutex
	cond           *sync.Cond // anything below changed
	buf            bytes.Buffer
	reader, writer side
}

// side is what one end sees of a half.
type side struct {
	err   error // what ends it: net.ErrClosed of its own doing, or what the peer did; a reader empties buf before
	late  bool  // its deadline has passed
	timer *time.Timer
}

func newHalf() *half {
	h := &half{}
	h.cond = sync.NewCond(&h.mu)
	return h
}

func (h *half) read(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for {
		if err := h.reader.refusal(); err != nil || len(p) == 0 {
			return 0, err
		}
		if h.buf.Len() > 0 {
			h.cond.Broadcast()
			return h.buf.Read(p)
		}
		if h.reader.err != nil {
			return 0, h.reader.err
		}
		h.cond.Wait()
	}
}

func (h *half) write(p []byte) (n int, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for {
		if err := h.writer.refusal(); err != nil {
			return n, err
		}
		if h.writer.err != nil {
			return n, h.writer.err
		}
		if k := min(len(p)-n, bufferSize-h.buf.Len()); k > 0 {
			h.buf.Write(p[n : n+k])
			n += k
			h.cond.Broadcast()
		}
		if n == len(p) {
			return n, nil
		}
		h.cond.Wait()
	}
}

// refusal is the reason not even to look at the buffer.
func (s *side) refusal() error {
	if s.err == net.ErrClosed {
		return s.err
	}
	if s.late {
		return os.ErrDeadlineExceeded
	}
	return nil
}

// endRead ends the reader. The writer gets ECONNRESET if reset, or if bytes were unread as TCP does, and else EPIPE.
func (h *half) endRead(reset bool) (unread bool, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.reader.err == net.ErrClosed {
		return false, net.ErrClosed
	}
	unread = h.buf.Len() > 0
	h.buf = bytes.Buffer{}
	h.reader.close()
	if h.writer.err == nil && (reset || unread) {
		h.writer.err = syscall.ECONNRESET
	} else if h.writer.err == nil {
		h.writer.err = syscall.EPIPE
	}
	h.cond.Broadcast()
	return unread, nil
}

// endWrite ends the writer with err. The reader gets last after what is in the buffer.
func (h *half) endWrite(err, last error) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.writer.err == net.ErrClosed:
		return net.ErrClosed
	case err == net.ErrClosed:
		h.writer.close()
	case h.writer.err == nil:
		h.writer.err = err
	}
	if h.reader.err == nil {
		h.reader.err = last
	}
	h.cond.Broadcast()
	return nil
}

func (s *side) close() {
	s.err = net.ErrClosed
	s.stop()
}

func (s *side) stop() {
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
}

// setDeadline sets the deadline of s, a side of h; the zero time is none.
func (h *half) setDeadline(s *side, t time.Time) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s.err == net.ErrClosed {
		return net.ErrClosed
	}
	s.stop()
	left := time.Until(t)
	s.late = !t.IsZero() && left <= 0
	if !t.IsZero() && !s.late {
		var timer *time.Timer
		timer = time.AfterFunc(left, func() { h.expire(s, &timer) })
		s.timer = timer
	}
	h.cond.Broadcast()
	return nil
}

// expire marks s as late, unless a newer deadline has taken the timer's place.
func (h *half) expire(s *side, timer **time.Timer) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s.timer == *timer {
		s.late = true
		h.cond.Broadcast()
	}
}
