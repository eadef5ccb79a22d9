package emulator

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
	"github.com/understudy-dev/understudy/fixtures/tree"
)

// MaxCredentials is how many minted credentials of a vendor a world lists: the latest ones. Older ones stay valid,
// as far as the vendor keeps them.
const MaxCredentials = 1000

// Mint makes a credential that the vendor takes in this world, and returns what a client needs of it as JSON.
// Errors: ErrNotFound for an unknown vendor; what the vendor says of the wish.
func (w *World) Mint(vendor string, want Credential) (string, error) {
	v := w.emulator.vendor(vendor)
	if v == nil {
		return "", fmt.Errorf("%w: a vendor %q%s", ErrNotFound, vendor, tree.Meant(vendor, Vendors()))
	}
	now := w.Now()
	var minted spec.Minted
	err := w.inner.Store.Update(v.Name, now, func(tx *state.Tx) (err error) {
		if minted, err = v.Mint(&spec.Call{Vendor: v, World: w.Name(), Now: now, Tx: tx}, want); err != nil {
			return err
		}
		n := mintedCount(tx) + 1
		tx.SetNote("minted", strconv.Itoa(n))
		tx.SetNote(mintedKey(n), string(state.NewBuilder().Text("vendor", v.Name).Text("kind", want.Kind).Doc().Merge(minted.Fields)))
		return nil
	})
	if err != nil {
		return "", err
	}
	w.emulator.server.Bind(w.Name(), minted.Names...)
	return string(minted.Fields), nil
}

// Credentials lists what Mint made in this world since its start or the last Import, the oldest first: JSON objects with
// the vendor, the kind that was asked for, and what a client needs.
func (w *World) Credentials() []json.RawMessage {
	all := []json.RawMessage{}
	for _, v := range w.emulator.server.Vendors() {
		_ = w.inner.Store.View(v.Name, func(tx *state.Tx) error {
			n := mintedCount(tx)
			for i := max(1, n-MaxCredentials+1); i <= n; i++ {
				all = append(all, json.RawMessage(tx.Note(mintedKey(i))))
			}
			return nil
		})
	}
	return all
}

func mintedCount(tx *state.Tx) int {
	n, _ := strconv.Atoi(tx.Note("minted")) // "" before the first
	return n
}

func mintedKey(n int) string { return "minted/" + strconv.Itoa(n%MaxCredentials) }
