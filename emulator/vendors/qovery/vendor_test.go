package qovery_test

import (
	"testing"

	"github.com/understudy-dev/understudy/emulator/vendors/qovery"
	"github.com/understudy-dev/understudy/emulator/vendors/vendortest"
)

func TestVendor(t *testing.T) { vendortest.Run(t, qovery.Vendor) }

func FuzzOperations(f *testing.F) { vendortest.Fuzz(f, qovery.Vendor) }
