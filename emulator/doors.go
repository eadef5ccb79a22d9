package emulator

import (
	"crypto/tls"
	"errors"
	"fmt"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/authority"
	"github.com/understudy-dev/understudy/emulator/internal/wire"
)

// flawed signs the leaves that TLS faults show.
func flawed(ca *authority.Authority) func(fault, host string) (*tls.Certificate, error) {
	return func(fault, host string) (*tls.Certificate, error) {
		if fault == wire.Expired {
			return ca.Expired(host)
		}
		return ca.Untrusted(host)
	}
}

// portDoor is a set of ports as faults of the connection see it.
type portDoor struct {
	*listeners
	world *World // that answers where a request chooses none
}

// Refuse implements wire.Door. Only ports that serve one vendor alone can refuse: others' worlds and the control API come
// by the rest.
func (d portDoor) Refuse(vendor string, lasts time.Duration) error {
	var failed []error
	found := false
	for _, s := range d.sockets {
		if s.vendor == vendor {
			found = true
			failed = append(failed, s.Refuse(lasts))
		}
	}
	if !found {
		return fmt.Errorf("%s has %w: start understudy with --listen %s=HOST:PORT, or use a world in memory", vendor, wire.ErrNoListener, vendor)
	}
	if lasts > 0 {
		d.world.inner.Refused(vendor) // who is refused by a port can't be seen
	}
	return errors.Join(failed...)
}

// Spoil implements wire.Door. HTTPS ports that vendors share know them by the server name.
func (d portDoor) Spoil(vendor, fault string, struck func()) error {
	found := false
	others := len(d.world.emulator.Worlds()) - 1
	for _, s := range d.sockets {
		if s.secure && (s.vendor == "" || s.vendor == vendor) {
			if d.listeners == &d.world.emulator.listeners && others > 0 && fault != "" {
				return fmt.Errorf("%s has %w that handshakes: %d more worlds answer on this port; open ports for this world alone, or use it in memory",
					vendor, wire.ErrNoListener, others)
			}
			found = true
			s.Spoil(vendor, fault, struck)
		}
	}
	if !found {
		return fmt.Errorf("%s has %w that handshakes: start understudy with --https HOST:PORT, and reach it as %s.localhost", vendor, wire.ErrNoListener, vendor)
	}
	return nil
}

// memoryDoor is an endpoint as faults of the connection see it.
type memoryDoor struct{ *Endpoint }

// Refuse implements wire.Door.
func (d memoryDoor) Refuse(vendor string, lasts time.Duration) error {
	var failed []error
	for _, s := range []side{plain, assumed, secure} {
		l, err := d.listener(entry{vendor, s})
		if err == nil && l != nil {
			err = l.Refuse(lasts)
		}
		failed = append(failed, err)
	}
	d.closeIdle()
	return errors.Join(failed...)
}

// Spoil implements wire.Door. Where https ran without a handshake, the vendor's hosts have a real one while the fault lasts.
func (d memoryDoor) Spoil(vendor, fault string, struck func()) error {
	handshakes, err := d.listener(entry{vendor, secure})
	if err != nil || handshakes == nil {
		return err
	}
	handshakes.Spoil(vendor, fault, struck)
	d.mu.Lock()
	d.spoiled[vendor] = fault != ""
	without := d.listeners[entry{vendor, assumed}]
	d.mu.Unlock()
	if fault != "" && without != nil {
		without.Leave()
	}
	d.closeIdle()
	return nil
}

// closeIdle makes the clients forget connections that a fault has just ended: else the next request, if it comes before
// they notice, would be lost on one.
func (d memoryDoor) closeIdle() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, t := range d.transports {
		t.CloseIdleConnections()
	}
}
