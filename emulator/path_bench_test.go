package emulator_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/emulator"
)

// discard is a ResponseWriter that keeps nothing but headers.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(int)             {}

// BenchmarkPath is the path of a request without a network.
func BenchmarkPath(b *testing.B) {
	e, err := emulator.New()
	if err != nil {
		b.Fatal(err)
	}
	for _, call := range []struct{ name, method, body string }{
		{"get", "GET", ""}, {"patch", "PATCH", `{"assign_membership_on_login":true,"show_as_button":true,"is_enabled":true}`},
	} {
		b.Run(call.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				request := httptest.NewRequest(call.method, organizationConnection, strings.NewReader(call.body))
				request.Header.Set("Authorization", "Bearer any")
				request.Header.Set("Content-Type", "application/json")
				e.Handler().ServeHTTP(&discard{http.Header{}}, request)
			}
		})
	}
}
