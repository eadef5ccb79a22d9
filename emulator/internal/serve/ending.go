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
	if credential == "" || x.vendor.Ended == nil || x.op.Public {
		return false
	}
	how := revoked
	if expired {
		how = timeOver
	}
	_ = x.world.Store.Update(x.vendor.Name, x.now, func(tx *state.Tx) error { // notes are always taken
		x.call.Tx = tx
		count := number(tx, "ended")
		if ended = count < maxEnded && x.vendor.Ended(&x.call, expired) != nil; ended {
			tx.SetNote("ended", strconv.Itoa(count+1))
			tx.SetNote("ended/"+fingerprintOf(credential), how)
		}
		return nil
	})
	return ended
}

// How a credential has ended, as its note says.
const (
	revoked  = "revoked"
	timeOver = "expired"
)

// checkEnded refuses a credential that a scenario has ended.
func checkEnded(c *spec.Call, body []byte) error {
	if c.Tx.Note("ended") == "" {
		return nil
	}
	if how := c.Tx.Note("ended/" + fingerprintOf(c.Vendor.Credential(c.Request, body))); how != "" {
		return c.Vendor.Ended(c, how == timeOver)
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
