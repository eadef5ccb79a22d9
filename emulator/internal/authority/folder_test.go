package authority

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

func open(t *testing.T, dir string) *Authority {
	t.Helper()
	a, err := Open(dir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func files(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, entry := range entries {
		data, _ := os.ReadFile(filepath.Join(dir, entry.Name()))
		fmt.Fprintf(&all, "%s %s\n", entry.Name(), data)
	}
	return all.String()
}

func TestOpenMakesThenLoads(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data", "understudy")
	made := open(t, dir)
	if want := filepath.Join(dir, "ca.pem"); made.Path() != want {
		t.Errorf("Path() = %q, want %q", made.Path(), want)
	}
	if data, err := os.ReadFile(made.Path()); err != nil || !bytes.Equal(data, made.CertPEM()) {
		t.Errorf("the file holds %q (%v), want the certificate", data, err)
	}
	if runtime.GOOS != "windows" {
		for path, want := range map[string]fs.FileMode{dir: 0o700 | fs.ModeDir, filepath.Join(dir, "ca-key.pem"): 0o600, made.Path(): 0o644} {
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if info.Mode() != want {
				t.Errorf("%s has mode %s, want %s", path, info.Mode(), want)
			}
		}
	}
	before := files(t, dir)
	if loaded := open(t, dir); !bytes.Equal(loaded.CertPEM(), made.CertPEM()) {
		t.Error("the second Open gave another authority")
	}
	if after := files(t, dir); after != before || strings.Count(after, ".pem") != 2 {
		t.Errorf("the folder holds\n%safter the second Open, before it\n%s", after, before)
	}
}

func TestOpenWritesALostCertificateAgain(t *testing.T) {
	dir := t.TempDir()
	made := open(t, dir)
	if err := os.Remove(made.Path()); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
	if data, err := os.ReadFile(made.Path()); err != nil || !bytes.Equal(data, made.CertPEM()) {
		t.Errorf("the file holds %q (%v), want the certificate", data, err)
	}
}

func TestOpenRefuses(t *testing.T) {
	other := open(t, t.TempDir())
	write := func(t *testing.T, dir, name string, data []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	remake := func(t *testing.T, dir string, from, to time.Time) {
		t.Helper()
		open(t, dir)
		for _, name := range []string{keyFile, certFile} {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := create(filepath.Join(dir, keyFile), from.Add(day)); err != nil {
			t.Fatal(err)
		}
	}
	now := time.Now()
	cases := []struct {
		name  string
		spoil func(t *testing.T, dir string)
		want  []string
	}{
		{"an empty key", func(t *testing.T, dir string) { write(t, dir, keyFile, nil) }, []string{"ca-key.pem is damaged", "delete it and"}},
		{"a key cut short", func(t *testing.T, dir string) {
			kept, _ := os.ReadFile(filepath.Join(dir, keyFile))
			write(t, dir, keyFile, kept[:len(kept)/3])
		}, []string{"ca-key.pem is damaged", "delete it and"}},
		{"a key of another authority", func(t *testing.T, dir string) {
			kept, _ := os.ReadFile(filepath.Join(dir, keyFile))
			key, _, _ := bytes.Cut(kept, []byte("-----BEGIN CERT"))
			write(t, dir, keyFile, append(key, other.CertPEM()...))
		}, []string{"ca-key.pem is damaged", "does not match"}},
		{"a certificate of another authority", func(t *testing.T, dir string) {
			write(t, dir, certFile, other.CertPEM())
		}, []string{"ca.pem is not the certificate", "to have it written again"}},
		{"an empty certificate", func(t *testing.T, dir string) { write(t, dir, certFile, nil) }, []string{"ca.pem is not the certificate"}},
		{"a lost key", func(t *testing.T, dir string) { os.Remove(filepath.Join(dir, keyFile)) }, []string{"has lost its key", "put the key back"}},
		{"an authority that has ended", func(t *testing.T, dir string) { remake(t, dir, now.Add(-lifetime-3*day), now) }, []string{"is valid from", "set the clock right"}},
		{"an authority of the future", func(t *testing.T, dir string) { remake(t, dir, now.Add(3*day), now) }, []string{"is valid from", "set the clock right"}},
		{"a folder for a key", func(t *testing.T, dir string) {
			os.Remove(filepath.Join(dir, keyFile))
			os.Mkdir(filepath.Join(dir, keyFile), 0o700)
		}, []string{"ca-key.pem", "--ca-dir"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			open(t, dir)
			c.spoil(t, dir)
			before := files(t, dir)
			_, err := Open(dir, time.Now)
			if err == nil {
				t.Fatal("it was opened")
			}
			for _, want := range append(c.want, dir) {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error does not say %q: %v", want, err)
				}
			}
			if after := files(t, dir); after != before {
				t.Errorf("the folder was changed to\n%s", after)
			}
		})
	}
	t.Run("no folder", func(t *testing.T) {
		if _, err := Open("", time.Now); err == nil || !strings.Contains(err.Error(), "--ca-dir") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a file for a folder", func(t *testing.T) {
		if _, err := Open(other.Path(), time.Now); err == nil || !strings.Contains(err.Error(), "--ca-dir") {
			t.Errorf("got %v", err)
		}
	})
}

func TestGoroutinesThatOpenTogetherShareOneAuthority(t *testing.T) {
	for range 20 {
		dir := t.TempDir()
		got := make([]string, 8)
		var wg sync.WaitGroup
		for i := range got {
			wg.Go(func() {
				a, err := Open(dir, time.Now)
				if err != nil {
					t.Error(err)
					return
				}
				got[i] = string(a.CertPEM())
			})
		}
		wg.Wait()
		for i := range got {
			if got[i] != got[0] {
				t.Fatalf("opener %d has another authority than opener 0", i)
			}
		}
		if names := files(t, dir); strings.Contains(names, ".new-") {
			t.Fatalf("the race left files behind:\n%s", names)
		}
	}
}

// openDirVariable makes this test program open the folder it names and print
// the certificate: see TestProcessesThatOpenTogether.
const openDirVariable = "UNDERSTUDY_TEST_OPEN"

func TestProcessesThatOpenTogetherShareOneAuthority(t *testing.T) {
	if dir := os.Getenv(openDirVariable); dir != "" {
		os.Stdin.Read(make([]byte, 1)) // held until all have started
		fmt.Printf("%s", open(t, dir).CertPEM())
		return
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	gate, start, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer gate.Close()
	dir := t.TempDir()
	outputs := make([]bytes.Buffer, 4)
	var processes []*exec.Cmd
	for i := range outputs {
		process := exec.Command(program, "-test.run=^"+t.Name()+"$")
		process.Env = append(os.Environ(), openDirVariable+"="+dir)
		process.Stdin, process.Stdout, process.Stderr = gate, &outputs[i], &outputs[i]
		if err := process.Start(); err != nil {
			t.Fatal(err)
		}
		processes = append(processes, process)
	}
	start.Close()
	for _, process := range processes {
		if err := process.Wait(); err != nil {
			t.Error(err)
		}
	}
	want := string(open(t, dir).CertPEM())
	for i := range outputs {
		if !strings.Contains(outputs[i].String(), want) {
			t.Errorf("process %d printed\n%s\nwant\n%s", i, &outputs[i], want)
		}
	}
}

func TestDefaultDir(t *testing.T) {
	home := t.TempDir()
	t.Setenv("XDG_DATA_HOME", home)
	t.Setenv("HOME", home)
	t.Setenv("LocalAppData", home)
	dir, err := DefaultDir()
	if err != nil || filepath.Base(dir) != "understudy" || !strings.HasPrefix(dir, home) {
		t.Errorf("DefaultDir() = %q, %v, want a folder in %s", dir, err, home)
	}
	t.Setenv("XDG_DATA_HOME", "")
	t.Setenv("HOME", "")
	t.Setenv("LocalAppData", "")
	if dir, err := DefaultDir(); err == nil || !strings.Contains(err.Error(), "--ca-dir") {
		t.Errorf("without an environment DefaultDir() = %q, %v", dir, err)
	}
}

func TestDataDir(t *testing.T) {
	home, data := filepath.FromSlash("/home/ada"), filepath.FromSlash("/data")
	if runtime.GOOS == "windows" {
		home, data = `C:`+home, `C:`+data
	}
	cases := []struct {
		goos string
		env  map[string]string
		want string
	}{
		{"linux", map[string]string{"HOME": home}, filepath.Join(home, ".local", "share")},
		{"linux", map[string]string{"HOME": home, "XDG_DATA_HOME": data}, data},
		{"linux", map[string]string{"HOME": home, "XDG_DATA_HOME": "data"}, filepath.Join(home, ".local", "share")},
		{"linux", nil, ""},
		{"darwin", map[string]string{"HOME": home, "XDG_DATA_HOME": data}, filepath.Join(home, "Library", "Application Support")},
		{"darwin", nil, ""},
		{"windows", map[string]string{"HOME": home, "LocalAppData": data}, data},
		{"windows", map[string]string{"HOME": home}, ""},
	}
	for _, c := range cases {
		if got := dataDir(c.goos, func(name string) string { return c.env[name] }); got != c.want {
			t.Errorf("dataDir(%s, %v) = %q, want %q", c.goos, c.env, got, c.want)
		}
	}
}
