package authority

import (
	"bytes"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

const (
	// keyFile holds the key and its certificate together, so that one exclusive
	// link publishes both and no reader meets half an authority.
	keyFile = "ca-key.pem"
	// certFile is the copy of the certificate that clients are given.
	certFile = "ca.pem"
)

// Open loads the authority that dir holds, or makes one there on first use: the
// folder with mode 0700, the key with 0600. Of several processes that start at
// once, one makes the authority and the others load it. A folder that holds
// both files is only read. Files that are damaged, don't belong together or are
// out of date are an error that names the file and the way out, and stay as
// they are.
//
// now says when leaves start and whether they are still valid; clients judge by
// their own clock, so it should be the machine's.
func Open(dir string, now func() time.Time) (*Authority, error) {
	if dir == "" {
		return nil, errors.New("certificate authority: no folder is given: name one with --ca-dir")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, unusable(err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, unusable(err)
	}
	keyPath, certPath := filepath.Join(dir, keyFile), filepath.Join(dir, certFile)

	// The certificate is read first and written last: one that is found here has
	// had its key before it, even while another process makes them.
	copied, err := readIfThere(certPath)
	if err != nil {
		return nil, unusable(err)
	}
	kept, err := readIfThere(keyPath)
	if err != nil {
		return nil, unusable(err)
	}
	if kept == nil {
		if copied != nil {
			return nil, fmt.Errorf("certificate authority: %s has lost its key %s: put the key back, or delete the certificate to have a new authority made, which clients must trust anew", certPath, keyPath)
		}
		if kept, err = create(keyPath, now()); err != nil {
			return nil, err
		}
	}
	held, err := parse(kept)
	if err != nil {
		return nil, fmt.Errorf("certificate authority: %s is damaged: %w: delete it and %s to have a new authority made, which clients must trust anew", keyPath, err, certPath)
	}
	if at := now(); at.Before(held.cert.NotBefore) || at.After(held.cert.NotAfter) {
		return nil, fmt.Errorf("certificate authority: %s is valid from %s to %s and it is now %s: set the clock right, or delete it and %s to have a new authority made, which clients must trust anew",
			keyPath, held.cert.NotBefore.Format(time.DateOnly), held.cert.NotAfter.Format(time.DateOnly), at.UTC().Format(time.DateOnly), certPath)
	}
	if copied == nil {
		if err := publish(certPath, certPEM(held.cert.Raw), 0o644); err != nil {
			return nil, unusable(err)
		}
	} else if block, _ := pem.Decode(copied); block == nil || !bytes.Equal(block.Bytes, held.cert.Raw) {
		return nil, fmt.Errorf("certificate authority: %s is not the certificate that %s holds: delete %[1]s to have it written again", certPath, keyPath)
	}
	return &Authority{
		root:         func() (root, error) { return held, nil },
		path:         certPath,
		now:          now,
		leafLifetime: leafLifetime,
	}, nil
}

// DefaultDir returns the folder of the authority where --ca-dir names none:
// understudy in the user's data folder.
func DefaultDir() (string, error) {
	data := dataDir(runtime.GOOS, os.Getenv)
	if data == "" {
		return "", errors.New("certificate authority: this user has no data folder: name one with --ca-dir")
	}
	return filepath.Join(data, "understudy"), nil
}

// dataDir returns "" where the environment names no folder. A relative
// XDG_DATA_HOME is ignored, as the XDG base directory specification asks.
func dataDir(goos string, env func(string) string) string {
	home := env("HOME")
	switch {
	case goos == "windows":
		return env("LocalAppData")
	case goos != "darwin" && filepath.IsAbs(env("XDG_DATA_HOME")):
		return env("XDG_DATA_HOME")
	case home == "":
		return ""
	case goos == "darwin":
		return filepath.Join(home, "Library", "Application Support")
	}
	return filepath.Join(home, ".local", "share")
}

// create makes an authority and returns what path holds afterwards, which is
// another process's authority if that was faster.
func create(path string, now time.Time) ([]byte, error) {
	made, err := newRoot(now.Add(-day), now.Add(lifetime))
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(made.key)
	if err != nil {
		return nil, fmt.Errorf("certificate authority: %w", err)
	}
	secret := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	if err := publish(path, append(secret, certPEM(made.cert.Raw)...), 0o600); err != nil {
		return nil, unusable(err)
	}
	kept, err := os.ReadFile(path)
	if err != nil {
		return nil, unusable(err)
	}
	return kept, nil
}

func parse(kept []byte) (root, error) {
	pair, err := tls.X509KeyPair(kept, kept)
	if err != nil {
		return root{}, err
	}
	cert, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		return root{}, err
	}
	if err := cert.CheckSignatureFrom(cert); err != nil {
		return root{}, fmt.Errorf("its certificate is not an authority's own: %w", err)
	}
	key, ok := pair.PrivateKey.(crypto.Signer)
	if !ok {
		return root{}, errors.New("its key cannot sign")
	}
	return root{cert, key}, nil
}

// publish puts data at path whole, or leaves what another process has put there.
func publish(path string, data []byte, mode fs.FileMode) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".new-*.pem")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	_, err = file.Write(data)
	if err := errors.Join(err, file.Chmod(mode), file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Link(file.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// readIfThere returns nil for a file that does not exist.
func readIfThere(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil && data == nil {
		data = []byte{}
	}
	return data, err
}

func unusable(err error) error {
	return fmt.Errorf("certificate authority: %w: name another folder with --ca-dir", err)
}
