package emulator

import (
	"errors"
	"maps"
	"slices"
)

// What the methods of Emulator and World answer.
var (
	ErrNotFound = errors.New("not found")
	ErrExists   = errors.New("already exists")
	ErrBadName  = errors.New("bad name")
	ErrTooMany  = errors.New("too many")
	// ErrNoFixture is for a fixture that is not there or can't be read; one that breaks the tables is a *fixtures.Problem.
	ErrNoFixture = errors.New("unknown fixture")
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func isWorldName(name string) bool {
	for i := 0; i < len(name); i++ {
		c := name[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return name != "" && name != "." && name != ".." && len(name) <= 64
}
