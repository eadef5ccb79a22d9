package wire

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Door is a way into a world, such as a set of ports. Both methods fail with an error that is ErrNoListener where the
// vendor's connections are not apart from others'.
type Door interface {
	// Refuse refuses connections to the vendor for d, as Listener.Refuse does.
	Refuse(vendor string, d time.Duration) error
	// Spoil makes TLS handshakes with the vendor fail, as Listener.Spoil does.
	Spoil(vendor, fault string, struck func()) error
}

// ErrNoListener says that no listener is the vendor's own.
var ErrNoListener = errors.New("no listener of its own")

// Doors are the ways into one world that are open now. The zero value has none. Faults are on doors: one that is opened
// later has none. Nobody checks here that a vendor is one of the tables'.
type Doors struct {
	mu   sync.Mutex
	open []Door
}

// Add opens a door.
func (d *Doors) Add(door Door) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open = append(d.open, door)
}

// Remove closes a door.
func (d *Doors) Remove(door Door) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open = slices.DeleteFunc(d.open, func(open Door) bool { return open == door })
}

// Refuse makes every door that can refuse connections to a vendor do so for a time of the world's clock from now, in place
// of what was left of an earlier one; 0 ends it at once. Error: what a door says against it; ErrNoListener, with the
// way out, where none can.
func (d *Doors) Refuse(vendor string, lasts time.Duration) error {
	return d.each(func(door Door) error { return door.Refuse(vendor, lasts) })
}

// Spoil makes the vendor's TLS handshakes fail at every door that has them: Expired, Untrusted or HandshakeFailure; ""
// lets them pass again. Struck, unless nil, is called at each handshake that meets the fault; it must be safe for
// concurrent use. Errors: an unknown fault; those of Refuse.
func (d *Doors) Spoil(vendor, fault string, struck func()) error {
	if err := checkTLSFault(fault); err != nil {
		return err
	}
	return d.each(func(door Door) error { return door.Spoil(vendor, fault, struck) })
}

func (d *Doors) each(act func(Door) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	var failed, unable error
	able := false
	for _, door := range d.open {
		switch err := act(door); {
		case err == nil:
			able = true
		case errors.Is(err, ErrNoListener):
			unable = errors.Join(unable, err)
		default:
			failed = errors.Join(failed, err)
		}
	}
	switch {
	case failed != nil || able:
		return failed
	case unable != nil:
		return unable
	}
	return fmt.Errorf("the world has %w: ports that worlds share are the default world's; open one for this world alone", ErrNoListener)
}
