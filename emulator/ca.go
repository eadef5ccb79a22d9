package emulator

import (
	"github.com/understudy-dev/understudy/emulator/internal/authority"
	"github.com/understudy-dev/understudy/emulator/internal/clock"
)

// DefaultCADir is the folder of the certificate authority where nobody names another: understudy in the user's data
// folder. Error: the user has none.
func DefaultCADir() (string, error) { return authority.DefaultDir() }

// TrustCA says where the certificate of a folder's authority is and how clients come to trust it: Go, Node, Python, curl,
// Java, the macOS keychain and the Windows store. It makes the authority where there is none.
func TrustCA(dir string) (string, error) {
	ca, err := authority.Open(dir, clock.System{}.Now)
	if err != nil {
		return "", err
	}
	return authority.Trust(ca.Path()), nil
}
