package atlas_test

import (
	"testing"

	"github.com/understudy-dev/understudy/emulator/vendors/atlas"
	"github.com/understudy-dev/understudy/emulator/vendors/vendortest"
)

func TestVendor(t *testing.T) { vendortest.Run(t, atlas.Vendor) }

func FuzzOperations(f *testing.F) { vendortest.Fuzz(f, atlas.Vendor) }
