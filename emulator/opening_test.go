package emulator

import (
	"net/http/httptest"
	"testing"
)

func TestReadyWaitsForAllListeners(t *testing.T) {
	e, err := New()
	if err != nil {
		t.Fatal(err)
	}
	ask := func() int {
		r := httptest.NewRequest("GET", "http://localhost/_understudy/ready", nil)
		w := httptest.NewRecorder()
		e.Handler().ServeHTTP(w, r)
		return w.Code
	}
	e.opening.Store(true)
	if got := ask(); got != 503 {
		t.Errorf("while ports open: %d", got)
	}
	e.opening.Store(false)
	if got := ask(); got != 200 {
		t.Errorf("afterwards: %d", got)
	}
}
