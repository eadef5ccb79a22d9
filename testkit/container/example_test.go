package container_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/auth0/go-auth0/management"
	"github.com/testcontainers/testcontainers-go"

	"github.com/understudy-dev/understudy/testkit/container"
)

// The examples need a Docker engine, so that TestContainer runs them and holds what they print.

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// Auth0's own SDK against a container.
func ExampleRun() {
	ctx := context.Background()
	c, err := container.Run(ctx, image, container.WithFixture("acme"), container.WithLimits("auth0=b2b"), container.WithAuth("lenient"))
	defer func() { check(testcontainers.TerminateContainer(c)) }()
	check(err)

	api := must(management.New(must(c.HTTPSURL(ctx)), management.WithStaticToken("any"), management.WithClient(must(c.Client(ctx)))))
	organization := must(api.Organization.ReadByName(ctx, "acme"))
	fmt.Println(organization.GetID(), organization.GetDisplayName())
	// Prints:
	// org_Acme000000000001 Acme
}

// A client in another process is given the URL and the certificate.
func ExampleContainer_CA() {
	ctx := context.Background()
	c, err := container.Run(ctx, image)
	defer func() { check(testcontainers.TerminateContainer(c)) }()
	check(err)

	folder := must(os.MkdirTemp("", "understudy"))
	defer os.RemoveAll(folder)
	ca := filepath.Join(folder, "ca.pem")
	check(os.WriteFile(ca, must(c.CA(ctx)), 0o600))
	answer := must(exec.Command("curl", "--silent", "--cacert", ca, must(c.HTTPSURL(ctx))+"/_understudy/health").Output())
	fmt.Print(string(answer))
	// Prints:
	// {"status":"ok"}
}

// Tests that run in parallel share one container, and take a world each.
func ExampleContainer_World() {
	ctx := context.Background()
	c, err := container.Run(ctx, image)
	defer func() { check(testcontainers.TerminateContainer(c)) }()
	check(err)

	for _, fixture := range []string{"acme", "empty"} {
		w := must(c.World(ctx, "test-of-"+fixture, fixture))
		api := must(management.New(must(c.HTTPSURL(ctx)), management.WithStaticToken("any"), management.WithClient(must(w.Client(ctx)))))
		fmt.Println(fixture, len(must(api.Organization.List(ctx)).Organizations))
	}
	// Prints:
	// acme 2
	// empty 0
}
