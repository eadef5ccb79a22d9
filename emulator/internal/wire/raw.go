package wire

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// slowEvery is the time between two bytes of slow headers: an ordinary answer's then take half a minute, which is what
// many clients wait for headers.
const slowEvery = 100 * time.Millisecond

// garbage sends what is no HTTP.
func garbage(a *Answer, _ Fault) error {
	return a.raw(func(_ context.Context, w io.Writer) {
		_, _ = io.WriteString(w, "\x00\x01\x02\x03\r\n\r\n")
	})
}

// badChunk sends half of the body as a chunk, and then one whose length is no number.
func badChunk(a *Answer, _ Fault) error {
	return a.raw(func(_ context.Context, w io.Writer) {
		half := a.Body[:(len(a.Body)+1)/2]
		_, _ = fmt.Fprintf(w, "%s%x\r\n%s\r\nno length\r\n", a.head("Transfer-Encoding", "chunked"), len(half), half)
	})
}

// badLength declares half of the body and sends all of it. On HTTP/2 net/http itself sends what a handler writes before the
// headers have left, whatever they declare.
func badLength(a *Answer, _ Fault) error {
	declared := len(a.Body) / 2
	if a.R.ProtoMajor == 2 {
		a.declare(declared)
		a.send(a.Body)
		return nil
	}
	return a.raw(func(_ context.Context, w io.Writer) {
		_, _ = io.WriteString(w, a.head("Content-Length", strconv.Itoa(declared))+a.Body)
	})
}

// slowHeaders sends the headers byte by byte. When the scenario is disarmed the rest follows at once.
func slowHeaders(a *Answer, _ Fault) error {
	return a.raw(func(ctx context.Context, w io.Writer) {
		head, body := a.head("Content-Length", strconv.Itoa(len(a.Body))), a.Body
		if !a.hasBody() {
			head, body = a.head("", ""), ""
		}
		sent := 0
		for ; sent < len(head); sent++ {
			if sent > 0 && a.Clock.Sleep(ctx, slowEvery) != nil {
				break
			}
			if _, err := io.WriteString(w, head[sent:sent+1]); err != nil {
				return
			}
		}
		if sent == len(head) || a.disarmed() {
			_, _ = io.WriteString(w, head[sent:]+body)
		}
	})
}

// head is the status line and the headers as HTTP/1.1 sends them, with one that says how long the body is. The connection
// is closed after the answer, so they say that too.
func (a *Answer) head(framing, value string) string {
	h := a.W.Header().Clone()
	h.Del("Content-Length")
	h.Set("Connection", "close")
	if framing != "" {
		h.Set(framing, value)
	}
	if h.Get("Date") == "" {
		h.Set("Date", a.Clock.Now().UTC().Format(http.TimeFormat))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", a.Status, http.StatusText(a.Status))
	_ = h.Write(&b) // a Builder does not fail
	b.WriteString("\r\n")
	return b.String()
}

// raw takes the connection from net/http, lets write send what it likes, and closes it. The context of write ends with
// the client, the server and the scenario.
func (a *Answer) raw(write func(context.Context, io.Writer)) error {
	conn, _, err := http.NewResponseController(a.W).Hijack()
	if err != nil {
		return fmt.Errorf("the connection cannot be taken over: %w", err)
	}
	ctx, cancel := a.watched()
	defer cancel()
	go func() { // net/http no longer watches the client
		_, _ = io.Copy(io.Discard, conn)
		cancel()
	}()
	write(ctx, conn)
	_ = conn.Close() // fails where the client was faster
	return nil
}
