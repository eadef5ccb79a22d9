package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/understudy-dev/understudy/emulator"
)

func caCommand() *cobra.Command {
	var dir string
	c := &cobra.Command{
		Use: "ca", Short: "Say where the certificate authority is and how to trust it", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if dir == "" {
				if dir, err = emulator.DefaultCADir(); err != nil {
					return err
				}
			}
			text, err := emulator.TrustCA(dir)
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(c.OutOrStdout(), text)
			return err
		},
	}
	c.Flags().StringVar(&dir, "ca-dir", "", "folder of the certificate authority (default: understudy in the user's data folder)")
	return c
}
