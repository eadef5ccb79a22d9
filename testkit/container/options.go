package container

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/testcontainers/testcontainers-go"
)

// WithFixture chooses what worlds start from: a shipped fixture's name, or a file of this machine, which is copied into
// the container. What holds a dot or a slash is a file. Default: acme.
func WithFixture(nameOrFile string) testcontainers.CustomizeRequestOption {
	if !strings.ContainsAny(nameOrFile, `./\`) {
		return setEnv("UNDERSTUDY_FIXTURE", nameOrFile)
	}
	return func(req *testcontainers.GenericContainerRequest) error {
		text, err := os.ReadFile(nameOrFile)
		if err != nil {
			return fmt.Errorf("fixture: %w", err)
		}
		inside := "/fixtures/" + filepath.Base(nameOrFile)
		req.Files = append(req.Files, testcontainers.ContainerFile{
			Reader: bytes.NewReader(text), ContainerFilePath: inside, FileMode: 0o644,
		})
		return setEnv("UNDERSTUDY_FIXTURE", inside)(req)
	}
}

// WithLimits turns rate limits on: "on" (each vendor's documented preset), or VENDOR=PRESET pairs joined by commas, such
// as auth0=free. Default: "off".
func WithLimits(limits string) testcontainers.CustomizeRequestOption {
	return setEnv("UNDERSTUDY_LIMITS", limits)
}

// WithAuth says which credentials are taken: "lenient" (any) or "strict" (minted or declared ones). Default: lenient.
func WithAuth(mode string) testcontainers.CustomizeRequestOption {
	return setEnv("UNDERSTUDY_AUTH", mode)
}

func setEnv(name, value string) testcontainers.CustomizeRequestOption {
	return testcontainers.WithEnv(map[string]string{name: value})
}
