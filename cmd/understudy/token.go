package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"github.com/spf13/cobra"
)

func tokenCommand(env func(string) (string, bool)) *cobra.Command {
	var base, vendor, kind, role, world, controlToken string
	var scopes []string
	var ttl time.Duration
	var whole bool
	c := &cobra.Command{
		Use: "token", Short: "Make a credential in a running understudy", Args: cobra.NoArgs,
		Long:    "token makes a credential and prints its access token, or all of it as JSON where it has none.",
		Example: "  understudy token --scopes read:organizations,read:organization_connections --ttl 10m",
		RunE: func(c *cobra.Command, _ []string) error {
			wish := map[string]any{"vendor": vendor, "kind": kind, "role": role, "scopes": scopes}
			if ttl != 0 {
				wish["ttl"] = ttl.String()
			}
			body, err := json.Marshal(wish)
			if err != nil {
				return err
			}
			made, err := call(c.Context(), env, "POST", base, "/_understudy/worlds/"+url.PathEscape(world)+"/credentials", controlToken, body)
			if err != nil {
				return err
			}
			var fields struct {
				AccessToken string `json:"access_token"`
			}
			if json.Unmarshal(made, &fields) == nil && fields.AccessToken != "" && !whole {
				made = []byte(fields.AccessToken + "\n")
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "%s", made)
			return err
		},
	}
	flags := c.Flags()
	flags.StringVar(&base, "url", runningURL(env), "where understudy answers")
	flags.StringVar(&vendor, "vendor", "auth0", "whose credential")
	flags.StringVar(&kind, "kind", "", "kind of credential, in the vendor's words (default: the vendor's own default)")
	flags.StringSliceVar(&scopes, "scopes", nil, "what it may do (default: everything)")
	flags.StringVar(&role, "role", "", "its role, for vendors that have roles")
	flags.DurationVar(&ttl, "ttl", 0, "how long it lasts (default: as the vendor's own)")
	flags.StringVar(&world, "world", "default", "the world in which it is valid")
	flags.StringVar(&controlToken, "control-token", "", "the token that guards the control API")
	flags.BoolVar(&whole, "json", false, "print all of the credential")
	return c
}
