package emulator

import (
	"io"
	"log"
)

// quietLog drops net/http's own lines: a client that breaks a handshake is the client's to see.
func quietLog() *log.Logger { return log.New(io.Discard, "", 0) }
