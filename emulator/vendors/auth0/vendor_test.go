package auth0_test

import (
	"testing"

	"github.com/understudy-dev/understudy/emulator/vendors/auth0"
	"github.com/understudy-dev/understudy/emulator/vendors/vendortest"
)

func TestVendor(t *testing.T) { vendortest.Run(t, auth0.Vendor) }

func FuzzOperations(f *testing.F) { vendortest.Fuzz(f, auth0.Vendor) }
