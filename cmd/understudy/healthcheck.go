package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"
)

func healthcheckCommand(env func(string) (string, bool)) *cobra.Command {
	var url string
	c := &cobra.Command{
		Use: "healthcheck", Short: "Exit 0 if a running understudy is ready", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := call(c.Context(), "GET", url+"/_understudy/ready", "", nil)
			return err
		},
	}
	c.Flags().StringVar(&url, "url", runningURL(env), "where understudy answers over HTTP")
	return c
}

// runningURL is where serve answers on this machine, going by UNDERSTUDY_HTTP.
func runningURL(env func(string) (string, bool)) string {
	address, _ := env("UNDERSTUDY_HTTP")
	if _, port, err := net.SplitHostPort(address); err == nil && port != "0" {
		return "http://localhost:" + port
	}
	return "http://localhost:4010"
}

const callTimeout = 5 * time.Second

// call sends one request to a control API and returns the body of a success. Its error says what a problem document says.
func call(ctx context.Context, method, url, token string, body []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if token != "" {
		request.Header.Set("X-Understudy-Control-Token", token)
	}
	response, err := http.DefaultClient.Do(request)
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
