package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/emulator"
)

// built compiles the program.
func built(tb testing.TB) string {
	tb.Helper()
	binary := filepath.Join(tb.TempDir(), "understudy")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		tb.Fatalf("go build: %v\n%s", err, out)
	}
	return binary
}

// waitReady polls for the ready file: another process writes it.
func waitReady(tb testing.TB, path string) (urls emulator.Listeners) {
	tb.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		text, err := os.ReadFile(path)
		if err != nil || string(text) == "stale" {
			continue
		}
		if err := json.Unmarshal(text, &urls); err != nil {
			tb.Fatalf("ready file %s: %v", text, err)
		}
		return urls
	}
	tb.Fatal("no ready file after 20 s")
	return urls
}

func get(tb testing.TB, url, token string) int {
	tb.Helper()
	request, err := http.NewRequest("GET", url, nil)
	if err != nil {
		tb.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		tb.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		tb.Fatal(err)
	}
	return response.StatusCode
}

func TestProcess(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no SIGTERM to send")
	}
	folder := t.TempDir()
	ready, export := filepath.Join(folder, "ready.json"), filepath.Join(folder, "state.json")
	out, err := os.Create(filepath.Join(folder, "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	var log bytes.Buffer
	process := exec.Command(built(t), "serve", "--http", "127.0.0.1:0", "--https", "127.0.0.1:0",
		"--ca-dir", filepath.Join(folder, "ca"), "--ready-file", ready, "--export-on-exit", export)
	process.Stdout, process.Stderr = out, &log
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = process.Process.Kill() })
	urls := waitReady(t, ready)

	if got := get(t, urls.HTTP+"/api/v2/organizations", "any"); got != 200 {
		t.Errorf("over HTTP: %d", got)
	}
	trusting := client(t, urls.HTTP+"/_understudy/ca.pem")
	response, err := trusting.Get(urls.HTTPS + "/_understudy/worlds/default")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != 200 || response.ProtoMajor != 2 {
		t.Errorf("over HTTPS: %s %s", response.Status, response.Proto)
	}
	var untrusted *tls.CertificateVerificationError
	if _, err := http.Get(urls.HTTPS + "/_understudy/health"); !errors.As(err, &untrusted) {
		t.Errorf("without the authority: %v", err)
	}
	greeting, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	pasted(t, string(greeting))

	if err := checkOverHTTPS(t, urls.HTTPS, filepath.Join(folder, "ca")); err != nil {
		t.Errorf("healthcheck over HTTPS: %v", err)
	}

	silent, err := net.Dial("tcp", strings.TrimPrefix(urls.HTTP, "http://")) // keeps the drain waiting as long as it may
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	if _, err := io.WriteString(silent, "POST /api/v2/organizations HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := process.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := process.Wait(); err != nil || time.Since(began) > 5*time.Second {
		t.Errorf("ended after %v: %v\n%s", time.Since(began), err, log.String())
	}
	if lines := strings.Count(log.String(), "\n"); lines < 1 || !strings.Contains(log.String(), " default auth0.organizations.list 200 ") {
		t.Errorf("the log: %s", log.String())
	}
	if text, err := os.ReadFile(export); err != nil || !json.Valid(text) {
		t.Errorf("exported %s, %v", text, err)
	}
}

// checkOverHTTPS runs healthcheck where HTTP is off.
func checkOverHTTPS(t *testing.T, url, caDir string) error {
	t.Helper()
	s := terminal{t: t, env: map[string]string{"UNDERSTUDY_HTTP": "off", "UNDERSTUDY_HTTPS": strings.TrimPrefix(url, "https://"), "UNDERSTUDY_CA_DIR": caDir}}
	_, err := call(t.Context(), s.lookup, "GET", runningURL(s.lookup), "/_understudy/ready", "", nil)
	return err
}

// client trusts the authority whose certificate a URL has.
func client(t *testing.T, url string) *http.Client {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	pem, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		t.Fatalf("no certificate in %s", pem)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// pasted runs the line that the start offers, where there is a curl.
func pasted(t *testing.T, greeting string) {
	t.Helper()
	_, line, found := strings.Cut(greeting, "Try    ")
	line, _, _ = strings.Cut(line, "\n")
	if !found || strings.Count(greeting, "\n") > 10 {
		t.Fatalf("the start says %s", greeting)
	}
	if _, err := exec.LookPath("curl"); err != nil {
		return
	}
	got, err := exec.Command("sh", "-c", strings.Replace(line, "curl ", "curl --silent --fail ", 1)).Output()
	if err != nil || !json.Valid(got) {
		t.Errorf("%s: %s, %v", line, got, err)
	}
}

// BenchmarkStart measures from the start of the process to its first answer, with an authority that exists already.
func BenchmarkStart(b *testing.B) {
	binary, folder := built(b), b.TempDir()
	ready := filepath.Join(folder, "ready.json")
	for b.Loop() {
		ctx, stop := context.WithCancel(b.Context())
		process := exec.CommandContext(ctx, binary, "serve", "--http", "127.0.0.1:0", "--https", "127.0.0.1:0",
			"--ca-dir", filepath.Join(folder, "ca"), "--ready-file", ready, "--quiet")
		if err := process.Start(); err != nil {
			b.Fatal(err)
		}
		urls := waitReady(b, ready)
		if got := get(b, urls.HTTP+"/api/v2/organizations", "any"); got != 200 {
			b.Fatalf("answered %d", got)
		}
		b.StopTimer()
		stop()
		_ = process.Wait() // killed
		_ = os.Remove(ready)
		b.StartTimer()
	}
}
