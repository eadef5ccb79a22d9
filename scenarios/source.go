package scenarios

import (
	"fmt"
	"strings"
)

// source says where the parts of a scenario stand in the text that it was read from.
type source struct {
	file  string
	lines []string
	at    map[string]position // by path: rules[0].fail
}

// position is a place in a text. Both count from 1, columns in characters; zero means unknown.
type position struct {
	line, column int
}

func (s *source) problem(at position, path, format string, args ...any) *Problem {
	p := &Problem{File: s.file, Line: at.line, Column: at.column, Path: path, Text: fmt.Sprintf(format, args...)}
	if at.line > 0 && at.line <= len(s.lines) {
		p.Excerpt = excerpt(s.lines[at.line-1], at.column)
	}
	return p
}

// find is the place of a path or, where that was left out, of what holds it.
func (s *source) find(path string) position {
	for {
		if at, ok := s.at[path]; ok {
			return at
		}
		cut := strings.LastIndexAny(path, ".[")
		if cut < 0 {
			return position{}
		}
		path = path[:cut]
	}
}

// problem is one at a path of a scenario.
func (s *Scenario) problem(path, format string, args ...any) *Problem {
	if s.source != nil {
		return s.source.problem(s.source.find(path), path, format, args...)
	}
	built := source{file: strings.TrimSpace("scenario " + s.Name)}
	return built.problem(position{}, path, format, args...)
}
