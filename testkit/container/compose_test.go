//go:build !race

package container_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/auth0/go-auth0/v2/management"
	"github.com/auth0/go-auth0/v2/management/client"
	"github.com/auth0/go-auth0/v2/management/option"

	"github.com/understudy-dev/understudy/testkit/container"
)

const composeHealth = time.Minute // that the file's health check may take

// testCompose starts docker-compose.yml with this test's image, by each spelling of compose that is there, and drives it by
// Auth0's newest SDK. Nothing is left of it.
func testCompose(t *testing.T, c *container.Container) {
	if host := must(c.Host(t.Context())); host != "localhost" {
		t.Skipf("the file publishes its ports to this machine, and the engine is at %s", host)
	}
	found := false
	for _, spelling := range [][]string{{"docker", "compose"}, {"docker-compose"}} {
		if err := exec.Command(spelling[0], append(spelling[1:], "version")...).Run(); err != nil {
			t.Logf("%s is not at hand: %v", strings.Join(spelling, " "), err)
			continue
		}
		found = true
		t.Run(strings.Join(spelling, " "), func(t *testing.T) { drive(t, spelling) })
	}
	if !found {
		t.Skip("there is neither docker compose nor docker-compose")
	}
}

func drive(t *testing.T, spelling []string) {
	_, tag, _ := strings.Cut(image, ":")
	project := "understudy-" + tag
	docker := func(args ...string) string {
		t.Helper()
		return strings.TrimSpace(string(must(exec.Command("docker", args...).Output())))
	}
	compose := func(args ...string) string {
		t.Helper()
		args = append(append(spelling[1:len(spelling):len(spelling)], "--file", filepath.Join("..", "..", "docker-compose.yml"), "--project-name", project), args...)
		command := exec.Command(spelling[0], args...)
		command.Env = append(command.Environ(), "UNDERSTUDY_TAG="+tag, "UNDERSTUDY_HTTP_PORT=0", "UNDERSTUDY_HTTPS_PORT=0")
		var problems strings.Builder
		command.Stderr = &problems
		out, err := command.Output()
		if err != nil {
			t.Fatalf("%s: %v\n%s", command, err, problems.String())
		}
		return strings.TrimSpace(string(out))
	}
	t.Cleanup(func() {
		compose("down", "--volumes")
		if ids := left("com.docker.compose.project=" + project); ids != "" {
			t.Errorf("left behind: %s", ids)
		}
	})

	compose("up", "--detach", "--no-build")
	id := compose("ps", "--quiet", "understudy")
	for deadline := time.Now().Add(composeHealth); ; time.Sleep(100 * time.Millisecond) {
		health := docker("inspect", "--format", "{{.State.Health.Status}}", id)
		if health == "healthy" {
			break
		}
		if health != "starting" || time.Now().After(deadline) {
			t.Fatalf("it is %s:\n%s", health, compose("logs"))
		}
	}

	base, secureBase := "http://"+compose("port", "understudy", "4010"), "https://"+strings.Replace(compose("port", "understudy", "4443"), "127.0.0.1", "localhost", 1)
	plain := must(client.New(base, option.WithInsecure()))
	secure := must(client.New(secureBase, option.WithToken("any"), option.WithHTTPClient(trusting(t, base))))
	created := must(secure.Organizations.Create(t.Context(), &management.CreateOrganizationRequestContent{Name: "globex"}))
	if got := must(plain.Organizations.Get(t.Context(), created.GetID())); got.GetName() != "globex" {
		t.Errorf("over HTTP it is %v", got)
	}
	if _, err := must(client.New(secureBase, option.WithToken("any"))).Organizations.Get(t.Context(), acme); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a client that does not trust its certificate: %v", err)
	}
	compose("stop") // by SIGTERM, then by force, which is 137
	if code := docker("inspect", "--format", "{{.State.ExitCode}}", id); code != "0" {
		t.Errorf("it ended with %s", code)
	}
}

// trusting is a client that trusts the certificate which the container tells.
func trusting(t *testing.T, base string) *http.Client {
	t.Helper()
	response := must(http.Get(base + "/_understudy/ca.pem"))
	defer response.Body.Close()
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(must(io.ReadAll(response.Body))) {
		t.Fatal("its ca.pem holds no certificate")
	}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
}
