package serve

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// maxEnded is how many credentials of one vendor scenarios can end in a world.
const maxEnded = 10_000

// endCredential makes the vendor refuse the caller's credential from now on, minted or not; false where the request has
// none, or it can't end so. It outlives the scenario: a credential that has ended stays so until a reset.
func (x *exchange) endCredential(r *rule) (ended bool) {
	credential := x.vendor.Credential(x.r, x.body)
	if credential == "" || x.vendor.Ended == nil || x.op.Public {
		x.armed.excuse(r, "the call bears no credential that could end")
		return false
	}
	how := revoked
	if r.Expire {
		how = timeOver
	}
	_ = x.world.Store.Update(x.vendor.Name, x.now, func(tx *state.Tx) error { // notes are always taken
		x.call.Tx = tx
		count := number(tx, "ended")
		switch {
		case x.vendor.Ended(&x.call, r.Expire) == nil:
			x.armed.excuse(r, "the caller's sort of credential is never "+how)
		case count >= maxEnded:
			x.armed.excuse(r, fmt.Sprintf("%d credentials have ended already", maxEnded))
		default:
			ended = true
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
