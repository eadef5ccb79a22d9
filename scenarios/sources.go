package scenarios

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"github.com/understudy-dev/understudy/fixtures/tree"
)

// Source is whatever gives a scenario: a builder, a rule's builder, a *Scenario, YAML, File or Shipped.
type Source interface {
	Scenario() (*Scenario, error)
}

// Scenario returns the scenario itself, or what is wrong with it as far as that can be told without knowing the vendors.
func (s *Scenario) Scenario() (*Scenario, error) {
	if s == nil {
		return nil, errors.New("no scenario")
	}
	if err := s.validate(); err != nil {
		return nil, err
	}
	return s, nil
}

type sourceFunc func() (*Scenario, error)

func (f sourceFunc) Scenario() (*Scenario, error) { return f() }

// YAML is a scenario from a text, in YAML or JSON, that is read when it is asked for.
func YAML(text string) Source {
	return sourceFunc(func() (*Scenario, error) { return Parse("scenario", []byte(text)) })
}

// File is a scenario from a file, in YAML or JSON, that is read when it is asked for.
func File(name string) Source {
	return sourceFunc(func() (*Scenario, error) {
		src, err := ReadFile(name)
		if err != nil {
			return nil, err
		}
		return Parse(name, src)
	})
}

// ReadFile returns what a file holds, but no more than a little over MaxSize, which Parse refuses.
func ReadFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, MaxSize+1))
}

//go:embed library
var library embed.FS

// Shipped is a scenario that comes with this package, by name.
func Shipped(name string) Source {
	return sourceFunc(func() (*Scenario, error) {
		src, err := ShippedText(name)
		if err != nil {
			return nil, err
		}
		return Parse(name+".yaml", src)
	})
}

// ShippedText is the file of a shipped scenario, with its comments.
func ShippedText(name string) ([]byte, error) {
	src, err := library.ReadFile(path.Join("library", name+".yaml"))
	if err != nil || strings.ContainsAny(name, "/\\.") {
		return nil, fmt.Errorf("no scenario %q is shipped%s", name, tree.Meant(name, ShippedNames()))
	}
	return src, nil
}

// ShippedNames lists the shipped scenarios in the order of their names.
func ShippedNames() (all []string) {
	files, err := library.ReadDir("library")
	if err != nil {
		panic(err) // it is embedded
	}
	for _, f := range files {
		if name, ok := strings.CutSuffix(f.Name(), ".yaml"); ok {
			all = append(all, name)
		}
	}
	return all
}

// Library returns the shipped scenarios in the order of their names.
func Library() []*Scenario {
	var all []*Scenario
	for _, name := range ShippedNames() {
		s, err := Shipped(name).Scenario()
		if err != nil {
			panic(err) // a test reads them all
		}
		all = append(all, s)
	}
	return all
}
