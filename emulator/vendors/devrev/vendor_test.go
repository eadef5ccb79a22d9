package devrev_test

import (
	"testing"

	"github.com/understudy-dev/understudy/emulator/vendors/devrev"
	"github.com/understudy-dev/understudy/emulator/vendors/vendortest"
)

func TestVendor(t *testing.T) { vendortest.Run(t, devrev.Vendor) }

func FuzzOperations(f *testing.F) { vendortest.Fuzz(f, devrev.Vendor) }
