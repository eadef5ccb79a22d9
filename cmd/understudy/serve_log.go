package main

import (
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/understudy-dev/understudy/emulator"
)

// logged is one line of --log json. Operation is empty where no operation matched.
type logged struct {
	Time      time.Time `json:"time"`
	World     string    `json:"world"`
	Operation string    `json:"operation,omitempty"`
	Method    string    `json:"method"`
	Path      string    `json:"path"`
	Status    int       `json:"status"`
	Code      string    `json:"code,omitempty"`
	Millis    float64   `json:"ms"`
	Rule      string    `json:"rule,omitempty"`
}

// logLine returns what writes a line for each call: time of day, world, operation, status, duration, rule.
func logLine(form string, to io.Writer) (func(emulator.Entry, time.Duration), error) {
	var mu sync.Mutex
	switch form {
	case "text":
		return func(e emulator.Entry, took time.Duration) {
			line := textLine(e, took)
			mu.Lock()
			defer mu.Unlock()
			_, _ = io.WriteString(to, line) // a closed terminal stops nothing
		}, nil
	case "json":
		return func(e emulator.Entry, took time.Duration) {
			mu.Lock()
			defer mu.Unlock()
			_ = json.NewEncoder(to).Encode(logged{
				time.Now().UTC(), e.World, e.Operation, e.Method, e.Path, e.Status, e.Code, float64(took.Microseconds()) / 1000, e.Rule,
			})
		}, nil
	}
	return nil, fmt.Errorf("--log: %q is neither text nor json", form)
}

func textLine(e emulator.Entry, took time.Duration) string {
	operation := e.Operation
	if operation == "" {
		operation = e.Method + " " + e.Path
	}
	line := fmt.Sprintf("%s %s %s %d", time.Now().Format("15:04:05.000"), e.World, operation, e.Status)
	if e.Code != "" {
		line += " " + e.Code
	}
	line += fmt.Sprintf(" %.2fms", float64(took.Microseconds())/1000)
	if e.Rule != "" {
		line += " rule " + e.Rule
	}
	return line + "\n"
}
