package emulator_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/fixtures"
)

const organizationConnection = "/api/v2/organizations/org_Acme000000000001/connections/con_AcmeOkta00000001"

func generated(tb testing.TB, connections int) *emulator.Emulator {
	tb.Helper()
	f, err := fixtures.Generate(7, fixtures.Size{Organizations: 10, Connections: connections, Users: 10})
	if err != nil {
		tb.Fatal(err)
	}
	return started(tb, emulator.WithFixture(f))
}

func started(tb testing.TB, opts ...emulator.Option) *emulator.Emulator {
	tb.Helper()
	e, err := emulator.New(append(opts, emulator.WithHTTP("127.0.0.1:0"))...)
	if err != nil {
		tb.Fatal(err)
	}
	if err := e.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = e.Close() })
	return e
}

// BenchmarkSize shows what a GET and a list page cost at growing sizes, through the handler alone.
func BenchmarkSize(b *testing.B) {
	for _, size := range []int{100, 10_000, 100_000} {
		e := generated(b, size)
		id := anyConnection(b, e)
		for name, path := range map[string]string{
			"get":  "/api/v2/connections/" + id,
			"list": "/api/v2/connections?take=50",
			"page": "/api/v2/connections?per_page=50&page=1&include_totals=true",
		} {
			b.Run(fmt.Sprintf("%s/connections=%d", name, size), func(b *testing.B) {
				request := httptest.NewRequest("GET", path, nil)
				request.Header.Set("Authorization", "Bearer any")
				for b.Loop() {
					recorder := httptest.NewRecorder()
					e.Handler().ServeHTTP(recorder, request)
					if recorder.Code != 200 {
						b.Fatal(recorder.Code, recorder.Body)
					}
				}
			})
		}
	}
}

func anyConnection(tb testing.TB, e *emulator.Emulator) string {
	tb.Helper()
	for _, v := range e.Default().Export().Vendors {
		for _, k := range v.Kinds {
			if k.Name == "connections" {
				_, rest, _ := strings.Cut(k.Objects[len(k.Objects)/2].Doc, `"id":"`)
				id, _, _ := strings.Cut(rest, `"`)
				return id
			}
		}
	}
	tb.Fatal("no connections")
	return ""
}

// load is a fixed request over 32 keep-alive connections. Answers have one length, so that reading them costs little.
type load struct {
	conns   []net.Conn
	request []byte
	length  int
}

func newLoad(tb testing.TB, address, method, path, body string) *load {
	tb.Helper()
	l := &load{request: fmt.Appendf(nil, "%s %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer any\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", method, path, len(body), body)}
	for range 32 {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			tb.Fatal(err)
		}
		tb.Cleanup(func() { _ = conn.Close() })
		l.conns = append(l.conns, conn)
	}
	if _, err := l.conns[0].Write(l.request); err != nil {
		tb.Fatal(err)
	}
	counted := &counter{Reader: l.conns[0]}
	response, err := http.ReadResponse(bufio.NewReader(counted), nil)
	if err != nil || response.StatusCode != 200 {
		tb.Fatal(response, err)
	}
	_, _ = io.Copy(io.Discard, response.Body)
	l.length = counted.n
	return l
}

type counter struct {
	io.Reader
	n int
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += n
	return n, err
}

// run sends requests for a while and returns how many a second were answered.
func (l *load) run(tb testing.TB, d time.Duration) float64 {
	tb.Helper()
	counts := make([]int, len(l.conns))
	began := time.Now()
	var group sync.WaitGroup
	for i, conn := range l.conns {
		group.Add(1)
		go func() {
			defer group.Done()
			answer := make([]byte, l.length)
			for time.Since(began) < d {
				if _, err := conn.Write(l.request); err != nil {
					tb.Error(err)
					return
				}
				if _, err := io.ReadFull(conn, answer); err != nil {
					tb.Error(err)
					return
				}
				counts[i]++
			}
		}()
	}
	group.Wait()
	total := 0
	for _, n := range counts {
		total += n
	}
	return float64(total) / time.Since(began).Seconds()
}

// bare serves the same bytes as the emulator with nothing behind them.
func bare(tb testing.TB, e *emulator.Emulator, method, path, body string) string {
	tb.Helper()
	request, _ := http.NewRequest(method, e.Listeners().HTTP+path, strings.NewReader(body))
	request.Header.Set("Authorization", "Bearer any")
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		tb.Fatal(err)
	}
	defer response.Body.Close()
	answer, _ := io.ReadAll(response.Body)
	response.Header.Del("Date")
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		for name, values := range response.Header {
			w.Header()[name] = values
		}
		_, _ = w.Write(answer)
	})}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }()
	tb.Cleanup(func() { _ = server.Close() })
	return listener.Addr().String()
}

// BenchmarkAgainstBare compares throughput with a bare net/http handler of the same bytes, in interleaved rounds over
// loopback TCP with the journal on. It reports the ratio of the medians; ns/op is meaningless here.
func BenchmarkAgainstBare(b *testing.B) {
	const rounds, each = 10, 500 * time.Millisecond
	for _, call := range []struct{ name, method, body string }{
		{"get", "GET", ""},
		{"patch", "PATCH", `{"assign_membership_on_login":true,"show_as_button":true,"is_enabled":true,"organization_access_level":"none"}`},
	} {
		b.Run(call.name, func(b *testing.B) {
			e := started(b)
			ours := newLoad(b, strings.TrimPrefix(e.Listeners().HTTP, "http://"), call.method, organizationConnection, call.body)
			theirs := newLoad(b, bare(b, e, call.method, organizationConnection, call.body), call.method, organizationConnection, call.body)
			var emulated, plain []float64
			for b.Loop() {
				emulated, plain = nil, nil
				for range rounds {
					emulated = append(emulated, ours.run(b, each))
					plain = append(plain, theirs.run(b, each))
				}
			}
			b.ReportMetric(median(emulated), "emulated-req/s")
			b.ReportMetric(median(plain), "bare-req/s")
			b.ReportMetric(median(emulated)/median(plain), "ratio")
		})
	}
}

func median(values []float64) float64 {
	slices.Sort(values)
	return (values[(len(values)-1)/2] + values[len(values)/2]) / 2
}

// BenchmarkHeap loads the emulator for a minute and compares the heap after a collection at 10 s and at 60 s. It runs
// only where UNDERSTUDY_BENCH_HEAP is set, as it takes that minute.
func BenchmarkHeap(b *testing.B) {
	if os.Getenv("UNDERSTUDY_BENCH_HEAP") == "" {
		b.Skip("takes a minute: set UNDERSTUDY_BENCH_HEAP=1")
	}
	e := started(b)
	l := newLoad(b, strings.TrimPrefix(e.Listeners().HTTP, "http://"), "PATCH", organizationConnection, `{"assign_membership_on_login":true}`)
	for b.Loop() {
		l.run(b, 10*time.Second)
		early := heap()
		l.run(b, 50*time.Second)
		late := heap()
		b.ReportMetric(early/1e6, "MB-at-10s")
		b.ReportMetric(late/1e6, "MB-at-60s")
		b.ReportMetric(late/early, "ratio")
	}
}

func heap() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}
