package emulator

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/understudy-dev/understudy/emulator/internal/serve"
	"github.com/understudy-dev/understudy/fixtures"
)

// Bounds of the control API's request bodies, in bytes.
const (
	maxControlBody = 64 << 10
	maxStateBody   = 256 << 20
)

// controlRow is one call of the control API. Query names its parameters beside world, which every call takes.
type controlRow struct {
	method, path string // under /_understudy
	query        []string
	open         bool // answers without the control token: probes, and what is public anyway
	run          func(*controlCall) error
}

var controlRows = []controlRow{
	{method: "GET", path: "ready", open: true, run: (*controlCall).getReady},
	{method: "GET", path: "health", open: true, run: (*controlCall).getHealth},
	{method: "GET", path: "ca.pem", open: true, run: (*controlCall).getCA},
	{method: "GET", path: "operations", run: (*controlCall).getOperations},
	{method: "POST", path: "reset", query: []string{"fixture"}, run: (*controlCall).reset},
	{method: "GET", path: "worlds", run: (*controlCall).listWorlds},
	{method: "POST", path: "worlds", run: (*controlCall).createWorld},
	{method: "GET", path: "worlds/{world}", run: (*controlCall).getWorld},
	{method: "DELETE", path: "worlds/{world}", run: (*controlCall).deleteWorld},
	{method: "POST", path: "worlds/{world}/fork", run: (*controlCall).forkWorld},
	{method: "GET", path: "worlds/{world}/credentials", run: (*controlCall).listCredentials},
	{method: "POST", path: "worlds/{world}/credentials", run: (*controlCall).mintCredential},
	{method: "GET", path: "state", run: (*controlCall).getState},
	{method: "PUT", path: "state", run: (*controlCall).putState},
	{method: "GET", path: "snapshots", run: (*controlCall).listSnapshots},
	{method: "POST", path: "snapshots", run: (*controlCall).takeSnapshot},
	{method: "POST", path: "snapshots/{id}/restore", run: (*controlCall).restoreSnapshot},
	{method: "GET", path: "journal", query: []string{"vendor", "operation", "status", "since", "limit"}, run: (*controlCall).getJournal},
	{method: "DELETE", path: "journal", run: (*controlCall).clearJournal},
	{method: "GET", path: "scenario", run: (*controlCall).getScenario},
	{method: "PUT", path: "scenario", query: []string{"name", "vendor"}, run: (*controlCall).putScenario},
	{method: "DELETE", path: "scenario", run: (*controlCall).deleteScenario},
	{method: "POST", path: "scenario/release/{hold}", run: (*controlCall).releaseHold},
	{method: "GET", path: "verdicts", run: (*controlCall).getVerdicts},
	{method: "GET", path: "clock", run: (*controlCall).getClock},
	{method: "POST", path: "clock", run: (*controlCall).setClock},
}

// controlCall is one request to the control API.
type controlCall struct {
	*Emulator
	w         http.ResponseWriter
	r         *http.Request
	otherwise string // the world of the listener
}

// refusal is what the control API answers when it does not do as asked: a problem document with a stable code.
type refusal struct {
	status       int
	code, detail string
}

func (r *refusal) Error() string { return r.detail }

func refuse(status int, code, format string, args ...any) error {
	detail := fmt.Sprintf(format, args...)
	return &refusal{status, code, strings.Replace(detail, "?.", "?", 1)} // a suggestion ends the sentence
}

// control answers everything under /_understudy.
func (e *Emulator) control(w http.ResponseWriter, r *http.Request, otherwise string) {
	c := &controlCall{Emulator: e, w: w, r: r, otherwise: otherwise}
	if err := c.answer(); err != nil {
		no := refusalOf(err)
		serve.WriteProblem(w, no.status, no.code, no.detail)
	}
}

func (c *controlCall) answer() error {
	if err := c.guard(); err != nil {
		return err
	}
	row, allowed := c.find()
	if row == nil && allowed != nil {
		c.w.Header().Set("Allow", strings.Join(allowed, ", "))
		return refuse(http.StatusMethodNotAllowed, "method_not_allowed", "%s takes %s.", c.r.URL.Path, strings.Join(allowed, ", "))
	}
	if err := c.checkToken(row != nil && row.open); err != nil {
		return err
	}
	if row == nil {
		return refuse(http.StatusNotFound, "unknown_call", "The control API has no %s. It has %s.", c.r.URL.Path, controlPaths())
	}
	for name := range c.r.URL.Query() {
		if name != "world" && !slices.Contains(row.query, name) {
			return refuse(http.StatusBadRequest, "unknown_parameter", "%s %s takes no parameter %q; it takes %s.",
				row.method, row.path, name, strings.Join(append([]string{"world"}, row.query...), ", "))
		}
	}
	return row.run(c)
}

// find returns the row of the request, or the methods that its path takes.
func (c *controlCall) find() (row *controlRow, allowed []string) {
	path := strings.TrimPrefix(strings.TrimPrefix(c.r.URL.Path, serve.ControlPath), "/")
	method := c.r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	for i := range controlRows {
		if !c.matches(controlRows[i].path, path) {
			continue
		}
		if controlRows[i].method == method {
			return &controlRows[i], nil
		}
		allowed = append(allowed, controlRows[i].method)
	}
	return nil, allowed
}

// matches holds a path to a template and notes what stands in its {places}.
func (c *controlCall) matches(template, path string) bool {
	want, have := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(have) {
		return false
	}
	for i := range want {
		if name, place := strings.CutPrefix(want[i], "{"); place {
			c.r.SetPathValue(strings.TrimSuffix(name, "}"), have[i])
		} else if want[i] != have[i] {
			return false
		}
	}
	return true
}

func controlPaths() string {
	paths := names(controlRows, func(r controlRow) string { return r.path })
	return strings.Join(slices.Compact(paths), ", ")
}

// refusalOf gives every error its status and code.
func refusalOf(err error) *refusal {
	var no *refusal
	var problem *fixtures.Problem
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &no):
		return no
	case errors.As(err, &problem):
		return &refusal{http.StatusBadRequest, "invalid_fixture", err.Error()}
	case errors.As(err, &large):
		return &refusal{http.StatusRequestEntityTooLarge, "body_too_large", fmt.Sprintf("The body has more than %d bytes.", large.Limit)}
	case errors.Is(err, ErrNoFixture):
		return &refusal{http.StatusNotFound, "unknown_fixture", err.Error()}
	case errors.Is(err, ErrNotFound):
		return &refusal{http.StatusNotFound, "not_found", err.Error()}
	case errors.Is(err, ErrExists):
		return &refusal{http.StatusConflict, "already_exists", err.Error()}
	case errors.Is(err, ErrTooMany):
		return &refusal{http.StatusConflict, "too_many", err.Error()}
	case errors.Is(err, ErrBadName):
		return &refusal{http.StatusBadRequest, "bad_name", err.Error()}
	}
	return &refusal{http.StatusBadRequest, "invalid_request", err.Error()}
}

// world is the one that the query or the header names, else that of the listener.
func (c *controlCall) world() (*World, error) {
	name := c.r.URL.Query().Get("world")
	if name == "" {
		name = c.r.Header.Get("X-Understudy-World")
	}
	if name == "" {
		name = c.otherwise
	}
	return c.named(name)
}

func (c *controlCall) named(name string) (*World, error) {
	if w := c.World(name); w != nil {
		return w, nil
	}
	return nil, refuse(http.StatusNotFound, "unknown_world", "There is no world %q.", name)
}

func (c *controlCall) body(limit int64) ([]byte, error) {
	return io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, limit))
}

// decode reads a JSON body into a struct. It refuses what the struct has no field for, and members that come twice or in
// other letters than lower case: encoding/json would take the last of them.
func (c *controlCall) decode(into any) error {
	src, err := c.body(maxControlBody)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(src))
	d.DisallowUnknownFields()
	if err = d.Decode(into); err == nil {
		err = checkMembers(gjson.ParseBytes(src))
	}
	if errors.Is(err, io.EOF) {
		err = errors.New("it is empty")
	}
	if err == nil {
		if _, after := d.Token(); after != io.EOF {
			err = errors.New("something follows the JSON object")
		}
	}
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		err = fmt.Errorf("%s is wrong for %s", wrong.Value, strings.ToLower(cmp.Or(wrong.Field, "the body")))
	}
	if err != nil {
		return refuse(http.StatusBadRequest, "invalid_body", "The body can't be read: %s.", strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}

func checkMembers(body gjson.Result) (err error) {
	seen := map[string]bool{}
	body.ForEach(func(key, _ gjson.Result) bool {
		switch name := key.Str; {
		case name != strings.ToLower(name):
			err = fmt.Errorf("unknown field %q", name)
		case seen[name]:
			err = fmt.Errorf("the field %q comes twice", name)
		default:
			seen[name] = true
		}
		return err == nil
	})
	return err
}

func (c *controlCall) reply(status int, value any) error {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return refuse(http.StatusInternalServerError, "emulator_bug", "The answer can't be written: %v.", err)
	}
	return c.send(status, "application/json", b.Bytes())
}

func (c *controlCall) send(status int, contentType string, body []byte) error {
	c.w.Header().Set("Content-Type", contentType)
	c.w.WriteHeader(status)
	_, _ = c.w.Write(body) // a client that left is not the emulator's to report
	return nil
}

func (c *controlCall) done() error {
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

func (c *controlCall) getReady() error {
	if c.opening.Load() {
		return refuse(http.StatusServiceUnavailable, "not_ready", "Not all listeners accept yet.")
	}
	return c.reply(http.StatusOK, map[string]string{"status": "ready"})
}

func (c *controlCall) getHealth() error {
	return c.reply(http.StatusOK, map[string]string{"status": "ok"})
}

func (c *controlCall) getCA() error {
	c.mu.Lock()
	ca := c.ca
	c.mu.Unlock()
	if ca == nil {
		return refuse(http.StatusNotFound, "no_ca", "There is no certificate authority: HTTPS is off.")
	}
	return c.send(http.StatusOK, "application/x-pem-file", ca.CertPEM())
}

func (c *controlCall) getOperations() error { return c.reply(http.StatusOK, Operations()) }
