//go:build !container

package main

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/understudy-dev/understudy/emulator"
)

// stage is where a command's clients play: a world, its ports, and the files that make them trusted.
type stage struct {
	world  *emulator.World
	ports  *emulator.Ports
	folder string
}

// openStage makes all of it, or nothing.
func openStage(options ...emulator.Option) (*stage, error) {
	e, err := emulator.New(options...)
	if err != nil {
		return nil, err
	}
	s := &stage{world: e.Default()}
	if err := s.listen(); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *stage) listen() (err error) {
	if s.ports, err = s.world.Listen("127.0.0.1:0", "127.0.0.1:0"); err != nil {
		return err
	}
	if s.folder, err = os.MkdirTemp("", "understudy-"); err != nil {
		return err
	}
	s.ports.CA = filepath.Join(s.folder, "ca.pem")
	return errors.Join(
		os.WriteFile(s.ports.CA, s.ports.CertPEM, 0o600),
		os.WriteFile(s.bundle(), emulator.TrustBundle(s.ports.CertPEM), 0o600),
	)
}

func (s *stage) bundle() string { return filepath.Join(s.folder, "bundle.pem") }

// environment is this process's, with the variables that lead to the world. Each has credentials of its own.
func (s *stage) environment() ([]string, error) {
	pairs, err := s.world.Env(s.ports.Listeners, s.bundle())
	return append(os.Environ(), pairs...), err
}

func (s *stage) close() (err error) {
	if s.ports != nil {
		err = s.ports.Close()
	}
	if s.folder != "" {
		err = errors.Join(err, os.RemoveAll(s.folder))
	}
	return err
}
