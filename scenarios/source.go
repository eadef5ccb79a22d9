package scenarios

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/understudy-dev/understudy/fixtures/tree"
)

// source says where the parts of a scenario stand in the text that it was read from.
type source struct {
	file  string
	lines []string
	at    map[string]tree.Position // by path: rules[0].fail
}

func (s *source) problem(at tree.Position, path, format string, args ...any) *Problem {
	p := &Problem{File: s.file, Line: at.Line, Column: at.Column, Path: path, Text: fmt.Sprintf(format, args...)}
	if at.Line > 0 && at.Line <= len(s.lines) {
		p.Excerpt = excerpt(s.lines[at.Line-1], at.Column)
	}
	return p
}

// located is an error of a reader, in this text.
func (s *source) located(err error) error {
	var p *tree.Problem
	if errors.As(err, &p) {
		return s.problem(p.At, "", "%s", p.Text)
	}
	return err
}

// find is the place of a path or, where that was left out, of what holds it.
func (s *source) find(path string) tree.Position {
	for {
		if at, ok := s.at[path]; ok {
			return at
		}
		cut := strings.LastIndexAny(path, ".[")
		if cut < 0 {
			return tree.Position{}
		}
		path = path[:cut]
	}
}

// keeping is the source of a scenario that has but these rules and expectations of it, by the places that they had.
func (s *source) keeping(rules, expected []int) *source {
	kept := *s
	kept.at = make(map[string]tree.Position, len(s.at))
	lists := map[string][]int{"rules": rules, "expect": expected}
	for path, at := range s.at {
		list, rest, _ := strings.Cut(path, "[")
		places, is := lists[list]
		if !is || rest == "" {
			kept.at[path] = at
			continue
		}
		number, rest, _ := strings.Cut(rest, "]")
		was, _ := strconv.Atoi(number) // parsing wrote it
		if place, found := slices.BinarySearch(places, was); found {
			kept.at[fmt.Sprintf("%s[%d]%s", list, place, rest)] = at
		}
	}
	return &kept
}

// problem is one at a path of a scenario.
func (s *Scenario) problem(path, format string, args ...any) *Problem {
	if s.source != nil {
		return s.source.problem(s.source.find(path), path, format, args...)
	}
	built := source{file: strings.TrimSpace("scenario " + s.Name)}
	return built.problem(tree.Position{}, path, format, args...)
}
