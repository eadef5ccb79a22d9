package atlas

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strconv"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
)

const (
	// nonceLifetime is how long a nonce may be answered. The service's own is not known.
	nonceLifetime = 5 * time.Minute
	// maxNonces is how many nonces a world remembers; the oldest go first, and are stale then.
	maxNonces = 10_000
	// window is how far behind the highest count another is still taken.
	window = 64
)

// A nonce is 24 bytes in base64, as the recorded ones: its number and its world's mark, 12 bytes, and a seal over them. A
// challenge may come from another world than the one that the answer reaches: a request without a credential chooses
// none. So a sealed nonce of another world is taken up by the first world that it reaches.

// newNonce makes one that this world remembers.
func newNonce(c *spec.Call) string {
	n, _ := strconv.ParseUint(c.Tx.Note("nonces"), 10, 64) // "" before the first
	raw := binary.BigEndian.AppendUint64(nil, n)
	raw = append(raw, mark(c.World)...)
	nonce := base64.StdEncoding.EncodeToString(append(raw, seal(raw)...))
	remember(c, nonce)
	return nonce
}

func mark(world string) []byte {
	hash := sha256.Sum256([]byte(world))
	return hash[:4]
}

func seal(raw []byte) []byte {
	hash := sha256.Sum256(append([]byte("understudy nonce"), raw...))
	return hash[:12]
}

// remember keeps a nonce, unanswered, at the expense of the oldest.
func remember(c *spec.Call, nonce string) {
	n, _ := strconv.ParseUint(c.Tx.Note("nonces"), 10, 64)
	slot := "nonces/" + strconv.FormatUint(n%maxNonces, 10)
	if oldest := c.Tx.Note(slot); oldest != "" {
		c.Tx.SetNote("nonce/"+oldest, "")
	}
	c.Tx.SetNote("nonces", strconv.FormatUint(n+1, 10))
	c.Tx.SetNote(slot, nonce)
	answered(c, nonce, c.Now, 0, 1)
}

// answered notes when a nonce was made, the highest count that it was answered with, and which of the counts up to that
// one were: bit n stands for the n-th below it.
func answered(c *spec.Call, nonce string, made time.Time, high, used uint64) {
	c.Tx.SetNote("nonce/"+nonce, fmt.Sprintf("%d/%d/%d", made.UnixNano(), high, used))
}

// spend takes a nonce with a count that it was not answered with: those of calls in parallel may come in any order. False
// where it is unknown or expired, or the count was used or is so far behind that nobody knows.
func spend(c *spec.Call, nonce string, count uint64) bool {
	note := c.Tx.Note("nonce/" + nonce)
	if note == "" {
		if !foreign(c, nonce) {
			return false
		}
		remember(c, nonce)
		note = c.Tx.Note("nonce/" + nonce)
	}
	var nanos int64
	var high, used uint64
	_, _ = fmt.Sscanf(note, "%d/%d/%d", &nanos, &high, &used) // as answered wrote it
	made := time.Unix(0, nanos)
	if count > high {
		high, used = count, used<<(count-high)
	}
	behind := high - count
	if c.Now.Sub(made) > nonceLifetime || behind >= window || used>>behind&1 == 1 {
		return false
	}
	answered(c, nonce, made, high, used|1<<behind)
	return true
}

// foreign tells whether a nonce is another world's.
func foreign(c *spec.Call, nonce string) bool {
	raw, err := base64.StdEncoding.DecodeString(nonce)
	return err == nil && len(raw) == 24 && bytes.Equal(seal(raw[:12]), raw[12:]) && !bytes.Equal(mark(c.World), raw[8:12])
}
