package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/understudy-dev/understudy/emulator"
)

func healthcheckCommand(env func(string) (string, bool)) *cobra.Command {
	var url string
	c := &cobra.Command{
		Use: "healthcheck", Short: "Exit 0 if a running understudy is ready", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := call(c.Context(), env, "GET", url, "/_understudy/ready", "", nil)
			return err
		},
	}
	c.Flags().StringVar(&url, "url", runningURL(env), "where understudy answers")
	return c
}

// runningURL is where serve answers on this machine, going by UNDERSTUDY_HTTP and, where that is off, UNDERSTUDY_HTTPS.
func runningURL(env func(string) (string, bool)) string {
	scheme, address, port := "http://", "", "4010"
	if address, _ = env("UNDERSTUDY_HTTP"); address == "off" {
		scheme, port = "https://", "4443"
		address, _ = env("UNDERSTUDY_HTTPS")
	}
	if _, named, err := net.SplitHostPort(address); err == nil && named != "0" {
		port = named
	}
	return scheme + "localhost:" + port
}

const callTimeout = 5 * time.Second

// call sends one request to a control API and returns the body of a success. Its error says what a problem document says.
func call(ctx context.Context, env func(string) (string, bool), method, base, path, token string, body []byte) ([]byte, error) {
	url := strings.TrimRight(base, "/") + path
	client, err := clientFor(url, env)
	if err != nil {
		return nil, err
	}
	defer client.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if token != "" {
		request.Header.Set("X-Understudy-Control-Token", token)
	}
	response, err := client.Do(request)
	if errors.Is(err, syscall.ECONNREFUSED) {
		return nil, fmt.Errorf("%w; nothing runs there: `understudy serve` starts it", err)
	}
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return nil, err
	}
	if response.StatusCode/100 != 2 {
		var problem struct{ Code, Detail string }
		if json.Unmarshal(answer, &problem) != nil {
			problem.Detail = "is that an understudy?"
		}
		return nil, fmt.Errorf("%s: %d %s: %s", url, response.StatusCode, problem.Code, problem.Detail)
	}
	return answer, nil
}

// clientFor trusts, for https, the authority that serve has on this machine, going by UNDERSTUDY_CA_DIR, beside those of
// the system.
func clientFor(url string, env func(string) (string, bool)) (*http.Client, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	if !strings.HasPrefix(url, "https://") {
		return &http.Client{Transport: transport}, nil
	}
	dir, _ := env("UNDERSTUDY_CA_DIR")
	if dir == "" {
		var err error
		if dir, err = emulator.DefaultCADir(); err != nil {
			return nil, err
		}
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if pem, err := os.ReadFile(filepath.Join(dir, "ca.pem")); err == nil {
		pool.AppendCertsFromPEM(pem)
	}
	transport.TLSClientConfig = &tls.Config{RootCAs: pool}
	return &http.Client{Transport: transport}, nil
}
