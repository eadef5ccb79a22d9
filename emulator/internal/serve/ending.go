package serve

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// maxEnded is how many credentials of one vendor scenarios can end in a world.
const maxEnded = 10_000

// endCredential makes the vendor refuse the caller's credential from now on, minted or not; false where the request has
// none, or the vendor's can't end so. It outlives the scenario: a credential that has ended stays so until a reset.
func (x *exchange) endCredential(expired bool) (ended bool) {
	credential := x.vendor.Credential(x.r, x.body)
	code := x.vendor.Revoked
	if expired {
		code = x.vendor.Expired
	}
	if credential == "" || code == "" || x.op.Public {
		return false
	}
	_ = x.world.Store.Update(x.vendor.Name, x.now, func(tx *state.Tx) error { // notes are always taken
		count, _ := strconv.Atoi(tx.Note("ended"))
		if ended = count < maxEnded; ended {
			tx.SetNote("ended", strconv.Itoa(count+1))
			tx.SetNote("ended/"+fingerprintOf(credential), code)
		}
		return nil
	})
	return ended
}

// checkEnded refuses a credential that a scenario has ended.
func checkEnded(c *spec.Call, body []byte) error {
	if c.Tx.Note("ended") == "" {
		return nil
	}
	if code := c.Tx.Note("ended/" + fingerprintOf(c.Vendor.Credential(c.Request, body))); code != "" {
		return c.Fail(code)
	}
	return nil
}

// fingerprintOf stands for a credential where it is kept or shown.
func fingerprintOf(credential string) string {
	if credential == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(credential))
	return hex.EncodeToString(sum[:8])
}
