// Package vendors lists the services that can be emulated, one line each.
package vendors

import (
	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/vendors/atlas"
	"github.com/understudy-dev/understudy/emulator/vendors/auth0"
	"github.com/understudy-dev/understudy/emulator/vendors/devrev"
	"github.com/understudy-dev/understudy/emulator/vendors/qovery"
)

// All returns every vendor, in the order of the documentation.
func All() []*spec.Vendor {
	return []*spec.Vendor{
		auth0.Vendor,
		atlas.Vendor,
		devrev.Vendor,
		qovery.Vendor,
	}
}
