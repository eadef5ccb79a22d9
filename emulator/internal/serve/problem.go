package serve

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
	"github.com/understudy-dev/understudy/emulator/internal/state"
)

func problemBody(status int, code, detail string) state.Doc {
	return state.NewBuilder().Text("type", "about:blank").Text("title", http.StatusText(status)).
		Int("status", status).Text("code", code).Text("detail", detail).Doc()
}

// WriteProblem answers in our own shape: an RFC 9457 problem document.
func WriteProblem(w http.ResponseWriter, status int, code, detail string) {
	writeReply(w, problem(status, code, detail))
}

// writeReply writes an answer of ours that belongs to no world.
func writeReply(w http.ResponseWriter, reply spec.Reply) {
	for name, value := range reply.Header {
		w.Header().Set(name, value)
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(reply.Body)))
	w.WriteHeader(reply.Status)
	_, _ = io.WriteString(w, string(reply.Body))
}

func panicText(caught any) string { return fmt.Sprint("panic: ", caught) }

func vendorNamed(vendors []*spec.Vendor, name string) *spec.Vendor {
	i := slices.IndexFunc(vendors, func(v *spec.Vendor) bool { return v.Name == name })
	if i < 0 {
		return nil
	}
	return vendors[i]
}

func vendorNames(vendors []*spec.Vendor) string {
	names := make([]string, len(vendors))
	for i, v := range vendors {
		names[i] = v.Name
	}
	return strings.Join(names, ", ")
}
