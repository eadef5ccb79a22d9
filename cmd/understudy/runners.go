//go:build !container

package main

import "github.com/spf13/cobra"

// runners are the commands that run other commands, of which the image has none.
func runners(env func(string) (string, bool)) []*cobra.Command {
	return []*cobra.Command{execCommand(), gauntletCommand(env)}
}
