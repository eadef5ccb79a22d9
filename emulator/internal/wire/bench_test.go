package wire

import (
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/understudy-dev/understudy/emulator/internal/clock"
)

// BenchmarkListener compares a request over one keep-alive connection with the same on net/http's own listener.
func BenchmarkListener(b *testing.B) {
	for _, wrapped := range []bool{false, true} {
		name := "bare"
		if wrapped {
			name = "wire"
		}
		b.Run(name, func(b *testing.B) {
			server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if wrapped && ConnOf(r.Context()).Closing() {
					w.Header().Set("Connection", "close")
				}
				_, _ = io.WriteString(w, body)
			})}
			open := func(address string) (net.Listener, error) { return net.Listen("tcp", address) }
			listen := open
			if wrapped {
				Attach(server)
				listen = func(address string) (net.Listener, error) { return Listen(clock.NewWorld(), address, open) }
			}
			l, err := listen("127.0.0.1:0")
			if err != nil {
				b.Fatal(err)
			}
			go func() { _ = server.Serve(l) }()
			defer server.Close()
			conn, err := net.Dial("tcp", l.Addr().String())
			if err != nil {
				b.Fatal(err)
			}
			defer conn.Close()
			answer := make([]byte, 4096)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: vendor.test\r\n\r\n"); err != nil {
					b.Fatal(err)
				}
				if _, err := conn.Read(answer); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
