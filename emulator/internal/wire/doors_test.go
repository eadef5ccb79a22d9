package wire

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

// hall is a door that writes down what it is told.
type hall struct {
	said []string
	err  error
}

func (h *hall) Refuse(vendor string, d time.Duration) error {
	h.said = append(h.said, fmt.Sprint("refuse ", vendor, " ", d))
	return h.err
}

func (h *hall) Spoil(vendor, fault string, _ func()) error {
	h.said = append(h.said, fmt.Sprint("spoil ", vendor, " ", fault))
	return h.err
}

func TestDoors(t *testing.T) {
	var d Doors
	if err := d.Refuse("auth0", time.Second); !errors.Is(err, ErrNoListener) {
		t.Errorf("without a door: %v", err)
	}
	able, unable := &hall{}, &hall{err: fmt.Errorf("auth0 has %w: give it one", ErrNoListener)}
	d.Add(unable)
	if err := d.Spoil("auth0", Expired, nil); err != unable.err && err.Error() != unable.err.Error() {
		t.Errorf("where no door can: %v", err)
	}
	d.Add(able)
	if err := errors.Join(d.Refuse("auth0", time.Second), d.Spoil("auth0", Expired, nil), d.Spoil("auth0", "", nil)); err != nil {
		t.Errorf("where one can: %v", err)
	}
	if got := fmt.Sprint(able.said); got != "[refuse auth0 1s spoil auth0 expired spoil auth0 ]" {
		t.Error(got)
	}
	broken := &hall{err: errors.New("broken")}
	d.Add(broken)
	if err := d.Refuse("auth0", 0); !errors.Is(err, broken.err) || errors.Is(err, ErrNoListener) {
		t.Errorf("where one breaks: %v", err)
	}
	d.Remove(broken)
	if err := d.Refuse("auth0", 0); err != nil {
		t.Errorf("after it is gone: %v", err)
	}
	if err := d.Spoil("auth0", "old", nil); err == nil || err.Error() != `no TLS fault "old": there are expired, untrusted, handshake_failure` {
		t.Error(err)
	}
}
