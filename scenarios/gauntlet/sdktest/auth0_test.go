package sdktest

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/auth0/go-auth0"
	managementv1 "github.com/auth0/go-auth0/management"
	"github.com/auth0/go-auth0/v2/management"
	clientv2 "github.com/auth0/go-auth0/v2/management/client"
	"github.com/auth0/go-auth0/v2/management/option"

	"github.com/understudy-dev/understudy/testkit"
)

// What the drivers for Auth0 make: an organization with three connections that the tenant has.
const newcomer = "globex"

var connections = []string{"con_AcmeEntra0000001", "con_AcmeOkta00000001", "con_AcmeSaml00000001"}

func auth0V1(ctx context.Context, w *testkit.World) error { return provisionByV1(ctx, w) }

// auth0V1Configured repeats more often than by default, after more answers, and waits 10 s for each at most.
func auth0V1Configured(ctx context.Context, w *testkit.World) error {
	return provisionByV1(ctx, w, managementv1.WithRetryStrategy(managementv1.RetryStrategy{
		MaxRetries:        8,
		Statuses:          []int{429, 500, 502, 503, 504},
		PerAttemptTimeout: 10 * time.Second,
	}))
}

func provisionByV1(ctx context.Context, w *testkit.World, opts ...managementv1.Option) error {
	opts = append([]managementv1.Option{managementv1.WithClientCredentials(w.Context(ctx), "any", "secret"), managementv1.WithClient(w.Client())}, opts...)
	api, err := managementv1.New(w.Auth0().Domain(), opts...)
	if err != nil {
		return err
	}
	organization, err := api.Organization.ReadByName(ctx, newcomer)
	if refusal := managementv1.Error(nil); errors.As(err, &refusal) && refusal.Status() == http.StatusNotFound {
		organization = &managementv1.Organization{Name: auth0.String(newcomer)}
		err = api.Organization.Create(ctx, organization)
	}
	if err != nil {
		return err
	}
	have, err := api.Organization.Connections(ctx, organization.GetID())
	if err != nil {
		return err
	}
	for _, id := range connections {
		if slices.ContainsFunc(have.OrganizationConnections, func(c *managementv1.OrganizationConnection) bool { return c.GetConnectionID() == id }) {
			continue
		}
		if err := api.Organization.AddConnection(ctx, organization.GetID(), &managementv1.OrganizationConnection{ConnectionID: auth0.String(id)}); err != nil {
			return err
		}
	}
	return nil
}

func auth0V2(ctx context.Context, w *testkit.World) error { return provisionByV2(ctx, w, w.Client()) }

// auth0V2Configured repeats more often than by default and waits 10 s for each answer at most.
func auth0V2Configured(ctx context.Context, w *testkit.World) error {
	return provisionByV2(ctx, w, &http.Client{Transport: w.Transport(), Timeout: 10 * time.Second}, option.WithMaxAttempts(9))
}

func provisionByV2(ctx context.Context, w *testkit.World, client *http.Client, opts ...option.RequestOption) error {
	opts = append([]option.RequestOption{option.WithClientCredentials(w.Context(ctx), "any", "secret"), option.WithHTTPClient(client)}, opts...)
	api, err := clientv2.New(w.Auth0().Domain(), opts...)
	if err != nil {
		return err
	}
	id := ""
	found, err := api.Organizations.GetByName(ctx, newcomer)
	if missing := new(management.NotFoundError); errors.As(err, &missing) {
		made, err := api.Organizations.Create(ctx, &management.CreateOrganizationRequestContent{Name: newcomer})
		if err != nil {
			return err
		}
		id = made.GetID()
	} else if err != nil {
		return err
	} else {
		id = found.GetID()
	}
	page, err := api.Organizations.Connections.List(ctx, id, &management.ListOrganizationAllConnectionsRequestParameters{})
	if err != nil {
		return err
	}
	have := map[string]bool{}
	all := page.Iterator()
	for all.Next(ctx) {
		have[all.Current().GetConnectionID()] = true
	}
	if err := all.Err(); err != nil {
		return err
	}
	for _, connection := range connections {
		if have[connection] {
			continue
		}
		if _, err := api.Organizations.Connections.Create(ctx, id, &management.CreateOrganizationAllConnectionRequestParameters{ConnectionID: connection}); err != nil {
			return err
		}
	}
	return nil
}
