//go:build container

package main

import "github.com/spf13/cobra"

func runners(func(string) (string, bool)) []*cobra.Command { return nil }
