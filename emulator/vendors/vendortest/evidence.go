package vendortest

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
)

// recordedCall is one exchange of a recording.
type recordedCall struct {
	Method   string          `json:"method"`
	Path     string          `json:"path"`
	Status   int             `json:"status"`
	Response json.RawMessage `json:"response_body"`
}

// evidence opens the recordings that rows name as file#n. The call must be there, and be the row's: its method, its path
// and its status, and of an error its message. An error that several rows share is recorded for one of them. Other sources are labels, which only people can look up.
func evidence(t *testing.T, v *spec.Vendor) {
	dir, err := recordings(v)
	if err != nil {
		t.Skip(err)
	}
	c := checker{t: t, dir: dir, files: map[string][]recordedCall{}}
	for i := range v.Operations {
		op := &v.Operations[i]
		c.row(op.Name(), op.Evidence, func(call recordedCall) string {
			if !declares(op, call.Status) {
				return fmt.Sprintf("has the status %d", call.Status)
			}
			return otherCall(op, call)
		})
		for j := range op.Errors {
			e := &op.Errors[j]
			c.row(op.Name()+" "+e.Code, e.Evidence, func(call recordedCall) string {
				if other := otherCalls(sharing(v, e), call); other != "" {
					return other
				}
				return otherError(e, call)
			})
		}
	}
	for i := range v.Errors {
		c.row(v.Errors[i].Code, v.Errors[i].Evidence, func(call recordedCall) string { return otherError(&v.Errors[i], call) })
	}
	for _, k := range v.Kinds {
		c.row(k.Name, k.Evidence, func(recordedCall) string { return "" })
	}
}

// recordings finds the folder of a vendor's recordings: in UNDERSTUDY_SHARED, or in shared beside the repository.
func recordings(v *spec.Vendor) (string, error) {
	shared := os.Getenv("UNDERSTUDY_SHARED")
	if shared == "" {
		root, err := repository()
		if err != nil {
			return "", err
		}
		shared = filepath.Join(filepath.Dir(root), "shared")
	}
	dir := filepath.Join(shared, "conformance", "recordings", v.Name)
	if _, err := os.Stat(dir); err != nil {
		return "", fmt.Errorf("no recordings to hold the evidence against: %w; UNDERSTUDY_SHARED names the folder that has them", err)
	}
	return dir, nil
}

func repository() (string, error) {
	dir, err := os.Getwd()
	for ; err == nil; dir = filepath.Dir(dir) {
		if _, missing := os.Stat(filepath.Join(dir, "go.mod")); missing == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("no go.mod above the working directory")
		}
	}
	return "", err
}

// claim is the part of a source that can be checked: a recording's name, with the number of a call or without.
var claim = regexp.MustCompile(`^[^;,#\s]+(#\d+)?`)

type checker struct {
	t     *testing.T
	dir   string
	files map[string][]recordedCall
}

// row holds one claim of a recording; other says how a call differs from the row, "" for not at all.
func (c *checker) row(what string, e spec.Evidence, other func(recordedCall) string) {
	if e.Grade != spec.GradeRecorded {
		return
	}
	source := claim.FindString(e.Source)
	name, n, numbered := strings.Cut(source, "#")
	calls, err := c.open(name)
	switch {
	case errors.Is(err, os.ErrNotExist) && !numbered:
		return // a label
	case err != nil:
		c.t.Errorf("%s: %v", what, err)
		return
	case !numbered:
		c.t.Errorf("%s: the evidence names the recording %s and no call of it (%s#n)", what, name, name)
		return
	}
	at, err := strconv.Atoi(n)
	if err != nil || at < 0 || at >= len(calls) {
		c.t.Errorf("%s: %s has %d calls, and no #%s", what, name, len(calls), n)
		return
	}
	if difference := other(calls[at]); difference != "" {
		c.t.Errorf("%s: %s is %s %s: it %s", what, source, calls[at].Method, calls[at].Path, difference)
	}
}

func (c *checker) open(name string) ([]recordedCall, error) {
	if calls, known := c.files[name]; known {
		return calls, nil
	}
	if name != filepath.Base(name) {
		return nil, os.ErrNotExist
	}
	text, err := os.ReadFile(filepath.Join(c.dir, name+".json"))
	if err != nil {
		return nil, err
	}
	var file struct {
		Interactions []recordedCall `json:"interactions"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	c.files[name] = file.Interactions
	return file.Interactions, nil
}

// sharing lists the operations that bear one error with one evidence: a rule of several is recorded for one of them.
func sharing(v *spec.Vendor, e *spec.Error) []*spec.Operation {
	var all []*spec.Operation
	for i := range v.Operations {
		for _, other := range v.Operations[i].Errors {
			if other.Code == e.Code && other.Evidence == e.Evidence {
				all = append(all, &v.Operations[i])
			}
		}
	}
	return all
}

func otherCalls(ops []*spec.Operation, call recordedCall) string {
	other := ""
	for _, op := range ops {
		if other = otherCall(op, call); other == "" {
			return ""
		}
	}
	return other
}

func otherCall(op *spec.Operation, call recordedCall) string {
	have, want := strings.Split(call.Path, "/"), strings.Split(op.Path, "/")
	same := len(have) == len(want)
	for i := 0; same && i < len(want); i++ {
		same = have[i] == want[i] || strings.HasPrefix(want[i], "{") && have[i] != ""
	}
	if call.Method != op.Method || !same {
		return "is no " + op.Method + " " + op.Path
	}
	return ""
}

func otherError(e *spec.Error, call recordedCall) string {
	var body struct {
		Message     string `json:"message"`
		Description string `json:"error_description"`
		Code        string `json:"errorCode"`
	}
	if err := json.Unmarshal(call.Response, &body); err != nil {
		return "has no error for a body"
	}
	message := body.Message
	if message == "" {
		message = body.Description
	}
	var form strings.Builder
	for _, literal := range place.Split(e.Message, -1) {
		form.WriteString(regexp.QuoteMeta(literal) + ".*")
	}
	words := regexp.MustCompile("(?s)^" + strings.TrimSuffix(form.String(), ".*") + "$")
	if call.Status != e.Status || !words.MatchString(message) {
		return fmt.Sprintf("answers %d %q", call.Status, message)
	}
	return ""
}
