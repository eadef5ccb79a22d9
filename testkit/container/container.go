// Package container runs understudy's image for a test, by the rules of testcontainers-go's modules. It is for code under
// test in other processes and languages; a Go test that can do without a port has package testkit. It is a module of its own:
//
//	go get github.com/understudy-dev/understudy/testkit/container
//
// gets both modules of a release. Of a commit without a tag, ask for both: github.com/understudy-dev/understudy@COMMIT too.
// The image is not published: build it from the Dockerfile, as understudy:latest here.
//
//	c := container.Start(t, "understudy:latest", container.WithLimits("on"))
//	w, err := c.World(t.Context(), "mine")
//	w.Play(t, scenarios.Shipped("rate-limit-burst"))
//
// Tests that run in parallel share one container and take a World each, with the assertions of testkit's. Its time is real.
// Whatever else serve takes is an environment variable, as UNDERSTUDY_SEED for testcontainers.WithEnv.
//
// testcontainers starts a second container, Ryuk, which ends those that a killed test leaves behind. Where its image can't
// be had, set TESTCONTAINERS_RYUK_DISABLED=true: Start and testcontainers.CleanupContainer need it not.
package container

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"
)

const (
	httpPort, httpsPort   = "4010/tcp", "4443/tcp"
	startTimeout          = time.Minute
	callTimeout           = 10 * time.Second  // of a call of the control API, or of the engine for its log
	maxAnswer, maxPrinted = 64 << 20, 4 << 10 // bytes: of a journal, whose bodies are bounded by 32 MiB, and of a log
)

// Container is a running understudy. It is safe for concurrent use.
type Container struct {
	testcontainers.Container
}

// Run starts the image and waits until all its ports answer, for at most a minute. Its certificate is good for the host
// on which the engine publishes ports. The container is not nil where one was made, even beside an error: hand it to
// testcontainers.CleanupContainer before the error is looked at. The error ends with what the container printed last.
func Run(ctx context.Context, img string, opts ...testcontainers.ContainerCustomizer) (*Container, error) {
	if err := engine(ctx); err != nil {
		return nil, fmt.Errorf("run understudy: no Docker engine answers: %w", err)
	}
	own := []testcontainers.ContainerCustomizer{
		testcontainers.WithExposedPorts(httpPort, httpsPort),
		nameHost(ctx),
		testcontainers.WithWaitStrategyAndDeadline(startTimeout, wait.ForHTTP("/_understudy/ready").WithPort(httpPort)),
	}
	started, err := testcontainers.Run(ctx, img, append(own, opts...)...)
	var c *Container
	if started != nil {
		c = &Container{started}
	}
	if err != nil {
		return c, fmt.Errorf("run understudy: %w%s", err, c.printed(ctx))
	}
	return c, nil
}

// nameHost tells understudy the name by which the test reaches it: a remote engine's, or a gateway's address.
func nameHost(ctx context.Context) testcontainers.CustomizeRequestOption {
	return func(req *testcontainers.GenericContainerRequest) error {
		provider, err := testcontainers.NewDockerProvider(testcontainers.WithDefaultBridgeNetwork(testcontainers.Bridge))
		if err != nil {
			return err
		}
		defer provider.Close()
		host, err := provider.DaemonHost(ctx)
		if err != nil {
			return err
		}
		return setEnv("UNDERSTUDY_HOST", host)(req)
	}
}

// printed is the end of the container's log, for an error; it must not hide the error that it explains.
func (c *Container) printed(ctx context.Context) string {
	if c == nil {
		return ""
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTimeout)
	defer cancel()
	log, err := c.Logs(ctx)
	if err != nil {
		return ""
	}
	defer log.Close()
	text, _ := io.ReadAll(io.LimitReader(log, maxAnswer))
	if text = bytes.TrimSpace(text); len(text) == 0 {
		return ""
	}
	return "\nthe container printed:\n" + string(text[max(0, len(text)-maxPrinted):])
}

// URL is the container's over HTTP, such as http://localhost:32768.
func (c *Container) URL(ctx context.Context) (string, error) {
	return c.PortEndpoint(ctx, httpPort, "http")
}

// HTTPSURL is the container's over HTTPS. Client trusts it.
func (c *Container) HTTPSURL(ctx context.Context) (string, error) {
	return c.PortEndpoint(ctx, httpsPort, "https")
}

// CA is the certificate to trust, in PEM, for clients in other processes and languages.
func (c *Container) CA(ctx context.Context) ([]byte, error) {
	return c.control(ctx, http.MethodGet, "ca.pem", nil)
}

// Client reaches the container over HTTP and HTTPS, through no proxy, and trusts its certificate and no other.
func (c *Container) Client(ctx context.Context) (*http.Client, error) {
	transport, err := c.transport(ctx)
	if err != nil {
		return nil, err
	}
	return &http.Client{Transport: transport}, nil
}

func (c *Container) transport(ctx context.Context) (*http.Transport, error) {
	certificate, err := c.CA(ctx)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(certificate) {
		return nil, fmt.Errorf("understudy: its ca.pem holds no certificate: %.60q", certificate)
	}
	return &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2: true, IdleConnTimeout: time.Minute,
	}, nil
}

// control sends one call to the control API and returns the body of a success.
func (c *Container) control(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	base, err := c.URL(ctx)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, method, base+"/_understudy/"+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("understudy: %w", err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err == nil && len(answer) > maxAnswer {
		err = fmt.Errorf("the answer has more than %d bytes", maxAnswer)
	}
	if err != nil {
		return nil, fmt.Errorf("understudy: %s %s: %w", method, path, err)
	}
	if response.StatusCode/100 != 2 {
		var problem struct{ Code, Detail string }
		if json.Unmarshal(answer, &problem) != nil {
			problem.Detail = "is that an understudy?"
		}
		return nil, fmt.Errorf("understudy: %s %s: %d %s: %s", method, path, response.StatusCode, problem.Code, problem.Detail)
	}
	return answer, nil
}
