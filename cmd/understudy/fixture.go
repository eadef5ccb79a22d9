package main

import (
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/understudy-dev/understudy/emulator"
	"github.com/understudy-dev/understudy/fixtures"
)

func fixtureCommand() *cobra.Command {
	c := &cobra.Command{Use: "fixture", Short: "Check, generate and list fixtures", Args: cobra.NoArgs}
	c.AddCommand(fixtureCheckCommand(), fixtureGenerateCommand(), fixtureListCommand())
	return c
}

func fixtureCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use: "check FILE...", Short: "Hold fixture files to the tables of the vendors", Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			for _, name := range args {
				f, err := fixtures.Load(name)
				if err == nil {
					err = emulator.CheckFixture(f)
				}
				if err != nil {
					return err
				}
				fmt.Fprintf(c.OutOrStdout(), "%s: good, %d objects\n", name, objects(f))
			}
			return nil
		},
	}
}

func objects(f *fixtures.Fixture) (n int) {
	for _, v := range f.Vendors {
		for _, k := range v.Kinds {
			n += len(k.Objects)
		}
	}
	return n
}

func fixtureGenerateCommand() *cobra.Command {
	var seed uint64
	var size fixtures.Size
	c := &cobra.Command{
		Use: "generate", Short: "Make up a fixture; the same seed and size give the same bytes", Args: cobra.NoArgs,
		Example: "  understudy fixture generate --seed 7 --organizations 50 > big.yaml",
		RunE: func(c *cobra.Command, _ []string) error {
			if !c.Flags().Changed("connections") {
				size.Connections = 2 * size.Organizations
			}
			f, err := fixtures.Generate(seed, size)
			if err != nil {
				return err
			}
			_, err = c.OutOrStdout().Write(f.Format())
			return err
		},
	}
	c.Flags().Uint64Var(&seed, "seed", 1, "decides everything that is made up")
	c.Flags().IntVar(&size.Organizations, "organizations", 10, "how many organizations")
	c.Flags().IntVar(&size.Connections, "connections", 0, "how many connections (default: two for each organization)")
	c.Flags().IntVar(&size.Users, "users", 0, "how many users")
	return c
}

func fixtureListCommand() *cobra.Command {
	var folder string
	c := &cobra.Command{
		Use: "list", Short: "List the fixtures that serve knows by name", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			var dir *fixtures.Dir
			var err error
			if folder != "" {
				if dir, err = fixtures.OpenDir(folder); err != nil {
					return err
				}
			}
			known, err := dir.Names()
			if err != nil {
				return err
			}
			table := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
			var broken []error
			for _, name := range known {
				f, err := dir.Load(name)
				if err != nil {
					broken = append(broken, err)
					continue
				}
				fmt.Fprintf(table, "%s\t%d objects\t%s\n", name, objects(f), f.About)
			}
			return errors.Join(append(broken, table.Flush())...)
		},
	}
	c.Flags().StringVar(&folder, "fixtures", "", "folder whose NAME.yaml files are fixtures by name")
	return c
}
